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

// BenchmarkSignOns folds the states of 500 agents, ten changes an hour and two log-ons a day each, into quarter-hours with the
// sign-ons of 24 hours.
func BenchmarkSignOns(b *testing.B) {
	const agents, perHour, hours = 500, 10, 72
	start := at("2026-01-01T00:00:00Z")
	names := make([]wfm.AgentID, agents)
	for i := range names {
		names[i] = wfm.AgentID(fmt.Sprintf("agent%03d", i))
	}
	end := start.Add(hours * time.Hour)
	b.ReportAllocs()
	intervals := 0
	for b.Loop() {
		a, err := historical.NewAggregator(historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{SignOns: 24 * time.Hour},
			Window: wfm.Window{Start: start.Add(48 * time.Hour), End: end}})
		if err != nil {
			b.Fatal(err)
		}
		for i := range hours * perHour {
			now := start.Add(time.Duration(i) * time.Hour / perHour)
			for range a.Close(now) {
				intervals++
			}
			change := i % (12 * perHour)
			for _, name := range names {
				if err := a.Add(historical.Row{Grain: wfm.GrainActivity, Site: 1, Agent: name, Start: now, Duration: time.Hour / perHour,
					State: historical.State{LoggedIn: change != 0, ChangedLoggedIn: change < 2}}); err != nil {
					b.Fatal(err)
				}
			}
		}
		for range a.Close(end) {
			intervals++
		}
	}
	b.ReportMetric(b.Elapsed().Seconds()*1000/float64(intervals), "ms/interval")
	b.ReportMetric(float64(b.N*hours*perHour*agents)/b.Elapsed().Seconds(), "rows/s")
}

func fullSet() *wfm.CounterSet {
	var all []wfm.Counter
	for c := range wfm.Counters() {
		all = append(all, c)
	}
	return wfm.NewCounterSet(all...)
}

// BenchmarkContacts folds single contacts, 2,000 an hour, into quarter-hours by start and by end, closing as a host does. One
// operation is one contact; memory must not grow with their number.
func BenchmarkContacts(b *testing.B) {
	start := at("2026-01-01T00:00:00Z")
	step := time.Hour / 2000
	end := start.Add(time.Duration(b.N)*step + 2*time.Hour).Truncate(time.Hour)
	a, err := historical.NewAggregator(historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{Begun: true, Ended: true},
		Window: wfm.Window{Start: start, End: end}})
	if err != nil {
		b.Fatal(err)
	}
	groups := [...]wfm.Workgroup{"Billing", "Claims", "Sales", "Support"}
	kept := 0
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		c := wfm.Contact{ID: fmt.Sprintf("%018d", i), Site: 1, Workgroup: groups[i%len(groups)], Agent: "ann", Media: wfm.Call,
			Start: start.Add(time.Duration(i) * step)}
		c.End = c.Start.Add(time.Duration(i%600) * time.Second)
		for _, r := range [...]historical.Row{{Grain: wfm.GrainBegun, Site: 1, Start: c.Start, Contact: &c}, {Grain: wfm.GrainEnded, Site: 1, Start: c.End, Contact: &c}} {
			if err := a.Add(r); err != nil {
				b.Fatal(err)
			}
		}
		if i%500 == 0 {
			for r := range a.Close(c.Start) {
				kept += len(r.Begun) + len(r.Ended)
			}
		}
	}
	for r := range a.Close(end) {
		kept += len(r.Begun) + len(r.Ended)
	}
	if kept != 2*b.N {
		b.Fatalf("%d of %d", kept, 2*b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "contacts/s")
}
