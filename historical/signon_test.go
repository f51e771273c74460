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

// reach is the span of sign-ons in these tests.
const reach = 2 * time.Hour

var signOns = wfm.Needs{SignOns: reach}

func signedOn(in, out, reason string) wfm.SignOn {
	s := wfm.SignOn{Agent: "ann", Reason: wfm.StatusKey(reason)}
	if in != "" {
		s.In = at("2026-03-02T" + in + "Z")
	}
	if out != "" {
		s.Out = at("2026-03-02T" + out + "Z")
	}
	return s
}

// TestSignOns: one interval, 09:45 to 10:00, whose span begins at 08:00, with log-ons looked for from 06:00.
func TestSignOns(t *testing.T) {
	st := func(start, end, key string, seq int, loggedIn, changed bool) historical.Row {
		return state("2026-03-02T"+start+"Z", "2026-03-02T"+end+"Z", key, seq, loggedIn, changed)
	}
	other := func(r historical.Row) historical.Row { r.Site = 2; return r }
	on, off := func(at string, seq int) historical.Row { return st(at, at, "Gone Home", seq, true, true) },
		func(at string, seq int) historical.Row { return st(at, at, "Gone Home", seq, false, true) }
	for name, c := range map[string]struct {
		rows []historical.Row
		want []wfm.SignOn
	}{
		"a shift": {[]historical.Row{on("08:30:00", 0), st("08:30:00", "09:00:00", "Available", 1, true, false), off("09:00:00", 0)},
			[]wfm.SignOn{signedOn("08:30:00", "09:00:00", "Gone Home")}},
		"still on, in a state without a row": {[]historical.Row{on("08:30:00", 0)}, []wfm.SignOn{signedOn("08:30:00", "", "")}},
		"log-off at the end of the interval": {[]historical.Row{on("08:30:00", 0), st("08:30:00", "10:00:00", "Available", 1, true, false)},
			[]wfm.SignOn{signedOn("08:30:00", "", "")}},
		"state that is over long after the interval": {[]historical.Row{on("08:30:00", 0), st("08:30:00", "18:00:00", "Available", 1, true, false)},
			[]wfm.SignOn{signedOn("08:30:00", "", "")}},
		"began before the span": {[]historical.Row{on("07:00:00", 0), st("07:00:00", "08:20:00", "Available", 1, true, false), off("08:20:00", 0)},
			[]wfm.SignOn{signedOn("07:00:00", "08:20:00", "Gone Home")}},
		"began further back than is looked": {[]historical.Row{st("04:00:00", "08:20:00", "Available", 1, true, false), off("08:20:00", 0)},
			[]wfm.SignOn{signedOn("", "08:20:00", "Gone Home")}},
		"began further back and still on":          {[]historical.Row{st("04:00:00", "09:50:00", "Available", 1, true, false)}, []wfm.SignOn{signedOn("", "", "")}},
		"a log-off of which nothing else is known": {[]historical.Row{off("08:20:00", 0)}, []wfm.SignOn{signedOn("", "08:20:00", "Gone Home")}},
		"ended before the span":                    {[]historical.Row{on("07:00:00", 0), off("07:59:59", 0)}, nil},
		"ended where it begins":                    {[]historical.Row{on("07:00:00", 0), off("08:00:00", 0)}, []wfm.SignOn{signedOn("07:00:00", "08:00:00", "Gone Home")}},
		"log-on at the end":                        {[]historical.Row{on("09:59:59", 0)}, []wfm.SignOn{signedOn("09:59:59", "", "")}},
		"nothing known in the span":                {[]historical.Row{on("07:00:00", 0), st("07:00:00", "07:30:00", "Available", 1, true, false)}, nil},
		"known to be on where it begins":           {[]historical.Row{st("07:00:00", "08:00:00", "Available", 0, true, true)}, []wfm.SignOn{signedOn("07:00:00", "", "")}},
		"known until a second before it":           {[]historical.Row{st("07:00:00", "07:59:59", "Available", 0, true, true)}, nil},
		"log-off lost": {[]historical.Row{on("08:10:00", 0), st("08:10:00", "08:40:00", "Available", 1, true, false), on("09:00:00", 0)},
			[]wfm.SignOn{signedOn("08:10:00", "08:40:00", ""), signedOn("09:00:00", "", "")}},
		"log-on lost after a log-off": {[]historical.Row{on("08:10:00", 0), off("08:20:00", 0), st("08:30:00", "09:00:00", "Available", 0, true, false)},
			[]wfm.SignOn{signedOn("08:10:00", "08:20:00", "Gone Home"), signedOn("08:30:00", "", "")}},
		"a state lost between two": {[]historical.Row{on("08:10:00", 0), st("08:10:00", "08:20:00", "Available", 1, true, false),
			st("08:40:00", "09:00:00", "Available", 0, true, false), off("09:00:00", 0)}, []wfm.SignOn{signedOn("08:10:00", "09:00:00", "Gone Home")}},
		"every row twice": {[]historical.Row{on("08:10:00", 0), on("08:10:00", 0), st("08:10:00", "09:00:00", "Available", 1, true, false),
			st("08:10:00", "09:00:00", "Available", 1, true, false), off("09:00:00", 0), off("09:00:00", 0)},
			[]wfm.SignOn{signedOn("08:10:00", "09:00:00", "Gone Home")}},
		"off and on within a second": {[]historical.Row{on("08:10:00", 0), off("08:30:00", 0), on("08:30:00", 1), off("09:00:00", 0)},
			[]wfm.SignOn{signedOn("08:10:00", "08:30:00", "Gone Home"), signedOn("08:30:00", "09:00:00", "Gone Home")}},
		"two sites that overlap": {[]historical.Row{on("08:10:00", 0), off("08:40:00", 0), other(on("08:30:00", 0)), other(off("09:10:00", 0))},
			[]wfm.SignOn{signedOn("08:10:00", "09:10:00", "Gone Home")}},
		"two sites, one after the other": {[]historical.Row{on("08:10:00", 0), off("08:40:00", 0), other(on("08:40:00", 0)), other(off("09:10:00", 0))},
			[]wfm.SignOn{signedOn("08:10:00", "08:40:00", "Gone Home"), signedOn("08:40:00", "09:10:00", "Gone Home")}},
		"still on at one of two sites": {[]historical.Row{on("08:10:00", 0), off("08:40:00", 0), other(on("08:30:00", 0))},
			[]wfm.SignOn{signedOn("08:10:00", "", "")}},
		"rows of the time off": {[]historical.Row{st("05:00:00", "09:00:00", "Gone Home", 0, false, false), on("09:00:00", 0)},
			[]wfm.SignOn{signedOn("09:00:00", "", "")}},
	} {
		t.Run(name, func(t *testing.T) {
			o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: signOns,
				Window: window("2026-03-02T09:45:00Z", "2026-03-02T10:00:00Z")}
			slices.Reverse(c.rows)
			got := aggregate(t, o, c.rows...)
			require.Equal(t, c.want, got[0].SignOns)
			require.Empty(t, got[0].Activity, "not asked for")
		})
	}
}

