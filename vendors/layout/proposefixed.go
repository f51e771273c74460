package layout

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// widths proposes other widths for the columns of a table of fixed columns: the fewest and smallest changes with which every row
// can be read, and the line of titles where there is one.
func (p *proof) widths(t *table) []edit {
	if !slices.ContainsFunc(p.report.Findings, func(f Finding) bool { return f.Kind == FoundWidth && f.Section == t.name }) {
		return nil
	}
	const most = 10
	var rows []string
	for _, line := range slices.Concat(t.misfits, t.lines) {
		if rows = append(rows, line.text); len(rows) == most {
			break
		}
	}
	length := sameLength(rows)
	if length == 0 {
		return nil
	}
	format := p.rows
	if format.trailing && slices.ContainsFunc(rows, func(s string) bool { return !strings.HasSuffix(s, format.delimiter) }) {
		format.trailing = false
		p.set(p.rows.node, "trailing-delimiter", "false", "rows.trailing-delimiter")
	}
	columns := make([]*column, len(t.section.columns))
	total := (len(columns) - 1 + btoi(format.trailing)) * len(format.delimiter)
	for i, c := range t.section.columns {
		clone := *c
		columns[i] = &clone
		total += c.width
	}
	missing := length - total
	var best [][2]int // column and by how much
	quality := 0
	try := func(changes ...[2]int) {
		for _, c := range changes {
			columns[c[0]].width += c[1]
		}
		if q := p.quality(t, columns, format, rows); q > quality {
			best, quality = slices.Clone(changes), q
		}
		for _, c := range changes {
			columns[c[0]].width -= c[1]
		}
	}
	for i := range columns {
		if missing != 0 && columns[i].width+missing > 0 {
			try([2]int{i, missing})
		}
	}
	const farthest, mostPaired = 16, 24
	for by := 1; by <= farthest && len(columns) <= mostPaired && quality < bestQuality; by++ {
		for _, d := range []int{by, -by} {
			for i := range columns {
				for j := range columns {
					if i != j && columns[i].width+d > 0 && columns[j].width+missing-d > 0 && missing != d {
						try([2]int{i, d}, [2]int{j, missing - d})
					}
				}
			}
		}
	}
	var edits []edit
	for _, b := range best {
		node, width, name := t.specs[b[0]].node, columns[b[0]].width+b[1], columns[b[0]].name
		edits = append(edits, edit{words: fmt.Sprintf("column %s.width becomes %d instead of %d", name, width, columns[b[0]].width), apply: func(c *nodeCopy) {
			setKey(c.of[node], "width", strconv.Itoa(width))
		}})
	}
	return edits
}

// bestQuality is that of widths with which rows and titles fit.
const bestQuality = 2

// quality judges widths: 0 where rows do not fit, 1 where they do, bestQuality where the line of titles fits as well.
func (p *proof) quality(t *table, columns []*column, format rowSpec, rows []string) int {
	for _, row := range rows {
		texts, reason := cutFixed(row, columns, format)
		if reason != "" {
			return 0
		}
		for i, c := range columns {
			if _, ok := p.judge(t, c, texts[i]); !ok {
				return 0
			}
		}
	}
	if t.titleLine < 0 {
		return bestQuality
	}
	c := &compiler{spec: &spec{rows: format}}
	if line := c.columnLine(t.head[t.titleLine], &section{columns: columns}); strings.TrimRight(line, " ") == strings.TrimRight(t.titleText, " ") {
		return bestQuality
	}
	return 1
}

// sameLength is the number of characters that all rows have; 0 where they differ.
func sameLength(rows []string) int {
	n := 0
	for i, row := range rows {
		if is := utf8.RuneCountInString(row); i > 0 && is != n {
			return 0
		} else {
			n = is
		}
	}
	return n
}

// placed is a fixed column as seen in rows. Blank ones fill the room between others.
type placed struct {
	from, to int // characters, half open
	right    bool
	blank    bool
}

// place sets the width of a column's node.
func place(n *yaml.Node, widths []placed, j int) *yaml.Node {
	if widths == nil {
		return n
	}
	setKey(n, "width", strconv.Itoa(widths[j].to-widths[j].from))
	if dropKey(n, "align"); widths[j].right {
		setKey(n, "align", "right")
	} else {
		setKey(n, "align", "left")
	}
	return n
}

// fixedColumns finds the columns of rows of one length: runs of characters between those that are blank in all rows.
func fixedColumns(rows []string) []placed {
	length := sameLength(rows)
	const longest = 10_000
	if length == 0 || length > longest || len(rows) < 2 {
		return nil
	}
	cells := make([][]rune, 0, len(rows))
	for _, row := range rows {
		cells = append(cells, []rune(row))
	}
	blank := func(i int) bool {
		return !slices.ContainsFunc(cells, func(r []rune) bool { return r[i] != ' ' })
	}
	var runs []placed
	for i := 0; i < length; i++ {
		if blank(i) {
			continue
		}
		from := i
		for i < length && !blank(i) {
			i++
		}
		run := placed{from: from, to: i}
		// What begins at one place in every row stands left; else what ends at one place stands right.
		starts := !slices.ContainsFunc(cells, func(r []rune) bool { return r[from] == ' ' })
		ends := !slices.ContainsFunc(cells, func(r []rune) bool { return r[i-1] == ' ' })
		run.right = !starts && ends || ends && looksNumeric(strings.TrimSpace(string(cells[0][from:i])))
		runs = append(runs, run)
	}
	var list []placed
	at := 0
	for n, run := range runs {
		switch {
		case run.right:
			run.from = at
		case run.from > at && n > 0 && !list[len(list)-1].right:
			list[len(list)-1].to = run.from // what stands left has its room on the right
		case run.from > at:
			list = append(list, placed{from: at, to: run.from, blank: true})
		}
		list = append(list, run)
		at = run.to
	}
	if at < length && len(list) > 0 {
		if last := &list[len(list)-1]; !last.right {
			last.to = length
		} else {
			list = append(list, placed{from: at, to: length, blank: true})
		}
	}
	return list
}
