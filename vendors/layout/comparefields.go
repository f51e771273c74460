package layout

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
)

// columnFacts is what the rows of a sample showed of a column.
type columnFacts struct {
	values []string    // the first of them, without padding and blank ones
	lines  []int       // where they stand
	shape  FindingKind // of what the column cannot hold
}

// field looks at one value of a row.
func (p *proof) field(t *table, i int, c *column, text string, line sampleLine) bool {
	facts := &t.columns[i]
	if text != "" && len(facts.values) < mostValues {
		facts.values, facts.lines = append(facts.values, text), append(facts.lines, line.number)
	}
	f, ok := p.judge(t, c, text)
	if ok {
		return true
	}
	f.Section, f.Column, f.Found = t.name, c.name, text
	facts.shape = f.Kind
	p.found(f, line.number)
	return false
}

// judge says why a column does not hold a text.
func (p *proof) judge(t *table, c *column, text string) (f Finding, ok bool) {
	if c.width > 0 && c.kind == TextField && c.fixed == nil && misplaced(c, text) {
		return Finding{Kind: FoundWidth, Text: "the text does not stand at the edge of the column: its place or width is another"}, false
	}
	if c.template != nil && !c.matches(text) {
		if c.template.hasTime {
			return Finding{Kind: FoundDate, Text: "the date or time is written otherwise", Expected: unquoted(c.template.sample())}, false
		}
		return Finding{Kind: FoundValue, Text: "the column always holds another text", Expected: unquoted(c.template.sample())}, false
	}
	if _, reason := c.decode(text); reason != "" {
		return numberOrTime(c, text), false
	}
	if c.kind == NumberField && c.width > 0 && c.pad == ' ' && strings.TrimSpace(text) != text {
		return Finding{Kind: FoundWidth, Text: "the number does not stand at the edge of the column: its place or width is another"}, false
	}
	if p.wire != nil {
		i := slices.IndexFunc(p.wire.records, func(r *record) bool { return r.section == t.section })
		if why := p.wire.checkValue(p.wire.records[i], c, text); why != "" {
			return Finding{Kind: FoundValue, Text: "the text " + why}, false
		}
		return f, true
	}
	if c.mapping != nil && !c.mapOpen {
		for _, to := range c.mapping {
			if text == c.shown(to) {
				return f, true
			}
		}
		return Finding{Kind: FoundValue, Text: "the text is not in the column's map"}, false
	}
	return f, true
}

// misplaced tells whether padding stands on the side where the column has none.
func misplaced(c *column, text string) bool {
	if text == "" || c.pad != ' ' {
		return false
	}
	if c.right {
		return strings.HasSuffix(text, " ")
	}
	return strings.HasPrefix(text, " ")
}

// matches tells whether a text is one that the column's template makes; texts of rows in it may be any.
func (c *column) matches(text string) bool {
	if c.fixed != nil {
		return text == c.shown(*c.fixed)
	}
	if slices.ContainsFunc(c.template.parts, func(p templatePart) bool { return p.text != nil }) || c.max > 0 || c.overflow == overflowCut {
		return true
	}
	return c.template.match(text)
}

// unquoted is what a template shows, as it stands in the file.
func unquoted(s string) string {
	if text, err := strconv.Unquote(s); err == nil {
		return text
	}
	return s
}

// numberOrTime says what is wrong with a text that the column cannot read.
func numberOrTime(c *column, text string) Finding {
	if c.kind == TimeField {
		f := Finding{Kind: FoundDate, Text: "the date or time is written otherwise", Expected: c.pattern.source}
		if !looksNumeric(text) {
			f.Text = "the text is no date or time"
		}
		return f
	}
	mark, other := c.mark, map[string]string{".": ",", ",": "."}[c.mark]
	plain := strings.TrimPrefix(strings.TrimSpace(text), "-")
	digits := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	whole, fraction, hasMark := strings.Cut(plain, mark)
	otherWhole, otherFraction, hasOther := strings.Cut(plain, other)
	switch {
	case clockLike(plain):
		return Finding{Kind: FoundUnit, Text: "the figure is written as hours:minutes:seconds, and the layout has a number", Expected: c.example()}
	case hasMark && digits(whole) && digits(fraction):
		return Finding{Kind: FoundNumber, Text: "the figure has more decimals than the column", Expected: c.example()}
	case hasOther && digits(otherWhole) && digits(otherFraction):
		return Finding{Kind: FoundDecimal, Text: "the figure has another decimal mark, or a mark between thousands", Expected: c.example()}
	case strings.HasSuffix(plain, "%"):
		return Finding{Kind: FoundNumber, Text: "the figure ends in a percent sign, which this language does not write", Expected: c.example()}
	case c.width > 0 && strings.ContainsFunc(plain, unicode.IsSpace):
		return Finding{Kind: FoundWidth, Text: "the column holds parts of two: its place or width is another"}
	}
	return Finding{Kind: FoundNumber, Text: "the text is no number", Expected: c.example()}
}

