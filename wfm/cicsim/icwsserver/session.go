package icwsserver

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// message is one message as its JSON.
type message struct {
	json []byte
	// subject is what a delta is about; empty for messages that are about everything.
	subject string
	cut     bool // to be sent broken
}

// subscription is what a session has subscribed to. All calls are made under CIC.mu.
type subscription interface {
	full()   // tells everything anew, with isDelta false
	detach() // hears nothing any more
}

// session is one client's log-on at one host.
type session struct {
	server  *Server
	id      string
	cookie  string
	csrf    string
	user    string // as logged on
	subs    map[string]subscription
	state   int // connectionState
	reason  string
	again   *bool // shouldReconnect
	retired bool  // no more messages are accepted; ends when those that wait are read

	seen time.Time // last request; guarded by CIC.mu

	mu    sync.Mutex // guards what follows; taken after CIC.mu where both are needed
	queue []message
	held  *message // waits for its successor, which overtakes it
	late  *time.Timer
	over  bool // ended
	fell  bool // fell behind; about to be ended

	wake   chan struct{} // capacity 1: the queue or the reader changed
	reader *reader       // the present reader of messages
}

// reader is one poll or stream that reads messages. A newer one replaces it.
type reader struct {
	gone    chan struct{} // closed when replaced, dropped, or when the session ended
	dropped bool          // the connection is to be broken in the middle of an event; set before gone is closed
}

// push hands a message to the session. It never blocks: a session that falls behind its bound is ended.
func (s *session) push(m message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over || s.fell || s.retired {
		return
	}
	f := &s.server.pair.faults
	if f.take(&f.unknown) {
		s.queue = append(s.queue, message{json: []byte(unknownMessage)})
		m.json = withUnknownField(m.json)
	}
	if f.take(&f.cut) {
		m.cut = true
	}
	twice := f.take(&f.duplicate)
	switch {
	case s.held != nil:
		first := *s.held
		s.held = nil
		if m.subject != "" && m.subject != first.subject {
			s.queue = append(s.queue, m, first)
		} else {
			s.queue = append(s.queue, first, m)
		}
	case m.subject != "" && f.take(&f.reorder):
		s.held = &m
		s.late = time.AfterFunc(heldFor, s.release)
		return
	default:
		s.queue = append(s.queue, m)
	}
	if twice {
		s.queue = append(s.queue, m)
	}
	if len(s.queue) > s.server.pair.opt.QueueBound {
		s.fell = true
		s.server.cic.doomed = append(s.server.cic.doomed, s)
		return
	}
	s.signal()
}

// heldFor is how long a message waits to be overtaken.
const heldFor = time.Second

// release lets a message go that no other has overtaken.
func (s *session) release() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held != nil {
		s.queue = append(s.queue, *s.held)
		s.held = nil
		s.signal()
	}
}

func (s *session) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// take removes all waiting messages for the present reader; last says that the session has ended with them. A
// reader that was replaced gets nothing, since they are for its successor.
func (s *session) take(r *reader, into []message) (list []message, last bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != r {
		return into, false
	}
	list = append(into, s.queue...)
	clear(s.queue)
	s.queue = s.queue[:0]
	return list, s.over || s.retired && s.held == nil
}

// subscribe puts a subscription into the place of an older one of that path and sends its first message.
func (s *session) subscribe(path string, sub subscription) {
	s.unsubscribe(path)
	s.subs[path] = sub
	sub.full()
}

func (s *session) unsubscribe(path string) {
	if old := s.subs[path]; old != nil {
		old.detach()
		delete(s.subs, path)
	}
}

// refill tells every subscription anew.
func (s *session) refill() {
	paths := make([]string, 0, len(s.subs))
	for path := range s.subs {
		paths = append(paths, path)
	}
	slices.SortFunc(paths, strings.Compare)
	for _, path := range paths {
		s.subs[path].full()
	}
}

// retire sends a last message and accepts no more; the session ends when it is read.
func (s *session) retire(reason string, again bool) {
	s.detachAll()
	s.push(message{json: marshal(stateChange{Type: typePrefix + "connection:connectionStateChangeMessage", Previous: stateUp, New: stateDown,
		Reason: reason, ShouldReconnect: again})})
	s.state, s.reason, s.again = stateDown, reason, &again
	s.mu.Lock()
	s.retired = true
	s.mu.Unlock()
	s.signal()
}

func (s *session) detachAll() {
	for path, sub := range s.subs {
		sub.detach()
		delete(s.subs, path)
	}
}

// end forgets the session; whoever reads is let go. Called under CIC.mu, as often as one likes.
func (s *session) end() {
	s.detachAll()
	s.state = stateDown
	if s.server.sessions[s.id] == s {
		delete(s.server.sessions, s.id)
		s.server.remember(s.id)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return
	}
	s.over = true
	s.queue, s.held = nil, nil
	if s.late != nil {
		s.late.Stop()
	}
	if s.reader != nil {
		close(s.reader.gone)
		s.reader = nil
	}
}

// read makes the caller the reader of the session, in the place of an older one.
func (s *session) read() (r *reader, replaced, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return nil, false, false
	}
	if s.reader != nil {
		close(s.reader.gone)
		replaced = true
	}
	s.reader = &reader{gone: make(chan struct{})}
	s.signal() // what waits is for the new reader
	return s.reader, replaced, true
}

func (s *session) stopReading(r *reader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader == r {
		s.reader = nil
	}
	s.signal() // r may have taken a signal that was meant for its successor
}

// drop breaks the connection of the present reader.
func (s *session) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.reader != nil {
		s.reader.dropped = true
		close(s.reader.gone)
		s.reader = nil
	}
}
