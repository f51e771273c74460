package historical_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

var (
	berlin = mustZone("Europe/Berlin")
	queue  = wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd, wfm.TTalkAcd,
		wfm.MtAnsweredAcd, wfm.NStartActiveAcdCalls, wfm.NEndActiveAcdCalls)}}
	states = wfm.Needs{Activity: true}
)

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func window(from, to string) wfm.Window { return wfm.Window{Start: at(from), End: at(to)} }

// row makes a queue row whose values are entered, talk, longest wait, start gauge, end gauge. The set
// is in table order, where the longest wait stands before talk.
func row(site wfm.Site, start string, seconds int, workgroup string, values ...int64) historical.Row {
	values[1], values[2] = values[2], values[1]
	return historical.Row{Grain: wfm.GrainQueue, Site: site, Start: at(start), Duration: time.Duration(seconds) * time.Second,
		Workgroup: wfm.Workgroup(workgroup), Values: values}
}

func aggregate(t *testing.T, o historical.AggregatorOptions, rows ...historical.Row) []wfm.Report {
	t.Helper()
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	for _, r := range rows {
		require.NoError(t, a.Add(r))
	}
	return slices.Collect(a.Close(o.Window.End))
}

func values(r wfm.Report, workgroup string) []int64 {
	for _, rec := range r.Queues {
		if rec.Workgroup == wfm.Workgroup(workgroup) {
			v := slices.Clone(rec.Counts.Values())
			v[1], v[2] = v[2], v[1]
			return v
		}
	}
	return nil
}

func TestFoldsOverTimeAndSites(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Hour}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	rows := []historical.Row{
		row(1, "2026-03-02T09:00:00Z", 1800, "Sales", 3, 100, 7, 2, 5),
		row(1, "2026-03-02T09:30:00Z", 1800, "Sales", 4, 50, 9, 5, 1),
		row(2, "2026-03-02T09:00:00Z", 1800, "Sales", 10, 1, 8, 20, 30),
		row(2, "2026-03-02T09:30:00Z", 1800, "Sales", 10, 1, 1, 30, 40),
	}
	want := []int64{27, 152, 9, 22, 41}
	require.Equal(t, want, values(aggregate(t, o, rows...)[0], "Sales"))
	slices.Reverse(rows)
	require.Equal(t, want, values(aggregate(t, o, rows...)[0], "Sales"), "the order of rows has no meaning")
}

func TestSubRowsOfOneStartAddUp(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.HalfHour}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z")}
	got := aggregate(t, o, row(1, "2026-03-02T09:00:00Z", 900, "Sales", 1, 1, 1, 1, 1),
		row(1, "2026-03-02T09:00:00Z", 900, "Sales", 1, 1, 4, 2, 2),
		row(1, "2026-03-02T09:15:00Z", 900, "Sales", 1, 1, 2, 8, 8))
	require.Equal(t, []int64{3, 3, 4, 3, 8}, values(got[0], "Sales"))
}

func TestMissingIsNotZero(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue, Workgroups: []wfm.Workgroup{"Quiet", "Sales"},
		Absent: map[wfm.Grain][]wfm.Counter{wfm.GrainQueue: {wfm.MtAnsweredAcd}},
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:15:00Z")}
	got := aggregate(t, o, row(1, "2026-03-02T09:00:00Z", 900, "Sales", wfm.Missing, 5, wfm.Missing, 0, 0),
		row(1, "2026-03-02T09:00:00Z", 900, "Sales", 2, 6, wfm.Missing, 0, 0))
	require.Equal(t, []int64{wfm.Missing, 11, wfm.Missing, 0, 0}, values(got[0], "Sales"), "a sum that lacks a part is missing")
	require.Equal(t, []int64{0, 0, wfm.Missing, 0, 0}, values(got[0], "Quiet"))
	require.True(t, got[0].Queues[0].Zero)
	require.False(t, got[0].Queues[1].Zero)
}

