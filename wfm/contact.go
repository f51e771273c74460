package wfm

import (
	"cmp"
	"time"
)

// Contact is one finished contact of a customer with a workgroup, from a row of InteractionSummary. It is what that row says
// and no more: a contact that went through several workgroups or agents is one contact, of the last of each, because the
// row names no other. Sums of contacts therefore differ from the interval statistics, which count each stay in a queue
// (CIC's data dictionary says so of the table's predecessor, CallDetail).
//
// Only inbound contacts with a workgroup are there: Direction 1 (in) and 5 (intercom in). A contact stands in the table from
// about a minute after its end on; one that goes on is not there.
type Contact struct {
	// ID, Site and Seq are the row's key: InteractionIDKey (opaque), SiteID, SeqNo. Seq is above zero only for a contact that
	// was persisted and created again; whether its earlier row stays is not documented, and each row is one contact here.
	ID   string
	Site Site
	Seq  int
	// Workgroup is LastAssignedWorkgroupID, never empty.
	Workgroup Workgroup
	// Agent is LastLocalUserId; empty for none.
	Agent AgentID
	Media MediaType
	// Start is StartDateTimeUTC: when the contact began, which is before it came to the queue where it passed menus first.
	// End is TerminatedDateTimeUTC. Both are in UTC, to the millisecond, and End is not before Start.
	Start, End time.Time
	// Handled says that an agent took it: ConnectedDateTimeUTC is there and Agent is not empty.
	Handled bool
	// Times are the durations of the row.
	Times ContactTimes
}

// ContactTimes are the durations of a contact, each in milliseconds, as InteractionSummary has them; Missing where NULL.
// Whether one contains another is not documented; their names are those of states that exclude each other.
type ContactTimes struct {
	TIVRWait, TQueueWait, TAlert, TConnected, THeld, TConference, TExternal, TACW int64
}

// CompareContacts is the order of contacts in a report: by workgroup, start, end, site, ID and Seq.
func CompareContacts(a, b Contact) int {
	return cmp.Or(cmp.Compare(a.Workgroup, b.Workgroup), a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Site, b.Site),
		cmp.Compare(a.ID, b.ID), cmp.Compare(a.Seq, b.Seq))
}
