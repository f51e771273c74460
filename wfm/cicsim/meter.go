package cicsim

import "github.com/cicwfm/cicwfm/wfm"

// meter counts the seconds that an agent lives, and what contacts live in its hands: every change
// first books the time since the change before.
type meter struct {
	b     *booker
	index int
	agent *agent
	last  Instant

	status    Status
	loggedIn  bool
	activated []bool // by position in agent.groups
	talk      *bookedLeg
	held      bool
	acw       *bookedLeg
	acwCall   bool
	call      *PersonalCall
	callKey   leafKey

	times      values   // of the '*' row
	groupTimes []values // by position in agent.groups
}

func newMeter(b *booker, index int, a *agent) *meter {
	return &meter{b: b, index: index, agent: a, activated: make([]bool, len(a.groups))}
}

func (m *meter) reset(now Instant) {
	m.last = now
	m.times = values{}
	m.groupTimes = make([]values, len(m.agent.groups))
}

func (m *meter) setState(st State) {
	m.accrue(m.b.now)
	m.status, m.loggedIn = st.Status, st.LoggedIn
}

func (m *meter) setActive(act Activation) {
	m.accrue(m.b.now)
	for i, g := range m.agent.groups {
		if m.b.site.names[g] == act.Workgroup {
			m.activated[i] = act.Active
		}
	}
}

func (m *meter) setTalk(l *bookedLeg) {
	m.accrue(m.b.now)
	m.talk = l
}

func (m *meter) setHold(held bool) {
	m.accrue(m.b.now)
	m.held = held
}

func (m *meter) setAcw(l *bookedLeg) {
	m.accrue(m.b.now)
	m.acw = l
}

func (m *meter) setAcwCall(on bool) {
	m.accrue(m.b.now)
	m.acwCall = on
}

func (m *meter) setCall(c *PersonalCall, key leafKey) {
	m.accrue(m.b.now)
	m.call, m.callKey = c, key
}

// accrue books the seconds since the last booking.
func (m *meter) accrue(t Instant) {
	n := int64(t - m.last)
	if n <= 0 {
		return
	}
	m.last = t
	m.accrueContacts(n)
	if !m.loggedIn {
		return
	}
	m.accrueStatus(&m.times, n)
	m.accrueTimes(&m.times, n, none)
	for i, g := range m.agent.groups {
		m.accrueTimes(&m.groupTimes[i], n, i)
		m.accrueTimes(&m.b.queueTimes[g], n, i)
		m.accrueStatus(&m.b.queueTimes[g], n)
	}
}

func (m *meter) accrueContacts(n int64) {
	times := [...][2]wfm.Counter{
		ExternToIntern: {wfm.TExternToInternCalls, wfm.TExternToInternAcdCalls},
		InternToExtern: {wfm.TInternToExternCalls, wfm.TInternToExternAcdCalls},
		InternToIntern: {wfm.TInternToInternCalls, wfm.TInternToInternAcdCalls},
	}
	if l := m.talk; l != nil {
		l.book(m.agent.ID, wfm.TTalkAcd, n)
		for _, c := range times[l.direction] {
			l.book(m.agent.ID, c, n)
		}
		if m.held {
			l.book(m.agent.ID, wfm.THoldAcd, n)
		}
	}
	if l := m.acw; l != nil {
		l.book(m.agent.ID, wfm.TAcw, n)
		if m.acwCall {
			l.book(m.agent.ID, wfm.TAcwCalls, n)
		}
	}
	if m.call != nil {
		m.b.leaf(m.callKey)[times[m.call.Direction][0]] += n
	}
}

// accrueTimes books the agent times as one of the agent's workgroups sees them, or all together
// (none).
func (m *meter) accrueTimes(v *values, n int64, own int) {
	v[wfm.TAgentLoggedIn] += n
	onOther := false
	switch {
	case m.talk != nil:
		onOther = own != none && m.talk.queue.group != m.agent.groups[own]
		if onOther {
			v[wfm.TAgentOnOtherAcdCall] += n
		} else {
			v[wfm.TAgentOnAcdCall] += n
		}
	case m.status.ACW:
		v[wfm.TAgentInAcw] += n
	case m.call != nil:
		v[wfm.TAgentOnNonAcdCall] += n
	case m.status.DND:
		v[wfm.TAgentDnd] += n
	case m.status.AllowsACD:
		v[wfm.TAgentAvailable] += n
	default:
		v[wfm.TAgentNotAvailable] += n
	}
	if onOther || m.call != nil {
		v[wfm.TAgentOtherBusy] += n
	}
	active := false
	for i, a := range m.activated {
		active = active || a && (own == none || own == i)
	}
	if active && m.talk == nil && m.acw == nil {
		v[wfm.TAgentAcdLoggedIn2] += n
		if m.status.AllowsACD {
			v[wfm.TAgentAcdLoggedIn] += n
		}
	}
}

// accrueStatus books what only the rows of a whole agent or workgroup have.
func (m *meter) accrueStatus(v *values, n int64) {
	if m.status.ACW {
		v[wfm.TAgentStatusAcw] += n
	}
	if m.status.DND {
		v[wfm.TAgentStatusDnd] += n
	}
	switch m.status.Group {
	case "Followup":
		v[wfm.TStatusGroupFollowup] += n
	case "Break":
		v[wfm.TStatusGroupBreak] += n
	case "Training":
		v[wfm.TStatusGroupTraining] += n
	}
}