func TestZeroAndGap(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue, Workgroups: []wfm.Workgroup{"Sales"},
		Sites: []wfm.Site{1, 2}, Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:45:00Z")}
	presence := func(site wfm.Site, start string) historical.Row {
		return historical.Row{Grain: wfm.GrainPresence, Site: site, Start: at(start), Duration: 15 * time.Minute}
	}
	got := aggregate(t, o, presence(1, "2026-03-02T09:00:00Z"), presence(2, "2026-03-02T09:00:00Z"), presence(2, "2026-03-02T09:15:00Z"))
	require.Len(t, got, 3)
	require.True(t, got[0].Queues[0].Zero, "a quiet workgroup is zero")
	require.Empty(t, got[0].Gaps)
	require.Equal(t, []wfm.Site{1}, got[1].Gaps, "a silent site is a gap")
	require.Equal(t, []wfm.Site{2}, got[1].Sites)
	require.Equal(t, []wfm.Site{1, 2}, got[2].Gaps)
	require.Empty(t, got[2].Queues, "an interval in which nobody wrote has no zeros")
}

func TestLongRowIsRefused(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	err = a.Add(row(1, "2026-03-02T09:00:00Z", 1800, "Sales", 1, 1, 1, 1, 1))
	require.ErrorContains(t, err, "1800 seconds is longer than the feed's interval of 900 seconds")
	require.ErrorContains(t, err, "QueuePeriodStatisticsInterval")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

func TestSplitAddsUpAndIsMarked(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue, Split: true,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	got := aggregate(t, o, row(1, "2026-03-02T09:00:00Z", 2700, "Sales", 10, 100, 7, 3, 4))
	var entered, talk int64
	for _, r := range got[:3] {
		require.True(t, r.Estimated)
		require.Equal(t, wfm.SplitRow, r.Diagnostics[0].Kind)
		entered += values(r, "Sales")[0]
		talk += values(r, "Sales")[1]
	}
	require.EqualValues(t, 10, entered)
	require.EqualValues(t, 100, talk)
	require.Equal(t, []int64{3, 33, 7, 3, wfm.Missing}, values(got[0], "Sales"))
	require.Equal(t, []int64{4, 34, 7, wfm.Missing, 4}, values(got[2], "Sales"))
	require.False(t, got[3].Estimated)
}

func TestRestartRowsBelongToTheirStart(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.HalfHour}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	got := aggregate(t, o, row(1, "2026-03-02T09:00:00Z", 420, "Sales", 1, 1, 1, 1, 1),
		row(1, "2026-03-02T09:12:30Z", 1050, "Sales", 2, 2, 2, 0, 2),
		row(1, "2026-03-02T09:30:00Z", 1800, "Sales", 4, 4, 4, 4, 4))
	require.Equal(t, []int64{3, 3, 2, 1, 2}, values(got[0], "Sales"))
	require.Len(t, got[0].Diagnostics, 1)
	require.Equal(t, wfm.PartialCoverage, got[0].Diagnostics[0].Kind)
	require.Contains(t, got[0].Diagnostics[0].Detail, "1470 of 1800")
	require.Empty(t, got[1].Diagnostics)
}

func TestDayOf23And25Hours(t *testing.T) {
	for _, c := range []struct {
		from, to string
		hours    int
	}{{"2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", 23}, {"2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", 25}} {
		o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Day, Location: berlin}, Needs: queue, Window: window(c.from, c.to)}
		var rows []historical.Row
		for i := range c.hours {
			rows = append(rows, row(1, at(c.from).Add(time.Duration(i)*time.Hour).Format(time.RFC3339), 3600, "Sales", 1, 0, 0, 0, 0))
		}
		got := aggregate(t, o, rows...)
		require.Len(t, got, 1)
		require.EqualValues(t, c.hours, values(got[0], "Sales")[0])
		require.Empty(t, got[0].Diagnostics)
	}
}

