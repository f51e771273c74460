package integration

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Backoff bounds between attempts after a failure that may pass.
const (
	firstBackoff = 5 * time.Second
	mostBackoff  = 5 * time.Minute
	// permanentBackoff is the pause after a failure that a person must mend: long enough to spare
	// the servers, short enough that a mended setting is noticed.
	permanentBackoff = 15 * time.Minute
)

// follow works on one feed for ever: whatever is closed and not dealt with, then the look-back, then
// it sleeps until the next interval is closed. It returns when ctx ends or the lease is lost.
func (s *Service) follow(ctx context.Context, f *feed, t *tenure) {
	log := s.log.With(f.attrs()...)
	failures := 0
	for ctx.Err() == nil {
		next, err := s.catchUp(ctx, f, t)
		if ctx.Err() != nil {
			return
		}
		if ledger.IsLost(err) {
			log.Warn("the feed passed to another instance", "error", err)
			return
		}
		if err != nil {
			wait := backoff(err, failures)
			failures++
			f.failed(err, s.now().Add(wait))
			log.Error("the feed failed and will be tried again", "error", err, "after", wait)
			pause(ctx, wait)
			continue
		}
		failures = 0
		f.idle(next)
		s.sleepUntil(ctx, next)
	}
}

// backoff decides the pause after a failure: what the error says, else full jitter under a doubling
// bound.
func backoff(err error, failures int) time.Duration {
	retry, after := wfm.ShouldRetry(err)
	switch {
	case after > 0:
		return after
	case !retry:
		return permanentBackoff
	}
	bound := min(firstBackoff<<min(failures, 10), mostBackoff)
	return time.Second + rand.N(bound)
}

// catchUp deals with everything that is closed by now and returns when the next interval will be.
func (s *Service) catchUp(ctx context.Context, f *feed, t *tenure) (next time.Time, err error) {
	unlock, err := s.lock(ctx, f, t)
	if err != nil {
		return next, err
	}
	defer unlock()
	now := s.now()
	grid := f.periods()
	closed := grid.Slot(now.Add(-f.delay())).Start
	next = grid.Slot(now.Add(-f.delay())).End.Add(f.delay())
	servers, err := s.licensed(ctx, f)
	if err != nil {
		return next, s.wrap(f, wfm.Window{}, "ask for the licence", err)
	}
	closed, err = f.completeThrough(ctx, servers, closed)
	if err != nil {
		return next, s.wrap(f, wfm.Window{}, "ask the source how far it is complete", err)
	}
	mark, err := s.watermark(ctx, f, now)
	if err != nil {
		return next, s.wrap(f, wfm.Window{}, "read the watermark", err)
	}
	from := mark
	if again := grid.Slot(now.Add(-f.delay() - f.lookback())).Start; f.lookback() > 0 && again.Before(from) {
		from = again
	}
	if !f.Start.IsZero() && from.Before(f.Start) {
		from = grid.Widen(wfm.Window{Start: f.Start, End: f.Start.Add(time.Second)}).Start
	}
	if night, inside := f.repeatedHour(closed); inside {
		closed = night.Start // the second half of a repeated hour is still open
	}
	if !from.Before(closed) {
		return next, nil
	}
	w := f.widen(wfm.Window{Start: from, End: closed})
	_, err = s.process(ctx, f, servers, w, 1, func(done wfm.Window, heard bool) error {
		// Silence at the end moves no watermark: nobody knows whether the servers are away, or the clock of this host is
		// ahead. What comes after all is then found, however late.
		if heard && done.End.After(mark) {
			mark = done.End
			return s.setWatermark(ctx, f, mark)
		}
		return nil
	})
	return next, err
}

func (f *feed) completeThrough(ctx context.Context, servers []Server, closed time.Time) (time.Time, error) {
	for _, srv := range servers {
		c, ok := srv.Source.(historical.Completer)
		if !ok {
			continue
		}
		t, err := c.CompleteThrough(ctx)
		if err != nil {
			return closed, err
		}
		if t.Before(closed) {
			closed = f.periods().Slot(t).Start
		}
	}
	return closed, nil
}

// watermark returns where the feed stands; a feed that is new starts at its Start, or one look-back
// before now.
func (s *Service) watermark(ctx context.Context, f *feed, now time.Time) (time.Time, error) {
	if p, ok := f.ledger.(ledger.Progress); ok {
		t, known, err := p.Watermark(ctx, f.key)
		if err != nil {
			return t, err
		}
		if known {
			f.mu.Lock()
			f.status.Watermark = t
			f.mu.Unlock()
			return t, nil
		}
	}
	f.mu.Lock()
	reached := f.status.Watermark
	f.mu.Unlock()
	switch {
	case !reached.IsZero():
		return reached, nil
	case !f.Start.IsZero():
		return f.periods().Slot(f.Start).Start, nil
	}
	return f.past.beginOnce(f.periods().Slot(now.Add(-f.delay() - f.lookback())).Start), nil
}

func (s *Service) setWatermark(ctx context.Context, f *feed, t time.Time) error {
	f.mu.Lock()
	f.status.Watermark = t
	f.mu.Unlock()
	if p, ok := f.ledger.(ledger.Progress); ok {
		return p.SetWatermark(ctx, f.key, t)
	}
	return nil
}

func restates(f *feed) bool {
	r, ok := vendors.Find[vendors.Restater](f.Encoder)
	return !ok || r.Restatement() != vendors.Reports
}
