package cicsql_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

// quarters writes a row for each quarter of an hour, counting up.
func (f *fixture) quarters(from, to string, more values) (n int) {
	for at := instant(f.t, from); at.Before(instant(f.t, to)); at = at.Add(15 * time.Minute) {
		n++
		v := values{"nEnteredAcd": n}
		for k, x := range more {
			v[k] = x
		}
		f.stat(queues, "Sales", "*,*,*", at.Format(time.RFC3339), v)
	}
	return n
}

func TestAutumnNight(t *testing.T) {
	// In Berlin the clocks go from 03:00 back to 02:00 at 01:00 UTC.
	const from, to = "2026-10-24T22:00:00Z", "2026-10-25T04:00:00Z"
	for name, s := range map[string]shape{"with UTC": {}, "without UTC": {noUTC: true}} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, s)
			n := f.quarters(from, to, nil)
			q := historical.Query{Window: window(t, from, to), Needs: needQueue(nil, "nEnteredAcd")}
			out := f.read(cicsql.Options{Zone: berlin(t)}, q)
			require.Empty(t, out.diagnostics)
			seen, presence := map[int64]int64{}, map[int64]bool{}
			latest := time.Time{}
			for _, row := range out.rows {
				require.False(t, row.Start.Before(latest.Add(-cicsql.DefaultSlack)))
				if row.Start.After(latest) {
					latest = row.Start
				}
				if row.Grain == wfm.GrainQueue {
					seen[row.Start.Unix()] = row.Values[0]
				} else {
					presence[row.Start.Unix()] = true
				}
			}
			require.Len(t, seen, n, "the repeated hour stays two hours")
			require.Len(t, presence, n)
			for i := range n {
				require.Equal(t, int64(i+1), seen[instant(t, from).Add(time.Duration(i)*15*time.Minute).Unix()])
			}
			// Each half of the repeated hour alone.
			for i, w := range []wfm.Window{window(t, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"), window(t, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z")} {
				q.Window = w
				out := f.read(cicsql.Options{Zone: berlin(t)}, q)
				require.Len(t, out.of(wfm.GrainQueue), 4)
				require.Equal(t, int64(9+4*i), out.rows[1].Values[0])
			}
			// A presence statement of its own tells the same.
			q.Window, q.Workgroups = window(t, from, to), []wfm.Workgroup{"Nobody"}
			require.Len(t, f.read(cicsql.Options{Zone: berlin(t)}, q).of(wfm.GrainPresence), n)
		})
	}
}

func TestAmbiguousHour(t *testing.T) {
	for name, sent := range map[string]any{"no send time": nil, "as far from both": "2026-10-25 01:00:00"} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, shape{noUTC: true})
			f.stat(queues, "Sales", "*,*,*", "2026-10-25T00:15:00Z", values{"nEnteredAcd": 1, "I3TimeStampGMT": sent})
			f.stat(queues, "Other", "*,*,*", "2026-10-25T00:15:00Z", values{"nEnteredAcd": 1, "I3TimeStampGMT": sent})
			out := f.read(cicsql.Options{Zone: berlin(t)}, historical.Query{Window: window(t, "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"), Needs: needQueue(nil, "nEnteredAcd")})
			require.Len(t, out.of(wfm.GrainQueue), 2, "taken as the first")
			require.Equal(t, []string{"ambiguous hour"}, out.kinds(), "once per view and start")
		})
	}
}

func TestSpringNight(t *testing.T) {
	// In Berlin the clocks go from 02:00 to 03:00 at 01:00 UTC.
	const from, to = "2026-03-28T22:00:00Z", "2026-03-29T04:00:00Z"
	f := newFixture(t, shape{noUTC: true})
	n := f.quarters(from, to, nil)
	f.stat(queues, "Sales", "*,*,*", "2026-03-29T01:00:00Z", values{"nEnteredAcd": 99, "dIntervalStart": "2026-03-29 02:30:00"})
	out := f.read(cicsql.Options{Zone: berlin(t)}, historical.Query{Window: window(t, from, to), Needs: needQueue(nil, "nEnteredAcd")})
	require.Len(t, out.of(wfm.GrainQueue), n+1)
	require.Contains(t, out.of(wfm.GrainQueue), "29T01:00:00Z Sales 99")
	require.Equal(t, []string{"skipped hour"}, out.kinds())
	require.True(t, instant(t, "2026-03-29T01:00:00Z").Equal(out.diagnostics[0].At))
}

