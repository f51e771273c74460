package cicsim

import "github.com/cicwfm/cicwfm/wfm"

// bookedLeg knows the rows of a leg.
type bookedLeg struct {
	b         *booker
	data      *Leg
	queue     leafKey
	direction Direction
}

// agentKey is the row of an agent for the leg.
func (l *bookedLeg) agentKey(id wfm.AgentID) leafKey {
	k := l.queue
	k.agent = l.b.ids[id]
	return k
}

// book adds to the workgroup's row and to that of an agent.
func (l *bookedLeg) book(agent wfm.AgentID, c wfm.Counter, n int64) {
	l.b.leaf(l.queue)[c] += n
	l.b.leaf(l.agentKey(agent))[c] += n
}

// bookLeg plans the bookings of one stay in a queue.
func (b *booker) bookLeg(c *Contact, d *Leg, add func(Instant, int, func())) {
	l := &bookedLeg{b: b, data: d, direction: c.Direction,
		queue: leafKey{agent: none, group: b.groups[d.Workgroup], dnis: c.DNIS, media: string(c.Media), skill: c.Skill}}
	if d.Mate != "" {
		l.direction = InternToIntern
	}
	add(d.Entered, rankBegin, func() {
		b.leaf(l.queue)[wfm.NEnteredAcd]++
		b.gauge(l.queue).waiting++
	})
	for i := range d.Alerts {
		l.bookAlert(&d.Alerts[i], add)
	}
	add(d.Left, rankEnd, func() {
		b.gauge(l.queue).waiting--
		l.outcome()
	})
	if d.Outcome == Answered {
		l.bookTalk(add)
	}
}

func (l *bookedLeg) bookAlert(a *Alert, add func(Instant, int, func())) {
	own := l.agentKey(a.Agent)
	add(a.Ring.Start, rankBegin, func() {
		l.book(a.Agent, wfm.NAlertedAcd, 1)
		l.b.leaf(own)[wfm.NEnteredAcd]++
		l.b.gauge(own).waiting++
	})
	add(a.Ring.End, rankEnd, func() {
		l.b.gauge(own).waiting--
		if a.Cut {
			return
		}
		l.book(a.Agent, wfm.TAlertedAcd, int64(a.Ring.End-a.Ring.Start))
		if !a.Answered {
			l.book(a.Agent, wfm.NNotAnsweredAcd, 1)
		}
	})
}

// outcome books how the waiting ended, with the whole wait.
func (l *bookedLeg) outcome() {
	d := l.data
	wait := int64(d.Left - d.Entered)
	rows := []*values{l.b.leaf(l.queue)}
	switch d.Outcome {
	case Answered:
		rows = append(rows, l.b.leaf(l.agentKey(d.Agent)))
		for _, v := range rows {
			v[wfm.NAnsweredAcd]++
			v[wfm.NAnswered]++
			v[wfm.TAnsweredAcd] += wait
			v[wfm.MtAnsweredAcd] = max(v[wfm.MtAnsweredAcd], wait)
			bucket(v, wfm.NAnsweredAcdSvcLvl1, l.b.site.cfg.AnswerThresholds, wait)
		}
	case Abandoned:
		if n := len(d.Alerts); n > 0 && d.Alerts[n-1].Ring.End == d.Left {
			rows = append(rows, l.b.leaf(l.agentKey(d.Alerts[n-1].Agent)))
		}
		for _, v := range rows {
			v[wfm.NAbandonedAcd]++
			v[wfm.TAbandonedAcd] += wait
			bucket(v, wfm.NAbandonAcdSvcLvl1, l.b.site.cfg.AbandonThresholds, wait)
		}
	case FlowedOut:
		rows[0][wfm.NFlowOutAcd]++
		rows[0][wfm.TFlowOutAcd] += wait
	}
}

// bucket counts into the first bucket whose bound the wait does not exceed.
func bucket(v *values, first wfm.Counter, bounds [6]int, wait int64) {
	for k, bound := range bounds {
		if wait <= int64(bound) {
			v[first+wfm.Counter(k)]++
			return
		}
	}
}

