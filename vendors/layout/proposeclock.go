package layout

import (
	"fmt"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// clockFormula proposes a formula for a column that the sample writes as hours:minutes:seconds, or minutes:seconds: the
// language has such a form for times only. It is made of whole seconds, rounded, and blank where there is nothing to divide by.
func (p *proof) clockFormula(t *table, i int, c *column) {
	s := t.specs[i]
	if s.expr != "" {
		return
	}
	seconds, when := s.value, ""
	if d, ok := wfm.DerivedByName(s.value); ok && len(d.Info().Den) > 0 {
		info := d.Info()
		when = sumOf(info.Den) + " > 0"
		seconds = "int(round((" + sumOf(info.Num) + ") / (" + sumOf(info.Den) + ")))"
	}
	if is, _ := t.duration(s); !is {
		return
	}
	two := func(of string) string { return `(` + of + ` < 10 ? "0" : "") + string(` + of + `)` }
	formula, form := two("int(floor("+seconds+" / 60))"), "minutes:seconds"
	if strings.Count(t.columns[i].values[0], ":") == 2 {
		form = "hours:minutes:seconds"
		formula = two("int(floor("+seconds+" / 3600))") + ` + ":" + ` + two("(int(floor("+seconds+" / 60)) % 60)")
	}
	formula += ` + ":" + ` + two("("+seconds+" % 60)")
	if when != "" {
		formula = when + " ? " + formula + ` : ""`
	}
	node := s.node
	p.edits = append(p.edits, edit{words: fmt.Sprintf("column %s becomes a formula that writes %s as %s", c.name, s.value, form), column: true,
		apply: func(nodes *nodeCopy) {
			to := nodes.of[node]
			for _, key := range []string{"value", "unit", "precision", "decimal-mark", "zero", "undefined", "missing", "align", "pad"} {
				dropKey(to, key)
			}
			setKey(to, "expr", formula)
		}})
}

func sumOf(list []wfm.Counter) string {
	var names []string
	for _, c := range list {
		names = append(names, c.String())
	}
	return strings.Join(names, " + ")
}
