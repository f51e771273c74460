package standard

import (
	"context"
	"database/sql"
	"net"
	"net/url"
	"strconv"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
	"github.com/cicwfm/cicwfm/historical/cicsql/oracle"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	mssqlledger "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/mssql"
	oracleledger "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/oracle"
	sqliteledger "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// Databases returns the kinds of reporting databases.
func Databases() map[string]config.DatabaseOpener {
	return map[string]config.DatabaseOpener{
		"sqlite":    func(a config.Access) (*sql.DB, cicsql.Dialect, error) { return sqlite.Open(a.Path) },
		"sqlserver": func(a config.Access) (*sql.DB, cicsql.Dialect, error) { return mssql.Open(SQLServer(a)) },
		"oracle":    func(a config.Access) (*sql.DB, cicsql.Dialect, error) { return oracle.Open(Oracle(a)) },
	}
}

// Ledgers returns the kinds of ledgers.
func Ledgers() map[string]config.LedgerOpener {
	return map[string]config.LedgerOpener{
		"sqlite": func(ctx context.Context, a config.Access, _ string, _ bool) (ledger.Ledger, func() error, error) {
			return opened(sqliteledger.Open(ctx, a.Path, sqliteledger.Options{}))
		},
		"sqlserver": func(ctx context.Context, a config.Access, schema string, create bool) (ledger.Ledger, func() error, error) {
			return opened(mssqlledger.Open(ctx, mssqlledger.Options{DSN: SQLServer(a), Schema: schema, NoMigrate: !create}))
		},
		"oracle": func(ctx context.Context, a config.Access, schema string, create bool) (ledger.Ledger, func() error, error) {
			return opened(oracleledger.Open(ctx, oracleledger.Options{DSN: Oracle(a), Schema: schema, NoMigrate: !create}))
		},
	}
}

func opened(l *sqlledger.Ledger, err error) (ledger.Ledger, func() error, error) {
	if err != nil {
		return nil, nil, err // a nil *Ledger must not become a non-nil interface
	}
	return l, l.Close, nil
}

// SQLServer is the connection string of a connection, in the form of github.com/microsoft/go-mssqldb.
func SQLServer(a config.Access) wfm.Secret {
	if !a.DSN.IsZero() {
		return a.DSN
	}
	u := url.URL{Scheme: "sqlserver", Host: a.Host, Path: a.Instance}
	if net.ParseIP(a.Host) != nil && !isIPv4(a.Host) {
		u.Host = "[" + a.Host + "]"
	}
	if a.Port != 0 {
		u.Host = net.JoinHostPort(a.Host, strconv.Itoa(a.Port))
	}
	if a.User != "" {
		u.User = url.UserPassword(a.User, a.Password.Reveal())
	}
	q := url.Values{"database": {a.Database}, "encrypt": {a.Encrypt}, "app name": {"cicwfm"}}
	if a.CAFile != "" {
		q.Set("certificate", a.CAFile)
	}
	if a.HostInCertificate != "" {
		q.Set("hostNameInCertificate", a.HostInCertificate)
	}
	if a.Encrypt != "disable" {
		q.Set("TrustServerCertificate", "false")
	}
	u.RawQuery = q.Encode()
	return wfm.NewSecret(u.String())
}

func isIPv4(host string) bool { return net.ParseIP(host).To4() != nil }

// Oracle is the connection string of a connection, in the form of github.com/sijms/go-ora/v2.
func Oracle(a config.Access) wfm.Secret {
	if !a.DSN.IsZero() {
		return a.DSN
	}
	port := a.Port
	if port == 0 {
		port = 1521
	}
	u := url.URL{Scheme: "oracle", Host: net.JoinHostPort(a.Host, strconv.Itoa(port)), Path: "/" + a.Service,
		User: url.UserPassword(a.User, a.Password.Reveal())}
	q := url.Values{}
	if a.SID != "" {
		q.Set("SID", a.SID)
	}
	if a.TLS {
		q.Set("SSL", "true")
		q.Set("SSL VERIFY", "true")
	}
	if a.Wallet != "" {
		q.Set("WALLET", a.Wallet)
	}
	u.RawQuery = q.Encode()
	return wfm.NewSecret(u.String())
}
