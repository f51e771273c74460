package layout

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// column is one column of a section, compiled. It is immutable.
type column struct {
	name, title string
	kind        Kind
	// write appends the raw value; the section's fieldWriter finishes it.
	write func(dst []byte, s *scratch, r *row) ([]byte, error)
	// whole is the value before its unit, of columns whose value is a whole number; ok is false where it overflows.
	whole    func(r *row) (value int64, ok bool)
	single   *wfm.Counter                        // whose value it is, of columns that show one
	ratio    func(r *row) wfm.Ratio              // the value before its unit, of columns that divide
	text     func(r *row) (text string, ok bool) // of columns that show a text; not ok is what the general way alone knows
	plain    bool                                // what it writes needs neither quotes nor replacement
	still    bool                                // the same in all rows of an interval
	counters []wfm.Counter
	nullable bool // of a number that the database may lack, beside that of counters
	local    bool // shows a local time of day without an offset
	instant  bool // shows an unambiguous one

	width    int
	max      int
	literal  jsonType
	from     string            // the source that the column shows as it is, or through its map
	fixed    *string           // the text of a column that always holds the same
	template *template         // of a column with text
	mapping  map[string]string // of the source
	mapOpen  bool              // the map is not all that the column may hold
	right    bool
	pad      byte
	overflow overflow

	precision           int
	mark                string
	scale               scale
	zero, undef, absent rule
	pattern             *pattern
	clock               int                    // of a time: its number in the memory of a call
	at                  func(r *row) time.Time // the time, of columns that show one that is always there
	open                bool                   // of a time that may not be there
	loc                 *time.Location
}

// compiler turns a spec into a codec and gathers problems.
type compiler struct {
	*reader
	times    int // time columns so far
	spec     *spec
	settings []Setting
	loc      *time.Location
	media    []wfm.MediaType // of the feed; nil where the feed leaves it to the layout
}

func (c *compiler) column(s columnSpec, sec *sectionSpec, what string) *column {
	col := &column{name: s.name, title: s.title, width: s.width, right: s.right, pad: s.pad[0], overflow: s.overflow,
		precision: s.precision, mark: s.mark, zero: s.zero, undef: s.undef, absent: s.absent, loc: c.loc,
		max: s.max, literal: s.literal, from: s.value, mapping: s.mapping, mapOpen: s.mapElse.kind != ruleRefuse}
	if s.zone == utcZone {
		col.loc = time.UTC
	}
	given := 0
	for _, is := range []bool{s.value != "", s.hasText, s.expr != ""} {
		if is {
			given++
		}
	}
	if s.name == "" {
		c.problem(s.node, what+".name", "", "is empty", "name the column")
	}
	if given != 1 {
		c.problem(s.node, what, s.name, "does not have exactly one of value, text, expr", "give one of them")
		return col
	}
	if d := c.parting(); s.precision > 0 && d == s.mark {
		c.problem(s.node, what+".decimal-mark", s.mark, "is also the delimiter", "use the other mark or another delimiter")
	}
	switch {
	case s.value != "":
		c.namedValue(col, s, sec, what)
	case s.hasText:
		c.templateValue(col, s, sec, what)
	default:
		c.formula(col, s, sec, what)
	}
	c.onlyWith(col, s, sec, what)
	c.checkColumn(col, s, what)
	if col.literal == "" {
		if col.literal = jsonString; col.kind == NumberField {
			col.literal = jsonNumber
		}
	}
	if c.spec.rows.json {
		c.checkLiteral(col, s, what)
	}
	return col
}

