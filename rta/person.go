package rta

import (
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const levels = 3

// person is what one server says of one agent, or what a group of servers says together.
type person struct {
	known      bool
	session    uint32 // of the server, in which the agent was told last
	agent      wfm.AgentID
	extension  string
	workgroups []wfm.Workgroup
	loggedIn   bool
	status     wfm.StatusDefinition
	views      [levels]View
	server     int32 // of a group: where it comes from
}

// tell takes facts in, at an instant of the server's clock, and says whether anything is different.
func (p *person) tell(f *Facts, at time.Time) bool {
	changed := !p.known || p.extension != f.Extension || p.loggedIn != f.LoggedIn || p.status != f.Status ||
		p.agent != f.Agent || !slices.Equal(p.workgroups, f.Workgroups)
	same := p.known && p.loggedIn == f.LoggedIn && p.status == f.Status
	for l := range p.views {
		v := ActivityOf(f, wfm.QueueLevel(l))
		if p.views[l].follow(v, p.known, same, at) {
			changed = true
		}
	}
	p.known, p.agent, p.extension, p.loggedIn, p.status = true, f.Agent, f.Extension, f.LoggedIn, f.Status
	if !slices.Equal(p.workgroups, f.Workgroups) {
		p.workgroups = f.Workgroups
	}
	return changed
}

// follow replaces a view by a newer one unless it says the same, and settles since when the newer one
// holds. known says that there was one before, same that status and log-in are what they were.
func (v *View) follow(n View, known, same bool, at time.Time) bool {
	if known && same && v.Activity == n.Activity && v.Workgroup == n.Workgroup && v.contact == n.contact {
		// The same state. One of an interaction began when it was first seen; one of the status may have
		// begun anew: it was left and entered again while nobody looked.
		if n.contact != "" || !n.Since.After(v.Since) {
			return false
		}
		v.Since = n.Since
		return true
	}
	switch {
	case n.Since.IsZero():
		n.Since = at
	case known && v.contact != "" && n.contact == "" && !n.Since.After(v.Since):
		// The interaction ended, which no server gives a time for. The status is older than that.
		n.Since = later(at, v.Since)
	}
	*v = n
	return true
}

// state shows a person at a level.
func (p *person) state(level wfm.QueueLevel, server string) wfm.AgentState {
	v := &p.views[level]
	return wfm.AgentState{Agent: p.agent, Extension: p.extension, Server: server, LoggedIn: p.loggedIn, Status: p.status,
		Activity: v.Activity, Since: v.Since, Workgroup: v.Workgroup, Workgroups: p.workgroups}
}

// beats tells whether p decides over q for one agent: who is logged in, then the later change.
func (p *person) beats(q *person) bool {
	if p.loggedIn != q.loggedIn {
		return p.loggedIn
	}
	return p.views[wfm.LevelVerbose].Since.After(q.views[wfm.LevelVerbose].Since)
}

// union returns the workgroups of several servers, sorted; one of the slices where it holds all.
func union(a, b []wfm.Workgroup) []wfm.Workgroup {
	contains := func(in []wfm.Workgroup) func(wfm.Workgroup) bool {
		return func(g wfm.Workgroup) bool { return !slices.Contains(in, g) }
	}
	switch {
	case !slices.ContainsFunc(b, contains(a)):
		return a
	case !slices.ContainsFunc(a, contains(b)):
		return b
	}
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
