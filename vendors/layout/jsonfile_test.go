package layout_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

const jsonContacts = `
layout: contacts
version: 1
file: {name: "c{start:YYYYMMDDHHmm}.json"}
rows: {kind: json}
head: '{{"start":"{start:YYYY-MM-DDTHH:mmZ}","data":['
foot: ']}}'
sections:
  - grain: contacts-ended
    defaults: {missing: blank, undefined: blank}
    columns:
      - {name: who.queue, value: workgroup}
      - {name: who.agent, value: agent}
      - {name: handled, value: handled, type: boolean}
      - {name: connected, value: tConnected, unit: seconds, precision: 3}
      - {name: at, value: contactStart, format: "YYYY-MM-DDTHH:mm:ssZ", zone: UTC}
      - {name: when, value: contactEnd, format: unix, type: number}
      - {name: raw, value: contactId, type: number}
`

func bindContacts(t testing.TB) *layout.Codec {
	t.Helper()
	k, err := parse(t, jsonContacts).Bind(vendors.Settings{})
	require.NoError(t, err)
	return k
}

// TestJSONDocuments writes contacts with arbitrary names and reads them with the decoder of the standard library and with the layout.
func TestJSONDocuments(t *testing.T) {
	k := bindContacts(t)
	rapid.Check(t, func(t *rapid.T) {
		r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
		r.Ended = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) wfm.Contact {
			return wfm.Contact{ID: rapid.StringMatching("0|[1-9][0-9]{0,12}").Draw(t, "id"), Workgroup: wfm.Workgroup(rapid.String().Draw(t, "workgroup")),
				Agent: wfm.AgentID(rapid.String().Draw(t, "agent")), Media: wfm.Call, Start: start, End: start, Handled: rapid.Bool().Draw(t, "handled"),
				Times: wfm.ContactTimes{TConnected: rapid.OneOf(rapid.Int64Range(0, 1<<50), rapid.Just(wfm.Missing)).Draw(t, "ms")}}
		}), 0, 4).Draw(t, "contacts")
		data, n, err := k.Append(nil, r.Interval, []wfm.Report{r})
		require.NoError(t, err)
		require.Equal(t, len(r.Ended), n)
		var body struct {
			Start string
			Data  []struct {
				Who       struct{ Queue, Agent string }
				Handled   bool
				Connected *json.Number
				At        time.Time
				When      int64
				Raw       json.Number
			}
		}
		require.NoError(t, json.Unmarshal(data, &body), "%s", data)
		require.Equal(t, "2026-03-02T14:00Z", body.Start)
		require.Len(t, body.Data, len(r.Ended))
		doc, err := k.Decode(data)
		require.NoError(t, err)
		for i, c := range r.Ended {
			d, row := body.Data[i], doc.Sections[0].Rows[i]
			require.Equal(t, string(c.Workgroup), d.Who.Queue)
			require.Equal(t, string(c.Agent), d.Who.Agent)
			require.Equal(t, c.Handled, d.Handled)
			require.Equal(t, c.ID, d.Raw.String())
			require.Equal(t, start, d.At)
			require.Equal(t, start.Unix(), d.When)
			require.Equal(t, i+1, row.Line)
			require.Equal(t, string(c.Workgroup), row.Fields[0].Text)
			require.Equal(t, fmt.Sprint(c.Handled), row.Fields[2].Text)
			connected := row.Fields[3]
			require.Equal(t, c.Times.TConnected == wfm.Missing, connected.Absent)
			require.Equal(t, connected.Absent, d.Connected == nil)
			if !connected.Absent {
				require.Equal(t, c.Times.TConnected, connected.Number, "milliseconds are the decimals")
				require.Equal(t, fmt.Sprintf("%d.%03d", c.Times.TConnected/1000, c.Times.TConnected%1000), d.Connected.String())
			}
			require.True(t, row.Fields[4].Time.Equal(start))
		}
		again, err := k.AppendDocument(nil, doc)
		require.NoError(t, err)
		require.Equal(t, string(data), string(again))
	})
}