// bookTalk plans what follows an answer.
func (l *bookedLeg) bookTalk(add func(Instant, int, func())) {
	d, b := l.data, l.b
	m := b.meters[b.ids[d.Agent]]
	own := l.agentKey(d.Agent)
	both := func(move func(*gauge)) {
		move(b.gauge(l.queue))
		move(b.gauge(own))
	}
	counts := [...][2]wfm.Counter{
		ExternToIntern: {wfm.NExternToInternCalls, wfm.NExternToInternAcdCalls},
		InternToExtern: {wfm.NInternToExternCalls, wfm.NInternToExternAcdCalls},
		InternToIntern: {wfm.NInternToInternCalls, wfm.NInternToInternAcdCalls},
	}[l.direction]
	add(d.Talk.Start, rankBegin, func() {
		both(func(g *gauge) { g.active++ })
		m.setTalk(l)
		for _, c := range counts {
			l.book(d.Agent, c, 1)
			if d.Mate != "" {
				l.book(d.Mate, c, 1)
			}
		}
	})
	for _, h := range d.Holds {
		add(h.Start, rankBegin, func() {
			both(func(g *gauge) { g.active--; g.held++ })
			m.setHold(true)
			l.book(d.Agent, wfm.NHoldAcd, 1)
		})
		add(h.End, rankEnd, func() {
			both(func(g *gauge) { g.active++; g.held-- })
			m.setHold(false)
		})
	}
	add(d.Talk.End, rankEnd, func() {
		both(func(g *gauge) { g.active-- })
		m.setTalk(nil)
		l.finish()
	})
	add(d.ACW.Start, rankBegin, func() { m.setAcw(l) })
	add(d.ACW.End, rankEnd, func() {
		m.setAcw(nil)
		if !d.ACWCut {
			l.book(d.Agent, wfm.NAcw, 1)
			l.book(d.Agent, wfm.TAcwComplete, int64(d.ACW.End-d.ACW.Start))
		}
	})
	for _, c := range d.ACWCalls {
		add(c.Start, rankBegin, func() {
			m.setAcwCall(true)
			l.book(d.Agent, wfm.NAcwCalls, 1)
		})
		add(c.End, rankEnd, func() { m.setAcwCall(false) })
	}
}

// finish books a completed talk.
func (l *bookedLeg) finish() {
	d := l.data
	if d.Finish == Cut {
		return
	}
	l.book(d.Agent, wfm.TTalkCompleteAcd, int64(d.Talk.End-d.Talk.Start))
	switch d.Finish {
	case LocalDisconnect:
		l.book(d.Agent, wfm.NLocalDisconnectAcd, 1)
		l.book(d.Agent, wfm.NDisconnectAcd, 1)
	case RemoteDisconnect:
		l.book(d.Agent, wfm.NDisconnectAcd, 1)
	case TransferWithin:
		l.book(d.Agent, wfm.NTransferedAcd, 1)
		l.book(d.Agent, wfm.NTransferWithinAcdCalls, 1)
	case TransferOut:
		l.book(d.Agent, wfm.NTransferedAcd, 1)
		l.book(d.Agent, wfm.NTransferOutAcdCalls, 1)
	}
}

// bookCall plans the bookings of a call that came through no queue. Only the agent view has it,
// under the workgroup '-'.
func (b *booker) bookCall(c *PersonalCall, add func(Instant, int, func())) {
	m := b.meters[b.ids[c.Agent]]
	key := leafKey{agent: b.ids[c.Agent], group: none, dnis: noWorkgroup, media: string(wfm.Call), skill: noWorkgroup}
	count := [...]wfm.Counter{wfm.NExternToInternCalls, wfm.NInternToExternCalls, wfm.NInternToInternCalls}[c.Direction]
	add(c.Talk.Start, rankBegin, func() {
		m.setCall(c, key)
		v := b.leaf(key)
		v[count]++
		if c.Direction == ExternToIntern || c.Direction == InternToIntern && c.Received {
			v[wfm.NAnswered]++
		}
	})
	add(c.Talk.End, rankEnd, func() { m.setCall(nil, leafKey{}) })
}
