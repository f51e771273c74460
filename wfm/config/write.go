package config

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// YAML writes the configuration as a file that [Parse] reads to the same. Secrets are references and nothing else in it.
func (c *Config) YAML() []byte { return c.write(false) }

// Commented writes the configuration like [Config.YAML], with what each key means above it where it stands first, and with the keys that were not
// given as comments.
func (c *Config) Commented() []byte { return c.write(true) }

func (c *Config) write(comments bool) []byte {
	w := &writer{comments: comments, said: map[string]bool{}}
	w.structure(reflect.ValueOf(c).Elem(), "", false)
	return []byte(w.b.String())
}

// writer writes values as YAML in block style.
type writer struct {
	b        strings.Builder
	comments bool
	said     map[string]bool // keys that were explained, by type
}

// valueWriter is implemented by values that fit on one line.
type valueWriter interface{ write() string }

// width is where comments are broken.
const width = 110

func (w *writer) comment(indent, text string) {
	line := indent + "#"
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > width && len(line) > len(indent)+1 {
			w.b.WriteString(line + "\n")
			line = indent + "#"
		}
		line += " " + word
	}
	w.b.WriteString(line + "\n")
}

// structure writes the keys of a struct. first leaves out the indentation of the first line, which stands behind the dash of a list.
func (w *writer) structure(v reflect.Value, indent string, first bool) {
	kind := kindOf(v)
	for _, k := range keysOf(v.Type()) {
		field := v.FieldByIndex(k.index)
		given := w.given(field)
		if !given && (!w.comments || !k.appliesTo(kind)) {
			continue
		}
		id := v.Type().Name() + "." + k.name
		lead := indent
		if first && given {
			lead, first = "", false
		}
		explain := w.comments && !w.said[id]
		if !given {
			if explain && !first {
				w.said[id] = true
				w.omitted(&k, indent)
			}
			continue
		}
		if explain && lead == indent {
			w.said[id] = true
			if indent == "" {
				w.b.WriteString("\n")
			}
			w.comment(indent, k.fullDoc())
		}
		w.b.WriteString(lead + k.name + ":")
		w.value(field, indent)
	}
}

// firstKey explains the first key of a list's entry, above its dash.
func (w *writer) firstKey(v reflect.Value, indent string) {
	for _, k := range keysOf(v.Type()) {
		id := v.Type().Name() + "." + k.name
		if !w.given(v.FieldByIndex(k.index)) {
			continue
		}
		if w.comments && !w.said[id] {
			w.said[id] = true
			w.comment(indent, k.fullDoc())
		}
		return
	}
}

// given tells whether a field has a value to write.
func (w *writer) given(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return !v.IsNil()
	case reflect.Slice:
		return !v.IsNil()
	case reflect.Map:
		return v.Len() > 0
	}
	return !v.IsZero()
}

