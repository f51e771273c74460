package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Dialect returns SQLite's dialect, for ledgers over a *sql.DB that the caller opened.
func Dialect() sqlledger.Dialect { return dialect{} }

type dialect struct{}

func (dialect) Name() string           { return "SQLite" }
func (dialect) Placeholder(int) string { return "?" }
func (dialect) Limit(rows int) string  { return fmt.Sprintf(" LIMIT %d", rows) }

func (dialect) HasTable(ctx context.Context, tx *sql.Tx, table string) (bool, error) {
	var n int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name = ?`, table).Scan(&n)
	return n > 0, err
}

func (dialect) Migrations() [][]string {
	return [][]string{{
		`CREATE TABLE ` + sqlledger.SchemaTable + ` (
			version    INTEGER NOT NULL PRIMARY KEY,
			reached_at TEXT NOT NULL
		) STRICT`,
		`CREATE TABLE ` + sqlledger.EntriesTable + ` (
			id            TEXT NOT NULL PRIMARY KEY,
			feed          TEXT NOT NULL,
			kind          TEXT NOT NULL,
			period_start  TEXT NOT NULL,
			period_end    TEXT NOT NULL,
			part          INTEGER NOT NULL,
			revision      INTEGER NOT NULL,
			name          TEXT NOT NULL,
			digest        TEXT NOT NULL,
			status        INTEGER NOT NULL,
			receipt_where TEXT,
			receipt_bytes INTEGER,
			begun_at      TEXT NOT NULL,
			delivered_at  TEXT
		) STRICT, WITHOUT ROWID`,
		`CREATE INDEX wfm_ledger_entries_order ON ` + sqlledger.EntriesTable + ` (feed, period_start, kind, part, revision, id)`,
		`CREATE TABLE ` + sqlledger.ProgressTable + ` (
			feed         TEXT NOT NULL PRIMARY KEY,
			done_through TEXT NOT NULL
		) STRICT, WITHOUT ROWID`,
	}}
}

func (dialect) Duplicate(err error) bool {
	var e *driver.Error
	return errors.As(err, &e) && e.Code() == codes.SQLITE_CONSTRAINT_PRIMARYKEY
}

func (dialect) Fault(err error) sqlledger.Fault {
	var e *driver.Error
	if !errors.As(err, &e) {
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true}
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