func (c *column) example() string {
	return string(appendDecimal(nil, 12*pow10(c.precision), c.precision, c.mark))
}

func pow10(n int) int64 {
	v := int64(1)
	for range n {
		v *= 10
	}
	return v
}

// clockLike tells whether a text is a duration such as 0:03:50 or 03:50.
func clockLike(s string) bool {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return false
	}
	for i, part := range parts {
		if part == "" || strings.Trim(part, "0123456789") != "" || i > 0 && len(part) != 2 {
			return false
		}
	}
	return true
}

// judgeColumns looks at whole columns: what no single value shows, and which edit of the layout would help.
func (p *proof) judgeColumns() {
	for _, t := range p.tables {
		if t.trailing*2 > len(t.lines)+len(t.misfits) {
			p.set(p.rows.node, "trailing-delimiter", map[bool]string{true: "false", false: "true"}[p.rows.trailing], "rows.trailing-delimiter")
		}
	}
	p.inColumns = true
	defer func() { p.inColumns = false }()
	for _, t := range p.tables {
		for i, c := range t.section.columns {
			facts := &t.columns[i]
			switch {
			case facts.shape == FoundDate:
				p.otherDate(t, i, c)
			case facts.shape == FoundUnit && !slices.ContainsFunc(facts.values, func(v string) bool { return !clockLike(v) }):
				p.clockFormula(t, i, c)
			case c.kind == NumberField:
				p.otherNumber(t, i, c)
			case facts.shape == FoundValue && c.template != nil && p.wire == nil:
				p.otherText(t, i, c)
			}
			if c.kind == TimeField && facts.shape == "" && c.from == "intervalStart" && c.pattern.clock() {
				p.offGrid(t, c)
			}
		}
	}
}

// otherDate looks for the form in which the times of a column are written.
func (p *proof) otherDate(t *table, i int, c *column) {
	values := t.columns[i].values
	if c.kind == TextField {
		text, ok := timeTemplate(values, t.specs[i].text)
		if ok {
			p.set(t.specs[i].node, "text", text, "column "+c.name+".text")
		}
		return
	}
	if c.open {
		values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" })
	}
	if found, others := datePatterns(values, c.pattern.source); found != "" {
		p.setNote(t.specs[i].node, "format", found, "column "+c.name+".format", others)
	}
}

// otherText takes over the text that a column of fixed text always has.
func (p *proof) otherText(t *table, i int, c *column) {
	values := t.columns[i].values
	if len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return v != values[0] }) {
		p.set(t.specs[i].node, "text", braces(values[0]), "column "+c.name+".text")
	}
}

// offGrid remarks that times are not those of the feed's intervals.
func (p *proof) offGrid(t *table, c *column) {
	grid := wfm.Grid{Length: p.settings.Length, Location: c.loc}
	facts := &t.columns[slices.Index(t.section.columns, c)]
	for n, text := range facts.values {
		f, why := c.decode(text)
		off := f.Time.Year() > 1 && !grid.Slot(f.Time).Start.Equal(f.Time)
		if f.Time.Year() == 1 { // a time of day alone
			off = time.Duration(f.Time.Hour()*60+f.Time.Minute())*time.Minute%p.settings.Length.Duration() != 0
		}
		if why == "" && off {
			p.found(Finding{Kind: FoundInterval, Section: t.name, Column: c.name, Remark: true, Found: text,
				Text: "the time begins no interval of " + p.settings.Length.String() + " in " + c.loc.String()}, facts.lines[n])
		}
	}
}
