package layout

import (
	"slices"
	"strings"
)

// historical compares a file.
func (p *proof) historical(sample []byte) {
	if p.rows.json {
		p.document(p.detect(sample))
		return
	}
	text := p.lineEnds(p.detect(sample))
	p.text = text
	p.parting(strings.Split(strings.TrimSuffix(text, "\n"), "\n"))
	lines := p.split(text)
	order := p.order(lines)
	at := 0
	for i, t := range order {
		var next *table
		if i+1 < len(order) {
			next = order[i+1]
		}
		at = p.table(t, next, lines, at)
	}
	for _, line := range lines[at:] {
		p.found(Finding{Kind: FoundStructure, Text: "the line stands behind the end of the last section", Found: line.text}, line.number)
	}
	p.judgeColumns()
}

// order returns the tables in the order of the sample, which their first lines tell, and says where that is not the layout's.
func (p *proof) order(lines []sampleLine) []*table {
	if len(p.tables) < 2 {
		return p.tables
	}
	places := map[*table]int{}
	last := -1
	for _, t := range p.tables {
		places[t] = last // one that is not found stands behind the one before it
		for n, line := range lines {
			if first, ok := t.firstLine(); ok && first.match(line.text) {
				places[t] = n
				break
			}
		}
		last = max(last, places[t])
	}
	order := slices.Clone(p.tables)
	slices.SortStableFunc(order, func(a, b *table) int { return places[a] - places[b] })
	if slices.Equal(order, p.tables) {
		return order
	}
	name := func(list []*table) string {
		var names []string
		for _, t := range list {
			names = append(names, t.name)
		}
		return strings.Join(names, ", ")
	}
	p.found(Finding{Kind: FoundOrder, Text: "the sections stand in another order", Expected: name(p.tables), Found: name(order)})
	p.edits = append(p.edits, reorder(p.layout.node, "sections", p.tables, order))
	return order
}

// firstLine is the line by which a section is recognized.
func (t *table) firstLine() (line, bool) {
	for _, l := range t.section.head {
		if l.template != nil && len(l.template.parts) > 0 && l.template.constant() != nil || l.template == nil && l.fixed != "" {
			return l, true
		}
	}
	return line{}, false
}

// table aligns the lines from at with a section and returns where the next one begins.
func (p *proof) table(t, next *table, lines []sampleLine, at int) int {
	from := at // where rows can begin
	if matchLines(t.section.head, lines[at:], len(t.section.head)) {
		from += len(t.section.head)
	}
	end := p.endOf(t, next, lines, from)
	rows := at
	if from > at {
		rows = from
	}
	for rows < end && (from == at || rows < from) && !p.looksLikeRow(t, lines[rows]) {
		rows++
	}
	p.titles(t, t.section.head, t.head, "head", lines[at:rows])
	stop := end
	if len(t.section.foot) > 0 && end == len(lines) { // the end line is missing or reads otherwise
		for stop > rows && !p.looksLikeRow(t, lines[stop-1]) {
			stop--
		}
	}
	for _, line := range lines[rows:stop] {
		p.row(t, line)
	}
	foot := min(stop+len(t.section.foot), len(lines))
	if next == nil {
		foot = len(lines)
	}
	p.titles(t, t.section.foot, t.foot, "foot", lines[stop:foot])
	return foot
}

// endOf finds the line at which the rows of a section end: the first of its foot or of the next section.
func (p *proof) endOf(t, next *table, lines []sampleLine, from int) int {
	mark := t.section.foot
	if len(mark) == 0 && next != nil {
		mark = next.section.head
	}
	if len(mark) > 0 {
		// Two lines are surer than one, above all where the first is blank.
		for _, n := range []int{min(2, len(mark)), 1} {
			for i := from; i < len(lines) && (n > 1 || len(mark) == 1 || mark[0].shows() != ""); i++ {
				if matchLines(mark, lines[i:], n) {
					return i
				}
			}
		}
	}
	if next != nil { // no end line: the next section begins at the line that it is known by
		if first, ok := next.firstLine(); ok {
			for i := from + 1; i < len(lines); i++ {
				if first.match(lines[i].text) {
					return i
				}
			}
		}
	}
	return len(lines)
}