func (c *compiler) namedValue(col *column, s columnSpec, sec *sectionSpec, what string) {
	_, statistics := sec.grain.statistics()
	if id, ok := wfm.CounterByColumn(s.value); ok && statistics {
		info := id.Info()
		c.numeric(col, s, what, info.Unit, false, []wfm.Counter{id}, sec)
		col.setWhole(func(r *row) (int64, bool) { return r.counts.Get(id), true })
		col.single = &id
		return
	}
	if d, ok := wfm.DerivedByName(s.value); ok && statistics {
		info := d.Info()
		c.numeric(col, s, what, info.Unit, len(info.Den) > 0, d.Needs(), sec)
		col.setNumber(func(_ *scratch, r *row) (number, error) { return number{ratio: d.Of(r.counts)}, nil })
		if len(info.Den) > 0 {
			col.ratio = func(r *row) wfm.Ratio { return d.Of(r.counts) }
		} else {
			col.setWhole(func(r *row) (int64, bool) { return d.Of(r.counts).Num, true })
			if len(info.Num) == 1 {
				col.single = &info.Num[0]
			}
		}
		return
	}
	src, ok := sourceFor(s.value, sec.grain)
	switch {
	case !ok:
		c.problem(s.node, what+".value", s.value, "is nothing that a row of grain "+string(sec.grain)+" has",
			"use one of "+sourceNames(sec.grain))
	case src.number != nil:
		u := wfm.Seconds
		switch {
		case src.count:
			u = wfm.Count
		case src.millis:
			u, col.nullable = milliseconds, true
		}
		c.numeric(col, s, what, u, false, nil, sec)
		col.setWhole(func(r *row) (int64, bool) { return src.number(r), true })
		if src.millis { // a quotient: most are shown in seconds
			col.ratio = func(r *row) wfm.Ratio { return wfm.Ratio{Num: src.number(r), Den: 1} }
		}
		col.still = src.still
	case src.time != nil:
		c.timed(col, s, what, src)
	default:
		c.textual(col, s, what, func(_ *scratch, r *row) (string, error) { return src.shown()(r), nil })
		get := src.shown()
		if s.mapping == nil {
			col.text = always(get)
			col.write = func(dst []byte, _ *scratch, r *row) ([]byte, error) { return append(dst, get(r)...), nil }
		} else {
			col.text = func(r *row) (string, bool) { return s.mapped(get(r)) }
		}
	}
}

func always(get func(r *row) string) func(r *row) (string, bool) {
	return func(r *row) (string, bool) { return get(r), true }
}

// onlyWith blanks a column unless the sources that it names hold one of their texts.
func (c *compiler) onlyWith(col *column, s columnSpec, sec *sectionSpec, what string) {
	for _, name := range slices.Sorted(maps.Keys(s.only)) {
		src, ok := sourceFor(name, sec.grain)
		if !ok || src.shown() == nil {
			c.problem(s.node, what+".only", name, "is no text that a row of grain "+string(sec.grain)+" has", "use a source such as code")
			continue
		}
		get, texts, write, text := src.shown(), s.only[name], col.write, col.text
		if col.still = false; text != nil {
			col.text = func(r *row) (string, bool) {
				if !slices.Contains(texts, get(r)) {
					return "", true
				}
				return text(r)
			}
		}
		col.write = func(dst []byte, sc *scratch, r *row) ([]byte, error) {
			if !slices.Contains(texts, get(r)) {
				return dst, nil
			}
			return write(dst, sc, r)
		}
	}
	if len(s.only) > 0 && (col.kind != TextField || s.mapping != nil || col.fixed != nil) {
		c.problem(s.node, what+".only", s.name, "suits only columns that show a text as it is", "remove it")
	}
}

func (col *column) setNumber(get func(s *scratch, r *row) (number, error)) {
	col.write = func(dst []byte, s *scratch, r *row) ([]byte, error) {
		n, err := get(s, r)
		if err != nil {
			return dst, err
		}
		return col.appendNumber(dst, n)
	}
}

// setWhole is setNumber for values that are whole numbers and cannot fail.
func (col *column) setWhole(get func(r *row) (int64, bool)) {
	col.whole = get
	col.setNumber(func(_ *scratch, r *row) (number, error) {
		v, _ := get(r)
		return number{ratio: wfm.Ratio{Num: v, Den: 1}}, nil
	})
}

