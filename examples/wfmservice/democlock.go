package main

import (
	"context"
	"sync"
	"time"
)

// demoClock is a wall clock that goes faster, and never past a ceiling: what is simulated must be there before it is read. While it stands
// at the ceiling no time passes; it does not jump afterwards.
type demoClock struct {
	speed float64

	mu      sync.Mutex
	base    time.Time // simulated
	from    time.Time // real moment of base
	ceiling time.Time
}

func newDemoClock(at time.Time, speed float64) *demoClock {
	return &demoClock{speed: speed, base: at, from: time.Now(), ceiling: at}
}

// Now implements integration.Clock.
func (c *demoClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *demoClock) now() time.Time {
	t := c.base.Add(time.Duration(float64(time.Since(c.from)) * c.speed))
	if t.After(c.ceiling) {
		c.base, c.from = c.ceiling, time.Now()
		return c.ceiling
	}
	return t
}

// allow raises the ceiling.
func (c *demoClock) allow(until time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now() // notes that the clock stood still
	if until.After(c.ceiling) {
		c.ceiling = until
	}
}

// leastSleep keeps sleepers from spinning at high speeds.
const leastSleep = 5 * time.Millisecond

// Sleep implements integration.Clock.
func (c *demoClock) Sleep(ctx context.Context, span time.Duration) {
	systemClock{}.Sleep(ctx, max(c.real(span), leastSleep))
}

// stop lets the clock stand still for ever.
func (c *demoClock) stop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.base = c.now()
	c.from, c.ceiling, c.speed = time.Now(), c.base, 0
}

// real is how long a span of the clock takes; a clock that stands is looked at now and then.
func (c *demoClock) real(span time.Duration) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.speed == 0 {
		return 100 * time.Millisecond
	}
	return time.Duration(float64(span) / c.speed)
}
