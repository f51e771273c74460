package faultnet

// Fault is what happens to the connections that are open at a step.
type Fault uint8

// The faults.
const (
	// None lets everything pass.
	None Fault = iota
	// Cut closes both sides, after what has passed before: each sees an orderly end.
	Cut
	// Reset closes both sides with a reset, which may destroy what was not read yet.
	Reset
	// Stall forwards nothing more, in either direction, neither data nor an end, and keeps the connections open: neither
	// side learns of it, and what a side sends piles up.
	Stall
	// Deaf is half-open: what the client sends, its end included, is swallowed; what the server sends still arrives.
	Deaf
	// Mute is half-open the other way: what the server sends, its end included, is swallowed; what the client sends still
	// arrives, so that the server does all that it is told.
	Mute
	// Slow forwards only so many bytes each second (Plan.Rate), also on connections that are made later.
	Slow
)

// Faults are all that can be planned.
func Faults() []Fault { return []Fault{Cut, Reset, Stall, Deaf, Mute, Slow} }

// String is the fault's name.
func (f Fault) String() string {
	if names := [...]string{"none", "cut", "reset", "stall", "half-open to server", "half-open to client", "slow"}; int(f) < len(names) {
		return names[f]
	}
	return "unknown"
}

// Plan says what happens when.
type Plan struct {
	// At is the step, counted from 1. 0 plans nothing.
	At    int
	Fault Fault
	// Outage spoils connections that are made after the fault too, until Heal: Cut and Reset end them at once, Stall, Deaf
	// and Mute accept them and forward nothing.
	Outage bool
	// Rate is that of Slow, in bytes each second and direction of a connection; 0 means 10 000.
	Rate int
	// Struck is called once, when the step is reached, before the fault takes effect; it must not call the
	// proxy. Nil is not called. With the fault
	// None it is the only effect.
	Struck func()
}

// rate is Rate with its default.
func (p Plan) rate() int {
	if p.Rate <= 0 {
		return 10_000
	}
	return p.Rate
}
