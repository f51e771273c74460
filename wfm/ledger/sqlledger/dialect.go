package sqlledger

import "github.com/cicwfm/cicwfm/wfm"

// Dialect is what differs between databases. Implementations are values without state.
type Dialect interface {
	// Name is for messages, such as "SQLite".
	Name() string
	// Script is the text of the script that makes the tables; see the function Script.
	Script() string
	// Prefix returns what stands before the name of a table or index in a schema: quoted, with the dot;
	// "" for the schema "", which is the login's default. A name that cannot be one is a wfm.Problem.
	Prefix(schema string) (string, error)
	// CommitsDDL says that each CREATE commits by itself (Oracle). Then a version is not one
	// transaction, and its statements are run again, past those whose object is there.
	CommitsDDL() bool
	// Placeholder returns the marker of the n-th argument, counted from 1: ?, @p1, :1.
	Placeholder(n int) string
	// Limit returns the query, a SELECT … ORDER BY, so that it returns at most so many rows.
	Limit(query string, rows int) string
	// Text returns what is bound for a text that may hold more than ASCII.
	Text(s string) any
	// Now and After return expressions of the server's clock, in UTC and in the layout of stamps
	// (2018-10-28T01:15:00.000000000Z): this moment, and as many milliseconds later as the argument
	// with the given placeholder says. "" from Now says that Options.Now is the clock of the store,
	// because the store has none of its own.
	Now() string
	After(milliseconds string) string
	// Fault says what an error of the driver means.
	Fault(err error) Fault
}

// Fault is the decision about an error of the driver. The zero Fault knows nothing of it; lost
// connections are then recognised without the dialect.
type Fault struct {
	Kind   wfm.Kind
	Retry  bool   // the same call may succeed later
	Remedy string // one sentence for the administrator
	Object Object // where the error is about one
}

// Object says in what way an object or row stood in the way.
type Object uint8

// What stands in the way.
const (
	NoObject      Object = iota
	RowExists            // a primary key is there already
	ObjectExists         // the table or index is there already
	ObjectMissing        // the table is not there, or may not be seen
)

// The tables, for dialects.
const (
	EntriesTable  = "wfm_ledger_entries"
	ProgressTable = "wfm_ledger_progress"
	LeasesTable   = "wfm_ledger_leases"
	SchemaTable   = "wfm_ledger_schema"
)
