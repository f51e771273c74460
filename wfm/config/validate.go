package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// validate finds what is wrong in the configuration by itself, without registries and files.
func (c *Config) validate(f *findings) {
	f.rules(reflect.ValueOf(c).Elem(), "")
	c.validateNames(f)
	c.validateService(f)
	c.validateServers(f)
	c.validateDestinations(f)
	c.validateStatusMaps(f)
	c.validateHistorical(f)
	c.validateRealTime(f)
	c.validateLedger(f)
	c.noteUnused(f)
}

// rules checks what the tags say: required keys, keys of another kind, choices, bounds, and the form of names and zones.
func (f *findings) rules(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f.rules(v.Elem(), path)
		}
		return
	case reflect.Slice:
		for i := range v.Len() {
			f.rules(v.Index(i), path+"["+strconv.Itoa(i)+"]")
		}
		return
	case reflect.Struct:
	default:
		return
	}
	kind := kindOf(v)
	keys := keysOf(v.Type())
	foreign := kind != "" && !slices.Contains(kindsOf(keys), kind) // a kind of one's own, or a slip of the pen
	for _, k := range keys {
		field, at := v.FieldByIndex(k.index), join(path, k.name)
		_, given := f.lines[at]
		switch {
		case f.said(at):
			continue
		case field.IsZero() && !given && k.needed(kind):
			remedy := "add it: " + lower(k.doc)
			if k.typ == reflect.TypeFor[Secret]() {
				remedy = secretForm
			}
			f.bad(at, "", missing, remedy)
			continue
		case field.IsZero() && given && k.needed(kind) && field.Kind() == reflect.Struct:
			f.bad(at, "", "is empty", "name at least one")
			continue
		case field.IsZero() && given && isNumber(field):
			f.bad(at, fmt.Sprint(field.Interface()), "is not more than zero", "remove the key for its default")
			continue
		case field.IsZero():
			continue
		case field.Kind() == reflect.Slice && field.Len() == 0 && k.needed(kind):
			f.bad(at, "", "is an empty list", "name at least one, or remove the key where it is not required")
			continue
		case !foreign && kind != "" && !k.appliesTo(kind):
			f.bad(at, "", "has no meaning for kind "+kind, "remove it; it is for "+strings.Join(k.kinds, ", "))
			continue
		}
		f.ruleOf(&k, field, at)
		if _, ok := field.Interface().(Secret); !ok {
			f.rules(field, at)
		}
	}
}

func isNumber(v reflect.Value) bool {
	return v.Kind() == reflect.Int || v.Type() == reflect.TypeFor[Duration]()
}

func lower(doc string) string {
	r := []rune(doc)
	if len(r) > 1 && unicode.IsLower(r[1]) {
		r[0] = unicode.ToLower(r[0])
	}
	return strings.TrimSuffix(string(r), ".")
}

