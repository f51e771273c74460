package layouttest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
)

// BenchmarkAgainst writes the rows of the files of Benchmark's interval three times: with the layouts,
// with encoding/csv and with fmt.Fprintf. The others get what the layouts must find first: which values, in
// which order, numbers as integers and times as text. So they are a floor, and what they write is the same rows
// but for padding.
func BenchmarkAgainst(b *testing.B, enc vendors.HistoricalEncoder) {
	reports := benchReports(enc)
	files, err := enc.EncodeHistorical(b.Context(), reports)
	require.NoError(b, err)
	codecs := map[string]*layout.Codec{}
	for _, k := range Codecs(b, enc) {
		codecs[k.Layout().Name()] = k
	}
	var rows [][]layout.Field
	size := 0
	for _, f := range files {
		doc, err := codecs[f.Kind].Decode(f.Bytes)
		require.NoError(b, err)
		for _, s := range doc.Sections {
			for _, r := range s.Rows {
				rows = append(rows, r.Fields)
			}
		}
		size += len(f.Bytes)
	}
	measure := func(name string, write func()) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			b.ReportAllocs()
			for b.Loop() {
				write()
			}
		})
	}
	measure("layout", func() {
		if _, err := enc.EncodeHistorical(b.Context(), reports); err != nil {
			b.Fatal(err)
		}
	})
	var out bytes.Buffer
	measure("encoding-csv", func() {
		out.Reset()
		w := csv.NewWriter(&out)
		var record []string
		for _, fields := range rows {
			record = record[:0]
			for i := range fields {
				if n, ok := whole(&fields[i]); ok {
					record = append(record, strconv.FormatInt(n, 10))
				} else {
					record = append(record, fields[i].Text)
				}
			}
			if err := w.Write(record); err != nil {
				b.Fatal(err)
			}
		}
		w.Flush()
	})
	formats := make([]string, len(rows))
	for i, fields := range rows {
		var f strings.Builder
		for j := range fields {
			if j > 0 {
				f.WriteByte(';')
			}
			if _, ok := whole(&fields[j]); ok {
				f.WriteString("%d")
			} else {
				f.WriteString("%s")
			}
		}
		formats[i] = f.String() + "\n"
	}
	measure("fmt", func() {
		out.Reset()
		var args []any
		for i, fields := range rows {
			args = args[:0]
			for j := range fields {
				if n, ok := whole(&fields[j]); ok {
					args = append(args, n)
				} else {
					args = append(args, fields[j].Text)
				}
			}
			fmt.Fprintf(&out, formats[i], args...)
		}
	})
}

// whole is the number of a field that shows a whole number.
func whole(f *layout.Field) (int64, bool) {
	return f.Number, f.Kind == layout.NumberField && f.Decimals == 0 && !f.Absent && f.Text == strconv.FormatInt(f.Number, 10)
}
