package historical_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// night is the autumn clock change in Berlin with some hours around it.
var night = window("2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z")

// drawRows draws statistics rows of two sites in the night, some of them odd: off the grid, of no
// length, with values that are missing. No two of one site, workgroup and start have the same gauges'
// moment, save where they are parts of one whole.
func drawRows(t *rapid.T) []historical.Row {
	rows := make([]historical.Row, rapid.IntRange(0, 60).Draw(t, "rows"))
	for i := range rows {
		start := night.Start.Add(time.Duration(rapid.IntRange(0, 8*60*60-1).Draw(t, "start")) * time.Second)
		if rapid.Bool().Draw(t, "on the grid") {
			start = start.Truncate(15 * time.Minute)
		}
		values := make([]int64, queue.Queue.Counters.Len())
		for v := range values {
			values[v] = rapid.SampledFrom([]int64{wfm.Missing, 0, 1, 7, 1000, 1 << 31}).Draw(t, "value")
		}
		rows[i] = historical.Row{Grain: wfm.GrainQueue, Site: wfm.Site(rapid.IntRange(1, 2).Draw(t, "site")), Start: start,
			Duration:  time.Duration(rapid.IntRange(0, 900).Draw(t, "seconds")) * time.Second,
			Workgroup: rapid.SampledFrom([]wfm.Workgroup{"Sales", "Support"}).Draw(t, "workgroup"), Values: values}
	}
	return rows
}

// fold aggregates what of the rows lies in the window, closing meanwhile where the rows are sorted.
func fold(t require.TestingT, o historical.AggregatorOptions, rows []historical.Row, closing bool) []wfm.Report {
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	var reports []wfm.Report
	for _, r := range rows {
		in := o.Window.Contains(r.Start)
		if r.Grain == wfm.GrainActivity {
			w := (&historical.Query{Window: o.Window, Needs: o.Needs}).States()
			in = r.Start.Before(w.End) && (r.End().After(w.Start) || (r.Duration == 0 && w.Contains(r.Start)))
		}
		if !in {
			continue
		}
		if closing {
			reports = slices.AppendSeq(reports, a.Close(r.Start))
		}
		require.NoError(t, a.Add(r))
	}
	return slices.AppendSeq(reports, a.Close(o.Window.End))
}

func withoutRemarks(reports []wfm.Report) []wfm.Report {
	for i := range reports {
		reports[i].Diagnostics = nil
	}
	return reports
}

func byStart(rows []historical.Row) []historical.Row {
	return slices.SortedStableFunc(slices.Values(rows), func(a, b historical.Row) int { return a.Start.Compare(b.Start) })
}

// cuts draws borders of the grid that do not cut the repeated hour.
func cuts(t *rapid.T, g wfm.Grid) []wfm.Window {
	var parts []wfm.Window
	from := night.Start
	for s := range g.Slots(night) {
		inside := s.Start.After(at("2026-10-25T00:00:00Z")) && s.Start.Before(at("2026-10-25T02:00:00Z"))
		if s.Start.After(from) && !inside && rapid.IntRange(0, 5).Draw(t, "cut") == 0 {
			parts = append(parts, wfm.Window{Start: from, End: s.Start})
			from = s.Start
		}
	}
	return append(parts, wfm.Window{Start: from, End: night.End})
}

func drawOptions(t *rapid.T, needs wfm.Needs) historical.AggregatorOptions {
	return historical.AggregatorOptions{Window: night, Needs: needs, Sites: []wfm.Site{1, 2}, SumRepeated: rapid.Bool().Draw(t, "sum"),
		Grid: wfm.Grid{Length: rapid.SampledFrom([]wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour}).Draw(t, "length"), Location: berlin}}
}

// sameHowever returns the reports of rows, which are the same whatever the order of the rows, whether intervals are closed
// meanwhile, and however the window is cut into parts.
func sameHowever(t *rapid.T, o historical.AggregatorOptions, rows []historical.Row) []wfm.Report {
	want := withoutRemarks(fold(t, o, rows, false))
	require.Equal(t, want, withoutRemarks(fold(t, o, rapid.Permutation(rows).Draw(t, "order"), false)), "another order")
	require.Equal(t, want, withoutRemarks(fold(t, o, byStart(rows), true)), "closed meanwhile")
	var parts []wfm.Report
	for _, w := range cuts(t, o.Grid) {
		part := o
		part.Window = w
		parts = append(parts, fold(t, part, rows, false)...)
	}
	require.Equal(t, want, withoutRemarks(parts), "in parts")
	return want
}

