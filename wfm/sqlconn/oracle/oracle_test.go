package oracle

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, s *sqlconntest.Server, l sqlconn.Limits) *sql.DB {
	t.Helper()
	c, err := connector(wfm.NewSecret("oracle://sa:geheim@"+s.Address+"/x"), Options{}, l)
	require.NoError(t, err)
	db := sql.OpenDB(c)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func TestSilentLogOn(t *testing.T) {
	// The head of an ACCEPT packet of 40 bytes, which does not come whole.
	for name, answer := range map[string][]byte{"nothing": nil, "half of ACCEPT": {0, 40, 0, 0, 2, 0, 0, 0, 1, 0x39}} {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, sqlconntest.Says(answer))
			sqlconntest.Ends(t, open(t, s, sqlconn.Limits{}).PingContext)
			s.Left(t)
			sqlconntest.Limited(t, open(t, s, sqlconn.Limits{LogOn: 100 * time.Millisecond}).PingContext(t.Context()))
			s.Left(t)
		})
	}
}

// TestSessionIsPreparedWithinTheLogOn goes by a clock that stands still while anybody has something to do.
func TestSessionIsPreparedWithinTheLogOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := connector(wfm.NewSecret("oracle://sa:geheim@localhost/x"), Options{Session: func(c driver.Connector) driver.Connector { return waiting{c} }},
			sqlconn.Limits{LogOn: 50 * time.Millisecond})
		require.NoError(t, err)
		_, err = c.Connect(t.Context())
		sqlconntest.Limited(t, err)
	})
}

// waiting stands for a session whose preparation outlasts the log-on.
type waiting struct{ driver.Connector }

func (w waiting) Connect(context.Context) (driver.Conn, error) {
	time.Sleep(200 * time.Millisecond)
	return nil, driver.ErrBadConn
}

func TestDSNs(t *testing.T) {
	for _, dsn := range []string{"", "geheim", "sqlserver://sa:geheim@host", "oracle://sa:geheim%zz@host/x", "oracle://sa:geheim@host:port/x",
		"oracle://sa:geheim@host/x?a=%zz", "oracle://sa:geheim@host/x?connect+timeout=long"} {
		_, err := Connector(wfm.NewSecret(dsn), Options{})
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err), dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
}

func TestSettingsOfTheDSNStay(t *testing.T) {
	for query, want := range map[string]url.Values{
		"":                               {"PREFETCH_ROWS": {"1000"}, "TIMEOUT": {"600"}},
		"connection+timeout=7":           {"PREFETCH_ROWS": {"1000"}, "connection timeout": {"7"}},
		"timeout=90&Prefetch_Rows=5":     {"Prefetch_Rows": {"5"}, "timeout": {"90"}},
		"CONNECT TIMEOUT=9&SSL+VERIFY=1": {"PREFETCH_ROWS": {"1000"}, "CONNECT TIMEOUT": {"9"}, "SSL VERIFY": {"1"}},
	} {
		got, _, err := complete(wfm.NewSecret("oracle://sa:x@host/x?"+query), 1000)
		require.NoError(t, err)
		u, err := url.Parse(got)
		require.NoError(t, err)
		require.Equal(t, want, u.Query())
	}
}
