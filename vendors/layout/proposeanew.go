package layout

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// anew describes a sample of regular rows from its bytes alone, as sets of edits to be tried in order: with columns guessed
// by their titles, and without guesses. What stands around the rows of other sections goes.
func (p *proof) anew() (tries [][]edit) {
	if p.rows.json || len(p.tables) == 0 || p.text == "" || p.report.Fitting > 0 {
		return nil
	}
	base := slices.DeleteFunc(slices.Clone(p.edits), func(e edit) bool { return !e.whole })
	lines := strings.Split(strings.TrimSuffix(p.text, "\n"), "\n")
	for _, found := range []*regular{delimitedRows(lines), fixedRows(lines)} {
		if found == nil || len(found.rows) == 0 || len(found.rows[0]) > mostColumns {
			continue
		}
		for _, blind := range []bool{false, true} {
			p.blind = blind
			if e, ok := p.describe(found, lines); ok {
				tries = append(tries, append(slices.Clone(base), e))
			}
		}
		p.blind = false
	}
	return tries
}

// regular are rows of one number of columns that follow one another.
type regular struct {
	from, to  int // lines
	delimiter string
	trailing  bool
	quoting   bool
	titles    []string // of the line before the rows
	rows      [][]string
	fixed     []placed
}

// delimitedRows finds the longest run of lines that a delimiter parts into one number of fields.
func delimitedRows(lines []string) *regular {
	var best *regular
	for _, d := range delimiters() {
		for _, quoting := range []bool{false, true} {
			count := func(s string) (fields []string) {
				if !quoting {
					return strings.Split(s, d)
				}
				r := &decoder{codec: &Codec{rows: rowSpec{delimiter: d}}, rest: s, line: 1}
				if fields, why := r.quotedRecord(); why == "" && r.rest == "" {
					return fields
				}
				return nil
			}
			if quoting != slices.ContainsFunc(lines, func(s string) bool { return strings.HasPrefix(s, `"`) || strings.Contains(s, d+`"`) }) {
				continue
			}
			for from := 0; from < len(lines); {
				n, to := len(count(lines[from])), from+1
				for to < len(lines) && len(count(lines[to])) == n {
					to++
				}
				if n > 1 && to-from > 1 && (best == nil || to-from > best.to-best.from) {
					best = &regular{from: from, to: to, delimiter: d, quoting: quoting}
					for _, line := range lines[from:to] {
						best.rows = append(best.rows, count(line))
					}
				}
				from = to
			}
		}
	}
	if best == nil {
		return nil
	}
	best.trailing = !slices.ContainsFunc(best.rows, func(r []string) bool { return r[len(r)-1] != "" })
	if best.trailing {
		for i, r := range best.rows {
			best.rows[i] = r[:len(r)-1]
		}
	}
	if first := best.rows[0]; !slices.ContainsFunc(first, looksNumeric) && len(best.rows) > 1 && slices.ContainsFunc(best.rows[1], looksNumeric) {
		best.titles, best.rows = first, best.rows[1:]
	}
	return best
}

// fixedRows finds the longest run of lines of one length, and their columns.
func fixedRows(lines []string) *regular {
	best := &regular{}
	for from := 0; from < len(lines); {
		to := from + 1
		for to < len(lines) && sameLength([]string{lines[from], lines[to]}) > 0 {
			to++
		}
		if to-from > best.to-best.from {
			best = &regular{from: from, to: to}
		}
		from = to
	}
	rows := lines[best.from:best.to]
	if len(rows) > 0 && !slices.ContainsFunc(strings.Fields(rows[0]), looksNumeric) {
		rows = rows[1:]
		best.from++
	}
	if best.fixed = fixedColumns(rows); best.fixed == nil {
		return nil
	}
	for _, row := range rows {
		cells, fields := []rune(row), []string{}
		for _, f := range best.fixed {
			fields = append(fields, string(cells[f.from:f.to]))
		}
		best.rows = append(best.rows, fields)
	}
	if best.from > 0 { // titles by what stands above each column
		above, names := []rune(lines[best.from-1]), []string{}
		for _, f := range best.fixed {
			name := strings.TrimSpace(string(above[min(f.from, len(above)):min(f.to, len(above))]))
			names = append(names, name)
		}
		if !slices.ContainsFunc(names, looksNumeric) && !slices.ContainsFunc(best.fixed, func(f placed) bool { return !f.blank && names[slices.Index(best.fixed, f)] == "" }) {
			best.titles = names
		}
	}
	return best
}

