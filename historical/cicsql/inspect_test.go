package cicsql_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestInspectFindsEverythingAtOnce(t *testing.T) {
	f := newFixture(t, shape{without: []string{agents}})
	f.exec("DROP TABLE " + activity)
	f.exec("CREATE TABLE " + activity + " (UserId TEXT)")
	f.stat(queues, "Sales", "*,*,*", ten, values{"nDuration": 1800})
	f.stat(queues, "Service", "*,*,*", "2025-01-15T10:00:00Z", nil)
	q := historical.Query{Window: window(t, ten, quarter), Workgroups: []wfm.Workgroup{"sales", "Servise", "SERVICE", "Nowhere"},
		Needs: wfm.Needs{Queue: wfm.Columns{Counters: set("nEnteredAcd", "mtAnsweredAcd")}, Agent: wfm.Columns{Counters: set("nAnsweredAcd")}, Activity: true}}
	in, err := f.reader(cicsql.Options{}).Inspect(t.Context(), q)
	for _, want := range []string{"no such table: IAgentQueueStats", "AgentActivityLog: StatusKey is missing", "StatusDateTimeGMT is missing", "EndDateTimeGMT is missing",
		`workgroup "Servise" is not in the reporting database; use a name of CIC, such as "Service"`, `workgroup "Nowhere"`} {
		require.ErrorContains(t, err, want)
	}
	require.Equal(t, 1, strings.Count(err.Error(), "no such table"))
	require.Equal(t, []wfm.Workgroup{"Sales", "Service"}, in.Workgroups)
	require.Equal(t, []wfm.Site{1}, in.Sites)
	require.Equal(t, 30*time.Minute, in.LongestRow)
	require.Equal(t, map[wfm.Grain][]wfm.Counter{wfm.GrainQueue: {wfm.MtAnsweredAcd}}, in.Missing)
	require.Contains(t, in.Hierarchy[wfm.GrainQueue], "all media from (*,*,*); levels present: (*,*,*); detected from rows")
	require.False(t, in.ClockKnown)
}

func TestInspectOfASoundDatabase(t *testing.T) {
	f := newFixture(t, shape{})
	hierarchies["nested, media in cHKey3"](f)
	f.stat(queues, "Other", "*,*,*", ten, values{"SiteId": 3})
	f.stat(queues, "Yesterday", "*,*,*", "2026-01-14T10:00:00Z", nil)
	f.stat(agents, "anna", "*,*,*", ten, nil)
	q := historical.Query{Window: window(t, ten, quarter), Needs: wfm.Needs{Activity: true,
		Queue: wfm.Columns{Counters: set("nEnteredAcd", "tAgentLoggedIn"), Media: []wfm.MediaType{"Call"}}, Agent: wfm.Columns{Counters: set("tAgentLoggedIn")}}}
	r := f.reader(cicsql.Options{})
	in, err := r.Inspect(t.Context(), q)
	require.NoError(t, err)
	require.Equal(t, []wfm.Site{1, 3}, in.Sites)
	require.Equal(t, []wfm.Counter{wfm.TAgentLoggedIn}, in.Missing[wfm.GrainQueue], "agent times do not add over the rows of a medium")
	require.Contains(t, strings.Join(in.Notes, "; "), "agent times do not add")
	require.Equal(t, 15*time.Minute, in.LongestRow)
	site := wfm.Site(3)
	in, err = f.reader(cicsql.Options{Site: &site}).Inspect(t.Context(), historical.Query{Window: q.Window, Needs: needQueue(nil, "nEnteredAcd")})
	require.NoError(t, err)
	require.Equal(t, []wfm.Site{3}, in.Sites)
}

func TestInspectNotesTheEmptyColumn(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"dIntervalStartUTC": nil})
	q := historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")}
	in, err := f.reader(cicsql.Options{Zone: berlin(t)}).Inspect(t.Context(), q)
	require.NoError(t, err)
	require.Contains(t, strings.Join(in.Notes, "; "), "dIntervalStartUTC is always NULL")
	_, err = f.reader(cicsql.Options{}).Inspect(t.Context(), q)
	require.ErrorContains(t, err, "Zone is not set")
	_, err = f.reader(cicsql.Options{}).Inspect(t.Context(), historical.Query{})
	require.ErrorContains(t, err, "window")
}

// A long window is summed up by the database in its middle and looked at row by row at its ends, so
// that a row just outside still does not count.
func TestInspectOfALongWindow(t *testing.T) {
	for _, noUTC := range []bool{false, true} {
		f := newFixture(t, shape{noUTC: noUTC})
		f.stat(queues, "Before", "*,*,*", "2025-02-28T22:30:00Z", values{"nDuration": 3600, "SiteId": 9})
		f.stat(queues, "First", "*,*,*", "2025-03-01T00:00:00Z", values{"nDuration": 900})
		f.stat(queues, "Middle", "*,*,*", "2025-03-15T10:00:00Z", values{"nDuration": 1800, "SiteId": 2})
		f.stat(queues, "Middle", "*,*,*", "2025-03-16T10:00:00Z", values{"nDuration": 1800, "SiteId": 4})
		f.stat(queues, "Middle", "*,*,*", "2025-03-17T10:00:00Z", values{"nDuration": 1800, "SiteId": 7})
		f.stat(queues, "Last", "*,*,*", "2025-03-31T23:45:00Z", values{"nDuration": 900})
		f.stat(queues, "After", "*,*,*", "2025-04-01T00:00:00Z", values{"nDuration": 3600, "SiteId": 9})
		in, err := f.reader(cicsql.Options{Zone: f.zone}).Inspect(t.Context(), historical.Query{
			Window: wfm.Window{Start: instant(t, "2025-03-01T00:00:00Z"), End: instant(t, "2025-04-01T00:00:00Z")},
			Needs:  wfm.Needs{Queue: wfm.Columns{Counters: set("nEnteredAcd")}}})
		require.NoError(t, err)
		require.Equal(t, []wfm.Site{1, 2, 4, 7}, in.Sites)
		require.Equal(t, 30*time.Minute, in.LongestRow)
	}
}
