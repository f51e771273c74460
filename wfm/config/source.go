package config

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// Bounds of a configuration file.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 20      // mappings and lists inside each other
)

// source is where a configuration was read from, with the line of each path, and what was found wrong with it.
type source struct {
	name     string
	lines    map[string]int
	problems []located
}

type located struct {
	line int
	path string
	err  error
}

// dir is the folder from which relative paths count.
func (s *source) dir() string { return filepath.Dir(s.name) }

// line returns the line of a path, or of what it stands in.
func (s *source) line(path string) int {
	for path != "" {
		if n, ok := s.lines[path]; ok {
			return n
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
	return 0
}

func (s *source) where(path string) string {
	if n := s.line(path); n > 0 {
		return s.name + ":" + strconv.Itoa(n)
	}
	return s.name
}

// problem makes one for a path.
func (s *source) problem(path, value, reason, remedy string) wfm.Problem {
	return wfm.Problem{Where: s.where(path), Field: cmp.Or(path, "configuration file"), Value: value, Reason: reason, Remedy: remedy}
}

// findings gathers problems and notes with their lines.
type findings struct {
	*source
	list  []located
	notes []located
}

func (f *findings) bad(path, value, reason, remedy string) {
	if reason == missing && f.said(path) {
		return // what is there was refused
	}
	f.add(path, f.problem(path, value, reason, remedy))
}

func (f *findings) add(path string, err error) {
	f.list = append(f.list, located{f.line(path), path, err})
}

func (f *findings) note(path, value, reason, remedy string) {
	f.notes = append(f.notes, located{f.line(path), path, f.problem(path, value, reason, remedy)})
}

// missing is the reason of a key that is not there.
const missing = "is missing"

// said tells whether something was found wrong at exactly this path.
func (f *findings) said(path string) bool {
	return slices.ContainsFunc(f.list, func(l located) bool { return l.path == path })
}

// clean tells whether nothing was found wrong at a path or below it.
func (f *findings) clean(path string) bool {
	return !slices.ContainsFunc(f.list, func(l located) bool {
		rest, below := strings.CutPrefix(l.path, path)
		return below && (rest == "" || rest[0] == '.' || rest[0] == '[')
	})
}

// maxProblems is how many problems are told one by one: nobody reads more, and a log has to hold them.
const maxProblems = 200

// sorted joins problems in the order of the lines, each once.
func sorted(list []located) error {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b located) int { return a.line - b.line })
	var errs []error
	seen := map[string]bool{}
	for _, l := range list {
		if text := l.err.Error(); !seen[text] {
			seen[text] = true
			errs = append(errs, l.err)
		}
	}
	if more := len(errs) - maxProblems; more > 0 {
		errs = append(errs[:maxProblems], wfm.Problem{Field: "configuration file", Reason: "has " + strconv.Itoa(more) + " more problems",
			Remedy: "correct these first; check that this is the file that was meant"})
	}
	return errors.Join(errs...)
}

// tree reads the text as one YAML document without aliases. All problems of this kind end the reading.
func (f *findings) tree(text []byte) *yaml.Node {
	fail := func(line int, reason, remedy string) *yaml.Node {
		where := f.name
		if line > 0 {
			where += ":" + strconv.Itoa(line)
		}
		f.list = append(f.list, located{line, "", wfm.Problem{Where: where, Field: "configuration file", Reason: reason, Remedy: remedy}})
		return nil
	}
	if len(text) > maxFile {
		return fail(0, "is larger than 1 MiB", "check that this is a configuration file; put layouts and status maps into files of their own")
	}
	text = bytes.TrimPrefix(text, []byte("\uFEFF")) // the editor of old Windows servers cannot save without it
	if bytes.HasPrefix(text, []byte{0xff, 0xfe}) || bytes.HasPrefix(text, []byte{0xfe, 0xff}) {
		return fail(1, "is UTF-16", "save it as UTF-8")
	}
	for i, line := range bytes.Split(text, []byte("\n")) {
		switch indent := line[:len(line)-len(bytes.TrimLeft(line, " \t"))]; {
		case !utf8.Valid(line):
			return fail(i+1, "is not UTF-8", "save it as UTF-8")
		case bytes.IndexByte(line, 0) >= 0:
			return fail(i+1, "holds a NUL character", "check that this is a text file in UTF-8")
		case bytes.IndexByte(indent, '\t') >= 0 && len(bytes.TrimSpace(line)) > 0:
			return fail(i+1, "is indented with a tab", "use blanks")
		}
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	var doc, second yaml.Node
	err := dec.Decode(&doc)
	switch {
	case errors.Is(err, io.EOF) || err == nil && (len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null"):
		return fail(0, "is empty", "begin with version: 1, or let the program write one")
	case err != nil:
		line, reason, remedy := syntax(err, text)
		return fail(line, reason, remedy)
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		return fail(second.Line, "holds a second document", "keep everything in one, without lines of ---")
	}
	root := doc.Content[0]
	if !f.plain(root, 0) {
		return nil
	}
	return root
}

var (
	lineOf   = regexp.MustCompile(`line ([0-9]+): `)
	anchorOf = regexp.MustCompile(`unknown anchor '(.*)' referenced`)
	foreign  = regexp.MustCompile(`'[^']*'|"[^"]*"|` + "`[^`]*`")
)

// syntax is what the YAML module says, without what it quotes: that may be a password.
func syntax(err error, file []byte) (line int, reason, remedy string) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if m := lineOf.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = strings.Replace(text, m[0], "", 1)
	}
	if m := anchorOf.FindStringSubmatch(text); m != nil {
		before, _, _ := bytes.Cut(file, []byte("*"+m[1]))
		line = bytes.Count(before, []byte("\n")) + 1
		text = "an alias (*) without an anchor"
	}
	remedy = "correct the text; put values with special characters in single quotes"
	if strings.Contains(text, "escape character") {
		remedy = `write Windows paths in single quotes, such as 'C:\wfm\out'`
	}
	return line, "is not YAML: " + foreign.ReplaceAllString(wfm.OneLine(text), "…"), remedy
}

// plain refuses what a configuration has no use for: anchors and aliases, which can unfold a small file into a large one, tags
// of one's own, and nesting without end.
func (f *findings) plain(n *yaml.Node, depth int) bool {
	what, remedy := "", ""
	switch {
	case n.Kind == yaml.AliasNode:
		what, remedy = "an alias (*)", "write the value out, in single quotes where it begins with *"
	case n.Anchor != "":
		what, remedy = "an anchor (&)", "remove it; put values that begin with & in single quotes"
	case n.Style&yaml.TaggedStyle != 0:
		what, remedy = "a tag (!)", "remove it; put values that begin with ! in single quotes"
	case depth > maxDepth:
		what, remedy = "more than 20 groups inside each other", "see the example for the form of the file"
	default:
		ok := true
		for _, c := range n.Content {
			if !f.plain(c, depth+1) {
				ok = false
				if depth >= maxDepth {
					break
				}
			}
		}
		return ok
	}
	f.list = append(f.list, located{n.Line, "", wfm.Problem{Where: f.name + ":" + strconv.Itoa(n.Line), Field: "configuration file",
		Reason: "holds " + what, Remedy: remedy}})
	return false
}
