package layouttest

import (
	"slices"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// ContactFields says, per column, which text a contact must show. The texts of names may differ in characters that the format
// cannot write: leave those columns out.
type ContactFields map[string]func(c wfm.Contact) string

// RoundTripContacts is RoundTrip for layouts of single contacts: it writes random contacts with arbitrary names, reads the files
// back and compares the fields, contact by contact in the order of the report. All columns that fields names must occur.
func RoundTripContacts(t *testing.T, enc vendors.HistoricalEncoder, fields ContactFields) {
	t.Helper()
	codecs, seen := Codecs(t, enc), map[string]bool{}
	require.True(t, enc.Needs().Begun || enc.Needs().Ended, "the encoder needs no contacts")
	rapid.Check(t, func(t *rapid.T) {
		r := drawContacts(t)
		files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{r})
		require.NoError(t, err)
		for _, f := range files {
			k := codecs[slices.IndexFunc(codecs, func(k *layout.Codec) bool { return k.Layout().Name() == f.Kind })]
			doc, err := k.Decode(f.Bytes)
			require.NoError(t, err, "%q", f.Bytes)
			list := r.Begun
			if k.Needs().Ended {
				list = r.Ended
			}
			rows := doc.Sections[0].Rows
			require.Len(t, rows, len(list), "%q", f.Bytes)
			for i, row := range rows {
				for _, field := range row.Fields {
					if want, ok := fields[field.Name]; ok {
						seen[field.Name] = true
						require.Equal(t, want(list[i]), field.Text, "column %s of %+v", field.Name, list[i])
					}
				}
			}
			again, err := k.AppendDocument(nil, doc)
			require.NoError(t, err)
			require.Equal(t, string(f.Bytes), string(again))
		}
	})
	for name := range fields {
		require.True(t, seen[name], "no file has the column %s", name)
	}
}

// drawContacts draws a report in which the same contacts began and ended.
func drawContacts(t *rapid.T) wfm.Report {
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1, Sites: []wfm.Site{1}}
	name := rapid.OneOf(rapid.StringMatching("[a-z ;\"]{1,8}"), rapid.String())
	took := rapid.OneOf(rapid.Int64Range(0, 300), rapid.Int64Range(0, 4_000_000), rapid.Just(wfm.Missing))
	r.Begun = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) wfm.Contact {
		at := rapid.Int64Range(0, 15*60*1000-1).Draw(t, "start")
		end := rapid.Int64Range(at, 15*60*1000-1).Draw(t, "end")
		c := wfm.Contact{ID: rapid.StringMatching("[0-9]{18}").Draw(t, "id"), Site: wfm.Site(rapid.IntRange(0, 3).Draw(t, "site")),
			Workgroup: wfm.Workgroup(name.Draw(t, "workgroup")), Agent: wfm.AgentID(name.Draw(t, "agent")),
			Media: rapid.SampledFrom([]wfm.MediaType{wfm.Call, wfm.Call, wfm.Chat, wfm.Email, "Callback", "Unknown"}).Draw(t, "media"),
			Start: start.Add(time.Duration(at) * time.Millisecond), End: start.Add(time.Duration(end) * time.Millisecond), Handled: rapid.Bool().Draw(t, "handled")}
		for _, at := range []*int64{&c.Times.TIVRWait, &c.Times.TQueueWait, &c.Times.TAlert, &c.Times.TConnected, &c.Times.THeld, &c.Times.TConference,
			&c.Times.TExternal, &c.Times.TACW} {
			*at = took.Draw(t, "milliseconds")
		}
		return c
	}), 0, 5).Draw(t, "contacts")
	slices.SortFunc(r.Begun, wfm.CompareContacts)
	r.Ended = slices.Clone(r.Begun)
	return r
}
