package wfm

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Report is everything that a feed knows about one interval. It is a value made by
// historical.Aggregator and read by encoders, which must not change it or keep it.
//
// Records are sorted: queues by workgroup and medium, agents by agent and medium, agent-by-queue
// records by agent, workgroup and medium, states by agent and start, sign-ons by agent and log-on,
// contacts as CompareContacts says. Names compare bytewise.
type Report struct {
	Interval Window
	// Repeated is the second occurrence of the same wall-clock interval on the night of the
	// autumn clock change, where the feed sums the two; it is zero everywhere else.
	Repeated Window
	// Revision is 1 for the first version of an interval and rises with each restatement.
	Revision int
	// Estimated says that a row was longer than the interval and was split in proportion, which
	// happens only on explicit request.
	Estimated bool

	Queues      []Record   // GrainQueue
	Agents      []Record   // GrainAgent
	AgentQueues []Record   // GrainAgentQueue
	Activity    []Activity // GrainActivity, one entry per agent
	// SignOns are the spans of being logged in that reach into the last Needs.SignOns before the end of the
	// interval (of the second occurrence, where the feed sums a repeated hour). That is elapsed time: a day with a
	// clock change has no more of it and no less.
	SignOns []SignOn
	// Begun are the finished contacts that began in the interval (or in its repetition, where the feed sums a repeated
	// hour). It grows until the last of them is over, so an interval with long contacts is restated as they end.
	Begun []Contact
	// Ended are the contacts that ended in it. It is complete once their rows are there, about a minute after the interval.
	Ended []Contact

	// Sites lists the sites that wrote statistics in the interval, sorted.
	Sites []Site
	// Gaps lists the expected sites that wrote nothing in the interval, sorted. Their figures are
	// unknown, not zero.
	Gaps []Site
	// Diagnostics are remarks about the data, in order of occurrence. They do not enter files.
	Diagnostics []Diagnostic
}

// Record is the sum of one grain in one interval over all sites of the feed.
type Record struct {
	Workgroup Workgroup // empty for GrainAgent
	Agent     AgentID   // empty for GrainQueue
	Media     MediaType // empty for the total over all media
	// Zero says that there was no row, while the site wrote others: every counter is zero.
	Zero   bool
	Counts Counts
}

// CompareRecords is the order of records in a report.
func CompareRecords(a, b Record) int {
	return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Workgroup, b.Workgroup), cmp.Compare(a.Media, b.Media))
}

// Records returns the records of a statistics grain.
func (r *Report) Records(g Grain) []Record {
	switch g {
	case GrainQueue:
		return r.Queues
	case GrainAgent:
		return r.Agents
	case GrainAgentQueue:
		return r.AgentQueues
	}
	return nil
}

// Empty tells whether the report carries no record of any grain.
func (r *Report) Empty() bool {
	return len(r.Queues)+len(r.Agents)+len(r.AgentQueues)+len(r.Activity)+len(r.SignOns)+len(r.Begun)+len(r.Ended) == 0
}

// Activity is what one agent did in one interval, in whole seconds.
type Activity struct {
	Agent AgentID
	// LoggedIn is the time logged in to the client. The seconds of Keys, and those of Groups, sum
	// to it, and to the length of the interval for an agent who was logged in throughout.
	LoggedIn int64
	Keys     []StatusTime      // per status key, sorted by key
	Groups   []StatusGroupTime // per status group, sorted by group
	// States are the states in order, cut at the borders of the interval. States of zero length
	// are left out. A state in which the agent was logged off has LoggedIn false.
	States []StateSpan
	// LogOns and LogOffs are the instants in the interval, in order.
	LogOns, LogOffs []time.Time
}

// StatusTime is the time in one status key.
type StatusTime struct {
	Key     StatusKey
	Group   StatusGroup
	Seconds int64
}

// StatusGroupTime is the time in one status group.
type StatusGroupTime struct {
	Group   StatusGroup
	Seconds int64
}

// StateSpan is one state of an agent, cut to the interval.
type StateSpan struct {
	Window   Window
	Status   StatusKey
	Group    StatusGroup
	LoggedIn bool
	// CarriedIn says that the state began before the interval.
	CarriedIn bool
	// Began is when the state really began, which may lie before the interval.
	Began time.Time
}

// SignOn is a span in which an agent was logged in to the client, cut by nothing. It says what was known at the end of the
// interval: a log-off at that very instant belongs to the next one.
type SignOn struct {
	Agent AgentID
	// In is the log-on. It is zero where it lies further back than is looked for (Needs.SignOnReach), or left no row.
	In time.Time
	// Out is the log-off; zero for an agent who was still signed on at the end of the interval.
	Out time.Time
	// Reason is the status of the row that told the log-off; empty where Out is zero or no row told it.
	Reason StatusKey
}

// DiagnosticKind classes a remark, so that a console can count and filter.
type DiagnosticKind uint8

// The kinds of diagnostics.
const (
	// RollUpMismatch: the level that was read does not add up to the '*' row.
	RollUpMismatch DiagnosticKind = iota
	// IdentityMismatch: tAgentLoggedIn is not the sum of its seven parts.
	IdentityMismatch
	// SkippedHour: a local start in the hour that a clock change skips.
	SkippedHour
	// AmbiguousHour: a local start in the repeated hour that the send time could not decide.
	AmbiguousHour
	// OffGrid: a row that starts off the grid or straddles a border; it belongs to the interval
	// that holds its start.
	OffGrid
	// FutureRow: a row that starts after it was read, which a wrong time zone causes.
	FutureRow
	// PartialCoverage: a site's rows cover only part of the interval, as after a restart.
	PartialCoverage
	// SplitRow: a row was split in proportion on request; the figures are estimates.
	SplitRow
	// BadRow: a value in a row could not be read. The row is left out, or the counter is missing.
	BadRow
	// OverlappingStates: states of one agent overlap; the later start wins.
	OverlappingStates
)

// String names the kind.
func (k DiagnosticKind) String() string {
	return [...]string{"roll-up mismatch", "identity mismatch", "skipped hour", "ambiguous hour", "off grid",
		"row in the future", "partial coverage", "split row", "bad row", "overlapping states"}[k]
}

// Diagnostic is one remark about the data of an interval.
type Diagnostic struct {
	Kind DiagnosticKind
	// At is an instant in the interval that the remark is about, in UTC.
	At   time.Time
	Site Site
	// Subject is the workgroup, agent or column.
	Subject string
	// Detail is one line with all figures.
	Detail string
}

// String returns one line.
func (d Diagnostic) String() string {
	return fmt.Sprintf("%s: %s, site %d, %q: %s", d.At.UTC().Format(time.RFC3339), d.Kind, d.Site, d.Subject, d.Detail)
}

// SortRecords puts records into report order.
func SortRecords(list []Record) { slices.SortFunc(list, CompareRecords) }
