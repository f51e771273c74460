package layout

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// delimiters are the characters that part columns in practice, the likeliest first.
func delimiters() []string { return []string{";", ",", "\t", "|", "~", "^", " "} }

func delimiterName(d string) string {
	switch d {
	case "\t":
		return "TAB"
	case " ":
		return "a blank"
	}
	return d
}

// parting finds what parts and quotes the columns of the sample, and tells where that differs from the layout.
func (p *proof) parting(lines []string) {
	if p.rows.fixed || p.rows.json {
		return
	}
	lines = slices.DeleteFunc(slices.Clone(lines[:min(len(lines), 2000)]), func(s string) bool { return s == "" })
	if d := p.guessDelimiter(lines); d != p.rows.delimiter {
		p.found(Finding{Kind: FoundDelimiter, Text: "another character parts the columns", Expected: delimiterName(p.rows.delimiter), Found: delimiterName(d)})
		name := d
		if d == "\t" {
			name = "TAB"
		}
		p.set(p.rows.node, "delimiter", name, "rows.delimiter")
		p.rows.delimiter = d
	}
	quotes := 0
	for _, line := range lines {
		for field := range strings.SplitSeq(line, p.rows.delimiter) {
			if len(field) >= 2 && field[0] == '"' && field[len(field)-1] == '"' {
				quotes++
			}
		}
	}
	bad := 0 // lines that only make sense when quotes are plain characters
	for _, line := range lines {
		d := &decoder{codec: &Codec{rows: p.rows}, rest: line, line: 1}
		if _, why := d.quotedRecord(); (why != "" || d.rest != "") && strings.Contains(line, `"`) && p.expects(strings.Count(line, p.rows.delimiter)+1) {
			bad++
		}
	}
	switch {
	case !p.rows.quoting && quotes > 0 && bad == 0:
		p.found(Finding{Kind: FoundQuoting, Text: "fields stand in quotes, and the layout has none", Expected: "none", Found: "rfc4180"})
		p.set(p.rows.node, "quoting", "rfc4180", "rows.quoting")
		p.rows.quoting = true
	case p.rows.quoting && bad > 0 && quotes == 0:
		p.found(Finding{Kind: FoundQuoting, Text: "quotes are plain characters of the texts, and the layout encloses fields in them", Expected: "rfc4180", Found: "none"})
		p.set(p.rows.node, "quoting", "none", "rows.quoting")
		p.rows.quoting = false
	}
}

// expects tells whether some table has rows of so many fields.
func (p *proof) expects(n int) bool {
	return slices.ContainsFunc(p.tables, func(t *table) bool {
		columns := len(t.section.columns)
		return columns > 1 && (n == columns || n == columns+1)
	})
}

func (p *proof) guessDelimiter(lines []string) string {
	own := p.rows.delimiter
	score := func(d string) (n int) {
		for _, line := range lines {
			if p.expects(strings.Count(line, d) + 1) {
				n++
			}
		}
		return n
	}
	if score(own) > 0 || !slices.ContainsFunc(p.tables, func(t *table) bool { return len(t.section.columns) > 1 }) {
		return own
	}
	best, most := own, 0
	for _, d := range delimiters() {
		if n := score(d); n > most {
			best, most = d, n
		}
	}
	has := 0
	for _, line := range lines {
		has += btoi(strings.Contains(line, own))
	}
	switch {
	case has*2 >= len(lines):
		return own
	case most > 0:
		return best
	}
	// No line has as many columns as the layout: what parts most lines into equally many fields.
	for _, d := range delimiters()[:len(delimiters())-1] {
		counts := map[int]int{}
		for _, line := range lines {
			counts[strings.Count(line, d)]++
		}
		for n, c := range counts {
			if n > 0 && c > most && c*10 >= len(lines)*6 {
				best, most = d, c
			}
		}
	}
	return best
}

// cells cuts a line into the fields of a table; reason says why it cannot. trailing tells whether the line ends in the
// delimiter.
func (p *proof) cells(t *table, line sampleLine) (texts []string, trailing bool, reason string) {
	n := len(t.section.columns)
	switch {
	case p.rows.json:
		texts, reason = cutJSON(line.text, t.section.columns)
		return texts, false, reason
	case p.rows.fixed:
		texts, reason = cutFixed(line.text, t.section.columns, p.rows)
		return texts, p.rows.trailing, reason
	case line.broken != "":
		return nil, false, line.broken
	}
	texts = line.fields
	if trailing = len(texts) == n+1 && texts[n] == ""; trailing {
		texts = texts[:n]
	}
	if len(texts) != n {
		return nil, false, fmt.Sprintf("has %d columns instead of %d", len(texts)-btoi(p.rows.trailing && len(texts) > 0 && texts[len(texts)-1] == ""), n)
	}
	return texts, trailing, ""
}

