package historical_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// BenchmarkAggregator folds quarter-hour rows of 200 workgroups into half hours, closing as a host
// does. One operation is one row.
func BenchmarkAggregator(b *testing.B) {
	for _, c := range []struct {
		name string
		set  *wfm.CounterSet
	}{
		{"vendor", wfm.NewCounterSet(wfm.NEnteredAcd, wfm.NAnsweredAcd, wfm.NAbandonedAcd, wfm.TAnsweredAcd, wfm.TTalkAcd, wfm.TAcw)},
		{"full", fullSet()},
	} {
		b.Run(c.name, func(b *testing.B) {
			const workgroups = 200
			start := at("2026-01-01T00:00:00Z")
			slots := b.N/workgroups + 2
			end := start.Add(time.Duration(slots/2+1) * 30 * time.Minute)
			a, err := historical.NewAggregator(historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.HalfHour},
				Needs: wfm.Needs{Queue: wfm.Columns{Counters: c.set}}, Window: wfm.Window{Start: start, End: end}})
			if err != nil {
				b.Fatal(err)
			}
			names := make([]wfm.Workgroup, workgroups)
			for i := range names {
				names[i] = wfm.Workgroup(fmt.Sprintf("Workgroup %03d", i))
			}
			r := historical.Row{Grain: wfm.GrainQueue, Site: 1, Duration: 15 * time.Minute, Values: make([]int64, c.set.Len())}
			for i := range r.Values {
				r.Values[i] = int64(i)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				r.Workgroup = names[i%workgroups]
				if i%workgroups == 0 {
					r.Start = start.Add(time.Duration(i/workgroups) * 15 * time.Minute)
					for range a.Close(r.Start) {
					}
				}
				if err := a.Add(r); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func fullSet() *wfm.CounterSet {
	var all []wfm.Counter
	for c := range wfm.Counters() {
		all = append(all, c)
	}
	return wfm.NewCounterSet(all...)
}
