package sqlledger

import (
	"context"
	"database/sql"

	"github.com/cicwfm/cicwfm/wfm"
)

// Dialect is what differs between databases. Implementations are values without state.
type Dialect interface {
	// Name is for messages, such as "SQLite".
	Name() string
	// Placeholder returns the marker of the n-th argument, counted from 1: ?, @p1, :1.
	Placeholder(n int) string
	// Limit returns what is appended to a SELECT … ORDER BY so that it returns at most so many rows.
	Limit(rows int) string
	// HasTable tells whether the table exists in the place where Migrations creates tables.
	HasTable(ctx context.Context, tx *sql.Tx, table string) (bool, error)
	// Migrations lists the statements of each schema version; the first brings an empty database
	// to version 1. What was released once never changes. Text columns compare by code point
	// (a binary collation), since feeds that differ only in letter case are different feeds.
	// Where the database commits each CREATE by itself (Oracle), a version is a single statement.
	Migrations() [][]string
	// Duplicate tells whether an insert failed because the primary key exists.
	Duplicate(err error) bool
	// Fault says what an error of the driver means.
	Fault(err error) Fault
}

// Fault is the decision about an error of the driver.
type Fault struct {
	Kind   wfm.Kind
	Retry  bool   // the same call may succeed later
	Remedy string // one sentence for the administrator
}

// The tables, for dialects.
const (
	EntriesTable  = "wfm_ledger_entries"
	ProgressTable = "wfm_ledger_progress"
	SchemaTable   = "wfm_ledger_schema"
)
