package cicsql_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestLevelsMustAddUp(t *testing.T) {
	f := newFixture(t, shape{})
	star := func(name, at string, n int) {
		f.stat(queues, name, "*,*,*", at, values{"nEnteredAcd": n, "nAnsweredAcd": 1, "nStartWaitAlertAcdCalls": 9, "tAgentLoggedIn": 5})
	}
	child := func(name, at, medium string, n int) {
		f.stat(queues, name, "x,"+medium+",*", at, values{"nEnteredAcd": n, "nAnsweredAcd": 0})
	}
	star("Good", ten, 3)
	child("Good", ten, "Call", 1)
	child("Good", ten, "Chat", 2)
	f.exec("UPDATE " + queues + " SET nAnsweredAcd = 1 WHERE cHKey3 = 'Chat'")
	star("Off", ten, 10)
	child("Off", ten, "Call", 4)
	child("Off", ten, "Chat", 5)
	f.exec("UPDATE " + queues + " SET nAnsweredAcd = 1 WHERE cName = 'Off' AND cHKey3 = 'Chat'")
	star("Off", quarter, 7) // its children are missing in this interval only
	star("Flat", ten, 8)    // has no children anywhere
	star("Off", "2026-01-15T11:00:00Z", 1)
	w := window(t, ten, "2026-01-15T10:30:00Z")
	want := []string{
		"2026-01-15T10:00:00Z: roll-up mismatch, site 1, \"Off\": IWrkgrpQueueStats: nEnteredAcd is 10 in (*,*,*) and adds up to 9 in (cReportGroup,cHKey3,*)",
		"2026-01-15T10:15:00Z: roll-up mismatch, site 1, \"Off\": IWrkgrpQueueStats: nEnteredAcd is 7 in (*,*,*) and adds up to 0 in (cReportGroup,cHKey3,*)",
		"2026-01-15T10:15:00Z: roll-up mismatch, site 1, \"Off\": IWrkgrpQueueStats: nAnsweredAcd is 1 in (*,*,*) and adds up to 0 in (cReportGroup,cHKey3,*)",
	}
	for name, media := range map[string][]wfm.MediaType{"total": nil, "medium": {"Call"}, "both": {"", "Chat"}} {
		t.Run(name, func(t *testing.T) {
			q := historical.Query{Window: w, Needs: needQueue(media, "nEnteredAcd", "nAnsweredAcd", "nStartWaitAlertAcdCalls")}
			var got []string
			for _, d := range f.read(cicsql.Options{}, q).diagnostics {
				got = append(got, d.String())
			}
			require.Equal(t, want, got)
			require.Empty(t, f.read(cicsql.Options{Reconcile: cicsql.ReconcileOff}, q).diagnostics)
			q.Workgroups = []wfm.Workgroup{"good", "Flat"}
			require.Empty(t, f.read(cicsql.Options{}, q).diagnostics, "other workgroups are not the query's business")
		})
	}
}

func TestAgentAndQueueLevelsAreComparedOnce(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(agents, "anna", "*,*,*", ten, values{"nAnsweredAcd": 7, "tAgentLoggedIn": 1})
	f.stat(agents, "anna", "Sales,*,*", ten, values{"nAnsweredAcd": 3})
	f.stat(agents, "anna", "-,*,*", ten, values{"nAnsweredAcd": 4, "tTalkAcd": 2})
	c := wfm.Columns{Counters: set("nAnsweredAcd", "tAgentLoggedIn")}
	q := historical.Query{Window: window(t, ten, quarter), Needs: wfm.Needs{Agent: c, AgentQueue: c}}
	require.Empty(t, f.read(cicsql.Options{}, q).diagnostics, "'-' is part of the sum, agent times are not")
	f.exec("UPDATE " + agents + " SET nAnsweredAcd = 5 WHERE cReportGroup = '-'")
	require.Equal(t, []string{"roll-up mismatch"}, f.read(cicsql.Options{}, q).kinds())
}

func TestNoMismatchInTheRepeatedHour(t *testing.T) {
	f := newFixture(t, shape{noUTC: true})
	for i, at := range []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"} {
		f.stat(queues, "Sales", "*,*,*", at, values{"nEnteredAcd": 5 + i})
		f.stat(queues, "Sales", "x,*,*", at, values{"nEnteredAcd": 5})
	}
	q := historical.Query{Window: window(t, "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"), Needs: needQueue(nil, "nEnteredAcd")}
	out := f.read(cicsql.Options{Zone: berlin(t)}, q)
	require.Equal(t, []string{"roll-up mismatch"}, out.kinds(), "both occurrences are added up together")
	require.Equal(t, instant(t, "2026-10-25T01:30:00Z"), out.diagnostics[0].At)
	f.exec("UPDATE " + queues + " SET nEnteredAcd = 5")
	require.Empty(t, f.read(cicsql.Options{Zone: berlin(t)}, q).diagnostics)
}

func TestLoggedInIdentity(t *testing.T) {
	f := newFixture(t, shape{})
	parts := values{"tAgentOnAcdCall": 100, "tAgentOnOtherAcdCall": 0, "tAgentInAcw": 50, "tAgentOnNonAcdCall": 0, "tAgentAvailable": 650, "tAgentDnd": 0, "tAgentNotAvailable": 100}
	row := func(name string, loggedIn any) {
		v := values{"tAgentLoggedIn": loggedIn, "tStatusGroupBreak": 1}
		for k, x := range parts {
			v[k] = x
		}
		f.stat(agents, name, "*,*,*", ten, v)
	}
	row("right", 900)
	row("wrong", 899)
	row("null", nil)
	q := historical.Query{Window: window(t, ten, quarter), Needs: wfm.Needs{Agent: wfm.Columns{Counters: set("tStatusGroupBreak", "tAgentAvailable")}}}
	out := f.read(cicsql.Options{}, q)
	require.Equal(t, []string{"identity mismatch"}, out.kinds())
	require.Equal(t, "wrong", out.diagnostics[0].Subject)
	require.Contains(t, out.diagnostics[0].Detail, "tAgentLoggedIn is 899, the sum of its seven parts is 900")
	require.Contains(t, out.of(wfm.GrainAgent), "15T10:00:00Z wrong 650 1", "the extra columns do not enter the row")
	require.Empty(t, f.read(cicsql.Options{Reconcile: cicsql.ReconcileOff}, q).diagnostics)
	q.Needs.Agent.Counters = set("nAnsweredAcd")
	require.Empty(t, f.read(cicsql.Options{}, q).diagnostics)
}