// matchLines tells whether the first n lines of the layout match the lines of the sample.
func matchLines(want []line, have []sampleLine, n int) bool {
	if len(have) < n {
		return false
	}
	for i := range n {
		if !want[i].match(have[i].text) {
			return false
		}
	}
	return true
}

// titles aligns the lines before or behind rows with those of the layout.
func (p *proof) titles(t *table, want []line, specs []lineSpec, key string, have []sampleLine) {
	const most = 60
	if len(have) > len(want)+most {
		for _, line := range have[len(want)+most:] {
			p.found(Finding{Kind: FoundStructure, Section: t.name, Text: "the line is neither a row nor a title line", Found: line.text}, line.number)
		}
		have = have[:len(want)+most]
	}
	for _, s := range align(len(want), len(have), func(i, j int) int { return p.likeness(t, want[i], specs[i], have[j]) }) {
		switch {
		case s.want < 0:
			text := "a title line that the layout does not have"
			if have[s.have].text == "" {
				text = "a blank line that the layout does not have"
			}
			p.found(Finding{Kind: FoundTitleLines, Section: t.name, Text: text, Found: have[s.have].text}, have[s.have].number)
			p.addTitle(t, key, specs, s.next, have[s.have])
		case s.have < 0:
			p.found(Finding{Kind: FoundTitleLines, Section: t.name, Text: "a title line of the layout is missing", Expected: want[s.want].shows()})
			p.edits = append(p.edits, remove(specs[s.want].node, key+" of section "+t.name, want[s.want].shows()))
		default:
			p.title(t, want[s.want], specs[s.want], have[s.have])
			if specs[s.want].columns {
				t.titles, t.titleText, t.titleLine = p.titleCells(specs[s.want], have[s.have]), have[s.have].text, s.want
			}
		}
	}
}

// title compares one title line with that of the layout.
func (p *proof) title(t *table, want line, spec lineSpec, have sampleLine) {
	switch {
	case want.match(have.text):
		return
	case spec.columns:
		p.columnTitles(t, want, spec, have)
		return
	}
	f := Finding{Kind: FoundHeader, Section: t.name, Text: "the title line reads otherwise", Expected: want.shows(), Found: have.text}
	text, ok := timeTemplate([]string{have.text}, spec.text)
	if ok && want.template != nil && want.template.hasTime && looksNumeric(strings.Join(timePieces().FindAllString(have.text, -1), "")) {
		f.Kind, f.Text = FoundDate, "the date or time of the title line is written otherwise, or the line reads otherwise"
	}
	p.found(f, have.number)
	if !ok {
		text = braces(have.text)
	}
	p.edits = append(p.edits, replaceLine(spec.node, text, want.shows()))
}

// columnTitles compares the line of titles, column by column.
func (p *proof) columnTitles(t *table, want line, spec lineSpec, have sampleLine) {
	cells := p.titleCells(spec, have)
	names := p.wantedTitles(t)
	switch {
	case slices.Equal(cells, names) && p.rows.fixed:
		p.found(Finding{Kind: FoundWidth, Section: t.name, Text: "the titles stand elsewhere: widths or alignment are others", Expected: want.shows(), Found: have.text}, have.number)
		return
	case slices.Equal(cells, names):
		d := p.lineDelimiter(spec)
		if trails := strings.HasSuffix(have.text, d); trails != spec.trailing {
			text := map[bool]string{true: "the line of titles ends in the delimiter", false: "the line of titles does not end in the delimiter"}[trails]
			p.found(Finding{Kind: FoundTrailing, Section: t.name, Text: text}, have.number)
			p.set(spec.node, "trailing-delimiter", map[bool]string{true: "true", false: "false"}[trails], "column line.trailing-delimiter")
		}
		return
	case len(cells) != len(names):
		p.found(Finding{Kind: FoundHeader, Section: t.name, Text: "the line of titles has another number of columns", Expected: want.shows(), Found: have.text}, have.number)
		return
	}
	if p.rows.fixed { // blanks part and fill titles, so that no column can be named
		p.found(Finding{Kind: FoundHeader, Section: t.name, Text: "the line of titles reads otherwise", Expected: want.shows(), Found: have.text}, have.number)
		p.edits = append(p.edits, replaceLine(spec.node, braces(have.text), want.shows()))
		return
	}
	differ := 0
	for i := range cells {
		if cells[i] != names[i] {
			differ++
			p.found(Finding{Kind: FoundHeader, Section: t.name, Column: t.section.columns[i].name, Text: "the title is another", Expected: names[i], Found: cells[i]}, have.number)
		}
	}
	if sorted(cells) == sorted(names) || differ*2 > len(names) {
		return // the columns stand in another order, or are those of another table: their titles stay
	}
	p.inColumns = true
	defer func() { p.inColumns = false }()
	for i := range cells {
		if cells[i] != names[i] {
			p.set(t.specs[i].node, "title", cells[i], "column "+t.section.columns[i].name+".title")
		}
	}
}

