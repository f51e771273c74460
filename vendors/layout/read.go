package layout

import (
	"maps"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// formatVersion is the version of the layout language that this package reads.
const formatVersion = 1

// readSpec reads a whole layout.
func (r *reader) readSpec(n *yaml.Node) spec {
	s := spec{node: n, standard: true, evidence: vendors.SiteDefined, restatement: vendors.Restates,
		rows: rowSpec{with: "_"}, file: fileSpec{encoding: "UTF-8", lineEnd: "\n"}}
	known := r.commonFields(&s)
	maps.Copy(known, fields{
		"media":         func(n *yaml.Node) { s.media = r.readMedia(n, "media") },
		"repeated-hour": oneOf(r, &s.repeat, "repeated-hour", vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse, vendors.RepeatDistinct),
		"restatement":   oneOf(r, &s.restatement, "restatement", vendors.Restates, vendors.Reports),
		"file":          func(n *yaml.Node) { s.file = r.readFile(n) },
		"rows":          func(n *yaml.Node) { s.rows = r.readRows(n, "delimited", "fixed", "json") },
		"head":          func(n *yaml.Node) { s.head = &lineText{node: n} },
		"foot":          func(n *yaml.Node) { s.foot = &lineText{node: n} },
		"sections": func(n *yaml.Node) {
			r.each(n, "sections", func(n *yaml.Node, what string) { s.sections = append(s.sections, r.readSection(n, what)) })
		},
	})
	r.mapping(n, "layout file", known, "layout", "version", "file", "rows", "sections")
	for _, l := range []*lineText{s.head, s.foot} {
		if l != nil && !s.rows.json {
			r.problem(l.node, "head and foot", "", "of a layout are of rows of kind json", "use those of a section")
		}
	}
	r.readFrameLine(s.head, "head", s.rows.json)
	r.readFrameLine(s.foot, "foot", s.rows.json)
	r.checkName(&s)
	return s
}

// commonFields are the keys of every module.
func (r *reader) commonFields(s *spec) fields {
	return fields{
		"layout":       r.text(&s.name, "layout"),
		"version":      r.integer(&s.version, "version", formatVersion, formatVersion),
		"module":       func(*yaml.Node) {}, // read before the rest
		"title":        r.text(&s.title, "title"),
		"evidence":     oneOf(r, &s.evidence, "evidence", vendors.Documented, vendors.PartlyDocumented, vendors.SiteDefined),
		"default":      r.boolean(&s.standard, "default"),
		"sources":      r.texts(&s.sources, "sources"),
		"site-defined": r.texts(&s.siteDefined, "site-defined"),
		"settings":     func(*yaml.Node) {}, // read before the rest
	}
}

func (r *reader) checkName(s *spec) {
	if !validLayoutName(s.name) && s.name != "" {
		r.problem(s.node, "layout", s.name, "is not a layout name", "use lower-case letters, digits and hyphens")
	}
}

func validLayoutName(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// readMedia reads a medium or a list of them. The word feed is the nil list, all the total.
func (r *reader) readMedia(n *yaml.Node, what string) []wfm.MediaType {
	var names []string
	if n.Kind == yaml.SequenceNode {
		r.texts(&names, what)(n)
	} else if s, ok := r.scalar(n, what); ok {
		names = []string{s}
	}
	if len(names) == 1 && names[0] == "feed" {
		return nil
	}
	list := []wfm.MediaType{}
	for _, name := range names {
		switch m := wfm.MediaType(name); {
		case name == "all":
			list = append(list, wfm.AllMedia)
		case m.Is(wfm.Email):
			list = append(list, wfm.Email)
		case name == "" || name == "feed":
			r.problem(n, what, name, "cannot stand in a list of media", "use Call, Chat, Email Interaction or another CIC media type")
		default:
			list = append(list, m)
		}
	}
	return list
}

func (r *reader) readFile(n *yaml.Node) fileSpec {
	f := fileSpec{node: n, whenEmpty: writeEmpty, encoding: "UTF-8", unmappable: replace, lineEnd: "LF"}
	period := "interval"
	r.mapping(n, "file", fields{
		"name":       func(n *yaml.Node) { f.nameNode = n; r.text(&f.name, "file.name")(n) },
		"period":     oneOf(r, &period, "file.period", "interval", "day"),
		"when-empty": oneOf(r, &f.whenEmpty, "file.when-empty", writeEmpty, omitEmpty),
		"encoding":   oneOf(r, &f.encoding, "file.encoding", encodingNames()...),
		"bom":        r.boolean(&f.bom, "file.bom"),
		"unmappable": oneOf(r, &f.unmappable, "file.unmappable", replace, refuse),
		"line-end": func(n *yaml.Node) {
			f.lineEndSet = true
			oneOf(r, &f.lineEnd, "file.line-end", "LF", "CRLF")(n)
		},
	}, "name")
	f.day = period == "day"
	f.lineEnd = map[string]string{"LF": "\n", "CRLF": "\r\n"}[f.lineEnd]
	if f.bom && !strings.HasPrefix(f.encoding, "UTF") {
		r.problem(n, "file.bom", "true", "needs a Unicode encoding", "remove it")
	}
	return f
}

func (r *reader) readRows(n *yaml.Node, kinds ...string) rowSpec {
	s := rowSpec{node: n, unsafe: replace, with: "_", formulas: keep}
	kind, quoting, hasDelimiter := "delimited", "none", false
	r.mapping(n, "rows", fields{
		"kind":               oneOf(r, &kind, "rows.kind", kinds...),
		"delimiter":          func(n *yaml.Node) { hasDelimiter = true; r.delimiter(&s.delimiter, "rows.delimiter")(n) },
		"trailing-delimiter": r.boolean(&s.trailing, "rows.trailing-delimiter"),
		"quoting":            oneOf(r, &quoting, "rows.quoting", "none", "rfc4180"),
		"unsafe":             oneOf(r, &s.unsafe, "rows.unsafe", replace, refuse),
		"unsafe-blanks":      r.boolean(&s.blanks, "rows.unsafe-blanks"),
		"unsafe-with":        r.text(&s.with, "rows.unsafe-with"),
		"formulas":           oneOf(r, &s.formulas, "rows.formulas", keep, replace, refuse),
	}, "kind")
	s.fixed, s.json, s.quoting = kind == "fixed", kind == "json", quoting == "rfc4180"
	switch {
	case s.json:
		if hasDelimiter || s.quoting || s.trailing {
			r.problem(n, "rows", kind, "has neither delimiters nor quoting of its own", "remove them")
			s.delimiter, s.quoting, s.trailing = "", false, false
		}
	case !s.fixed && !hasDelimiter || !s.fixed && s.delimiter == "":
		r.problem(n, "rows.delimiter", "", "is missing", "delimited rows need one, such as \";\"")
	case s.fixed && s.quoting:
		r.problem(n, "rows.quoting", quoting, "does not suit fixed columns", "use none")
	case s.fixed && strings.Trim(s.delimiter, " ") != "":
		r.problem(n, "rows.delimiter", s.delimiter, "is not made of spaces", "fixed columns may only have spaces between them")
	}
	if strings.ContainsFunc(s.delimiter, badDelimiter) {
		r.problem(n, "rows.delimiter", s.delimiter, "cannot part columns", "use a plain character that occurs in no number, such as ;, or TAB")
	}
	if len([]rune(s.with)) != 1 || strings.Contains(s.delimiter, s.with) || strings.ContainsFunc(s.with, unsafeRune) || s.with == `"` {
		r.problem(n, "rows.unsafe-with", s.with, "cannot stand in for a character", "use one character that is not the delimiter")
		s.with = "_"
	}
	return s
}

// delimiter reads what parts columns. The word TAB stands for a tab, which the value of a setting cannot hold.
func (r *reader) delimiter(dst *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if r.text(dst, what)(n); *dst == "TAB" {
			*dst = "\t"
		}
	}
}

// badDelimiter tells whether a character would be confused with quotes, numbers or text.
func badDelimiter(c rune) bool {
	return c != '\t' && (c < ' ' || c > '~') || c == '"' || c == '-' || c == '?' ||
		c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func (r *reader) readSection(n *yaml.Node, what string) sectionSpec {
	s := sectionSpec{node: n, zero: writeZeroRows}
	defaults := columnSpec{overflow: overflowRefuse, zone: feedZone, zero: rule{kind: ruleWrite}, mapElse: rule{kind: ruleWrite}, pad: " ", mark: "."}
	// The defaults are read first, wherever they stand.
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "defaults" {
			where := what + ".defaults"
			r.mapping(n.Content[i+1], where, fields{
				"zero":         r.rule(&defaults.zero, where+".zero", true),
				"undefined":    r.rule(&defaults.undef, where+".undefined", false),
				"missing":      r.rule(&defaults.absent, where+".missing", false),
				"overflow":     oneOf(r, &defaults.overflow, where+".overflow", overflowRefuse, overflowCut, overflowShift),
				"zone":         oneOf(r, &defaults.zone, where+".zone", feedZone, utcZone),
				"decimal-mark": r.text(&defaults.mark, where+".decimal-mark"),
			})
		}
	}
	r.mapping(n, what, fields{
		"name": r.text(&s.name, what+".name"),
		"if":   func(n *yaml.Node) { s.left = !r.holds(n, what+".if") },
		"grain": oneOf(r, &s.grain, what+".grain", grainQueue, grainAgent, grainAgentQueue, grainAgentBoth, grainStates, grainEvents,
			grainStatus, grainGroup, grainSignOns, grainBegun, grainEnded),
		"media":     func(n *yaml.Node) { s.media, s.mediaSet = r.readMedia(n, what+".media"), true },
		"zero-rows": oneOf(r, &s.zero, what+".zero-rows", writeZeroRows, omitZeroRows, omitUnseenRows),
		"sort":      func(n *yaml.Node) { s.sortNode = n; r.texts(&s.sort, what+".sort")(n) },
		"defaults":  func(*yaml.Node) {},
		"head": func(n *yaml.Node) {
			r.each(n, what+".head", func(n *yaml.Node, what string) { s.head = append(s.head, r.readLine(n, what)) })
		},
		"columns": func(n *yaml.Node) {
			r.each(n, what+".columns", func(n *yaml.Node, what string) {
				s.columns = append(s.columns, r.readColumn(n, what, defaults))
			})
		},
		"foot": func(n *yaml.Node) {
			r.each(n, what+".foot", func(n *yaml.Node, what string) { s.foot = append(s.foot, r.readLine(n, what)) })
		},
	}, "grain", "columns")
	if s.name == "" {
		s.name = string(s.grain)
	}
	return s
}

func (r *reader) readLine(n *yaml.Node, what string) lineSpec {
	l := lineSpec{node: n}
	r.mapping(n, what, fields{
		"text":    func(n *yaml.Node) { l.hasText = true; r.text(&l.text, what+".text")(n) },
		"columns": r.boolean(&l.columns, what+".columns"),
		"dashes":  r.boolean(&l.dashes, what+".dashes"),
		"blank":   r.boolean(&l.blank, what+".blank"),
		"delimiter": func(n *yaml.Node) {
			l.delimiter = new(string)
			r.delimiter(l.delimiter, what+".delimiter")(n)
		},
		"trailing-delimiter": r.boolean(&l.trailing, what+".trailing-delimiter"),
	})
	kinds := 0
	for _, set := range []bool{l.hasText, l.columns, l.dashes, l.blank} {
		if set {
			kinds++
		}
	}
	if kinds != 1 {
		r.problem(n, what, "", "is not exactly one kind of line", "use one of text, columns, dashes, blank")
	}
	return l
}

func (r *reader) readColumn(n *yaml.Node, what string, defaults columnSpec) columnSpec {
	c := defaults
	c.node = n
	align := ""
	r.mapping(n, what, fields{
		"name":   r.text(&c.name, what+".name"),
		"title":  func(n *yaml.Node) { c.hasTitle = true; r.text(&c.title, what+".title")(n) },
		"value":  r.text(&c.value, what+".value"),
		"text":   func(n *yaml.Node) { c.hasText = true; r.text(&c.text, what+".text")(n) },
		"expr":   func(n *yaml.Node) { c.expr, _ = r.raw(n, what+".expr") },
		"format": r.text(&c.format, what+".format"),
		"zone":   oneOf(r, &c.zone, what+".zone", feedZone, utcZone),
		"unit": oneOf(r, &c.unit, what+".unit", unitSeconds, unitMilliseconds, unitMinutes, unitHours, unitShare,
			unitPercent),
		"precision":    r.integer(&c.precision, what+".precision", 0, 9),
		"decimal-mark": r.text(&c.mark, what+".decimal-mark"),
		"zero":         r.rule(&c.zero, what+".zero", true),
		"undefined":    r.rule(&c.undef, what+".undefined", false),
		"missing":      r.rule(&c.absent, what+".missing", false),
		"map":          func(n *yaml.Node) { c.mapping = r.readMap(n, what+".map") },
		"map-else":     r.rule(&c.mapElse, what+".map-else", true),
		"width":        r.integer(&c.width, what+".width", 1, 4096),
		"align":        oneOf(r, &align, what+".align", "left", "right"),
		"pad":          r.text(&c.pad, what+".pad"),
		"max":          r.integer(&c.max, what+".max", 1, 4096),
		"overflow":     oneOf(r, &c.overflow, what+".overflow", overflowRefuse, overflowCut, overflowShift, overflowNines),
		"only":         func(n *yaml.Node) { c.only = r.readOnly(n, what+".only") },
		"type":         oneOf(r, &c.literal, what+".type", jsonString, jsonNumber, jsonBoolean),
	}, "name")
	c.right, c.alignSet = align == "right", align != ""
	if !c.hasTitle {
		c.title = c.name
	}
	if len(c.pad) != 1 || c.pad[0] < ' ' || c.pad[0] > '~' {
		r.problem(n, what+".pad", c.pad, "is not one plain character", "use a space or 0")
		c.pad = " "
	}
	if c.mark != "." && c.mark != "," {
		r.problem(n, what+".decimal-mark", c.mark, "is not a decimal mark", "use \".\" or \",\"")
		c.mark = "."
	}
	return c
}

// readOnly reads sources with the texts under which a column is shown.
func (r *reader) readOnly(n *yaml.Node, what string) map[string][]string {
	only := map[string][]string{}
	if n.Kind != yaml.MappingNode {
		r.problem(n, what, "", "is not a group of keys", "write it as code: [\"5\"]")
		return only
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		values := []string{}
		r.texts(&values, what+"."+n.Content[i].Value)(n.Content[i+1])
		only[n.Content[i].Value] = values
	}
	return only
}

func (r *reader) readMap(n *yaml.Node, what string) map[string]string {
	m := map[string]string{}
	if n.Kind != yaml.MappingNode {
		r.problem(n, what, "", "is not a group of keys", "write each pair as value: text")
		return m
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, okKey := r.raw(n.Content[i], what)
		v, okValue := r.scalar(n.Content[i+1], what+"."+k)
		if _, twice := m[k]; twice {
			r.problem(n.Content[i], what+"."+k, "", "stands twice", "remove one of them")
		}
		if okKey && okValue {
			m[k] = v
		}
	}
	return m
}

// rule reads blank, zero, refuse, write (where the value itself can be written), a number such
// as -1, or {text: …}.
func (r *reader) rule(dst *rule, what string, canWrite bool) func(*yaml.Node) {
	return func(n *yaml.Node) {
		if n.Kind == yaml.MappingNode {
			*dst = rule{kind: ruleText}
			r.mapping(n, what, fields{"text": r.text(&dst.text, what+".text")}, "text")
			return
		}
		s, ok := r.scalar(n, what)
		if !ok {
			return
		}
		switch {
		case s == "blank":
			*dst = rule{kind: ruleBlank}
		case s == "zero":
			*dst = rule{kind: ruleZero}
		case s == "refuse":
			*dst = rule{kind: ruleRefuse}
		case s == "write" && canWrite:
			*dst = rule{kind: ruleWrite}
		case s != "" && strings.Trim(s, "-.,0123456789") == "":
			*dst = rule{kind: ruleText, text: s}
		default:
			r.problem(n, what, s, "is not a rule", "use blank, zero, refuse, a number such as -1, or {text: …}")
		}
	}
}
