package main

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// How often the ledger is pruned, and how often is looked whether it is time, by the service's clock: a timer of a day would stand still
// while the machine sleeps.
const (
	pruneEvery = 24 * time.Hour
	pruneLook  = time.Hour
)

// retain lets the ledger forget once a day what is older than the retention, the first time an hour after the start.
func (h *host) retain(ctx context.Context) {
	last := h.clock.Now().Add(pruneLook - pruneEvery)
	for ctx.Err() == nil {
		h.clock.Sleep(ctx, pruneLook)
		if now := h.clock.Now(); now.Sub(last) >= pruneEvery && ctx.Err() == nil {
			last = now
			h.prune(ctx, h.service.Status().Feeds, now)
		}
	}
}

// prune forgets the old entries of the feeds that this instance runs.
func (h *host) prune(ctx context.Context, status []integration.FeedStatus, now time.Time) {
	built := h.now()
	p, can := built.Options.Ledger.(ledger.Pruner)
	if !can || built.Retention <= 0 {
		return
	}
	feeds := map[string]integration.HistoricalFeed{}
	for _, f := range built.Options.Historical {
		feeds[f.Name] = f
	}
	for _, st := range status {
		f, known := feeds[st.Name]
		if !known || st.Watermark.IsZero() || st.Lease.Holder != "" && !st.Lease.Ours {
			continue
		}
		name := integration.LedgerFeed(st.Name, st.Destination)
		n, err := p.Prune(ctx, name, oldest(f, built.Retention, st.Watermark, now))
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			h.log.Error("old entries of the ledger could not be removed; tried again in a day", "feed", name, "error", err)
		} else if n > 0 {
			h.log.Info("old entries of the ledger were removed", "feed", name, "entries", n)
		}
	}
}

// oldest is where a feed's entries begin to be kept: as long as the retention says, and in any case what the feed may read again. That is one
// look-back before where it stands, and two days more, for files that hold whole days.
func oldest(f integration.HistoricalFeed, retention time.Duration, watermark, now time.Time) time.Time {
	back := f.Lookback
	if back == 0 {
		back = integration.DefaultLookback
	}
	needed := watermark.Add(-max(back, 0) - 48*time.Hour)
	if kept := now.Add(-retention); kept.Before(needed) {
		return kept
	}
	return needed
}
