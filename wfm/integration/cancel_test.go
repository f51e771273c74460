package integration_test

import (
	"context"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// stuck is a source, ledger, transport and licence that stop at one stage until the context ends.
type stuck struct {
	ledger.Ledger
	*historicaltest.Memory
	plain
	at string
}

func (s stuck) wait(ctx context.Context, stage string) error {
	if s.at != stage {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (s stuck) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		if q.Needs.Wants(wfm.GrainQueue) {
			if err := s.wait(ctx, "rows"); err != nil {
				yield(historical.Row{}, err)
				return
			}
			if s.at == "silence" { // a source that ends without an error breaks its contract
				_ = s.wait(ctx, "silence")
				return
			}
		}
		s.Memory.Rows(ctx, q)(yield)
	}
}

func (s stuck) Features(ctx context.Context, _ string) ([]license.Feature, error) {
	return []license.Feature{license.FeatureHistorical}, s.wait(ctx, "licence")
}

func (s stuck) EncodeHistorical(ctx context.Context, r []wfm.Report) ([]wfm.Artifact, error) {
	if err := s.wait(ctx, "encode"); err != nil {
		return nil, err
	}
	return s.plain.EncodeHistorical(ctx, r)
}

func (s stuck) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	if err := s.wait(ctx, "begin"); err != nil {
		return ledger.Entry{}, err
	}
	return s.Ledger.Begin(ctx, k, d)
}

func (s stuck) Deliver(ctx context.Context, _ wfm.Artifact) (delivery.Receipt, error) {
	return delivery.Receipt{}, s.wait(ctx, "deliver")
}

func (s stuck) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	if err := s.wait(ctx, "commit"); err != nil {
		return err
	}
	return s.Ledger.Commit(ctx, k, r)
}

// TestTheContextEndsEveryStage: wherever a run stands, it ends with its context, leaves no goroutine
// and never takes what was cut off for a gap.
func TestTheContextEndsEveryStage(t *testing.T) {
	for _, stage := range []string{"licence", "rows", "silence", "encode", "begin", "deliver", "commit"} {
		for _, workers := range []int{1, 3} {
			synctest.Test(t, func(t *testing.T) {
				m := &historicaltest.Memory{}
				fill(m, epoch, 96*3)
				time.Sleep(96 * time.Hour)
				x := stuck{memory(), m, plain{}, stage}
				f := feedOf(m, nil, plain{})
				f.Servers[0].Source, f.Transport, f.Encoder, f.Start = x, x, x, epoch
				s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: x,
					Licence: license.NewGate(x, license.Options{})})
				require.NoError(t, err)
				ctx, cancel := context.WithCancel(t.Context())
				go func() { time.Sleep(time.Second); cancel() }()
				r, err := s.Backfill(ctx, "history", span(0, 72*time.Hour), integration.BackfillOptions{Workers: workers})
				require.Error(t, err, stage)
				require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err), "%s: %v", stage, err)
				require.Equal(t, 1, strings.Count(err.Error(), `feed "history"`), "%v", err)
				require.Empty(t, r.Gaps, stage)
				ctx, cancel = context.WithCancel(t.Context())
				go func() { time.Sleep(time.Second); cancel() }()
				require.NoError(t, s.Run(ctx), stage)
				require.Empty(t, s.Status().Feeds[0].Gaps)
			})
		}
	}
}
