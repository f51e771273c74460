package vendors

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// RTAEncoder is the real-time half of an adapter. Implementations are safe for concurrent use.
type RTAEncoder interface {
	Vendor
	// Traits says how the feed is to be run. It does not change during the life of the encoder.
	Traits() Traits
	// NewSession makes the state of one connection. Sessions are independent.
	NewSession() Session
}

// Session makes the frames of one connection to a receiver. It is used by one goroutine at a time, does
// no I/O and starts nothing. now is the present time, of the host's clock corrected to CIC's, in UTC.
//
// A connection begins with AppendHealth, where the session has it, and AppendSnapshot, unless
// Traits.SkipSnapshot is set; where a receiver is dialled again, AppendChanges comes between them, with the agents who
// left meanwhile. Then changes, healths, refreshes and heartbeats come as they happen.
//
// A method appends whole frames, terminators included, and ends each with f.End. It must not keep or change states and
// changes. Its error joins an error per agent that could not be written (usually *Skipped); the frames
// of all others are appended nevertheless, so an error never means that f is broken.
type Session interface {
	// AppendSnapshot says everything about all agents, when the connection begins and again at
	// each periodic refresh. States come sorted by agent. One that is not wfm.AgentState.InAdherence
	// is not told.
	AppendSnapshot(f *wfm.Frames, now time.Time, all []wfm.AgentState) error
	// AppendChanges says what changed, in order. One call is one batch of a product that has
	// batches. A change may be of an agent whom no snapshot held. One whose Event is wfm.EventLeft is
	// about an agent who left the feed's workgroups, and whose state in Now is no news: a product without a word
	// for that is told a log-off, or nothing.
	AppendChanges(f *wfm.Frames, now time.Time, changes []wfm.StatusChange) error
}

// HealthSession is an optional capability of sessions: telling the receiver about the feed itself. A
// product that has no word for a health appends nothing, which is no error. It is called when the connection begins,
// at each change of the health, and with wfm.FeedShutdown before the service stops.
type HealthSession interface {
	AppendHealth(f *wfm.Frames, now time.Time, h wfm.FeedHealth) error
}

// HeartbeatSession is an optional capability of sessions: a frame that says that nothing is to be said. The host
// sends it when Traits.Heartbeat has passed without a frame. Appending nothing is no error.
type HeartbeatSession interface {
	AppendHeartbeat(f *wfm.Frames, now time.Time) error
}

// FanOut says how many messages a change makes.
type FanOut string

// The fan-outs.
const (
	PerUser      FanOut = "user"      // one per change
	PerWorkgroup FanOut = "workgroup" // one per change and workgroup of the feed that the agent is a member of
)

// Traits say how the real-time feed of a product is run. The session does the fan-out; everything
// about time is the host's.
type Traits struct {
	FanOut FanOut
	// UpdateFrequency is the time between two batches; 0 sends each change at once.
	UpdateFrequency time.Duration
	// Refresh is the time between two snapshots on one connection; 0 sends none but the first.
	Refresh time.Duration
	// Heartbeat is after how long without a frame a heartbeat is sent; 0 sends none.
	Heartbeat time.Duration
	// SkipSnapshot leaves out the snapshot at the start of a connection. The product then knows
	// only agents that changed.
	SkipSnapshot bool
	// Level is the feed's queue-state level, one of Levels.
	Level  wfm.QueueLevel
	Levels []wfm.QueueLevel
	// MasterWorkgroup says that the product wants one workgroup without a queue that holds every
	// monitored agent.
	MasterWorkgroup bool
}

// Mapper is an optional capability of RTA encoders: whether a site's statuses have a code.
type Mapper interface {
	// CheckStatuses returns the statuses without a code, and a joined wfm.Problem for each of
	// them where the map's rule is to reject.
	CheckStatuses([]wfm.StatusDefinition) (unmapped []wfm.StatusKey, err error)
}

// Skipped is an agent's state or change that was not written. Reason completes "agent … in status …".
type Skipped struct {
	Agent  wfm.AgentID
	Status wfm.StatusKey
	// Unmapped says that the status has no code; otherwise the record could not be written.
	Unmapped bool
	Reason   string
}

// Error returns one line.
func (s *Skipped) Error() string {
	return wfm.OneLine(fmt.Sprintf("agent %s in status %s: %s", wfm.Quote(string(s.Agent)), wfm.Quote(string(s.Status)), s.Reason))
}

