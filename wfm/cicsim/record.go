package cicsim

import "math/rand/v2"

// record is what the row of a contact says beside the history, which knows whole seconds: milliseconds, the time before the first
// queue, and spellings of what is not there. It is drawn after the simulation, apart from it.
type record struct {
	menus int64 // milliseconds in menus before the contact came to its first queue
	tail  int64 // milliseconds of its last second
	seq   int   // SeqNo
	// How the row spells that there is no agent or workgroup, and that the contact was never connected.
	nobody, unconnected int
}

// The ways to write what is not there; each of the lists is drawn from alike.
const (
	asNull     = iota
	asSentinel // '-', or the first day of 1970 in the server's local time
	asOther    // the empty text; or connected to the menus, if no agent had it
	spellings
)

func (s *site) drawRecords(rng *rand.Rand) {
	for _, c := range s.contacts {
		c.record = drawRecord(rng)
	}
	for i := range s.calls {
		s.calls[i].record = drawRecord(rng)
	}
}

func drawRecord(rng *rand.Rand) record {
	r := record{menus: rng.Int64N(45_000), tail: rng.Int64N(1000), nobody: rng.IntN(spellings), unconnected: rng.IntN(spellings)}
	if rng.IntN(3) == 0 {
		r.menus = 0
	}
	if rng.IntN(50) == 0 {
		r.seq = 1
	}
	return r
}
