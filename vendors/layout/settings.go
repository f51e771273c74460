package layout

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// Setting is something that a layout leaves to the site: what no public source settles, or what
// differs between sites. Its value may stand anywhere in the layout as {name}, and as an
// identifier in expressions.
type Setting struct {
	Name string
	// Default is used where the feed gives no value; without one the feed must give it.
	Default  string
	Required bool
	// Example stands in for the value of a required setting when the layout is checked.
	Example string
	// Choices limits the values; empty allows every text without braces and control characters.
	Choices []string
	// Number says that the value is a whole number, also in expressions.
	Number bool
	// Remark says what the setting means and why its default is what it is.
	Remark string
}

// readSettings reads the settings of a layout. Their own texts are taken as they stand.
func (r *reader) readSettings(n *yaml.Node) []Setting {
	var list []Setting
	r.each(n, "settings", func(n *yaml.Node, what string) {
		var s Setting
		hasDefault := false
		plain := func(dst *string, key string) func(*yaml.Node) {
			return func(n *yaml.Node) { *dst, _ = r.raw(n, what+"."+key) }
		}
		r.mapping(n, what, fields{
			"name":    plain(&s.Name, "name"),
			"default": func(n *yaml.Node) { hasDefault = true; plain(&s.Default, "default")(n) },
			"example": plain(&s.Example, "example"),
			"remark":  plain(&s.Remark, "remark"),
			"number":  r.boolean(&s.Number, what+".number"),
			"choices": r.texts(&s.Choices, what+".choices"),
		}, "name", "remark")
		s.Required = !hasDefault
		if !identifier(s.Name) || reserved(s.Name) {
			r.problem(n, what+".name", s.Name, "cannot name a setting",
				"use letters and digits, starting with a letter, and no name that already means something")
			return
		}
		if slices.ContainsFunc(list, func(o Setting) bool { return o.Name == s.Name }) {
			r.problem(n, what+".name", s.Name, "stands twice", "give each setting a name of its own")
			return
		}
		trial := s.Default
		if s.Required {
			trial = s.Example
			if trial == "" {
				r.problem(n, what, s.Name, "has neither a default nor an example", "add one of them")
				return
			}
		}
		if reason, remedy := s.check(trial); reason != "" {
			r.problem(n, what, trial, reason, remedy)
		}
		list = append(list, s)
	})
	return list
}

func identifier(s string) bool {
	for i, c := range []byte(s) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

// reserved tells whether a name means something else in templates or expressions.
func reserved(s string) bool {
	if _, ok := wfm.CounterByColumn(s); ok {
		return true
	}
	if _, ok := wfm.DerivedByName(s); ok {
		return true
	}
	switch s {
	case "start", "end", "start.utc", "end.utc", "kind", "repeat", "true", "false", "nil":
		return true
	}
	return isSource(s)
}

// check says why a value does not suit the setting; an empty reason means that it does.
func (s Setting) check(v string) (reason, remedy string) {
	if i := strings.IndexFunc(v, func(c rune) bool { return c == '{' || c == '}' || unsafeRune(c) || c == unicode.ReplacementChar }); i >= 0 {
		return "holds a brace or a control character", "use plain text on one line"
	}
	if len(s.Choices) > 0 && !slices.Contains(s.Choices, v) {
		return "is not one of the choices", "use one of " + strings.Join(s.Choices, ", ")
	}
	if s.Number {
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || strconv.FormatInt(n, 10) != v {
			return "is not a whole number", "write digits only, without leading zeros"
		}
	}
	return "", ""
}

// trialValues are the values with which a layout is checked before a feed uses it.
func trialValues(list []Setting) map[string]string {
	values := map[string]string{}
	for _, s := range list {
		values[s.Name] = s.Default
		if s.Required {
			values[s.Name] = s.Example
		}
	}
	return values
}

// settingValues fills the settings of a layout from those of a feed.
func settingValues(file string, list []Setting, given map[string]string) (map[string]string, []error) {
	values := map[string]string{}
	var problems []error
	for _, s := range list {
		v, ok := given[s.Name]
		if !ok && s.Required {
			problems = append(problems, wfm.Problem{Where: file, Field: "setting " + s.Name,
				Reason: "has no value and no default", Remedy: "give it: " + s.Remark})
			continue
		}
		if !ok {
			v = s.Default
		}
		if reason, remedy := s.check(v); reason != "" {
			problems = append(problems, wfm.Problem{Where: file, Field: "setting " + s.Name, Value: v,
				Reason: reason, Remedy: remedy})
		}
		values[s.Name] = v
	}
	return values, problems
}
