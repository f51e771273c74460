package standard_test

import (
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
	"github.com/cicwfm/cicwfm/historical/cicsql/oracle"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

const password = `p@ss:/?#[]%&="ö `

func access(c config.Connection) config.Access {
	return config.Access{Connection: c, Password: wfm.NewSecret(password)}
}

func TestSQLServer(t *testing.T) {
	for want, a := range map[string]config.Access{
		"h":         access(config.Connection{Host: "h", Database: "I3 IC", User: `DOMAIN\u`, Encrypt: "true"}),
		"h:1444":    access(config.Connection{Host: "h", Port: 1444, Database: "I3 IC", User: "u", Encrypt: "disable"}),
		"[::1]":     access(config.Connection{Host: "::1", Instance: "I3", Database: "I3 IC", User: "u", Encrypt: "strict"}),
		"10.0.0.1":  access(config.Connection{Host: "10.0.0.1", Database: "I3 IC", Encrypt: "false"}),
		"[::1]:999": access(config.Connection{Host: "::1", Port: 999, Database: "I3 IC", User: "u", Encrypt: "true", HostInCertificate: "sql"}),
	} {
		u, err := url.Parse(standard.SQLServer(a).Reveal())
		require.NoError(t, err)
		require.Equal(t, want, u.Host)
		require.Equal(t, "I3 IC", u.Query().Get("database"))
		require.Equal(t, a.HostInCertificate, u.Query().Get("hostNameInCertificate"))
		require.NotEqual(t, "true", u.Query().Get("TrustServerCertificate"), "verification is never switched off")
		if a.User != "" {
			got, _ := u.User.Password()
			require.Equal(t, password, got)
			require.Equal(t, a.User, u.User.Username())
		}
		db, _, err := mssql.Open(standard.SQLServer(a))
		require.NoError(t, err, want)
		require.NoError(t, db.Close())
	}
	dsn := wfm.NewSecret("sqlserver://x")
	require.Equal(t, "sqlserver://x", standard.SQLServer(config.Access{DSN: dsn}).Reveal())
}

func TestOracle(t *testing.T) {
	for want, a := range map[string]config.Access{
		"h:1521":     access(config.Connection{Host: "h", Service: "I3.example.com", User: "u"}),
		"[::1]:2484": access(config.Connection{Host: "::1", Port: 2484, SID: "I3", User: "u", TLS: true}),
	} {
		a.Wallet = "/etc/wallet"
		u, err := url.Parse(standard.Oracle(a).Reveal())
		require.NoError(t, err)
		require.Equal(t, want, u.Host)
		require.Equal(t, "/"+a.Service, u.Path)
		require.Equal(t, a.SID, u.Query().Get("SID"))
		require.Equal(t, a.TLS, u.Query().Get("SSL") == "true")
		got, _ := u.User.Password()
		require.Equal(t, password, got)
		db, _, err := oracle.Open(standard.Oracle(a))
		require.NoError(t, err, want)
		require.NoError(t, db.Close())
	}
	require.Equal(t, "oracle://x", standard.Oracle(config.Access{DSN: wfm.NewSecret("oracle://x")}).Reveal())
}

// TestEveryKindIsThere: kinds that keys of the configuration know are registered.
func TestEveryKindIsThere(t *testing.T) {
	r, err := standard.Registries()
	require.NoError(t, err)
	require.Equal(t, []string{"aspect", "gmt", "injixo", "nice", "pipkins", "verint"}, r.Vendors.Names())
	for _, kind := range []string{"sqlite", "sqlserver", "oracle"} {
		require.Contains(t, r.Databases, kind)
		require.Contains(t, r.Ledgers, kind)
	}
	for _, kind := range []string{"folder", "ftp", "sftp", "smb", "http"} {
		require.NotNil(t, r.Destinations[kind].Files, kind)
		require.Nil(t, r.Destinations[kind].Live, kind)
	}
	for _, kind := range []string{"tcp", "tcp-listen", "udp", "http-push"} {
		require.NotNil(t, r.Destinations[kind].Live, kind)
	}
}
