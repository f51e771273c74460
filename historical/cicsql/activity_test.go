package cicsql_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestStatesReachIntoTheWindow(t *testing.T) {
	f := newFixture(t, shape{})
	f.state("zoe", "2026-01-10T08:00:00Z", "2026-01-15T10:05:00Z", values{"StatusKey": "Gone home", "StatusGroup": "Unavailable", "LoggedIn": "N"})
	f.state("anna", "2026-01-15T09:00:00Z", "2026-01-15T12:00:00Z", nil)
	f.state("bert", "2026-01-15T09:00:00Z", ten, values{"StatusKey": "ends at the border"})
	f.state("bert", ten, ten, values{"SeqNo": 0, "ChangedLoggedIn": true})
	f.state("bert", ten, "2026-01-15T10:07:00Z", values{"SeqNo": 1, "StatusKey": "At lunch", "StatusGroup": "Break"})
	f.state("bert", quarter, "2026-01-15T10:20:00Z", values{"StatusKey": "after"})
	f.state("carl", "2026-01-15T09:59:00Z", "2026-01-15T09:59:00Z", values{"StatusKey": "zero, before"})
	f.state("dora", "2026-01-15T10:01:00Z", "2026-01-15T10:03:20Z", values{"EndDateTimeGMT": nil})
	f.state("emil", "2026-01-15T09:30:00Z", "2026-01-15T10:04:00Z", values{"EndDateTimeGMT": nil, "StatusDateTimeGMT": nil})
	want := []string{
		"15T09:00:00Z anna 3h0m0s Available/Available true false 0",
		"15T10:00:00Z bert 0s Available/Available true true 0",
		"15T10:00:00Z bert 7m0s At lunch/Break true false 1",
		"15T09:30:00Z emil 34m0s Available/Available true false 0",
		"10T08:00:00Z zoe 122h5m0s Gone home/Unavailable false false 0",
		"15T10:01:00Z dora 2m20s Available/Available true false 0",
	}
	out := f.read(cicsql.Options{Zone: berlin(t)}, historical.Query{Window: window(t, ten, quarter), Needs: wfm.Needs{Activity: true}})
	require.Equal(t, want, out.of(wfm.GrainActivity), "by start, at least that of the window, agent and SeqNo")
	require.Empty(t, out.diagnostics)
}

func TestStatesByLocalTimeAlone(t *testing.T) {
	f := newFixture(t, shape{without: []string{activity}})
	f.exec("CREATE TABLE " + activity + " (userid TEXT, STATUSDATETIME DATETIME, EndDateTimeGMT DATETIME, StateDuration INT, StatusKey TEXT, StatusGroup TEXT, LoggedIn BOOLEAN, SiteId INT)")
	add := func(user, local, end any, seconds any) {
		f.insert(activity, values{"userid": user, "STATUSDATETIME": local, "EndDateTimeGMT": end, "StateDuration": seconds, "StatusKey": "Available", "StatusGroup": "Available", "LoggedIn": "Y", "SiteId": 1})
	}
	add("first", "2026-10-25 02:10:00", "2026-10-25 00:20:00", 600)
	add("second", "2026-10-25 02:10:00", "2026-10-25 01:20:00", 600)
	add("unknown", "2026-10-25 02:10:00", nil, 600)
	q := historical.Query{Window: window(t, "2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z"), Needs: wfm.Needs{Activity: true}}
	out := f.read(cicsql.Options{Zone: berlin(t)}, q)
	require.Equal(t, []string{"25T00:10:00Z first 10m0s Available/Available true false 0", "25T01:10:00Z second 10m0s Available/Available true false 0",
		"25T00:10:00Z unknown 10m0s Available/Available true false 0"}, out.of(wfm.GrainActivity))
	require.Equal(t, []string{"ambiguous hour"}, out.kinds())
	_, err := read(t.Context(), f.reader(cicsql.Options{}), q)
	require.ErrorContains(t, err, "Zone is not set")
}

func TestStatesThatCannotBeUsed(t *testing.T) {
	f := newFixture(t, shape{})
	f.state("reversed", "2026-01-15T10:05:00Z", "2026-01-15T10:01:00Z", nil)
	f.state("endless", "2026-01-15T10:05:00Z", "2026-01-15T10:06:00Z", values{"EndDateTimeGMT": nil, "StateDuration": nil})
	f.state("endless", "2026-01-15T09:05:00Z", "2026-01-15T10:06:00Z", values{"EndDateTimeGMT": nil, "StateDuration": nil, "StatusKey": "of an earlier window"})
	f.state("flag", "2026-01-15T10:05:00Z", "2026-01-15T10:06:00Z", values{"LoggedIn": "perhaps"})
	f.state("null", "2026-01-15T10:05:00Z", "2026-01-15T10:06:00Z", values{"LoggedIn": nil})
	f.state("end", "2026-01-15T10:05:00Z", "2026-01-15T10:06:00Z", values{"EndDateTimeGMT": "tomorrow"})
	f.state("good", "2026-01-15T10:05:00Z", "2026-01-15T10:06:00Z", values{"SeqNo": nil, "ChangedLoggedIn": nil, "StatusGroup": nil})
	out := f.read(cicsql.Options{}, historical.Query{Window: window(t, ten, quarter), Needs: wfm.Needs{Activity: true}})
	require.Equal(t, []string{"15T10:05:00Z good 1m0s Available/ true false 0"}, out.of(wfm.GrainActivity))
	var subjects []string
	for _, d := range out.diagnostics {
		require.Equal(t, wfm.BadRow, d.Kind)
		subjects = append(subjects, d.Subject)
	}
	require.ElementsMatch(t, []string{"reversed", "endless", "flag", "null", "end"}, subjects)
}

