package historicaltest_test

import (
	"context"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
)

var (
	start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	query = historical.Query{Window: wfm.Window{Start: start, End: start.Add(2 * time.Hour)},
		Needs: wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd)}}}
)

func filled() *historicaltest.Memory {
	m := &historicaltest.Memory{}
	for i := range 16 {
		m.Queue(1, start.Add(time.Duration(i-4)*15*time.Minute), 15*time.Minute, "Sales", map[wfm.Counter]int64{wfm.NEnteredAcd: int64(i)})
	}
	return m
}

func TestMemoryKeepsTheContract(t *testing.T) {
	require.NoError(t, historicaltest.Check(t.Context(), filled(), query))
}

// broken changes the rows of a good source.
type broken struct {
	*historicaltest.Memory
	change func(i int, r *historical.Row) bool
}

func (b broken) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		i := 0
		for r, err := range b.Memory.Rows(ctx, q) {
			if err == nil && !b.change(i, &r) {
				continue
			}
			if i++; !yield(r, err) {
				return
			}
		}
	}
}

func TestEachRuleCanFail(t *testing.T) {
	calls := 0
	for name, c := range map[string]struct {
		change func(i int, r *historical.Row) bool
		want   string
	}{
		"zone":    {func(_ int, r *historical.Row) bool { r.Start = r.Start.In(time.FixedZone("x", 3600)); return true }, "not in UTC"},
		"outside": {func(i int, r *historical.Row) bool { r.Start = r.Start.Add(-3 * time.Hour); return true }, "outside the window"},
		"grain":   {func(_ int, r *historical.Row) bool { r.Grain = wfm.GrainAgent; return true }, "not asked for"},
		"values":  {func(_ int, r *historical.Row) bool { r.Values = append(r.Values, 1); return true }, "values for"},
		"media":   {func(_ int, r *historical.Row) bool { r.Media = "Call"; return true }, "medium"},
		"order": {func(i int, r *historical.Row) bool {
			if i == 6 {
				r.Start = start
			}
			return true
		}, "slack"},
		"loss":     {func(i int, _ *historical.Row) bool { calls++; return calls != 19 }, "two disjoint windows"},
		"negative": {func(_ int, r *historical.Row) bool { r.Duration = -1; return true }, "negative duration"},
		"activity": {func(_ int, r *historical.Row) bool { r.Grain = wfm.GrainActivity; return true }, "activity was not asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, historicaltest.Check(t.Context(), broken{filled(), c.change}, query), c.want)
		})
	}
}
