package config

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// Load reads the configuration file at a path. See [Parse].
func Load(path string) (*Config, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, wfm.Problem{Field: "file", Value: path, Reason: "cannot be read: it is not there", Remedy: "check the path, or let the program write one"}
	}
	text, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return Parse(path, text)
}

// readFile reads a file of the configuration that may not be larger than it makes sense.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && (!info.Mode().IsRegular() || info.Size() > maxFile) {
		return nil, wfm.Problem{Field: "file", Value: path, Reason: "is not a file, or larger than 1 MiB", Remedy: "check the path"}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, wfm.Problem{Field: "file", Value: path, Reason: "cannot be read: " + reasonOf(err), Remedy: "check the path and the rights"}
	}
	return text, nil
}

// Parse reads a configuration. The name is that of the file, for messages; relative paths in it count from its folder.
//
// The error joins a [wfm.Problem] for everything that is wrong in the text by itself, in the order of the lines. Where the text is YAML
// at all a Config comes back beside the error, so that [Registries.Check] and [Registries.Build] can tell what else is wrong: their
// error holds that of Parse too.
func Parse(name string, text []byte) (*Config, error) {
	c := &Config{source: source{name: name, lines: map[string]int{}}}
	f := &findings{source: &c.source}
	root := f.tree(text)
	if root == nil {
		return nil, sorted(f.list)
	}
	r := &reader{findings: f}
	r.value(root, reflect.ValueOf(c).Elem(), "", nil)
	if root.Kind == yaml.MappingNode {
		c.validate(f)
	}
	c.source.problems = f.list
	return c, sorted(f.list)
}

// reader fills Go values from nodes.
type reader struct{ *findings }

// nodeReader is implemented by values that have more than one form.
type nodeReader interface {
	readNode(r *reader, n *yaml.Node, path string)
}

func (r *reader) value(n *yaml.Node, v reflect.Value, path string, k *key) {
	if path != "" {
		if _, ok := r.lines[path]; !ok {
			r.lines[path] = n.Line
		}
	}
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		r.bad(path, "", "has no value", "give one, or remove the key")
		return
	}
	if custom, ok := v.Addr().Interface().(nodeReader); ok {
		custom.readNode(r, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		r.value(n, v.Elem(), path, k)
	case reflect.Struct:
		r.structure(n, v, path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		r.list(n, path, func(n *yaml.Node, path string) {
			one := reflect.New(v.Type().Elem()).Elem()
			r.value(n, one, path, nil)
			v.Set(reflect.Append(v, one))
		})
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		r.free(n, path, func(name string, n *yaml.Node, path string) {
			one := reflect.New(v.Type().Elem()).Elem()
			r.value(n, one, path, nil)
			v.SetMapIndex(reflect.ValueOf(name), one)
		})
	case reflect.Bool:
		text, ok := r.text(n, path)
		if ok && text != "true" && text != "false" {
			r.bad(path, text, "is neither true nor false", "write true or false")
		}
		v.SetBool(text == "true")
	case reflect.Int:
		text, ok := r.text(n, path)
		if !ok {
			return
		}
		number, err := strconv.ParseInt(text, 10, 32)
		if err != nil || strconv.FormatInt(number, 10) != text {
			r.bad(path, text, "is not a whole number", "write digits only")
			return
		}
		v.SetInt(number)
	case reflect.String:
		if text, ok := r.text(n, path); ok {
			if text == "" {
				r.bad(path, "", "is empty", "give a value, or remove the key")
			}
			v.SetString(text)
		}
	default:
		panic(fmt.Sprintf("config: no reader for %s", v.Type()))
	}
}

// structure reads the keys of a struct.
func (r *reader) structure(n *yaml.Node, v reflect.Value, path string) {
	known := map[string]func(*yaml.Node, string){}
	keys := keysOf(v.Type())
	for i := range keys {
		k := &keys[i]
		known[k.name] = func(n *yaml.Node, path string) { r.value(n, v.FieldByIndex(k.index), path, k) }
	}
	r.mapping(n, path, known)
}

// mapping hands the value of each key to its reader.
func (r *reader) mapping(n *yaml.Node, path string, known map[string]func(*yaml.Node, string)) {
	r.free(n, path, func(name string, value *yaml.Node, at string) {
		if read, ok := known[name]; ok {
			read(value, at)
			return
		}
		names := slices.Sorted(maps.Keys(known))
		remedy := "use one of " + strings.Join(names, ", ")
		if like := nearest(name, names); like != "" {
			remedy = "did you mean " + like + "?"
		}
		r.bad(at, "", "is not a known key", remedy)
	})
}

// free hands out the pairs of a mapping with any keys.
func (r *reader) free(n *yaml.Node, path string, each func(name string, value *yaml.Node, path string)) {
	if n.Kind != yaml.MappingNode {
		r.bad(path, shown(n), "is not a group of keys", "write it as lines of key: value")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		at := join(path, name.Value)
		if name.Kind != yaml.ScalarNode || name.Value == "" {
			r.lines[path] = max(r.lines[path], name.Line)
			r.bad(path, "", "has a key that is no word", "write each key as one word before a colon")
			continue
		}
		if seen[name.Value] {
			first := r.lines[at]
			r.lines[at] = name.Line
			r.bad(at, "", fmt.Sprintf("stands twice, first in line %d", first), "remove one of them")
			r.lines[at] = first
			continue
		}
		seen[name.Value] = true
		r.lines[at] = name.Line
		each(name.Value, value, at)
	}
}

// join makes the path of a key.
func join(path, name string) string {
	if strings.ContainsAny(name, ".[]\"") || strings.TrimSpace(name) != name || len(name) > 60 {
		name = wfm.Quote(name)
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

func (r *reader) list(n *yaml.Node, path string, each func(n *yaml.Node, path string)) {
	if n.Kind != yaml.SequenceNode {
		r.bad(path, shown(n), "is not a list", "write [a, b], or each entry on a line that starts with a dash")
		return
	}
	for i, c := range n.Content {
		at := path + "[" + strconv.Itoa(i) + "]"
		r.lines[at] = c.Line
		each(c, at)
	}
}

// texts reads a list of texts.
func (r *reader) texts(n *yaml.Node, path string) (list []string) {
	r.list(n, path, func(n *yaml.Node, path string) {
		text, ok := r.text(n, path)
		if ok && text == "" {
			r.bad(path, "", "is empty", "remove it")
		}
		list = append(list, text)
	})
	return list
}

// text reads a scalar as it stands: a workgroup may be called 100 or no.
func (r *reader) text(n *yaml.Node, path string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		r.bad(path, "", "is not a single value", "write one text or number")
		return "", false
	}
	if n.ShortTag() == "!!null" {
		r.bad(path, "", "has no value", "give one, or remove it")
		return "", false
	}
	return n.Value, true
}

// shown is the value of a scalar for a message.
func shown(n *yaml.Node) string {
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}

func (s *StatusMapRef) readNode(r *reader, n *yaml.Node, path string) {
	if n.Kind == yaml.MappingNode {
		s.Map = &StatusMap{}
		r.structure(n, reflect.ValueOf(s.Map).Elem(), path)
		return
	}
	s.Name, _ = r.text(n, path)
}
