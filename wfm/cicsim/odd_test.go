package cicsim_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

func TestDeterministic(t *testing.T) {
	odd := func(seed uint64) cicsim.Config {
		cfg := small(cicsim.AllIrregularities(seed))
		cfg.Days, cfg.Restarts = 1, 1
		return cfg
	}
	_, one := write(t, odd(1))
	_, again := write(t, odd(1))
	_, other := write(t, odd(2))
	require.True(t, dump(t, one) == dump(t, again), "the same seed gives the same database")
	require.False(t, dump(t, one) == dump(t, other), "another seed gives another")
}

// TestClockChange counts the intervals of the short and the long day, and the hour that comes
// twice.
func TestClockChange(t *testing.T) {
	for _, c := range []struct {
		start time.Time
		hours int64
		local string // of the hour that changes
		times int64
	}{{date(2026, 3, 29), 23, "02:00:00", 0}, {date(2026, 10, 25), 25, "02:00:00", 2}, {date(2026, 7, 1), 24, "02:00:00", 1}} {
		cfg := small(cicsim.Config{Seed: 1, Start: c.start, Sites: []cicsim.SiteConfig{{ID: 1, Zone: "Europe/Berlin"}}})
		cfg.Schema.Idle = cicsim.ZeroIdle
		centre, db := write(t, cfg)
		require.Equal(t, time.Duration(c.hours)*time.Hour, centre.Window().Duration())
		const sales = " FROM IWrkgrpQueueStats WHERE cName='Sales' AND cReportGroup='*'"
		require.EqualValues(t, 2*c.hours, queryInt(t, db, "SELECT count(DISTINCT dIntervalStartUTC)"+sales))
		require.EqualValues(t, 2*c.hours, queryInt(t, db, "SELECT count(*)"+sales+" AND nDuration=1800"))
		require.EqualValues(t, c.times, queryInt(t, db, "SELECT count(*)"+sales+" AND time(dIntervalStart)=?", c.local))
		require.EqualValues(t, 2*c.hours, queryInt(t, db, `SELECT count(*)`+sales+
			` AND strftime('%s',I3TimeStampGMT) - strftime('%s',dIntervalStartUTC) - nDuration BETWEEN 1 AND 30`), "sent at the end")
	}
}

func TestRestart(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 5, Restarts: 1})
	cfg.Schema.Idle = cicsim.ZeroIdle
	c, db := write(t, cfg)
	down := c.Sites()[0].Down
	require.Len(t, down, 1)
	from, to := down[0].Start.Unix(), down[0].End.Unix()
	rows := readRows(t, db, viewNames[0], "cName='Sales' AND cReportGroup='*'")
	end, short, offGrid := c.Window().Start.Unix(), 0, 0
	for _, r := range rows {
		if r.start != end {
			require.Equal(t, from, end, "the only hole is the time the server was down")
			require.Equal(t, to, r.start)
		}
		if r.length < 1800 {
			short++
		}
		if r.start%1800 != 0 {
			offGrid++
			require.Zero(t, (r.start+r.length)%1800, "then the grid again")
		}
		end = r.start + r.length
	}
	require.Equal(t, c.Window().End.Unix(), end)
	require.Equal(t, 1, offGrid)
	require.Equal(t, 2, short)
	for _, contact := range c.Contacts() {
		for _, l := range contact.Legs {
			require.False(t, l.Entered.Time().After(down[0].Start) && l.Entered.Time().Before(down[0].End))
		}
	}
	require.NotEmpty(t, c.Truth().Activity(c.Agents()[0].ID, c.Window()).LogOns)
}

func TestLateRows(t *testing.T) {
	c, whole := write(t, small(cicsim.AllIrregularities(4)))
	for _, s := range c.Sites() {
		require.Len(t, s.Down, 2)
		require.Len(t, s.Silent, 1)
	}
	db := openDB(t)
	w := c.NewWriter(db)
	late, settled := 0, c.Settled().Add(15*time.Hour)
	for at := c.Window().Start; at.Before(settled); at = at.Add(15 * time.Hour) {
		sum, err := w.WriteThrough(context.Background(), at)
		require.NoError(t, err)
		for _, view := range viewNames {
			late += sum[view]
			require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE datetime(I3TimeStampGMT) > ?", at.Format(time.DateTime)), "nothing comes early")
		}
		if at.Sub(c.Window().Start) == 30*time.Hour {
			absent := queryInt(t, whole, "SELECT count(*) FROM IWrkgrpQueueStats WHERE datetime(I3TimeStampGMT) < ?", at.Add(-time.Minute).Format(time.DateTime)) -
				queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats")
			require.Positive(t, absent, "rows that were sent have not arrived")
		}
	}
	_, err := w.WriteThrough(context.Background(), c.Window().Start)
	require.NoError(t, err, "going back adds nothing")
	require.Equal(t, late, int(queryInt(t, db, "SELECT (SELECT count(*) FROM IWrkgrpQueueStats) + (SELECT count(*) FROM IAgentQueueStats)")))
	require.True(t, dump(t, whole) == dump(t, db), "in steps or at once, the database is the same")
}

