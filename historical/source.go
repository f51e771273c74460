package historical

import (
	"context"
	"iter"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Source reads rows of statistics. Implementations are safe for concurrent use: a backfill reads
// disjoint windows at the same time.
type Source interface {
	// Rows yields each row of the query once. Values in a Row are valid only until the next one is
	// asked for. A non-nil error is the last thing yielded; the Row beside it has no meaning. When
	// the consumer stops early or ctx ends, the query at the server ends promptly.
	//
	// A statistics or presence row belongs to the query if its Start lies in the window, a contact if its start
	// (GrainBegun) or its end (GrainEnded) does; an
	// activity row if any part of it does (a state of zero length, if its instant does), so that
	// states which began before the window are carried in. Where the needs name sign-ons, the window of
	// activity rows, and of no others, begins earlier: see Query.States.
	Rows(ctx context.Context, q Query) iter.Seq2[Row, error]
}

// Ordered is implemented by sources that yield rows in order of Start, up to a slack: no row
// starts earlier than the slack before the latest start already yielded. An activity row counts
// with its start, or the start of Query.States if that is later. A consumer may then close intervals
// while it reads, and its memory does not grow with the window.
type Ordered interface{ Slack() time.Duration }

// Completer is implemented by sources that know up to when all rows have arrived.
type Completer interface {
	CompleteThrough(ctx context.Context) (time.Time, error)
}

// Inspector is implemented by sources that can look before they read.
type Inspector interface {
	// Inspect examines whether the query can be answered: connection, rights, columns, roll-up
	// hierarchy, workgroups, row lengths, clock. The error joins every wfm.Problem and *wfm.Error
	// that was found, not only the first; the inspection is filled as far as it got. A workgroup that
	// the source does not know is a wfm.Problem of the field FieldWorkgroup with its name as the value: a host
	// that merges several sources lets it pass where another one knows it.
	Inspect(ctx context.Context, q Query) (Inspection, error)
}

// FieldWorkgroup is the field of the problem that a workgroup is not known.
const FieldWorkgroup = "workgroup"

// Inspection is what a source found out about a query.
type Inspection struct {
	// Workgroups are the workgroups that the query names, as the database spells them, sorted; nil
	// where the query names none.
	Workgroups []wfm.Workgroup
	// Sites are the sites that have rows in the window (or the one that the source is set to), sorted.
	Sites []wfm.Site
	// LongestRow is the longest nDuration in the window; zero where there are no rows.
	LongestRow time.Duration
	// Missing lists, per grain, needed counters that the database does not have.
	Missing map[wfm.Grain][]wfm.Counter
	// Hierarchy says, per grain, in words which roll-up level is read and why.
	Hierarchy map[wfm.Grain]string
	// ClockOffset is the server's clock minus ours; ClockKnown is false where the server cannot say.
	ClockOffset time.Duration
	ClockKnown  bool
	// Notes are remarks that are no problems, such as a column that is always NULL.
	Notes []string
}

// Query says what to read.
type Query struct {
	// Window limits the rows, half-open, in UTC.
	Window wfm.Window
	// Workgroups limits the queues, and the agents to those who belong to one of them now or have
	// statistics in one of them in the window. Nil means all.
	Workgroups []wfm.Workgroup
	// Needs says which grains, counters and media to read. Presence rows come in any case.
	Needs wfm.Needs
	// Diagnose receives remarks about the data, from the goroutine that consumes the rows. Nil
	// discards them.
	Diagnose func(wfm.Diagnostic)
}

// States is the window of the activity rows: that of the query, which begins Needs.SignOnReach earlier.
func (q *Query) States() wfm.Window {
	return wfm.Window{Start: q.Window.Start.Add(-q.Needs.SignOnReach()), End: q.Window.End}
}

// Row is one row of a source. Which fields have a meaning depends on Grain.
type Row struct {
	Grain wfm.Grain
	Site  wfm.Site
	// Start is the start of the row in UTC. Duration is its real length (nDuration), or the length
	// of the state. For a contact Start is the instant that puts it into an interval (Contact.Start for
	// GrainBegun, Contact.End for GrainEnded), and Duration is zero.
	Start    time.Time
	Duration time.Duration

	Workgroup wfm.Workgroup // GrainQueue, GrainAgentQueue
	Agent     wfm.AgentID   // GrainAgent, GrainAgentQueue, GrainActivity
	// Media is the medium as the query's Needs spells it; empty for the total.
	Media wfm.MediaType
	// Values stand in the order of the grain's counter set in the query. A counter that the
	// database lacks, or left NULL, is wfm.Missing.
	Values []int64

	State State // GrainActivity
	// Contact is the contact of GrainBegun and GrainEnded, nil otherwise. Its fields stand there alone: Workgroup, Agent and
	// Media of the row are empty, and Site is the contact's. Like Values it is valid only until the next row.
	Contact *wfm.Contact
}

// End returns the end of the row.
func (r *Row) End() time.Time { return r.Start.Add(r.Duration) }

// State is the status part of an activity row.
type State struct {
	Key   wfm.StatusKey
	Group wfm.StatusGroup
	// LoggedIn says that the agent was logged in to the client during the state.
	LoggedIn bool
	// ChangedLoggedIn says that the row begins with a log-on or a log-off.
	ChangedLoggedIn bool
	// Seq orders the rows of one agent within a second (SeqNo).
	Seq int
}
