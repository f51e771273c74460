package cicsql_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestNamesOfEveryKind(t *testing.T) {
	f := newFixture(t, shape{})
	list := []string{`O'Brien "x"`, "Störung; Ärger", "a,b", "Sales' OR '1'='1", "plain"}
	for i, name := range list {
		f.stat(queues, name, "*,*,*", ten, values{"nEnteredAcd": i})
	}
	for i, name := range list {
		out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Workgroups: []wfm.Workgroup{wfm.Workgroup(strings.ToUpper(name))}, Needs: needQueue(nil, "nEnteredAcd")})
		require.Equal(t, []string{fmt.Sprintf("15T10:00:00Z %s %d", name, i)}, out.of(wfm.GrainQueue), "as the database spells it")
		require.Len(t, out.of(wfm.GrainPresence), 1)
	}
}

func TestMoreWorkgroupsThanAnInListTakes(t *testing.T) {
	f := newFixture(t, shape{})
	var list []wfm.Workgroup
	for i := range 2500 {
		list = append(list, wfm.Workgroup("Group "+strconv.Itoa(i)))
	}
	f.stat(queues, "group 2400", "*,*,*", ten, values{"nEnteredAcd": 1})
	f.stat(queues, "Group 9999", "*,*,*", ten, values{"nEnteredAcd": 2})
	f.stat(agents, "anna", "Group 7,*,*", ten, values{"nAnsweredAcd": 3})
	f.stat(agents, "anna", "Other,*,*", ten, values{"nAnsweredAcd": 3})
	n := needQueue(nil, "nEnteredAcd")
	n.AgentQueue = wfm.Columns{Counters: set("nAnsweredAcd")}
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Workgroups: list, Needs: n})
	require.Equal(t, []string{"15T10:00:00Z group 2400 1"}, out.of(wfm.GrainQueue))
	require.Equal(t, []string{"15T10:00:00Z Group 7 anna 3"}, out.of(wfm.GrainAgentQueue))
	in, err := f.reader(cicsql.Options{}).Inspect(t.Context(), historical.Query{Window: window(t, ten, quarter), Workgroups: list, Needs: n})
	require.Error(t, err)
	require.Equal(t, []wfm.Workgroup{"group 2400"}, in.Workgroups)
	require.Equal(t, 2499, strings.Count(err.Error(), "is not in the reporting database"))
}

func TestPresence(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 1})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 1, "SiteId": 2})
	f.stat(queues, "Other", "*,*,*", quarter, nil)
	f.stat(agents, "anna", "*,*,*", "2026-01-15T10:30:00Z", nil)
	w := window(t, ten, "2026-01-15T11:00:00Z")
	want := []string{"15T10:00:00Z", "15T10:00:00Z", "15T10:15:00Z"}
	for name, q := range map[string]historical.Query{
		"from all rows":           {Needs: needQueue(nil, "nEnteredAcd")},
		"whatever the workgroup":  {Needs: needQueue(nil, "nEnteredAcd"), Workgroups: []wfm.Workgroup{"Sales"}},
		"of no workgroup at all":  {Needs: needQueue(nil, "nEnteredAcd"), Workgroups: []wfm.Workgroup{}},
		"for agents":              {Needs: wfm.Needs{Agent: wfm.Columns{Counters: set("nAnsweredAcd")}}},
		"for states":              {Needs: wfm.Needs{Activity: true}},
		"for nothing":             {},
		"site by site, no filter": {Needs: needQueue([]wfm.MediaType{""}, "nEnteredAcd")},
	} {
		q.Window = w
		out := f.read(cicsql.Options{}, q)
		require.Equal(t, want, out.of(wfm.GrainPresence), name)
		require.Equal(t, 15*time.Minute, out.rows[0].Duration)
	}
	f.exec("DROP TABLE " + queues)
	q := historical.Query{Window: w, Needs: wfm.Needs{Agent: wfm.Columns{Counters: set("nAnsweredAcd")}}}
	require.Equal(t, []string{"15T10:30:00Z"}, f.read(cicsql.Options{}, q).of(wfm.GrainPresence), "from the agent view")
	f.exec("DROP TABLE " + agents)
	q.Needs = wfm.Needs{Activity: true}
	require.Empty(t, f.read(cicsql.Options{}, q).rows)
}

