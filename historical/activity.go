package historical

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// agentStates are the states of one agent that reach into intervals not yet forgotten.
type agentStates struct {
	spans  []stateSpan
	sorted bool
}

// stateSpan is a state as it was read, not cut.
type stateSpan struct {
	site       wfm.Site
	start, end int64 // unix seconds; equal for a state of zero length
	state      State
}

// addState keeps a state until the intervals that it reaches into are closed. It is cut then, so a
// state of many days takes no more room than a short one. One that ended before the window is of sign-ons alone.
func (a *Aggregator) addState(r *Row) error {
	s := stateSpan{site: r.Site, start: r.Start.Unix(), end: r.End().Unix(), state: r.State}
	from, to, reach := a.o.Window.Start.Unix(), a.o.Window.End.Unix(), int64(a.o.Needs.SignOnReach()/time.Second)
	if !touches(s.start, s.end, from-reach, to) {
		return rowError(r, wfm.BadData, fmt.Sprintf("the state lies outside the window %s that was asked for",
			(&Query{Window: a.o.Window, Needs: a.o.Needs}).States()), "the source must filter states by the window")
	}
	if touched := max(s.start, from); touched < a.next.Unix() {
		if err := a.reopen(r, touched, s.end+reach); err != nil {
			return err
		}
	}
	if reach > 0 {
		a.addSignOn(r)
		if !a.o.Needs.Activity || !touches(s.start, s.end, from, to) {
			return nil
		}
	}
	st := a.agents[r.Agent]
	if st == nil {
		st = &agentStates{}
		a.agents[r.Agent] = st
	}
	st.spans = append(st.spans, s)
	st.sorted = len(st.spans) == 1
	return nil
}

// touches tells whether a state reaches into a span: one of zero length, whether its instant lies in it.
func touches(start, end, from, to int64) bool {
	return start < to && (end > from || (start == end && start >= from))
}

// reopen marks the retained intervals that a late state says something about.
func (a *Aggregator) reopen(r *Row, from, until int64) error {
	end := min(until, a.next.Unix()-1)
	for at := time.Unix(from, 0).UTC(); at.Unix() <= end; {
		s, err := a.slotAt(r, at, at.Unix())
		if err != nil {
			return err
		}
		s.dirty = true
		at = a.o.Grid.Slot(at).End
	}
	a.cur = nil
	return nil
}

func (st *agentStates) forget(limit time.Time) {
	st.spans = slices.DeleteFunc(st.spans, func(s stateSpan) bool { return s.end < limit.Unix() || (s.end == limit.Unix() && s.start < s.end) })
}

func (st *agentStates) sort() {
	if st.sorted {
		return
	}
	slices.SortFunc(st.spans, func(x, y stateSpan) int {
		return cmp.Or(cmp.Compare(x.start, y.start), cmp.Compare(x.state.Seq, y.state.Seq), cmp.Compare(x.end, y.end),
			cmp.Compare(x.site, y.site), cmp.Compare(x.state.Key, y.state.Key), cmp.Compare(x.state.Group, y.state.Group))
	})
	st.sorted = true
}

// states fills the activity of all agents for a slot.
func (a *Aggregator) states(s *slot, r *wfm.Report) {
	if len(a.agents) == 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(a.agents)) {
		st := a.agents[id]
		st.sort()
		act := wfm.Activity{Agent: id}
		for _, w := range []wfm.Window{s.window, s.twin} {
			if !w.IsZero() {
				a.cut(st, w, &act)
			}
		}
		if len(act.States)+len(act.LogOns)+len(act.LogOffs) == 0 {
			continue
		}
		total(&act)
		r.Activity = append(r.Activity, act)
	}
}