// numeric checks what a number column needs beyond its value.
func (c *compiler) numeric(col *column, s columnSpec, what string, u wfm.Unit, divides bool, counters []wfm.Counter, sec *sectionSpec) {
	col.kind, col.counters = NumberField, counters
	if !s.alignSet {
		col.right = col.width > 0
	}
	var ok bool
	if col.scale, ok = scaleFor(s.unit, u, s.expr != ""); !ok {
		remedy := "remove the unit"
		switch u {
		case wfm.Seconds:
			remedy = "use seconds, milliseconds, minutes or hours"
		case wfm.Share:
			remedy = "use percent or share"
		case milliseconds:
			remedy = "say seconds, milliseconds, minutes or hours: the times of contacts are in milliseconds"
		}
		c.problem(s.node, what+".unit", string(s.unit), "does not suit "+strconv.Quote(s.value+s.expr), remedy)
	}
	if (len(counters) > 0 || col.nullable) && s.absent.kind == ruleUnset {
		c.problem(s.node, what+".missing", s.name, "has no rule for a value that the database does not have",
			"set missing, here or in the section's defaults, to blank, zero, refuse or a text")
	}
	if divides && s.undef.kind == ruleUnset {
		c.problem(s.node, what+".undefined", s.name, "has no rule for a denominator of zero",
			"set undefined, here or in the section's defaults, to blank, zero, refuse or a text")
	}
	if id, wrong := wrongView(counters, sec.grain); wrong {
		c.problem(s.node, what, id.String(), "is not in the queue view", "use it in agent sections only")
	}
	if (s.width > 0 || s.max > 0) && s.overflow == overflowCut {
		c.problem(s.node, what+".overflow", string(s.overflow), "would make a wrong number", "use shift or refuse")
	}
	if s.overflow == overflowNines && (s.width == 0 || s.precision > 0) {
		c.problem(s.node, what+".overflow", string(s.overflow), "needs a width, and no decimals", "use refuse")
	}
	if col.pad != ' ' && (col.pad != '0' || !col.right) {
		c.problem(s.node, what+".pad", s.pad, "would change the number", "use a space, or 0 in a column that is aligned right")
	}
	if s.format != "" || s.mapping != nil {
		c.problem(s.node, what, s.name, "is a number, which has neither format nor map", "remove them")
	}
}

func (c *compiler) timed(col *column, s columnSpec, what string, src source) {
	p, err := compilePattern(s.format)
	if err != nil {
		c.problem(s.node, what+".format", s.format, err.Error(), "use a pattern such as YYYY-MM-DD HH:mm")
		return
	}
	col.kind, col.pattern = TimeField, &p
	col.local, col.instant = p.clock() && !p.instant(s.zone == utcZone), p.clock() && p.instant(s.zone == utcZone)
	col.still = src.still
	col.clock = c.times
	c.times++
	col.write = func(dst []byte, s *scratch, r *row) ([]byte, error) {
		t := src.time(r, col.loc)
		return append(dst, s.timeText(col.clock, &p, t, t.Location())...), nil
	}
	if col.open = src.open; col.open {
		col.write = writeOpen(col.write, src)
	} else {
		col.at = src.at
	}
	c.noNumberKeys(s, what)
}

func (c *compiler) templateValue(col *column, s columnSpec, sec *sectionSpec, what string) {
	t, err := compileTemplate(s.text, templateScope{kind: c.spec.name, loc: c.loc, grain: sec.grain})
	if err != nil {
		c.problem(s.node, what+".text", s.text, err.Error(), "correct the template")
		return
	}
	col.fixed, col.template = t.constant(), &t
	col.kind, col.local, col.instant, col.still = TextField, t.local, t.instant, t.still
	if d := c.parting(); d != "" && t.literals(func(lit string) bool { return strings.Contains(lit, d) }) {
		c.problem(s.node, what+".text", s.text, "holds the delimiter", "use another delimiter or quoting")
	}
	col.write = func(dst []byte, _ *scratch, r *row) ([]byte, error) { return t.append(dst, r), nil }
	c.noNumberKeys(s, what)
	if s.format != "" || s.mapping != nil {
		c.problem(s.node, what, s.name, "is a text, which has neither format nor map", "remove them")
	}
}

