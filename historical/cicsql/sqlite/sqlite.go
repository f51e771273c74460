package sqlite

import (
	"database/sql"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	driver "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

// Open makes a pool for a database file. The file is opened for reading only and must exist: a wrong
// path is an error, not a new and empty database. The pool is unlimited; a limit must allow
// cicsql.MinConnections. The caller closes the pool.
func Open(path string) (*sql.DB, cicsql.Dialect, error) {
	info, err := os.Stat(path)
	switch {
	case path == "":
		return nil, cicsql.Dialect{}, wfm.Problem{Field: "path", Reason: "is empty", Remedy: "name the SQLite file"}
	case errors.Is(err, fs.ErrNotExist):
		return nil, cicsql.Dialect{}, &wfm.Error{Op: "open " + wfm.Quote(path), Kind: wfm.NotFound, Err: fs.ErrNotExist, Remedy: "check the path of the database file"}
	case errors.Is(err, fs.ErrPermission):
		return nil, cicsql.Dialect{}, &wfm.Error{Op: "open " + wfm.Quote(path), Kind: wfm.NoPermission, Err: fs.ErrPermission, Remedy: "check the rights to the file"}
	case err != nil:
		return nil, cicsql.Dialect{}, &wfm.Error{Op: "open " + wfm.Quote(path), Kind: wfm.Unavailable, Retry: true, Err: err, Remedy: "check the disk"}
	case info.IsDir():
		return nil, cicsql.Dialect{}, wfm.Problem{Field: "path", Value: path, Reason: "is a folder", Remedy: "name the SQLite file"}
	}
	dsn, err := fileURI(path)
	if err != nil {
		return nil, cicsql.Dialect{}, &wfm.Error{Op: "open " + wfm.Quote(path), Kind: wfm.BadConfig, Err: err, Remedy: "give an absolute path"}
	}
	connector, err := driver.NewConnector(dsn)
	if err != nil {
		return nil, cicsql.Dialect{}, &wfm.Error{Op: "open " + wfm.Quote(path), Kind: wfm.BadConfig, Err: err, Remedy: "check the path"}
	}
	return sql.OpenDB(connector), cicsql.SQLite(), nil
}

// fileURI writes a path as SQLite's URI, in which characters such as ? and % would mean something.
func fileURI(path string) (string, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	full = filepath.ToSlash(full)
	if !strings.HasPrefix(full, "/") {
		full = "/" + full // a drive letter
	}
	settings := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	return (&url.URL{Scheme: "file", Path: full}).String() + "?" + settings.Encode(), nil
}
