package config

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// key is a key of a mapping as the tags of a field describe it. All parts of the language follow this one description:
// reader, checks, defaults, writer, schema, example.
type key struct {
	name     string
	index    []int
	typ      reflect.Type
	doc      string
	standard string   // default
	example  string   // value of a key that is commented out, as YAML
	choices  []string // empty allows all
	kinds    []string // for which the key is there; empty is for all
	need     []string // kinds that need it; * is all
	min, max string   // of numbers and durations
}

// keysOf lists the keys of a struct in the order of its fields, those of an embedded struct in its place.
func keysOf(t reflect.Type) (keys []key) {
	for _, f := range reflect.VisibleFields(t) {
		name, rest, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || rest == "inline" || !f.IsExported() {
			continue
		}
		k := key{name: name, index: f.Index, typ: f.Type, doc: f.Tag.Get("doc"), standard: f.Tag.Get("default"), example: f.Tag.Get("example"),
			choices: words(f.Tag.Get("enum")), kinds: words(f.Tag.Get("kinds")), need: words(f.Tag.Get("need")), min: f.Tag.Get("min"), max: f.Tag.Get("max")}
		keys = append(keys, k)
	}
	return keys
}

func words(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, "|")
}

// appliesTo tells whether the key is there for a kind. A kind that no key names has all keys.
func (k *key) appliesTo(kind string) bool { return len(k.kinds) == 0 || slices.Contains(k.kinds, kind) }

func (k *key) needed(kind string) bool {
	return slices.Contains(k.need, "*") || slices.Contains(k.need, kind) && kind != ""
}

// kindsOf lists the kinds that the keys of a struct know, in the order of their appearance.
func kindsOf(keys []key) (kinds []string) {
	for _, k := range keys {
		for _, one := range k.kinds {
			if !slices.Contains(kinds, one) && !strings.Contains(one, " ") { // "kinds of your own" are none of them
				kinds = append(kinds, one)
			}
		}
	}
	return kinds
}

// kindOf is the value of the key kind, where the struct has one.
func kindOf(v reflect.Value) string {
	if f := v.FieldByName("Kind"); f.IsValid() && f.Kind() == reflect.String {
		return f.String()
	}
	return ""
}

// fullDoc is the meaning of a key with its default, choices and kinds, in one line.
func (k *key) fullDoc() string {
	var b strings.Builder
	b.WriteString(k.doc)
	if len(k.choices) > 0 && !strings.Contains(k.doc, strings.Join(k.choices, ", ")) {
		b.WriteString(" One of " + strings.Join(k.choices, ", ") + ".")
	}
	if k.standard != "" && !strings.Contains(k.doc, "Default: ") {
		b.WriteString(" Default: " + k.standard + ".")
	}
	if slices.Contains(k.need, "*") {
		b.WriteString(" Required.")
	}
	return b.String()
}

// filled returns a copy in which text, numbers and durations that were not given have their defaults. Pointers and lists are kept as
// they are.
func filled[T any](in T) T {
	v := reflect.ValueOf(&in).Elem()
	kind := kindOf(v)
	for _, k := range keysOf(v.Type()) {
		f := v.FieldByIndex(k.index)
		if k.standard == "" || !f.IsZero() || !k.appliesTo(kind) {
			continue
		}
		switch f.Interface().(type) {
		case Duration:
			d, _ := ParseDuration(k.standard)
			f.SetInt(int64(d))
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString(k.standard)
		case reflect.Int:
			n, _ := strconv.Atoi(k.standard)
			f.SetInt(int64(n))
		}
	}
	return in
}
