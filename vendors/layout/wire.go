package layout

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
)

var errNoControl = errors.New("is not made of the names of control characters")

// wire is a layout of module rta, compiled: how records and frames are written and read. It is immutable.
type wire struct {
	layout *Layout
	spec   *realTimeSpec
	// codec writes and cuts single rows; it has no file around them.
	codec      *Codec
	frame      frameSpec
	terminator []byte // in the frame's encoding
	head, foot *template
	records    []*record
	// byEvent holds the records that an event makes, in the layout's order.
	byEvent map[string][]*record
	// Whether some record shows a code, and an extension.
	codes, extensions bool
}

// record is one kind of record, compiled.
type record struct {
	name    string
	when    []string
	section *section
	// Which values the columns show: what is not shown need not exist.
	code, beforeCode, before, agent, extension bool
	events                                     map[string]string // what the event column's texts mean
	chars                                      int               // of fixed columns
}

// bindRealTime reads the layout with the given values of its settings and compiles it.
func (l *Layout) bindRealTime(values map[string]string, loc *time.Location) (spec, *wire, error) {
	c := &compiler{reader: &reader{file: l.file, values: values}, settings: l.settings, loc: loc}
	if c.loc == nil {
		c.loc = time.UTC
	}
	spec := c.readRealTimeSpec(l.node)
	if len(spec.realTime.records) == 0 && len(c.problems) > 0 {
		return spec, nil, errors.Join(c.problems...)
	}
	c.spec = &spec
	w := c.wire(l, spec.realTime)
	return spec, w, errors.Join(c.problems...)
}

func (c *compiler) wire(l *Layout, rt *realTimeSpec) *wire {
	file := fileSpec{encoding: rt.frame.encoding, unmappable: rt.frame.unmappable}
	w := &wire{layout: l, spec: rt, frame: rt.frame, byEvent: map[string][]*record{},
		codec: &Codec{layout: l, file: file, charset: newCharset(file), rows: c.spec.rows, writer: newFieldWriter(c.spec.rows)}}
	// What ends a frame must not occur inside one, quoted or not.
	for b := range byte(' ') {
		if b != '\t' || strings.Contains(rt.frame.terminator, "\t") {
			w.codec.writer.class[b] = badByte
		}
	}
	w.terminator, _ = w.codec.charset.encode([]byte(rt.frame.terminator), 0, new(scratch))
	w.head, w.foot = c.frameLine(rt.head, "head"), c.frameLine(rt.foot, "foot")
	names := map[string]bool{}
	for i := range rt.records {
		s := &rt.records[i]
		what := fmt.Sprintf("records[%d]", i+1)
		if names[s.name] {
			c.problem(s.node, what+".name", s.name, "stands twice", "give each record a name of its own")
		}
		names[s.name] = true
		r := c.record(s, what)
		if s.left {
			continue
		}
		w.records = append(w.records, r)
		w.codes, w.extensions = w.codes || r.code || r.beforeCode, w.extensions || r.extension
		for _, event := range s.when {
			w.byEvent[event] = append(w.byEvent[event], r)
		}
	}
	for _, r := range w.records {
		w.codec.makeSteps(r.section)
	}
	c.checkFrame(w)
	return w
}

// frameLine compiles the line before or after the records of a batch.
func (c *compiler) frameLine(l *lineText, what string) *template {
	if l == nil {
		return nil
	}
	t, err := compileTemplate(l.text, templateScope{kind: c.spec.name, loc: c.loc, grain: grainFeed, line: true})
	if err != nil {
		c.problem(l.node, what, l.text, err.Error(), "correct the template")
	}
	if slices.ContainsFunc(t.parts, func(p templatePart) bool { return p.text != nil }) {
		c.problem(l.node, what, l.text, "shows something of single records", "use times and fixed text")
	}
	return &t
}

func (c *compiler) record(s *recordSpec, what string) *record {
	r := &record{name: s.name, when: s.when, section: &section{name: s.name, grain: s.grain}, events: map[string]string{}}
	names := map[string]bool{}
	sec := &sectionSpec{grain: s.grain}
	for i, col := range s.columns {
		where := fmt.Sprintf("%s.columns[%d]", what, i+1)
		if names[col.name] {
			c.problem(col.node, where+".name", col.name, "stands twice", "give each column a name of its own")
		}
		names[col.name] = true
		compiled := c.column(col, sec, where)
		r.section.columns = append(r.section.columns, compiled)
		r.chars += compiled.width
		r.code = r.code || col.mentions("code") || col.mentions("reason") || col.mentions("reasonOrStatus") || col.only["code"] != nil
		r.beforeCode = r.beforeCode || col.mentions("beforeCode") || col.mentions("beforeReason")
		r.before = r.before || r.beforeCode || col.mentions("beforeTime") || col.mentions("untilTime")
		r.agent, r.extension = r.agent || col.mentions("agent"), r.extension || col.mentions("extension")
		if col.value == "event" {
			c.eventColumn(r, col, where)
		}
	}
	if n := len(s.columns); n > 0 {
		r.chars += (n - 1) * len(c.spec.rows.delimiter)
		if c.spec.rows.trailing {
			r.chars += len(c.spec.rows.delimiter)
		}
	}
	if c.spec.rows.json {
		r.section.keys = c.jsonKeys(s.columns, what)
	}
	if r.before && slices.ContainsFunc(s.when, func(event string) bool { return event == tellSnapshot || event == "entered" }) {
		c.problem(s.node, what+".when", "", "names events that have no state before", "leave out snapshot and entered, or the columns of the state before")
	}
	if len(s.columns) == 0 && c.spec.realTime.frame.batch == batchSeparate {
		c.problem(s.node, what+".columns", "", "is empty", "describe at least one column")
	}
	return r
}

