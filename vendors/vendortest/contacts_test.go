package vendortest_test

import (
	"context"
	"encoding/csv"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// contactsOf makes good an adapter of single contacts, which shows every field of them; change may spoil it.
func contactsOf(ended bool, change func(g *good, list []wfm.Contact) []wfm.Contact) func(*good) {
	return func(g *good) {
		g.needs = func() wfm.Needs { return wfm.Needs{Begun: !ended, Ended: ended} }
		g.encode = func(ctx context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
			if _, err := g.interval(ctx, []wfm.Report{{Interval: reports[0].Interval}}); err != nil {
				return nil, err
			}
			r := reports[0]
			list := r.Begun
			if ended {
				list = r.Ended
			}
			if change != nil {
				list = change(g, list)
			}
			if len(list) == 0 {
				return nil, nil
			}
			var b strings.Builder
			w := csv.NewWriter(&b)
			for _, c := range list {
				talk := ""
				if c.Times.TConnected != wfm.Missing || change != nil {
					talk = strconv.FormatInt(c.Times.TConnected, 10)
				}
				if err := w.Write([]string{g.escape(c.ID), strconv.Itoa(c.Seq), g.escape(string(c.Workgroup)), g.escape(string(c.Agent)), string(c.Media),
					c.Start.UTC().Format(time.RFC3339Nano), c.End.UTC().Format(time.RFC3339Nano), strconv.FormatBool(c.Handled), talk}); err != nil {
					return nil, err
				}
			}
			w.Flush()
			return []wfm.Artifact{{Kind: "good", Name: g.name(r), Interval: r.Interval, Revision: r.Revision, Bytes: []byte(b.String()), Rows: len(list)}}, nil
		}
	}
}

// decodeContacts reads files of contactsOf; a contact is about no record.
func decodeContacts(_ vendors.HistoricalEncoder, a wfm.Artifact) ([]vendortest.Row, error) {
	records, err := csv.NewReader(strings.NewReader(string(a.Bytes))).ReadAll()
	var rows []vendortest.Row
	for _, r := range records {
		var row vendortest.Row
		for i, text := range r {
			row.Fields = append(row.Fields, vendortest.Field{Name: strconv.Itoa(i), Text: text})
		}
		rows = append(rows, row)
	}
	return rows, err
}

func TestGoodAdaptersOfContacts(t *testing.T) {
	for name, ended := range map[string]bool{"begun": false, "ended": true} {
		t.Run(name, func(t *testing.T) {
			h := harness(contactsOf(ended, nil), nil)
			h.RealTime, h.Decode = nil, decodeContacts
			vendortest.Run(t, h)
		})
	}
}

// TestBrokenAdaptersOfContacts breaks rules in what concerns contacts alone.
func TestBrokenAdaptersOfContacts(t *testing.T) {
	for name, c := range map[string]fault[*good]{
		"reads what it does not name": {func(g *good) {
			contactsOf(false, nil)(g)
			g.needs = func() wfm.Needs { return wfm.Needs{Ended: true} }
		}, "historical declared", "name in Needs what is read"},
		"says another need each time": {func(g *good) {
			contactsOf(false, nil)(g)
			n := 0
			g.needs = func() wfm.Needs { n++; return wfm.Needs{Begun: true, Ended: n%2 == 0} }
		}, "historical needs", "contacts ended"},
		"changes contacts": {contactsOf(true, func(_ *good, list []wfm.Contact) []wfm.Contact {
			for i := range list {
				list[i].Agent = "x"
			}
			return list
		}), "historical input", "the reports were changed"},
		"keeps contacts": {func(g *good) {
			var first []wfm.Contact // of the first call; later ones append them
			contactsOf(true, func(_ *good, list []wfm.Contact) []wfm.Contact {
				if first == nil {
					first = list
					return list
				}
				return append(slices.Clone(first), list[len(first):]...)
			})(g)
		}, "historical input", "a later one shows it"},
		"writes what is missing": {contactsOf(true, func(_ *good, list []wfm.Contact) []wfm.Contact { return list }), "historical missing", "9223372036854775808"},
		"IDs as they are": {func(g *good) {
			contactsOf(false, nil)(g)
			g.escape = func(name string) string { return name }
		}, "historical hostile names", "holds a NUL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := harness(c.breaks, nil)
			h.RealTime = nil
			mustFail(t, h, c.fails, c.says)
		})
	}
}

// TestSimulatedContacts holds what adapters are tried with: contacts of the day in the order of reports, some of them handled, each in the
// interval that its grain says.
func TestSimulatedContacts(t *testing.T) {
	reports, err := vendortest.Simulated(wfm.Needs{Begun: true, Ended: true}, wfm.HalfHour)
	require.NoError(t, err)
	begun, ended, handled := 0, 0, 0
	for _, r := range reports {
		require.True(t, slices.IsSortedFunc(r.Begun, wfm.CompareContacts))
		require.True(t, slices.IsSortedFunc(r.Ended, wfm.CompareContacts))
		begun, ended = begun+len(r.Begun), ended+len(r.Ended)
		for _, c := range r.Begun {
			require.True(t, r.Interval.Contains(c.Start))
			require.NotEmpty(t, c.Workgroup)
			require.False(t, c.End.Before(c.Start))
			require.False(t, c.Handled && c.Agent == "", "%+v", c)
			if c.Handled {
				handled++
			}
		}
		for _, c := range r.Ended {
			require.True(t, r.Interval.Contains(c.End))
		}
	}
	require.Greater(t, handled, 50)
	require.Greater(t, begun, handled, "some contacts are not handled")
	require.LessOrEqual(t, ended, begun)
	require.Greater(t, ended, 50)
}
