package cicsim

import (
	"sort"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// agentTruth is all that the truth knows of one agent.
type agentTruth struct {
	Agent
	legs   map[wfm.Workgroup]*legIndex
	calls  []PersonalCall
	states []State
	runs   []stretch // of the whole window, in order
}

// second is what an agent is doing in one second.
type second struct {
	state    int    // position in states
	talk     int    // position of the workgroup in Agent.Workgroups plus one; 0 for none
	acw      bool   // after-call work of a contact
	personal bool   // on a call that came through no queue
	active   uint64 // activated in Workgroups[i]: bit i
}

// stretch is a run of equal seconds.
type stretch struct {
	Span
	second
}

// paint colours every second of the window, one thing over the other, and keeps the runs.
func (a *agentTruth) paint(window Span, activations []Activation) {
	seconds := make([]second, window.End-window.Start)
	over := func(s Span, set func(*second)) {
		if s.Start == 0 {
			return
		}
		for t := max(s.Start, window.Start); t < min(until(s.End), window.End); t++ {
			set(&seconds[t-window.Start])
		}
	}
	for i, s := range a.states {
		over(s.Span, func(x *second) { x.state = i })
	}
	for g, name := range a.Workgroups {
		for _, act := range activations {
			if act.Agent == a.ID && act.Workgroup == name {
				over(Span{Start: act.At}, func(x *second) {
					x.active &^= 1 << g
					if act.Active {
						x.active |= 1 << g
					}
				})
			}
		}
		for _, l := range a.legs[name].legs {
			if l.Agent == a.ID {
				over(l.Talk, func(x *second) { x.talk = g + 1 })
				over(l.ACW, func(x *second) { x.acw = true })
			}
		}
	}
	for _, c := range a.calls {
		over(c.Talk, func(x *second) { x.personal = true })
	}
	for i, s := range seconds {
		t := window.Start + Instant(i)
		if n := len(a.runs); n > 0 && a.runs[n-1].second == s {
			a.runs[n-1].End = t + 1
		} else {
			a.runs = append(a.runs, stretch{Span{t, t + 1}, s})
		}
	}
}

// part says which of the seven parts of tAgentLoggedIn a second belongs to, seen from a
// workgroup (from all together where it is empty). The first that fits: ACD talk, after-call
// work, other call, do not disturb, available, not available.
func (a *agentTruth) part(x second, workgroup wfm.Workgroup) wfm.Counter {
	st := a.states[x.state].Status
	switch {
	case x.talk > 0 && (workgroup == "" || a.Workgroups[x.talk-1] == workgroup):
		return wfm.TAgentOnAcdCall
	case x.talk > 0:
		return wfm.TAgentOnOtherAcdCall
	case st.ACW:
		return wfm.TAgentInAcw
	case x.personal:
		return wfm.TAgentOnNonAcdCall
	case st.DND:
		return wfm.TAgentDnd
	case st.AllowsACD:
		return wfm.TAgentAvailable
	}
	return wfm.TAgentNotAvailable
}

// activated tells whether the agent was activated in the workgroup, or in any.
func (a *agentTruth) activated(x second, workgroup wfm.Workgroup) bool {
	for i, g := range a.Workgroups {
		if (workgroup == "" || g == workgroup) && x.active&(1<<i) != 0 {
			return true
		}
	}
	return false
}

// loggedIn calls back for each stretch of the window in which the agent was logged in.
func (a *agentTruth) loggedIn(w Span, each func(x second, lived int64)) {
	first := sort.Search(len(a.runs), func(i int) bool { return a.runs[i].End > w.Start })
	for _, d := range a.runs[first:] {
		if d.Start >= w.End {
			return
		}
		if a.states[d.state].LoggedIn {
			each(d.second, w.lived(d.Span))
		}
	}
}

// addTimes adds the agent times as a workgroup's row has them, or the '*' row.
func (r *result) addTimes(a *agentTruth, workgroup wfm.Workgroup, w Span) {
	a.loggedIn(w, func(x second, lived int64) {
		r.v[wfm.TAgentLoggedIn] += lived
		part := a.part(x, workgroup)
		r.v[part] += lived
		if part == wfm.TAgentOnOtherAcdCall || x.personal {
			r.v[wfm.TAgentOtherBusy] += lived
		}
		if a.activated(x, workgroup) && x.talk == 0 && !x.acw {
			r.v[wfm.TAgentAcdLoggedIn2] += lived
			if a.states[x.state].Status.AllowsACD {
				r.v[wfm.TAgentAcdLoggedIn] += lived
			}
		}
	})
}

// addStatusTimes adds what only the rows of a whole agent or workgroup have.
func (r *result) addStatusTimes(a *agentTruth, w Span) {
	a.loggedIn(w, func(x second, lived int64) {
		st := a.states[x.state].Status
		if st.ACW {
			r.v[wfm.TAgentStatusAcw] += lived
		}
		if st.DND {
			r.v[wfm.TAgentStatusDnd] += lived
		}
		switch st.Group {
		case "Followup":
			r.v[wfm.TStatusGroupFollowup] += lived
		case "Break":
			r.v[wfm.TStatusGroupBreak] += lived
		case "Training":
			r.v[wfm.TStatusGroupTraining] += lived
		}
	})
}

// available is tAgentAvailable of the '*' row.
func (a *agentTruth) available(w Span) int64 {
	var n int64
	a.loggedIn(w, func(x second, lived int64) {
		if a.part(x, "") == wfm.TAgentAvailable {
			n += lived
		}
	})
	return n
}

// ActivityTruth is what one agent did in a window, in whole seconds.
type ActivityTruth struct {
	LoggedIn int64 // the sum of Keys, and of Groups
	Keys     map[wfm.StatusKey]int64
	Groups   map[wfm.StatusGroup]int64
	// LogOns and LogOffs are instants in the window, in order, in UTC.
	LogOns, LogOffs []time.Time
}

// Activity returns how long an agent spent logged in, by status key and by group, and when it
// logged on and off.
func (t *Truth) Activity(agent wfm.AgentID, w wfm.Window) ActivityTruth {
	r := ActivityTruth{Keys: map[wfm.StatusKey]int64{}, Groups: map[wfm.StatusGroup]int64{}}
	a := t.agents[agent]
	if a == nil {
		return r
	}
	span := Span{At(w.Start), At(w.End)}
	for _, s := range a.states {
		if lived := span.lived(s.Span); lived > 0 && s.LoggedIn {
			r.LoggedIn += lived
			r.Keys[s.Status.Key] += lived
			r.Groups[s.Status.Group] += lived
		}
		if s.ChangedLoggedIn && span.contains(s.Span.Start) {
			if s.LoggedIn {
				r.LogOns = append(r.LogOns, s.Span.Start.Time())
			} else {
				r.LogOffs = append(r.LogOffs, s.Span.Start.Time())
			}
		}
	}
	return r
}
