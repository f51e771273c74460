package layouttest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

// BenchmarkAgainst writes the file of each historical preset of a vendor with its layout, with encoding/csv and with
// fmt.Fprintf, and reports how many times as long the others take. All write the same bytes into a buffer that they keep, which
// is checked first; one that cannot, as encoding/csv cannot pad, is left out. They take turns within each
// round, and the medians are compared, so that a busy machine slows all of them alike.
//
// The layout gets a report, as in a feed. The others are the program that a competent engineer would write by hand for this one
// form, without the looking up: they have the rows in order, with the values of each column beside each other, and all lines
// that are no rows ready. Of that there are two kinds.
//
//   - "values": numbers come as numbers, times as time.Time, names as texts. For encoding/csv they are made texts with strconv and
//     time.Format; what a row shows as the row before does, such as the interval, is a text already.
//   - "ready": all values are texts already (of fmt: boxed), so that nothing remains but to put them into a row.
//
// Neither checks what it writes as layouts do: fmt quotes nothing and replaces nothing.
func BenchmarkAgainst(b *testing.B, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) {
	b.Helper()
	for _, preset := range presetNames(b, newEncoder) {
		b.Run(preset, func(b *testing.B) {
			enc := benchEncoder(b, newEncoder, preset)
			reports := benchReports(enc)
			files, err := enc.EncodeHistorical(b.Context(), reports)
			require.NoError(b, err)
			require.Len(b, files, 1)
			k := Codecs(b, enc)[0]
			if json.Valid(files[0].Bytes) {
				b.Skip("a JSON document has no lines that the others could write")
			}
			parts, ok := fileParts(b, k, files[0].Bytes)
			if !ok {
				b.Skip("the others cannot write this encoding")
			}
			var out []byte
			rivals := append([]rival{{"layout", func() {
				if out, _, err = k.Append(out[:0], files[0].Interval, reports); err != nil {
					b.Fatal(err)
				}
			}}}, rivalsFor(parts, files[0].Bytes)...)
			compare(b, rivals, files[0].Rows, len(files[0].Bytes))
		})
	}
}

// BenchmarkFramesAgainst is BenchmarkAgainst for the frames of changes, which come one by one. The others have all that they write
// at hand, where a session must find the code and the identifier of each agent, and what the change is.
func BenchmarkFramesAgainst(b *testing.B, newEncoder func(vendors.RTASettings) (vendors.RTAEncoder, error), settings ...vendors.RTASettings) {
	b.Helper()
	for _, s := range settings {
		b.Run("rta-"+cmp.Or(s.Preset, "default"), func(b *testing.B) {
			enc, err := newEncoder(s)
			require.NoError(b, err)
			session, list := enc.NewSession(), SampleChanges(1000)
			parts, all := framesParts(b, enc, session, list)
			var f wfm.Frames
			rivals := append([]rival{{"layout", func() {
				f.Reset()
				for i := range list {
					if err := session.AppendChanges(&f, SampleTime(), list[i:i+1]); err != nil {
						b.Fatal(err)
					}
				}
			}}}, rivalsFor(parts, all)...)
			compare(b, rivals, len(list), len(all))
		})
	}
}

// rival is one of the programs that are compared.
type rival struct {
	name  string
	write func()
}

// compare lets the rivals, of which the first is ours, take turns.
func compare(b *testing.B, rivals []rival, records, size int) {
	b.Helper()
	took := make([][]time.Duration, len(rivals))
	for b.Loop() {
		for i, r := range rivals {
			start := time.Now()
			r.write()
			took[i] = append(took[i], time.Since(start))
		}
	}
	median := func(i int) float64 {
		slices.Sort(took[i])
		return float64(took[i][len(took[i])/2].Nanoseconds())
	}
	ours := median(0)
	b.ReportMetric(0, "ns/op") // of all together, which means nothing
	b.ReportMetric(ours/float64(records), "ns/record")
	b.ReportMetric(float64(size)/ours*1000, "MB/s")
	b.ReportMetric(testing.AllocsPerRun(5, rivals[0].write)/float64(records), "allocs/record")
	for i, r := range rivals[1:] {
		b.ReportMetric(median(i+1)/ours, r.name+"-takes-x")
	}
}

// presetNames lists the historical presets of a vendor.
func presetNames(b *testing.B, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error)) []string {
	b.Helper()
	enc, err := newEncoder(vendors.Settings{})
	require.NoError(b, err)
	var names []string
	for _, p := range enc.Info().Presets {
		if p.Module == "historical" {
			names = append(names, p.Name)
		}
	}
	require.NotEmpty(b, names)
	return names
}

// benchEncoder binds one preset.
func benchEncoder(b *testing.B, newEncoder func(vendors.Settings) (vendors.HistoricalEncoder, error), preset string) vendors.HistoricalEncoder {
	b.Helper()
	enc, err := newEncoder(vendors.Settings{Presets: []string{preset}})
	require.NoError(b, err)
	return enc
}

// fileParts cuts a file into its rows and what stands between them.
func fileParts(b *testing.B, k *layout.Codec, file []byte) (parts []part, ok bool) {
	b.Helper()
	doc, err := k.Decode(file)
	require.NoError(b, err)
	rows := map[int]layout.Row{}
	for _, s := range doc.Sections {
		for _, r := range s.Rows {
			rows[r.Line] = r
		}
	}
	var before []layout.Field
	for i, line := range bytes.SplitAfter(file, []byte("\n")) {
		r, isRow := rows[i+1]
		if !isRow {
			parts = append(parts, part{raw: line})
			continue
		}
		p := part{raw: line}
		for j, f := range r.Fields {
			hoisted := j < len(before) && before[j].Text == f.Text
			p.values = append(p.values, fieldValue(f, hoisted))
			p.texts = append(p.texts, f.Text)
		}
		if before = r.Fields; !p.learn() {
			return nil, false
		}
		parts = append(parts, p)
	}
	return parts, true
}

// framesParts writes changes one by one and takes their frames apart.
func framesParts(b *testing.B, enc vendors.RTAEncoder, session vendors.Session, list []wfm.StatusChange) (parts []part, all []byte) {
	b.Helper()
	var f wfm.Frames
	dec, ok := vendors.Find[vendors.RTADecoder](enc)
	require.True(b, ok)
	reader := dec.NewFrameReader()
	for i := range list {
		f.Reset()
		require.NoError(b, session.AppendChanges(&f, SampleTime(), list[i:i+1]))
		p := part{raw: slices.Clone(f.Bytes)}
		require.NoError(b, reader.Read(p.raw, func(d vendors.Decoded) {
			for _, field := range d.Fields {
				p.texts = append(p.texts, field.Value)
				p.values = append(p.values, timeOr(strings.TrimSpace(field.Value)))
			}
		}))
		if !p.learn() {
			b.Skip("the others cannot write this encoding")
		}
		parts, all = append(parts, p), append(all, p.raw...)
	}
	return parts, all
}
