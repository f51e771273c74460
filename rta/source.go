package rta

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Query is what is wanted of a server.
type Query struct {
	// Workgroups select the agents: their members, letter case ignored. A master workgroup without a
	// queue is one of them. Workgroups that the server does not have are told as a Remark, since they may
	// be at another server.
	Workgroups []wfm.Workgroup
	// Queues asks for what agents handle ([Facts.Interactions]). It costs the server a watch on every
	// agent's queue, so it is asked for only where a feed reports queue states.
	Queues bool
}

// Source is one CIC server. Implementations need not be safe for concurrent use; Stream makes one
// call at a time.
type Source interface {
	// Run connects, emits Connected, then facts about every agent of the query, then Synced, then
	// changes as they happen. It ends when ctx ends, when emit returns an error (which it returns), or
	// when the link is lost. It does not reconnect: Stream does, and waits as the error says
	// (wfm.ShouldRetry). An error of kind wfm.NotLicensed says that nothing of the server may be shown: its agents leave. It
	// never returns nil. emit is called from one goroutine at a time and may block; that is the
	// back-pressure. An event and all it refers to belongs to the source again when emit returns,
	// except strings and Facts.Workgroups.
	Run(ctx context.Context, q Query, emit func(Event) error) error
}

// FeatureLister is implemented by sources that can read the licence features of their server. It is
// safe for concurrent use with Run and opens no second session beside that of Run. An error of
// kind wfm.NoPermission means that the account may not read them, so that they are unknown.
type FeatureLister interface {
	Features(ctx context.Context) ([]string, error)
}

// Inspector is implemented by sources that can be looked at before they run: what a preflight check shows.
type Inspector interface {
	Inspect(ctx context.Context, q Query) (Inspection, error)
}

// Inspection is what a server says of itself.
type Inspection struct {
	Host     string
	Version  string // of the CIC server, for people
	Skew     time.Duration
	Statuses []wfm.StatusDefinition
	// Members is the number of agents per workgroup of the query, spelled as the server does. One that is not
	// here does not exist at this server, or the account may not see it.
	Members map[wfm.Workgroup]int
	// Workgroups are all that the account may see, whatever the query names; sorted.
	Workgroups []wfm.Workgroup
	// Agents is the number of different agents, and Told of how many the status is visible.
	Agents, Told int
	// Remarks are for the administrator, one line each.
	Remarks []string
}

// EventKind says what an Event is about.
type EventKind uint8

// The kinds.
const (
	// Connected: a session exists at Host, whose clock is ahead of ours by Skew. Facts of all agents follow.
	Connected EventKind = iota + 1
	// Statuses: the status messages of the server, all of them.
	Statuses
	// Agent: the facts of one agent, all of them.
	Agent
	// AgentGone: the agent is no member of the query's workgroups any more. Only Facts.Agent is set.
	AgentGone
	// Synced: all agents were told; those that were not since Connected are gone.
	Synced
	// Remark: something the administrator should know, in Text, one line.
	Remark
)

// Event is what a source tells.
type Event struct {
	Kind     EventKind
	Host     string                 // Connected
	Skew     time.Duration          // Connected
	Statuses []wfm.StatusDefinition // Statuses
	Facts    *Facts                 // Agent, AgentGone
	Text     string                 // Remark
}

// Facts are what a server says of one agent, whole. Times are UTC in the clock of the server.
type Facts struct {
	// Agent is spelled as the server's configuration spells it, always the same.
	Agent     wfm.AgentID
	Extension string
	// Workgroups of the query that the agent is a member of, sorted; spelled as the query spells them.
	// A new slice when they change, never changed itself.
	Workgroups []wfm.Workgroup
	LoggedIn   bool
	// Status holds key and attributes. Of a status that the server did not define only the key is set.
	Status      wfm.StatusDefinition
	StatusSince time.Time
	// LoginSince is when LoggedIn became what it is, as far as the source saw it; zero where it did not.
	LoginSince time.Time
	// OnPhone says that the agent has a connected call, ACD or not. It decides only where Interactions
	// are not known.
	OnPhone      bool
	OnPhoneSince time.Time
	// Interactions are those in the agent's queue that have not ended, in any order; nil where the
	// query does not ask for them.
	Interactions []Interaction
}

// Interaction is one contact or call in an agent's queue.
type Interaction struct {
	ID    string
	State InteractionState
	// Workgroup is that of an ACD interaction; empty for any other.
	Workgroup wfm.Workgroup
	// Since is when the state began.
	Since time.Time
}

// InteractionState is the part of CIC's Eic_State that matters here.
type InteractionState uint8

// The states, with the letters of Eic_State.
const (
	OtherInteraction    InteractionState = iota // M, P, "" and what is not known
	InteractionAlerting                         // A, O
	InteractionTalk                             // C
	InteractionHeld                             // H, X
	InteractionDialling                         // R, S
)
