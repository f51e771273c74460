package layout

import (
	"errors"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// The names of the records that a head and a foot are read as.
const (
	headRecord = "head"
	footRecord = "foot"
)

// decodeUnit reads what stood between the framing of one unit.
func (w *wire) decodeUnit(unit []byte, yield func(vendors.Decoded)) {
	if unit == nil {
		return
	}
	text, _, err := w.codec.charset.decode(unit)
	if err != nil {
		yield(vendors.Decoded{Raw: string(unit), Err: wfm.Problem{Field: "frame", Reason: err.Error(),
			Remedy: "expected " + w.codec.charset.name}})
		return
	}
	if w.frame.batch == batchDocument {
		w.decodeDocument(text, unit, yield)
		return
	}
	for _, line := range []struct {
		name string
		*template
	}{{headRecord, w.head}, {footRecord, w.foot}} {
		if line.template == nil {
			continue
		}
		if rest, at, ok := line.consume(text); ok && rest == "" {
			yield(vendors.Decoded{Record: line.name, Time: at.UTC(), Fields: []vendors.DecodedField{{Name: line.name, Value: text}}})
			return
		}
	}
	d := w.decodeRecord(text)
	if d.Err != nil {
		d.Raw = string(unit)
	}
	yield(d)
}

// decodeDocument reads head, records and foot of a JSON document. A document that does not hold to the layout is told
// once, behind the records that could be read.
func (w *wire) decodeDocument(text string, unit []byte, yield func(vendors.Decoded)) {
	bad := func(reason string) {
		yield(vendors.Decoded{Raw: string(unit), Err: wfm.Problem{Field: "frame", Reason: reason, Remedy: "check that the sender uses this layout and these settings"}})
	}
	rest, ok := text, true
	if w.head != nil {
		if rest, _, ok = w.head.consume(text); !ok {
			bad("does not begin like the layout's head")
			return
		}
	}
	for first := true; ; first = false {
		if after, ok := w.footOf(rest); ok && after == "" {
			return
		}
		if !first {
			if rest, ok = strings.CutPrefix(rest, string(recordSeparator)); !ok {
				bad("has neither another record nor the layout's foot behind a record")
				return
			}
		}
		var scan jsonScan
		n, err := scanJSON(&scan, rest)
		if err != nil || n == 0 || rest[0] != '{' {
			bad("has something that is no record between head and foot")
			return
		}
		d := w.decodeRecord(rest[:n])
		if d.Err != nil {
			d.Raw = rest[:n] // documents are UTF-8, so this is as it came
		}
		yield(d)
		rest = rest[n:]
	}
}

func (w *wire) footOf(rest string) (string, bool) {
	if w.foot == nil {
		return rest, true
	}
	after, _, ok := w.foot.consume(rest)
	return after, ok
}

// decodeRecord finds the first record of the layout that the text can be. The caller fills Raw.
func (w *wire) decodeRecord(text string) vendors.Decoded {
	best, reason := -1, "is no record of the layout"
	for _, r := range w.records {
		if len(r.section.columns) == 0 {
			continue
		}
		d, fits, why := w.tryRecord(text, r)
		if why == "" {
			return d
		}
		if fits > best {
			best, reason = fits, "record "+r.name+": "+why
		}
	}
	return vendors.Decoded{Err: wfm.Problem{Field: "frame", Value: text, Reason: reason}}
}

// tryRecord reads a text as a record; why says what does not fit, and fits how many columns did.
func (w *wire) tryRecord(text string, r *record) (d vendors.Decoded, fits int, why string) {
	var texts []string
	if w.codec.rows.json {
		texts, why = cutJSON(text, r.section.columns)
	} else {
		cut := &decoder{codec: w.codec, rest: text, line: 1}
		var err error
		var p wfm.Problem
		if texts, err = cut.fields(r.section); errors.As(err, &p) {
			why = p.Reason
		} else if cut.rest != "" {
			why = "holds a line break"
		}
	}
	if why != "" {
		return d, 0, why
	}
	d.Record = r.name
	if len(r.when) == 1 {
		d.Event = r.when[0]
	}
	for i, c := range r.section.columns {
		f, why := c.decode(texts[i])
		if why == "" {
			why = w.checkValue(r, c, texts[i])
		}
		if why != "" {
			return d, i, "column " + c.name + " " + wfm.Quote(texts[i]) + " " + why
		}
		d.Fields = append(d.Fields, vendors.DecodedField{Name: c.name, Value: f.Text})
		r.take(&d, c, f)
	}
	return d, len(texts), ""
}

// checkValue says why a text cannot be what the column shows: it always holds another, or the map has none like it.
func (w *wire) checkValue(r *record, c *column, text string) string {
	switch {
	case c.fixed != nil && text != c.shown(*c.fixed):
		return "is not " + wfm.Quote(*c.fixed)
	case c.from == "event" && !c.mapOpen:
		for shown := range r.events {
			if text == c.shown(shown) {
				return ""
			}
		}
		return "is no event of the record"
	case c.mapping != nil && !c.mapOpen:
		for _, shown := range c.mapping {
			if text == c.shown(shown) {
				return ""
			}
		}
		return "is not in the column's map"
	case c.from == "code" && w.spec.codes.numeric && !wholeNumber(text), c.from == "reason" && w.spec.codes.numericReason && text != "" && !wholeNumber(text):
		return "is not a whole number"
	case c.literal == jsonBoolean && w.codec.rows.json && text != "true" && text != "false":
		return "is neither true nor false"
	}
	return ""
}

// shown is what is read where the column was given a text: cut and without padding.
func (c *column) shown(text string) string {
	b := []byte(text)
	if c.max > 0 && c.overflow == overflowCut {
		b = cutRunes(b, 0, c.max)
	}
	if c.width > 0 {
		b, _ = c.fit(b, 0)
	}
	return c.trim(string(b))
}

// take fills what a receiver looks for from a column.
func (r *record) take(d *vendors.Decoded, c *column, f Field) {
	// is tells whether the column shows the first of the sources that the record has.
	is := func(sources ...string) bool {
		i := slices.Index(sources, c.from)
		return i >= 0 && !slices.ContainsFunc(sources[:i], r.has)
	}
	switch {
	case c.from == "event":
		d.Event = f.Text
		for shown, event := range r.events {
			if f.Text == c.shown(shown) {
				d.Event = event
			}
		}
	case is("agent", "user"):
		d.Agent = f.Text
	case c.from == "extension":
		d.Extension = f.Text
	case is("workgroup", "memberWorkgroup"):
		d.Workgroup = f.Text
	case is("code", "beforeCode"):
		d.Code = f.Text
	case is("reason", "reasonOrStatus", "beforeReason"):
		d.Reason = f.Text
	case c.pattern != nil && c.pattern.dated() && is("changeTime", "beforeTime", "now"):
		d.Time = f.Time.UTC()
	}
}

func (r *record) has(source string) bool {
	return slices.ContainsFunc(r.section.columns, func(c *column) bool { return c.from == source })
}
