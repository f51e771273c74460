package links

import (
	"context"
	"time"
)

// Farewell is how long a link stays usable after the stop of the service, where nobody says else.
const Farewell = 2 * time.Second

// Scope is the life of one link: from the moment it can be used until it is closed.
type Scope struct {
	// Handler is the context of the link's handler. It ends when the peer is lost, with that as its
	// cause, or when the service stops, with context.Canceled as its cause.
	Handler context.Context

	lose  context.CancelCauseFunc
	ended chan struct{}
	stop  func() (never bool)
	done  chan struct{}
}

// Open begins a scope. When service ends, the handler's context ends with it; after the farewell, if
// the scope has not ended by then, cut is called, which must unblock whatever uses the link.
func Open(service context.Context, farewell time.Duration, cut func()) *Scope {
	// The handler's context is no child of the service's: whatever ends that, the handler is told
	// the one cause that the contract names.
	handler, lose := context.WithCancelCause(context.WithoutCancel(service))
	s := &Scope{Handler: handler, lose: lose, ended: make(chan struct{}), done: make(chan struct{})}
	s.stop = context.AfterFunc(service, func() {
		defer close(s.done)
		lose(context.Canceled)
		timer := time.NewTimer(farewell)
		defer timer.Stop()
		select {
		case <-s.ended:
		case <-timer.C:
			cut()
		}
	})
	return s
}

// Lose ends the handler's context because the peer is gone.
func (s *Scope) Lose(cause error) { s.lose(cause) }

// End ends the scope. It is called once, after the handler has returned; nothing runs any more when
// it returns.
func (s *Scope) End() {
	close(s.ended)
	if !s.stop() {
		<-s.done
	}
	s.lose(context.Canceled)
}

// Reason is why the link ended: what the handler returned, or what ended its context before. It is
// nil where the handler simply finished, or the service stopped. It must be asked before End.
func (s *Scope) Reason(returned error) error {
	if s.Handler.Err() == nil {
		return returned
	}
	cause := context.Cause(s.Handler)
	switch {
	case cause == context.Canceled: // exactly this one means a stop
		return returned
	case returned == nil || returned == context.Canceled: // the handler's bare ctx.Err()
		return cause
	}
	return returned
}
