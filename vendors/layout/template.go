package layout

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// template is a line or a name with placeholders, compiled. Settings are already filled in.
//
//	{start:PATTERN} {end:PATTERN}          the interval, in the feed's zone
//	{start.utc:PATTERN} {end.utc:PATTERN}  the same in UTC
//	{kind}                                 the layout's name
//	{workgroup} {agent} {statusKey} …      in rows: every text that the grain has
//	{media}                                in rows that of the record; elsewhere that of the layout
//	{repeat}                               in names: empty, or _2 in the second of two repeated hours
//	{now:PATTERN} {changeTime:PATTERN} …   in frames: every time that the record has, also with .utc
//	{ctl:STX}                              in heads and feet of frames: control characters
//	{{ and }}                              braces
type template struct {
	parts     []templatePart
	local     bool // shows a local time of day without an offset
	instant   bool // shows a time that is unambiguous
	hasTime   bool
	hasRepeat bool
	still     bool // the same in all rows of an interval
}

type templatePart struct {
	literal string
	pattern *pattern
	time    func(r *row, loc *time.Location) time.Time
	loc     *time.Location
	text    func(r *row) string
	control bool // the literal is made of control characters on purpose
}

// templateScope says what a template may speak of.
type templateScope struct {
	kind   string
	loc    *time.Location
	grain  grain  // of rows; empty elsewhere
	media  string // outside of rows
	inName bool
	line   bool // the head or foot of a frame, which may hold control characters
}

func compileTemplate(s string, scope templateScope) (template, error) {
	t := template{still: true}
	var problems []error
	literal := func(text string) {
		if n := len(t.parts); n > 0 && t.parts[n-1].text == nil && t.parts[n-1].pattern == nil && !t.parts[n-1].control {
			t.parts[n-1].literal += text
		} else if text != "" {
			t.parts = append(t.parts, templatePart{literal: text})
		}
	}
	for s != "" {
		i := strings.IndexAny(s, "{}")
		if i < 0 {
			literal(s)
			break
		}
		literal(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "{{") || strings.HasPrefix(s, "}}") {
			literal(s[:1])
			s = s[2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if s[0] == '}' || end < 0 {
			return t, errors.New("has a brace without its partner; a brace itself is written twice")
		}
		if err := t.placeholder(strings.TrimLeft(s[1:end], " "), scope); err != nil {
			problems = append(problems, err)
		}
		s = s[end+1:]
	}
	for _, p := range t.parts {
		if !p.control && strings.ContainsFunc(p.literal, unsafeRune) {
			problems = append(problems, errors.New("holds a control character or line break"))
		}
	}
	return t, errors.Join(problems...)
}

func (t *template) placeholder(s string, scope templateScope) error {
	name, format, hasFormat := strings.Cut(s, ":")
	base, isUTC := strings.CutSuffix(name, ".utc")
	if scope.line && base == "ctl" {
		text, err := controls(format)
		t.parts = append(t.parts, templatePart{literal: text, control: true})
		return err
	}
	if src, ok := timeFor(base, scope.grain); ok {
		if !hasFormat {
			return errors.New("placeholder {" + s + "} has no pattern, as in {" + name + ":YYYY-MM-DD}")
		}
		p, err := compilePattern(format)
		if err != nil {
			return errors.New("placeholder {" + s + "} " + err.Error())
		}
		loc := scope.loc
		if isUTC {
			loc = time.UTC
		}
		t.hasTime, t.still = true, t.still && src.still
		t.local = t.local || p.clock() && !p.instant(isUTC)
		t.instant = t.instant || p.clock() && p.instant(isUTC)
		t.parts = append(t.parts, templatePart{pattern: &p, time: src.time, loc: loc})
		return nil
	}
	var part templatePart
	src, ok := sourceFor(s, scope.grain)
	switch {
	case s == "kind":
		part = templatePart{literal: scope.kind}
	case s == "repeat" && scope.inName:
		t.hasRepeat = true
		part, t.still = templatePart{text: func(r *row) string { return r.repeat }}, false
	case scope.grain != "" && ok && (src.text != nil || src.flag != nil):
		part, t.still = templatePart{text: src.shown()}, false
	case scope.grain == "" && s == "media":
		part = templatePart{literal: scope.media}
	default:
		return errors.New("has the unknown placeholder {" + s + "}")
	}
	t.parts = append(t.parts, part)
	return nil
}

// constant returns the text of a template without placeholders; nil where it has some.
func (t *template) constant() *string {
	if len(t.parts) > 1 || len(t.parts) == 1 && (t.parts[0].pattern != nil || t.parts[0].text != nil) {
		return nil
	}
	text := ""
	if len(t.parts) == 1 {
		text = t.parts[0].literal
	}
	return &text
}

func (t *template) append(dst []byte, r *row) []byte {
	for i := range t.parts {
		switch p := &t.parts[i]; {
		case p.pattern != nil:
			dst = p.pattern.append(dst, p.time(r, p.loc))
		case p.text != nil:
			dst = append(dst, p.text(r)...)
		default:
			dst = append(dst, p.literal...)
		}
	}
	return dst
}

// match tells whether a decoded line is one that the template makes. Lines hold no texts of rows.
func (t *template) match(s string) bool {
	rest, _, ok := t.consume(s)
	return ok && rest == ""
}

// consume reads the template from the start of s, and the first time with a date that it shows; zero for none.
func (t *template) consume(s string) (rest string, at time.Time, ok bool) {
	for i := range t.parts {
		p := &t.parts[i]
		if p.pattern == nil {
			if s, ok = strings.CutPrefix(s, p.literal); !ok {
				return s, at, false
			}
			continue
		}
		c := civil{year: 1, month: 1, day: 1}
		if s, ok = p.pattern.consume(s, &c); !ok {
			return s, at, false
		}
		if at.IsZero() && p.pattern.dated() {
			at, _ = c.in(p.loc)
		}
	}
	return s, at, true
}

// sample shows what the template makes, with text placeholders as they stand, for messages.
func (t *template) sample() string {
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.pattern != nil:
			b.WriteString(p.pattern.source)
		case p.text != nil:
			b.WriteString("…")
		default:
			b.WriteString(p.literal)
		}
	}
	return strconv.Quote(b.String())
}

// literals tells whether any fixed part of the template satisfies f.
func (t *template) literals(f func(s string) bool) bool {
	return slices.ContainsFunc(t.parts, func(p templatePart) bool {
		if p.pattern != nil {
			return slices.ContainsFunc(p.pattern.ops, func(op patternOp) bool { return f(op.literal) })
		}
		return f(p.literal)
	})
}

// appendTo is append for a template that may be nil.
func (t *template) appendTo(dst []byte, r *row) []byte {
	if t == nil {
		return dst
	}
	return t.append(dst, r)
}