// TestLateSignOns: a log-off that comes late restates the intervals whose span holds it, and no others.
func TestLateSignOns(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Hour}, Needs: signOns, Retain: 24 * time.Hour,
		Window: window("2026-03-02T00:00:00Z", "2026-03-02T12:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	require.NoError(t, a.Add(state("2026-03-02T04:30:00Z", "2026-03-02T04:30:00Z", "Gone Home", 0, true, true)))
	require.Len(t, slices.Collect(a.Close(at("2026-03-02T11:00:00Z"))), 11)
	require.NoError(t, a.Add(state("2026-03-02T05:10:00Z", "2026-03-02T05:10:00Z", "Gone Home", 0, false, true)))
	var again []string
	for r := range a.Close(at("2026-03-02T11:00:00Z")) {
		require.Equal(t, 2, r.Revision)
		again = append(again, r.Interval.End.Format("15"))
	}
	require.Equal(t, []string{"06", "07"}, again, "still on at 06 until now, and at 07 nothing was known in the span; later spans do not hold it")

	o.Retain = 0
	a, err = historical.NewAggregator(o)
	require.NoError(t, err)
	for range a.Close(at("2026-03-02T01:00:00Z")) {
	}
	require.ErrorContains(t, a.Add(state("2026-03-01T23:10:00Z", "2026-03-01T23:10:00Z", "Gone Home", 0, false, true)), "after its interval was closed")
	require.ErrorContains(t, a.Add(state("2026-03-01T19:10:00Z", "2026-03-01T19:59:00Z", "Gone Home", 0, false, true)), "outside the window 2026-03-01T20:00:00Z")
}

