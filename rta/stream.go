package rta

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Server is one CIC server as a part of a stream; a switchover pair is one server.
type Server struct {
	// Name identifies the server in states, health and messages.
	Name   string
	Source Source
}

// Options configure a stream.
type Options struct {
	Servers []Server // at least one, at most 64; their order breaks ties
	// Query is what all watchers together need. Its workgroups may not be empty.
	Query Query
	Times Times
	// Logger receives what happens; nil discards it.
	Logger *slog.Logger
}

// Times are the waits of a stream. The zero value is right for most.
type Times struct {
	// Grace is how long a lost server counts as healthy for feeds; 0 means 5 seconds.
	Grace time.Duration
	// Switchover is how long a lost server is said to be switching over before it is down; 0 means
	// 150 seconds, the longest time that CIC's documentation gives clients for it.
	Switchover time.Duration
	// Backoff and MaxBackoff bound the wait before a server is tried again, which is drawn evenly
	// between zero and a span that doubles with each failure; 0 means 1 second and 1 minute. An error that asks for a
	// longer wait gets it.
	Backoff, MaxBackoff time.Duration
}

func (t Times) orDefaults() Times {
	t.Grace = orDefault(t.Grace, 5*time.Second)
	t.Switchover = orDefault(t.Switchover, 150*time.Second)
	t.Backoff = orDefault(t.Backoff, time.Second)
	t.MaxBackoff = max(orDefault(t.MaxBackoff, time.Minute), t.Backoff)
	return t
}

// Stream holds one consistent state of all agents. It is safe for concurrent use.
type Stream struct {
	o   Options
	log *slog.Logger

	mu      sync.Mutex
	run     context.Context // of Run, nil before and after it
	follows sync.WaitGroup
	servers []*server // a removed one keeps its place, which is its bit in the masks of groups
	groups  []*group
	numbers map[wfm.AgentID]int // every spelling of an agent
	folded  map[string]int
}

// server is one server with what it told. The stream's lock guards all but its name.
type server struct {
	name      string
	source    Source
	interrupt context.CancelCauseFunc // ends the session, or the wait for the next one; nil before the first
	following bool
	removed   bool
	health    ServerHealth
	settled   bool          // was up once: its agents are shown
	barred    bool          // has no licence: nothing of it is shown
	late      bool          // the grace has passed since the link was lost
	timers    []*time.Timer // run while the server is switching over
	session   uint32
	people    []person // by agent number
	defs      []wfm.StatusDefinition
}

// NewStream makes a stream. The error joins every problem of the options.
func NewStream(o Options) (*Stream, error) {
	o.Times = o.Times.orDefaults()
	s := &Stream{o: o, log: o.Logger, numbers: map[wfm.AgentID]int{}, folded: map[string]int{}}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for _, srv := range o.Servers {
		s.servers = append(s.servers, newServer(srv))
	}
	return s, problems(o.Servers, o.Query)
}

func newServer(srv Server) *server {
	return &server{name: srv.Name, source: srv.Source, health: ServerHealth{Server: srv.Name}}
}

// problems checks what a stream is to follow.
func problems(servers []Server, q Query) error {
	var list []error
	if n := len(servers); n == 0 || n > MaxServers {
		list = append(list, wfm.Problem{Field: "Servers", Reason: fmt.Sprintf("are %d CIC servers", n), Remedy: "give 1 to 64"})
	}
	if len(q.Workgroups) == 0 {
		list = append(list, wfm.Problem{Field: "Query.Workgroups", Reason: "names no workgroup", Remedy: "name those whose members are in adherence"})
	}
	for i, srv := range servers {
		if srv.Name == "" || srv.Source == nil {
			list = append(list, wfm.Problem{Field: "Servers", Value: srv.Name, Reason: "has a server without name or source", Remedy: "give both"})
		}
		if slices.ContainsFunc(servers[:i], func(o Server) bool { return o.Name == srv.Name }) {
			list = append(list, wfm.Problem{Field: "Servers", Value: srv.Name, Reason: "stands twice", Remedy: "names are unique"})
		}
	}
	return errors.Join(list...)
}

// MaxServers is the most servers of a stream: so many bits a group's mask has.
const MaxServers = 64

func orDefault(d, standard time.Duration) time.Duration {
	if d <= 0 {
		return standard
	}
	return d
}

// Run follows all servers until ctx ends, and returns nil then. A server that is lost is connected
// again; no failure of one stops it or the others. It is called once.
func (s *Stream) Run(ctx context.Context) error {
	s.mu.Lock()
	s.run = ctx
	for i, srv := range s.servers {
		if !srv.removed {
			s.start(i)
		}
	}
	s.mu.Unlock()
	<-ctx.Done()
	s.mu.Lock()
	s.run = nil // nothing is started after this
	s.mu.Unlock()
	s.follows.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, srv := range s.servers {
		srv.stopTimers()
	}
	return nil
}

// start begins to follow a server. The lock is held.
func (s *Stream) start(i int) {
	if s.run == nil {
		return
	}
	srv := s.servers[i]
	srv.health.Since, srv.following = time.Now().UTC(), true
	ctx := s.run
	s.follows.Go(func() { s.follow(ctx, i, srv) })
}

// next prepares a session; ok is false where the server was removed.
func (s *Stream) next(ctx context.Context, srv *server) (session context.Context, source Source, q Query, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if srv.removed {
		srv.following, srv.interrupt = false, nil
		return nil, nil, q, false
	}
	session, srv.interrupt = context.WithCancelCause(ctx)
	return session, srv.source, s.o.Query, true
}

// follow keeps one server connected.
func (s *Stream) follow(ctx context.Context, i int, srv *server) {
	failures := 0
	for {
		session, source, query, ok := s.next(ctx, srv)
		if !ok {
			return
		}
		connected := false
		err := source.Run(session, query, func(e Event) error {
			connected = connected || e.Kind == Synced
			s.take(session, i, &e)
			return session.Err()
		})
		if ctx.Err() != nil {
			s.lost(i, errors.New("the stream was stopped"), time.Time{})
			return
		}
		if cause := context.Cause(session); cause != nil {
			s.lost(i, cause, time.Time{})
			failures = 0
			continue
		}
		if err == nil {
			err = errors.New("the source ended without a reason")
		}
		if connected {
			failures = 0
		}
		wait := s.wait(err, failures)
		failures++
		s.lost(i, err, time.Now().Add(wait))
		timer := time.NewTimer(wait)
		select {
		case <-session.Done(): // with ctx, or because there is something new to try
			timer.Stop()
			if ctx.Err() != nil {
				return
			}
			failures = 0
		case <-timer.C:
		}
		s.release(srv)
	}
}

// release ends the context of a session that is over.
func (s *Stream) release(srv *server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if srv.interrupt != nil {
		srv.interrupt(nil)
	}
}

// wait draws how long to wait after a failure. Even an error that says that trying again is of no use gets
// another try, late: an administrator may have mended the cause.
func (s *Stream) wait(err error, failures int) time.Duration {
	retry, after := wfm.ShouldRetry(err)
	span := min(s.o.Times.Backoff<<min(failures, 16), s.o.Times.MaxBackoff)
	wait := rand.N(span) + time.Millisecond
	if !retry {
		wait = s.o.Times.MaxBackoff
	}
	return max(wait, after)
}

// take applies an event of a server, unless its session has ended: Update may have come between, and what is removed stays
// so.
func (s *Stream) take(session context.Context, i int, e *Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if session.Err() != nil {
		return
	}
	srv := s.servers[i]
	srv.health.LastEvent = time.Now().UTC()
	switch e.Kind {
	case Connected:
		srv.session++
		srv.health.Host, srv.health.Skew = e.Host, e.Skew
		srv.health.Connects++
		s.log.Info("connected to a CIC server", "server", srv.name, "host", e.Host, "skew", e.Skew)
	case Statuses:
		srv.defs = slices.Clone(e.Statuses)
	case Agent:
		if e.Facts == nil || e.Facts.Agent == "" {
			return
		}
		n := s.number(e.Facts.Agent)
		for len(srv.people) <= n {
			srv.people = append(srv.people, person{})
		}
		p := &srv.people[n]
		p.session = srv.session
		if !p.known {
			srv.health.Agents++
		}
		if p.tell(e.Facts, s.clock(i)) {
			s.spread(i, n)
		}
	case AgentGone:
		if e.Facts != nil {
			if n, ok := s.folded[strings.ToLower(string(e.Facts.Agent))]; ok && n < len(srv.people) {
				s.gone(i, n)
			}
		}
	case Synced:
		s.synced(i)
	case Remark:
		if srv.health.remark(e.Text) {
			s.log.Warn("remark about a CIC server", "server", srv.name, "remark", wfm.OneLine(e.Text))
		}
	}
}

// synced ends the snapshot of a session: who was not told is gone, and the server is up.
func (s *Stream) synced(i int) {
	srv := s.servers[i]
	first := !srv.settled
	srv.settled, srv.barred = true, false
	for n := range srv.people {
		p := &srv.people[n]
		switch {
		case p.known && p.session != srv.session:
			s.gone(i, n)
		case p.known && first:
			s.spread(i, n)
		}
	}
	srv.stopTimers()
	s.log.Info("a CIC server told all agents", "server", srv.name, "host", srv.health.Host, "agents", srv.health.Agents)
	s.turn(i, ServerUp, "", time.Time{})
}

func (s *Stream) gone(i, n int) {
	if p := &s.servers[i].people[n]; p.known {
		*p = person{}
		s.servers[i].health.Agents--
		s.spread(i, n)
	}
}