// omitted writes a key that was not given as a comment, a block with all that it may hold.
func (w *writer) omitted(k *key, indent string) {
	if indent == "" {
		w.b.WriteString("\n")
	}
	w.comment(indent, k.fullDoc())
	t, many := k.typ, false
	if t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct {
		t, many = t.Elem(), true
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if k.example != "" || t.Kind() != reflect.Struct || t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[Code]() {
		w.b.WriteString(indent + "#" + k.name + ": " + exampleOf(k, t) + "\n")
		return
	}
	w.b.WriteString(indent + "#" + k.name + ":\n")
	inside := &writer{comments: true, said: map[string]bool{}}
	for _, k := range keysOf(t) {
		w.said[t.Name()+"."+k.name] = true
		inside.omitted(&k, "  ")
	}
	first := many
	for line := range strings.Lines(inside.b.String()) {
		line = strings.Replace(line, "  #", "  ", 1) // a key of the block; of an explanation the mark is put back below
		switch {
		case strings.HasPrefix(line, "   "):
			line = "  #" + strings.TrimPrefix(line, "  ")
		case first:
			line, first = "- "+strings.TrimPrefix(line, "  "), false
		}
		if many {
			line = "  " + line
		}
		w.b.WriteString(indent + "#" + line)
	}
}

// exampleOf is what a key that is commented out shows.
func exampleOf(k *key, t reflect.Type) string {
	switch {
	case k.example != "":
		return k.example
	case k.standard != "":
		return k.standard
	case t.Kind() == reflect.Bool:
		return "true"
	case t == reflect.TypeFor[Secret]():
		return "{file: secrets/" + k.name + "}"
	case t.Kind() == reflect.Map:
		return "{name: value}"
	}
	return k.name
}

// value writes what stands behind a key and its colon.
func (w *writer) value(v reflect.Value, indent string) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if ref, ok := v.Interface().(StatusMapRef); ok {
		if ref.Map == nil {
			w.b.WriteString(" " + scalar(ref.Name) + "\n")
			return
		}
		v = reflect.ValueOf(ref.Map).Elem()
	}
	if one, ok := v.Interface().(valueWriter); ok {
		w.b.WriteString(" " + one.write() + "\n")
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		w.b.WriteString("\n")
		w.structure(v, indent+"  ", false)
	case reflect.Slice:
		if texts, ok := v.Interface().([]string); ok {
			w.b.WriteString(" " + list(texts) + "\n")
			return
		}
		if v.Len() == 0 {
			w.b.WriteString(" []\n")
			return
		}
		w.b.WriteString("\n")
		for i := range v.Len() {
			w.firstKey(v.Index(i), indent+"  ")
			w.b.WriteString(indent + "  - ")
			w.structure(v.Index(i), indent+"    ", true)
		}
	case reflect.Map:
		w.b.WriteString("\n")
		keys := slices.SortedFunc(maps.Keys(w.entries(v)), strings.Compare)
		for _, k := range keys {
			w.b.WriteString(indent + "  " + scalar(k) + ": " + w.entries(v)[k] + "\n")
		}
	case reflect.String:
		w.b.WriteString(" " + scalar(v.String()) + "\n")
	default:
		fmt.Fprintf(&w.b, " %v\n", v.Interface())
	}
}

// entries are the pairs of a map as text.
func (w *writer) entries(v reflect.Value) map[string]string {
	pairs := map[string]string{}
	for _, k := range v.MapKeys() {
		switch value := v.MapIndex(k).Interface().(type) {
		case valueWriter:
			pairs[k.String()] = value.write()
		case string:
			pairs[k.String()] = scalar(value)
		}
	}
	return pairs
}

// plainText is what may stand without quotes, where YAML also takes it for a text.
var plainText = regexp.MustCompile(`^[\p{L}\p{N}_./@+-]([\p{L}\p{N} _./@:+-]*[\p{L}\p{N}_./@+-])?$`)

// scalar writes a text so that it is read back as it is, on one line, also inside a list.
func scalar(text string) string {
	if plainText.MatchString(text) && !strings.Contains(text, ": ") {
		var doc yaml.Node
		// In a list on one line and after a key: a lone dash, for one, means something else there.
		if err := yaml.Unmarshal([]byte("- ["+text+"]\n- k: "+text), &doc); err == nil {
			if n := doc.Content[0].Content; len(n) == 2 && isText(n[0].Content, text) && len(n[1].Content) == 2 && isText(n[1].Content[1:], text) {
				return text
			}
		}
	}
	if quoted := strconv.Quote(text); !strings.Contains(text, `\`) || len(quoted) != len(text)+2+strings.Count(text, `\`) || strings.Contains(text, "'") {
		return quoted // the escapes of Go are those of YAML
	}
	return "'" + text + "'" // a Windows path reads better so
}

// isText tells whether the nodes are this text alone.
func isText(n []*yaml.Node, text string) bool {
	return len(n) == 1 && n[0].Kind == yaml.ScalarNode && n[0].ShortTag() == "!!str" && n[0].Value == text
}

// list writes a list of texts on one line.
func list(texts []string) string {
	quoted := make([]string, len(texts))
	for i, t := range texts {
		quoted[i] = scalar(t)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