func TestValues(t *testing.T) {
	f := newFixture(t, shape{})
	row := func(name string, entered any) {
		f.stat(queues, name, "*,*,*", ten, values{"nEnteredAcd": entered, "nAnsweredAcd": 2})
	}
	row("null", nil)
	row("float", 7.0)
	row("negative", -1)
	row("half", 7.5)
	row("text", "many")
	row("huge", 1e30)
	f.stat(queues, "endless", "*,*,*", ten, values{"nDuration": nil})
	f.stat(queues, "siteless", "*,*,*", ten, values{"SiteId": nil})
	f.stat(queues, "timeless", "*,*,*", ten, values{"dIntervalStartUTC": "2026-01-15 10:07:99"})
	out := f.read(cicsql.Options{Reconcile: cicsql.ReconcileOff}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd", "mtAnsweredAcd", "nAnsweredAcd")})
	require.ElementsMatch(t, []string{"15T10:00:00Z null - 2 -", "15T10:00:00Z float 7 2 -", "15T10:00:00Z negative -1 2 -",
		"15T10:00:00Z half - 2 -", "15T10:00:00Z text - 2 -", "15T10:00:00Z huge - 2 -"}, out.of(wfm.GrainQueue),
		"a counter that the database lacks, or that cannot be read, is missing")
	var subjects []string
	for _, d := range out.diagnostics {
		require.Equal(t, wfm.BadRow, d.Kind, d)
		subjects = append(subjects, d.Subject)
	}
	require.ElementsMatch(t, []string{"half", "text", "huge", "endless", "siteless", "timeless"}, subjects)
}

func TestColumnsInAnyCase(t *testing.T) {
	f := newFixture(t, shape{without: []string{queues}})
	f.exec(`CREATE TABLE "my views" (CNAME TEXT, CREPORTGROUP TEXT, CHKEY3 TEXT, CHKEY4 TEXT, DINTERVALSTART DATETIME, DINTERVALSTARTUTC DATETIME, NDURATION INT, SITEID INT, nansweredacd INT)`)
	f.insert(`"my views"`, values{"cName": "Sales", "cReportGroup": "*", "cHKey3": "*", "cHKey4": "*", "dIntervalStart": "2026-01-15 11:00:00",
		"dIntervalStartUTC": "2026-01-15 10:00:00", "nDuration": 900, "SiteId": 1, "nAnsweredAcd": 4})
	out := f.read(cicsql.Options{QueueView: "my views"}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nAnsweredAcd")})
	require.Equal(t, []string{"15T10:00:00Z Sales 4"}, out.of(wfm.GrainQueue))
}

func TestEarlyStopAndCancel(t *testing.T) {
	f := newFixture(t, shape{})
	f.quarters("2026-01-01T00:00:00Z", "2026-01-05T00:00:00Z", nil)
	db, dialect, err := sqlite.Open(f.path)
	require.NoError(t, err)
	defer db.Close()
	r, err := cicsql.New(db, dialect, cicsql.Options{})
	require.NoError(t, err)
	q := historical.Query{Window: window(t, "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"), Needs: needQueue(nil, "nEnteredAcd")}
	for range r.Rows(t.Context(), q) {
		break
	}
	require.Eventually(t, func() bool { return db.Stats().InUse == 0 }, time.Second, time.Millisecond)

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	for _, err = range r.Rows(ctx, q) {
		if n++; n == 10 {
			cancel()
		}
		if err != nil {
			break
		}
	}
	require.Equal(t, 11, n, "the error is the next thing after the cancellation")
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.False(t, retry)
	require.Eventually(t, func() bool { return db.Stats().InUse == 0 }, time.Second, time.Millisecond)

	for _, err = range r.Rows(ctx, q) {
		require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
	}
	require.Error(t, err)
}

func TestConcurrentWindows(t *testing.T) {
	f := newFixture(t, shape{})
	f.quarters("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z", nil)
	r := f.reader(cicsql.Options{})
	var wg sync.WaitGroup
	got := make([]int, 8)
	for i := range got {
		wg.Go(func() {
			from := instant(t, "2026-01-01T00:00:00Z").Add(time.Duration(i) * 6 * time.Hour)
			out, err := read(t.Context(), r, historical.Query{Window: wfm.Window{Start: from, End: from.Add(6 * time.Hour)}, Needs: needQueue(nil, "nEnteredAcd")})
			if err == nil {
				got[i] = len(out.of(wfm.GrainQueue))
			}
		})
	}
	wg.Wait()
	require.Equal(t, []int{24, 24, 24, 24, 24, 24, 24, 24}, got)
}

func TestSettingsAreChecked(t *testing.T) {
	f := newFixture(t, shape{})
	db, dialect, err := sqlite.Open(f.path)
	require.NoError(t, err)
	defer db.Close()
	db.SetMaxOpenConns(cicsql.MinConnections - 1)
	_, err = cicsql.New(db, dialect, cicsql.Options{Database: "I3_IC", NoLock: true, QueueView: `x"; DROP TABLE y`, Schema: "a\x00b", Slack: -1, Reconcile: 9,
		QueueHierarchy: &cicsql.Hierarchy{MediaColumn: "cType"}, AgentHierarchy: &cicsql.Hierarchy{MediaColumn: "cReportGroup", Levels: []string{"*,*"}}})
	for _, field := range []string{"MaxOpenConns", "Database", "NoLock", "QueueView", "Schema", "Slack", "Reconcile", "QueueHierarchy.MediaColumn", "AgentHierarchy.Levels", "AgentHierarchy.MediaColumn"} {
		require.ErrorContains(t, err, field)
	}
	_, err = cicsql.New(nil, dialect, cicsql.Options{})
	require.Error(t, err)
	_, err = cicsql.New(db, cicsql.Dialect{}, cicsql.Options{})
	require.ErrorContains(t, err, "Dialect")
	db.SetMaxOpenConns(cicsql.MinConnections)
	r, err := cicsql.New(db, dialect, cicsql.Options{})
	require.NoError(t, err)
	_, err = read(t.Context(), r, historical.Query{})
	require.ErrorContains(t, err, "window")
}

func TestMissingView(t *testing.T) {
	f := newFixture(t, shape{without: []string{queues, activity}})
	for _, n := range []wfm.Needs{needQueue(nil, "nEnteredAcd"), {Activity: true}} {
		_, err := read(t.Context(), f.reader(cicsql.Options{}), historical.Query{Window: window(t, ten, quarter), Needs: n})
		var e *wfm.Error
		require.True(t, errors.As(err, &e))
		require.Equal(t, wfm.NotFound, e.Kind)
		require.False(t, e.Retry)
		require.NotEmpty(t, e.Remedy)
	}
}