func TestSilentSpans(t *testing.T) {
	c, db := write(t, small(cicsim.Config{Seed: 3, SilentSpans: 2, Start: date(2026, 3, 4)}))
	site := c.Sites()[0]
	require.Len(t, site.Silent, 2)
	for _, s := range site.Silent {
		require.Zero(t, queryInt(t, db, "SELECT count(*) FROM IWrkgrpQueueStats WHERE dIntervalStartUTC >= ? AND dIntervalStartUTC < ?",
			s.Start.Format(time.DateTime), s.End.Format(time.DateTime)))
		require.True(t, wfm.Grid{Length: wfm.HalfHour}.Aligned(s))
	}
}

func TestWriterErrors(t *testing.T) {
	c, err := cicsim.New(small(cicsim.Config{}))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	db := openDB(t)
	_, err = c.WriteDB(ctx, db)
	require.ErrorIs(t, err, context.Canceled)
	_, err = db.Exec("CREATE TABLE IAgentQueueStats (cName text)")
	require.NoError(t, err)
	_, err = c.WriteDB(context.Background(), db)
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	require.ErrorContains(t, err, "IAgentQueueStats")
	require.Zero(t, queryInt(t, db, "SELECT count(*) FROM sqlite_master WHERE name='IWrkgrpQueueStats'"), "all or nothing")
}

func TestConfigProblems(t *testing.T) {
	_, err := cicsim.New(cicsim.Config{
		Days: -1, Workgroups: 1000, Agents: 1, Contacts: -5, Restarts: 9, SilentSpans: -1,
		Sites:             []cicsim.SiteConfig{{ID: 1, Zone: "Mars/Olympus"}, {ID: 1, Interval: 7 * time.Minute}, {ID: 99999}},
		Media:             []wfm.MediaType{"*", wfm.Email, "EMAIL"},
		AnswerThresholds:  [6]int{3, 2, 1, 4, 5, 6},
		AbandonThresholds: [6]int{-1, 2, 3, 4, 5, 6},
		Schema: cicsim.Schema{Queue: cicsim.Hierarchy{cicsim.RoleMedia, cicsim.RoleMedia, cicsim.RoleWorkgroup},
			Agent: cicsim.Hierarchy{cicsim.RoleMedia}},
	})
	require.Error(t, err)
	for _, part := range []string{"Days", "Workgroups", "Agents", "Contacts", "Restarts", "SilentSpans", "Mars/Olympus", "used twice",
		"7m0s", "99999", `"*"`, "named twice", "AnswerThresholds", "AbandonThresholds", "Schema.Agent", "Schema.Queue", "names a role twice"} {
		require.ErrorContains(t, err, part)
	}
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

// TestIntervals checks that a server's grid is that of the library, on ordinary days and on
// those of clock changes.
func TestIntervals(t *testing.T) {
	zones := []string{"Australia/Lord_Howe", "Europe/Berlin", "Asia/Kolkata", ""}
	if raceEnabled {
		zones = zones[:1]
	}
	for _, zone := range zones {
		for _, length := range []wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour} {
			for _, start := range []time.Time{date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 5), date(2026, 10, 4)} {
				cfg := cicsim.Config{Seed: 1, Start: start, Agents: 2, Workgroups: 1, Contacts: 20}
				cfg.Sites = []cicsim.SiteConfig{{ID: 1, Zone: zone, Interval: length.Duration()}}
				cfg.Schema = cicsim.Schema{Idle: cicsim.ZeroIdle, Queue: cicsim.Hierarchy{}, Agent: cicsim.Hierarchy{cicsim.RoleWorkgroup}}
				c, db := write(t, cfg)
				var want, got []int64
				for w := range (wfm.Grid{Length: length, Location: c.Sites()[0].Location}).Slots(c.Window()) {
					want = append(want, w.Start.Unix())
				}
				for _, r := range readRows(t, db, viewNames[0], "1") {
					got = append(got, r.start)
				}
				require.Equal(t, want, got, "%s %s %s", zone, length, start)
			}
		}
	}
}

func TestLongIntervals(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 1, Days: 2, Start: date(2026, 3, 28), Sites: []cicsim.SiteConfig{{ID: 1, Zone: "Europe/Berlin", Interval: 24 * time.Hour}}})
	_, db := write(t, cfg)
	rows := readRows(t, db, viewNames[0], "cName='Sales' AND cReportGroup='*'")
	require.Len(t, rows, 2)
	require.EqualValues(t, 24*3600, rows[0].length)
	require.EqualValues(t, 23*3600, rows[1].length)
}
