package main

import (
	"context"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// recent is what the latest statistics rows of a server say.
type recent struct {
	newest     time.Time // the latest end of a row; zero where there are no rows
	row        time.Duration
	sites      []wfm.Site
	workgroups []wfm.Workgroup
}

// spans are the windows that are looked at, backward from now, until there are rows. A little of the future is included: a wrong zone shows there.
var spans = [...]time.Duration{6 * time.Hour, 3 * 24 * time.Hour, 35 * 24 * time.Hour}

// readRecent reads the latest statistics rows: of the queues, one counter, of the shortest span that has any. atLeast is the shortest span
// that is read, for a caller that wants all workgroups of a day.
func readRecent(ctx context.Context, source historical.Source, now time.Time, atLeast time.Duration) (recent, error) {
	var r recent
	ahead := now.Add(26 * time.Hour) // zones differ by that much at most
	for _, span := range spans {
		if span = max(span, atLeast); !r.newest.IsZero() {
			break
		}
		q := historical.Query{Window: wfm.Window{Start: now.Add(-span).UTC(), End: ahead.UTC()},
			Needs: wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd)}}}
		for one, err := range source.Rows(ctx, q) {
			if err != nil {
				return r, err
			}
			if one.Grain != wfm.GrainQueue {
				continue
			}
			if end := one.End(); end.After(r.newest) {
				r.newest = end
			}
			r.row = max(r.row, one.Duration)
			if !slices.Contains(r.sites, one.Site) {
				r.sites = append(r.sites, one.Site)
			}
			if !slices.Contains(r.workgroups, one.Workgroup) {
				r.workgroups = append(r.workgroups, one.Workgroup)
			}
		}
	}
	slices.Sort(r.sites)
	slices.Sort(r.workgroups)
	return r, nil
}
