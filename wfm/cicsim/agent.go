package cicsim

import "math/rand/v2"

// none is the position of no call.
const none = -1

// agent is an agent while a site is simulated: at most one contact and one personal call at a
// time.
type agent struct {
	Agent
	site   *site
	shift  shift
	groups []int
	active map[int]bool // per member queue: activated

	state     State // the current one
	status    int   // position in the statuses
	loggedIn  bool
	onShift   bool
	token     int // rises with each change of status; a planned return checks it
	alerting  *leg
	talking   *leg
	acw       *leg
	personal  int // position in site.calls, or none
	idleSince Instant

	pending       int // status to take when free, or none
	pendingLength Instant
	pendingLogOff bool
}

func newAgent(s *site, h newHire) *agent {
	a := &agent{Agent: h.Agent, site: s, shift: h.shift, groups: h.groups, active: map[int]bool{},
		status: statusGoneHome, personal: none, pending: none}
	a.state = State{Site: s.id, Agent: a.ID, Status: s.statuses[statusGoneHome], Span: Span{Start: s.window.Start}}
	for _, g := range h.groups {
		a.activate(g, true)
	}
	return a
}

func (a *agent) activate(q int, active bool) {
	a.active[q] = active
	a.site.activations = append(a.site.activations, Activation{Site: a.site.id, Agent: a.ID,
		Workgroup: a.site.names[q], At: a.site.now, Active: active})
}

func (a *agent) busy() bool {
	return a.alerting != nil || a.talking != nil || a.acw != nil || a.personal != none
}

// free tells whether a contact may alert the agent.
func (a *agent) free() bool {
	return a.loggedIn && a.site.statuses[a.status].AllowsACD && !a.busy()
}

func (a *agent) wantsAway() bool { return a.pendingLogOff || a.pending != none }

// change ends the current state and begins the next.
func (a *agent) change(status int, loggedIn bool) {
	s := a.site
	old := a.state
	a.state.Span.End = s.now
	s.states = append(s.states, a.state)
	seq := 0
	if old.Span.Start == s.now {
		seq = old.Seq + 1
	}
	st := s.statuses[status]
	a.state = State{Site: s.id, Agent: a.ID, Status: st, LoggedIn: loggedIn, Span: Span{Start: s.now}, Seq: seq,
		ChangedStatus: st.Key != old.Status.Key, ChangedGroup: st.Group != old.Status.Group,
		ChangedLoggedIn: loggedIn != old.LoggedIn, ChangedACD: st.AllowsACD != old.Status.AllowsACD}
	a.status, a.loggedIn = status, loggedIn
	a.token++
}

func (a *agent) setStatus(status int) { a.change(status, a.loggedIn) }

// logOn writes the zero-length log-on state and makes the agent available.
func (a *agent) logOn() {
	if a.loggedIn || !a.onShift || !a.site.up {
		return
	}
	a.change(a.status, true)
	a.setStatus(statusAvailable)
	a.becomeFree()
}

// wantLogOff ends the shift; what is under way is finished first.
func (a *agent) wantLogOff() {
	a.onShift = false
	switch {
	case !a.loggedIn:
	case a.busy():
		a.pendingLogOff = true
	default:
		a.logOff()
	}
}

// logOff sets the last status, writes the zero-length log-off state and begins the time off.
func (a *agent) logOff() {
	if a.status != statusGoneHome {
		a.setStatus(statusGoneHome)
	}
	a.off()
}

func (a *agent) off() {
	a.pending, a.pendingLogOff = none, false
	a.change(a.status, false)
	a.change(a.status, false)
}

// cutOff is what a stop of the server does to an agent.
func (a *agent) cutOff() {
	now := a.site.now
	if l := a.talking; l != nil {
		d := l.data()
		closeLast(d.Holds, now)
		d.Talk.End, d.Finish = now, Cut
	}
	if l := a.acw; l != nil {
		d := l.data()
		closeLast(d.ACWCalls, now)
		d.ACW.End, d.ACWCut = now, true
	}
	if a.personal != none {
		a.site.calls[a.personal].Talk.End = now
	}
	a.alerting, a.talking, a.acw, a.personal = nil, nil, nil, none
	if a.loggedIn {
		a.off()
	}
}

// becomeFree does what was put off, or takes the next contact.
func (a *agent) becomeFree() {
	if a.busy() {
		return
	}
	switch {
	case a.pendingLogOff:
		a.logOff()
	case a.pending != none && a.status == statusAvailable:
		status, length := a.pending, a.pendingLength
		a.pending = none
		a.away(status, length)
	default:
		a.idleSince = a.site.now
		a.site.pick(a)
	}
}

// back makes the agent available again.
func (a *agent) back() {
	a.setStatus(statusAvailable)
	a.becomeFree()
}

// wantAway is the wish for a break, which a busy agent puts off or announces by its status while
// it still talks.
func (a *agent) wantAway(rng *rand.Rand, status int, length Instant) {
	switch {
	case !a.loggedIn || a.status != statusAvailable && a.acw == nil:
	case a.talking != nil && a.status == statusAvailable && status != statusFollowUp && rng.IntN(3) == 0:
		a.away(status, length)
	case a.busy():
		a.pending, a.pendingLength = status, length
	default:
		if rng.IntN(6) == 0 { // a slip of the mouse, corrected within the second
			a.setStatus(firstBreak + rng.IntN(3))
			a.setStatus(statusAvailable)
		}
		a.away(status, length)
	}
}

// away sets a status and plans the return from it.
func (a *agent) away(status int, length Instant) {
	a.setStatus(status)
	token := a.token
	a.site.at(a.site.now+length, func() {
		if a.token == token {
			a.back()
		}
	})
}
