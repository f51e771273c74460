package integration

import (
	"context"
	"errors"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// period is what one call of the encoder gets, and what it made.
type period struct {
	window  wfm.Window
	reports []wfm.Report // without gaps
	gaps    []Gap
	files   []wfm.Artifact
	heard   bool // some site wrote something
}

// process reads, folds, encodes and delivers a window of whole periods, and calls done after each
// period, in order, with whether any server said anything about it. workers is how many parts of the window are read at the same time.
func (s *Service) process(ctx context.Context, f *feed, servers []Server, w wfm.Window, workers int, done func(w wfm.Window, heard bool) error) (Result, error) {
	var res Result
	f.working(w)
	defer f.rest()
	p, err := s.prepare(ctx, f, servers, w)
	if err != nil {
		return res, s.wrap(f, w, "prepare", err)
	}
	s.clean(ctx, f)
	for per, err := range s.periods(ctx, f, &p, w, workers) {
		if err != nil {
			return res, s.wrap(f, w, "read", err)
		}
		out, err := s.settle(ctx, f, per)
		res.add(out, &per)
		f.past.gapsOf(&per)
		if err != nil {
			return res, s.wrap(f, per.window, "deliver", err)
		}
		if err := done(per.window, per.heard); err != nil {
			return res, s.wrap(f, per.window, "move the watermark", err)
		}
		f.progressed(per.window.End)
	}
	return res, s.wrap(f, w, "finish", ctx.Err())
}

// partialAge is how old the debris of a delivery must be to be removed: longer than any delivery lasts.
const partialAge = time.Hour

// clean removes what cut-off deliveries left behind. A failure is not the feed's: the delivery that
// follows says what is wrong with the target.
func (s *Service) clean(ctx context.Context, f *feed) {
	c, ok := f.Transport.(delivery.Cleaner)
	if !ok {
		return
	}
	if n, err := c.CleanPartials(ctx, partialAge); err != nil {
		s.log.Debug("partial files could not be removed", append(f.attrs(), "error", err)...)
	} else if n > 0 {
		s.log.Info("partial files of cut-off deliveries were removed", append(f.attrs(), "files", n)...)
	}
}

// encodePart yields the encoded periods of one part of a window, in order.
func (s *Service) encodePart(ctx context.Context, f *feed, p *plan, w wfm.Window) iter.Seq2[period, error] {
	return func(yield func(period, error) bool) {
		grid := f.periods()
		var cur period
		flush := func() bool {
			if cur.window.IsZero() {
				return true
			}
			per := cur
			cur = period{}
			err := s.encode(ctx, f, &per)
			return yield(per, err) && err == nil
		}
		for r, err := range s.reports(ctx, f, p, w) {
			if err != nil {
				yield(period{}, err)
				return
			}
			if window := grid.Slot(r.Interval.Start); window != cur.window {
				if !flush() {
					return
				}
				cur.window = window
			}
			cur.heard = cur.heard || len(r.Sites) > 0 || !p.statistics()
			f.noted(&r, s.log)
			if gap, ok := f.gap(&r, p); ok {
				cur.gaps = append(cur.gaps, gap)
			} else {
				cur.reports = append(cur.reports, r)
			}
		}
		flush()
	}
}

// encode makes the files of a period. A day with a gap is written without the missing intervals, and
// again when they come; where the product takes no second version it waits for them.
func (s *Service) encode(ctx context.Context, f *feed, per *period) error {
	if len(per.gaps) > 0 && !restates(f) {
		per.reports = nil
	}
	if len(per.reports) == 0 {
		return nil
	}
	var err error
	if per.files, err = f.Encoder.EncodeHistorical(ctx, per.reports); err != nil {
		return s.wrap(f, per.window, "encode", err)
	}
	return s.wrap(f, per.window, "encode", checkFiles(per))
}

// checkFiles holds an encoder to what the ledger relies on. Names are compared without case, as some
// targets compare them.
func checkFiles(per *period) error {
	var list []error
	names, parts := map[string]bool{}, map[part]bool{}
	for _, a := range per.files {
		bad := func(is bool, field, value, reason, remedy string) {
			if is {
				list = append(list, wfm.Problem{Where: "layout " + wfm.Quote(a.Kind), Field: field, Value: value, Reason: reason, Remedy: remedy})
			}
		}
		name, id := strings.ToLower(a.Name), identity(a)
		bad(names[name], "file name", a.Name, "is made twice for one period", "give each layout a file name of its own")
		bad(parts[id], "file", a.Name, "has the kind, interval and part of another", "number the files of one layout and interval in Part")
		bad(!per.window.Contains(a.Interval.Start), "interval", a.Interval.String(), "starts outside the period "+per.window.String(),
			"name the interval of a report that the file was made from")
		names[name], parts[id] = true, true
	}
	return errors.Join(list...)
}

// gap decides whether an interval is sent: its figures are unknown where an expected site is silent.
func (f *feed) gap(r *wfm.Report, p *plan) (Gap, bool) {
	silent := len(r.Sites) == 0 && p.statistics()
	partial := len(r.Gaps) > 0 || len(p.silent) > 0
	if !silent && (!partial || f.DeliverPartial) {
		return Gap{}, false
	}
	return Gap{Interval: r.Interval, Sites: r.Gaps, Servers: p.silent}, true
}

// reports reads the rows of a window and yields the reports of its intervals, in order.
func (s *Service) reports(ctx context.Context, f *feed, p *plan, w wfm.Window) iter.Seq2[wfm.Report, error] {
	return func(yield func(wfm.Report, error) bool) {
		wanted := w
		if f.Split {
			// A row that starts before the window may reach into it.
			w = f.widen(wfm.Window{Start: w.Start.Add(-longestRow), End: w.End})
		}
		agg, err := historical.NewAggregator(historical.AggregatorOptions{Grid: f.Grid, Window: w, Needs: p.needs, Sites: p.sites,
			Workgroups: slices.Collect(maps.Values(p.spelling)), Absent: p.absent, Split: f.Split, SumRepeated: f.sumsRepeatedHour()})
		if err != nil {
			yield(wfm.Report{}, err)
			return
		}
		closed := func(t time.Time) bool {
			for r := range agg.Close(t) {
				if wanted.Contains(r.Interval.Start) && !yield(r, nil) {
					return false
				}
			}
			return true
		}
		names := p.speller()
		slack, ordered := orderOf(p.servers)
		var contact wfm.Contact
		border := w.Start // the next instant at which closing can yield anything
		for row, err := range mergeRows(ctx, p.servers, p.query(f, w, agg.Note)) {
			if err == nil {
				row.Workgroup = names.spell(row.Workgroup)
				err = agg.Add(names.contact(row, &contact))
			}
			if err != nil {
				yield(wfm.Report{}, err)
				return
			}
			if at := row.Start.Add(-slack); ordered && !at.Before(border) {
				if !closed(at) {
					return
				}
				border = f.Grid.Slot(at).End
			}
		}
		if err := ctx.Err(); err != nil {
			yield(wfm.Report{}, err) // rows that were cut off must not look like gaps
			return
		}
		closed(w.End)
	}
}

// longestRow is the longest statistics interval of a CIC server.
const longestRow = 24 * time.Hour

// orderOf returns the slack of the sources, if all of them keep an order.
func orderOf(servers []Server) (slack time.Duration, ordered bool) {
	for _, srv := range servers {
		o, ok := srv.Source.(historical.Ordered)
		if !ok {
			return 0, false
		}
		slack = max(slack, o.Slack())
	}
	return slack, true
}

// mergeRows yields the rows of all servers, in order of start where each keeps one.
func mergeRows(ctx context.Context, servers []Server, q historical.Query) iter.Seq2[historical.Row, error] {
	if len(servers) == 1 {
		return servers[0].Source.Rows(ctx, q)
	}
	return func(yield func(historical.Row, error) bool) {
		type head struct {
			row  historical.Row
			err  error
			next func() (historical.Row, error, bool)
		}
		var heads []*head
		for _, srv := range servers {
			next, stop := iter.Pull2(srv.Source.Rows(ctx, q))
			defer stop()
			h := &head{next: next}
			var ok bool
			if h.row, h.err, ok = next(); ok {
				heads = append(heads, h)
			}
		}
		for len(heads) > 0 {
			least := 0
			for i, h := range heads {
				if h.err != nil || h.row.Start.Before(heads[least].row.Start) {
					least = i
				}
			}
			h := heads[least]
			if !yield(h.row, h.err) || h.err != nil {
				return
			}
			var ok bool
			if h.row, h.err, ok = h.next(); !ok {
				heads = append(heads[:least], heads[least+1:]...)
			}
		}
	}
}
