package layout_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// schemaWalk visits every place of the schema that the reader of layouts knows by a path, and compares both: the keys of
// each group and the choices of each word. The reader names what it knows when it meets something else.
type schemaWalk struct {
	t      *testing.T
	root   map[string]any
	module string
	keys   int // groups compared
	words  int // choices compared
}

// A path leads to a value: texts are keys, an int is the entry of a list.
func (w *schemaWalk) visit(s map[string]any, path []any) {
	if ref, ok := s["$ref"].(string); ok {
		w.visit(w.root["$defs"].(map[string]any)[filepath.Base(ref)].(map[string]any), path)
	}
	if several, ok := s["anyOf"].([]any); ok {
		for _, one := range several {
			w.visit(one.(map[string]any), path)
		}
	}
	if properties, ok := s["properties"].(map[string]any); ok {
		w.compareKeys(slices.Sorted(maps.Keys(properties)), path)
		for key, part := range properties {
			w.visit(part.(map[string]any), append(slices.Clone(path), key))
		}
	}
	if items, ok := s["items"].(map[string]any); ok {
		w.visit(items, append(slices.Clone(path), 0))
	}
	if free, ok := s["additionalProperties"].(map[string]any); ok {
		w.visit(free, append(slices.Clone(path), "available"))
	}
	if enum, ok := s["enum"].([]any); ok {
		w.compareWords(enum, path)
	}
}

// problems are those of a layout that has nothing but a value at a path.
func (w *schemaWalk) problems(path []any, value any) []wfm.Problem {
	for i := len(path) - 1; i >= 0; i-- {
		if key, ok := path[i].(string); ok {
			value = map[string]any{key: value}
		} else {
			value = []any{value}
		}
	}
	doc := value.(map[string]any)
	if _, ok := doc["module"]; !ok && w.module == "rta" {
		doc["module"] = w.module
	}
	data, err := yaml.Marshal(doc)
	require.NoError(w.t, err)
	_, err = layout.Parse(vendors.File{Name: "x", Data: data})
	var list []wfm.Problem
	var walk func(error)
	walk = func(err error) {
		if many, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range many.Unwrap() {
				walk(e)
			}
		}
		if p := (wfm.Problem{}); errors.As(err, &p) && errors.Unwrap(err) == nil {
			list = append(list, p)
		}
	}
	walk(err)
	return list
}

func (w *schemaWalk) compareKeys(keys []string, path []any) {
	for _, p := range w.problems(append(slices.Clone(path), "zzz"), "1") {
		if strings.HasSuffix(p.Field, ".zzz") && p.Reason == "is not a known key" {
			require.Equal(w.t, "use one of "+strings.Join(keys, ", "), p.Remedy, "keys at %v", path)
			w.keys++
			return
		}
	}
	w.t.Errorf("the reader knows no group of keys at %v", path)
}

func (w *schemaWalk) compareWords(enum []any, path []any) {
	found := false
	for _, p := range w.problems(path, "zzz?") {
		if p.Value != "zzz?" {
			continue
		}
		found = true
		if p.Reason == "is not a known choice" {
			var words []string
			for _, e := range enum {
				words = append(words, fmt.Sprint(e))
			}
			require.ElementsMatch(w.t, words, strings.Split(strings.TrimPrefix(p.Remedy, "use one of "), ", "), "words at %v", path)
			w.words++
		}
	}
	if slices.Equal(path, []any{"sections", 0, "defaults", "decimal-mark"}) {
		return // told for the columns that take it over
	}
	require.True(w.t, found, "the reader takes every word at %v", path)
}

func readSchema(t testing.TB) map[string]any {
	t.Helper()
	var root map[string]any
	require.NoError(t, json.Unmarshal(layout.Schema(), &root))
	return root
}

func TestSchemaHasTheKeysOfTheReader(t *testing.T) {
	root := readSchema(t)
	for module, counts := range map[string][2]int{"historical": {10, 20}, "rta": {14, 25}} {
		w := &schemaWalk{t: t, root: root, module: module}
		w.visit(root["$defs"].(map[string]any)[module].(map[string]any), nil)
		require.Greater(t, w.keys, counts[0], module)
		require.Greater(t, w.words, counts[1], module)
	}
}

