package icws

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// monitor is the life of one session of Run. Two goroutines share it: one reads messages and applies them, the
// other sets up subscriptions and keeps house. mu is held while state changes and while emit runs, never
// during a request.
type monitor struct {
	c      *Client
	s      *session
	q      rta.Query
	queues bool // queue contents are watched
	past   memory
	wake   chan struct{}
	raw    atomic.Int64 // when bytes last came, or reading last began to wait (unix nanoseconds)
	waits  atomic.Bool  // the reader waits for bytes
	pings  atomic.Bool  // the server sends keep-alive comments
	sse    atomic.Bool  // messages are streamed

	mu       sync.Mutex
	emitTo   func(rta.Event) error
	failed   error     // of emit: nothing is emitted after it
	out      rta.Facts // reused for each event
	msg      message   // reused for each message
	ignored  map[string]int
	remarked map[string]bool

	agents, folded map[string]*agent // by id as spelled, and folded
	groups         map[string]wfm.Workgroup
	defs           definitions
	defsTold       bool
	lastDefs       []wfm.StatusDefinition

	usersSubscribed bool // the final set of user ids is subscribed to, or is being
	firstUsers      bool // its first full update has come
	gen             int  // of full updates
	resubscribe     bool // a full update left out many agents

	watches    map[string]*queueWatch // by subscription id
	watchCount int
	awaited    int // watches whose first contents have not come

	ready  bool // set up
	synced bool

	membersDirty bool
	feedBase     map[string]map[string]bool // members by workgroup as the change feed should first tell them
	asks         []*agent

	// Only the housekeeper uses these.
	answers     []askedFor
	answered    time.Time
	noExtension bool
	resubs      struct {
		needed, shrink bool
		failures       int
		last           time.Time
	}
	feedIDs struct{ workgroups, users string } // what the change feeds are subscribed to
	due     struct{ members, heartbeat, sync time.Time }
	beats   bool
	doubt   time.Time // since when a silent stream is tested; zero while none is
	readAt  time.Time // membership
}

func newMonitor(c *Client, s *session, q rta.Query, emit func(rta.Event) error) *monitor {
	c.mu.Lock()
	past := c.memory
	c.mu.Unlock()
	m := &monitor{c: c, s: s, q: q, queues: q.Queues && s.features["queues"] >= 1, past: past, emitTo: emit, wake: make(chan struct{}, 1),
		ignored: map[string]int{}, remarked: map[string]bool{}, agents: map[string]*agent{}, folded: map[string]*agent{},
		groups: map[string]wfm.Workgroup{}, watches: map[string]*queueWatch{}, beats: true}
	for _, g := range q.Workgroups {
		m.groups[fold(string(g))], m.groups[string(g)] = g, g
	}
	m.sse.Store(!c.opt.Polling && s.features["messaging"] >= 2)
	m.touch()
	return m
}

// emit hands an event to the stream; the caller holds mu.
func (m *monitor) emit(e rta.Event) error {
	if m.failed == nil {
		m.failed = m.emitTo(e)
	}
	return m.failed
}

// fatal tells whether an error of a request beside the messages ends the session.
func fatal(ctx context.Context, err error) bool { return err != nil && (ctx.Err() != nil || gone(err)) }

// reason is what a remark says of an error.
func reason(err error) string {
	var e *wfm.Error
	if errors.As(err, &e) && e.Err != nil {
		return e.Op + ": " + e.Err.Error()
	}
	return err.Error()
}