func (f *findings) ruleOf(k *key, field reflect.Value, at string) {
	switch value := field.Interface().(type) {
	case Duration:
		f.bounds(k, int64(value), func(s string) int64 { d, _ := ParseDuration(s); return int64(d) }, value.String(), at)
	case int:
		f.bounds(k, int64(value), number, strconv.Itoa(value), at)
	case *int:
		f.bounds(k, int64(*value), number, strconv.Itoa(*value), at)
	case Zone:
		if _, err := time.LoadLocation(string(value)); err != nil || value == "Local" {
			f.bad(at, string(value), "is not a time zone", "use an IANA name such as Europe/Berlin or America/New_York, or UTC")
		}
	case Path:
		f.path(at, string(value))
	case Secret:
		f.secret(at, value)
	case string:
		f.text(k, value, at)
	case []string:
		f.repeated(at, value, k.name == "workgroups")
	case Workgroups:
		f.repeated(at, value.Names, true)
	}
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

func (f *findings) bounds(k *key, value int64, parse func(string) int64, text, at string) {
	low, high := k.min != "" && value < parse(k.min), k.max != "" && value > parse(k.max)
	switch {
	case (low || high) && k.max == "":
		f.bad(at, text, "is too small", "use "+k.min+" or more")
	case (low || high) && k.min == k.max:
		f.bad(at, text, "is not known", "use "+k.min)
	case low || high:
		f.bad(at, text, "is out of range", "use "+k.min+" to "+k.max)
	}
}

func (f *findings) text(k *key, value, at string) {
	if i := strings.IndexFunc(value, unicode.IsControl); i >= 0 {
		f.bad(at, value, "holds a control character", "write it on one line; put texts with a backslash in single quotes")
		return
	}
	if len(k.choices) > 0 && !slices.Contains(k.choices, value) {
		f.bad(at, value, "is not one of the choices", meant(value, k.choices, ""))
	}
}

// path refuses what cannot be meant, such as "C:\temp" in double quotes, where \t is a tab.
func (f *findings) path(at, value string) {
	switch {
	case strings.ContainsFunc(value, unicode.IsControl):
		f.bad(at, value, "holds a control character", `write Windows paths in single quotes, such as 'C:\wfm\out'`)
	case len(value) > 1 && value[1] == ':' && unicode.IsLetter(rune(value[0])) && (len(value) == 2 || value[2] != '\\' && value[2] != '/'):
		f.bad(at, value, "depends on the present folder of a drive", `write the whole path, such as 'C:\wfm\out'`)
	case strings.TrimSpace(value) != value:
		f.bad(at, value, "begins or ends with a blank", "remove it")
	}
}

// secret checks a reference. What does not look like a reference is not shown.
func (f *findings) secret(at string, s Secret) {
	for i, r := range s.Env {
		if r != '_' && !(r < 128 && unicode.IsLetter(r)) && (i == 0 || r < '0' || r > '9') {
			f.bad(at+".env", "", "is not the name of an environment variable", "use letters, digits and _, and put the secret into that variable")
			return
		}
	}
	if s.File != "" && strings.ContainsFunc(string(s.File), unicode.IsControl) {
		f.bad(at+".file", "", "holds a control character", `write Windows paths in single quotes`)
	}
	if s.File != "" && s.Env != "" {
		f.bad(at, "", "names a file and an environment variable", "name one of them")
	}
}

// repeated finds texts that stand twice in a list; letter case tells workgroups no more apart than it does in CIC.
func (f *findings) repeated(at string, list []string, anyCase bool) {
	seen := map[string]bool{}
	for i, text := range list {
		name := text
		if anyCase {
			name = strings.ToLower(text)
		}
		one := at + "[" + strconv.Itoa(i) + "]"
		switch {
		case strings.ContainsFunc(text, unicode.IsControl):
			f.bad(one, text, "holds a control character", "write it on one line")
		case strings.TrimSpace(text) != text:
			f.bad(one, text, "begins or ends with a blank", "remove it")
		case seen[name]:
			f.bad(one, text, "stands twice", "remove one of them")
		}
		seen[name] = true
	}
}

// validateNames finds names that two things of one kind share, and empty or hostile ones.
func (c *Config) validateNames(f *findings) {
	check := func(list string, names []string, taken map[string]string) {
		for i, name := range names {
			at := fmt.Sprintf("%s[%d].name", list, i)
			switch first, twice := taken[strings.ToLower(name)]; {
			case name == "":
				continue // missing, which was said
			case len(name) > 100:
				f.bad(at, name, "is longer than 100 bytes", "use a short name")
			case strings.TrimSpace(name) != name:
				f.bad(at, name, "begins or ends with a blank", "remove it")
			case twice:
				f.bad(at, name, "is the name of "+first+" too", "give each a name of its own; letter case does not tell names apart")
			default:
				taken[strings.ToLower(name)] = fmt.Sprintf("%s[%d]", list, i)
			}
		}
	}
	none := func() map[string]string { return map[string]string{} }
	check("servers", names(c.Servers, func(s *Server) string { return s.Name }), none())
	check("status-maps", names(c.StatusMaps, func(s *StatusMap) string { return s.Name }), none())
	check("layouts", names(c.Layouts, func(l *Layout) string { return l.Name }), none())
	check("vendors", names(c.Vendors, func(v *Vendor) string { return v.Name }), none())
	check("destinations", names(c.Destinations, func(d *Destination) string { return d.Name }), none())
	feeds := none()
	check("historical", names(c.Historical, func(h *HistoricalFeed) string { return h.Name }), feeds)
	check("real-time", names(c.RealTime, func(r *RealTimeFeed) string { return r.Name }), feeds)
	for i := range c.Vendors {
		if v := c.Vendors[i].Name; strings.Trim(v, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			f.bad(fmt.Sprintf("vendors[%d].name", i), v, "is not the name of a product", "use lower-case letters, digits and hyphens")
		}
	}
}

func names[T any](list []T, name func(*T) string) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = name(&list[i])
	}
	return out
}

// refer finds an entry by name, and reports a name that is none.
func refer[T any](f *findings, at, what, name string, list []T, nameOf func(*T) string) *T {
	for i := range list {
		if nameOf(&list[i]) == name {
			return &list[i]
		}
	}
	if name != "" {
		f.bad(at, name, "is none of "+what, meant(name, names(list, nameOf), "add it to "+what))
	}
	return nil
}
