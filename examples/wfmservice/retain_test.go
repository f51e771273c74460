package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

func TestOldest(t *testing.T) {
	now := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	day := 24 * time.Hour
	for _, c := range []struct {
		lookback, retention, behind, want time.Duration
	}{
		{0, 400 * day, time.Hour, 400 * day},
		{0, day, 0, 4 * day},             // the look-back of two days, and two more
		{-1, day, 0, 2 * day},            // no look-back
		{30 * day, 7 * day, 0, 32 * day}, // never younger than the look-back
		{0, 7 * day, 20 * day, 24 * day}, // a feed that stood still reads again from where it stands
	} {
		got := oldest(integration.HistoricalFeed{Lookback: c.lookback}, c.retention, now.Add(-c.behind), now)
		require.Equal(t, c.want, now.Sub(got), "%+v", c)
	}
}

// TestPrune: old entries go, those that may be read again stay, and so do those of a feed that another instance runs.
func TestPrune(t *testing.T) {
	now := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	clock := now
	m := ledger.NewMemory(func() time.Time { return clock })
	begin := func(feed string, day int) {
		start := now.Add(-time.Duration(day+1) * 24 * time.Hour)
		k := ledger.Key{Feed: feed, Kind: "k", Period: wfm.Window{Start: start, End: start.Add(time.Hour)}, Revision: 1, Name: "n"}
		_, err := m.Begin(t.Context(), k, wfm.Digest{1})
		require.NoError(t, err)
		require.NoError(t, m.Commit(t.Context(), k, delivery.Receipt{}))
	}
	lanes := map[string]integration.FeedStatus{
		"old":     {Name: "f", Destination: "old", Watermark: now},
		"standby": {Name: "f", Destination: "standby", Watermark: now, Lease: integration.LeaseStatus{Holder: "other"}},
		"unknown": {Name: "g", Destination: "unknown", Watermark: now},
		"new":     {Name: "f", Destination: "new"},
	}
	var list []integration.FeedStatus
	for _, st := range lanes {
		list = append(list, st)
		for day := range 10 {
			begin(integration.LedgerFeed(st.Name, st.Destination), day)
		}
	}
	var out buffer
	log, err := newLogging(config.Service{}.Filled().Log, "", &out)
	require.NoError(t, err)
	// The configuration does not have these any more: one is old, one stood still long ago, one another instance works on.
	week := now.AddDate(0, 0, -7)
	for name, stands := range map[string]time.Time{"gone -> old": now, "gone -> older": week, "gone -> elsewhere": now, "gone -> long ago": now} {
		for day := range 10 {
			begin(name, day)
		}
		require.NoError(t, m.SetWatermark(t.Context(), name, stands))
	}
	_, err = m.Acquire(t.Context(), "gone -> elsewhere", "b", time.Minute)
	require.NoError(t, err)
	clock = now.AddDate(0, 0, -2)
	_, err = m.Acquire(t.Context(), "gone -> long ago", "b", time.Minute)
	require.NoError(t, err)
	built := &config.Built{Retention: 24 * time.Hour, Options: integration.Options{Ledger: m, Historical: []integration.HistoricalFeed{{Name: "f"}}}}
	h := &host{log: log, built: built}
	h.prune(t.Context(), list, now)
	for name, want := range map[string]int{"f -> old": 4, "f -> standby": 10, "g -> unknown": 10, "f -> new": 10, // two days of look-back, and two more
		"gone -> old": 2, "gone -> older": 9, "gone -> elsewhere": 10, "gone -> long ago": 2} {
		n := 0
		for _, err := range m.Entries(t.Context(), name, wfm.Window{Start: now.Add(-1000 * time.Hour), End: now}) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, want, n, name)
	}
	require.Contains(t, out.String(), "entries=6")
	marks, err := m.Watermarks(t.Context())
	require.NoError(t, err)
	require.Len(t, marks, 4, "a feed that comes back goes on where it stood")
}
