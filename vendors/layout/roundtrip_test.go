package layout_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// parse makes a layout of a text that must be right.
func parse(t testing.TB, text string) *layout.Layout {
	t.Helper()
	l, err := layout.Parse(vendors.File{Name: "test.yaml", Data: []byte(text)})
	require.NoError(t, err)
	return l
}

// queueLayout is a layout with a name, two numbers and a time, in a format of the test's choice.
func queueLayout(rows, encoding string, widths bool) string {
	w := func(n int) string {
		if !widths {
			return ""
		}
		return fmt.Sprintf(", width: %d", n)
	}
	return fmt.Sprintf(`
layout: queues
version: 1
file: {name: "q{start:YYYYMMDDHHmm}.txt", encoding: %s}
rows: %s
sections:
  - grain: queue
    defaults: {missing: -1, undefined: blank, overflow: shift}
    head: [{text: "head {start:HH:mm}"}]
    columns:
      - {name: time, value: intervalStart, format: "YYYYMMDDHHmm"%s}
      - {name: queue, value: workgroup%s}
      - {name: offered, value: offered%s}
      - {name: aht, value: aht, precision: 2%s}
    foot: [{text: "foot"}]
`, encoding, rows, w(12), w(10), w(4), w(8))
}

var start = time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)

// queueReport is a report of the counters that the codec needs.
func queueReport(needs wfm.Needs, names []string, value func(i int, c wfm.Counter) int64) wfm.Report {
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
	set := needs.Queue.Counters
	for i, name := range names {
		values := make([]int64, set.Len())
		for j := range values {
			values[j] = value(i, set.At(j))
		}
		r.Queues = append(r.Queues, wfm.Record{Workgroup: wfm.Workgroup(name), Counts: wfm.NewCounts(set, values)})
	}
	return r
}