func TestAgentsOfWorkgroups(t *testing.T) {
	f := newFixture(t, shape{})
	f.insert(members, values{"UserId": "member", "WorkGroup": "SALES", "QueueFlag": "Y", "SiteId": 1})
	f.insert(members, values{"UserId": "stranger", "WorkGroup": "Service", "QueueFlag": "Y", "SiteId": 1})
	for _, name := range []string{"member", "helper", "stranger", "late"} {
		f.stat(agents, name, "*,*,*", ten, values{"nAnsweredAcd": 1})
		f.state(name, "2026-01-15T10:01:00Z", "2026-01-15T10:02:00Z", nil)
	}
	f.stat(agents, "helper", "sales,*,*", ten, values{"nAnsweredAcd": 1})
	f.stat(agents, "stranger", "Service,*,*", ten, values{"nAnsweredAcd": 1})
	f.stat(agents, "late", "Sales,*,*", quarter, values{"nAnsweredAcd": 1})
	q := historical.Query{Window: window(t, ten, quarter), Workgroups: []wfm.Workgroup{"Sales"},
		Needs: wfm.Needs{Activity: true, Agent: wfm.Columns{Counters: set("nAnsweredAcd")}, AgentQueue: wfm.Columns{Counters: set("nAnsweredAcd")}}}
	who := func(out result, g wfm.Grain) (list []string) {
		for _, row := range out.rows {
			if row.Grain == g {
				list = append(list, string(row.Agent))
			}
		}
		return list
	}
	out := f.read(cicsql.Options{}, q)
	require.ElementsMatch(t, []string{"member", "helper"}, who(out, wfm.GrainAgent))
	require.Equal(t, []string{"helper", "member"}, who(out, wfm.GrainActivity))
	require.Equal(t, []string{"15T10:00:00Z sales helper 1"}, out.of(wfm.GrainAgentQueue), "spelled as in the database")

	f.exec("DROP TABLE " + members)
	out = f.read(cicsql.Options{}, q)
	require.Equal(t, []string{"helper"}, who(out, wfm.GrainActivity))
	in, err := f.reader(cicsql.Options{}).Inspect(t.Context(), q)
	require.ErrorContains(t, err, "Sales", "no statistics of the workgroup view either")
	require.Contains(t, in.Notes[0], "UserWorkgroups is not used")
}

// TestStatesOfSignOns: sign-ons read the states of twice their span before the window, and nothing else changes: neither the rows
// of other grains nor what is remarked.
func TestStatesOfSignOns(t *testing.T) {
	f := newFixture(t, shape{})
	f.stat(queues, "Sales", "*,*,*", ten, values{"nEnteredAcd": 3})
	f.stat(queues, "Sales", "*,*,*", "2026-01-15T09:45:00Z", values{"nEnteredAcd": 4})
	f.state("anna", "2026-01-13T08:00:00Z", "2026-01-13T10:00:00Z", values{"StatusKey": "ended where it begins"})
	f.state("anna", "2026-01-13T09:00:00Z", "2026-01-13T10:00:01Z", values{"StatusKey": "reaches in"})
	f.state("anna", "2026-01-13T10:00:00Z", "2026-01-13T10:00:00Z", values{"StatusKey": "its first instant", "ChangedLoggedIn": true, "SeqNo": 1})
	f.state("bert", "2026-01-14T10:00:00Z", "2026-01-14T11:00:00Z", nil)
	f.state("bert", "2026-01-14T12:00:00Z", "2026-01-14T11:00:00Z", values{"StatusKey": "bad, and of an earlier window"})
	f.state("bert", "2026-01-14T13:00:00Z", "2026-01-14T13:30:00Z", values{"LoggedIn": "perhaps"})
	f.state("bert", "2026-01-15T10:01:00Z", "2026-01-15T10:02:00Z", values{"LoggedIn": "perhaps"})
	f.state("carl", "2026-01-15T10:14:59Z", "2026-01-15T12:00:00Z", nil)
	f.state("carl", quarter, "2026-01-15T12:00:00Z", values{"StatusKey": "after"})
	q := historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")}
	plain := f.read(cicsql.Options{Zone: berlin(t)}, q)
	q.Needs.SignOns = 24 * time.Hour
	require.NoError(t, historicaltest.Check(t.Context(), f.reader(cicsql.Options{Zone: berlin(t)}), q))
	out := f.read(cicsql.Options{Zone: berlin(t)}, q)
	require.Equal(t, []string{
		"13T09:00:00Z anna 1h0m1s reaches in/Available true false 0",
		"13T10:00:00Z anna 0s its first instant/Available true true 1",
		"14T10:00:00Z bert 1h0m0s Available/Available true false 0",
		"15T10:14:59Z carl 1h45m1s Available/Available true false 0",
	}, out.of(wfm.GrainActivity))
	require.Equal(t, plain.of(wfm.GrainQueue), out.of(wfm.GrainQueue))
	require.Equal(t, plain.of(wfm.GrainPresence), out.of(wfm.GrainPresence))
	require.Equal(t, []string{"bad row"}, out.kinds(), "that of the window alone")
}
