package rta

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// DefaultBacklog is how many changes wait for a watcher before changes of one agent are merged.
const DefaultBacklog = 8192

// WatchOptions say what a watcher sees.
type WatchOptions struct {
	// Servers are configured names; nil means all.
	Servers []string
	// Workgroups are those of the stream's query whose members are seen, letter case ignored; nil means all.
	Workgroups []wfm.Workgroup
	Level      wfm.QueueLevel
	// Backlog is how many changes may wait; beyond it those of one agent are merged into its last
	// waiting one. 0 means DefaultBacklog. So at most Backlog changes and one per agent are held.
	Backlog int
}

// Watcher is one receiver's view of a stream. Snapshot, Drain and Refresh are for one goroutine; Close may be
// called from any.
type Watcher struct {
	stream   *Stream
	group    *group
	level    wfm.QueueLevel
	selected []string // folded workgroups; nil: all
	limit    int
	ready    chan struct{}

	mu     sync.Mutex // guards what follows; taken after the stream's lock
	queue  []wfm.StatusChange
	agents []int32       // agent numbers of the queue, beside it
	last   map[int32]int // the last waiting change per agent; nil below the limit
	chosen []chosen      // by agent number, where workgroups are selected
	merged uint64
	closed bool
}

// chosen remembers which of an agent's workgroups the watcher sees.
type chosen struct{ from, seen []wfm.Workgroup }

// Watch starts a view. Its first call should be Snapshot.
func (s *Stream) Watch(o WatchOptions) (*Watcher, error) {
	w := &Watcher{stream: s, level: min(o.Level, wfm.LevelVerbose), limit: o.Backlog, ready: make(chan struct{}, 1)}
	if w.limit <= 0 {
		w.limit = DefaultBacklog
	}
	for _, name := range o.Workgroups {
		w.selected = append(w.selected, strings.ToLower(string(name)))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	mask, err := s.maskOf(o.Servers)
	if err != nil {
		return nil, err
	}
	w.group = s.groupOf(mask)
	w.group.watchers = append(w.group.watchers, w)
	return w, nil
}

// Close ends the view. Nothing is noticed any more.
func (w *Watcher) Close() {
	w.stream.mu.Lock()
	defer w.stream.mu.Unlock()
	if i := slices.Index(w.group.watchers, w); i >= 0 {
		w.group.watchers = slices.Delete(w.group.watchers, i, i+1)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed, w.queue, w.agents, w.last, w.chosen = true, nil, nil, nil, nil
}

// Snapshot returns the present state of every agent, sorted by id, and forgets the waiting changes:
// all that happens from now on comes out of Drain.
func (w *Watcher) Snapshot() []wfm.AgentState {
	_, present := w.Refresh(nil)
	return present
}

// Refresh returns all waiting changes, as Drain does, and the state of every agent after them, sorted by id. A receiver
// that is told everything anew gets both, since a snapshot alone does not say who left.
func (w *Watcher) Refresh(buf []wfm.StatusChange) (changes []wfm.StatusChange, present []wfm.AgentState) {
	changes, present = w.refresh(buf)
	slices.SortFunc(present, func(a, b wfm.AgentState) int { return cmp.Compare(a.Agent, b.Agent) })
	return changes, present
}

func (w *Watcher) refresh(buf []wfm.StatusChange) ([]wfm.StatusChange, []wfm.AgentState) {
	w.stream.mu.Lock()
	defer w.stream.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.drain(buf), w.present()
}

// present is the state of every agent, in no order. The stream's lock and w.mu are held.
func (w *Watcher) present() []wfm.AgentState {
	var list []wfm.AgentState
	for n := range w.group.people {
		p := &w.group.people[n]
		if !p.known {
			continue
		}
		s := p.state(w.level, w.stream.servers[p.server].name)
		if s.Workgroups = w.choose(n, s.Workgroups); s.InAdherence() {
			list = append(list, s)
		}
	}
	return list
}

// Ready receives when Drain has something, or the health of a server is another.
func (w *Watcher) Ready() <-chan struct{} { return w.ready }

// Drain returns all waiting changes, in order per agent. It takes the memory of buf, whose content
// is lost, for the changes to come: give it back what it returned before.
func (w *Watcher) Drain(buf []wfm.StatusChange) []wfm.StatusChange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.drain(buf)
}

// kept is how many changes a watcher at rest has memory for. What a long backlog took is given back.
const kept = 1024

func (w *Watcher) drain(buf []wfm.StatusChange) []wfm.StatusChange {
	list := w.queue
	if cap(buf) > kept {
		buf = nil
	}
	clear(buf) // keeps no strings alive
	w.queue, w.agents, w.last = buf[:0], w.agents[:0], nil
	if cap(w.agents) > kept {
		w.agents = nil
	}
	return list
}

// Waiting returns how many changes wait, and how many were merged since the watch began.
func (w *Watcher) Waiting() (changes int, merged uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.queue), w.merged
}