// TestRepeatedHourSignsOnUntilItsEnd: where a repeated interval is summed, its end is that of the second occurrence.
func TestRepeatedHourSignsOnUntilItsEnd(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter, Location: berlin}, Needs: signOns, Window: night, SumRepeated: true}
	got := aggregate(t, o, state("2026-10-25T01:50:00Z", "2026-10-25T01:50:00Z", "Gone Home", 0, true, true))
	for _, r := range got {
		if r.Interval.Start.Equal(at("2026-10-25T00:45:00Z")) {
			require.Equal(t, at("2026-10-25T01:45:00Z"), r.Repeated.Start)
			require.Equal(t, []wfm.SignOn{{Agent: "ann", In: at("2026-10-25T01:50:00Z")}}, r.SignOns)
		}
		if r.Interval.Start.Equal(at("2026-10-25T00:30:00Z")) {
			require.Empty(t, r.SignOns)
		}
	}
}

// TestStatesAreTheSameBesideSignOns: that more rows are read changes no other figure.
func TestStatesAreTheSameBesideSignOns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, o := drawStates(t), drawOptions(t, states)
		o.Sites = nil
		want := fold(t, o, rows, false)
		o.Needs.SignOns = reach
		got := fold(t, o, rows, false)
		for i := range got {
			got[i].SignOns = nil
		}
		require.Equal(t, want, got)
	})
}

// TestSignOnsInParts: whatever the rows, their order and the parts in which a window is read, an interval has one answer.
func TestSignOnsInParts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, o := drawStates(t), drawOptions(t, signOns)
		for i := range rows {
			rows[i].Start = rows[i].Start.Add(-time.Duration(rapid.IntRange(0, 8).Draw(t, "hours earlier")) * time.Hour)
			rows[i].Site = wfm.Site(rapid.IntRange(1, 2).Draw(t, "site"))
		}
		o.Sites = nil
		want := fold(t, o, rows, false)
		require.Equal(t, want, fold(t, o, rapid.Permutation(rows).Draw(t, "order"), false), "another order")
		require.Equal(t, want, fold(t, o, byStart(rows), true), "closed meanwhile")
		var parts []wfm.Report
		for _, w := range cuts(t, o.Grid) {
			part := o
			part.Window = w
			parts = append(parts, fold(t, part, rows, false)...)
		}
		require.Equal(t, want, parts, "in parts")
	})
}

// loggedIn is a span of the naive model, in seconds from the start of the night.
type loggedIn struct {
	in, out int
	crash   bool // neither its log-off nor its last state left a row; out is then the end of the last row
	next    int  // the next log-on at the site, which shows that it crashed
}

