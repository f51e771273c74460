package links

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Backoff is how long to wait between two attempts: a random time between nothing and a ceiling
// that doubles from Min to Max (full jitter), so that many links that were lost at once do not
// return at once.
type Backoff struct{ Min, Max time.Duration }

// The backoff where nobody says else.
const (
	DefaultMin = 500 * time.Millisecond
	DefaultMax = 30 * time.Second
)

// NewBackoff fills in the defaults and checks the rest.
func NewBackoff(least, most time.Duration) (Backoff, error) {
	b := Backoff{least, most}
	if b.Min == 0 {
		b.Min = DefaultMin
	}
	if b.Max == 0 {
		b.Max = max(DefaultMax, b.Min)
	}
	if b.Min < 0 || b.Max < b.Min {
		return b, wfm.Problem{Field: "backoff", Value: least.String() + " to " + most.String(), Reason: "is not a span",
			Remedy: "use a shortest wait above zero and a longest one that is not below it"}
	}
	return b, nil
}

// Ceiling is the longest wait after a number of attempts that failed one after another.
func (b Backoff) Ceiling(failed int) time.Duration {
	if failed >= 32 || b.Min<<failed > b.Max || b.Min<<failed <= 0 {
		return b.Max
	}
	return b.Min << failed
}

// Wait is how long to wait after an error: at least what the error says, and the whole of Max where
// it says that someone must change something first.
func (b Backoff) Wait(failed int, err error) time.Duration {
	wait := time.Duration(rand.Int64N(int64(b.Ceiling(failed)) + 1))
	if err == nil {
		return wait
	}
	retry, after := wfm.ShouldRetry(err)
	if !retry {
		wait = b.Max
	}
	return max(wait, after)
}

// Keep makes attempt after attempt until ctx ends. once returns for how long its link could be used, and
// why that ended; a link that lasted longer than the present ceiling starts the waits anew. failed is
// told of each error and of the time of the next attempt.
func (b Backoff) Keep(ctx context.Context, once func(context.Context) (used time.Duration, err error), failed func(err error, next time.Time)) {
	for tries := 0; ctx.Err() == nil; tries++ {
		used, err := once(ctx)
		if ctx.Err() != nil {
			return
		}
		if used > b.Ceiling(tries) {
			tries = 0
		}
		wait := b.Wait(tries, err)
		if err != nil {
			failed(err, time.Now().Add(wait))
		}
		Sleep(ctx, wait)
	}
}

// Sleep waits, and tells whether the whole time passed before ctx ended.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
