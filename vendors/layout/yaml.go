package layout

import (
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// reader walks the nodes of a layout file. It reads strictly, replaces settings in scalars and
// gathers every problem with its line, where the decoder of the YAML module would stop or speak of
// Go types.
type reader struct {
	file     string
	values   map[string]string // settings by name
	problems []error
}

func (r *reader) where(n *yaml.Node) string {
	if n == nil || n.Line == 0 {
		return r.file
	}
	return r.file + ":" + strconv.Itoa(n.Line)
}

func (r *reader) problem(n *yaml.Node, field, value, reason, remedy string) {
	r.problems = append(r.problems, wfm.Problem{Where: r.where(n), Field: field, Value: value, Reason: reason, Remedy: remedy})
}

// parseYAML reads one YAML document.
func parseYAML(file string, data []byte) (*yaml.Node, error) {
	const most = 1 << 20
	if len(data) > most {
		return nil, wfm.Problem{Where: file, Field: "layout file", Reason: "is larger than 1 MiB",
			Remedy: "check that this is a layout file"}
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, second yaml.Node
	if err := dec.Decode(&doc); err != nil || len(doc.Content) == 0 {
		reason := "is empty"
		if err != nil && !errors.Is(err, io.EOF) {
			reason = "is not YAML: " + err.Error()
		}
		return nil, wfm.Problem{Where: file, Field: "layout file", Reason: reason, Remedy: "correct the text"}
	}
	if dec.Decode(&second) == nil {
		return nil, wfm.Problem{Where: file, Field: "layout file", Reason: "holds a second document",
			Remedy: "write one layout per file"}
	}
	if err := refuseAliases(file, doc.Content[0]); err != nil {
		return nil, err
	}
	return doc.Content[0], nil
}

// refuseAliases keeps a small file from unfolding into a large one.
func refuseAliases(file string, n *yaml.Node) error {
	if n.Kind == yaml.AliasNode {
		r := reader{file: file}
		r.problem(n, "alias", n.Value, "is not supported in a layout", "write the value out")
		return r.problems[0]
	}
	var problems []error
	for _, c := range n.Content {
		problems = append(problems, refuseAliases(file, c))
	}
	return errors.Join(problems...)
}

// fields are the keys that a mapping may have.
type fields map[string]func(n *yaml.Node)

// mapping hands each value of a mapping to its reader, in the order of the file.
func (r *reader) mapping(n *yaml.Node, what string, known fields, required ...string) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, what, "", "is not a group of keys", "write it as key: value lines")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		read, ok := known[key.Value]
		switch {
		case key.Kind != yaml.ScalarNode || !ok:
			r.problem(key, what+"."+key.Value, "", "is not a known key",
				"use one of "+strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case seen[key.Value]:
			r.problem(key, what+"."+key.Value, "", "stands twice", "remove one of them")
		default:
			seen[key.Value] = true
			read(value)
		}
	}
	for _, k := range required {
		if !seen[k] {
			r.problem(n, what+"."+k, "", "is missing", "add it")
		}
	}
}

// each hands every entry of a list to read.
func (r *reader) each(n *yaml.Node, what string, read func(n *yaml.Node, what string)) {
	if n.Kind != yaml.SequenceNode {
		r.problem(n, what, n.Value, "is not a list", "write each entry on a line that starts with a dash")
		return
	}
	for i, c := range n.Content {
		read(c, what+"["+strconv.Itoa(i+1)+"]")
	}
}

// raw reads a scalar as it stands.
func (r *reader) raw(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		r.problem(n, what, "", "is not a single value", "write one text or number, in quotes where it holds braces")
		return "", false
	}
	if n.ShortTag() == "!!null" {
		return "", true
	}
	return n.Value, true
}

// scalar reads a scalar with its settings filled in.
func (r *reader) scalar(n *yaml.Node, what string) (string, bool) {
	s, ok := r.raw(n, what)
	return substitute(s, r.values), ok
}

func (r *reader) text(dst *string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) { *dst, _ = r.scalar(n, what) }
}

func (r *reader) texts(dst *[]string, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		r.each(n, what, func(n *yaml.Node, what string) {
			if s, ok := r.scalar(n, what); ok {
				*dst = append(*dst, s)
			}
		})
	}
}

func (r *reader) boolean(dst *bool, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n, what)
		switch {
		case !ok:
		case s == "true":
			*dst = true
		case s == "false":
			*dst = false
		default:
			r.problem(n, what, s, "is neither true nor false", "write true or false")
		}
	}
}

func (r *reader) integer(dst *int, what string, least, most int) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n, what)
		if !ok {
			return
		}
		v, err := strconv.Atoi(s)
		if err != nil || v < least || v > most {
			r.problem(n, what, s, "is not a whole number in range",
				"write a number from "+strconv.Itoa(least)+" to "+strconv.Itoa(most))
			return
		}
		*dst = v
	}
}

// oneOf reads one of the given words.
func oneOf[T ~string](r *reader, dst *T, what string, words ...T) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n, what)
		if !ok {
			return
		}
		i := slices.IndexFunc(words, func(w T) bool { return strings.EqualFold(string(w), s) })
		if i < 0 {
			names := make([]string, len(words))
			for j, w := range words {
				names[j] = string(w)
			}
			r.problem(n, what, s, "is not a known choice", "use one of "+strings.Join(names, ", "))
			return
		}
		*dst = words[i]
	}
}

// substitute replaces {name} by the value of that setting. Other placeholders, and doubled braces,
// stay for the template that reads them.
func substitute(s string, values map[string]string) string {
	if !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		if strings.HasPrefix(s, "{{") {
			b.WriteString("{{")
			s = s[2:]
			continue
		}
		end := strings.IndexByte(s, '}')
		if end < 0 {
			b.WriteString(s)
			return b.String()
		}
		if inner := strings.LastIndexByte(s[:end], '{'); inner > 0 { // a setting inside a placeholder, as in {now:{pattern}}
			b.WriteString(s[:inner])
			s, end = s[inner:], end-inner
		}
		if v, ok := values[s[1:end]]; ok {
			b.WriteString(v)
		} else {
			b.WriteString(s[:end+1])
		}
		s = s[end+1:]
	}
}
