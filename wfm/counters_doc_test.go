package wfm_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

var update = flag.Bool("update", false, "write COUNTERS.md anew")

// counterText is the counter table and the table of derived values for people.
func counterText() string {
	units := map[wfm.Unit]string{wfm.Count: "count", wfm.Seconds: "seconds", wfm.Share: "share of one"}
	folds := map[wfm.Fold]string{wfm.FoldSum: "sum", wfm.FoldMax: "maximum", wfm.FoldFirst: "first", wfm.FoldLast: "last"}
	editions := map[wfm.Edition]string{wfm.EveryEdition: "all", wfm.Only4x: "4.x", wfm.OnlyLegacy: "before 4.0"}
	evidence := map[wfm.Evidence]string{wfm.Documented: "documented", wfm.Observed: "seen in published code", wfm.Inferred: "inferred", wfm.NameOnly: "read from the name"}
	var b strings.Builder
	b.WriteString("# Counters and derived values\n\nMade from the tables in this package by `go test ./wfm -update`. Layouts name counters and derived\n" +
		"values as they stand here. *Fold* is how rows become a longer interval; *missing* is no zero.\n\n## Counters\n\n" +
		"| CIC column | unit | fold | schema | meaning | evidence |\n|---|---|---|---|---|---|\n")
	for _, c := range wfm.Counters() {
		view := ""
		if c.Views == wfm.InAgentView {
			view = " (agent view only)"
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s | %s | %s | %s |\n", c.Column, view, units[c.Unit], folds[c.Fold], editions[c.Edition], c.Meaning, evidence[c.Evidence])
	}
	b.WriteString("\n## Derived values\n\nA ratio is computed from summed counters and rounded once, half up. With a zero denominator it has no\n" +
		"value, and the layout says what is written.\n\n| name | unit | definition | note |\n|---|---|---|---|\n")
	for _, d := range wfm.DerivedValues() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", d.Name, units[d.Unit], d.Definition, d.Note)
	}
	return b.String()
}

func TestTheTablesAreWrittenOut(t *testing.T) {
	const file = "COUNTERS.md"
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(counterText()), 0o644))
	}
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, counterText(), string(b), "run go test ./wfm -update")
}