// TestNoCountIsLostOrDoubled: whatever the order of the rows, and however the window is cut into
// parts, the reports are the same, and each counter that adds up sums to what the rows sum to.
func TestNoCountIsLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, o := drawRows(t), drawOptions(t, queue)
		want := sameHowever(t, o, rows)

		for _, r := range rows {
			require.True(t, r.Grain != wfm.GrainQueue || slices.ContainsFunc(want, func(report wfm.Report) bool {
				return (report.Interval.Contains(r.Start) || report.Repeated.Contains(r.Start)) && slices.ContainsFunc(report.Queues,
					func(q wfm.Record) bool { return !q.Zero && q.Workgroup == r.Workgroup && q.Media == r.Media })
			}), "a row at %s is in no record", r.Start)
		}
		for _, c := range []wfm.Counter{wfm.NEnteredAcd, wfm.TTalkAcd} {
			for _, report := range want {
				for _, q := range report.Queues {
					if !q.Zero {
						require.Equal(t, sumOf(rows, c, &report, &q), q.Counts.Get(c), "%s of %s in %s", c, q.Workgroup, report.Interval)
					}
				}
			}
		}
	})
}

// sumOf is what a counter must be in a record: missing if a row lacks it, else the sum of the rows.
func sumOf(rows []historical.Row, c wfm.Counter, report *wfm.Report, q *wfm.Record) (sum int64) {
	for _, r := range rows {
		inside := report.Interval.Contains(r.Start) || report.Repeated.Contains(r.Start)
		if r.Grain != wfm.GrainQueue || !inside || r.Workgroup != q.Workgroup || r.Media != q.Media {
			continue
		}
		v := r.Values[queue.Queue.Counters.Index(c)]
		if v == wfm.Missing {
			return wfm.Missing
		}
		sum += v
	}
	return sum
}

// drawStates draws states of one agent, some of them overlapping, some of no length, some reaching
// over the ends of the window.
func drawStates(t *rapid.T) []historical.Row {
	rows := make([]historical.Row, rapid.IntRange(0, 12).Draw(t, "states"))
	for i := range rows {
		from := rapid.IntRange(-3600, 8*60*60-1).Draw(t, "from")
		if rapid.Bool().Draw(t, "on a border") {
			from -= from % 900
		}
		length := rapid.SampledFrom([]int{0, 1, 59, 900, 3600, 5000, 40000}).Draw(t, "length")
		if from < 0 && from+length <= 0 {
			length = 1 - from // it must touch the window
		}
		rows[i] = historical.Row{Grain: wfm.GrainActivity, Site: 1, Agent: "ann", Start: night.Start.Add(time.Duration(from) * time.Second),
			Duration: time.Duration(length) * time.Second,
			State: historical.State{Key: rapid.SampledFrom([]wfm.StatusKey{"Available", "At lunch", "Gone Home"}).Draw(t, "key"),
				Group: "G", LoggedIn: rapid.Bool().Draw(t, "logged in"), ChangedLoggedIn: rapid.Bool().Draw(t, "changed"), Seq: i}}
	}
	return rows
}

// perSecond is the truth by brute force: the state that holds in each second of the night.
func perSecond(rows []historical.Row) []*historical.State {
	order := make([]*historical.Row, len(rows))
	for i := range rows {
		order[i] = &rows[i]
	}
	// A state in which the agent is logged in wins, then the one that starts later.
	slices.SortFunc(order, func(a, b *historical.Row) int {
		rank := func(r *historical.Row) int {
			if r.State.LoggedIn {
				return 1
			}
			return 0
		}
		return cmp.Or(rank(a)-rank(b), a.Start.Compare(b.Start), a.State.Seq-b.State.Seq)
	})
	seconds := make([]*historical.State, int(night.Duration()/time.Second))
	for _, r := range order {
		from, to := int(r.Start.Sub(night.Start)/time.Second), int(r.End().Sub(night.Start)/time.Second)
		for i := max(from, 0); i < min(to, len(seconds)); i++ {
			seconds[i] = &r.State
		}
	}
	return seconds
}

