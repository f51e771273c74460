package historicaltest_test

import (
	"context"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/wfm"
)

var contacts = historical.Query{Window: query.Window, Workgroups: []wfm.Workgroup{"Sales"}, Needs: wfm.Needs{Begun: true, Ended: true}}

func filledWithContacts() *historicaltest.Memory {
	m := filled()
	for i := range 20 {
		begin := start.Add(time.Duration(i*9-30)*time.Minute + 250*time.Millisecond)
		c := wfm.Contact{ID: fmt.Sprintf("10000000%02d20260302", i), Site: 1, Workgroup: "SALES", Media: wfm.Call, Start: begin,
			End: begin.Add(time.Duration(i) * 17 * time.Minute)}
		m.Contact(c)
		c.Workgroup, c.Seq = "Other", 1
		m.Contact(c)
	}
	return m
}

func TestContactsOfMemory(t *testing.T) {
	m := filledWithContacts()
	require.NoError(t, historicaltest.Check(t.Context(), m, contacts))
	var begun, ended int
	var first *wfm.Contact
	for r, err := range m.Rows(t.Context(), contacts) {
		require.NoError(t, err)
		switch r.Grain {
		case wfm.GrainBegun:
			begun++
		case wfm.GrainEnded:
			ended++
		default:
			continue
		}
		if first == nil {
			first = r.Contact
		}
		require.Same(t, first, r.Contact, "valid until the next row, and no longer")
	}
	require.Equal(t, 13, begun, "those that begin in the two hours")
	require.Equal(t, 4, ended)
	q := contacts
	q.Needs = query.Needs
	for r, err := range m.Rows(t.Context(), q) {
		require.NoError(t, err)
		require.Nil(t, r.Contact)
	}
}

// twice yields every contact again.
type twice struct{ *historicaltest.Memory }

func (d twice) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		for r, err := range d.Memory.Rows(ctx, q) {
			if !yield(r, err) || (r.Contact != nil && !yield(r, err)) {
				return
			}
		}
	}
}

func TestEachRuleOfContactsCanFail(t *testing.T) {
	rows := 0
	for name, c := range map[string]struct {
		change func(r *historical.Row) bool // false drops the row
		want   string
	}{
		"no contact":       {func(r *historical.Row) bool { r.Contact = nil; return true }, "has no contact"},
		"another instant":  {func(r *historical.Row) bool { r.Start = r.Start.Add(time.Millisecond); return true }, "Start is the instant"},
		"zone":             {func(r *historical.Row) bool { r.Contact.End = r.Contact.End.In(time.FixedZone("x", 60)); return true }, "not in UTC"},
		"reversed":         {func(r *historical.Row) bool { r.Contact.End = r.Contact.Start.Add(-1); return true }, "ends before it begins"},
		"duration":         {func(r *historical.Row) bool { r.Duration = time.Second; return true }, "has a duration"},
		"repeated field":   {func(r *historical.Row) bool { r.Workgroup = r.Contact.Workgroup; return true }, "repeats fields"},
		"site":             {func(r *historical.Row) bool { r.Site++; return true }, "another site"},
		"workgroup":        {func(r *historical.Row) bool { r.Contact.Workgroup = "Other"; return true }, "not asked for"},
		"no workgroup":     {func(r *historical.Row) bool { r.Contact.Workgroup = ""; return true }, "not asked for"},
		"outside":          {func(r *historical.Row) bool { r.Start = r.Start.Add(-3 * time.Hour); return true }, "outside the window"},
		"lost in one half": {func(*historical.Row) bool { rows++; return rows != 30 }, "two disjoint windows"},
		"half a contact":   {func(r *historical.Row) bool { rows++; r.Contact.Times.TACW = int64(rows); return true }, "content differs"},
	} {
		t.Run(name, func(t *testing.T) {
			rows = 0
			src := broken{filledWithContacts(), func(_ int, r *historical.Row) bool { return r.Contact == nil || c.change(r) }}
			require.ErrorContains(t, historicaltest.Check(t.Context(), src, contacts), c.want)
		})
	}
	require.ErrorContains(t, historicaltest.Check(t.Context(), twice{filledWithContacts()}, contacts), "came twice")
	q := contacts
	q.Needs.Ended = false
	src := broken{filledWithContacts(), func(_ int, r *historical.Row) bool {
		if r.Contact != nil && r.Contact.End.Before(q.Window.End) {
			r.Grain, r.Start = wfm.GrainEnded, r.Contact.End
		}
		return true
	}}
	require.ErrorContains(t, historicaltest.Check(t.Context(), src, q), "not asked for")
}
