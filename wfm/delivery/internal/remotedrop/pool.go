package remotedrop

import (
	"context"
	"errors"
	"sync"
	"time"
)

// pool keeps sessions for a short time, since logging in costs more than most files. It bounds how many
// are open, because servers do.
type pool struct {
	server Server
	keep   time.Duration
	free   chan struct{} // holds one token for each session that may still be opened or is idle

	mu     sync.Mutex
	idle   []*idleSession
	closed int // how many times; a session that was taken before is not kept after
}

// taken is a session at work.
type taken struct {
	Session
	closed int
}

type idleSession struct {
	Session
	timer *time.Timer
}

func newPool(server Server, most int, keep time.Duration) *pool {
	p := &pool{server: server, keep: keep, free: make(chan struct{}, most)}
	for range most {
		p.free <- struct{}{}
	}
	return p
}

// get returns an idle session that still answers, or opens one.
func (p *pool) get(ctx context.Context) (taken, error) {
	select {
	case <-p.free:
	case <-ctx.Done():
		return taken{}, ctx.Err()
	}
	p.mu.Lock()
	closed := p.closed
	p.mu.Unlock()
	if s := p.takeIdle(ctx); s != nil {
		return taken{s, closed}, nil
	}
	s, err := p.server.Dial(ctx)
	if err != nil {
		p.free <- struct{}{}
	}
	return taken{s, closed}, err
}

// takeIdle returns the idle session that was used last, if it still answers: servers close what is quiet for long.
func (p *pool) takeIdle(ctx context.Context) Session {
	for {
		p.mu.Lock()
		n := len(p.idle)
		if n == 0 {
			p.mu.Unlock()
			return nil
		}
		s := p.idle[n-1]
		p.idle = p.idle[:n-1]
		p.mu.Unlock()
		s.timer.Stop()
		if s.Ping(ctx) != nil {
			_ = s.Close()
			continue
		}
		return s.Session
	}
}

// put gives a session back: a good one is kept for a while.
func (p *pool) put(s taken, good bool) {
	// Only here may the next one be opened: the server must not see one too many.
	defer func() { p.free <- struct{}{} }()
	p.mu.Lock()
	if good && p.keep >= 0 && s.closed == p.closed {
		kept := &idleSession{Session: s.Session}
		kept.timer = time.AfterFunc(p.keep, func() { p.drop(kept) })
		p.idle = append(p.idle, kept)
		p.mu.Unlock()
		return
	}
	p.mu.Unlock()
	_ = s.Close()
}

// drop closes an idle session whose time is over, unless it was taken meanwhile.
func (p *pool) drop(s *idleSession) {
	p.mu.Lock()
	found := false
	for i, k := range p.idle {
		if k == s {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			found = true
			break
		}
	}
	p.mu.Unlock()
	if found {
		_ = s.Close()
	}
}

func (p *pool) closeIdle() error {
	p.mu.Lock()
	list := p.idle
	p.idle = nil
	p.closed++
	p.mu.Unlock()
	var errs []error
	for _, s := range list {
		s.timer.Stop()
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
