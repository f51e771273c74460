package layout_test

import (
	"fmt"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func benchNames() []string {
	names := make([]string, 1000)
	for i := range names {
		names[i] = fmt.Sprintf("Workgroup %d", i)
	}
	return names
}

// BenchmarkAppend writes a thousand queues per file; the allocations are per file, not per row.
func BenchmarkAppend(b *testing.B) {
	for _, name := range []string{"csv", "tabs", "fixed"} {
		b.Run(name, func(b *testing.B) {
			k, err := parse(b, queueLayout(formats[name], "UTF-8", name == "fixed")).Bind(vendors.Settings{})
			require.NoError(b, err)
			r := queueReport(k.Needs(), benchNames(), func(i int, c wfm.Counter) int64 { return int64(i) + int64(c) })
			reports := []wfm.Report{r}
			buf, _, err := k.Append(nil, r.Interval, reports)
			require.NoError(b, err)
			b.SetBytes(int64(len(buf)))
			b.ReportAllocs()
			for b.Loop() {
				if buf, _, err = k.Append(buf[:0], r.Interval, reports); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkExpression compares a formula that is compiled to exact arithmetic with one of floats, and with one that has a
// function and so runs on the expression machine.
func BenchmarkExpression(b *testing.B) {
	for name, formula := range map[string]string{"exact": "(tTalkAcd + tAcw) / nAnsweredAcd", "floats": "nAnsweredAcd > 0 ? (tTalkAcd + tAcw) / nAnsweredAcd : 0.0",
		"machine": "round(tTalkAcd / nAnsweredAcd)"} {
		b.Run(name, func(b *testing.B) {
			k, err := parse(b, `
layout: x
version: 1
file: {name: "x{start:YYYYMMDDHHmm}"}
rows: {kind: delimited, delimiter: ";"}
sections:
  - grain: queue
    defaults: {missing: blank, undefined: blank}
    columns: [{name: q, value: workgroup}, {name: f, expr: "`+formula+`"}]
`).Bind(vendors.Settings{})
			require.NoError(b, err)
			r := queueReport(k.Needs(), benchNames(), func(i int, c wfm.Counter) int64 { return int64(i) + int64(c) })
			reports := []wfm.Report{r}
			var buf []byte
			b.ReportAllocs()
			for b.Loop() {
				if buf, _, err = k.Append(buf[:0], r.Interval, reports); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkDecode reads the files back.
func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"csv", "fixed"} {
		b.Run(name, func(b *testing.B) {
			k, err := parse(b, queueLayout(formats[name], "UTF-8", name == "fixed")).Bind(vendors.Settings{})
			require.NoError(b, err)
			r := queueReport(k.Needs(), benchNames(), func(i int, c wfm.Counter) int64 { return int64(i) + int64(c) })
			data, _, err := k.Append(nil, r.Interval, []wfm.Report{r})
			require.NoError(b, err)
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := k.Decode(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
