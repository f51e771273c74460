package cicsim

// The grid of a server's statistics intervals. It is aligned to the server's local hour, or to
// local midnight where intervals are longer than an hour. What CIC does on the nights of a clock
// change is not documented; this server keeps to the wall clock, and a change of clocks that is
// off the grid ends a short interval.

func (s *site) offset(t Instant) Instant {
	_, seconds := t.Time().In(s.loc).Zone()
	return Instant(seconds)
}

// floor returns the border of the grid at or before t.
func (s *site) floor(t Instant) Instant {
	length := Instant(s.interval.Seconds())
	f := t - (t+s.offset(t))%length
	change, _ := t.Time().In(s.loc).ZoneBounds()
	if s.offset(f) == s.offset(t) || change.IsZero() {
		return f
	}
	if length <= hour {
		return max(f, At(change))
	}
	return f + s.offset(t) - s.offset(f)
}

// next returns the first border of the grid after t.
func (s *site) next(t Instant) Instant {
	length := Instant(s.interval.Seconds())
	n := t + length - (t+s.offset(t))%length
	_, change := t.Time().In(s.loc).ZoneBounds()
	if s.offset(n) == s.offset(t) || change.IsZero() {
		return n
	}
	if length <= hour {
		return min(n, At(change))
	}
	if moved := n + s.offset(t) - s.offset(n); moved > t {
		return moved
	}
	return n
}
