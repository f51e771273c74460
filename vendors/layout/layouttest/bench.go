package layouttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// Benchmark writes the file of an interval with each historical preset of a vendor, as a feed does, and reports MB/s and
// allocations per row: those that remain are of the file and not of its rows.
func Benchmark(b *testing.B, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	b.Helper()
	for _, preset := range presetNames(b, newEncoder) {
		b.Run(preset, func(b *testing.B) { benchmark(b, benchEncoder(b, newEncoder, preset)) })
	}
}

func benchmark(b *testing.B, enc vendors.HistoricalEncoder) {
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

// benchReports is the interval of the benchmarks: 500 workgroups per medium, 500 agents in two workgroups each, and their statuses; 500 single
// contacts.
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
		if needs.Wants(wfm.GrainAgentQueue) {
			for _, g := range []wfm.Workgroup{"Sales", "Service"} {
				r.AgentQueues = append(r.AgentQueues, wfm.Record{Agent: wfm.AgentID(name), Workgroup: g, Counts: fill(needs.AgentQueue.Counters, i)})
			}
		}
		if needs.Activity {
			r.Activity = append(r.Activity, benchActivity(wfm.AgentID(name), r.Interval, i))
		}
		if needs.Begun {
			r.Begun = append(r.Begun, benchContact(name, r.Interval, i))
		}
		if needs.Ended {
			r.Ended = append(r.Ended, benchContact(name, r.Interval, i))
		}
	}
	return []wfm.Report{r}
}

// benchContact is a call of a second or more, of which every fifth was abandoned.
func benchContact(name string, w wfm.Window, i int) wfm.Contact {
	start, took := w.Start.Add(time.Duration(i)*time.Second), int64(1000+i*37)
	return wfm.Contact{ID: fmt.Sprintf("10%08d20260302", i), Workgroup: wfm.Workgroup(name), Agent: "agent", Media: wfm.Call, Start: start,
		End: start.Add(time.Duration(took) * time.Millisecond), Handled: i%5 > 0, Times: wfm.ContactTimes{TConnected: took, TACW: int64(i)}}
}

// benchActivity is what an agent does who logs on in the interval and changes status once.
func benchActivity(agent wfm.AgentID, w wfm.Window, i int) wfm.Activity {
	on := w.Start.Add(time.Duration(i) * time.Second)
	change := on.Add(time.Minute)
	return wfm.Activity{Agent: agent, LoggedIn: int64(w.End.Sub(on) / time.Second), LogOns: []time.Time{on},
		Keys:   []wfm.StatusTime{{Key: "At Lunch", Group: "Break", Seconds: int64(w.End.Sub(change) / time.Second)}, {Key: "Available", Group: "Available", Seconds: 60}},
		Groups: []wfm.StatusGroupTime{{Group: "Available", Seconds: 60}, {Group: "Break", Seconds: int64(w.End.Sub(change) / time.Second)}},
		States: []wfm.StateSpan{
			{Window: wfm.Window{Start: on, End: change}, Status: "Available", Group: "Available", LoggedIn: true, Began: on},
			{Window: wfm.Window{Start: change, End: w.End}, Status: "At Lunch", Group: "Break", LoggedIn: true, Began: change}}}
}
