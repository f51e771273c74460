package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// TestStatusNamesRemovedFeeds: what the ledger knows of feeds that the configuration does not have any more.
func TestStatusNamesRemovedFeeds(t *testing.T) {
	m, at := ledger.NewMemory(nil), time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	for _, feed := range []string{"files -> share", "gone -> share", "files -> old share"} {
		require.NoError(t, m.SetWatermark(t.Context(), feed, at))
	}
	c := &config.Config{Historical: []config.HistoricalFeed{{Name: "files", Destinations: []string{"share"}}}}
	r, err := readLedger(t.Context(), c, m, at)
	require.NoError(t, err)
	require.Equal(t, []ledgerFeed{{Feed: "files -> old share", Watermark: at}, {Feed: "gone -> share", Watermark: at}}, r.Removed)
	var out bytes.Buffer
	require.NoError(t, r.show(&out))
	require.Regexp(t, `NOT CONFIGURED ANY MORE +DEALT WITH UP TO\n.*old share .*\ngone -> share +2026-03-10 00:00:00Z\n`, out.String())
}