func (c *compiler) formula(col *column, s columnSpec, sec *sectionSpec, what string) {
	e, err := compileExpression(s.expr, sec.grain, c.settings, c.values, col.loc)
	if err != nil {
		c.problem(s.node, what+".expr", s.expr, err.Error(), "use CIC columns, derived values, settings and + - * / ?:")
		return
	}
	col.nullable = e.nullable
	if !e.isText {
		c.numeric(col, s, what, wfm.Count, e.canDivide, e.counters, sec)
		col.setNumber(e.number)
		if col.whole = e.whole; e.exact != nil && e.whole == nil {
			col.ratio = func(r *row) wfm.Ratio {
				n, err := e.exact(r)
				if err != nil {
					return wfm.Ratio{} // the general way tells
				}
				return n.ratio
			}
		}
		return
	}
	col.counters = e.counters
	c.textual(col, s, what, e.text)
	if s.mapping == nil && len(e.counters) == 0 && !e.nullable && e.formula.text != nil {
		col.text = always(e.formula.text) // which cannot fail: nothing is missing
	}
}

// textual makes a text column, with its map.
func (c *compiler) textual(col *column, s columnSpec, what string, get func(*scratch, *row) (string, error)) {
	col.kind = TextField
	c.noNumberKeys(s, what)
	if s.format != "" {
		c.problem(s.node, what+".format", s.format, "does not suit a text", "remove it")
	}
	col.write = func(dst []byte, sc *scratch, r *row) ([]byte, error) {
		v, err := get(sc, r)
		if err != nil {
			return dst, err
		}
		if to, ok := s.mapped(v); ok {
			return append(dst, to...), nil
		}
		return dst, errors.New("holds " + wfm.Quote(v) + ", which the map does not have")
	}
}

// mapped is what the column shows of a text; not ok where it refuses it.
func (s *columnSpec) mapped(text string) (to string, ok bool) {
	if s.mapping == nil {
		return text, true
	}
	if to, ok = s.mapping[text]; ok {
		return to, true
	}
	switch s.mapElse.kind {
	case ruleRefuse:
		return "", false
	case ruleBlank:
		return "", true
	case ruleText:
		return s.mapElse.text, true
	case ruleZero:
		return "0", true
	}
	return text, true
}

func (c *compiler) noNumberKeys(s columnSpec, what string) {
	if s.unit != unitNone || s.precision != 0 {
		c.problem(s.node, what, s.name, "is no number, which alone has unit and precision", "remove them")
	}
}

// parting returns the character that parts columns and that nothing else may hold, because it is
// neither quoted nor a matter of position; empty where there is none.
func (c *compiler) parting() string {
	if rows := c.spec.rows; !rows.quoting && !rows.fixed && !rows.json && rows.delimiter != "" {
		return rows.delimiter[:1]
	}
	return ""
}

// checkColumn checks width and delimiter against the format of the rows.
func (c *compiler) checkColumn(col *column, s columnSpec, what string) {
	rows := c.spec.rows
	if rows.fixed && s.width == 0 {
		c.problem(s.node, what+".width", s.name, "is missing", "fixed columns need a width")
	}
	if s.overflow == overflowNines && col.kind != NumberField {
		c.problem(s.node, what+".overflow", string(s.overflow), "is of numbers", "use cut, shift or refuse")
	}
	if rows.json && s.width > 0 {
		c.problem(s.node, what+".width", s.name, "does not suit JSON", "use max")
	}
	if s.literal != "" && !rows.json {
		c.problem(s.node, what+".type", string(s.literal), "is of JSON", "remove it")
	}
	if strings.ContainsFunc(s.title, unsafeRune) {
		c.problem(s.node, what+".title", s.title, "holds a control character", "use plain text")
	}
	d := c.parting()
	for _, r := range []rule{s.zero, s.undef, s.absent} {
		if r.kind == ruleText && col.kind == NumberField && (strings.ContainsFunc(r.text, unsafeRune) || d != "" && strings.Contains(r.text, d) ||
			col.width > 0 && strings.Contains(r.text, " ")) {
			c.problem(s.node, what, r.text, "cannot stand for a number: it holds the delimiter, a blank in a column with a width, or a control character",
				"use another text")
		}
	}
	if d != "" && col.pattern != nil && (&template{parts: []templatePart{{pattern: col.pattern}}}).literals(func(lit string) bool {
		return strings.Contains(lit, d)
	}) {
		c.problem(s.node, what+".format", s.format, "holds the delimiter", "split date and time, or use another delimiter or quoting")
	}
}
