package layout

import (
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// moment is what one record of a real-time feed tells: an agent's state or change for one workgroup,
// or something about the feed. It is reused; fields that the record does not have are zero.
type moment struct {
	event             string // as the layout's events tell it
	now               time.Time
	at                time.Time // of the change
	state             *wfm.AgentState
	agent             string // the identifier
	extension         string
	code              vendors.Code
	workgroup, member string
	// The state before, of changes.
	before            *wfm.AgentState
	beforeAt, untilAt time.Time
	beforeCode        vendors.Code
	merged            int
	sequence          int64
}

// The names of what a record can be about, beside those of wfm.ChangeEvent and wfm.FeedHealth.
const (
	tellSnapshot  = "snapshot"
	tellHeartbeat = "heartbeat"
	tellNone      = "none"
	tellHealth    = "health" // a heartbeat that says how the feed is
)

// realTime tells whether rows of the grain are records of frames.
func (g grain) realTime() bool { return g == grainChange || g == grainFeed }

// realTimeSources is the table of what a column of a frame can show.
func realTimeSources() []source {
	change, any := []grain{grainChange}, []grain{grainChange, grainFeed}
	text := func(name string, f func(m *moment) string) source {
		return source{name: name, grains: change, text: func(r *row) string { return f(r.moment) }}
	}
	timed := func(name string, g []grain, f func(m *moment) time.Time) source {
		return instant(source{name: name, grains: g, at: func(r *row) time.Time { return f(r.moment) }})
	}
	number := func(name string, count bool, g []grain, f func(m *moment) int64) source {
		return source{name: name, grains: g, count: count, number: func(r *row) int64 { return f(r.moment) }}
	}
	return []source{
		{name: "event", grains: any, text: func(r *row) string { return r.moment.event }},
		text("agent", func(m *moment) string { return m.agent }),
		text("user", func(m *moment) string { return string(m.state.Agent) }),
		text("extension", func(m *moment) string { return m.extension }),
		text("workgroup", func(m *moment) string { return m.workgroup }),
		text("memberWorkgroup", func(m *moment) string { return m.member }),
		text("code", func(m *moment) string { return m.code.Code }),
		text("reason", func(m *moment) string { return m.code.Reason }),
		text("reasonOrStatus", func(m *moment) string {
			if m.code.Reason != "" {
				return m.code.Reason
			}
			return string(m.state.Status.Key)
		}),
		text("beforeCode", func(m *moment) string { return m.beforeCode.Code }),
		text("beforeReason", func(m *moment) string { return m.beforeCode.Reason }),
		text("statusKey", func(m *moment) string { return string(m.state.Status.Key) }),
		text("statusGroup", func(m *moment) string { return string(m.state.Status.Group) }),
		text("statusText", func(m *moment) string { return m.state.Status.Text }),
		text("activity", func(m *moment) string { return m.state.Activity.String() }),
		text("server", func(m *moment) string { return m.state.Server }),
		{name: "loggedIn", grains: change, flag: func(r *row) bool { return r.moment.state.LoggedIn }},
		timed("now", any, func(m *moment) time.Time { return m.now }),
		timed("changeTime", any, func(m *moment) time.Time { return m.at }),
		timed("beforeTime", change, func(m *moment) time.Time { return m.beforeAt }),
		timed("untilTime", change, func(m *moment) time.Time { return m.untilAt }),
		number("secondsInState", false, change, func(m *moment) int64 { return int64(max(m.now.Sub(m.at), 0) / time.Second) }),
		number("merged", true, change, func(m *moment) int64 { return int64(m.merged) }),
		number("sequence", true, any, func(m *moment) int64 { return m.sequence }),
	}
}

// mentions tells whether a column shows a source, directly, in a template or in a formula.
func (s *columnSpec) mentions(name string) bool {
	if s.value == name || strings.Contains(s.text, "{"+name+"}") {
		return true
	}
	for rest := s.expr; rest != ""; {
		i := strings.IndexFunc(rest, isLetter)
		if i < 0 {
			break
		}
		rest = rest[i:]
		n := strings.IndexFunc(rest, func(c rune) bool { return !isLetter(c) && (c < '0' || c > '9') })
		if n < 0 {
			n = len(rest)
		}
		if rest[:n] == name {
			return true
		}
		rest = rest[n:]
	}
	return false
}

func isLetter(c rune) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }
