package layout_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestFormulasOfASpreadsheet(t *testing.T) {
	const text = `layout: a
version: 1
title: A
file: {name: "{start:HHmm}.csv"}
rows: {kind: delimited, delimiter: ";", quoting: rfc4180, formulas: %s}
sections:
  - name: q
    grain: queue
    columns:
      - {name: Queue, value: workgroup}
      - {name: Entered, value: nEnteredAcd, missing: -1}
`
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := wfm.Window{Start: start, End: start.Add(30 * time.Minute)}
	set := wfm.NewCounterSet(wfm.NEnteredAcd)
	report := wfm.Report{Interval: w}
	for _, name := range []wfm.Workgroup{"=1+1", "+49", "-x", "@a", "a=b"} {
		report.Queues = append(report.Queues, wfm.Record{Workgroup: name, Counts: wfm.NewCounts(set, []int64{wfm.Missing})})
	}
	for rule, want := range map[string]string{
		"keep":    "=1+1;-1\n+49;-1\n-x;-1\n@a;-1\na=b;-1\n",
		"replace": "_1+1;-1\n_49;-1\n_x;-1\n_a;-1\na=b;-1\n",
		"refuse":  `column Queue "=1+1" begins as a formula`,
	} {
		l, err := layout.Parse(vendors.File{Name: "a.yaml", Data: fmt.Appendf(nil, text, rule)})
		require.NoError(t, err)
		k, err := l.Bind(vendors.Settings{Length: wfm.HalfHour})
		require.NoError(t, err)
		got, _, err := k.Append(nil, w, []wfm.Report{report})
		if rule == "refuse" {
			require.ErrorContains(t, err, want)
			continue
		}
		require.NoError(t, err)
		require.Equal(t, want, string(got), rule)
	}
}