// TestStatesEqualASimulationBySeconds: the seconds per status key of each interval are those of a
// simulation by seconds, and each log-on and log-off occurs exactly once, whether the window is read
// whole or in parts that each carry states in.
func TestStatesEqualASimulationBySeconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, o := drawStates(t), drawOptions(t, states)
		o.Sites = nil
		var reports []wfm.Report
		for _, w := range cuts(t, o.Grid) {
			part := o
			part.Window = w
			reports = append(reports, fold(t, part, rapid.Permutation(rows).Draw(t, "order"), false)...)
		}
		require.Equal(t, withoutRemarks(fold(t, o, rows, false)), withoutRemarks(slices.Clone(reports)), "parts carry states in")

		seconds := perSecond(rows)
		changes := 0
		for _, r := range reports {
			truth := map[wfm.StatusKey]int64{}
			for _, w := range []wfm.Window{r.Interval, r.Repeated} {
				if w.IsZero() {
					continue
				}
				for i := int(w.Start.Sub(night.Start) / time.Second); i < int(w.End.Sub(night.Start)/time.Second); i++ {
					if s := seconds[i]; s != nil && s.LoggedIn {
						truth[s.Key]++
					}
				}
			}
			got := map[wfm.StatusKey]int64{}
			var sum int64
			for _, act := range r.Activity {
				for _, k := range act.Keys {
					got[k.Key] += k.Seconds
					sum += k.Seconds
				}
				require.Equal(t, sum, act.LoggedIn)
				changes += len(act.LogOns) + len(act.LogOffs)
				for _, s := range act.States {
					in := r.Interval
					if !in.Contains(s.Window.Start) {
						in = r.Repeated
					}
					require.Equal(t, s.Began.Before(in.Start), s.CarriedIn, "carried in is what began before the interval")
				}
			}
			require.Equal(t, truth, got, "%s", r.Interval)
		}
		truth := 0
		for _, r := range rows {
			if r.State.ChangedLoggedIn && !r.Start.Before(night.Start) {
				truth++
			}
		}
		require.Equal(t, truth, changes, "each log-on and log-off once")
	})
}

// TestSplitRowsAddUp: long rows that are split add up to what they were, in any order of rows, and a
// presence row tells of every interval that it covers.
func TestSplitRowsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := drawOptions(t, queue)
		o.Split, o.Sites = true, nil
		var rows []historical.Row
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			from := rapid.IntRange(0, 4*60*60).Draw(t, "from")
			n := rapid.SampledFrom([]int64{0, 1, 7, 1001}).Draw(t, "entered")
			r := row(1, night.Start.Add(time.Duration(from)*time.Second).Format(time.RFC3339), rapid.IntRange(0, 14400).Draw(t, "seconds"),
				"Sales", n, n, n, n, n)
			rows = append(rows, r, historical.Row{Grain: wfm.GrainPresence, Site: 1, Start: r.Start, Duration: r.Duration})
		}
		reports := fold(t, o, rows, false)
		require.Equal(t, withoutRemarks(slices.Clone(reports)), withoutRemarks(fold(t, o, rapid.Permutation(rows).Draw(t, "order"), false)))
		var got, truth int64
		for _, r := range reports {
			for _, q := range r.Queues {
				got += q.Counts.Get(wfm.NEnteredAcd)
			}
			for _, row := range rows {
				inside := wfm.Window{Start: row.Start, End: row.End()}
				if row.Duration > o.Grid.Length.Duration()+historical.Tolerance && (inside.Overlaps(r.Interval) || inside.Overlaps(r.Repeated)) {
					require.Equal(t, []wfm.Site{1}, r.Sites, "%s: a row of %s from %s tells that the site wrote", r.Interval, row.Duration, row.Start)
				}
			}
		}
		for _, r := range rows {
			if r.Grain == wfm.GrainQueue {
				truth += r.Values[0]
			}
		}
		require.Equal(t, truth, got)
	})
}