// eventColumn notes what the texts of the event column mean. Where several events share a text, the plainest is meant.
func (c *compiler) eventColumn(r *record, col columnSpec, what string) {
	for _, event := range append(agentEvents(), feedEvents()...) {
		if !slices.Contains(r.when, event) {
			continue
		}
		text := event
		if col.mapping != nil {
			var ok bool
			if text, ok = col.mapping[event]; !ok && col.mapElse.kind == ruleRefuse {
				c.problem(col.node, what+".map", event, "is an event of the record and not in the map", "add it")
			}
		}
		if _, taken := r.events[text]; !taken {
			r.events[text] = event
		}
	}
}

// checkFrame finds combinations of framing, batches and rows that could not be read back.
func (c *compiler) checkFrame(w *wire) {
	f, rows := w.frame, c.spec.rows
	problem := func(field, value, reason, remedy string) { c.problem(f.node, field, value, reason, remedy) }
	if len(w.records) == 0 {
		c.problem(c.spec.node, "records", "", "is empty", "describe at least one record")
	}
	if f.batch == batchSeparate && (w.head != nil || w.foot != nil) {
		problem("frame.batch", string(f.batch), "has neither head nor foot", "use lines or document, or remove head and foot")
	}
	if f.batch == batchDocument && !rows.json {
		problem("frame.batch", string(f.batch), "needs rows of kind json", "use lines")
	}
	if rows.json && f.encoding != "UTF-8" {
		problem("frame.encoding", f.encoding, "does not suit JSON", "use UTF-8")
	}
	switch {
	case f.batch == batchDocument:
		c.checkDocument(w)
	case f.framing != framingNone:
	case rows.json && f.batch == batchSeparate: // an object shows its own end
	case rows.json || !rows.fixed || !w.oneLength():
		problem("frame.framing", string(f.framing), "leaves the end of a record open",
			"use fixed rows of one length whose columns do not overflow by shift, JSON, or another framing")
	}
	for i, line := range []*template{w.head, w.foot} {
		what := []string{"head", "foot"}[i]
		switch {
		case line == nil:
		case f.framing == framingTerminator && line.literals(func(s string) bool { return strings.Contains(s, f.terminator) }):
			problem(what, "", "holds the terminator", "use other control characters")
		case f.framing == framingNone && f.batch == batchLines && !line.oneWidth():
			problem(what, "", "is not always of the same length", "use a pattern of fixed width, such as HH:mm:ss")
		}
	}
}

// oneLength tells whether all records have the same number of characters.
func (w *wire) oneLength() bool {
	chars := 0
	for _, r := range w.records {
		if len(r.section.columns) == 0 {
			continue
		}
		if chars != 0 && r.chars != chars || slices.ContainsFunc(r.section.columns, func(c *column) bool { return c.overflow == overflowShift }) {
			return false
		}
		chars = r.chars
	}
	return true
}

// oneWidth tells whether a template always makes texts of the same length. Seconds since 1970 do until the year 2286.
func (t *template) oneWidth() bool {
	return !slices.ContainsFunc(t.parts, func(p templatePart) bool {
		return p.pattern != nil && p.pattern.has("M", "D", "H", "h", "m", "s", "Z")
	})
}

// checkDocument makes sure that the frames are JSON documents.
func (c *compiler) checkDocument(w *wire) {
	c.emptyDocument(w.frame.node, w.head, w.foot, &row{moment: &moment{now: time.Unix(0, 0).UTC()}})
}

// headChars is the number of characters of a head or foot.
func headChars(t *template) int {
	return utf8.RuneCount(t.append(nil, &row{moment: &moment{now: time.Unix(1e9, 0).UTC()}}))
}

// widest is the most characters that a code or reason may have, by the columns that show it; 0 where nothing limits it.
func (w *wire) widest(name string) int {
	most := 0
	for _, r := range w.records {
		for _, c := range r.section.columns {
			limit := max(c.width, c.max)
			if c.from == name && limit > 0 && c.overflow == overflowRefuse && (most == 0 || limit < most) {
				most = limit
			}
		}
	}
	return most
}

// written is what the receiver gets of a text: characters that cannot be written are replaced.
func (w *wire) written(text string, s *scratch) string {
	b, err := []byte(text), error(nil)
	if !w.codec.rows.json {
		b, err = w.codec.writer.clean(b, 0, s)
	}
	if err == nil {
		b, err = w.codec.charset.encode(b, 0, s)
	}
	if err != nil {
		return text // told when it is written
	}
	return string(b)
}

// writable tells whether a text arrives as it is: nothing in it is replaced.
func (w *wire) writable(text string) bool {
	back, _, err := w.codec.charset.decode([]byte(w.written(text, new(scratch))))
	return err == nil && back == text
}

// reasonOf says why a record could not be written, without the place in a file that frames do not have.
func reasonOf(err error) string {
	var p wfm.Problem
	if errors.As(err, &p) {
		return p.Field + " " + wfm.Quote(p.Value) + " " + p.Reason
	}
	return err.Error()
}