// RTASettings are what a real-time feed tells an adapter. They come from a site's configuration: an adapter
// that has no use for one that is set refuses it, so that none is silently without effect.
type RTASettings struct {
	// Location is the time zone of the times in the frames; nil means UTC.
	Location *time.Location
	// Level is the queue-state level: off, minimal or verbose; empty means off.
	Level string
	// Statuses maps statuses to the product's codes. Its rules come before those that the layout ships.
	Statuses StatusMap
	// Identify chooses the agent's identifier; empty takes the layout's choice.
	Identify Identifier
	// Names maps CIC user ids to identifiers, for IdentifyMapped. Letter case is ignored.
	Names map[wfm.AgentID]string
	// UpdateFrequency, Refresh and Heartbeat override the layout's; nil leaves them. They show in Traits.
	UpdateFrequency, Refresh, Heartbeat *time.Duration
	// Preset chooses among the adapter's layouts by name; empty means its default one.
	Preset string
	// Layout is a site's own layout file, used instead of a preset; nil means none.
	Layout *File
	// Values fill the settings that the layout leaves to the site.
	Values map[string]string
}

// Identifier says what stands for an agent.
type Identifier string

// The identifiers.
const (
	IdentifyUser      Identifier = "user"      // the CIC user id
	IdentifyExtension Identifier = "extension" // the agent's extension
	IdentifyMapped    Identifier = "mapped"    // by RTASettings.Names; an agent who is not in it is skipped and counted
)

// RTADecoder is an optional capability of RTA encoders: reading the frames that their sessions write. Test receivers
// use it.
type RTADecoder interface {
	NewFrameReader() FrameReader
}

// FrameReader reads what one connection carried. It is used by one goroutine at a time.
type FrameReader interface {
	// Read takes the next bytes of the connection and calls yield for every record of each frame
	// that they complete, in order. What cannot be understood is yielded as a record with Err set and its bytes in
	// Raw; reading goes on with the next frame where the framing allows it. A returned error means
	// that it does not, or that a frame is longer than the layout permits: the connection is of no
	// use any more. The record and its texts may be kept.
	Read(b []byte, yield func(Decoded)) error
	// Pending is the number of bytes that wait for the end of their frame.
	Pending() int
}

// Decoded is one record of a frame as a receiver understands it.
type Decoded struct {
	// Record is the name of the layout's record: what it is about. The lines before and behind the records of a batch are
	// head and foot.
	Record string
	// Event is the event by the name of wfm.ChangeEvent or wfm.FeedHealth, "snapshot" or "heartbeat"; empty where the record
	// does not tell.
	Event string
	// Agent, Extension, Workgroup, Code, Reason are as they stand in the record, without padding.
	Agent, Extension, Workgroup, Code, Reason string
	// Time is the time of the change in UTC; zero where the record has none.
	Time time.Time
	// Fields are all fields in order.
	Fields []DecodedField
	// Raw holds the bytes as they came, in the frame's encoding and without its framing, where Err is set: those of the
	// frame, or of the one record of a document that is not understood. They need not be text.
	Raw string
	Err error
}

// DecodedField is one field by the name that the layout gives it.
type DecodedField struct{ Name, Value string }

// ChooseLevel checks a queue-state level against those that a product permits.
func ChooseLevel(name string, permitted []wfm.QueueLevel) (wfm.QueueLevel, error) {
	if name == "" {
		return wfm.LevelOff, nil
	}
	l, err := wfm.ParseQueueLevel(strings.ToLower(name))
	if err != nil {
		return l, err
	}
	if !slices.Contains(permitted, l) {
		var names []string
		for _, p := range permitted {
			names = append(names, p.String())
		}
		return l, wfm.Problem{Field: "queue-state level", Value: name, Reason: "is not permitted for this product",
			Remedy: "use " + strings.Join(names, " or ")}
	}
	return l, nil
}

// SkippedIn returns every *Skipped of a session's error, and what else it joins.
func SkippedIn(err error) (list []*Skipped, other error) {
	var rest []error
	var walk func(error)
	walk = func(err error) {
		if s, ok := err.(*Skipped); ok {
			list = append(list, s)
		} else if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				walk(e)
			}
		} else if err != nil {
			rest = append(rest, err)
		}
	}
	walk(err)
	return list, errors.Join(rest...)
}
