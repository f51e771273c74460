package integration

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// ahead is how many encoded periods a reader may be ahead of delivery. Parts are no longer than that,
// so that a reader need not wait for those before it.
const ahead = 256

// periods yields the encoded periods of a window in order. With several workers it reads disjoint
// parts of the window at the same time; what comes out is the same.
func (s *Service) periods(ctx context.Context, f *feed, p *plan, w wfm.Window, workers int) iter.Seq2[period, error] {
	parts := f.parts(w, workers)
	if len(parts) == 1 {
		return s.encodePart(ctx, f, p, w)
	}
	return func(yield func(period, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		var wg sync.WaitGroup
		defer wg.Wait()
		defer cancel()
		// Parts start in order. One is being delivered and the queue holds the rest of those at work, so
		// readers never run further ahead of a slow target.
		queue := make(chan chan result, workers-1)
		wg.Go(func() {
			defer close(queue)
			for _, part := range parts {
				out := make(chan result, ahead)
				select {
				case queue <- out:
				case <-ctx.Done():
					return
				}
				wg.Go(func() {
					defer close(out)
					send(ctx, out, s.encodePart(ctx, f, p, part))
				})
			}
		})
		for out := range queue {
			for r := range receive(ctx, out) {
				if !yield(r.per, r.err) || r.err != nil {
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(period{}, err)
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(period{}, err)
		}
	}
}

// result is one step of an encoded part.
type result struct {
	per period
	err error
}

func send(ctx context.Context, out chan<- result, in iter.Seq2[period, error]) {
	for per, err := range in {
		select {
		case out <- result{per, err}:
		case <-ctx.Done():
			return
		}
	}
}

// receive yields what comes out of a channel until it is closed or ctx ends.
func receive(ctx context.Context, in <-chan result) iter.Seq[result] {
	return func(yield func(result) bool) {
		for {
			select {
			case v, ok := <-in:
				if !ok || !yield(v) {
					return
				}
			case <-ctx.Done():
				return
			}
		}
	}
}

// parts cuts a window into disjoint parts of whole days, several per worker, so that no worker is
// idle for long. A repeated hour that the feed sums is never cut.
func (f *feed) parts(w wfm.Window, workers int) []wfm.Window {
	days := wfm.Grid{Length: wfm.Day, Location: f.Grid.Location}
	if workers <= 1 {
		return []wfm.Window{w}
	}
	step := max(min(w.Duration()/time.Duration(4*workers), ahead*f.periods().Length.Duration()), 24*time.Hour)
	var parts []wfm.Window
	for start := w.Start; start.Before(w.End); {
		end := f.widen(wfm.Window{Start: start, End: days.Slot(start.Add(step)).Start}).End
		if !end.After(start) {
			end = days.Slot(start).End
		}
		if end.After(w.End) {
			end = w.End
		}
		parts = append(parts, wfm.Window{Start: start, End: end})
		start = end
	}
	return parts
}