// Health says whether all servers of the view are up. A server whose link was lost counts as up
// until Times.Grace has passed, so that a short break is no news. One that lost its licence is not missed, unless no
// other is left. Whoever tells changes and health in order asks for the health first: what it is due to waits then.
func (w *Watcher) Health() wfm.FeedHealth {
	w.stream.mu.Lock()
	defer w.stream.mu.Unlock()
	return w.group.health(w.stream)
}

// Servers returns the health of the servers of the view, in the order of the stream's.
func (w *Watcher) Servers() []ServerHealth {
	w.stream.mu.Lock()
	defer w.stream.mu.Unlock()
	return w.stream.healths(w.group.mask)
}

// Now returns the present time in the clock of the view's first server that is up, in UTC. Where none is up it is the clock of the first
// that was, so that the times of heartbeats do not jump while a server is away.
func (w *Watcher) Now() time.Time {
	w.stream.mu.Lock()
	defer w.stream.mu.Unlock()
	now := time.Now().UTC()
	var skew time.Duration
	known := false
	for i, srv := range w.stream.servers {
		switch {
		case w.group.mask&(1<<i) == 0 || srv.health.Connects == 0:
		case srv.health.State == ServerUp:
			return now.Add(srv.health.Skew)
		case !known:
			skew, known = srv.health.Skew, true
		}
	}
	return now.Add(skew)
}

// Update is one piece of news: exactly one field is set.
type Update struct {
	Snapshot []wfm.AgentState
	Change   *wfm.StatusChange // valid until the next update
	Health   []ServerHealth
}

// Updates yields the health of the servers, a snapshot, and then changes and healths as they happen, until
// ctx ends. It is what most users of a watcher want; a host with timers uses Ready and Drain.
func (w *Watcher) Updates(ctx context.Context) iter.Seq[Update] {
	return func(yield func(Update) bool) {
		health := w.Servers()
		snapshot := w.Snapshot()
		if snapshot == nil {
			snapshot = []wfm.AgentState{}
		}
		if !yield(Update{Health: health}) || !yield(Update{Snapshot: snapshot}) {
			return
		}
		var buf []wfm.StatusChange
		for {
			select {
			case <-ctx.Done():
				return
			case <-w.ready:
			}
			now := w.Servers() // first, so that a server that is up again has had its changes told
			buf = w.Drain(buf)
			for i := range buf {
				if !yield(Update{Change: &buf[i]}) {
					return
				}
			}
			if slices.EqualFunc(now, health, sameHealth) {
				continue
			}
			if health = now; !yield(Update{Health: now}) {
				return
			}
		}
	}
}

func sameHealth(a, b ServerHealth) bool {
	return a.State == b.State && a.Host == b.Host && a.Reason == b.Reason
}

// choose returns those of an agent's workgroups that the watcher sees. w.mu is held.
func (w *Watcher) choose(n int, from []wfm.Workgroup) []wfm.Workgroup {
	if w.selected == nil || len(from) == 0 {
		return from
	}
	for len(w.chosen) <= n {
		w.chosen = append(w.chosen, chosen{})
	}
	c := &w.chosen[n]
	if len(c.from) == len(from) && &c.from[0] == &from[0] {
		return c.seen
	}
	c.from, c.seen = from, nil
	for _, g := range from {
		if slices.Contains(w.selected, strings.ToLower(string(g))) {
			c.seen = append(c.seen, g)
		}
	}
	return c.seen
}

// notice takes a change of agent n in, if it is one in this view. The stream's lock is held.
func (w *Watcher) notice(n int, old, now *person, s *Stream) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var c wfm.StatusChange
	if old.known {
		c.Before = old.state(w.level, s.servers[old.server].name)
		c.Before.Workgroups = w.choose(n, c.Before.Workgroups)
	}
	if now.known {
		c.Now = now.state(w.level, s.servers[now.server].name)
		c.Now.Workgroups = w.choose(n, c.Now.Workgroups)
	} else {
		c.Now = c.Before
		c.Now.Workgroups = nil
	}
	if !c.Before.InAdherence() {
		c.Before = wfm.AgentState{}
	}
	if !c.Now.InAdherence() {
		if !c.Before.InAdherence() {
			return
		}
		c.Now.Since = s.clock(int(old.server))
	} else if c.Before.Same(&c.Now) {
		return
	}
	c.Until = c.Now.Since
	w.put(int32(n), &c)
}

// put queues a change, or merges it where the backlog is full. w.mu is held.
func (w *Watcher) put(n int32, c *wfm.StatusChange) {
	if len(w.queue) >= w.limit {
		if w.last == nil {
			w.last = make(map[int32]int, len(w.queue))
			for i, agent := range w.agents {
				w.last[agent] = i
			}
		}
		if i, ok := w.last[n]; ok {
			waiting := &w.queue[i]
			waiting.Now = c.Now
			waiting.Merged += c.Merged + 1
			w.merged++
			return
		}
		w.last[n] = len(w.queue)
	}
	w.queue, w.agents = append(w.queue, *c), append(w.agents, n)
	w.wake()
}

func (w *Watcher) wake() {
	select {
	case w.ready <- struct{}{}:
	default:
	}
}
