package wfm_test

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // the tests need the zones on every machine

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/wfm"
)

var lengths = []wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour, wfm.Day}

func location(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func utc(y int, m time.Month, d int, rest ...int) time.Time {
	rest = append(rest, 0, 0, 0)
	return time.Date(y, m, d, rest[0], rest[1], rest[2], 0, time.UTC)
}

// TestYearOfSlots lays the grids over a year of zones with clock changes of every kind.
func TestYearOfSlots(t *testing.T) {
	for _, c := range []struct {
		zone string
		year int
		// days counts the calendar days by their hours, in half hours; 48 is an ordinary day.
		days map[int]int
	}{
		{"UTC", 2024, map[int]int{48: 366}},
		{"Europe/Berlin", 2018, map[int]int{46: 1, 48: 363, 50: 1}},
		{"America/New_York", 2019, map[int]int{46: 1, 48: 363, 50: 1}},
		{"America/Sao_Paulo", 2018, map[int]int{46: 1, 48: 363, 50: 1}},   // midnight does not exist on 4 November
		{"Australia/Lord_Howe", 2020, map[int]int{47: 1, 48: 364, 49: 1}}, // half an hour
		{"Asia/Kathmandu", 2021, map[int]int{48: 365}},                    // 5:45 from UTC
		{"Africa/Casablanca", 2019, map[int]int{46: 1, 48: 363, 50: 1}},   // Ramadan
		{"Pacific/Apia", 2011, map[int]int{46: 1, 48: 362, 50: 1}},        // 30 December does not exist
		{"America/St_Johns", 2010, map[int]int{46: 1, 48: 363, 50: 1}},    // changes at one minute past midnight
		{"Asia/Beirut", 2018, map[int]int{46: 1, 48: 363, 50: 1}},         // changes at midnight
	} {
		loc := location(t, c.zone)
		year := wfm.Window{Start: time.Date(c.year, 1, 1, 0, 0, 0, 0, loc).UTC(), End: time.Date(c.year+1, 1, 1, 0, 0, 0, 0, loc).UTC()}
		for _, length := range lengths {
			t.Run(c.zone+" "+length.String(), func(t *testing.T) {
				g := wfm.Grid{Length: length, Location: loc}
				slots := slices.Collect(g.Slots(year))
				require.Equal(t, year.Start, slots[0].Start)
				require.Equal(t, year.End, slots[len(slots)-1].End)
				days := map[int]int{}
				for i, s := range slots {
					if i > 0 && s.Start != slots[i-1].End {
						t.Fatalf("%s follows %s: slots are disjoint and leave nothing out", s, slots[i-1])
					}
					if s.Duration() <= 0 || s.Start.Location() != time.UTC || !g.Aligned(s) {
						t.Fatalf("%s is empty, not in UTC or not aligned", s)
					}
					for _, at := range []time.Time{s.Start, s.Start.Add(s.Duration() / 2), s.End.Add(-1)} {
						if g.Slot(at) != s {
							t.Fatalf("%s lies in %s and in %s", at, s, g.Slot(at))
						}
					}
					if g.Widen(s) != s || g.Widen(wfm.Window{Start: s.Start.Add(1), End: s.End.Add(-1)}) != s {
						t.Fatalf("%s was widened", s)
					}
					if length != wfm.Day {
						if s.Duration() > length.Duration() {
							t.Fatalf("%s is longer than %s", s, length)
						}
						continue
					}
					days[int(s.Duration()/(30*time.Minute))]++
				}
				if length == wfm.Day {
					require.Equal(t, c.days, days)
				}
			})
		}
	}
}

// TestSlotsOfAnyZone holds the grid to its promise at any instant of zones whose clocks change at
// odd times, and at the changes themselves.
func TestSlotsOfAnyZone(t *testing.T) {
	var locs []*time.Location
	for _, name := range []string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
		"Pacific/Apia", "America/St_Johns", "America/Havana", "Asia/Beirut", "Asia/Tehran", "Pacific/Chatham", "America/Scoresbysund",
		"Antarctica/Troll", "Africa/Cairo", "Asia/Gaza", "America/Caracas", "Asia/Pyongyang", "Europe/Dublin"} {
		locs = append(locs, location(t, name))
	}
	promise := func(t *testing.T, g wfm.Grid, at time.Time) {
		s := g.Slot(at)
		if !s.Contains(at) || g.Slot(s.End).Start != s.End || g.Slot(s.Start.Add(-1)).End != s.Start {
			t.Fatalf("%s %s: the slot of %s is %s, before it %s, after it %s", g.Location, g.Length, at.UTC(), s,
				g.Slot(s.Start.Add(-1)), g.Slot(s.End))
		}
	}
	for _, loc := range locs {
		for change := utc(1985, 1, 1); change.Before(utc(2037, 1, 1)); {
			for minutes := -180; minutes <= 180; minutes += 20 {
				for _, length := range lengths {
					promise(t, wfm.Grid{Length: length, Location: loc}, change.Add(time.Duration(minutes)*time.Minute))
				}
			}
			if _, change = change.In(loc).ZoneBounds(); change.IsZero() {
				break
			}
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		promise(t, wfm.Grid{Length: rapid.SampledFrom(lengths).Draw(rt, "length"), Location: rapid.SampledFrom(locs).Draw(rt, "zone")},
			time.Unix(rapid.Int64Range(utc(1985, 1, 1).Unix(), utc(2037, 1, 1).Unix()).Draw(rt, "at"), 0))
	})
}

