package cicsim

import (
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// queue is a workgroup of a site: who waits, longest first. Contacts that alert an agent are
// still among them.
type queue struct{ waiting []*leg }

// leg is a stay in a queue while it lasts.
type leg struct {
	contact  *Contact
	index    int // of contact.Legs
	queue    int
	alerting *agent
	exclude  *agent // who transferred it and shall not get it back
}

func (l *leg) data() *Leg { return &l.contact.Legs[l.index] }

// waits tells whether the leg has no outcome yet.
func (l *leg) waits() bool { return l.data().Left == 0 }

// enter puts a contact at the end of a queue. from is the queue mate who transferred it, or nil.
func (s *site) enter(c *Contact, q int, from *agent) {
	l := &leg{contact: c, index: len(c.Legs), queue: q, exclude: from}
	leg := Leg{Workgroup: s.names[q], Entered: s.now}
	if from != nil {
		leg.Mate = from.ID
	}
	c.Legs = append(c.Legs, leg)
	s.queues[q].waiting = append(s.queues[q].waiting, l)
	s.planPatience(l)
	s.offer(l)
}

// planPatience draws when the contact gives up, and when the queue passes it on.
func (s *site) planPatience(l *leg) {
	long := !l.contact.Media.Is(s.cfg.Media[0])
	switch {
	case l.contact.Media.Is(wfm.Email):
		if s.rng.IntN(3) == 0 {
			s.planFlowOut(l, 2*hour)
		}
		return
	case long:
		s.at(s.now+Instant(s.rng.ExpFloat64()*420), func() { s.abandon(l) })
	default:
		s.at(s.now+Instant(s.rng.ExpFloat64()*320), func() { s.abandon(l) })
	}
	if s.rng.IntN(3) == 0 {
		s.planFlowOut(l, 90)
	}
}

func (s *site) planFlowOut(l *leg, after Instant) {
	if len(l.contact.Legs) > 2 || len(s.queues) < 2 {
		return
	}
	to := (l.queue + 1) % len(s.queues)
	if to == partDay {
		to = (to + 1) % len(s.queues)
	}
	if to == l.queue {
		return
	}
	s.at(s.now+after, func() {
		if l.waits() && l.alerting == nil {
			s.leave(l, FlowedOut)
			s.enter(l.contact, to, nil)
		}
	})
}

func (s *site) abandon(l *leg) {
	if !l.waits() {
		return
	}
	a := l.alerting
	if a != nil {
		s.ringEnds(l, false)
	}
	s.leave(l, Abandoned)
	if a != nil {
		a.becomeFree()
	}
}

// leave takes a leg out of its queue.
func (s *site) leave(l *leg, o Outcome) {
	d := l.data()
	d.Outcome, d.Left = o, s.now
	q := &s.queues[l.queue]
	i := slices.Index(q.waiting, l)
	q.waiting = slices.Delete(q.waiting, i, i+1)
}

// offer looks for the agent who has been idle longest.
func (s *site) offer(l *leg) {
	var best *agent
	for _, a := range s.agents {
		if a.free() && a.active[l.queue] && a != l.exclude && (best == nil || a.idleSince < best.idleSince) {
			best = a
		}
	}
	if best != nil {
		s.alert(l, best)
	}
}

// pick looks for the contact that has waited longest in the agent's queues.
func (s *site) pick(a *agent) {
	if !a.free() {
		return
	}
	var best *leg
	for _, q := range a.groups {
		if !a.active[q] {
			continue
		}
		for _, l := range s.queues[q].waiting {
			if l.alerting == nil && l.exclude != a {
				if best == nil || l.data().Entered < best.data().Entered {
					best = l
				}
				break
			}
		}
	}
	if best != nil {
		s.alert(best, a)
	}
}

// alert rings at an agent, who answers after some seconds or not at all.
func (s *site) alert(l *leg, a *agent) {
	l.alerting, a.alerting = a, l
	d := l.data()
	d.Alerts = append(d.Alerts, Alert{Agent: a.ID, Ring: Span{Start: s.now}})
	n := len(d.Alerts)
	still := func() bool { return l.alerting == a && len(l.data().Alerts) == n }
	if s.rng.IntN(25) == 0 {
		s.at(s.now+20, func() {
			if still() {
				s.notAnswered(l, a)
			}
		})
		return
	}
	s.at(s.now+Instant(s.rng.IntN(13)), func() {
		if still() {
			s.answer(l, a)
		}
	})
}

func (s *site) ringEnds(l *leg, answered bool) {
	d := l.data()
	ring := &d.Alerts[len(d.Alerts)-1]
	ring.Ring.End, ring.Answered = s.now, answered
	l.alerting.alerting = nil
	l.alerting = nil
}

// notAnswered sends the contact back to its place and takes the agent out for a while.
func (s *site) notAnswered(l *leg, a *agent) {
	s.ringEnds(l, false)
	if !a.wantsAway() && s.rng.IntN(5) > 0 {
		a.away(statusNotAnswering, Instant(20+s.rng.IntN(220)))
	} else {
		a.becomeFree()
	}
	if l.waits() && l.alerting == nil {
		s.offer(l)
	}
}
