package integration

import (
	"context"
	"time"
)

// clock is the wall clock of this host, which can be set, forward and back, while the process runs or the machine
// sleeps. What must last a while is measured by time.Now, which no setting changes.
type clock struct{ wall func() time.Time }

func newClock(wall func() time.Time) clock {
	if wall == nil {
		wall = time.Now
	}
	return clock{wall}
}

func (c clock) now() time.Time { return c.wall().Round(0) } // without the monotonic reading

// clockCheck is how often a sleeper looks at the clock, and clockSet how far it must be set back to end the sleep.
const (
	clockCheck = time.Minute
	clockSet   = 5 * time.Second
)

// sleepUntil waits for a time of the wall clock, or until that was set back, since what the sleeper waits for was
// then worked out by a wrong clock; or until ctx ends. It looks at the clock again and again, because timers stand still while a machine
// is suspended and do not follow a clock that is set.
func (c clock) sleepUntil(ctx context.Context, at time.Time) {
	wall, began := c.now(), time.Now()
	for ctx.Err() == nil {
		now := c.now()
		left := at.Sub(now)
		if setBack := time.Since(began) - now.Sub(wall); left <= 0 || setBack > clockSet {
			return
		}
		pause(ctx, min(left, clockCheck))
	}
}

// pause waits; it tells whether the context still lives.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
