package integration

import (
	"context"
	"errors"
	"iter"
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
}

// plan is what a run over a window needs to know beforehand.
type plan struct {
	servers []Server
	sites   []wfm.Site
	names   []wfm.Workgroup // as the database spells them; nil for all
	absent  map[wfm.Grain][]wfm.Counter
	needs   wfm.Needs
}

// prepare asks the licence and the sources about a window.
func (s *Service) prepare(ctx context.Context, f *feed, w wfm.Window) (plan, error) {
	servers, err := s.licensed(ctx, f)
	if err != nil {
		return plan{}, err
	}
	p := plan{servers: servers, names: f.Workgroups, needs: f.Encoder.Needs()}
	seen := map[wfm.Site]string{}
	var problems []error
	var names []wfm.Workgroup
	for _, srv := range servers {
		inspector, ok := srv.Source.(historical.Inspector)
		if !ok {
			continue
		}
		in, err := inspector.Inspect(ctx, p.query(f, w, nil))
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, site := range in.Sites {
			if other, taken := seen[site]; taken {
				problems = append(problems, wfm.Problem{Field: "SiteId", Value: siteText(site),
					Reason: "is written by both server " + wfm.Quote(other) + " and server " + wfm.Quote(srv.Name),
					Remedy: "set the site of each server, so that no figure is counted twice"})
			}
			seen[site] = srv.Name
			p.sites = append(p.sites, site)
		}
		names = append(names, in.Workgroups...)
		for g, list := range in.Missing {
			if p.absent == nil {
				p.absent = map[wfm.Grain][]wfm.Counter{}
			}
			p.absent[g] = append(p.absent[g], list...)
		}
	}
	if len(problems) > 0 {
		return p, errors.Join(problems...)
	}
	if f.Workgroups != nil && names != nil {
		p.names = unique(names)
	}
	return p, nil
}

func (p *plan) query(f *feed, w wfm.Window, note func(wfm.Diagnostic)) historical.Query {
	return historical.Query{Window: w, Workgroups: f.Workgroups, Needs: p.needs, Diagnose: note}
}

// process reads, folds, encodes and delivers a window of whole periods, and calls done after each
// period, in order. workers is how many parts of the window are read at the same time.
func (s *Service) process(ctx context.Context, f *feed, w wfm.Window, workers int, done func(wfm.Window) error) (Result, error) {
	var res Result
	p, err := s.prepare(ctx, f, w)
	if err != nil {
		return res, s.wrap(f, w, "prepare", err)
	}
	f.working(w)
	s.clean(ctx, f)
	for per, err := range s.periods(ctx, f, &p, w, workers) {
		if err != nil {
			return res, s.wrap(f, w, "read", err)
		}
		out, err := s.settle(ctx, f, per)
		res.add(out, &per)
		f.gapsOf(&per)
		if err != nil {
			return res, s.wrap(f, per.window, "deliver", err)
		}
		if err := done(per.window); err != nil {
			return res, s.wrap(f, per.window, "move the watermark", err)
		}
		f.progressed(per.window.End)
	}
	return res, ctx.Err()
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
		s.log.Debug("partial files could not be removed", "feed", f.Name, "error", err)
	} else if n > 0 {
		s.log.Info("partial files of cut-off deliveries were removed", "feed", f.Name, "files", n)
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

// encode makes the files of a period. A day with a gap is written without the missing intervals.
func (s *Service) encode(ctx context.Context, f *feed, per *period) error {
	if len(per.reports) == 0 {
		return nil
	}
	var err error
	if per.files, err = f.Encoder.EncodeHistorical(ctx, per.reports); err != nil {
		return s.wrap(f, per.window, "encode", err)
	}
	names := map[string]bool{}
	for _, a := range per.files {
		if names[a.Name] {
			return s.wrap(f, per.window, "encode", wfm.Problem{Field: "file name", Value: a.Name,
				Reason: "is made twice for one period", Remedy: "give each layout a file name of its own"})
		}
		names[a.Name] = true
	}
	return nil
}

// gap decides whether an interval is sent: its figures are unknown where an expected site is silent.
func (f *feed) gap(r *wfm.Report, p *plan) (Gap, bool) {
	silent := len(r.Sites) == 0 && p.statistics()
	if !silent && (len(r.Gaps) == 0 || f.DeliverPartial) {
		return Gap{}, false
	}
	return Gap{Interval: r.Interval, Sites: r.Gaps}, true
}

func (p *plan) statistics() bool {
	return p.needs.Wants(wfm.GrainQueue) || p.needs.Wants(wfm.GrainAgent) || p.needs.Wants(wfm.GrainAgentQueue)
}

// reports reads the rows of a window and yields the reports of its intervals, in order.
func (s *Service) reports(ctx context.Context, f *feed, p *plan, w wfm.Window) iter.Seq2[wfm.Report, error] {
	return func(yield func(wfm.Report, error) bool) {
		agg, err := historical.NewAggregator(historical.AggregatorOptions{Grid: f.Grid, Window: w, Needs: p.needs,
			Sites: p.sites, Workgroups: p.names, Absent: p.absent, Split: f.Split, SumRepeated: f.sumsRepeatedHour()})
		if err != nil {
			yield(wfm.Report{}, err)
			return
		}
		slack, ordered := orderOf(p.servers)
		border := w.Start // the next instant at which closing can yield anything
		for row, err := range mergeRows(ctx, p.servers, p.query(f, w, agg.Note)) {
			if err == nil {
				err = agg.Add(row)
			}
			if err != nil {
				yield(wfm.Report{}, err)
				return
			}
			if at := row.Start.Add(-slack); ordered && !at.Before(border) {
				for r := range agg.Close(at) {
					if !yield(r, nil) {
						return
					}
				}
				border = f.Grid.Slot(at).End
			}
		}
		for r := range agg.Close(w.End) {
			if !yield(r, nil) {
				return
			}
		}
	}
}

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