func TestSlotsStartInTheWindow(t *testing.T) {
	g := wfm.Grid{Length: wfm.Hour}
	w := wfm.Window{Start: utc(2018, 1, 1, 0, 30), End: utc(2018, 1, 1, 3)}
	require.Equal(t, []wfm.Window{{Start: utc(2018, 1, 1, 1), End: utc(2018, 1, 1, 2)}, {Start: utc(2018, 1, 1, 2), End: utc(2018, 1, 1, 3)}},
		slices.Collect(g.Slots(w)))
	require.Empty(t, slices.Collect(g.Slots(wfm.Window{})))
	for s := range g.Slots(w) {
		require.Equal(t, utc(2018, 1, 1, 1), s.Start)
		break
	}
	require.Equal(t, wfm.Window{Start: utc(2018, 1, 1), End: utc(2018, 1, 1, 3)}, g.Widen(w))
	require.False(t, g.Aligned(w))
}

func TestRepeatedHourHasTwoIntervals(t *testing.T) {
	berlin := location(t, "Europe/Berlin")
	w := wfm.Window{Start: utc(2018, 10, 28, 0), End: utc(2018, 10, 28, 2)}
	var clocks []string
	for s := range (wfm.Grid{Length: wfm.HalfHour, Location: berlin}).Slots(w) {
		clocks = append(clocks, s.Start.In(berlin).Format("15:04 MST"))
	}
	require.Equal(t, []string{"02:00 CEST", "02:30 CEST", "02:00 CET", "02:30 CET"}, clocks)
}

