package main

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// liveResult is what became of a real-time feed.
type liveResult struct {
	Feed        string   `json:"feed"`
	Sent        int64    `json:"sent"` // states of agents over the last connection
	Decoded     int64    `json:"decoded"`
	Merged      int64    `json:"merged"`
	Connections int      `json:"connections"`
	Problems    []string `json:"-"`
}

// How long the ends of the demo wait.
const (
	demoConnect = 15 * time.Second
	demoArrive  = 2 * time.Minute
	demoAgain   = 12 * time.Hour // of the centre, that are written anew in the end
)

// allConnected waits until every receiver had its first snapshot, so that the counts begin with everything in place.
func (d *demo) allConnected(ctx context.Context) bool {
	deadline := time.Now().Add(demoConnect)
	for ctx.Err() == nil && time.Now().Before(deadline) {
		ready := true
		for _, r := range d.receivers {
			if last, _, _, _ := r.counts(); last < int64(d.settings.agents) {
				ready = false
			}
		}
		if ready {
			return true
		}
		systemClock{}.Sleep(ctx, 20*time.Millisecond)
	}
	return ctx.Err() == nil
}

// settle waits until what was sent has arrived: the counts agree and rest. It tells whether they do.
func (d *demo) settle(ctx context.Context) bool {
	deadline := time.Now().Add(demoArrive)
	ctx = context.WithoutCancel(ctx)
	rest := 0
	var before int64
	for time.Now().Before(deadline) {
		var sum int64
		agree := true
		for _, l := range d.liveCounts() {
			sum += l.Sent
			agree = agree && l.Sent == l.Decoded
		}
		if agree && sum == before {
			if rest++; rest >= 5 {
				return true
			}
		} else {
			rest = 0
		}
		before = sum
		systemClock{}.Sleep(ctx, 100*time.Millisecond)
	}
	return false
}

// liveCounts compares what the service says that it sent with what the receivers say that they read.
func (d *demo) liveCounts() (list []liveResult) {
	status := d.host.service.Status()
	for i, f := range status.RealTime {
		r := d.receivers[i]
		l := liveResult{Feed: f.Name}
		var bad error
		var total int64
		l.Decoded, total, l.Connections, bad = r.counts()
		if r.server != nil {
			l.Decoded, l.Connections = total, 1
		}
		for _, rc := range f.Receivers {
			if rc.Connected {
				l.Sent, l.Merged = rc.States+rc.Changes, rc.Merged
			}
		}
		if bad != nil {
			l.Problems = append(l.Problems, fmt.Sprintf("%s: a message could not be read: %v", f.Name, bad))
		}
		if f.Skipped > 0 || len(f.Unmapped) > 0 {
			l.Problems = append(l.Problems, fmt.Sprintf("%s: %d states were skipped and those of %d statuses not sent", f.Name, f.Skipped, len(f.Unmapped)))
		}
		list = append(list, l)
	}
	return list
}

// live verifies the real-time feeds: counts agree, and every receiver ends with the truth.
func (d *demo) live(arrived bool) []liveResult {
	list := d.liveCounts()
	truth := d.cic.Agents()
	for i := range list {
		l, r := &list[i], d.receivers[i]
		if l.Sent != l.Decoded || !arrived {
			l.Problems = append(l.Problems, fmt.Sprintf("%s: %d states were sent and %d decoded", l.Feed, l.Sent, l.Decoded))
		}
		if err := r.differs(d.encoderOf(r.vendor), truth); err != nil {
			l.Problems = append(l.Problems, fmt.Sprintf("%s does not end with the truth: %v", l.Feed, err))
		}
	}
	return list
}

// quiesce lets the clock stand still and waits until every feed rests, so that nothing is cut off, and verifies the files then.
func (d *demo) quiesce(ctx context.Context, l ledger.Ledger) (problems []string, files int, err error) {
	ctx = context.WithoutCancel(ctx)
	d.clock.stop()
	deadline := time.Now().Add(demoArrive)
	for time.Now().Before(deadline) {
		if d.caughtUp() {
			break
		}
		systemClock{}.Sleep(ctx, 50*time.Millisecond)
	}
	if !d.caughtUp() {
		problems = append(problems, fmt.Sprintf("a feed did not catch up within %s", demoArrive))
	}
	status := d.host.service.Status().Feeds
	again, err := d.again(ctx, status)
	if err != nil {
		return nil, 0, err
	}
	problems = append(problems, again...)
	more, files, err := d.tally.verify(ctx, status, l)
	return append(problems, more...), files, err
}

// again writes all files of the last days anew: the ledger must know every one of them.
func (d *demo) again(ctx context.Context, status []integration.FeedStatus) (problems []string, err error) {
	for _, f := range status {
		w := wfm.Window{Start: f.Watermark.Add(-demoAgain), End: f.Watermark}
		if w.Start.Before(demoStart()) {
			w.Start = demoStart()
		}
		if w.IsZero() || !w.Start.Before(w.End) {
			continue
		}
		r, err := d.host.service.Backfill(ctx, f.Name, w, integration.BackfillOptions{})
		if err != nil {
			return nil, err
		}
		if r.Delivered+r.Restated+r.Withheld > 0 || len(r.Gaps) > 0 || r.Skipped == 0 {
			problems = append(problems, fmt.Sprintf("%s: %d files of %s were not known to the ledger, %d had changed, %d intervals were gaps", f.Name, r.Delivered, w,
				r.Restated+r.Withheld, len(r.Gaps)))
		}
	}
	return problems, nil
}

// caughtUp tells whether every feed has dealt with every interval that is closed.
func (d *demo) caughtUp() bool {
	now := d.clock.Now()
	for _, f := range d.host.service.Status().Feeds {
		due := f.Watermark.Add(demoLength.Duration() + integration.DefaultDelay)
		if f.Watermark.IsZero() || !f.Working.IsZero() || !due.After(now) {
			return false
		}
	}
	return true
}
