package sqlite_test

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	driver "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestOpenReadsOnly(t *testing.T) {
	for _, name := range []string{"plain.db", "with space & 100%.db", "hash#1.db", "ümlaut.db"} {
		path := filepath.Join(t.TempDir(), name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		write(t, path)
		db, dialect, err := sqlite.Open(path)
		require.NoError(t, err)
		defer db.Close()
		require.Equal(t, "SQLite", dialect.String())
		var n int
		require.NoError(t, db.QueryRow("SELECT x FROM t").Scan(&n), name)
		require.Equal(t, 7, n)
		_, err = db.Exec("INSERT INTO t VALUES (8)")
		require.ErrorContains(t, err, "readonly")
	}
}

// write makes the table by a path that needs no URI.
func write(t *testing.T, path string) {
	t.Helper()
	connector, err := driver.NewConnector(path)
	require.NoError(t, err)
	db := sql.OpenDB(connector)
	_, err = db.Exec("CREATE TABLE t (x INT); INSERT INTO t VALUES (7)")
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	missing := filepath.Join(dir, "missing.db")
	_, _, err := sqlite.Open(missing)
	require.Equal(t, wfm.NotFound, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.False(t, retry)
	require.NoFileExists(t, missing)
	_, _, err = sqlite.Open(dir)
	require.ErrorContains(t, err, "folder")
	_, _, err = sqlite.Open("")
	require.ErrorContains(t, err, "empty")
}
