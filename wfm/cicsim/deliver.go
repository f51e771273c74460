package cicsim

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// mail decides when rows reach the database. Rows are sent within seconds of their end; most
// arrive at once, late ones after hours.
type mail struct {
	rng    *rand.Rand
	late   bool
	outage Span // of the database: what is sent in it arrives after it
}

func newMail(s *site, index int) *mail {
	rng := newRand(s.cfg.Seed, streamDelivery, index)
	m := &mail{rng: rng, late: s.cfg.LateRows}
	length := Instant(2*hour + rng.IntN(3*hour))
	start := s.window.Start + Instant(rng.Int64N(int64(s.window.End-s.window.Start)))
	if m.late {
		m.outage = Span{start, start + length}
	}
	return m
}

// dispatch draws when something that ended was sent and when it arrived; one in so many is late.
func (m *mail) dispatch(end Instant, oneIn int) (sent, arrived Instant) {
	sent = end + 2 + Instant(m.rng.IntN(9))
	arrived = sent + 1 + Instant(m.rng.IntN(20))
	delay := Instant(1*hour + m.rng.IntN(8*hour))
	if m.late && m.rng.IntN(oneIn) == 0 {
		arrived += delay
	}
	if m.outage.contains(sent) {
		arrived = max(arrived, m.outage.End+Instant(m.rng.IntN(60)))
	}
	return sent, arrived
}

// statRows are all statistics rows that ever reach the database, in order of arrival.
func (c *Centre) statRows() []*statRow {
	var list []*statRow
	for i, s := range c.sites {
		b := newBooker(s)
		post := newMail(s, i)
		b.run(func(span Span) {
			sent, arrived := post.dispatch(span.End, 10)
			for _, lost := range s.silent {
				if lost.Start <= span.Start && span.Start < lost.End {
					return
				}
			}
			r := rows{b: b, schema: c.cfg.Schema, span: span}
			r.emit = func(view int, name string, keys [3]string, v *values) {
				row := &statRow{view: view, site: s, name: name, keys: keys, span: span, sent: sent, arrived: arrived}
				for i := range v {
					row.values[i] = int32(v[i])
				}
				list = append(list, row)
			}
			r.build()
		})
	}
	slices.SortStableFunc(list, func(a, b *statRow) int { return cmp.Compare(a.arrived, b.arrived) })
	return list
}

// logRow is one row of AgentActivityLog.
type logRow struct {
	State
	site          *site
	sent, arrived Instant
}

// logRows are all rows of AgentActivityLog that ever reach the database, in order of arrival. A
// row is written when its state ends.
func (c *Centre) logRows() []logRow {
	var list []logRow
	for i, s := range c.sites {
		post := newMail(s, i)
		for _, st := range s.states {
			sent, arrived := post.dispatch(st.Span.End, 20)
			off := !st.LoggedIn && st.Span.End > st.Span.Start
			if st.Span.End == 0 || off && !c.cfg.Schema.LoggedOffRows {
				continue
			}
			list = append(list, logRow{st, s, sent, arrived})
		}
	}
	slices.SortStableFunc(list, func(a, b logRow) int { return cmp.Compare(a.arrived, b.arrived) })
	return list
}