// run reads messages and keeps house until the first of them fails.
func (m *monitor) run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := m.locked(func() error {
		return m.emit(rta.Event{Kind: rta.Connected, Host: m.s.at.name, Skew: m.s.skew})
	}); err != nil {
		return err
	}
	var reader sync.WaitGroup
	reader.Go(func() { cancel(m.receive(ctx)) })
	err := m.setUp(ctx)
	if err == nil {
		err = m.keepHouse(ctx)
	}
	cancel(err)
	reader.Wait()
	if m.synced { // a session that failed before knows less than the one before it
		m.c.mu.Lock()
		m.c.memory = m.keep()
		m.c.mu.Unlock()
	}
	if len(m.ignored) > 0 {
		m.c.opt.Logger.Debug("ICWS messages of other types were ignored", "host", m.s.at.name, "counts", fmt.Sprint(m.ignored))
	}
	return context.Cause(ctx)
}

func (m *monitor) locked(f func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return f()
}

// apply takes one message.
func (m *monitor) apply(b []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	msg := &m.msg
	if err := msg.decode(b); err != nil {
		return badData(m.s.at.name, "message", err)
	}
	if err := m.dispatch(msg); err != nil {
		return err
	}
	if m.ready && !m.synced {
		return m.trySync(false)
	}
	return nil
}

func (m *monitor) dispatch(msg *message) error {
	switch msg.kind() {
	case messageUsers:
		return m.applyUsers(msg.full(), msg.Users)
	case messageStatuses:
		return m.applyDefinitions(msg.full(), msg.StatusesAdded, msg.StatusesChanged, msg.StatusesRemoved)
	case messageQueue:
		return m.applyQueue(msg)
	case messageConnection:
		if msg.ConnectionState == stateDown {
			var again *bool
			if msg.ShouldReconnect.set {
				again = &msg.ShouldReconnect.on
			}
			return m.s.down(msg.Reason.String(), again)
		}
	case messageSubscription:
		return m.subscriptionState(msg)
	case messageQueueSubscription:
		if w := m.watches[string(msg.SubscriptionID.bytes())]; w != nil && msg.State != subscriptionNormal {
			w.dirty = true
		}
	case messageConfigWorkgroups:
		m.noticeWorkgroups(msg)
	case messageConfigUsers:
		return m.noticeUsers(msg)
	default:
		if name := wfm.Quote(m.s.scrub(msg.Type.String())); len(m.ignored) < 100 || m.ignored[name] > 0 {
			m.ignored[name]++
		}
	}
	return nil
}

// The values of subscriptionState that matter.
const (
	subscriptionNormal  = 1
	subscriptionFaulted = 3
)

// subscriptionState: the message does not say which subscription faulted, so everything is subscribed to anew.
func (m *monitor) subscriptionState(msg *message) error {
	text := ""
	if msg.Error != nil {
		text = ": " + wfm.Quote(m.s.scrub(msg.Error.Message))
	}
	switch msg.State {
	case subscriptionFaulted:
		return &wfm.Error{Op: "ICWS subscription", Kind: wfm.Unavailable, Retry: true, After: m.c.opt.RoundWait,
			Err: errors.New(m.s.at.name + " gave up a subscription" + text)}
	case subscriptionNormal:
		return nil
	}
	return m.remark("the server suspended a subscription" + text)
}

// trySync says Synced when everything has been told, or at last when forced; the caller holds mu.
func (m *monitor) trySync(forced bool) error {
	if !forced && (m.awaited > 0 || !m.firstUsers && len(m.agents) > 0) {
		return nil
	}
	if m.awaited > 0 {
		if err := m.remark(fmt.Sprintf("the queue contents of %d subscriptions were not told within %s", m.awaited, m.c.opt.SyncTimeout)); err != nil {
			return err
		}
		for _, w := range m.watches {
			if err := m.giveUp(w); err != nil {
				return err
			}
		}
	}
	untold := 0
	for _, a := range m.agents {
		if !a.told {
			untold++
		}
	}
	if untold > 0 {
		if err := m.remark(fmt.Sprintf("the server tells no status of %d of %d agents: check the right of the CIC user to view them", untold, len(m.agents))); err != nil {
			return err
		}
	}
	m.synced = true
	return m.emit(rta.Event{Kind: rta.Synced})
}
