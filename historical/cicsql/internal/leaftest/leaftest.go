// Package leaftest holds the tests that the leaf packages which open connections share.
package leaftest

import (
	"context"
	"database/sql"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

// Open is the function of a leaf package.
type Open func(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error)

// HidesPassword opens unusable DSNs that hold the password "geheim", and the empty one.
func HidesPassword(t *testing.T, open Open, dsns ...string) {
	for _, dsn := range dsns {
		_, _, err := open(wfm.NewSecret(dsn))
		require.Error(t, err, dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
	_, _, err := open(wfm.Secret{})
	require.ErrorContains(t, err, "empty")
}

// RefusingServer reads from an address where nothing listens, by a DSN with the password "geheim".
func RefusingServer(t *testing.T, open Open, dsn string) {
	_, err := reader(t, open, dsn).Inspect(t.Context(), query())
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), err)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "geheim")
}

// SilentServer reads from servers that accept connections, talk for a while, and are silent then. dsn makes a
// DSN with the password "geheim" for an address.
func SilentServer(t *testing.T, open Open, dsn func(address string) string, servers map[string]func(net.Conn)) {
	for name, talk := range servers {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, talk)
			r := reader(t, open, dsn(s.Address))
			sqlconntest.EndsClassed(t, func(ctx context.Context) error {
				_, err := r.Inspect(ctx, query())
				return err
			})
			sqlconntest.EndsClassed(t, func(ctx context.Context) error {
				for _, err := range r.Rows(ctx, query()) {
					return err
				}
				return nil
			})
			s.Left(t)
		})
	}
}

func reader(t *testing.T, open Open, dsn string) *cicsql.Reader {
	t.Helper()
	db, dialect, err := open(wfm.NewSecret(dsn))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	r, err := cicsql.New(db, dialect, cicsql.Options{})
	require.NoError(t, err)
	return r
}

// RealServer reads the last day of a real reporting database, whose DSN an environment variable
// holds; without it the test is skipped and says so. CICWFM_TEST_ZONE names the CIC server's zone.
func RealServer(t *testing.T, open Open, variable string) {
	dsn := os.Getenv(variable)
	if dsn == "" {
		t.Skip(variable + " is not set: no server with a reporting database to read")
	}
	db, dialect, err := open(wfm.NewSecret(dsn))
	require.NoError(t, err)
	defer db.Close()
	zone := time.Local
	if name := os.Getenv("CICWFM_TEST_ZONE"); name != "" {
		zone, err = time.LoadLocation(name)
		require.NoError(t, err)
	}
	r, err := cicsql.New(db, dialect, cicsql.Options{Zone: zone})
	require.NoError(t, err)
	in, err := r.Inspect(t.Context(), query())
	require.NoError(t, err)
	require.True(t, in.ClockKnown)
	for _, err := range r.Rows(t.Context(), query()) {
		require.NoError(t, err)
	}
}

func query() historical.Query {
	end := time.Now().UTC().Truncate(time.Hour)
	c := wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd, wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAcw)}
	return historical.Query{Window: wfm.Window{Start: end.AddDate(0, 0, -1), End: end}, Needs: wfm.Needs{Queue: c, Agent: c, AgentQueue: c, Activity: true}}
}
