package cicsql

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// TestAContactCostsItsID: a row that is taken costs one allocation, the text of its ID.
func TestAContactCostsItsID(t *testing.T) {
	start := time.Date(2026, 1, 15, 10, 0, 0, 0, time.UTC)
	q := historical.Query{Window: wfm.Window{Start: start, End: start.Add(time.Hour)}, Needs: wfm.Needs{Begun: true}}
	rd := &reading{query: q, future: start.Add(time.Hour).Unix(), told: map[remark]struct{}{}}
	plan := &contactPlan{view: &view{name: "InteractionSummary"}, grain: wfm.GrainBegun, assigns: colBegan}
	s := &contactStream{rd: rd, plan: plan, groups: newInterner(func(*interned) {}), agents: newInterner(func(*interned) {})}
	s.pos = contactColumns{id: 0, site: 1, seq: 2, began: 3, ended: 4, connected: 5, direction: 6, media: 7, agent: 8, group: 9,
		times: [8]int{10, 11, 11, 11, 11, 11, 11, -1}, columns: 12}
	s.cells = []any{"100000000120260115", int64(1), int64(0), "2026-01-15 10:00:00.123", "2026-01-15 10:05:00.456", start, int64(1), int64(5), "anna", "Sales",
		int64(300), nil}
	require.True(t, s.take())
	require.Equal(t, wfm.Contact{ID: "100000000120260115", Site: 1, Workgroup: "Sales", Agent: "anna", Media: wfm.Email, Handled: true,
		Start: start.Add(123 * time.Millisecond), End: start.Add(5*time.Minute + 456*time.Millisecond),
		Times: wfm.ContactTimes{TIVRWait: 300, TQueueWait: wfm.Missing, TAlert: wfm.Missing, TConnected: wfm.Missing, THeld: wfm.Missing,
			TConference: wfm.Missing, TExternal: wfm.Missing, TACW: wfm.Missing}}, *s.row().Contact)
	require.Equal(t, start.UnixMilli()+123, s.key())
	require.Equal(t, 1.0, testing.AllocsPerRun(100, func() { s.take() }))
}
