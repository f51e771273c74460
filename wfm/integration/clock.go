package integration

import (
	"context"
	"time"
)

// Clock is the wall clock of this host, which can be set, forward and back, while the process runs or the machine
// sleeps. It decides when an interval is closed. What must last a while, such as a lease or the wait after a failure, is
// measured by the monotonic clock instead, which no setting changes.
type Clock interface {
	// Now is the time. Its zone has no meaning.
	Now() time.Time
	// Sleep waits for a span of this clock, or until ctx ends. It may return early or late; who sleeps looks at Now again.
	Sleep(ctx context.Context, span time.Duration)
}

// systemClock is the clock of this host.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, span time.Duration) { pause(ctx, span) }

// now is the time of the wall clock, without a monotonic reading.
func (s *Service) now() time.Time { return s.o.Clock.Now().Round(0) }

// clockCheck is how often a sleeper looks at the clock, and clockSet how far it must be set back to end the sleep.
const (
	clockCheck = time.Minute
	clockSet   = 5 * time.Second
)

// sleepUntil waits for a time of the wall clock, or until that was set back, since what the sleeper waits for was
// then worked out by a wrong clock; or until ctx ends. It looks at the clock again and again, because timers stand still while a machine
// is suspended and do not follow a clock that is set.
func (s *Service) sleepUntil(ctx context.Context, at time.Time) {
	wall, began := s.now(), time.Now()
	for ctx.Err() == nil {
		now := s.now()
		left := at.Sub(now)
		if setBack := time.Since(began) - now.Sub(wall); left <= 0 || setBack > clockSet {
			return
		}
		s.o.Clock.Sleep(ctx, min(left, clockCheck))
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
