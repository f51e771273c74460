package cicsim

import (
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Instant is a second of the simulation: Unix seconds, UTC. The zero Instant means that the
// thing has not happened by the end of the simulation.
type Instant int64

// Time returns the instant in UTC; the zero time for the zero Instant.
func (i Instant) Time() time.Time {
	if i == 0 {
		return time.Time{}
	}
	return time.Unix(int64(i), 0).UTC()
}

// At returns the second that holds t.
func At(t time.Time) Instant { return Instant(t.Unix()) }

// Span is a half-open span of seconds. A zero End means that it had not ended when the simulation did; a zero
// Start that it never began.
type Span struct{ Start, End Instant }

// Direction is where a contact came from and went to.
type Direction uint8

// The directions.
const (
	ExternToIntern Direction = iota // a customer's contact
	InternToExtern                  // outbound: a callback from a queue, or an agent's own call
	InternToIntern                  // from a colleague
)

// Contact is an ACD interaction on its way through one or more queues of one site.
type Contact struct {
	ID        int // unique in the centre
	Site      wfm.Site
	Media     wfm.MediaType
	Direction Direction
	DNIS      string // "-" for none
	Skill     string // "-" for none
	Legs      []Leg  // in order; at least one
	record    record // what its row of InteractionSummary says beside
}

// Outcome says how a stay in a queue ended.
type Outcome uint8

// The outcomes.
const (
	StillWaiting Outcome = iota // waiting or alerting at the end of the simulation
	Answered
	Abandoned
	FlowedOut // to another workgroup, unanswered
	Lost      // the server stopped; CIC books no outcome
)

// Finish says how the talk of an answered leg ended.
type Finish uint8

// The finishes.
const (
	StillTalking     Finish = iota // or never answered
	RemoteDisconnect               // by the customer
	LocalDisconnect                // by the agent
	TransferWithin                 // into the same queue, to another agent
	TransferOut                    // to another workgroup
	Cut                            // the server stopped; CIC books no completion
)

// Leg is one stay of a contact in the queue of a workgroup, with what the answering agent did.
type Leg struct {
	Workgroup wfm.Workgroup
	Entered   Instant
	Alerts    []Alert // in order; the last one is answered where Outcome is Answered
	Outcome   Outcome
	// Left is when the leg stopped waiting: answered, abandoned, flowed out or lost.
	Left   Instant
	Agent  wfm.AgentID // who answered
	Mate   wfm.AgentID // who transferred the contact to Agent within the queue
	Talk   Span        // starts at Left; holds included
	Finish Finish      // how the talk ended
	Holds  []Span      // inside Talk
	ACW    Span        // from the end of the talk; zero for none
	// ACWCut says that the server stopped during the after-call work.
	ACWCut bool
	// ACWCalls are outbound calls during the after-call work, inside ACW.
	ACWCalls []Span
}

// Alert is one offer of a leg to an agent.
type Alert struct {
	Agent    wfm.AgentID
	Ring     Span
	Answered bool
	Cut      bool // the server stopped while it rang
}

// PersonalCall is a call of an agent that came through no queue. Calls made during after-call
// work are among them.
type PersonalCall struct {
	Site      wfm.Site
	Agent     wfm.AgentID
	Direction Direction
	// Received says, for InternToIntern, that the agent was the one called.
	Received bool
	Talk     Span
	record   record
}

// Status is a status message of the centre with its group and attributes.
type Status struct {
	Key       wfm.StatusKey
	Group     wfm.StatusGroup
	AllowsACD bool
	DND       bool
	ACW       bool
}

// State is one state of an agent, as AgentActivityLog records it when it ends.
type State struct {
	Site     wfm.Site
	Agent    wfm.AgentID
	Status   Status
	LoggedIn bool
	Span     Span
	// Seq counts the changes of the agent within one second, from 0.
	Seq int
	// What changed against the state before.
	ChangedStatus, ChangedGroup, ChangedLoggedIn, ChangedACD bool
}

// Activation says that an agent was, or was not, activated in a queue from an instant on.
type Activation struct {
	Site      wfm.Site
	Agent     wfm.AgentID
	Workgroup wfm.Workgroup
	At        Instant
	Active    bool
}

// Agent is a member of the centre. Workgroups is sorted and does not contain the master
// workgroup.
type Agent struct {
	ID         wfm.AgentID
	Site       wfm.Site
	Workgroups []wfm.Workgroup
}

// SiteInfo is what became of one configured site.
type SiteInfo struct {
	ID       wfm.Site
	Location *time.Location
	Interval time.Duration
	// Down lists the times between a stop and the start of the server, in order. They need not
	// lie on the grid of intervals; the rows beside them are cut there.
	Down []wfm.Window
	// Silent lists spans, on the grid, whose statistics rows, and rows of contacts that ended in them, never
	// reached the database though work went on. Truth knows what happened in them.
	Silent []wfm.Window
}