// TestSchemaTakesEveryLayout holds all layouts of the repository against the schema, and broken ones.
func TestSchemaTakesEveryLayout(t *testing.T) {
	root := readSchema(t)
	var files []string
	for _, pattern := range []string{"../*/layouts/*.yaml", "testdata/cases/*/layouts/*.yaml", "testdata/compare/*/layout.yaml"} {
		list, err := filepath.Glob(pattern)
		require.NoError(t, err)
		files = append(files, list...)
	}
	require.Greater(t, len(files), 10)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		if _, err := layout.Parse(vendors.File{Name: file, Data: data}); err != nil {
			continue // of a case that is about the message
		}
		require.Empty(t, checkSchema(root, root, fromYAML(t, data), "$"), file)
	}
	good := "{layout: a, version: 1, file: {name: a}, rows: {kind: fixed}, sections: []}"
	require.Empty(t, checkSchema(root, root, fromYAML(t, []byte(good)), "$"))
	for _, bad := range []string{strings.Replace(good, "fixed", "fluid", 1), strings.Replace(good, "name", "nmae", 1), strings.Replace(good, "[]", "x", 1),
		strings.Replace(good, "layout: a", "layout: A", 1), strings.Replace(good, ", sections: []", "", 1)} {
		require.NotEmpty(t, checkSchema(root, root, fromYAML(t, []byte(bad)), "$"), bad)
	}
}

func fromYAML(t testing.TB, data []byte) any {
	t.Helper()
	var v any
	require.NoError(t, yaml.Unmarshal(data, &v))
	b, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &v))
	return v
}

// checkSchema knows the words of JSON Schema that the schema uses.
func checkSchema(root, s map[string]any, v any, at string) (problems []string) {
	say := func(format string, args ...any) { problems = append(problems, at+": "+fmt.Sprintf(format, args...)) }
	for word, with := range s {
		switch word {
		case "$ref":
			problems = append(problems, checkSchema(root, root["$defs"].(map[string]any)[filepath.Base(with.(string))].(map[string]any), v, at)...)
		case "anyOf":
			fits := slices.ContainsFunc(with.([]any), func(one any) bool { return len(checkSchema(root, one.(map[string]any), v, at)) == 0 })
			if !fits {
				say("%v fits none", v)
			}
		case "enum":
			if !slices.Contains(with.([]any), v) {
				say("%v is not one of %v", v, with)
			}
		case "const":
			if v != with {
				say("is not %v", with)
			}
		case "type":
			if !slices.Contains(strings.Fields(strings.Trim(fmt.Sprint(with), "[]")), typeOf(v)) && !(with == "integer" && typeOf(v) == "number") {
				say("%v is not of type %v", v, with)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(with.(string)).MatchString(text) {
				say("%q does not match %v", text, with)
			}
		case "minimum", "maximum":
			if n, ok := v.(float64); ok && (word == "minimum" && n < with.(float64) || word == "maximum" && n > with.(float64)) {
				say("%v is out of range", n)
			}
		case "required":
			for _, key := range with.([]any) {
				if o, ok := v.(map[string]any); ok && o[key.(string)] == nil {
					say("%v is missing", key)
				}
			}
		case "items":
			list, _ := v.([]any)
			for i, item := range list {
				problems = append(problems, checkSchema(root, with.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "properties", "additionalProperties":
			o, _ := v.(map[string]any)
			properties, _ := s["properties"].(map[string]any)
			for key, value := range o {
				switch part, known := properties[key].(map[string]any); {
				case known && word == "properties":
					problems = append(problems, checkSchema(root, part, value, at+"."+key)...)
				case !known && word == "additionalProperties" && with == false:
					say("%s is not known", key)
				case !known && word == "additionalProperties":
					problems = append(problems, checkSchema(root, with.(map[string]any), value, at+"."+key)...)
				}
			}
		case "if":
			branch := "else"
			if len(checkSchema(root, with.(map[string]any), v, at)) == 0 {
				branch = "then"
			}
			problems = append(problems, checkSchema(root, s[branch].(map[string]any), v, at)...)
		case "$schema", "$defs", "title", "description", "then", "else":
		default:
			say("the schema uses %s, which this test does not know", word)
		}
	}
	return problems
}

func typeOf(v any) string {
	switch v.(type) {
	case string:
		return "string"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case nil:
		return "null"
	case []any:
		return "array"
	}
	return "object"
}
