package historical

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// signOnRows are what the states of one agent say about being logged in, as far back as sign-ons are looked for.
type signOnRows struct {
	rows   []signOnRow
	sorted bool
}

// signOnRow is one state.
type signOnRow struct {
	site       wfm.Site
	seq        int
	start, end int64 // unix seconds
	on         bool
	changed    bool // the state begins with a log-on or a log-off
	key        wfm.StatusKey
}

// signOnSpan is a span of being logged in, in unix seconds: in may be unknownIn, out stillOn.
type signOnSpan struct {
	in, out int64
	last    int64 // the last second of which it is known that the agent was on
	reason  wfm.StatusKey
}

const (
	unknownIn = math.MinInt64
	stillOn   = math.MaxInt64
)

func (a *Aggregator) addSignOn(r *Row) {
	s := a.signOns[r.Agent]
	if s == nil {
		s = &signOnRows{}
		a.signOns[r.Agent] = s
	}
	s.rows = append(s.rows, signOnRow{site: r.Site, seq: r.State.Seq, start: r.Start.Unix(), end: r.End().Unix(),
		on: r.State.LoggedIn, changed: r.State.ChangedLoggedIn, key: r.State.Key})
	s.sorted = len(s.rows) == 1
}

// sort brings the rows into the order in which they are followed: site by site.
func (s *signOnRows) sort() {
	if s.sorted {
		return
	}
	slices.SortFunc(s.rows, func(x, y signOnRow) int {
		return cmp.Or(cmp.Compare(x.site, y.site), cmp.Compare(x.start, y.start), cmp.Compare(x.seq, y.seq), cmp.Compare(x.end, y.end),
			rank(y.on)-rank(x.on), rank(y.changed)-rank(x.changed), cmp.Compare(x.key, y.key))
	})
	s.sorted = true
}

func rank(b bool) int {
	if b {
		return 1
	}
	return 0
}

// forgetSignOns drops what no interval looks back to any more that ends after one which was closed, and joins what will not
// change any more.
func (a *Aggregator) forgetSignOns(closed time.Time) {
	limit := closed.Add(-a.o.Retain - a.o.Needs.SignOnReach()).Unix()
	for id, s := range a.signOns {
		s.rows = slices.DeleteFunc(s.rows, func(r signOnRow) bool { return r.end < limit })
		if len(s.rows) == 0 {
			delete(a.signOns, id)
		} else if a.o.Retain == 0 && s.sorted {
			s.compact(closed.Unix())
		}
	}
}

// compact makes one row of states that follow each other without a gap while the agent is on, which say no more than that. All
// rows that start before closed are there, so none will come between them. One of zero length stays, since it
// reaches into a span that begins with it, where the states before it do not.
func (s *signOnRows) compact(closed int64) {
	kept := s.rows[:0]
	for _, r := range s.rows {
		if n := len(kept); n > 0 && r.start < closed && r.start < r.end && r.on && !r.changed {
			if last := &kept[n-1]; last.on && !last.changed && last.end == r.start && last.site == r.site {
				last.end = r.end
				continue
			}
		}
		kept = append(kept, r)
	}
	s.rows = kept
}

// signedOn fills who was signed on in the span up to the end of a slot. It goes by the states that reach into twice that span
// and by no others, though more may be at hand, so that an interval has one answer whatever was read with it.
func (a *Aggregator) signedOn(s *slot, r *wfm.Report) {
	if len(a.signOns) == 0 {
		return
	}
	end := s.window.End
	if s.twin.End.After(end) && !s.twin.End.After(a.o.Window.End) {
		end = s.twin.End
	}
	to := end.Unix()
	from, lookFrom := to-int64(a.o.Needs.SignOns/time.Second), to-int64(a.o.Needs.SignOnReach()/time.Second)
	for _, id := range slices.Sorted(maps.Keys(a.signOns)) {
		rows := a.signOns[id]
		rows.sort()
		a.spans = a.spans[:0]
		for rest := rows.rows; len(rest) > 0; {
			n := slices.IndexFunc(rest, func(r signOnRow) bool { return r.site != rest[0].site })
			if n < 0 {
				n = len(rest)
			}
			a.spans = follow(a.spans, rest[:n], lookFrom, to)
			rest = rest[n:]
		}
		// Of whom nothing is known in all of the span, it is not said that he is still on.
		a.spans = slices.DeleteFunc(a.spans, func(s signOnSpan) bool { return s.out == stillOn && s.last < from })
		for _, s := range join(a.spans) {
			if s.out >= from {
				r.SignOns = append(r.SignOns, s.shown(id))
			}
		}
	}
}

// follow appends the spans that the rows of an agent at one site tell, in order.
//
// A state that begins with a log-on begins a span, one in which the agent is logged off ends it. A log-on while the agent is
// on means that the log-off left no row, as when the server fails: the span ends with the last state before it. The row of
// the present state is not there yet, so an agent is on until a row says otherwise, and states that are missing between two in
// which the agent is on do not end the span. A row that comes twice says nothing new.
func follow(spans []signOnSpan, rows []signOnRow, from, to int64) []signOnSpan {
	first, on := true, false
	for i := range rows {
		r := &rows[i]
		if r.start >= to {
			break
		}
		if !touches(r.start, r.end, from, to) {
			continue
		}
		cur := len(spans) - 1 // if on
		switch {
		case r.on && on && (!r.changed || r.start == spans[cur].in):
			spans[cur].last = max(spans[cur].last, min(r.end, to))
		case r.on:
			if on {
				spans[cur].out = min(spans[cur].last, r.start)
			}
			s := signOnSpan{in: r.start, out: stillOn, last: min(r.end, to)}
			if first && !r.changed {
				s.in = unknownIn
			}
			spans, on = append(spans, s), true
		case on:
			spans[cur].out, spans[cur].reason, on = r.start, r.key, false
		case first && r.changed:
			spans = append(spans, signOnSpan{in: unknownIn, out: r.start, reason: r.key})
		}
		first = false
	}
	return spans
}

// join makes one span of those that overlap, as of an agent who is logged in at two sites.
func join(spans []signOnSpan) []signOnSpan {
	slices.SortFunc(spans, func(x, y signOnSpan) int { return cmp.Or(cmp.Compare(x.in, y.in), cmp.Compare(x.out, y.out)) })
	joined := spans[:0]
	for _, s := range spans {
		if n := len(joined); n == 0 || s.in >= joined[n-1].out {
			joined = append(joined, s)
		} else if s.out > joined[n-1].out {
			joined[n-1].out, joined[n-1].reason = s.out, s.reason
		}
	}
	return joined
}

func (s signOnSpan) shown(agent wfm.AgentID) wfm.SignOn {
	o := wfm.SignOn{Agent: agent, Reason: s.reason}
	if s.in != unknownIn {
		o.In = time.Unix(s.in, 0).UTC()
	}
	if s.out != stillOn {
		o.Out = time.Unix(s.out, 0).UTC()
	}
	return o
}