func TestRepeatedHour(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.HalfHour, Location: berlin}, Needs: queue,
		Window: window("2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z")}
	var rows []historical.Row
	for i := range 6 {
		rows = append(rows, row(1, o.Window.Start.Add(time.Duration(i)*30*time.Minute).Format(time.RFC3339), 1800, "Sales", int64(i+1), 0, 0, int64(i), int64(i)))
	}
	two := aggregate(t, o, rows...)
	require.Len(t, two, 6, "the repeated hour yields two intervals of each")

	o.SumRepeated = true
	sum := aggregate(t, o, rows...)
	require.Len(t, sum, 4)
	require.Equal(t, []int64{1, 0, 0, 0, 0}, values(sum[0], "Sales"))
	require.Equal(t, []int64{2 + 4, 0, 0, 1, 3}, values(sum[1], "Sales"))
	require.Equal(t, []int64{3 + 5, 0, 0, 2, 4}, values(sum[2], "Sales"))
	require.Equal(t, window("2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z"), sum[1].Interval)
	require.Equal(t, window("2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z"), sum[1].Repeated)
	require.Equal(t, []int64{6, 0, 0, 5, 5}, values(sum[3], "Sales"))
	for _, r := range sum {
		require.Empty(t, r.Diagnostics)
	}
}

// On Lord Howe Island the clocks go back by half an hour, so an hourly interval is cut and none is
// repeated.
func TestAHalfHourClockChangeRepeatsNoHour(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Hour, Location: mustZone("Australia/Lord_Howe")}, Needs: queue,
		SumRepeated: true, Window: window("2026-04-04T13:00:00Z", "2026-04-04T16:30:00Z")}
	var rows []historical.Row
	for i := range 7 {
		rows = append(rows, row(1, o.Window.Start.Add(time.Duration(i)*30*time.Minute).Format(time.RFC3339), 1800, "Sales", 1, 0, 0, 0, 0))
	}
	got := aggregate(t, o, rows...)
	require.Len(t, got, 4)
	for i, entered := range []int64{2, 2, 1, 2} {
		require.Equal(t, entered, values(got[i], "Sales")[0])
		require.True(t, got[i].Repeated.IsZero())
	}
}

func TestLateRowsRaiseTheRevisionOnlyIfTheContentChanged(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue, Retain: time.Hour,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	require.NoError(t, a.Add(row(1, "2026-03-02T09:00:00Z", 900, "Sales", 1, 1, 1, 1, 1)))
	first := slices.Collect(a.Close(at("2026-03-02T09:30:00Z")))
	require.Len(t, first, 2)
	require.Equal(t, 1, first[0].Revision)

	require.NoError(t, a.Add(row(1, "2026-03-02T09:00:00Z", 900, "Sales", 0, 0, 0, 0, 0)))
	require.Empty(t, slices.Collect(a.Close(at("2026-03-02T09:30:00Z"))), "a late row of zeros changes nothing")

	require.NoError(t, a.Add(row(1, "2026-03-02T09:00:00Z", 900, "Sales", 2, 0, 0, 0, 0)))
	again := slices.Collect(a.Close(at("2026-03-02T09:30:00Z")))
	require.Len(t, again, 1)
	require.Equal(t, 2, again[0].Revision)
	require.EqualValues(t, 3, values(again[0], "Sales")[0])

	for range a.Close(at("2026-03-02T11:00:00Z")) {
	}
	require.ErrorContains(t, a.Add(row(1, "2026-03-02T09:00:00Z", 900, "Sales", 2, 0, 0, 0, 0)), "after its interval was closed")
}

func state(start, end, key string, seq int, loggedIn, changed bool) historical.Row {
	return historical.Row{Grain: wfm.GrainActivity, Site: 1, Agent: "ann", Start: at(start), Duration: at(end).Sub(at(start)),
		State: historical.State{Key: wfm.StatusKey(key), Group: wfm.StatusGroup(key[:1]), LoggedIn: loggedIn, ChangedLoggedIn: changed, Seq: seq}}
}

