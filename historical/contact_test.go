package historical_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

var contactNeeds = wfm.Needs{Begun: true, Ended: true}

func contact(id, start, end string) wfm.Contact {
	return wfm.Contact{ID: id, Site: 1, Workgroup: "Sales", Agent: "ann", Media: wfm.Call, Start: at(start), End: at(end), Handled: true,
		Times: wfm.ContactTimes{TConnected: 1500, TACW: wfm.Missing}}
}

// rowsOf are the rows of a contact: where it begins and where it ends.
func rowsOf(c wfm.Contact) []historical.Row {
	return []historical.Row{{Grain: wfm.GrainBegun, Site: c.Site, Start: c.Start, Contact: &c}, {Grain: wfm.GrainEnded, Site: c.Site, Start: c.End, Contact: &c}}
}

func present(site wfm.Site, start string, seconds int) historical.Row {
	return historical.Row{Grain: wfm.GrainPresence, Site: site, Start: at(start), Duration: time.Duration(seconds) * time.Second}
}

func ids(list []wfm.Contact) (names []string) {
	for _, c := range list {
		names = append(names, c.ID)
	}
	return names
}

func TestContactsByStartAndByEnd(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: contactNeeds, Sites: []wfm.Site{1},
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z")}
	long := contact("long", "2026-03-02T09:00:00.001Z", "2026-03-02T09:15:00Z")
	short := contact("short", "2026-03-02T09:14:59.999Z", "2026-03-02T09:14:59.999Z")
	other := contact("other", "2026-03-02T09:03:00Z", "2026-03-02T09:29:59.999Z")
	other.Workgroup = "Other"
	rows := []historical.Row{present(1, "2026-03-02T09:00:00Z", 900), present(1, "2026-03-02T09:15:00Z", 900)}
	for _, c := range []wfm.Contact{short, long, other} {
		rows = append(rows, rowsOf(c)...)
	}
	got := aggregate(t, o, rows...)
	require.Equal(t, []wfm.Contact{other, long, short}, got[0].Begun, "by workgroup, start …, to the millisecond")
	require.Equal(t, []wfm.Contact{short}, got[0].Ended)
	require.Empty(t, got[1].Begun)
	require.Equal(t, []wfm.Contact{other, long}, got[1].Ended)
	for _, r := range got {
		require.Equal(t, []wfm.Site{1}, r.Sites)
		require.Empty(t, r.Diagnostics, "contacts cover no time")
		require.False(t, r.Empty())
	}
}

// TestContactsAreNoStatistics: a site that wrote no statistics is a gap, whatever contacts it has; one that wrote them and had no
// contact is not.
func TestContactsAreNoStatistics(t *testing.T) {
	for _, sites := range [][]wfm.Site{nil, {1, 2}} {
		o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{Ended: true}, Sites: sites, Split: true,
			Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:30:00Z")}
		c := contact("a", "2026-03-02T08:00:00Z", "2026-03-02T09:01:00Z")
		c.Site = 2
		got := aggregate(t, o, present(1, "2026-03-02T09:00:00Z", 900), rowsOf(c)[1], present(1, "2026-03-02T09:15:00Z", 900), present(2, "2026-03-02T09:15:00Z", 900))
		require.Equal(t, []wfm.Site{1}, got[0].Sites)
		require.Equal(t, []wfm.Site{2}, got[0].Gaps)
		require.Equal(t, []string{"a"}, ids(got[0].Ended))
		require.Equal(t, []wfm.Site{1, 2}, got[1].Sites)
		require.Empty(t, got[1].Gaps)
		require.Empty(t, got[1].Ended)
	}
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{Begun: true}, Sites: []wfm.Site{7},
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:15:00Z")}
	require.Equal(t, []wfm.Site{7}, aggregate(t, o)[0].Gaps)
}

