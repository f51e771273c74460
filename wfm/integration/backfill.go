package integration

import (
	"context"
	"errors"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// BackfillOptions tune a backfill.
type BackfillOptions struct {
	// Workers is how many parts of the window are read at the same time, each over connections of
	// its own; 0 and 1 read one after the other. The result is the same.
	Workers int
	// Progress is called after each period with the instant up to which all is settled; nil ignores it.
	Progress func(upTo time.Time, window wfm.Window)
}

// Backfill delivers a window of the past, oldest interval first, and returns what it did, also
// beside an error. A feed with several destinations is
// worked on one after the other, and the counts are of all. The window is widened to whole intervals (to whole days where the files hold
// days). What the ledger knows is skipped, so an interrupted backfill is finished by calling it
// again. Where instances share the ledger, the feed must be run by this one or by none. It does not move the feed's watermark and does not retry.
func (s *Service) Backfill(ctx context.Context, feedName string, w wfm.Window, o BackfillOptions) (Result, error) {
	list, err := s.lanesOf(feedName)
	if err != nil {
		return Result{}, err
	}
	if w, err = wfm.NewWindow(w.Start, w.End); err != nil {
		return Result{}, s.wrap(list[0], wfm.Window{}, "", err)
	}
	var all Result
	var failed []error
	for _, f := range list {
		err := s.tenancy.once(ctx, f, func(ctx context.Context, t *tenure) error {
			res, err := s.backfill(ctx, f, t, w, o)
			all.join(&res)
			return err
		})
		if err != nil {
			failed = append(failed, s.wrap(f, wfm.Window{}, "", err))
		}
	}
	return all, errors.Join(failed...)
}

// backfill works on one destination.
func (s *Service) backfill(ctx context.Context, f *feed, t *tenure, w wfm.Window, o BackfillOptions) (Result, error) {
	unlock, err := s.lock(ctx, f, t)
	if err != nil {
		return Result{}, s.wrap(f, w, "wait for the feed", err)
	}
	defer unlock()
	w = f.widen(w)
	if future := w.End.After(s.now()); future {
		return Result{}, s.wrap(f, wfm.Window{}, "", wfm.Problem{Field: "window", Value: w.String(), Reason: "reaches into the future",
			Remedy: "end it at the last closed interval, at " + f.periods().Slot(s.now()).Start.Format(time.RFC3339)})
	}
	servers, err := s.licensed(ctx, f)
	if err != nil {
		return Result{}, s.wrap(f, w, "ask for the licence", err)
	}
	return s.process(ctx, f, servers, w, o.Workers, func(done wfm.Window, _ bool) error {
		if o.Progress != nil {
			o.Progress(done.End, w)
		}
		return nil
	})
}

// Result counts what a run over a window did.
type Result struct {
	Intervals int // with figures; each interval of a day counts
	Gaps      []Gap
	Delivered int
	Skipped   int
	Restated  int
	Withheld  int
	Rows      int // data rows in all artifacts, skipped ones included
}

// Gap is an interval that was not sent because its figures are not known.
type Gap struct {
	Interval wfm.Window
	// Sites are the expected sites that wrote nothing; empty where no site wrote at all.
	Sites []wfm.Site
	// Servers wrote nothing in the whole window that was read, nor in the two days before its end, so
	// that not even their sites are known.
	Servers []string
}

// join adds another destination's result. Intervals and gaps are those of the feed, which each destination sees.
func (r *Result) join(o *Result) {
	r.Intervals = max(r.Intervals, o.Intervals)
	if len(o.Gaps) > len(r.Gaps) {
		r.Gaps = o.Gaps
	}
	r.Delivered += o.Delivered
	r.Skipped += o.Skipped
	r.Restated += o.Restated
	r.Withheld += o.Withheld
	r.Rows += o.Rows
}

func (r *Result) add(list []Outcome, per *period) {
	r.Intervals += len(per.reports)
	r.Gaps = append(r.Gaps, per.gaps...)
	for _, o := range list {
		r.Rows += o.Artifact.Rows
		switch o.Action {
		case Delivered:
			r.Delivered++
		case Skipped:
			r.Skipped++
		case Restated:
			r.Restated++
		case Withheld:
			r.Withheld++
		}
	}
}

// wrap adds feed and interval to an error, once.
func (s *Service) wrap(f *feed, w wfm.Window, op string, err error) error {
	if err == nil {
		return nil
	}
	var e *wfm.Error
	if errors.As(err, &e) && e.Feed != "" {
		return err
	}
	retry, after := wfm.ShouldRetry(err)
	return &wfm.Error{Op: op, Kind: wfm.KindOf(err), Feed: f.Name, Interval: w, Retry: retry, After: after, Err: err}
}
