package sqlite_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	_ "modernc.org/sqlite" // the tests look into the files behind the ledger's back

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, path string) *sqlledger.Ledger {
	t.Helper()
	l, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

func key(n int) ledger.Key {
	start := time.Date(2018, 10, 28, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 15 * time.Minute)
	return ledger.Key{Feed: "sales", Kind: "call", Period: wfm.Window{Start: start, End: start.Add(15 * time.Minute)},
		Revision: 1, Name: fmt.Sprintf("call_%d.txt", n)}
}

var digest = wfm.DigestOf([]byte("content"))

// TestConforms runs the kit under a clock that it can set.
func TestConforms(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	ledgertest.Run(t, ledgertest.Subject{Durable: true, Move: func(d time.Duration) { ahead.Add(int64(d)) },
		Open: func(ctx context.Context) (ledger.Ledger, error) {
			return sqlite.Open(ctx, path, sqlite.Options{Now: now})
		}})
}

func TestPathsWithOddCharacters(t *testing.T) {
	names := []string{"a b.db", "100%41.db", "x#y.db", "Zürich 東京.db", "a&b=c;d.db"}
	if runtime.GOOS != "windows" {
		names = append(names, `q?_synchronous=OFF.db`, `back\slash.db`, "quote\".db")
	}
	for _, name := range names {
		path := filepath.Join(t.TempDir(), name)
		open(t, path)
		info, err := os.Stat(path)
		require.NoError(t, err, name)
		require.NotZero(t, info.Size(), name)
	}
}

func TestRelativePath(t *testing.T) {
	t.Chdir(t.TempDir())
	open(t, "ledger.db")
	require.FileExists(t, "ledger.db")
}

func TestRefusals(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	foreign := filepath.Join(dir, "foreign.db")
	run(t, foreign, `CREATE TABLE customers (name TEXT)`)
	newer := filepath.Join(dir, "newer.db")
	open(t, newer)
	run(t, newer, `INSERT INTO wfm_ledger_schema (version, reached_at) VALUES (99, '')`)
	empty := filepath.Join(dir, "noversion.db")
	run(t, empty, `CREATE TABLE wfm_ledger_schema (version INTEGER, reached_at TEXT)`)
	file := write("file", "x")

	for name, c := range map[string]struct {
		path, want string
		kind       wfm.Kind
	}{
		"no path":          {"", "ledger has no path", wfm.BadConfig},
		"NUL":              {"a\x00b", "contains a NUL character", wfm.BadConfig},
		"no folder":        {filepath.Join(dir, "missing", "l.db"), "does not exist; create the folder", wfm.NotFound},
		"folder is a file": {filepath.Join(file, "l.db"), "folder", wfm.BadConfig},
		"path is a folder": {dir, "it is not a file", wfm.BadConfig},
		"text file":        {write("notes.txt", "Dear colleague, this is no ledger.\n"), "not a database", wfm.BadData},
		"short file":       {write("short", "hello"), "not a database", wfm.BadData},
		"other database":   {foreign, "a SQLite database of something else", wfm.BadConfig},
		"newer schema":     {newer, "version 99, this release knows up to 2", wfm.Unsupported},
		"no version":       {empty, "holds no version", wfm.BadData},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "folder is a file" && runtime.GOOS != "windows" {
				c.kind = wfm.Unclassified // the system calls it "not a directory"
			}
			before, _ := os.ReadFile(c.path)
			_, err := sqlite.Open(t.Context(), c.path, sqlite.Options{})
			require.ErrorContains(t, err, c.want)
			if c.kind != wfm.Unclassified {
				require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
			}
			require.NotContains(t, err.Error(), "\n")
			after, _ := os.ReadFile(c.path)
			require.True(t, bytes.Equal(before, after), "a refused file must stay as it is")
		})
	}
}

// run executes a statement on a database file, without the ledger.
func run(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), statement)
	require.NoError(t, err)
}

func TestDamageIsFoundWhenOpening(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := sqlite.Open(t.Context(), path, sqlite.Options{})
	require.NoError(t, err)
	for n := range 200 {
		_, err := l.Begin(t.Context(), key(n), digest)
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	content, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Greater(t, len(content), 16<<10)

	garbage := append([]byte(nil), content...)
	copy(garbage[8<<10:], make([]byte, 12<<10))
	for name, damaged := range map[string][]byte{"truncated": content[:len(content)/2], "overwritten": garbage} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, os.WriteFile(path, damaged, 0o600))
			_, err := sqlite.Open(t.Context(), path, sqlite.Options{})
			require.Equal(t, wfm.BadData, wfm.KindOf(err), "%v", err)
			require.ErrorContains(t, err, "restore the ledger from a backup")
			retry, _ := wfm.ShouldRetry(err)
			require.False(t, retry)
		})
	}
}

