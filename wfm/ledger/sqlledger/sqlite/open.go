package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	driver "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Options of a ledger file. The zero value is right.
type Options struct {
	// Now is the clock for BegunAt, DeliveredAt and leases; nil means time.Now. All that share a file
	// must have the same.
	Now func() time.Time
	// Wait is how long a call waits while another process writes; 0 means ten seconds.
	Wait time.Duration
}

// Open opens the ledger in a file, which it creates where it does not exist; the folder must.
// Opening reads the whole file once to find damage, about a second for 200 MB. A file that is no
// ledger is refused and left as it is. Close the ledger when done.
func Open(ctx context.Context, path string, o Options) (*sqlledger.Ledger, error) {
	if o.Wait <= 0 {
		o.Wait = 10 * time.Second
	}
	if err := checkPath(path); err != nil {
		return nil, err
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, &wfm.Error{Op: "open the ledger " + wfm.Quote(path), Kind: wfm.BadConfig, Err: err}
	}
	connector, err := driver.NewConnector(dsn(absolute, o.Wait))
	if err != nil {
		return nil, failed(path, err)
	}
	db := sql.OpenDB(connector)
	// One connection: within a process the pool queues writers fairly, where SQLite would have them
	// poll for its lock.
	db.SetMaxOpenConns(1)
	l, err := open(ctx, db, o)
	if err != nil {
		return nil, errors.Join(failed(path, err), db.Close())
	}
	return l, nil
}

func open(ctx context.Context, db *sql.DB, o Options) (*sqlledger.Ledger, error) {
	if err := inspect(ctx, db); err != nil {
		return nil, err
	}
	l, err := sqlledger.New(ctx, db, Dialect(), sqlledger.Options{Now: o.Now, OwnDB: true})
	if err != nil {
		return nil, err
	}
	// Where the file system cannot do it SQLite keeps its rollback journal, which is as durable.
	return l, patiently(ctx, o.Wait, func() error {
		_, err := db.ExecContext(ctx, `PRAGMA journal_mode = WAL`)
		return err
	})
}

// inspect refuses a damaged file and a database of something else, before anything is written.
func inspect(ctx context.Context, db *sql.DB) error {
	var finding string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&finding); err != nil {
		return err
	}
	if finding != "ok" {
		return &wfm.Error{Kind: wfm.BadData, Err: errors.New("the file is damaged: " + finding),
			Remedy: "restore the ledger from a backup, or move the file aside to begin a new ledger that knows of no delivery"}
	}
	var tables, ours int
	err := db.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(name = ?), 0) FROM sqlite_schema WHERE type = 'table'`,
		sqlledger.SchemaTable).Scan(&tables, &ours)
	if err == nil && tables > 0 && ours == 0 {
		err = &wfm.Error{Kind: wfm.BadConfig, Err: errors.New("the file is a SQLite database of something else"),
			Remedy: "name a file that does not exist yet, or an existing ledger"}
	}
	return err
}

// patiently repeats what SQLite refuses at once while another process opens the same new file.
func patiently(ctx context.Context, most time.Duration, do func() error) error {
	deadline := time.Now().Add(most)
	for {
		err := do()
		if err == nil || !Dialect().Fault(err).Retry || time.Now().After(deadline) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// checkPath looks at the path without opening the file: within a process, closing a second handle
// to a SQLite file would drop the locks of the first.
func checkPath(path string) error {
	if path == "" {
		return wfm.Problem{Field: "ledger", Reason: "has no path", Remedy: "name a file on a local disk, such as ledger.db"}
	}
	if strings.ContainsRune(path, 0) {
		return wfm.Problem{Field: "ledger", Value: path, Reason: "contains a NUL character", Remedy: "name a file on a local disk"}
	}
	folder := filepath.Dir(path)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return problem(path, wfm.NotFound, fmt.Sprintf("the folder %s does not exist", wfm.Quote(folder)), "create the folder, or correct the path")
	case err != nil:
		return failed(path, err)
	case !info.IsDir():
		return problem(path, wfm.BadConfig, wfm.Quote(folder)+" is not a folder", "correct the path")
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return problem(path, wfm.BadConfig, "it is not a file", "name a file, not a folder or device")
	}
	return nil
}

func problem(path string, kind wfm.Kind, reason, remedy string) error {
	return &wfm.Error{Op: "open the ledger " + wfm.Quote(path), Kind: kind, Err: errors.New(reason), Remedy: remedy}
}

// failed adds the path to an error, and the decision to one that carries none.
func failed(path string, err error) error {
	op := "open the ledger " + wfm.Quote(path)
	decided, ok := err.(*wfm.Error)
	retry, _ := wfm.ShouldRetry(err)
	switch {
	case ok:
		cause := *decided
		cause.Op = op
		return &cause
	case wfm.KindOf(err) != wfm.Unclassified: // several
		return &wfm.Error{Op: op, Kind: wfm.KindOf(err), Retry: retry, Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: err}
	case errors.Is(err, fs.ErrPermission):
		return &wfm.Error{Op: op, Kind: wfm.NoPermission, Err: err,
			Remedy: "give the service's account the right to read and write the file and its folder"}
	}
	f := Dialect().Fault(err)
	return &wfm.Error{Op: op, Kind: f.Kind, Retry: f.Retry, Remedy: f.Remedy, Err: err}
}

// dsn writes the path as a URI, so that no character of it is taken for an option.
func dsn(absolute string, wait time.Duration) string {
	path := filepath.ToSlash(absolute)
	if !strings.HasPrefix(path, "/") { // a drive letter
		path = "/" + path
	}
	options := url.Values{
		"_busy_timeout": {fmt.Sprint(wait.Milliseconds())},
		"_synchronous":  {"FULL"},
		"_txlock":       {"immediate"}, // a transaction that upgrades its lock could not wait for it
		"_error_rc":     {"1"},
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath() + "?" + options.Encode()
}
