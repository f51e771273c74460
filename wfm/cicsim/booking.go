package cicsim

import (
	"cmp"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// values are the counters of one row.
type values [numCounters]int64

func (v *values) zero() bool { return *v == values{} }

// add sums, save the one counter that is a maximum.
func (v *values) add(o *values) {
	for i := range v {
		if wfm.Counter(i) == wfm.MtAnsweredAcd {
			v[i] = max(v[i], o[i])
		} else {
			v[i] += o[i]
		}
	}
}

// leafKey names the finest row that an event is booked into: of the workgroup view (agent is
// none) or of the agent view (group is none for what came through no queue).
type leafKey struct {
	agent, group       int
	dnis, media, skill string
}

// gauge is how many contacts are in each condition right now.
type gauge struct{ waiting, active, held int64 }

// booker is the statistics server of a site: it lives through the events second by second,
// counts in memory as CIC does, and hands out its totals at the end of each interval.
type booker struct {
	site   *site
	now    Instant  // of the event that is being booked
	meters []*meter // by agent
	groups map[wfm.Workgroup]int
	ids    map[wfm.AgentID]int

	// restarted says that this is the first interval after a stop in which contacts were lost. Their
	// rows are then written even if they are zero, so that the counts at the end of the row
	// before are seen to be gone.
	restarted  bool
	leaves     map[leafKey]*values
	gauges     map[leafKey]*gauge
	queueTimes []values // by workgroup
}

// happening is one event with its booking.
type happening struct {
	at   Instant
	rank int // ends before changes before beginnings, within a second
	run  func()
}

// The ranks of happenings.
const (
	rankEnd = iota
	rankChange
	rankBegin
)

func newBooker(s *site) *booker {
	b := &booker{site: s, groups: map[wfm.Workgroup]int{}, ids: map[wfm.AgentID]int{}, gauges: map[leafKey]*gauge{}}
	for i, name := range s.names {
		b.groups[name] = i
	}
	for i, a := range s.agents {
		b.ids[a.ID] = i
		b.meters = append(b.meters, newMeter(b, i, a))
	}
	b.reset(s.window.Start)
	return b
}

// run calls back at the end of each interval of the server, in order; the totals then stand in the
// booker until the callback returns.
func (b *booker) run(total func(row Span)) {
	events := b.happenings()
	next := 0
	play := func(before Instant) {
		for next < len(events) && events[next].at < before {
			b.now = events[next].at
			events[next].run()
			next++
		}
		for _, m := range b.meters {
			m.accrue(before)
		}
	}
	var lost []leafKey // in the server's hands when it stopped
	for _, row := range b.site.rowSpans() {
		play(row.Start) // what happens while the server is down is counted by nobody
		b.reset(row.Start)
		b.restarted = len(lost) > 0
		for _, k := range lost {
			b.leaf(k)
		}
		b.readGauges(wfm.NStartWaitAlertAcdCalls, wfm.NStartActiveAcdCalls, wfm.NStartHeldAcdCalls)
		play(row.End)
		b.readGauges(wfm.NEndWaitAlertAcdCalls, wfm.NEndActiveAcdCalls, wfm.NEndHeldAcdCalls)
		lost = nil
		if slices.ContainsFunc(b.site.down, func(d Span) bool { return d.Start == row.End }) {
			for k, g := range b.gauges {
				if *g != (gauge{}) {
					lost = append(lost, k)
				}
			}
		}
		total(row)
	}
}

// rowSpans cuts the window into the intervals of the server: on its grid, cut where it stopped
// and beginning where it started. An interval that is not over at the end of the window has no row.
func (s *site) rowSpans() []Span {
	var rows []Span
	down := s.down
	for t := s.window.Start; t < s.window.End; {
		row := Span{t, s.next(t)}
		resume := row.End
		if len(down) > 0 && down[0].Start < row.End {
			row.End, resume = down[0].Start, down[0].End
			down = down[1:]
		}
		if row.Start < row.End && row.End <= s.window.End {
			rows = append(rows, row)
		}
		t = resume
	}
	return rows
}

func (b *booker) reset(now Instant) {
	b.leaves = map[leafKey]*values{}
	b.queueTimes = make([]values, len(b.site.names))
	for _, m := range b.meters {
		m.reset(now)
	}
}

func (b *booker) leaf(k leafKey) *values {
	v := b.leaves[k]
	if v == nil {
		v = &values{}
		b.leaves[k] = v
	}
	return v
}

func (b *booker) gauge(k leafKey) *gauge {
	g := b.gauges[k]
	if g == nil {
		g = &gauge{}
		b.gauges[k] = g
	}
	return g
}

func (b *booker) readGauges(waiting, active, held wfm.Counter) {
	for k, g := range b.gauges {
		if *g == (gauge{}) {
			continue
		}
		v := b.leaf(k)
		v[waiting], v[active], v[held] = g.waiting, g.active, g.held
	}
}

// happenings lists all events of the site in the order in which they are booked.
func (b *booker) happenings() []happening {
	var list []happening
	add := func(at Instant, rank int, run func()) {
		if at != 0 {
			list = append(list, happening{at, rank, run})
		}
	}
	for _, c := range b.site.contacts {
		for i := range c.Legs {
			b.bookLeg(c, &c.Legs[i], add)
		}
	}
	for i := range b.site.calls {
		b.bookCall(&b.site.calls[i], add)
	}
	states := slices.Clone(b.site.states)
	slices.SortStableFunc(states, func(x, y State) int { return cmp.Compare(x.Seq, y.Seq) })
	for _, st := range states {
		m := b.meters[b.ids[st.Agent]]
		add(st.Span.Start, rankChange, func() { m.setState(st) })
	}
	for _, act := range b.site.activations {
		m := b.meters[b.ids[act.Agent]]
		add(act.At, rankChange, func() { m.setActive(act) })
	}
	slices.SortStableFunc(list, func(x, y happening) int {
		return cmp.Or(cmp.Compare(x.at, y.at), cmp.Compare(x.rank, y.rank))
	})
	return list
}
