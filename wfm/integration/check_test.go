package integration_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// brokenLedger cannot be read.
type brokenLedger struct{ ledger.Ledger }

func (brokenLedger) Entries(context.Context, string, wfm.Window) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) { yield(ledger.Entry{}, errors.New("no such table")) }
}

// TestCheckFindsEverythingAtOnce: no finding hides another.
func TestCheckFindsEverythingAtOnce(t *testing.T) {
	m := inspected{&historicaltest.Memory{}, historical.Inspection{LongestRow: time.Hour, Sites: []wfm.Site{1}, Workgroups: []wfm.Workgroup{"SALES"}},
		errors.Join(wfm.Problem{Field: "view", Value: "IWrkgrpQueueStats", Reason: "is not there"},
			wfm.Problem{Field: historical.FieldWorkgroup, Value: "Sales", Reason: "is not in the reporting database"})}
	f := feedOf(m.Memory, failingTarget{}, plain{})
	f.Servers[0].Source = m
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: brokenLedger{memory()}, Licence: unlicensed(t)})
	require.NoError(t, err)
	c := s.Check(t.Context(), wfm.Window{})
	for _, want := range []string{"I3_FEATURE_WFM_HISTORICAL", "IWrkgrpQueueStats", `workgroup "Sales"`, "rows of 3600 seconds", "no such table", "no such folder"} {
		require.ErrorContains(t, c.Err(), want)
	}
	for _, p := range c.Feeds[0].Problems {
		require.NotContains(t, p.Error(), "\n")
		require.LessOrEqual(t, strings.Count(p.Error(), `feed "history"`), 1)
	}
	require.Contains(t, strings.Join(c.Feeds[0].Notes, "\n"), `spells workgroup "Sales" as "SALES"`)
}

type failingTarget struct{}

func (failingTarget) Deliver(context.Context, wfm.Artifact) (delivery.Receipt, error) {
	return delivery.Receipt{}, errFault
}
func (failingTarget) Check(context.Context) error { return errors.New("no such folder") }
