package layouttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// Benchmark writes the files of an interval with 500 workgroups per medium, 500 agents and their
// statuses, and reports MB/s and allocations per row.
func Benchmark(b *testing.B, enc vendors.HistoricalEncoder) {
	b.Helper()
	reports, rows, size := benchReports(enc), 0, 0
	files, err := enc.EncodeHistorical(b.Context(), reports)
	require.NoError(b, err)
	for _, f := range files {
		rows, size = rows+f.Rows, size+len(f.Bytes)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := enc.EncodeHistorical(b.Context(), reports); err != nil {
			b.Fatal(err)
		}
	}
	allocs := testing.AllocsPerRun(5, func() { files, err = enc.EncodeHistorical(b.Context(), reports) })
	require.NoError(b, err)
	b.ReportMetric(allocs/float64(rows), "allocs/row")
}

// benchReports is the interval of the benchmarks.
func benchReports(enc vendors.HistoricalEncoder) []wfm.Report {
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
	fill := func(set *wfm.CounterSet, i int) wfm.Counts {
		values := make([]int64, set.Len())
		for j := range values {
			values[j] = int64(i + j)
		}
		return wfm.NewCounts(set, values)
	}
	needs := enc.Needs()
	for i := range 500 {
		name := fmt.Sprintf("name %03d", i)
		for _, m := range needs.Queue.MediaList() {
			r.Queues = append(r.Queues, wfm.Record{Workgroup: wfm.Workgroup(name), Media: m, Counts: fill(needs.Queue.Counters, i)})
		}
		if needs.Wants(wfm.GrainAgent) {
			r.Agents = append(r.Agents, wfm.Record{Agent: wfm.AgentID(name), Counts: fill(needs.Agent.Counters, i)})
		}
		if needs.Activity {
			r.Activity = append(r.Activity, wfm.Activity{Agent: wfm.AgentID(name), States: []wfm.StateSpan{
				{Window: r.Interval, Status: "Available", LoggedIn: true}}})
		}
	}
	return []wfm.Report{r}
}
