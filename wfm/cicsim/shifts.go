package cicsim

import "math/rand/v2"

// planShifts lays out every agent's days: log-on, breaks, calls of its own, changes of
// activation and log-off.
func (s *site) planShifts(rng *rand.Rand) {
	for _, a := range s.agents {
		for day := -1; day < s.days(); day++ {
			if rng.IntN(25) == 0 {
				continue // off sick
			}
			from := s.localDay(day, a.shift.start+rng.IntN(300))
			to := s.localDay(day, a.shift.end+rng.IntN(600))
			if to <= s.window.Start || from >= s.window.End {
				continue
			}
			s.planShift(rng, a, Span{max(from, s.window.Start), to})
		}
	}
}

func (s *site) planShift(rng *rand.Rand, a *agent, work Span) {
	s.always(work.Start, func() {
		a.onShift = true
		a.logOn()
	})
	s.always(work.End, a.wantLogOff)
	length := int64(work.End - work.Start)
	somewhen := func() Instant { return work.Start + Instant(rng.Int64N(max(length, 1))) }
	away := func(t Instant, status int, least, spread int) {
		d := Instant(least + rng.IntN(spread))
		s.always(t, func() { a.wantAway(s.rng, status, d) })
	}
	away(work.Start+Instant(length/2)+Instant(rng.IntN(1800)-900), firstBreak, 1500, 900)
	away(somewhen(), statusFollowUp, 120, 900)
	for range 2 + rng.IntN(2) {
		status := firstBreak + 1 + rng.IntN(len(s.statuses)-firstBreak-1)
		away(somewhen(), status, 180, 1500)
	}
	for range 3 + rng.IntN(4) {
		call := PersonalCall{Site: s.id, Agent: a.ID, Direction: Direction(rng.IntN(3)), Received: rng.IntN(2) == 0}
		d := seconds(rng, 120)
		s.always(somewhen(), func() { a.callOwn(call, d) })
	}
	if len(a.groups) > 1 && rng.IntN(6) == 0 {
		g, t := a.groups[rng.IntN(len(a.groups))], somewhen()
		s.always(t, func() { a.activate(g, false) })
		s.always(t+Instant(600+rng.IntN(5400)), func() {
			a.activate(g, true)
			s.pick(a)
		})
	}
}

// callOwn is a call that comes through no queue; it takes place only if the agent has time.
func (a *agent) callOwn(call PersonalCall, length Instant) {
	s := a.site
	if !s.up || !a.free() {
		return
	}
	call.Talk.Start = s.now
	s.calls = append(s.calls, call)
	a.personal = len(s.calls) - 1
	s.at(s.now+length, func() {
		s.calls[a.personal].Talk.End = s.now
		a.personal = none
		a.becomeFree()
	})
}