func TestRowChangedByHand(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	_, err := l.Begin(t.Context(), key(0), digest)
	require.NoError(t, err)
	for _, column := range []string{"digest", "period_end", "begun_at"} {
		run(t, path, `UPDATE wfm_ledger_entries SET `+column+` = 'yesterday'`)
		_, err = l.Begin(t.Context(), key(0), digest)
		require.Equal(t, wfm.BadData, wfm.KindOf(err), "%v", err)
		require.ErrorContains(t, err, "changed by hand")
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l, err := sqlite.Open(t.Context(), path, sqlite.Options{Wait: 50 * time.Millisecond})
	require.NoError(t, err)
	defer l.Close()
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	holder, err := db.Conn(t.Context())
	require.NoError(t, err)
	_, err = holder.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
	require.NoError(t, err)

	_, err = l.Begin(t.Context(), key(0), digest)
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "%v", err)
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.ErrorContains(t, err, "another process holds the ledger")

	_, err = holder.ExecContext(t.Context(), `ROLLBACK`)
	require.NoError(t, err)
	require.NoError(t, holder.Close())
	_, err = l.Begin(t.Context(), key(0), digest)
	require.NoError(t, err)
}

func TestNewFileOpenedByManyAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	ledgers := make([]*sqlledger.Ledger, 8)
	errs := conform.Parallel(len(ledgers), func(i int) (err error) {
		if ledgers[i], err = sqlite.Open(t.Context(), path, sqlite.Options{}); err != nil {
			return err
		}
		_, err = ledgers[i].Begin(t.Context(), key(0), digest)
		return err
	})
	for i, err := range errs {
		require.NoError(t, err)
		require.NoError(t, ledgers[i].Close())
	}
	require.Equal(t, 1, count(t, open(t, path)))
}

func count(t *testing.T, l ledger.Ledger) (n int) {
	t.Helper()
	for _, err := range l.Entries(t.Context(), "sales", wfm.Window{Start: time.Unix(0, 0), End: time.Unix(1<<40, 0)}) {
		require.NoError(t, err)
		n++
	}
	return n
}

func TestSettingsOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	open(t, path)
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	defer db.Close()
	var mode string
	require.NoError(t, db.QueryRowContext(t.Context(), `PRAGMA journal_mode`).Scan(&mode))
	require.Equal(t, "wal", mode)
}

func TestClosedLedgerFails(t *testing.T) {
	l, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "l.db"), sqlite.Options{})
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, l.Close(), "closing twice")
	_, err = l.Begin(t.Context(), key(0), digest)
	require.ErrorContains(t, err, "closed")
}

func TestNewDoesNotCloseForeignDatabase(t *testing.T) {
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "shared.db"))
	require.NoError(t, err)
	defer db.Close()
	l, err := sqlledger.New(t.Context(), db, sqlite.Dialect(), sqlledger.Options{})
	require.NoError(t, err)
	require.NoError(t, l.Close())
	require.NoError(t, db.PingContext(t.Context()))
}

func TestReadOnlyFolder(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("the account may write everywhere: needs a Unix account other than root")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	_, err := sqlite.Open(t.Context(), filepath.Join(dir, "l.db"), sqlite.Options{})
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err), "%v", err)
}

func BenchmarkBeginCommit(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"))
	for n := 0; b.Loop(); n++ {
		k := key(n)
		_, err := l.Begin(b.Context(), k, digest)
		require.NoError(b, err)
		require.NoError(b, l.Commit(b.Context(), k, delivery.Receipt{Where: "there", Bytes: 7}))
	}
}

// BenchmarkBeginDelivered is the skip that a look-back makes for everything that was delivered.
func BenchmarkBeginDelivered(b *testing.B) {
	l := open(b, filepath.Join(b.TempDir(), "ledger.db"))
	_, err := l.Begin(b.Context(), key(0), digest)
	require.NoError(b, err)
	require.NoError(b, l.Commit(b.Context(), key(0), delivery.Receipt{}))
	for b.Loop() {
		_, err := l.Begin(b.Context(), key(0), digest)
		require.NoError(b, err)
	}
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "ledger")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	l, err := sqlite.Open(ctx, filepath.Join(dir, "ledger.db"), sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	e, err := l.Begin(ctx, key(0), digest)
	fmt.Println(e.Key.Name, e.Status, err)
	// Output: call_0.txt begun <nil>
}