// figure tells whether a column shows digits: a number, a time, or a text made of times.
func (c *column) figure() bool {
	return c.kind != TextField || c.template != nil && c.template.hasTime
}

// looksLikeRow tells whether a line is a row of the table and no title line, even where much about it is wrong.
func (p *proof) looksLikeRow(t *table, have sampleLine) bool {
	if have.text == "" && len(t.section.columns) > 1 {
		return false
	}
	is := func(l line) bool { return l.match(have.text) }
	if slices.ContainsFunc(t.section.head, is) || slices.ContainsFunc(t.section.foot, is) {
		return false
	}
	needs := 0
	for _, c := range t.section.columns {
		needs += btoi(c.figure())
	}
	texts, _, reason := p.cells(t, have)
	if reason == "" && t.sameTitles(texts) > len(texts)/2 {
		return false
	}
	if reason == "" && !p.rows.fixed {
		digits := 0
		for i, c := range t.section.columns {
			digits += btoi(c.figure() && (texts[i] == "" || looksNumeric(texts[i])))
		}
		return digits*2 >= needs
	}
	tokens := have.fields
	if p.rows.fixed || p.rows.json {
		tokens = strings.Fields(have.text)
	}
	numeric := 0
	for _, s := range tokens {
		numeric += btoi(looksNumeric(s))
	}
	return numeric > 0 && numeric*2 >= needs && (len(tokens) > 1 || len(t.section.columns) == 1)
}

// looksNumeric tells whether a text could be a number, a date or a time in some form.
func looksNumeric(s string) bool {
	digits, letters := 0, 0
	for _, c := range s {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case unicode.IsLetter(c) || c == '_':
			letters++
		}
	}
	return digits > 0 && letters <= 2 && letters < digits+1
}

// sameTitles counts the titles of the table among texts, at their places.
func (t *table) sameTitles(texts []string) int {
	n := 0
	for i, c := range t.section.columns {
		n += btoi(i < len(texts) && c.title != "" && strings.EqualFold(strings.TrimSpace(texts[i]), strings.TrimSpace(c.title)))
	}
	return n
}

// row looks at one row of a table; it is read where every column can be.
func (p *proof) row(t *table, line sampleLine) {
	p.report.Records++
	texts, trailing, reason := p.cells(t, line)
	if reason != "" {
		p.misfit(t, line, reason)
		return
	}
	fits := true
	if !p.rows.fixed && !p.rows.json && trailing != p.rows.trailing {
		fits = false
		f := Finding{Kind: FoundTrailing, Section: t.name, Text: "the row ends in the delimiter"}
		if p.rows.trailing {
			f.Text = "the row does not end in the delimiter"
		}
		p.found(f, line.number)
		t.trailing++
	}
	for i, c := range t.section.columns {
		text := texts[i]
		if !p.rows.fixed && !p.rows.json {
			text = c.trim(text)
		}
		if !p.field(t, i, c, text, line) {
			fits = false
		}
	}
	t.lines = append(t.lines, line)
	p.report.Fitting += btoi(fits)
}

// misfit tells that a row cannot be cut.
func (p *proof) misfit(t *table, line sampleLine, reason string) {
	f := Finding{Kind: FoundCount, Section: t.name, Text: "the row " + reason, Found: line.text}
	n := 0
	for i, c := range t.section.columns {
		n += c.width + btoi(i > 0)*len(p.rows.delimiter)
	}
	switch {
	case strings.TrimSpace(line.text) == "":
		f.Kind, f.Text, f.Found = FoundStructure, "a blank line stands among the rows", ""
	case line.broken != "":
		f.Kind = FoundQuoting
	case p.rows.json:
		f.Kind = FoundStructure
	case p.rows.fixed && reason == "does not end in the delimiter":
		f.Kind, f.Text = FoundTrailing, "the row does not end in a blank"
		if p.rows.delimiter != "" && utf8.RuneCountInString(line.text) == n {
			t.trailing++
		}
	case p.rows.fixed:
		f.Kind = FoundWidth
		f.Expected = fmt.Sprintf("%d characters", n+btoi(p.rows.trailing)*len(p.rows.delimiter))
		f.Found = fmt.Sprintf("%d characters", utf8.RuneCountInString(line.text))
	}
	p.found(f, line.number)
	t.misfits = append(t.misfits, line)
}