// describe makes the layout one of a single section, or record, with the rows that were found.
func (p *proof) describe(r *regular, lines []string) (edit, bool) {
	t := p.tables[0]
	places := make([]int, len(r.rows[0]))
	for j := range places {
		places[j] = -1
		if r.titles != nil {
			places[j] = slices.IndexFunc(t.section.columns, func(c *column) bool {
				return strings.EqualFold(strings.TrimSpace(c.title), strings.TrimSpace(r.titles[j])) && !p.wrongIn(t, c, r.rows, j)
			})
		}
	}
	columns := p.newColumns(t, places, r.titles, r.rows, r.fixed)
	head, foot := lines[:r.from], lines[r.to:]
	const most = 20
	rowish := func(s string) bool { // titles have a figure at most
		fields := strings.Fields(s)
		if r.fixed == nil {
			fields = strings.Split(s, r.delimiter)
		}
		return len(slices.DeleteFunc(fields, func(s string) bool { return !looksNumeric(s) })) > 1
	}
	if len(head) > most || len(foot) > most || slices.ContainsFunc(foot, rowish) || slices.ContainsFunc(head, rowish) {
		return edit{}, false
	}
	words := "rows are described anew, as delimited by " + delimiterName(r.delimiter)
	if r.fixed != nil {
		words = "rows are described anew, as fixed columns"
	}
	return edit{words: words + "; " + columns.words, apply: func(c *nodeCopy) {
		columns.apply(c)
		rows := c.of[p.rows.node]
		for _, key := range []string{"delimiter", "trailing-delimiter", "quoting"} {
			dropKey(rows, key)
		}
		if r.fixed != nil {
			setKey(rows, "kind", "fixed")
		} else {
			setKey(rows, "kind", "delimited")
			setKey(rows, "delimiter", map[bool]string{true: "TAB", false: r.delimiter}[r.delimiter == "\t"])
			if r.trailing {
				setKey(rows, "trailing-delimiter", "true")
			}
			if r.quoting {
				setKey(rows, "quoting", "rfc4180")
			}
		}
		key := "sections"
		if p.wire != nil {
			key = "records"
		}
		list := valueOf(c.root, key)
		list.Content = []*yaml.Node{c.of[t.node]}
		if p.wire != nil {
			return
		}
		section := c.of[t.node]
		dropKey(section, "head")
		dropKey(section, "foot")
		var top []*yaml.Node
		for _, line := range head {
			top = append(top, lineNode(line))
		}
		if r.titles != nil && r.fixed == nil {
			columnLine := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
			setKey(columnLine, "columns", "true")
			if r.trailing {
				setKey(columnLine, "trailing-delimiter", "true")
			}
			top = append(top, columnLine)
		}
		addLines(section, "head", top)
		var bottom []*yaml.Node
		for _, line := range foot {
			bottom = append(bottom, lineNode(line))
		}
		addLines(section, "foot", bottom)
	}}, true
}

// wrongIn tells whether a column of the layout cannot hold the values of a column of the sample.
func (p *proof) wrongIn(t *table, c *column, rows [][]string, j int) bool {
	free := *c
	free.width = 0
	for _, row := range rows[:min(len(rows), mostValues)] {
		if _, ok := p.judge(t, &free, strings.TrimSpace(row[j])); !ok {
			return true
		}
	}
	return false
}

func lineNode(text string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
	if text == "" {
		setKey(n, "blank", "true")
		return n
	}
	template, ok := timeTemplate([]string{text}, "")
	if !ok {
		template = braces(text)
	}
	setKey(n, "text", template)
	return n
}

func addLines(section *yaml.Node, key string, lines []*yaml.Node) {
	if len(lines) > 0 {
		section.Content = append(section.Content, scalarNode(key), &yaml.Node{Kind: yaml.SequenceNode, Content: lines})
	}
}