// bar forgets everything of a server of which nothing may be shown.
func (s *Stream) bar(i int) {
	srv := s.servers[i]
	for n := range srv.people {
		s.gone(i, n)
	}
	srv.settled, srv.barred, srv.defs = false, true, nil
	srv.stopTimers()
}

// spread works an agent out anew in every group that holds the server.
func (s *Stream) spread(i, n int) {
	if !s.servers[i].settled {
		return
	}
	for _, g := range s.groups {
		if g.mask&(1<<i) != 0 {
			g.refresh(s, n)
		}
	}
}

// lost notes that a server is not connected.
func (s *Stream) lost(i int, err error, next time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	srv := s.servers[i]
	state := srv.health.State
	switch {
	case wfm.KindOf(err) == wfm.NotLicensed:
		s.bar(i)
		state = ServerDown
	case state == ServerUp:
		state = ServerSwitchingOver
		srv.late = false
		s.later(s.o.Times.Grace, i, func() { srv.late = true; s.wake(i) })
		s.later(s.o.Times.Switchover, i, func() { s.turn(i, ServerDown, srv.health.Reason, srv.health.Next) })
	case state == ServerConnecting:
		state = ServerDown
	}
	if !next.IsZero() {
		s.log.Warn("a CIC server is not connected", "server", srv.name, "state", state.String(), "error", err, "next", next.UTC())
	}
	s.turn(i, state, wfm.OneLine(err.Error()), next)
}

// later calls f with the lock held, unless the server is up before.
func (s *Stream) later(d time.Duration, i int, f func()) {
	srv := s.servers[i]
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if slices.Contains(srv.timers, timer) {
			f()
		}
	})
	srv.timers = append(srv.timers, timer)
}

// stopTimers makes that none of a server's timers acts any more.
func (srv *server) stopTimers() {
	for _, t := range srv.timers {
		t.Stop()
	}
	srv.timers = nil
}

// turn sets the state of a server and wakes who looks at it.
func (s *Stream) turn(i int, state ServerState, reason string, next time.Time) {
	h := &s.servers[i].health
	if h.State != state {
		h.Since = time.Now().UTC()
	}
	h.State, h.Reason, h.Next = state, reason, next.UTC()
	if next.IsZero() {
		h.Next = time.Time{}
	}
	s.wake(i)
}

func (s *Stream) wake(i int) {
	for _, g := range s.groups {
		if g.mask&(1<<i) != 0 {
			for _, w := range g.watchers {
				w.wake()
			}
		}
	}
}

// number returns the number of an agent; letter case is ignored.
func (s *Stream) number(agent wfm.AgentID) int {
	if n, ok := s.numbers[agent]; ok {
		return n
	}
	key := strings.ToLower(string(agent))
	n, ok := s.folded[key]
	if !ok {
		n = len(s.folded)
		s.folded[key] = n
	}
	s.numbers[agent] = n
	return n
}

// clock is the present second in the clock of a server. CIC's own times have whole seconds.
func (s *Stream) clock(i int) time.Time {
	return time.Now().UTC().Add(s.servers[i].health.Skew).Truncate(time.Second)
}

func (s *Stream) maskOf(names []string) (mask uint64, err error) {
	for i, srv := range s.servers {
		if names == nil && !srv.removed {
			mask |= 1 << i
		}
	}
	for _, name := range names {
		i := s.index(name)
		if i < 0 {
			return 0, wfm.Problem{Field: "Servers", Value: name, Reason: "is no server of the stream"}
		}
		mask |= 1 << i
	}
	if mask == 0 {
		return 0, wfm.Problem{Field: "Servers", Reason: "names no server", Remedy: "leave it nil for all"}
	}
	return mask, nil
}

// index returns the place of a server that is followed; -1 for none.
func (s *Stream) index(name string) int {
	return slices.IndexFunc(s.servers, func(srv *server) bool { return srv.name == name && !srv.removed })
}

// groupOf finds or makes the group of a set of servers.
func (s *Stream) groupOf(mask uint64) *group {
	for _, g := range s.groups {
		if g.mask == mask {
			return g
		}
	}
	g := &group{mask: mask}
	s.groups = append(s.groups, g)
	for n := range len(s.folded) {
		g.refresh(s, n)
	}
	return g
}

// Statuses returns the status messages of the given servers, nil for all, as far as they were told,
// each key once, letter case ignored; the first server that has it decides.
func (s *Stream) Statuses(servers []string) []wfm.StatusDefinition {
	s.mu.Lock()
	defer s.mu.Unlock()
	mask, err := s.maskOf(servers)
	if err != nil {
		return nil
	}
	var list []wfm.StatusDefinition
	seen := map[string]bool{}
	for i, srv := range s.servers {
		for _, d := range srv.defs {
			if key := strings.ToLower(string(d.Key)); mask&(1<<i) != 0 && !seen[key] {
				seen[key] = true
				list = append(list, d)
			}
		}
	}
	return list
}
