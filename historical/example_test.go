package historical_test

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// halfHours is a source of one's own: offered contacts of one workgroup, from a list.
type halfHours struct {
	start   time.Time
	offered []int64
}

func (h halfHours) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		set := q.Needs.Queue.Counters
		values := make([]int64, set.Len()) // valid until the next row, so one slice will do
		for i, n := range h.offered {
			if err := ctx.Err(); err != nil {
				yield(historical.Row{}, err)
				return
			}
			row := historical.Row{Grain: wfm.GrainQueue, Site: 1, Start: h.start.Add(time.Duration(i) * 30 * time.Minute),
				Duration: 30 * time.Minute, Workgroup: "Sales", Values: values}
			if !q.Window.Contains(row.Start) {
				continue
			}
			for j := range values {
				values[j] = wfm.Missing // what this source does not know
				if set.At(j) == wfm.NEnteredAcd {
					values[j] = n
				}
			}
			if !yield(row, nil) {
				return
			}
		}
	}
}

// A source of your own needs one method. This one is folded into hours.
func Example() {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	q := historical.Query{Window: wfm.Window{Start: start, End: start.Add(2 * time.Hour)},
		Needs: wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd)}}}
	agg, err := historical.NewAggregator(historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Hour}, Window: q.Window, Needs: q.Needs})
	if err != nil {
		panic(err)
	}
	for row, err := range (halfHours{start, []int64{12, 9, 4, 3}}).Rows(context.Background(), q) {
		if err == nil {
			err = agg.Add(row)
		}
		if err != nil {
			panic(err)
		}
	}
	for report := range agg.Close(q.Window.End) {
		for _, r := range report.Queues {
			offered, _ := wfm.Offered.Of(r.Counts).Scaled(0)
			fmt.Println(report.Interval, r.Workgroup, offered)
		}
	}
	// Output:
	// 2026-03-02T09:00:00Z/2026-03-02T10:00:00Z Sales 21
	// 2026-03-02T10:00:00Z/2026-03-02T11:00:00Z Sales 7
}