func TestRowsOfContactsThatBreakTheContract(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{Begun: true},
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	good := contact("10000000012026", "2026-03-02T09:00:00Z", "2026-03-02T09:05:00Z")
	for name, c := range map[string]struct {
		change func(r *historical.Row)
		want   string
	}{
		"not asked for":   {func(r *historical.Row) { r.Grain, r.Start = wfm.GrainEnded, r.Contact.End }, "does not ask for it"},
		"nil":             {func(r *historical.Row) { r.Contact = nil }, "has no contact"},
		"another instant": {func(r *historical.Row) { r.Start = r.Contact.End }, "start of its own"},
		"a millisecond":   {func(r *historical.Row) { r.Start = r.Start.Add(time.Millisecond) }, "start of its own"},
		"duration":        {func(r *historical.Row) { r.Duration = time.Second }, "a length"},
		"negative":        {func(r *historical.Row) { r.Duration = -1 }, "lasts -1ns"},
		"reversed":        {func(r *historical.Row) { r.Contact.End = r.Start.Add(-1) }, "ends before it starts"},
		"no workgroup":    {func(r *historical.Row) { r.Contact.Workgroup = "" }, "workgroup"},
		"site":            {func(r *historical.Row) { r.Site = 9 }, "site 1"},
		"outside":         {func(r *historical.Row) { r.Start = at("2026-03-02T08:59:59Z"); r.Contact.Start = r.Start }, "outside the window"},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := historical.NewAggregator(o)
			require.NoError(t, err)
			r := rowsOf(good)[0]
			c.change(&r)
			err = a.Add(r)
			require.Equal(t, wfm.BadData, wfm.KindOf(err))
			require.ErrorContains(t, err, c.want)
			if r.Contact != nil {
				require.ErrorContains(t, err, good.ID)
			}
			for report := range a.Close(o.Window.End) {
				require.True(t, report.Empty(), "nothing was kept")
			}
		})
	}
}

// TestContactsAreCopied: what a source yields is valid until the next row only, and a report is the reader's own.
func TestContactsAreCopied(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: contactNeeds, Retain: time.Hour,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T10:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	c := contact("a", "2026-03-02T09:00:00Z", "2026-03-02T09:05:00Z")
	require.NoError(t, a.Add(rowsOf(c)[0]))
	shared := c
	r := historical.Row{Grain: wfm.GrainEnded, Site: 1, Start: c.End, Contact: &shared}
	require.NoError(t, a.Add(r))
	shared = wfm.Contact{}
	first := slices.Collect(a.Close(at("2026-03-02T09:15:00Z")))[0]
	require.Equal(t, []wfm.Contact{c}, first.Ended)
	first.Ended[0].ID = "changed by the reader"
	late := contact("b", "2026-03-02T09:01:00Z", "2026-03-02T09:06:00Z")
	require.NoError(t, a.Add(rowsOf(late)[1]))
	again := slices.Collect(a.Close(at("2026-03-02T09:15:00Z")))
	require.Len(t, again, 1)
	require.Equal(t, []wfm.Contact{c, late}, again[0].Ended)
}

func TestLateContactsRaiseTheRevisionOfTheirIntervals(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: contactNeeds, Retain: 2 * time.Hour,
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z")}
	a, err := historical.NewAggregator(o)
	require.NoError(t, err)
	require.Len(t, slices.Collect(a.Close(at("2026-03-02T10:00:00Z"))), 4)
	c := contact("a", "2026-03-02T09:20:00Z", "2026-03-02T10:20:00Z")
	require.NoError(t, a.Add(rowsOf(c)[0]))
	require.NoError(t, a.Add(rowsOf(c)[1]))
	again := slices.Collect(a.Close(at("2026-03-02T10:00:00Z")))
	require.Len(t, again, 1, "the interval in which it ended is still open")
	require.Equal(t, 2, again[0].Revision)
	require.Equal(t, at("2026-03-02T09:15:00Z"), again[0].Interval.Start)
	require.Equal(t, []string{"a"}, ids(again[0].Begun))
	require.NoError(t, a.Add(rowsOf(c)[0]))
	require.Empty(t, slices.Collect(a.Close(at("2026-03-02T10:00:00Z"))), "the same row again changes nothing")
	other := c
	other.Handled = false
	for i, change := range []func(*wfm.Contact){func(c *wfm.Contact) { c.Handled = false }, func(c *wfm.Contact) { c.Times.TACW = 0 },
		func(c *wfm.Contact) { c.Agent = "" }, func(c *wfm.Contact) { c.End = c.End.Add(time.Millisecond) }} {
		other = c
		other.ID = fmt.Sprint("x", i)
		change(&other)
		require.NoError(t, a.Add(rowsOf(other)[0]))
		require.Len(t, slices.Collect(a.Close(at("2026-03-02T10:00:00Z"))), 1)
	}

	o.Retain = 0
	a, err = historical.NewAggregator(o)
	require.NoError(t, err)
	require.Len(t, slices.Collect(a.Close(at("2026-03-02T10:00:00Z"))), 4)
	require.ErrorContains(t, a.Add(rowsOf(c)[0]), "after its interval was closed")
	require.NoError(t, a.Add(rowsOf(c)[1]))
}

