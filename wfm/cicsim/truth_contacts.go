package cicsim

import "github.com/cicwfm/cicwfm/wfm"

// legView is a leg as the truth looks at it.
type legView struct {
	*Leg
	contact *Contact
	cfg     *Config
	down    []Span // of its site
}

// last returns the last instant at which anything of the leg can count.
func (l *legView) last() Instant {
	last := until(l.Left)
	if l.Talk.Start != 0 {
		last = max(last, until(l.Talk.End))
	}
	if l.ACW.Start != 0 {
		last = max(last, until(l.ACW.End))
	}
	return last
}

// by tells whether the agent answered the leg; everybody asks with the empty id.
func (l *legView) by(who wfm.AgentID) bool { return who == "" || l.Agent == who }

// talkEnded tells whether the talk was completed in the window.
func (l *legView) talkEnded(who wfm.AgentID, w Span) bool {
	return l.by(who) && l.Finish != StillTalking && l.Finish != Cut && w.contains(l.Talk.End)
}

func (l *legView) finished(who wfm.AgentID, w Span, how Finish) int64 {
	return one(l.talkEnded(who, w) && l.Finish == how)
}

func (l *legView) answered(who wfm.AgentID, w Span) bool {
	return l.Outcome == Answered && w.contains(l.Left) && l.by(who)
}

// abandoned belongs, in the agent view, to the agent whose alert ended with it.
func (l *legView) abandoned(who wfm.AgentID, w Span) bool {
	if l.Outcome != Abandoned || !w.contains(l.Left) {
		return false
	}
	if who == "" {
		return true
	}
	n := len(l.Alerts)
	return n > 0 && l.Alerts[n-1].Agent == who && l.Alerts[n-1].Ring.End == l.Left
}

func (l *legView) flowedOut(who wfm.AgentID, w Span) bool {
	return who == "" && l.Outcome == FlowedOut && w.contains(l.Left)
}

func (l *legView) wait() int64 { return int64(l.Left - l.Entered) }

func (l *legView) acwEnded(who wfm.AgentID, w Span) bool {
	return l.by(who) && !l.ACWCut && w.contains(l.ACW.End)
}

// alerts adds up over the alerts at an agent, or at all.
func (l *legView) alerts(who wfm.AgentID, of func(a Alert) int64) int64 {
	var n int64
	for _, a := range l.Alerts {
		if who == "" || a.Agent == who {
			n += of(a)
		}
	}
	return n
}

// direction of an answered leg: what a queue mate hands over is internal.
func (l *legView) direction() Direction {
	if l.Mate != "" {
		return InternToIntern
	}
	return l.contact.Direction
}

func directionCount(d Direction) func(*legView, wfm.AgentID, Span) int64 {
	return func(l *legView, who wfm.AgentID, w Span) int64 {
		if l.Outcome != Answered || !w.contains(l.Left) || l.direction() != d {
			return 0
		}
		n := one(l.by(who))
		if l.Mate != "" { // counts for both
			n += one(who == "" || l.Mate == who)
		}
		return n
	}
}

func directionTime(d Direction) func(*legView, wfm.AgentID, Span) int64 {
	return func(l *legView, who wfm.AgentID, w Span) int64 {
		if !l.by(who) || l.direction() != d {
			return 0
		}
		return w.lived(l.Talk)
	}
}

// startGauge and endGauge are the instants of a window's gauges at a site: its borders, or where
// the server was down, its start after and its stop before. ok is false where it was down
// throughout.
func (l *legView) startGauge(w Span) (Instant, bool) {
	for _, d := range l.down {
		if d.Start <= w.Start && w.Start < d.End {
			return d.End, d.End < w.End
		}
	}
	return w.Start, true
}

func (l *legView) endGauge(w Span) (Instant, bool) {
	for _, d := range l.down {
		if d.Start < w.End && w.End <= d.End {
			return d.Start, d.Start > w.Start
		}
	}
	return w.End, true
}

func (l *legView) waitingAt(t Instant, who wfm.AgentID) int64 {
	if who == "" {
		return one(Span{l.Entered, l.Left}.covers(t))
	}
	return min(1, l.alerts(who, func(a Alert) int64 { return one(a.Ring.covers(t)) }))
}

func (l *legView) heldAt(t Instant, who wfm.AgentID) int64 {
	for _, h := range l.Holds {
		if l.by(who) && h.covers(t) {
			return 1
		}
	}
	return 0
}

func (l *legView) activeAt(t Instant, who wfm.AgentID) int64 {
	return one(l.by(who) && l.Talk.covers(t) && l.heldAt(t, who) == 0)
}

func atStart(f func(*legView, Instant, wfm.AgentID) int64) func(*legView, wfm.AgentID, Span) int64 {
	return func(l *legView, who wfm.AgentID, w Span) int64 {
		if t, ok := l.startGauge(w); ok {
			return f(l, t, who)
		}
		return 0
	}
}

func atEnd(f func(*legView, Instant, wfm.AgentID) int64) func(*legView, wfm.AgentID, Span) int64 {
	return func(l *legView, who wfm.AgentID, w Span) int64 {
		if t, ok := l.endGauge(w); ok {
			return f(l, t, who)
		}
		return 0
	}
}
