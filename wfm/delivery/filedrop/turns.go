package filedrop

import (
	"context"
	"sync"
)

// turns lets deliveries of one name take turns; those of different names do not wait.
type turns struct {
	mu    sync.Mutex
	taken map[string]chan struct{} // closed when the turn ends
}

// take waits for the turn and returns what ends it.
func (t *turns) take(ctx context.Context, name string) (end func(), err error) {
	for {
		t.mu.Lock()
		before, busy := t.taken[name]
		if !busy {
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
