package cicsim

import (
	"cmp"
	"math"
	"slices"
	"sort"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Truth answers, for any window, what every counter must be: computed straight from contacts,
// calls, states and activations, one plain function per counter, without the interval rows and
// without the code that books them. It is immutable and safe for concurrent use.
//
// Counters whose meaning is not documented are 0, as the centre writes them. Gauges stand at the
// borders of the window; where the server was down at a border, at its start or its stop.
type Truth struct {
	queues map[wfm.Workgroup]*legIndex
	agents map[wfm.AgentID]*agentTruth
	// members lists the agents of each workgroup.
	members              map[wfm.Workgroup][]*agentTruth
	contacts             []toldContact
	queueView, agentView *wfm.CounterSet
}

// Truth returns the truth of the given sites together; none means all.
func (c *Centre) Truth(sites ...wfm.Site) *Truth {
	wanted := func(s wfm.Site) bool { return len(sites) == 0 || slices.Contains(sites, s) }
	t := &Truth{queues: map[wfm.Workgroup]*legIndex{}, agents: map[wfm.AgentID]*agentTruth{},
		members: map[wfm.Workgroup][]*agentTruth{}, queueView: viewCounters(false), agentView: viewCounters(true)}
	down, zones := map[wfm.Site][]Span{}, map[wfm.Site]*time.Location{}
	for _, s := range c.sites {
		down[s.id], zones[s.id] = s.down, s.loc
	}
	for _, w := range c.workgroups {
		t.queues[w] = &legIndex{}
	}
	for _, a := range c.agents {
		if wanted(a.Site) {
			at := &agentTruth{Agent: a, legs: map[wfm.Workgroup]*legIndex{}}
			t.agents[a.ID] = at
			for _, w := range a.Workgroups {
				at.legs[w] = &legIndex{}
				t.members[w] = append(t.members[w], at)
			}
		}
	}
	for i := range c.contacts {
		if contact := &c.contacts[i]; wanted(contact.Site) {
			t.contacts = append(t.contacts, toldContact{contact, zones[contact.Site], c.window.Start})
			for j := range contact.Legs {
				t.addLeg(&legView{&contact.Legs[j], contact, &c.cfg, down[contact.Site]})
			}
		}
	}
	for _, call := range c.calls {
		if a := t.agents[call.Agent]; a != nil {
			a.calls = append(a.calls, call)
		}
	}
	for _, s := range c.states {
		if a := t.agents[s.Agent]; a != nil {
			a.states = append(a.states, s)
		}
	}
	for _, q := range t.queues {
		q.sort()
	}
	for _, a := range t.agents {
		for _, l := range a.legs {
			l.sort()
		}
		a.paint(c.window, c.activations)
	}
	return t
}

func (t *Truth) addLeg(l *legView) {
	t.queues[l.Workgroup].add(l)
	seen := map[wfm.AgentID]bool{"": true}
	involve := func(id wfm.AgentID) {
		if !seen[id] {
			seen[id] = true
			t.agents[id].legs[l.Workgroup].add(l)
		}
	}
	involve(l.Agent)
	involve(l.Mate)
	for _, a := range l.Alerts {
		involve(a.Agent)
	}
}

// viewCounters are all counters of a view, of either edition.
func viewCounters(agentView bool) *wfm.CounterSet {
	var list []wfm.Counter
	for c, info := range wfm.Counters() {
		if agentView || info.Views == wfm.InBoth {
			list = append(list, c)
		}
	}
	return wfm.NewCounterSet(list...)
}

// Queue returns the counters of a workgroup and a medium (AllMedia for the total) in a window.
// Agent times exist only for the total, save tAgentTalk.
func (t *Truth) Queue(workgroup wfm.Workgroup, media wfm.MediaType, w wfm.Window) wfm.Counts {
	r := result{set: t.queueView}
	span := Span{At(w.Start), At(w.End)}
	r.addLegs(t.queues[workgroup], "", media, span)
	if media == wfm.AllMedia {
		for _, a := range t.members[workgroup] {
			r.addTimes(a, workgroup, span)
			r.addStatusTimes(a, span)
		}
	}
	return r.counts()
}

// Agent returns the counters of the '*' row of an agent in a window: all workgroups and the calls
// that came through none.
func (t *Truth) Agent(agent wfm.AgentID, media wfm.MediaType, w wfm.Window) wfm.Counts {
	r := result{set: t.agentView}
	span := Span{At(w.Start), At(w.End)}
	a := t.agents[agent]
	if a == nil {
		return r.counts()
	}
	for _, g := range a.Workgroups {
		r.addLegs(a.legs[g], agent, media, span)
	}
	r.addCalls(a, media, span)
	if media == wfm.AllMedia {
		r.addTimes(a, "", span)
		r.addStatusTimes(a, span)
	}
	r.v[wfm.TAllAgentAvailable] = a.available(span)
	return r.counts()
}

// AgentQueue returns the counters of an agent in a workgroup in a window. The workgroup "-" is
// that of the calls which came through no queue.
func (t *Truth) AgentQueue(agent wfm.AgentID, workgroup wfm.Workgroup, media wfm.MediaType, w wfm.Window) wfm.Counts {
	r := result{set: t.agentView}
	span := Span{At(w.Start), At(w.End)}
	a := t.agents[agent]
	if a == nil {
		return r.counts()
	}
	switch {
	case workgroup == noWorkgroup:
		r.addCalls(a, media, span)
	case a.legs[workgroup] == nil:
		return r.counts()
	default:
		r.addLegs(a.legs[workgroup], agent, media, span)
		if media == wfm.AllMedia {
			r.addTimes(a, workgroup, span)
		}
	}
	r.v[wfm.TAllAgentAvailable] = a.available(span)
	return r.counts()
}

// result gathers the values of one answer.
type result struct {
	set *wfm.CounterSet
	v   [numCounters]int64
}

func (r *result) counts() wfm.Counts {
	values := make([]int64, r.set.Len())
	for i := range values {
		values[i] = r.v[r.set.At(i)]
	}
	return wfm.NewCounts(r.set, values)
}

func (r *result) addLegs(x *legIndex, who wfm.AgentID, media wfm.MediaType, w Span) {
	if x == nil {
		return
	}
	for _, l := range x.touching(w) {
		if media != wfm.AllMedia && !media.Is(l.contact.Media) {
			continue
		}
		for _, f := range legCounters {
			v := f.of(l, who, w)
			if f.counter == wfm.MtAnsweredAcd {
				r.v[f.counter] = max(r.v[f.counter], v)
			} else {
				r.v[f.counter] += v
			}
		}
	}
	r.v[wfm.TAgentTalk] = r.v[wfm.TTalkAcd] + r.v[wfm.TAcw]
}

// legIndex holds legs by their entry, with the latest end of all up to each.
type legIndex struct {
	legs   []*legView
	latest []Instant
}

func (x *legIndex) add(l *legView) { x.legs = append(x.legs, l) }

func (x *legIndex) sort() {
	slices.SortStableFunc(x.legs, func(a, b *legView) int { return cmp.Compare(a.Entered, b.Entered) })
	var latest Instant
	for _, l := range x.legs {
		latest = max(latest, l.last())
		x.latest = append(x.latest, latest)
	}
}

// touching returns all legs that may have something in the window, and perhaps others.
func (x *legIndex) touching(w Span) []*legView {
	to := sort.Search(len(x.legs), func(i int) bool { return x.legs[i].Entered >= w.End })
	from := sort.Search(to, func(i int) bool { return x.latest[i] >= w.Start })
	return x.legs[from:to]
}

// never stands for the end of what had not ended.
const never Instant = math.MaxInt64

func until(end Instant) Instant {
	if end == 0 {
		return never
	}
	return end
}

func (w Span) contains(t Instant) bool { return t != 0 && t >= w.Start && t < w.End }

// lived returns how many seconds of s lie in the window.
func (w Span) lived(s Span) int64 {
	if s.Start == 0 {
		return 0
	}
	return max(0, int64(min(until(s.End), w.End)-max(s.Start, w.Start)))
}

// covers tells whether s was under way when the second t began.
func (s Span) covers(t Instant) bool { return s.Start != 0 && s.Start < t && until(s.End) >= t }

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
