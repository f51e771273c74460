package cicsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

const (
	ten     = "2026-01-15T10:00:00Z"
	quarter = "2026-01-15T10:15:00Z"
)

// activities are the leaves of one interval: DNIS, medium, skill, entered.
var activities = []struct {
	dnis, medium, skill string
	entered             int
}{{"100", "Call", "a", 1}, {"100", "call", "b", 2}, {"200", "CALL", "-", 4}, {"200", "Chat", "a", 8}, {"-", "Email interaction", "-", 16}}

// hierarchies write the same activity in different ways.
var hierarchies = map[string]func(f *fixture){
	"nested, media in cHKey3": func(f *fixture) {
		f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 31})
		f.stat(queues, "Sales", "100,*,*", ten, values{"nEnteredAcd": 3})
		f.stat(queues, "Sales", "200,*,*", ten, values{"nEnteredAcd": 12})
		f.stat(queues, "Sales", "-,*,*", ten, values{"nEnteredAcd": 16})
		f.stat(queues, "Sales", "100,Call,*", ten, values{"nEnteredAcd": 3})
		f.stat(queues, "Sales", "200,Call,*", ten, values{"nEnteredAcd": 4})
		f.stat(queues, "Sales", "200,Chat,*", ten, values{"nEnteredAcd": 8})
		f.stat(queues, "Sales", "-,Email Interaction,*", ten, values{"nEnteredAcd": 16})
		leaves(f, 0, 1, 2)
	},
	"nested, media in cReportGroup": func(f *fixture) {
		f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 31})
		f.stat(queues, "Sales", "Call,*,*", ten, values{"nEnteredAcd": 7})
		f.stat(queues, "Sales", "Chat,*,*", ten, values{"nEnteredAcd": 8})
		f.stat(queues, "Sales", "Email Interaction,*,*", ten, values{"nEnteredAcd": 16})
		leaves(f, 1, 0, 2)
	},
	"cube": func(f *fixture) {
		f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 31})
		f.stat(queues, "Sales", "*,Call,*", ten, values{"nEnteredAcd": 7})
		f.stat(queues, "Sales", "*,Chat,*", ten, values{"nEnteredAcd": 8})
		f.stat(queues, "Sales", "*,EMAIL INTERACTION,*", ten, values{"nEnteredAcd": 16})
		leaves(f, 0, 1, 2)
	},
	"only leaves, media in cHKey4": func(f *fixture) { leaves(f, 0, 2, 1) },
	"only leaves, media in cHKey3": func(f *fixture) { leaves(f, 0, 1, 2) },
	"no '*' row, media beside DNIS": func(f *fixture) {
		f.stat(queues, "Sales", "100,*,*", ten, values{"nEnteredAcd": 3})
		f.stat(queues, "Sales", "200,*,*", ten, values{"nEnteredAcd": 12})
		f.stat(queues, "Sales", "-,*,*", ten, values{"nEnteredAcd": 16})
		f.stat(queues, "Sales", "*,*,call", ten, values{"nEnteredAcd": 7})
		f.stat(queues, "Sales", "*,*,chat", ten, values{"nEnteredAcd": 8})
		f.stat(queues, "Sales", "*,*,email", ten, values{"nEnteredAcd": 16})
	},
}

// leaves writes the deepest rows; dnis, medium and skill say which key column holds which.
func leaves(f *fixture, dnis, medium, skill int) {
	for _, a := range activities {
		var k [3]string
		k[dnis], k[medium], k[skill] = a.dnis, a.medium, a.skill
		f.stat(queues, "Sales", k[0]+","+k[1]+","+k[2], ten, values{"nEnteredAcd": a.entered})
	}
}

func TestEachHierarchyGivesTheSameSums(t *testing.T) {
	for name, write := range hierarchies {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t, shape{})
			write(f)
			out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter),
				Needs: needQueue([]wfm.MediaType{wfm.AllMedia, wfm.Call, "chat", "Email"}, "nEnteredAcd")})
			sums := map[wfm.MediaType]int64{}
			for _, row := range out.rows {
				if row.Grain == wfm.GrainQueue {
					sums[row.Media] += row.Values[0]
				}
			}
			require.Equal(t, map[wfm.MediaType]int64{"": 31, "Call": 7, "chat": 8, "Email": 16}, sums)
			require.Empty(t, out.diagnostics)

			for medium, want := range sums { // each alone gives the same as all together
				alone := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue([]wfm.MediaType{medium}, "nEnteredAcd")})
				var sum int64
				for _, row := range alone.rows {
					if row.Grain == wfm.GrainQueue {
						require.Equal(t, medium, row.Media)
						sum += row.Values[0]
					}
				}
				require.Equal(t, want, sum, medium)
			}
		})
	}
}

func TestExactlyOneLevelPerRecord(t *testing.T) {
	f := newFixture(t, shape{})
	hierarchies["nested, media in cHKey3"](f)
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")})
	require.Equal(t, []string{"15T10:00:00Z Sales 31"}, out.of(wfm.GrainQueue))
	out = f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue([]wfm.MediaType{"Call"}, "nEnteredAcd")})
	require.ElementsMatch(t, []string{"15T10:00:00Z Sales Call 3", "15T10:00:00Z Sales Call 4"}, out.of(wfm.GrainQueue))
}

