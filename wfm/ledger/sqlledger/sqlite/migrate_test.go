package sqlite_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// TestVersionOneIsMigrated opens a ledger as the first release made it, with several processes' worth of
// openers at once: what it holds stays, and leases are there.
func TestVersionOneIsMigrated(t *testing.T) {
	old, err := os.ReadFile("testdata/v1.sql")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "ledger.db")
	run(t, path, string(old))
	ledgers := make([]*sqlledger.Ledger, 4)
	errs := conform.Parallel(len(ledgers), func(i int) (err error) {
		ledgers[i], err = sqlite.Open(t.Context(), path, sqlite.Options{})
		return err
	})
	for i, err := range errs {
		require.NoError(t, err)
		require.NoError(t, ledgers[i].Close())
	}

	l := open(t, path)
	start := time.Date(2018, 10, 28, 0, 0, 0, 0, time.UTC)
	for e, err := range l.Entries(t.Context(), "sales", wfm.Window{Start: start, End: start.Add(time.Hour)}) {
		require.NoError(t, err)
		require.Equal(t, "call.txt", e.Key.Name)
		require.Equal(t, e.Key.ID(), "99c5f0f458df420a86d36638cac20929f9aff01e175e3e4ef47270e81d4abce7")
		require.Equal(t, ledger.Delivered, e.Status)
		require.Equal(t, "there", e.Receipt.Where)
	}
	require.Equal(t, 1, count(t, l))
	mark, ok, err := l.Watermark(t.Context(), "sales")
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, start.Add(75*time.Minute), mark)
	lease, err := l.Acquire(t.Context(), "sales", "a", time.Minute)
	require.NoError(t, err)
	require.Equal(t, int64(1), lease.Token)
	require.NoError(t, l.CheckRights(t.Context()))
	n, err := l.Prune(t.Context(), "sales", start.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Equal(t, 1, n)
}

// TestScriptMakesALedger runs the script as an administrator would, and lets the service use what it made.
func TestScriptMakesALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	script, err := sqlledger.Script(sqlite.Dialect(), "")
	require.NoError(t, err)
	run(t, path, script)
	require.NoError(t, open(t, path).CheckRights(t.Context()))

	_, err = sqlledger.Script(sqlite.Dialect(), "wfm")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

func TestTablesThatLackSomething(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	open(t, path)
	run(t, path, `ALTER TABLE wfm_ledger_leases DROP COLUMN ttl_ms; DROP TABLE wfm_ledger_progress`)
	_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.Equal(t, wfm.NotFound, wfm.KindOf(err))
	require.ErrorContains(t, err, `table "wfm_ledger_leases" lacks ttl_ms`)
	require.ErrorContains(t, err, `table "wfm_ledger_progress" is not there`)
	require.NotContains(t, err.Error(), "\n")
}