// drawShifts draws what really happened to ann at a site, and the rows that were written of it.
func drawShifts(t *rapid.T, site wfm.Site) (shifts []loggedIn, rows []historical.Row) {
	seq := 0
	add := func(from, to int, key string, on, changed bool) {
		r := state("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", key, seq, on, changed)
		r.Site, r.Start, r.Duration = site, night.Start.Add(time.Duration(from)*time.Second), time.Duration(to-from)*time.Second
		rows = append(rows, r)
		seq++
	}
	steps := []int{0, 1, 600, 900, 1800, 3600, 7200, 10000}
	step := func(label string) int { return rapid.SampledFrom(steps).Draw(t, label) }
	for now := -10 * 3600; now < 8*3600; {
		if off := step("off"); off > 0 {
			if rapid.Bool().Draw(t, "row of the time off") && (len(shifts) == 0 || !shifts[len(shifts)-1].crash) {
				add(now, now+off, "Gone Home", false, false)
			}
			now += off
		}
		s := loggedIn{in: now, out: now, crash: rapid.IntRange(0, 5).Draw(t, "crash") == 0}
		if n := len(shifts); n > 0 {
			shifts[n-1].next = now
		}
		add(now, now, "Gone Home", true, true)
		for range rapid.IntRange(0, 3).Draw(t, "states") {
			length := step("state")
			add(now, now+length, "Available", true, false)
			now += length
		}
		s.out = now
		if s.crash {
			now += 1 + step("lost")
		} else {
			add(now, now, "Logged off", false, true)
		}
		s.next = 1 << 30
		shifts = append(shifts, s)
	}
	return shifts, rows
}

// naive is what the report of an interval that ends at a second must say.
func naive(sites [][]loggedIn, end int) []wfm.SignOn {
	const ever = 1 << 30
	from, look := end-int(reach/time.Second), end-2*int(reach/time.Second)
	type span struct {
		in, out int
		reason  wfm.StatusKey
	}
	var list []span
	for _, shifts := range sites {
		for _, s := range shifts {
			is := span{in: s.in, out: ever}
			switch {
			case s.in >= end:
				continue
			case !s.crash && s.out < end:
				is.out, is.reason = s.out, "Logged off"
			case s.crash && s.next < end:
				is.out = s.out
			case s.crash && s.out < from:
				continue
			}
			if is.in < look {
				is.in = -ever
			}
			list = append(list, is)
		}
	}
	for again := true; again; {
		again = false
		for i := range list {
			for j := range list {
				if a, b := list[i], list[j]; i != j && a.in < b.out && b.in < a.out && !again {
					if b.out > a.out {
						a.out, a.reason = b.out, b.reason
					}
					a.in = min(a.in, b.in)
					list[i], again = a, true
					list = slices.Delete(list, j, j+1)
					break
				}
			}
			if again {
				break
			}
		}
	}
	var want []wfm.SignOn
	slices.SortFunc(list, func(a, b span) int { return cmp.Or(a.in-b.in, a.out-b.out) })
	for _, s := range list {
		if s.out < from {
			continue
		}
		o := wfm.SignOn{Agent: "ann", Reason: s.reason}
		if s.in != -ever {
			o.In = night.Start.Add(time.Duration(s.in) * time.Second)
		}
		if s.out != ever {
			o.Out = night.Start.Add(time.Duration(s.out) * time.Second)
		}
		want = append(want, o)
	}
	return want
}

// TestSignOnsAreWhatHappened compares with the shifts themselves, at one site or two, with log-offs that were lost and rows that
// come twice.
func TestSignOnsAreWhatHappened(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var sites [][]loggedIn
		var rows []historical.Row
		for site := range wfm.Site(rapid.IntRange(1, 2).Draw(t, "sites")) {
			shifts, written := drawShifts(t, site+1)
			sites, rows = append(sites, shifts), append(rows, written...)
		}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, len(rows)-1), 0, 3).Draw(t, "twice") {
			rows = append(rows, rows[i])
		}
		o := drawOptions(t, signOns)
		o.Sites = nil
		for _, r := range fold(t, o, rows, false) {
			end := r.Interval.End
			if r.Repeated.End.After(end) {
				end = r.Repeated.End
			}
			require.Equal(t, naive(sites, int(end.Sub(night.Start)/time.Second)), r.SignOns, "%s", r.Interval)
		}
	})
}
