package integration

import (
	"context"
	"sync"
)

// turns lets one call at a time work under a name of the ledger. The name decides and not the object: after Update a backfill
// may still work on the feed that was, while Run begins with the one that is.
type turns struct {
	mu   sync.Mutex
	list map[string]*turn // those that somebody has or waits for
}

type turn struct {
	token chan struct{}
	users int
}

// take waits for the turn, or until ctx ends. done gives it to the next.
func (t *turns) take(ctx context.Context, name string) (done func(), err error) {
	t.mu.Lock()
	if t.list == nil {
		t.list = map[string]*turn{}
	}
	one := t.list[name]
	if one == nil {
		one = &turn{token: make(chan struct{}, 1)}
		t.list[name] = one
	}
	one.users++
	t.mu.Unlock()
	leave := func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if one.users--; one.users == 0 {
			delete(t.list, name)
		}
	}
	select {
	case one.token <- struct{}{}:
		return func() { <-one.token; leave() }, nil
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
}
