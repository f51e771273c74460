package cicsim

import (
	"container/heap"
	"math/rand/v2"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// site is one server while it is simulated: a clock, a list of what is to come, queues and
// agents. What it leaves behind is the history in its slices.
type site struct {
	cfg      Config
	id       wfm.Site
	loc      *time.Location
	interval time.Duration
	window   Span
	names    []wfm.Workgroup
	statuses []Status
	down     []Span
	silent   []Span

	rng    *rand.Rand // of the work: talk, patience, alerts
	now    Instant
	epoch  int // rises with each stop of the server and kills what was under way
	up     bool
	events eventHeap
	nextID int
	queues []queue
	agents []*agent

	contacts    []*Contact
	calls       []PersonalCall
	states      []State
	activations []Activation
}

// event is something to come. Events of one second run in the order in which they were planned.
type event struct {
	at    Instant
	id    int
	epoch int // 0: outlives a stop of the server
	run   func()
}

func newSite(c *Centre, index int, loc *time.Location, hired []newHire) *site {
	conf := c.cfg.Sites[index]
	s := &site{
		cfg: c.cfg, id: conf.ID, loc: loc, interval: conf.Interval, window: c.window, names: c.workgroups,
		statuses: c.statuses, rng: newRand(c.cfg.Seed, streamWork, index), epoch: 1, up: true, now: c.window.Start,
		queues: make([]queue, len(c.workgroups)),
	}
	for _, h := range hired {
		if h.Site == s.id {
			s.agents = append(s.agents, newAgent(s, h))
		}
	}
	server := newRand(c.cfg.Seed, streamServer, index)
	s.planRestarts(server)
	s.planSilence(server)
	s.planShifts(newRand(c.cfg.Seed, streamHire, index+1))
	s.planArrivals(newRand(c.cfg.Seed, streamArrivals, index), index)
	return s
}

// run plays all events before the end of the window.
func (s *site) run() {
	for s.events.Len() > 0 && s.events[0].at < s.window.End {
		e := heap.Pop(&s.events).(event)
		if e.epoch != 0 && e.epoch != s.epoch {
			continue
		}
		s.now = e.at
		e.run()
	}
	for _, a := range s.agents {
		s.states = append(s.states, a.state) // still under way: no End
	}
}

// at plans something that dies with the server.
func (s *site) at(t Instant, run func()) { s.plan(t, s.epoch, run) }

// always plans something that happens whether or not the server stopped before.
func (s *site) always(t Instant, run func()) { s.plan(t, 0, run) }

func (s *site) plan(t Instant, epoch int, run func()) {
	s.nextID++
	heap.Push(&s.events, event{t, s.nextID, epoch, run})
}

// stop is the server going down: everything under way is lost.
func (s *site) stop() {
	s.up = false
	s.epoch++
	for i := range s.queues {
		for _, l := range s.queues[i].waiting {
			d := l.data()
			d.Outcome, d.Left = Lost, s.now
			if l.alerting != nil {
				ring := &d.Alerts[len(d.Alerts)-1]
				ring.Ring.End, ring.Cut = s.now, true
			}
		}
		s.queues[i].waiting = nil
	}
	for _, a := range s.agents {
		a.cutOff()
	}
}

// start is the server coming up again: whoever is on shift logs on within a minute or two.
func (s *site) start() {
	s.up = true
	for _, a := range s.agents {
		if a.onShift {
			s.at(s.now+Instant(5+s.rng.IntN(115)), a.logOn)
		}
	}
}

// planRestarts draws one stop on each of the first days that have one, at a busy hour and off the
// grid.
func (s *site) planRestarts(rng *rand.Rand) {
	for day := 0; day < s.days() && len(s.down) < s.cfg.Restarts; day++ {
		noon := s.localDay(day, 10*hour+rng.IntN(5*hour))
		from := noon - noon%60 + Instant(7+rng.IntN(46))
		to := from + Instant(130+rng.IntN(400))
		if from <= s.window.Start || to >= s.window.End {
			continue
		}
		s.down = append(s.down, Span{from, to})
		s.always(from, s.stop)
		s.always(to, s.start)
	}
}

// planSilence draws spans of whole intervals whose rows get lost.
func (s *site) planSilence(rng *rand.Rand) {
	for range s.cfg.SilentSpans {
		t := s.window.Start + Instant(rng.Int64N(int64(s.window.End-s.window.Start)))
		from := s.floor(t)
		if from < s.window.Start {
			from = s.next(t)
		}
		to := from
		for range 2 + rng.IntN(3) {
			to = min(s.next(to), s.window.End)
		}
		if from < to {
			s.silent = append(s.silent, Span{from, to})
		}
	}
}

// localDay returns the instant of a second of a day of the site, counted from the first day of
// the window at this site. On a day of a clock change the clock decides.
func (s *site) localDay(day, second int) Instant {
	y, m, d := s.window.Start.Time().In(s.loc).Date()
	return At(time.Date(y, m, d+day, 0, 0, second, 0, s.loc))
}

// days is how many local days the window touches.
func (s *site) days() int {
	n := 1
	for s.localDay(n, 0) < s.window.End {
		n++
	}
	return n
}

type eventHeap []event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	if h[i].at != h[j].at {
		return h[i].at < h[j].at
	}
	return h[i].id < h[j].id
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(event)) }
func (h *eventHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	*h = old[:len(old)-1]
	return e
}