func TestWindowIsExactForEveryWayToWriteTimes(t *testing.T) {
	for _, layout := range []string{time.DateTime, "2006-01-02 15:04:05.000", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z", "2006-01-02 15:04",
		"2006-01-02 15:04:05.999999999 -0700 MST"} {
		for _, noUTC := range []bool{false, true} {
			f := newFixture(t, shape{layout: layout, noUTC: noUTC})
			f.quarters("2026-01-14T00:00:00Z", "2026-01-16T00:00:00Z", nil)
			for _, w := range []wfm.Window{window(t, ten, quarter), window(t, "2026-01-14T23:00:00Z", "2026-01-15T01:00:00Z"), window(t, "2026-01-14T23:00:00Z", "2026-01-15T00:00:00Z")} {
				out := f.read(cicsql.Options{Zone: berlin(t)}, historical.Query{Window: w, Needs: needQueue(nil, "nEnteredAcd")})
				require.Len(t, out.of(wfm.GrainQueue), int(w.Duration()/(15*time.Minute)), "%s %v", layout, w)
				for _, row := range out.rows {
					require.True(t, w.Contains(row.Start))
				}
			}
		}
	}
}

func TestStartIsCutToSeconds(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 1, "dIntervalStartUTC": "2026-01-15 10:00:00.997", "nDuration": 893})
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")})
	require.Equal(t, instant(t, ten), out.rows[0].Start)
	require.Equal(t, 893*time.Second, out.rows[0].Duration)
}

func TestZoneIsAskedFor(t *testing.T) {
	f := newFixture(t, shape{noUTC: true})
	f.stat(queues, "Sales", "*,*,*", ten, nil)
	q := historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")}
	_, err := read(t.Context(), f.reader(cicsql.Options{}), q)
	require.ErrorContains(t, err, "Zone is not set")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))

	f = newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"dIntervalStartUTC": nil})
	_, err = read(t.Context(), f.reader(cicsql.Options{}), q)
	require.ErrorContains(t, err, "Zone is not set, and dIntervalStartUTC is NULL")
	out := f.read(cicsql.Options{Zone: berlin(t)}, q)
	require.Equal(t, []string{"15T10:00:00Z Sales -"}, out.of(wfm.GrainQueue))
}

func TestFutureRowsHintAtTheZone(t *testing.T) {
	f := newFixture(t, shape{noUTC: true})
	for _, name := range []string{"Sales", "Other"} {
		f.stat(queues, name, "*,*,*", "2026-01-15T09:00:00Z", nil) // the clock shows 10:00
	}
	now := instant(t, "2026-01-15T09:20:00Z")
	q := historical.Query{Window: window(t, "2026-01-15T08:00:00Z", "2026-01-15T11:00:00Z"), Needs: needQueue(nil, "nEnteredAcd")}
	out := f.read(cicsql.Options{Zone: time.UTC, Now: func() time.Time { return now }}, q)
	require.Equal(t, []string{"row in the future"}, out.kinds())
	require.Contains(t, out.diagnostics[0].Detail, "Zone")
	require.Empty(t, f.read(cicsql.Options{Zone: berlin(t), Now: func() time.Time { return now }}, q).diagnostics)
}

func TestSitesOfDifferentZonesAreNotMixedSilently(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", "2026-01-15T10:00:00Z", nil)
	f.stat(queues, "Sales", "*,*,*", "2026-01-15T04:00:00Z", values{"SiteId": 2, "dIntervalStart": "2026-01-15 12:00:00"})
	q := historical.Query{Window: window(t, "2026-01-15T00:00:00Z", "2026-01-16T00:00:00Z"), Needs: needQueue(nil, "nEnteredAcd")}
	_, err := read(t.Context(), f.reader(cicsql.Options{}), q)
	require.ErrorContains(t, err, "a reader each")
	require.Equal(t, wfm.BadData, wfm.KindOf(err))
	two := wfm.Site(2)
	require.Equal(t, []string{"15T04:00:00Z Sales -"}, f.read(cicsql.Options{Site: &two}, q).of(wfm.GrainQueue))
}
