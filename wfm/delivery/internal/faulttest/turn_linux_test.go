package faulttest_test

import "sync"

// turns bounds how many runs work at the same time, where many more wait for a stall to end: a machine that has too much
// to do would add faults of its own. The zero value of a turn takes none.
type turns chan struct{}

func newTurns(most int) turns { return make(turns, most) }

// turn is that of one run.
type turn struct {
	of   turns
	mu   sync.Mutex
	held bool
}

// take waits for a turn, unless it has one.
func (t *turn) take() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.of != nil && !t.held {
		t.of <- struct{}{}
		t.held = true
	}
}

// give ends the turn.
func (t *turn) give() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		<-t.of
		t.held = false
	}
}