// cut adds the parts of an agent's states that lie in w. Where states overlap, one in which the
// agent is logged in wins over one in which the agent is not, then the later start wins.
func (a *Aggregator) cut(st *agentStates, w wfm.Window, act *wfm.Activity) {
	from, to := w.Start.Unix(), w.End.Unix()
	at := from
	var holding []*stateSpan // states that reach over the current instant, in order of start
	for i := range st.spans {
		s := &st.spans[i]
		if s.start >= to {
			break
		}
		if s.state.ChangedLoggedIn && s.start >= from {
			when := time.Unix(s.start, 0).UTC()
			if s.state.LoggedIn {
				act.LogOns = append(act.LogOns, when)
			} else {
				act.LogOffs = append(act.LogOffs, when)
			}
		}
		if s.end <= from || s.end == s.start {
			continue
		}
		if start := max(s.start, from); start > at {
			emit(act, holding, from, at, start)
			at = start
		}
		for _, h := range holding {
			if h.end > s.start && h.site == s.site {
				a.Note(wfm.Diagnostic{Kind: wfm.OverlappingStates, At: time.Unix(max(s.start, from), 0).UTC(), Site: s.site,
					Subject: string(act.Agent), Detail: fmt.Sprintf("states %q and %q overlap by %d seconds",
						h.state.Key, s.state.Key, min(h.end, s.end)-s.start)})
			}
		}
		holding = slices.DeleteFunc(holding, func(h *stateSpan) bool { return h.end <= at })
		holding = append(holding, s)
	}
	emit(act, holding, from, at, to)
}

// emit writes the winning states between two instants of an interval that begins at from.
func emit(act *wfm.Activity, holding []*stateSpan, from, at, to int64) {
	for at < to {
		var win *stateSpan
		until := to
		for _, h := range holding {
			if h.end <= at {
				continue
			}
			if win == nil || h.state.LoggedIn || !win.state.LoggedIn {
				win = h
			}
		}
		if win == nil {
			return
		}
		for _, h := range holding {
			if h.end > at {
				until = min(until, h.end)
			}
		}
		appendState(act, win, at, until, win.start < from)
		at = until
	}
}

// appendState adds a part, joined with the part before it where both are of one state.
func appendState(act *wfm.Activity, s *stateSpan, from, to int64, carriedIn bool) {
	began := time.Unix(s.start, 0).UTC()
	start, end := time.Unix(from, 0).UTC(), time.Unix(to, 0).UTC()
	if n := len(act.States); n > 0 {
		last := &act.States[n-1]
		if last.Window.End.Equal(start) && last.Began.Equal(began) && last.Status == s.state.Key && last.LoggedIn == s.state.LoggedIn {
			last.Window.End = end
			return
		}
	}
	act.States = append(act.States, wfm.StateSpan{Window: wfm.Window{Start: start, End: end}, Status: s.state.Key,
		Group: s.state.Group, LoggedIn: s.state.LoggedIn, CarriedIn: carriedIn, Began: began})
}

// total sums the states in which the agent was logged in by key and by group.
func total(act *wfm.Activity) {
	keys := map[wfm.StatusTime]int64{}
	groups := map[wfm.StatusGroup]int64{}
	for _, s := range act.States {
		if !s.LoggedIn {
			continue
		}
		seconds := int64(s.Window.Duration() / time.Second)
		act.LoggedIn += seconds
		keys[wfm.StatusTime{Key: s.Status, Group: s.Group}] += seconds
		groups[s.Group] += seconds
	}
	for k, n := range keys {
		k.Seconds = n
		act.Keys = append(act.Keys, k)
	}
	for g, n := range groups {
		act.Groups = append(act.Groups, wfm.StatusGroupTime{Group: g, Seconds: n})
	}
	slices.SortFunc(act.Keys, func(x, y wfm.StatusTime) int {
		return cmp.Or(cmp.Compare(x.Key, y.Key), cmp.Compare(x.Group, y.Group))
	})
	slices.SortFunc(act.Groups, func(x, y wfm.StatusGroupTime) int { return cmp.Compare(x.Group, y.Group) })
	slices.SortFunc(act.LogOns, time.Time.Compare)
	slices.SortFunc(act.LogOffs, time.Time.Compare)
}
