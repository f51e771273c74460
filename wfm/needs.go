package wfm

import (
	"slices"
	"time"
)

// Grain says what one record is about.
type Grain uint8

// The grains of the historical side.
const (
	// GrainQueue: one workgroup (and medium), from IWrkgrpQueueStats.
	GrainQueue Grain = iota
	// GrainAgent: one agent over all workgroups, from the '*' rows of IAgentQueueStats.
	GrainAgent
	// GrainAgentQueue: one agent in one workgroup, from IAgentQueueStats.
	GrainAgentQueue
	// GrainActivity: one state of one agent, from AgentActivityLog.
	GrainActivity
	// GrainPresence: a site wrote statistics for this interval, whichever the workgroup. It tells
	// a quiet workgroup (zero) from a silent site (gap).
	GrainPresence
	// GrainBegun: one finished contact, in the interval in which it began, from InteractionSummary.
	GrainBegun
	// GrainEnded: one finished contact, in the interval in which it ended, from InteractionSummary.
	GrainEnded
	// NumGrains is the number of grains, for arrays.
	NumGrains
)

// String names the grain in the words of the field.
func (g Grain) String() string {
	return [...]string{"queue", "agent", "agent-by-queue", "activity", "presence", "contacts begun", "contacts ended"}[g]
}

// Needs is what an encoder wants to read: for each grain the counters and the media. A grain with
// no counters is not read at all.
type Needs struct {
	Queue, Agent, AgentQueue Columns
	// Activity asks for the states of agents from AgentActivityLog.
	Activity bool
	// SignOns asks for who was signed on in this span up to the end of each interval: see Report.SignOns. Zero
	// asks for nothing.
	SignOns time.Duration
	// Begun and Ended ask for single contacts: see Report.Begun and Report.Ended.
	Begun, Ended bool
	// WholeDays asks the host to hand over all intervals of a calendar day at once, for files
	// that hold a day. Without it each interval comes alone, as soon as it is closed.
	WholeDays bool
}

// Columns are the counters of one grain, and the media to read them for.
type Columns struct {
	Counters *CounterSet
	// Media lists the media types, each a record of its own. Empty, or AllMedia in the list,
	// asks for the total over all media.
	Media []MediaType
}

// For returns the columns of a statistics grain; none for the others.
func (n Needs) For(g Grain) Columns {
	switch g {
	case GrainQueue:
		return n.Queue
	case GrainAgent:
		return n.Agent
	case GrainAgentQueue:
		return n.AgentQueue
	}
	return Columns{}
}

// Wants tells whether a grain is needed.
func (n Needs) Wants(g Grain) bool {
	switch g {
	case GrainActivity:
		return n.Activity || n.SignOns > 0
	case GrainBegun:
		return n.Begun
	case GrainEnded:
		return n.Ended
	}
	return n.For(g).Counters.Len() > 0
}

// SignOnReach is how far before the window of a query the rows of AgentActivityLog are read: twice SignOns. Log-ons
// are looked for as far back as that, so that a span which ended in SignOns has its log-on, and no further, so that
// the report of an interval is the same whatever else is read with it. It is zero where no sign-ons are needed.
func (n Needs) SignOnReach() time.Duration { return 2 * max(n.SignOns, 0) }

// Union joins the needs of several encoders or layouts.
func (n Needs) Union(o Needs) Needs {
	return Needs{
		Queue: n.Queue.union(o.Queue), Agent: n.Agent.union(o.Agent), AgentQueue: n.AgentQueue.union(o.AgentQueue),
		Activity: n.Activity || o.Activity, SignOns: max(n.SignOns, o.SignOns), Begun: n.Begun || o.Begun, Ended: n.Ended || o.Ended, WholeDays: n.WholeDays || o.WholeDays,
	}
}

func (c Columns) union(o Columns) Columns {
	if c.Counters.Len() == 0 {
		return o
	}
	if o.Counters.Len() == 0 {
		return c
	}
	u := Columns{Counters: c.Counters.Union(o.Counters)}
	for _, m := range append(c.MediaList(), o.MediaList()...) {
		if !slices.ContainsFunc(u.Media, m.Is) {
			u.Media = append(u.Media, m)
		}
	}
	return u
}

// MediaList returns the media to read, AllMedia where none is named.
func (c Columns) MediaList() []MediaType {
	if len(c.Media) == 0 {
		return []MediaType{AllMedia}
	}
	return slices.Clone(c.Media)
}