var hostile = []string{"", " ", `"`, `""`, ";", ",", "\t", "\n", "\r\n", "\r", "\x00", "\x1b[31m", "\u0085", "\u2028", "\uFEFF",
	"\u202Eright to left", "עברית", "😀", "e\u0301", "\xff\xfe", "\xc3", "foot", "head 14:00", "a b", "?", "_", "'", `\`, "=1+1",
	strings.Repeat("long ", 2048), strings.Repeat("😀", 2560)}

var formats = map[string]string{
	"csv":          `{kind: delimited, delimiter: ";", quoting: rfc4180}`,
	"csv trailing": `{kind: delimited, delimiter: ",", quoting: rfc4180, trailing-delimiter: true}`,
	"tabs":         `{kind: delimited, delimiter: "\t", trailing-delimiter: true}`,
	"blanks":       `{kind: delimited, delimiter: " ", unsafe-with: "~"}`,
	"two":          `{kind: delimited, delimiter: "||", quoting: rfc4180}`,
	"two plain":    `{kind: delimited, delimiter: "::"}`,
	"fixed":        `{kind: fixed, delimiter: " ", trailing-delimiter: true}`,
}

// TestNoNameBreaksARecord writes hostile names in every format and reads them back: as many rows,
// the right figures beside each, and the same bytes again.
func TestNoNameBreaksARecord(t *testing.T) {
	for name, rows := range formats {
		for _, encoding := range []string{"UTF-8", "UTF-16LE", "ISO-8859-1", "ISO-8859-9", "Windows-1252"} {
			t.Run(name+" "+encoding, func(t *testing.T) {
				k, err := parse(t, queueLayout(rows, encoding, name == "fixed")).Bind(vendors.Settings{})
				require.NoError(t, err)
				rapid.Check(t, func(t *rapid.T) {
					part := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
					names := rapid.SliceOfN(rapid.Map(rapid.SliceOfN(part, 0, 3), func(p []string) string { return strings.Join(p, "") }), 0, 6).Draw(t, "names")
					checkRoundTrip(t, k, names, name == "csv" && encoding == "UTF-8", name == "fixed")
				})
			})
		}
	}
}

func checkRoundTrip(t *rapid.T, k *layout.Codec, names []string, exact, fixed bool) {
	r := queueReport(k.Needs(), names, func(i int, c wfm.Counter) int64 { return int64(1000*i) + int64(c) })
	data, count, err := k.Append([]byte("before"), r.Interval, []wfm.Report{r})
	require.NoError(t, err)
	data = bytes.TrimPrefix(data, []byte("before"))
	require.Equal(t, len(names), count)
	doc, err := k.Decode(data)
	require.NoError(t, err, "%q", data)
	require.Len(t, doc.Sections[0].Rows, len(names), "%q", data)
	for i, row := range doc.Sections[0].Rows {
		offered, _ := row.Field("offered")
		require.Equal(t, int64(1000*i)+int64(wfm.NEnteredAcd), offered.Number, "%q", data)
		aht, _ := row.Field("aht")
		want, ok := wfm.AHT.Of(r.Queues[i].Counts).Scaled(2)
		require.True(t, ok)
		require.Equal(t, want, aht.Number)
		at, _ := row.Field("time")
		require.True(t, at.Time.Equal(start))
		if queue, _ := row.Field("queue"); exact {
			require.Equal(t, cleaned(names[i]), queue.Text)
		}
	}
	again, err := k.AppendDocument(nil, doc)
	require.NoError(t, err)
	if !fixed { // blanks at the end of a name that shifted its row are padding to a reader
		require.Equal(t, string(data), string(again))
	}
}

// cleaned is what a name becomes in a quoted format: an independent statement of the rule.
func cleaned(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteRune(r)
		case r == unicode.ReplacementChar && !strings.HasPrefix(s[i:], "\uFFFD"),
			unicode.Is(unicode.Cc, r), r == 0x2028, r == 0x2029, r == 0xFEFF:
			b.WriteByte('_')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

func TestDecodeRules(t *testing.T) {
	k, err := parse(t, queueLayout(formats["csv"], "UTF-8", false)).Bind(vendors.Settings{})
	require.NoError(t, err)
	doc, err := k.Decode([]byte("head 09:30\r\n202603021400;A;5;\r\n202603021415;\"B\nC\";-1;2.50\r\nfoot"))
	require.NoError(t, err)
	rows := doc.Sections[0].Rows
	require.Equal(t, []int{2, 3}, []int{rows[0].Line, rows[1].Line})
	aht, ok := rows[0].Field("aht")
	require.True(t, ok)
	require.True(t, aht.Absent)
	offered, _ := rows[1].Field("offered")
	require.True(t, offered.Absent, "-1 is what the layout writes for a missing counter")
	aht, _ = rows[1].Field("aht")
	require.Equal(t, layout.Field{Name: "aht", Kind: layout.NumberField, Text: "2.50", Number: 250, Decimals: 2}, aht)
	_, ok = rows[0].Field("colour")
	require.False(t, ok)
}

func TestDecodeErrors(t *testing.T) {
	csv, err := parse(t, queueLayout(formats["csv trailing"], "UTF-8", false)).Bind(vendors.Settings{})
	require.NoError(t, err)
	fixed, err := parse(t, queueLayout(formats["fixed"], "UTF-8", true)).Bind(vendors.Settings{})
	require.NoError(t, err)
	wide, err := parse(t, queueLayout(formats["csv"], "UTF-16LE", false)).Bind(vendors.Settings{})
	require.NoError(t, err)
	for _, c := range []struct {
		codec *layout.Codec
		in    string
		want  []string
	}{
		{csv, "", []string{"line 1", "head of section queue", "ends after 0 of 1"}},
		{csv, "hea 14:00\n", []string{"line 1", "is not the expected line", `expected "head HH:mm"`}},
		{csv, "head 14:00\n", []string{"line 2", "foot of section queue"}},
		{csv, "head 14:00\na,b\nfoot\n", []string{"line 2", "does not end in the delimiter"}},
		{csv, "head 14:00\na,b,\nfoot\n", []string{"line 2", "has 2 columns instead of 4"}},
		{csv, "head 14:00\n202603021400,A,x,y,\n20260302,B,1,2,\nfoot\n", []string{`line 2: column offered "x"`, `line 2: column aht "y"`, "line 3: column time", "is not a time like YYYYMMDDHHmm"}},
		{csv, "head 14:00\n\"a\nb", []string{"line 2", "quote that is not closed"}},
		{csv, "head 14:00\na\"b,\n", []string{"line 2", "quote inside"}},
		{csv, "head 14:00\n\"a\"b,\n", []string{"behind a closing quote"}},
		{csv, "head 14:00\nfoot\nmore\n", []string{"line 3", `"more" stands behind the end`}},
		{csv, "head 14:00\n\xff", []string{"line 2", "not text", "UTF-8"}},
		{csv, "head 14:00\n" + strings.Repeat("x,A,1,1,\n", 50), []string{"too many bad values"}},
		{fixed, "head 14:00\n202603021400 \nfoot\n", []string{"line 2", "shorter"}},
		{fixed, "head 14:00\nx\nfoot\n", []string{"line 2", "does not end in the delimiter"}},
		{wide, "abc", []string{"UTF-16LE"}},
		{wide, "\x00\xd8a\x00", []string{"UTF-16LE"}},
	} {
		_, err := c.codec.Decode([]byte(c.in))
		require.Error(t, err, "%q", c.in)
		require.Equal(t, wfm.BadData, wfm.KindOf(err))
		for _, want := range c.want {
			require.ErrorContains(t, err, want, "%q", c.in)
		}
	}
	_, err = csv.Decode(make([]byte, 64<<20+1))
	require.ErrorContains(t, err, "more than")
}

func TestAppendDocumentOfAnotherLayout(t *testing.T) {
	k, err := parse(t, queueLayout(formats["csv"], "UTF-8", false)).Bind(vendors.Settings{})
	require.NoError(t, err)
	_, err = k.AppendDocument(nil, layout.Document{})
	require.ErrorContains(t, err, "0 sections instead of 1")
	_, err = k.AppendDocument(nil, layout.Document{Sections: []layout.Section{{Rows: []layout.Row{{Line: 7}}}}})
	require.ErrorContains(t, err, "line 7")
}

func FuzzDecode(f *testing.F) {
	var codecs []*layout.Codec
	for _, name := range []string{"csv", "tabs", "two plain", "fixed"} {
		for _, encoding := range []string{"UTF-8", "UTF-16LE", "Windows-1252"} {
			k, err := parse(f, queueLayout(formats[name], encoding, name == "fixed")).Bind(vendors.Settings{})
			require.NoError(f, err)
			codecs = append(codecs, k)
			r := queueReport(k.Needs(), hostile[:25], func(i int, c wfm.Counter) int64 { return int64(i) })
			data, _, err := k.Append(nil, r.Interval, []wfm.Report{r})
			require.NoError(f, err)
			f.Add(len(codecs)-1, data)
		}
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		k := codecs[uint(which)%uint(len(codecs))]
		doc, err := k.Decode(data)
		if err != nil {
			return
		}
		// What was read can be written, and reads the same again.
		again, err := k.AppendDocument(nil, doc)
		require.NoError(t, err)
		second, err := k.Decode(again)
		require.NoError(t, err, "%q", again)
		require.Equal(t, len(doc.Sections[0].Rows), len(second.Sections[0].Rows))
	})
}