func TestResolveLocal(t *testing.T) {
	for _, c := range []struct {
		zone, wall    string
		kind          wfm.LocalKind
		first, second time.Time
	}{
		{"UTC", "2018-10-28 02:30:00", wfm.Once, utc(2018, 10, 28, 2, 30), utc(2018, 10, 28, 2, 30)},
		{"Europe/Berlin", "2018-07-01 12:00:00", wfm.Once, utc(2018, 7, 1, 10), utc(2018, 7, 1, 10)},
		{"Europe/Berlin", "2018-03-25 01:59:59", wfm.Once, utc(2018, 3, 25, 0, 59, 59), utc(2018, 3, 25, 0, 59, 59)},
		{"Europe/Berlin", "2018-03-25 02:00:00", wfm.Never, utc(2018, 3, 25, 1), utc(2018, 3, 25, 1)},
		{"Europe/Berlin", "2018-03-25 02:59:59", wfm.Never, utc(2018, 3, 25, 1), utc(2018, 3, 25, 1)},
		{"Europe/Berlin", "2018-03-25 03:00:00", wfm.Once, utc(2018, 3, 25, 1), utc(2018, 3, 25, 1)},
		{"Europe/Berlin", "2018-10-28 01:59:59", wfm.Once, utc(2018, 10, 27, 23, 59, 59), utc(2018, 10, 27, 23, 59, 59)},
		{"Europe/Berlin", "2018-10-28 02:00:00", wfm.Twice, utc(2018, 10, 28, 0), utc(2018, 10, 28, 1)},
		{"Europe/Berlin", "2018-10-28 03:00:00", wfm.Once, utc(2018, 10, 28, 2), utc(2018, 10, 28, 2)},
		{"America/New_York", "2019-11-03 01:30:00", wfm.Twice, utc(2019, 11, 3, 5, 30), utc(2019, 11, 3, 6, 30)},
		{"America/Sao_Paulo", "2018-11-04 00:00:00", wfm.Never, utc(2018, 11, 4, 3), utc(2018, 11, 4, 3)},
		{"Australia/Lord_Howe", "2020-04-05 01:45:00", wfm.Twice, utc(2020, 4, 4, 14, 45), utc(2020, 4, 4, 15, 15)},
		{"Australia/Lord_Howe", "2020-10-04 02:15:00", wfm.Never, utc(2020, 10, 3, 15, 30), utc(2020, 10, 3, 15, 30)},
		{"Pacific/Apia", "2011-12-30 12:00:00", wfm.Never, utc(2011, 12, 30, 10), utc(2011, 12, 30, 10)},
		{"Pacific/Apia", "2011-12-31 00:00:00", wfm.Once, utc(2011, 12, 30, 10), utc(2011, 12, 30, 10)},
	} {
		wall, err := time.Parse(time.DateTime, c.wall)
		require.NoError(t, err)
		require.Equal(t, wfm.Resolution{Kind: c.kind, First: c.first, Second: c.second}, wfm.ResolveLocal(wall, location(t, c.zone)), "%s %s", c.zone, c.wall)
	}
}

// TestResolveLocalInverts: every instant is found again from the clock it shows.
func TestResolveLocalInverts(t *testing.T) {
	var locs []*time.Location
	for _, name := range []string{"Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "Antarctica/Troll"} {
		locs = append(locs, location(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(locs).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(utc(1995, 1, 1).Unix(), utc(2037, 1, 1).Unix()).Draw(t, "at"), 0).UTC()
		if start, _ := at.In(loc).ZoneBounds(); rapid.Bool().Draw(t, "near a change") && !start.IsZero() {
			at = start.Add(time.Duration(rapid.IntRange(-7200, 7200).Draw(t, "seconds")) * time.Second).UTC()
		}
		r := wfm.ResolveLocal(at.In(loc), loc)
		if !r.First.Equal(at) && !r.Second.Equal(at) || r.Kind == wfm.Never || r.Second.Before(r.First) || (r.Kind == wfm.Twice) == r.First.Equal(r.Second) {
			t.Fatalf("%s shows %s, which is %+v", at, at.In(loc), r)
		}
	})
}

func TestParseLength(t *testing.T) {
	for text, want := range map[string]wfm.Length{"15m": wfm.Quarter, " 30M ": wfm.HalfHour, "1h": wfm.Hour, "60m": wfm.Hour, "Day": wfm.Day} {
		got, err := wfm.ParseLength(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, l := range lengths {
		got, err := wfm.ParseLength(l.String())
		require.NoError(t, err)
		require.Equal(t, l, got)
	}
	_, err := wfm.ParseLength("20m")
	require.EqualError(t, err, `interval "20m" is not an interval length; use 15m, 30m, 1h or day`)
}

func FuzzParseLength(f *testing.F) {
	f.Add("15m")
	f.Add("1H ")
	f.Add("day\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := wfm.ParseLength(text)
		if err != nil {
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
			require.NotContains(t, err.Error(), "\n")
			return
		}
		require.Positive(t, l.Duration())
		again, err := wfm.ParseLength(l.String())
		require.NoError(t, err)
		require.Equal(t, l, again)
	})
}

func BenchmarkSlot(b *testing.B) {
	for _, l := range lengths {
		b.Run(l.String(), func(b *testing.B) {
			g := wfm.Grid{Length: l, Location: location(b, "Europe/Berlin")}
			at := utc(2018, 10, 28, 0, 50)
			b.ReportAllocs()
			for b.Loop() {
				g.Slot(at)
			}
		})
	}
}
