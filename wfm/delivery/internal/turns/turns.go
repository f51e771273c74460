// Package turns lets calls about one name take turns, while those about different names do not wait: transports
// use it, so that two deliveries of one file never meet.
package turns

import (
	"context"
	"sync"
)

// Turns is ready to use as its zero value, and safe for concurrent use.
type Turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the turn ends
}

// Take waits for the turn and returns what ends it.
func (t *Turns) Take(ctx context.Context, name string) (end func(), err error) {
	for {
		t.mu.Lock()
		before, busy := t.taken[name]
		if !busy {
			if t.taken == nil {
				t.taken = map[string]chan struct{}{}
			}
			mine := make(chan struct{})
			t.taken[name] = mine
			t.mu.Unlock()
			return func() {
				t.mu.Lock()
				defer t.mu.Unlock()
				delete(t.taken, name)
				close(mine)
			}, nil
		}
		t.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