func TestStatesAreCutAtIntervals(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: states,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	got := aggregate(t, o,
		state("2026-03-01T17:00:00Z", "2026-03-02T09:05:00Z", "Gone Home", 0, false, false),
		state("2026-03-02T09:05:00Z", "2026-03-02T09:05:00Z", "Gone Home", 0, true, true),
		state("2026-03-02T09:05:00Z", "2026-03-02T09:20:00Z", "Available", 1, true, false),
		state("2026-03-02T09:20:00Z", "2026-03-02T09:50:00Z", "At lunch", 0, true, false),
		state("2026-03-02T09:50:00Z", "2026-03-02T09:50:00Z", "At lunch", 0, false, true),
		state("2026-03-02T09:50:00Z", "2026-03-02T18:00:00Z", "Gone Home", 1, false, false))
	require.Len(t, got, 4)
	first := got[0].Activity[0]
	require.EqualValues(t, 600, first.LoggedIn)
	require.Equal(t, []time.Time{at("2026-03-02T09:05:00Z")}, first.LogOns)
	require.Equal(t, []wfm.StatusTime{{Key: "Available", Group: "A", Seconds: 600}}, first.Keys)
	require.True(t, first.States[0].CarriedIn)
	require.Equal(t, at("2026-03-01T17:00:00Z"), first.States[0].Began)
	require.EqualValues(t, 900, got[1].Activity[0].LoggedIn, "logged in throughout: the interval's length")
	require.Equal(t, []wfm.StatusGroupTime{{Group: "A", Seconds: 900}}, got[1].Activity[0].Groups)
	require.EqualValues(t, 900, got[2].Activity[0].LoggedIn)
	require.Equal(t, []time.Time{at("2026-03-02T09:50:00Z")}, got[3].Activity[0].LogOffs)
	require.EqualValues(t, 300, got[3].Activity[0].LoggedIn)
}

func TestOverlappingStates(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Hour}, Needs: states,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	got := aggregate(t, o, state("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z", "Available", 0, true, false),
		state("2026-03-02T09:10:00Z", "2026-03-02T09:20:00Z", "Break", 0, true, false))
	act := got[0].Activity[0]
	require.EqualValues(t, 3600, act.LoggedIn)
	require.Equal(t, []wfm.StatusTime{{Key: "Available", Group: "A", Seconds: 3000}, {Key: "Break", Group: "B", Seconds: 600}}, act.Keys)
	require.Equal(t, wfm.OverlappingStates, got[0].Diagnostics[0].Kind)
}

func TestRowsOutsideTheWindowAreRefused(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	require.ErrorContains(t, a.Add(row(1, "2026-03-02T10:00:00Z", 900, "Sales", 1, 1, 1, 1, 1)), "outside the window")
	o.Window.End = at("2026-03-02T09:50:00Z")
	_, err = historical.NewAggregator(o)
	require.ErrorContains(t, err, "borders of 15m intervals")
}

// TestHostileRowsAreRefusedAndChangeNothing: a source that breaks its contract makes an error, never
// a panic and never a figure.
func TestHostileRowsAreRefusedAndChangeNothing(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: queue,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:15:00Z")}
	good := func() historical.Row { return row(1, "2026-03-02T09:00:00Z", 900, "Sales", 1, 1, 1, 1, 1) }
	for name, spoil := range map[string]func(*historical.Row){
		"few values":    func(r *historical.Row) { r.Values = r.Values[:2] },
		"many values":   func(r *historical.Row) { r.Values = append(r.Values, 1) },
		"other grain":   func(r *historical.Row) { r.Grain = wfm.GrainAgent },
		"no grain":      func(r *historical.Row) { r.Grain = 200 },
		"negative":      func(r *historical.Row) { r.Duration = -time.Second },
		"too long":      func(r *historical.Row) { r.Duration = 1<<63 - 1 },
		"before":        func(r *historical.Row) { r.Start = r.Start.Add(-time.Nanosecond) },
		"state of none": func(r *historical.Row) { r.Grain, r.Start = wfm.GrainActivity, r.Start.Add(-time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			a, err := historical.NewAggregator(o)
			require.NoError(t, err)
			for range 2 { // also when the caller goes on after an error
				bad := good()
				spoil(&bad)
				require.Error(t, a.Add(bad))
			}
			require.NoError(t, a.Add(good()))
			got := slices.Collect(a.Close(o.Window.End))
			require.Len(t, got, 1)
			require.Equal(t, []int64{1, 1, 1, 1, 1}, values(got[0], "Sales"))
			require.Empty(t, got[0].Diagnostics)
			require.Empty(t, got[0].Agents)
		})
	}
}