// TestAContactThatComesTwiceCountsOnce: site, ID and Seq are its key. Where two rows of one key differ, the same one stays whichever
// comes first.
func TestAContactThatComesTwiceCountsOnce(t *testing.T) {
	o := historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Needs: wfm.Needs{Begun: true}, Sites: []wfm.Site{1, 2},
		Window: window("2026-03-02T09:00:00Z", "2026-03-02T09:15:00Z")}
	c := contact("a", "2026-03-02T09:00:00Z", "2026-03-02T09:05:00Z")
	seq, site, later := c, c, c
	seq.Seq, site.Site = 1, 2
	later.End = later.End.Add(time.Minute)
	rows := []historical.Row{rowsOf(c)[0], rowsOf(seq)[0], rowsOf(site)[0], rowsOf(c)[0]}
	got := aggregate(t, o, rows...)
	require.Equal(t, []wfm.Contact{c, seq, site}, got[0].Begun, "those of another Seq or site are contacts of their own")
	require.Len(t, got[0].Diagnostics, 1)
	require.Equal(t, wfm.BadRow, got[0].Diagnostics[0].Kind)
	require.Equal(t, "a", got[0].Diagnostics[0].Subject)
	require.Contains(t, got[0].Diagnostics[0].Detail, "came twice; it counts once")

	rows = []historical.Row{rowsOf(later)[0], rowsOf(c)[0]}
	for range 2 {
		got = aggregate(t, o, rows...)
		require.Equal(t, []wfm.Contact{c}, got[0].Begun)
		require.Contains(t, got[0].Diagnostics[0].Detail, "not alike")
		slices.Reverse(rows)
	}
}

// drawContacts draws contacts of two sites in the night, some of which begin before it or end after it.
func drawContacts(t *rapid.T) []wfm.Contact {
	list := make([]wfm.Contact, rapid.IntRange(0, 40).Draw(t, "contacts"))
	for i := range list {
		begin := rapid.IntRange(-3600_000, 8*3600_000-1).Draw(t, "start")
		if rapid.Bool().Draw(t, "on a border") {
			begin -= begin % 900_000
		}
		length := rapid.SampledFrom([]int{0, 1, 999, 60_000, 900_000, 5_000_000, 40_000_000}).Draw(t, "length")
		c := wfm.Contact{ID: fmt.Sprint(i), Site: wfm.Site(rapid.IntRange(1, 2).Draw(t, "site")), Media: wfm.Chat,
			Workgroup: rapid.SampledFrom([]wfm.Workgroup{"Sales", "Support"}).Draw(t, "workgroup"),
			Start:     night.Start.Add(time.Duration(begin) * time.Millisecond), Times: wfm.ContactTimes{TAlert: int64(i)}}
		c.End = c.Start.Add(time.Duration(length) * time.Millisecond)
		list[i] = c
	}
	return list
}

// TestNoContactIsLostOrDoubled: whatever the order of the rows, and however the window is cut into parts, the reports are the same,
// and each contact is in the one interval that holds its start, and in the one that holds its end.
func TestNoContactIsLostOrDoubled(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		contacts, o := drawContacts(t), drawOptions(t, contactNeeds)
		o.Needs.Queue, o.Split = queue.Queue, rapid.Bool().Draw(t, "split")
		rows := drawRows(t)
		for _, c := range contacts {
			rows = append(rows, rowsOf(c)...)
		}
		want := sameHowever(t, o, rows)

		for _, report := range want {
			inside := func(at time.Time) bool { return report.Interval.Contains(at) || report.Repeated.Contains(at) }
			var begun, ended []wfm.Contact
			for _, c := range contacts {
				if inside(c.Start) {
					begun = append(begun, c)
				}
				if inside(c.End) {
					ended = append(ended, c)
				}
			}
			slices.SortFunc(begun, wfm.CompareContacts)
			slices.SortFunc(ended, wfm.CompareContacts)
			require.Equal(t, begun, report.Begun)
			require.Equal(t, ended, report.Ended)
		}
	})
}

// TestFiguresAreTheSameBesideContacts: that contacts are read changes no other figure.
func TestFiguresAreTheSameBesideContacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows, o := drawRows(t), drawOptions(t, queue)
		want := withoutRemarks(fold(t, o, rows, false))
		o.Needs.Begun, o.Needs.Ended = true, true
		for _, c := range drawContacts(t) {
			rows = append(rows, rowsOf(c)...)
		}
		got := withoutRemarks(fold(t, o, rows, false))
		for i := range got {
			got[i].Begun, got[i].Ended = nil, nil
		}
		require.Equal(t, want, got)
	})
}
