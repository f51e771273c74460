package wfm

import (
	"slices"
	"strconv"
	"time"
)

// StatusDefinition is a status message of CIC: what an agent may choose, with its attributes.
type StatusDefinition struct {
	Key   StatusKey
	Text  string // for people; localised, never a basis for decisions
	Group StatusGroup
	ACD   bool // allows ACD interactions
	ACW   bool // is after-call work
	DND   bool // is do not disturb
}

// AgentActivity is what an agent does at this moment, in one word. Package rta says how it follows from
// status, log-in, phone and queue contents.
type AgentActivity uint8

// The activities. Which of them a feed can see depends on its [QueueLevel].
const (
	AgentUnknown AgentActivity = iota
	AgentLoggedOff
	AgentAvailable   // logged in, in a status that allows ACD, handling nothing
	AgentUnavailable // logged in, in any other status; the status key says which
	AgentAlerting    // an interaction is being offered
	AgentACDTalk     // connected to an interaction of a workgroup
	AgentACDHold     // the interaction of a workgroup is on hold
	AgentAfterCall   // in a status that is after-call work (ACW)
	AgentNonACDTalk  // connected to, or holding, an interaction of no workgroup
	AgentDialling    // an outgoing interaction is not connected yet
)

var activityNames = [...]string{"unknown", "logged off", "available", "unavailable", "alerting", "acd talk", "acd hold",
	"acw", "non-acd talk", "dialling"}

// String names the activity, as layouts and status maps spell it.
func (a AgentActivity) String() string {
	if int(a) >= len(activityNames) {
		return "activity " + strconv.Itoa(int(a))
	}
	return activityNames[a]
}

// ParseAgentActivity finds an activity by the name that String gives it.
func ParseAgentActivity(name string) (AgentActivity, bool) {
	i := slices.Index(activityNames[:], name)
	return AgentActivity(max(i, 0)), i >= 0
}

// QueueLevel says how much of what agents handle a real-time feed reports. The names are those of
// the original product; their meaning is ours, because none is published:
//
//   - off: status and log-in alone. Activities: logged off, available, unavailable, acw.
//   - minimal: also whether the agent is connected: acd talk (holds are inside it) and non-acd talk,
//     and the workgroup that the agent works for.
//   - verbose: also alerting, acd hold and dialling: every activity.
type QueueLevel uint8

// The levels.
const (
	LevelOff QueueLevel = iota
	LevelMinimal
	LevelVerbose
)

var levelNames = [...]string{"off", "minimal", "verbose"}

// String names the level.
func (l QueueLevel) String() string {
	if int(l) >= len(levelNames) {
		return "level " + strconv.Itoa(int(l))
	}
	return levelNames[l]
}

// ParseQueueLevel finds a level by the name that String gives it.
func ParseQueueLevel(name string) (QueueLevel, error) {
	if i := slices.Index(levelNames[:], name); i >= 0 {
		return QueueLevel(i), nil
	}
	return LevelOff, Problem{Field: "queue-state level", Value: name, Reason: "is not known", Remedy: "use off, minimal or verbose"}
}

// AgentState is what is known of one agent, as one consistent value at one [QueueLevel]. Times are UTC in the clock of
// the CIC server, whole seconds where CIC gives no better.
type AgentState struct {
	Agent AgentID
	// Extension is the agent's extension; empty where it is not known.
	Extension string
	// Server is the configured name of the CIC server that the state comes from.
	Server   string
	LoggedIn bool
	// Status is the present status, or the last one of an agent who is logged off.
	Status   StatusDefinition
	Activity AgentActivity
	// Since is when this state began: the present activity, status and log-in together.
	Since time.Time
	// Workgroup is that of the interaction which the agent handles; empty otherwise.
	Workgroup Workgroup
	// Workgroups are those of the feed's workgroups that the agent is a member of, sorted. An agent
	// without one is not, or no longer, in adherence. The slice is shared: it must not be changed,
	// and it never changes.
	Workgroups []Workgroup
}

// InAdherence tells whether the agent belongs to any of the feed's workgroups.
func (s *AgentState) InAdherence() bool { return len(s.Workgroups) > 0 }

// Same tells whether two states say the same of an agent, their server aside.
func (s *AgentState) Same(o *AgentState) bool {
	return s.Agent == o.Agent && s.Extension == o.Extension && s.LoggedIn == o.LoggedIn && s.Status == o.Status &&
		s.Activity == o.Activity && s.Since.Equal(o.Since) && s.Workgroup == o.Workgroup && slices.Equal(s.Workgroups, o.Workgroups)
}

// ChangeEvent classes a change.
type ChangeEvent uint8

// The classes.
const (
	EventChange    ChangeEvent = iota // the activity, the status or the workgroup is another, or began anew
	EventLogOn                        // the agent logged on
	EventLogOff                       // the agent logged off
	EventEntered                      // the agent is new in adherence: became a member of one of the workgroups
	EventLeft                         // the agent is no longer in adherence
	EventRegrouped                    // only the agent's workgroups or extension are others
)

var changeNames = [...]string{"change", "log-on", "log-off", "entered", "left", "regrouped"}

// String names the event, as layouts spell it.
func (e ChangeEvent) String() string {
	if int(e) >= len(changeNames) {
		return "event " + strconv.Itoa(int(e))
	}
	return changeNames[e]
}

// StatusChange is one change of one agent as a receiver is to see it.
type StatusChange struct {
	// Before is the state that the receiver saw last. Its Workgroups are empty where the agent enters.
	Before AgentState
	// Until is when Before ended. It is Now.Since, unless changes were merged.
	Until time.Time
	// Now is the present state. Its Workgroups are empty where the agent left.
	Now AgentState
	// Merged is how many changes were left out between Before and Now, because the receiver was slow.
	Merged int
}

// Event classes the change. Entering and leaving come before log-on and log-off.
func (c *StatusChange) Event() ChangeEvent {
	b, n := &c.Before, &c.Now
	switch {
	case !n.InAdherence():
		return EventLeft
	case !b.InAdherence():
		return EventEntered
	case !b.LoggedIn && n.LoggedIn:
		return EventLogOn
	case b.LoggedIn && !n.LoggedIn:
		return EventLogOff
	case c.Merged == 0 && b.Status == n.Status && b.Activity == n.Activity && b.Since.Equal(n.Since) && b.Workgroup == n.Workgroup:
		return EventRegrouped
	}
	return EventChange
}

// FeedHealth is what a receiver is told about a real-time feed.
type FeedHealth uint8

// The healths.
const (
	FeedNormal      FeedHealth = iota // all licensed CIC servers of the feed are connected; sent at start and after recovery
	FeedUnavailable                   // at least one of them is not: the states of its agents may be old
	FeedShutdown                      // the service stops in order
)

var healthNames = [...]string{"normal", "unavailable", "shutdown"}

// String names the health, as layouts spell it.
func (h FeedHealth) String() string {
	if int(h) >= len(healthNames) {
		return "health " + strconv.Itoa(int(h))
	}
	return healthNames[h]
}
