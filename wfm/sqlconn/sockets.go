package sqlconn

import (
	"context"
	"net"
	"sync"
	"time"
)

// sockets are those that the driver opened for one connection: more than one where it asked a browser
// service, was redirected, or tried several addresses.
type sockets struct {
	mu   sync.Mutex
	list []net.Conn
	gone bool
}

// add tells whether the socket may be used.
func (s *sockets) add(c net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		s.list = append(s.list, c)
	}
	return !s.gone
}

// cut closes all, for good. The driver may have closed some before, which is no fault.
func (s *sockets) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
	for _, c := range s.list {
		_ = c.Close()
	}
	s.list = nil
}

func (s *sockets) isCut() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.gone
}

// watch cuts when grace has passed after the end of ctx, unless it is released before. release tells whether
// ctx ended; nothing runs any more when it returns. It may be called once.
func (s *sockets) watch(ctx context.Context, grace time.Duration) (release func() (ended bool)) {
	released, done := make(chan struct{}), make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(done)
		timer := time.NewTimer(grace)
		defer timer.Stop()
		select {
		case <-released:
		case <-timer.C:
			s.cut()
		}
	})
	return func() bool {
		if stop() {
			return false
		}
		close(released)
		<-done
		return true
	}
}
