package layout

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/wfm"
)

// TestRowsAreSorted compares with a sort that knows no numbers: one of whole rows, key by key.
func TestRowsAreSorted(t *testing.T) {
	names := rapid.SampledFrom([]string{"", "A", "A\x00", "B", "agent001", "agent0010", "agent0011", "agent001\x00", "Ärger", "\xff\xff\xff\xff\xff\xff\xff\xff", "\xff\xff\xff\xff\xff\xff\xff\xffA"})
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	instants := rapid.Custom(func(t *rapid.T) time.Time {
		return start.Add(time.Duration(rapid.SampledFrom([]int{0, 1, 500, 999, 1000, 300_000, -2000, -1_000_000_000_000}).Draw(t, "ms")) * time.Millisecond)
	})
	grains := []grain{grainQueue, grainAgent, grainAgentQueue, grainAgentBoth, grainBegun, grainEnded, grainStates, grainEvents, grainStatus, grainGroup, grainSignOns}
	moved := 0
	rapid.Check(t, func(t *rapid.T) {
		reports := make([]wfm.Report, rapid.IntRange(1, 3).Draw(t, "reports"))
		list := func(name string, each func()) {
			for range rapid.IntRange(0, 12).Draw(t, name) {
				each()
			}
		}
		for i := range reports {
			r := &reports[i]
			r.Interval = wfm.Window{Start: start.Add(time.Duration(-i) * time.Hour), End: start.Add(time.Duration(1-i) * time.Hour)}
			for _, records := range []*[]wfm.Record{&r.Queues, &r.Agents, &r.AgentQueues} {
				list("records", func() {
					*records = append(*records, wfm.Record{Workgroup: wfm.Workgroup(names.Draw(t, "workgroup")), Agent: wfm.AgentID(names.Draw(t, "agent")),
						Media: rapid.SampledFrom([]wfm.MediaType{wfm.Call, wfm.Chat}).Draw(t, "media")})
				})
			}
			for _, contacts := range []*[]wfm.Contact{&r.Begun, &r.Ended} {
				list("contacts", func() {
					*contacts = append(*contacts, wfm.Contact{Workgroup: wfm.Workgroup(names.Draw(t, "workgroup")), Agent: wfm.AgentID(names.Draw(t, "agent")),
						Media: wfm.Call, Start: instants.Draw(t, "start"), End: instants.Draw(t, "end")})
				})
			}
			list("sign-ons", func() {
				r.SignOns = append(r.SignOns, wfm.SignOn{Agent: wfm.AgentID(names.Draw(t, "agent")), In: instants.Draw(t, "in"), Out: instants.Draw(t, "out")})
			})
			list("activity", func() {
				a := wfm.Activity{Agent: wfm.AgentID(names.Draw(t, "agent")), LogOns: []time.Time{instants.Draw(t, "on")}, LogOffs: []time.Time{instants.Draw(t, "off")}}
				for range 2 {
					key, group := wfm.StatusKey(names.Draw(t, "key")), wfm.StatusGroup(names.Draw(t, "group"))
					a.Keys, a.Groups = append(a.Keys, wfm.StatusTime{Key: key, Group: group}), append(a.Groups, wfm.StatusGroupTime{Group: group})
					a.States = append(a.States, wfm.StateSpan{Window: wfm.Window{Start: instants.Draw(t, "start"), End: instants.Draw(t, "end")}, Status: key, Group: group})
				}
				r.Activity = append(r.Activity, a)
			})
		}
		g := rapid.SampledFrom(grains).Draw(t, "grain")
		sec := &section{grain: g, filler: g.filler(), media: []wfm.MediaType{wfm.Call, wfm.Chat}, zero: writeZeroRows}
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"start", "end", "agent", "workgroup", "media", "status", "group", "-start", "-agent", "-workgroup"}), 1, 3).Draw(t, "sort") {
			key, ok := newSortKey(name)
			require.True(t, ok)
			sec.sort = append(sec.sort, key)
		}

		type placed struct {
			row
			at rowPlace
		}
		var memory scratch
		var rows []placed
		sec.each(reports, func(at rowPlace) bool {
			sec.fill(&memory.row, reports, at)
			rows = append(rows, placed{memory.row, at})
			return true
		})
		compare := func(a, b placed) int { return compareRows(&a.row, &b.row, sec.sort) }
		inOrder := slices.IsSortedFunc(rows, compare)
		require.Equal(t, inOrder, memory.inOrder(sec, reports))
		if !inOrder {
			moved++
		}
		slices.SortStableFunc(rows, compare)
		var want, got []rowPlace
		for i := range rows {
			want = append(want, rows[i].at)
		}
		for _, r := range memory.sorted(sec, reports) {
			got = append(got, r.rowPlace)
		}
		require.Equal(t, want, got)
	})
	require.NotZero(t, moved, "no list was out of order")
}
