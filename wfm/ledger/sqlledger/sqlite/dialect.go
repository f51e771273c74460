package sqlite

import (
	_ "embed" // the script
	"errors"
	"fmt"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Dialect returns SQLite's dialect, for ledgers over a *sql.DB that the caller opened.
func Dialect() sqlledger.Dialect { return dialect{} }

type dialect struct{}

//go:embed wfmtables.sqlite.sql
var script string

func (dialect) Name() string                 { return "SQLite" }
func (dialect) Script() string               { return strings.ReplaceAll(script, "\r\n", "\n") }
func (dialect) CommitsDDL() bool             { return false }
func (dialect) Placeholder(int) string       { return "?" }
func (dialect) Limit(q string, n int) string { return fmt.Sprintf("%s LIMIT %d", q, n) }
func (dialect) Text(s string) any            { return s }

// Now is empty: the processes that share a file are on one machine, whose clock they have in common.
func (dialect) Now() string         { return "" }
func (dialect) After(string) string { return "" }

func (dialect) Prefix(schema string) (string, error) {
	if schema != "" {
		return "", wfm.Problem{Field: "Schema", Value: schema, Reason: "cannot be chosen in SQLite", Remedy: "leave it out"}
	}
	return "", nil
}

func (dialect) Fault(err error) sqlledger.Fault {
	var e *driver.Error
	switch {
	case !errors.As(err, &e):
		return sqlledger.Fault{}
	case e.Code() == codes.SQLITE_CONSTRAINT_PRIMARYKEY:
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Object: sqlledger.RowExists, Remedy: "another process wrote the same row; it is tried again"}
	// The code says no more than "SQL logic error".
	case strings.Contains(e.Error(), "no such table"):
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: "name an existing ledger, or a file that does not exist yet", Object: sqlledger.ObjectMissing}
	case strings.Contains(e.Error(), "already exists"):
		return sqlledger.Fault{Kind: wfm.BadConfig, Remedy: "name a file that does not exist yet, or an existing ledger", Object: sqlledger.ObjectExists}
	}
	switch e.Code() & 0xff { // the low byte is the class, the rest a detail
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true,
			Remedy: "another process holds the ledger: end it, or give each service a ledger of its own"}
	case codes.SQLITE_FULL:
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: "free space on the disk of the ledger"}
	case codes.SQLITE_IOERR:
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true,
			Remedy: "look after the disk of the ledger, and keep the ledger on a local disk"}
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return sqlledger.Fault{Kind: wfm.BadData,
			Remedy: "restore the ledger from a backup, or move the file aside to begin a new ledger that knows of no delivery"}
	case codes.SQLITE_READONLY, codes.SQLITE_PERM, codes.SQLITE_CANTOPEN, codes.SQLITE_AUTH:
		return sqlledger.Fault{Kind: wfm.NoPermission,
			Remedy: "give the service's account the right to read and write the file and its folder"}
	}
	return sqlledger.Fault{Kind: wfm.Unclassified}
}