func TestHierarchyOverride(t *testing.T) {
	f := newFixture(t, shape{})
	hierarchies["nested, media in cHKey3"](f)
	o := cicsql.Options{QueueHierarchy: &cicsql.Hierarchy{MediaColumn: "chkey3", Levels: []string{"x,*,*", "x,x,x"}}}
	out := f.read(o, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")})
	require.Len(t, out.of(wfm.GrainQueue), 3, "the rows per DNIS")
}

func TestUnknownMediumIsFoundThroughOptionsOrNeeds(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 3})
	f.stat(queues, "Sales", "*,Hologram,*", ten, values{"nEnteredAcd": 3})
	q := historical.Query{Window: window(t, ten, quarter), Needs: needQueue([]wfm.MediaType{"hologram"}, "nEnteredAcd")}
	require.Equal(t, []string{"15T10:00:00Z Sales hologram 3"}, f.read(cicsql.Options{}, q).of(wfm.GrainQueue))

	q.Needs = needQueue([]wfm.MediaType{"Call"}, "nEnteredAcd")
	_, err := read(t.Context(), f.reader(cicsql.Options{}), q)
	require.Equal(t, wfm.NotFound, wfm.KindOf(err))
	require.ErrorContains(t, err, "media types")
	require.Empty(t, f.read(cicsql.Options{Media: []wfm.MediaType{"Hologram"}}, q).of(wfm.GrainQueue), "no calls, and no error")
}

func TestAgentLevels(t *testing.T) {
	write := func(f *fixture, star bool) {
		if star {
			f.stat(agents, "anna", "*,*,*", ten, values{"nAnsweredAcd": 7, "tAgentLoggedIn": 900, "tStatusGroupBreak": 60})
		}
		// A workgroup with the name of a medium does not make cReportGroup the media column.
		for _, w := range []struct {
			name  string
			calls int
		}{{"Sales", 1}, {"Chat", 2}, {"-", 4}} {
			f.stat(agents, "anna", w.name+",*,*", ten, values{"nAnsweredAcd": w.calls, "tAgentLoggedIn": 900, "tStatusGroupBreak": 0})
			f.stat(agents, "anna", w.name+",100,Call", ten, values{"nAnsweredAcd": w.calls})
		}
	}
	w := window(t, ten, quarter)
	t.Run("with '*' rows", func(t *testing.T) {
		f := newFixture(t, shape{})
		write(f, true)
		columns := wfm.Columns{Counters: set("nAnsweredAcd", "tAgentLoggedIn", "tStatusGroupBreak"), Media: []wfm.MediaType{"", "Call"}}
		out := f.read(cicsql.Options{Reconcile: cicsql.ReconcileOff}, historical.Query{Window: w, Needs: wfm.Needs{Agent: columns, AgentQueue: columns}})
		require.ElementsMatch(t, []string{"15T10:00:00Z anna 7 900 60", "15T10:00:00Z anna Call 1 - -", "15T10:00:00Z anna Call 2 - -",
			"15T10:00:00Z anna Call 4 - -"}, out.of(wfm.GrainAgent), "agent times do not add over workgroups")
		require.ElementsMatch(t, []string{"15T10:00:00Z Sales anna 1 900 0", "15T10:00:00Z Chat anna 2 900 0",
			"15T10:00:00Z Sales anna Call 1 - -", "15T10:00:00Z Chat anna Call 2 - -"}, out.of(wfm.GrainAgentQueue))
	})
	t.Run("without", func(t *testing.T) {
		f := newFixture(t, shape{})
		write(f, false)
		out := f.read(cicsql.Options{}, historical.Query{Window: w, Needs: wfm.Needs{Agent: wfm.Columns{Counters: set("nAnsweredAcd")}}})
		require.Len(t, out.of(wfm.GrainAgent), 3)
		_, err := read(t.Context(), f.reader(cicsql.Options{}), historical.Query{Window: w, Needs: wfm.Needs{Agent: wfm.Columns{Counters: set("tAgentLoggedIn")}}})
		require.Equal(t, wfm.NotFound, wfm.KindOf(err))
		require.ErrorContains(t, err, "agent times do not add")
	})
}

func TestDetectionFallsBackToOtherDays(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", "2025-06-02T10:00:00Z", values{"nEnteredAcd": 1})
	f.stat(queues, "Sales", "x,Call,*", "2025-06-02T10:00:00Z", values{"nEnteredAcd": 1})
	r := f.reader(cicsql.Options{})
	out, err := r.Inspect(t.Context(), historical.Query{Window: window(t, ten, quarter), Needs: needQueue([]wfm.MediaType{"Call"}, "nEnteredAcd")})
	require.NoError(t, err)
	require.Contains(t, out.Hierarchy[wfm.GrainQueue], "single media from (cReportGroup,cHKey3,*) by cHKey3")
	require.Contains(t, out.Notes, "IWrkgrpQueueStats has no rows in the window")
}

func TestNullKeysAreNotStars(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 5})
	f.stat(queues, "Sales", "x,Call,*", ten, values{"nEnteredAcd": 5, "cHKey4": nil})
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: needQueue([]wfm.MediaType{"Call"}, "nEnteredAcd")})
	require.Equal(t, []string{"15T10:00:00Z Sales Call 5"}, out.of(wfm.GrainQueue))
}
