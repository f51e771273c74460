package cicsim

import "github.com/cicwfm/cicwfm/wfm"

// answer connects a leg and draws its talk.
func (s *site) answer(l *leg, a *agent) {
	s.ringEnds(l, true)
	s.leave(l, Answered)
	d := l.data()
	d.Agent, d.Talk.Start = a.ID, s.now
	a.talking = l
	mean := 120.0
	if !l.contact.Media.Is(s.cfg.Media[0]) {
		mean = 170
	}
	length := seconds(s.rng, mean)
	if s.rng.IntN(6) == 0 {
		s.planHolds(l, length)
	}
	if s.rng.IntN(40) == 0 && length > 30 {
		s.at(s.now+length-Instant(s.rng.IntN(20)), func() { // follow-up chosen while still talking
			if a.talking == l && a.status == statusAvailable {
				a.setStatus(statusFollowUp)
			}
		})
	}
	s.at(s.now+length, func() { s.hangUp(l, a) })
}

// planHolds puts up to three holds into a talk, one in each equal part of it.
func (s *site) planHolds(l *leg, length Instant) {
	n := Instant(1 + s.rng.IntN(3))
	part := length / n
	if part < 2 {
		return
	}
	for i := range n {
		from := s.now + i*part + Instant(s.rng.Int64N(int64(part)/2+1))
		to := min(from+seconds(s.rng, 40), s.now+(i+1)*part)
		s.at(from, func() { l.data().Holds = append(l.data().Holds, Span{Start: from}) })
		s.at(to, func() { closeLast(l.data().Holds, to) })
	}
}

func closeLast(spans []Span, t Instant) {
	if n := len(spans); n > 0 && spans[n-1].End == 0 {
		spans[n-1].End = t
	}
}

// hangUp ends a talk: by either side or with a transfer, then after-call work.
func (s *site) hangUp(l *leg, a *agent) {
	d := l.data()
	closeLast(d.Holds, s.now)
	d.Talk.End = s.now
	a.talking = nil
	early := a.status == statusFollowUp
	if early || a.status == statusAvailable && s.rng.IntN(10) < 7 {
		s.wrapUp(l, a)
	}
	finish, to := s.drawFinish(l)
	d.Finish = finish // before enter, which may move the legs
	switch finish {
	case TransferWithin:
		s.enter(l.contact, to, a)
	case TransferOut:
		s.enter(l.contact, to, nil)
	}
	if a.acw == nil && a.alerting == nil {
		a.becomeFree()
	}
}

func (s *site) drawFinish(l *leg) (Finish, int) {
	if len(l.contact.Legs) < 3 && !l.contact.Media.Is(wfm.Email) && s.rng.IntN(12) == 0 {
		to := s.rng.IntN(len(s.queues))
		if s.rng.IntN(2) == 0 || to == partDay {
			to = l.queue
		}
		switch {
		case to != l.queue:
			return TransferOut, to
		case s.members(to) > 1:
			return TransferWithin, to
		}
	}
	if s.rng.IntN(2) == 0 {
		return LocalDisconnect, 0
	}
	return RemoteDisconnect, 0
}

func (s *site) members(q int) int {
	n := 0
	for _, a := range s.agents {
		if _, ok := a.active[q]; ok {
			n++
		}
	}
	return n
}

// wrapUp is after-call work: CIC puts the agent into the follow-up status.
func (s *site) wrapUp(l *leg, a *agent) {
	length := seconds(s.rng, 35)
	if s.rng.IntN(30) == 0 {
		length += 900
	}
	d := l.data()
	d.ACW.Start = s.now
	a.acw = l
	if a.status != statusFollowUp {
		a.setStatus(statusFollowUp)
	}
	if length > 40 && s.rng.IntN(8) == 0 {
		from, to := s.now+length/4, s.now+3*length/4
		s.at(from, func() {
			l.data().ACWCalls = append(l.data().ACWCalls, Span{Start: from})
			s.calls = append(s.calls, PersonalCall{Site: s.id, Agent: a.ID, Direction: InternToExtern, Talk: Span{Start: from}})
			call := len(s.calls) - 1
			a.personal = call
			s.at(to, func() {
				closeLast(l.data().ACWCalls, to)
				s.calls[call].Talk.End = to
				a.personal = none
			})
		})
	}
	s.at(s.now+length, func() {
		l.data().ACW.End = s.now
		a.acw = nil
		a.back()
	})
}
