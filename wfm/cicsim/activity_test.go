package cicsim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// logEntry is a row of AgentActivityLog.
type logEntry struct {
	agent, key, group      string
	start, end, length     int64
	seq                    int
	loggedIn, changedLogin bool
	acd, dnd, acw          bool
}

func readLog(t *testing.T, c *cicsim.Centre) []logEntry {
	t.Helper()
	db := openDB(t)
	_, err := c.WriteDB(t.Context(), db)
	require.NoError(t, err)
	rows, err := db.Query(`SELECT UserId, StatusKey, StatusGroup, CAST(strftime('%s',StatusDateTimeGMT) AS INTEGER) AS s,
		CAST(strftime('%s',EndDateTimeGMT) AS INTEGER) AS e, StateDuration, SeqNo, LoggedIn, ChangedLoggedIn, AcdLoggedIn, StatusDnd, StatusAcw
		FROM AgentActivityLog ORDER BY UserId, s, SeqNo`)
	require.NoError(t, err)
	defer rows.Close()
	var list []logEntry
	for rows.Next() {
		var e logEntry
		require.NoError(t, rows.Scan(&e.agent, &e.key, &e.group, &e.start, &e.end, &e.length, &e.seq, &e.loggedIn, &e.changedLogin, &e.acd, &e.dnd, &e.acw))
		list = append(list, e)
	}
	require.NoError(t, rows.Err())
	return list
}

// TestActivityLog checks the rows against the truth of states, and that they have all the oddities
// of the real table.
func TestActivityLog(t *testing.T) {
	cfg := small(cicsim.AllIrregularities(6))
	c, err := cicsim.New(cfg)
	require.NoError(t, err)
	log := readLog(t, c)
	truth := c.Truth()
	var sameSecond, zero, overnight, logins int
	type id struct {
		agent string
		start int64
		seq   int
	}
	seen := map[id]bool{}
	lastEnd := map[string]int64{}
	for _, e := range log {
		require.False(t, seen[id{e.agent, e.start, e.seq}], "the documented key is unique")
		seen[id{e.agent, e.start, e.seq}] = true
		require.Equal(t, e.length, e.end-e.start)
		if last, ok := lastEnd[e.agent]; ok {
			require.Equal(t, last, e.start, "states of %s follow each other", e.agent)
		}
		lastEnd[e.agent] = e.end
		if e.seq > 0 {
			require.True(t, seen[id{e.agent, e.start, e.seq - 1}])
			sameSecond++
		}
		if e.length == 0 {
			zero++
		}
		if e.changedLogin {
			logins++
			require.Zero(t, e.length, "log-on and log-off have no length")
		}
		if e.loggedIn && time.Unix(e.start, 0).UTC().Day() != time.Unix(e.end-1, 0).UTC().Day() && e.length > 0 {
			overnight++
		}
		require.Equal(t, e.key == "Available", e.acd)
		require.Equal(t, e.key == "Do not disturb", e.dnd)
		require.Equal(t, e.key == "Follow up", e.acw)
	}
	require.Positive(t, sameSecond)
	require.Positive(t, zero)
	require.Positive(t, overnight, "a state over midnight")
	require.Positive(t, logins)

	keys := map[string]bool{}
	for w := range (wfm.Grid{Length: wfm.Hour}).Slots(c.Window()) {
		for _, a := range c.Agents() {
			got := map[wfm.StatusKey]int64{}
			var in int64
			var ons, offs []time.Time
			for _, e := range log {
				if e.agent != string(a.ID) {
					continue
				}
				if lived := min(e.end, w.End.Unix()) - max(e.start, w.Start.Unix()); lived > 0 && e.loggedIn {
					got[wfm.StatusKey(e.key)] += lived
					in += lived
					keys[e.key] = true
				}
				if at := time.Unix(e.start, 0).UTC(); e.changedLogin && w.Contains(at) {
					if e.loggedIn {
						ons = append(ons, at)
					} else {
						offs = append(offs, at)
					}
				}
			}
			want := truth.Activity(a.ID, w)
			if lastEnd[string(a.ID)] < w.End.Unix() { // the state at the end has no row
				continue
			}
			require.Equal(t, want.Keys, got, "%s %s", a.ID, w)
			require.Equal(t, want.LoggedIn, in)
			require.Equal(t, want.LogOns, ons)
			require.Equal(t, want.LogOffs, offs)
			require.Equal(t, want.LoggedIn, truth.Agent(a.ID, wfm.AllMedia, w).Get(wfm.TAgentLoggedIn), "log and statistics agree")
		}
	}
	require.GreaterOrEqual(t, len(keys), 8)
}

func TestLoggedOffRows(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 2})
	c, err := cicsim.New(cfg)
	require.NoError(t, err)
	for _, e := range readLog(t, c) {
		require.True(t, e.loggedIn || e.length == 0, "no row for the time off")
	}
	cfg.Schema.LoggedOffRows = true
	c, err = cicsim.New(cfg)
	require.NoError(t, err)
	off := 0
	for _, e := range readLog(t, c) {
		if !e.loggedIn && e.length > 0 {
			off++
		}
	}
	require.Positive(t, off)
}

// TestStates checks that the states of every agent cover the window.
func TestStates(t *testing.T) {
	c, err := cicsim.New(small(cicsim.AllIrregularities(8)))
	require.NoError(t, err)
	covered := map[wfm.AgentID]cicsim.Instant{}
	for _, s := range c.States() {
		if last, ok := covered[s.Agent]; ok {
			require.Equal(t, last, s.Span.Start)
		} else {
			require.Equal(t, cicsim.At(c.Window().Start), s.Span.Start)
		}
		covered[s.Agent] = s.Span.End
	}
	require.Len(t, covered, len(c.Agents()))
	for agent, end := range covered {
		require.Zero(t, end, "%s is still in a state", agent)
	}
	require.True(t, covered[c.Agents()[0].ID].Time().IsZero())
	require.NotEmpty(t, c.Statuses())
	require.NotEmpty(t, c.PersonalCalls())
	for _, a := range c.Activations() {
		require.NotEmpty(t, a.Workgroup)
	}
}
