package layouttest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Figures says, per column, which number a record must show: at the column's precision, in its
// unit. ok is false where there is none to show.
type Figures map[string]func(c wfm.Counts) (number int64, ok bool)

// RoundTrip writes random reports with arbitrary names, reads the files back and compares every
// figure with its own computation. All columns that Figures names must occur.
func RoundTrip(t *testing.T, enc vendors.HistoricalEncoder, figures Figures) {
	t.Helper()
	codecs, seen := Codecs(t, enc), map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		r := drawReport(t, enc.Needs())
		files, err := enc.EncodeHistorical(t.Context(), []wfm.Report{r})
		require.NoError(t, err)
		for _, f := range files {
			for _, k := range codecs {
				if k.Layout().Name() != f.Kind {
					continue
				}
				doc, err := k.Decode(f.Bytes)
				require.NoError(t, err, "%q", f.Bytes)
				require.Len(t, doc.Sections[0].Rows, f.Rows, "%q", f.Bytes)
				checkRows(t, doc.Sections[0].Rows, shown(k, r), figures, seen)
			}
		}
	})
	for name := range figures {
		require.True(t, seen[name], "no file has the column %s", name)
	}
}

// shown lists the records that a file shows, in the order of the report. Every drawn record has
// a counter above zero, so no layout leaves one out.
func shown(k *layout.Codec, r wfm.Report) []wfm.Record {
	var list []wfm.Record
	for _, g := range []wfm.Grain{wfm.GrainQueue, wfm.GrainAgent, wfm.GrainAgentQueue} {
		if !k.Needs().Wants(g) {
			continue
		}
		for _, rec := range r.Records(g) {
			if rec.Media.Is(k.Needs().For(g).MediaList()[0]) {
				list = append(list, rec)
			}
		}
	}
	return list
}

func checkRows(t *rapid.T, rows []layout.Row, records []wfm.Record, figures Figures, seen map[string]bool) {
	for i, row := range rows {
		for _, f := range row.Fields {
			figure, ok := figures[f.Name]
			if !ok {
				continue
			}
			seen[f.Name] = true
			want, defined := figure(records[i].Counts)
			if defined {
				require.Equal(t, want, f.Number, "column %s", f.Name)
			}
			require.Equal(t, !defined, f.Absent, "column %s", f.Name)
		}
	}
}

func drawReport(t *rapid.T, needs wfm.Needs) wfm.Report {
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	r := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1}
	for _, part := range []struct {
		dst     *[]wfm.Record
		columns wfm.Columns
	}{{&r.Queues, needs.Queue}, {&r.Agents, needs.Agent}, {&r.AgentQueues, needs.AgentQueue}} {
		if part.columns.Counters.Len() == 0 {
			continue
		}
		names := rapid.SliceOfN(rapid.String(), 0, 4).Draw(t, "names")
		for _, m := range part.columns.MediaList() {
			for _, name := range names {
				values := make([]int64, part.columns.Counters.Len())
				for i := range values {
					values[i] = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, 3600)).Draw(t, "value")
				}
				values[0]++ // no row of zeros only
				*part.dst = append(*part.dst, wfm.Record{Workgroup: wfm.Workgroup(name), Agent: wfm.AgentID(name), Media: m,
					Counts: wfm.NewCounts(part.columns.Counters, values)})
			}
		}
	}
	return r
}

// FuzzDecode feeds foreign bytes to every codec: no panic, and what is read can be written again.
func FuzzDecode(f *testing.F, codecs []*layout.Codec, seeds ...[]byte) {
	f.Helper()
	for i := range codecs {
		for _, seed := range seeds {
			f.Add(i, seed)
		}
	}
	f.Fuzz(func(t *testing.T, which int, data []byte) {
		k := codecs[uint(which)%uint(len(codecs))]
		doc, err := k.Decode(data)
		if err != nil {
			return
		}
		_, err = k.AppendDocument(nil, doc)
		require.NoError(t, err)
	})
}

// Seeds reads the expected files of all cases below dir, as a corpus for FuzzDecode.
func Seeds(t testing.TB, dir string) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*", "expected", "*"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var list [][]byte
	for _, f := range files {
		data, err := os.ReadFile(f)
		require.NoError(t, err)
		list = append(list, data)
	}
	return list
}

// Codecs returns the bound layouts of an encoder that is made of layouts.
func Codecs(t testing.TB, enc vendors.HistoricalEncoder) []*layout.Codec {
	t.Helper()
	h, ok := vendors.Find[interface{ Codecs() []*layout.Codec }](enc)
	require.True(t, ok, "the encoder is not made of layouts")
	return h.Codecs()
}
