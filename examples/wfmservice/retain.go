package main

import (
	"context"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm/config"
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

// prune forgets the old entries of the feeds that this instance runs, and of those that are not configured any more.
func (h *host) prune(ctx context.Context, status []integration.FeedStatus, now time.Time) {
	built := h.now()
	p, can := built.Options.Ledger.(ledger.Pruner)
	if !can || built.Retention <= 0 {
		return
	}
	h.pruneConfigured(ctx, p, built, status, now)
	h.pruneRemoved(ctx, p, built, now)
}

func (h *host) pruneConfigured(ctx context.Context, p ledger.Pruner, built *config.Built, status []integration.FeedStatus, now time.Time) {
	feeds := map[string]integration.HistoricalFeed{}
	for _, f := range built.Options.Historical {
		feeds[f.Name] = f
	}
	for _, st := range status {
		f, known := feeds[st.Name]
		if !known || st.Watermark.IsZero() || st.Lease.Holder != "" && !st.Lease.Ours {
			continue
		}
		h.pruneFeed(ctx, p, integration.LedgerFeed(st.Name, st.Destination), oldest(f, built.Retention, st.Watermark, now))
	}
}

// pruneRemoved forgets the old entries of feeds that the configuration does not have any more. Their watermarks stay, one row
// each, and so do their leases: a feed that comes back goes on where it stood, and a token is never given twice.
func (h *host) pruneRemoved(ctx context.Context, p ledger.Pruner, built *config.Built, now time.Time) {
	configured := map[string]bool{}
	for _, f := range built.Options.Historical {
		for _, d := range f.Destinations {
			configured[integration.LedgerFeed(f.Name, d.Name)] = true
		}
		configured[f.Name] = configured[f.Name] || f.Transport != nil
	}
	list, err := removedFeeds(ctx, built.Options.Ledger, configured, now)
	if err != nil && ctx.Err() == nil {
		h.log.Error("the ledger cannot say which feeds it knows; tried again in a day", "error", err)
	}
	for _, w := range list {
		h.pruneFeed(ctx, p, w.Feed, oldest(integration.HistoricalFeed{Lookback: -1}, built.Retention, w.Through, now))
	}
}

func (h *host) pruneFeed(ctx context.Context, p ledger.Pruner, name string, before time.Time) {
	if ctx.Err() != nil {
		return
	}
	n, err := p.Prune(ctx, name, before)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		h.log.Error("old entries of the ledger could not be removed; tried again in a day", "feed", name, "error", err)
	case n > 0:
		h.log.Info("old entries of the ledger were removed", "feed", name, "entries", n)
	}
}

// leaseRest is how long after the end of its lease a feed may still be one that another instance works on.
const leaseRest = 24 * time.Hour

// removedFeeds are those that a ledger knows and a configuration does not have: none where the ledger cannot tell, and without those that another
// instance works on, whose configuration may have them.
func removedFeeds(ctx context.Context, l ledger.Ledger, configured map[string]bool, now time.Time) ([]ledger.Watermark, error) {
	lister, ok := l.(ledger.Lister)
	if !ok {
		return nil, nil
	}
	known, err := lister.Watermarks(ctx)
	if err != nil {
		return nil, err
	}
	worked := map[string]bool{}
	if leases, ok := l.(ledger.Leases); ok {
		held, err := leases.Holders(ctx)
		if err != nil {
			return nil, err
		}
		for _, h := range held {
			worked[h.Feed] = h.Until.Add(leaseRest).After(now)
		}
	}
	return slices.DeleteFunc(known, func(w ledger.Watermark) bool { return configured[w.Feed] || worked[w.Feed] }), nil
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
