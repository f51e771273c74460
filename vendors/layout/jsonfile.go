package layout

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// A file of rows of kind json is one document: the head, an object per row parted by commas, and the foot, without a line end
// anywhere. Reading takes records one by one, and blanks around them as JSON permits.

// document compiles what stands around the records, and finds what no JSON document has.
func (c *compiler) document(k *Codec, media string) {
	quoted := quoteJSON(media)
	compile := func(l *lineText, what string) *template {
		if l == nil {
			return nil
		}
		t, err := compileTemplate(l.text, templateScope{kind: c.spec.name, loc: c.loc, media: quoted[1 : len(quoted)-1]})
		if err != nil {
			c.problem(l.node, what, l.text, err.Error(), "correct the template")
		}
		return &t
	}
	k.head, k.foot = compile(c.spec.head, "head"), compile(c.spec.foot, "foot")
	sample := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	w := wfm.Window{Start: sample, End: sample.Add(time.Hour)}
	c.emptyDocument(c.spec.rows.node, k.head, k.foot, &row{interval: w, period: w})
	f := c.spec.file
	if f.encoding != "UTF-8" || f.bom {
		c.problem(f.node, "file.encoding", f.encoding, "does not suit JSON", "use UTF-8 without a byte-order mark")
	}
	if f.lineEndSet {
		c.problem(f.node, "file.line-end", "", "does not suit JSON, which is written as one line without an end", "remove it")
	}
	if len(k.sections) > 1 {
		c.problem(c.spec.node, "sections", k.sections[1].name, "is a second table, and a JSON document has one",
			"write a layout for each, or let settings choose one")
	}
	for i, s := range c.spec.sections {
		if len(s.head)+len(s.foot) > 0 {
			c.problem(s.node, fmt.Sprintf("sections[%d]", i+1), s.name, "has lines around its rows, which a JSON document has not",
				"use head and foot of the layout, beside rows")
		}
	}
}

// emptyDocument makes sure that a document is JSON with any number of records, so that no setting can break it.
func (c *compiler) emptyDocument(node *yaml.Node, head, foot *template, r *row) {
	before, after := string(head.appendTo(nil, r)), string(foot.appendTo(nil, r))
	for _, records := range []string{"", `{"":0}`, `{"":0},{"":0}`} { // which no text may hold
		if b := before + records + after; !json.Valid([]byte(b)) || strings.TrimSpace(before) == "" {
			c.problem(node, "head and foot", before+after, "are no JSON document around records parted by commas",
				"write them like '{{\"data\":[' and ']}}'")
			return
		}
	}
}

// checkLiteral finds what can never be a JSON value of the column's type.
func (c *compiler) checkLiteral(col *column, s columnSpec, what string) {
	problem := func(value, reason, remedy string) { c.problem(s.node, what+".type", value, reason, remedy) }
	good := func(text string) bool {
		return col.literal == jsonNumber && (text == "" || isJSONNumber([]byte(text))) ||
			col.literal == jsonBoolean && (text == "true" || text == "false")
	}
	switch {
	case col.literal == jsonString:
		return
	case col.literal == jsonBoolean && col.kind != TextField:
		problem(string(col.literal), "does not suit a number or a time", "use an expr that gives \"true\" or \"false\"")
		return
	case col.kind == NumberField && col.mark != "." && col.precision > 0:
		problem(col.mark, "is no decimal mark of JSON", "use a point, or type: string")
	}
	texts := slices.Sorted(maps.Values(col.mapping))
	if col.fixed != nil {
		texts = append(texts, *col.fixed)
	}
	for _, r := range []rule{s.zero, s.undef, s.absent} {
		if col.kind == NumberField && r.kind == ruleText {
			texts = append(texts, r.text)
		}
	}
	if col.mapping != nil && s.mapElse.kind == ruleText {
		texts = append(texts, s.mapElse.text)
	}
	for _, text := range texts {
		if !good(text) {
			problem(text, "is no JSON "+string(col.literal), "use another text, or type: string")
			return
		}
	}
}

// document reads a JSON document.
func (d *decoder) document() (Section, error) {
	k := d.codec
	sec := k.sections[0]
	part := Section{Name: sec.name}
	fail := func(reason string) (Section, error) {
		return part, wfm.Problem{Where: "record " + strconv.Itoa(len(part.Rows)+1), Field: "document", Value: firstOf(d.rest), Reason: reason}
	}
	d.rest = skipSpace(d.rest)
	after, _, ok := k.head.consume(d.rest)
	if !ok {
		return fail("does not begin like the layout's head, " + k.head.sample())
	}
	part.Head = []string{d.rest[:len(d.rest)-len(after)]}
	d.rest = after
	for n := 1; ; n++ {
		d.rest = skipSpace(d.rest)
		if after, _, ok := k.foot.consume(d.rest); ok && skipSpace(after) == "" {
			part.Foot = []string{d.rest[:len(d.rest)-len(after)]}
			d.rest = ""
			return part, nil
		}
		if n > 1 {
			rest, ok := strings.CutPrefix(d.rest, string(recordSeparator))
			if !ok {
				return fail("has neither another record nor the layout's foot behind a record")
			}
			d.rest = skipSpace(rest)
		}
		record, ok := nextObject(d.rest)
		if !ok {
			return fail("has something that is no record between head and foot")
		}
		d.rest = d.rest[len(record):]
		texts, reason := cutJSON(record, sec.columns)
		if reason != "" {
			return part, wfm.Problem{Where: "record " + strconv.Itoa(n), Field: "row of section " + sec.name, Reason: reason}
		}
		row := Row{Line: n, Fields: make([]Field, len(texts))}
		for i, text := range texts {
			var reason string
			if row.Fields[i], reason = sec.columns[i].decode(text); reason == "" && !sec.columns[i].writable(text) {
				reason = "is not of the column's type"
			}
			if reason == "" {
				continue
			}
			d.problems = append(d.problems, wfm.Problem{Where: "record " + strconv.Itoa(n), Field: "column " + sec.columns[i].name, Value: text, Reason: reason})
			if len(d.problems) >= mostProblems {
				return part, errTooManyBad
			}
		}
		part.Rows = append(part.Rows, row)
	}
}

// writable tells whether a text that was read as the column's type is one that is written so: JSON has forms of numbers that
// layouts do not write, such as 1e3.
func (c *column) writable(text string) bool {
	return c.literal != jsonNumber || text == "" || isJSONNumber([]byte(text))
}

// nextObject returns the JSON object at the start of a text; ok is false where none is, or where it does not end.
func nextObject(text string) (object string, ok bool) {
	if !strings.HasPrefix(text, "{") {
		return "", false
	}
	var scan jsonScan
	n, err := scanJSON(&scan, text)
	return text[:n], err == nil && n > 0
}

func skipSpace(s string) string { return strings.TrimLeft(s, " \t\r\n") }

// firstOf cuts what is shown of a text in a message.
func firstOf(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + "…"
}

// appendRecords writes the records of a document that was read, with head and foot as they stand.
func (k *Codec) appendRecords(dst []byte, s *scratch, d Document) ([]byte, error) {
	part := d.Sections[0]
	for _, text := range part.Head {
		dst = append(dst, text...)
	}
	for i, r := range part.Rows {
		if i > 0 {
			dst = append(dst, recordSeparator)
		}
		var err error
		if dst, err = k.appendFields(dst, s, k.sections[0], r); err != nil {
			return dst, k.documentProblem(part.Name, "record", r.Line, err)
		}
	}
	for _, text := range part.Foot {
		dst = append(dst, text...)
	}
	return dst, nil
}
