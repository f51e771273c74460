package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// tally follows what is delivered, without remembering it: files come in order, so that each interval begins where the last one ended.
type tally struct {
	mu       sync.Mutex
	begin    time.Time
	lanes    map[string]*tallyLane // by name in the ledger
	counts   map[integration.Action]int64
	problems []string // the first few
}

// tallyLane is a feed with a destination. A feed writes several kinds of files for an interval, and none of a kind that has nothing to say.
type tallyLane struct {
	folder    string
	reached   time.Time // end of the last interval that had a file
	intervals int64
	kinds     map[string]time.Time // end of the last file of each kind
	files     []tallyFile          // that are there, oldest first
}

type tallyFile struct {
	name string
	end  time.Time
}

func newTally(begin time.Time, folders map[string]string) *tally {
	t := &tally{begin: begin, lanes: map[string]*tallyLane{}, counts: map[integration.Action]int64{}}
	for name, folder := range folders {
		t.lanes[name] = &tallyLane{folder: folder, reached: begin, kinds: map[string]time.Time{}}
	}
	return t
}

// observe is integration.Options.Observe.
func (t *tally) observe(o integration.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[o.Action]++
	name := integration.LedgerFeed(o.Feed, o.Destination)
	l := t.lanes[name]
	switch o.Action {
	case integration.Skipped:
		return
	case integration.Delivered:
	default: // nothing that was written changes in the demo
		t.problem("%s: %s was %s", name, o.Artifact.Name, o.Action)
		return
	}
	key := fmt.Sprint(o.Artifact.Kind, " ", o.Artifact.Part)
	p := o.Artifact.Interval
	switch {
	case p.Start.Before(l.kinds[key]):
		t.problem("%s: %s of %s was delivered again", name, key, p)
		return
	case p.Start.After(l.reached):
		t.problem("%s: %s to %s is missing", name, brief(l.reached), brief(p.Start))
	}
	l.kinds[key] = p.End
	if p.End.After(l.reached) {
		l.reached = p.End
		l.intervals++
	}
	l.files = append(l.files, tallyFile{o.Artifact.Name, o.Artifact.Interval.End})
}

func (t *tally) problem(format string, args ...any) {
	if len(t.problems) < 20 {
		t.problems = append(t.problems, fmt.Sprintf(format, args...))
	}
}

// forget removes delivered files of periods that ended before a time, as a WFM product would that has read them.
func (t *tally) forget(before time.Time) error {
	var gone []string
	t.mu.Lock()
	for _, l := range t.lanes {
		n := 0
		for n < len(l.files) && l.files[n].end.Before(before) {
			gone = append(gone, filepath.Join(l.folder, l.files[n].name))
			n++
		}
		l.files = slices.Delete(l.files, 0, n)
	}
	t.mu.Unlock()
	var errs []error
	for _, path := range gone {
		errs = append(errs, os.Remove(path))
	}
	return errors.Join(errs...)
}

// count returns the files delivered, and the intervals of all feeds.
func (t *tally) count() (files, intervals int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, l := range t.lanes {
		intervals += l.intervals
	}
	return t.counts[integration.Delivered], intervals
}

// verify checks that everything up to where each feed stands was delivered exactly once: by what was observed, by what the ledger says, and
// by the files that are there.
func (t *tally) verify(ctx context.Context, status []integration.FeedStatus, l ledger.Ledger) (problems []string, files int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	problems = slices.Clone(t.problems)
	for _, st := range status {
		name := integration.LedgerFeed(st.Name, st.Destination)
		lane := t.lanes[name]
		for _, g := range st.Gaps {
			problems = append(problems, fmt.Sprintf("%s: %s is a gap", name, g.Interval))
		}
		if !lane.reached.Equal(st.Watermark) {
			problems = append(problems, fmt.Sprintf("%s: the last file ends at %s, and the feed stands at %s", name, brief(lane.reached), brief(st.Watermark)))
		}
		have := map[string]int{}
		for e, err := range l.Entries(ctx, name, wfm.Window{Start: st.Watermark.Add(-demoKept + demoDay), End: st.Watermark.Add(demoDay)}) {
			if err != nil {
				return nil, 0, err
			}
			if e.Status == ledger.Delivered {
				have[e.Key.Name]++
			}
		}
		for _, f := range lane.files {
			_, err := os.Stat(filepath.Join(lane.folder, f.name))
			if err != nil {
				problems = append(problems, fmt.Sprintf("%s: %s was delivered and is not there", name, f.name))
			}
			if f.end.After(st.Watermark.Add(-demoKept+2*demoDay)) && have[f.name] != 1 {
				problems = append(problems, fmt.Sprintf("%s: %s is in the ledger %d times", name, f.name, have[f.name]))
			}
			files++
		}
		there, err := os.ReadDir(lane.folder)
		if err != nil {
			return nil, 0, err
		}
		if len(there) != len(lane.files) {
			problems = append(problems, fmt.Sprintf("%s: %d files are in the folder, and %d were delivered and not yet removed", name, len(there), len(lane.files)))
		}
	}
	return problems, files, nil
}
