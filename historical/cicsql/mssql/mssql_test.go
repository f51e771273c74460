package mssql_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestErrorsHideThePassword(t *testing.T) {
	for _, dsn := range []string{"sqlserver://sa:geheim%zz@host", "sqlserver://sa:geheim@host?encrypt=sometimes", "sqlserver://sa:geheim@host:port", "geheim", "host/geheim"} {
		_, _, err := mssql.Open(wfm.NewSecret(dsn))
		require.Error(t, err, dsn)
		require.NotContains(t, err.Error(), "geheim")
	}
	_, _, err := mssql.Open(wfm.Secret{})
	require.ErrorContains(t, err, "empty")
}

func TestSilentServer(t *testing.T) {
	// Nothing listens on the discard port of the loopback.
	db, dialect, err := mssql.Open(wfm.NewSecret("sqlserver://sa:geheim@127.0.0.1:9?dial+timeout=2"))
	require.NoError(t, err)
	defer db.Close()
	r, err := cicsql.New(db, dialect, cicsql.Options{})
	require.NoError(t, err)
	_, err = r.Inspect(t.Context(), query())
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), err)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.NotContains(t, err.Error(), "geheim")
}

// TestIntegration reads the last day of a real reporting database.
func TestIntegration(t *testing.T) {
	dsn := os.Getenv("CICWFM_TEST_SQLSERVER_DSN")
	if dsn == "" {
		t.Skip("CICWFM_TEST_SQLSERVER_DSN is not set: no SQL Server with a reporting database to read")
	}
	db, dialect, err := mssql.Open(wfm.NewSecret(dsn))
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