func sorted(list []string) string {
	list = slices.Clone(list)
	slices.Sort(list)
	return strings.Join(list, "\x00")
}

func (p *proof) lineDelimiter(spec lineSpec) string {
	if spec.delimiter != nil {
		return *spec.delimiter
	}
	return p.rows.delimiter
}

// titleCells cuts a line of titles.
func (p *proof) titleCells(spec lineSpec, have sampleLine) []string {
	d := p.lineDelimiter(spec)
	switch {
	case p.rows.fixed:
		return strings.Fields(have.text)
	case d != p.rows.delimiter || have.fields == nil:
		cells := strings.Split(have.text, d)
		if len(cells) > 1 && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		return cells
	}
	if n := len(have.fields); n > 1 && have.fields[n-1] == "" {
		return have.fields[:n-1]
	}
	return have.fields
}

func (p *proof) wantedTitles(t *table) (titles []string) {
	for _, c := range t.section.columns {
		if p.rows.fixed { // blanks part them, also inside
			titles = append(titles, strings.Fields(c.title)...)
		} else {
			titles = append(titles, c.title)
		}
	}
	return titles
}

// shows is what the line reads, with patterns as they stand.
func (l *line) shows() string {
	if l.template != nil {
		return unquoted(l.template.sample())
	}
	return l.fixed
}

// The costs of aligning lines.
const (
	costSame, costLike, costOther, costAlone = 0, 2, 5, 3
)

// likeness is the cost of taking a line of the sample for one of the layout.
func (p *proof) likeness(t *table, want line, spec lineSpec, have sampleLine) int {
	switch {
	case want.match(have.text):
		return costSame
	case (want.shows() == "") != (strings.TrimSpace(have.text) == ""):
		return 2*costAlone + 1
	case spec.columns:
		if slices.Equal(p.titleCells(spec, have), p.wantedTitles(t)) {
			return costSame + 1
		}
		if len(have.fields) > 1 && len(have.fields) == len(t.section.columns) || p.rows.fixed {
			return costLike
		}
		return costOther
	}
	if n := min(len(want.shows()), len(have.text), 4); n > 0 && strings.EqualFold(want.shows()[:n], have.text[:n]) {
		return costLike
	}
	return costOther
}

// step pairs a line of the layout with one of the sample; -1 stands for none. next is the line of the layout that follows.
type step struct{ want, have, next int }

// align pairs two lists with the least cost.
func align(want, have int, cost func(i, j int) int) []step {
	table := make([][]int, want+1)
	for i := range table {
		table[i] = make([]int, have+1)
	}
	for i := want; i >= 0; i-- {
		for j := have; j >= 0; j-- {
			switch {
			case i == want:
				table[i][j] = (have - j) * costAlone
			case j == have:
				table[i][j] = (want - i) * costAlone
			default:
				table[i][j] = min(cost(i, j)+table[i+1][j+1], costAlone+table[i+1][j], costAlone+table[i][j+1])
			}
		}
	}
	var steps []step
	for i, j := 0, 0; i < want || j < have; {
		switch {
		case i < want && j < have && table[i][j] == cost(i, j)+table[i+1][j+1]:
			steps = append(steps, step{i, j, i})
			i, j = i+1, j+1
		case i < want && table[i][j] == costAlone+table[i+1][j]:
			steps = append(steps, step{i, -1, i})
			i++
		default:
			steps = append(steps, step{-1, j, i})
			j++
		}
	}
	return steps
}