// TestRefusedJSONDocuments reads documents that are broken; each error names the record and what is wrong.
func TestRefusedJSONDocuments(t *testing.T) {
	k := bindContacts(t)
	const head, good = `{"start":"2026-03-02T14:00Z","data":[`,
		`{"who":{"queue":"q","agent":"a"},"handled":true,"connected":1.5,"at":"2026-03-02T14:00:00Z","when":1,"raw":7}`
	_, err := k.Decode([]byte(" \n" + head + " " + good + " ,\n" + good + "\n]}\r\n"))
	require.NoError(t, err, "blanks around records")
	for text, want := range map[string]string{
		``:                        `record 1: document does not begin like the layout's head, "{\"start\":\"YYYY-MM-DDTHH:mmZ\",\"data\":["`,
		`[]`:                      "does not begin like the layout's head",
		head:                      `record 1: document has something that is no record between head and foot`,
		head + good:               "record 2: document has neither another record nor the layout's foot behind a record",
		head + good + `,`:         "record 2: document has something that is no record",
		head + good + `,]}`:       "record 2: document \"]}\" has something that is no record",
		head + good + `]}x`:       "record 2: document \"]}x\" has neither another record",
		head + `{"who":{`:         "has something that is no record",
		head + `[1]]}`:            "has something that is no record",
		head + `{"who":1}]}`:      `record 1: row of section contacts-ended has no member "who.queue"`,
		head + `{"a":nul}]}`:      "is not a JSON object",
		head + "{\"a\":\"\n\"}]}": "is not a JSON object",
		head + strings.Replace(good, "true", `"true"`, 1) + `]}`:                             `member "handled" is not of the column's type`,
		head + strings.Replace(good, "1.5", "1.0005", 1) + `]}`:                              `record 1: column connected "1.0005" is not a number of the column's precision`,
		head + strings.Replace(good, "1.5", "15e-1", 1) + `]}`:                               `record 1: column connected "15e-1" is not a number`,
		head + strings.Replace(good, `:7}`, `:7e1}`, 1) + `]}`:                               `record 1: column raw "7e1" is not of the column's type`,
		head + good + "," + strings.Replace(good, "T14", "", 1) + `]}`:                       `record 2: column at "2026-03-02:00:00Z" is not a time like YYYY-MM-DDTHH:mm:ssZ`,
		head + strings.Repeat("[", 100_000):                                                  "has something that is no record",
		head + `{"a":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}]}`: "is not a JSON object",
	} {
		_, err := k.Decode([]byte(text))
		require.ErrorContains(t, err, want, "%.200s", text)
		require.Equal(t, wfm.BadData, wfm.KindOf(err))
	}
	many := head + strings.TrimSuffix(strings.Repeat(strings.Replace(good, "1.5", `1.0001`, 1)+",", 1000), ",") + "]}"
	_, err = k.Decode([]byte(many))
	require.ErrorContains(t, err, "too many bad values")
	require.Less(t, len(err.Error()), 3000)
}

// TestRefusedJSONValues writes what is no JSON number, which is told and not written.
func TestRefusedJSONValues(t *testing.T) {
	k := bindContacts(t)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1,
		Ended: []wfm.Contact{{ID: "12", Workgroup: "q", Start: start, End: start}, {ID: "1,2", Workgroup: "q", Start: start, End: start}}}
	data, rows, err := k.Append([]byte("before"), r.Interval, []wfm.Report{r})
	require.ErrorContains(t, err, `section contacts-ended, row 2: column raw "1,2" is not a JSON number`)
	require.Equal(t, "before", string(data))
	require.Zero(t, rows)
}

// TestMediaOfContacts: a layout of all media shows each contact, and a feed of one medium that one, however it is spelled.
func TestMediaOfContacts(t *testing.T) {
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1, Ended: []wfm.Contact{
		{ID: "1", Media: wfm.Call, Start: start, End: start}, {ID: "2", Media: "EMAIL INTERACTION", Start: start, End: start}, {ID: "3", Media: "Unknown", Start: start, End: start}}}
	for media, want := range map[wfm.MediaType]int{"": 3, "call": 1, "Email": 1, "Chat": 0} {
		k, err := parse(t, jsonContacts).Bind(vendors.Settings{Media: media})
		require.NoError(t, err)
		_, rows, err := k.Append(nil, r.Interval, []wfm.Report{r})
		require.NoError(t, err)
		require.Equal(t, want, rows, media)
		require.Equal(t, wfm.Needs{Ended: true}, k.Needs())
	}
	// A layout about another medium than the feed writes nothing.
	text := strings.Replace(jsonContacts, "rows:", "media: [Call, Chat]\nrows:", 1)
	k, err := parse(t, text).Bind(vendors.Settings{Media: wfm.Email})
	require.NoError(t, err)
	require.Equal(t, wfm.Needs{}, k.Needs())
	_, err = layout.NewHistorical(vendors.Info{Name: "x"}, vendors.Settings{Media: wfm.Email}, parse(t, text))
	require.ErrorContains(t, err, "is the medium of no chosen layout")
}

func FuzzDecodeJSON(f *testing.F) {
	k := bindContacts(f)
	other, err := parse(f, strings.NewReplacer(`{{"start":"{start:YYYY-MM-DDTHH:mmZ}","data":[`, "[", "]}}", "]").Replace(jsonContacts)).Bind(vendors.Settings{})
	require.NoError(f, err)
	for _, record := range []string{"", `{"who":{"queue":"q","agent":"a"},"handled":true,"connected":1.5,"at":"2026-03-02T14:00:00Z","when":1,"raw":7}`} {
		f.Add(0, []byte(`{"start":"2026-03-02T14:00Z","data":[`+record+`]}`))
		f.Add(1, []byte(` [`+record+` ]`))
	}
	f.Add(1, []byte(`[{"who":{"queue":"\ud800","agent":"\u0000"},"handled":false,"connected":null,"at":"2026-03-02T14:00:00Z","when":1,"raw":null}]`))
	layouttest.FuzzDecode(f, []*layout.Codec{k, other})
}

func bindFile(f vendors.File) (*layout.Codec, error) {
	l, err := layout.Parse(f)
	if err != nil {
		return nil, err
	}
	return l.Bind(vendors.Settings{})
}
