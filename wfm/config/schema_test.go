package config_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/cicwfm/cicwfm/wfm/config"
)

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, got, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), string(got), "run the test with -update")
}

func TestSchemaGolden(t *testing.T) { golden(t, "testdata/schema.json", config.Schema()) }

func readSchema(t *testing.T) map[string]any {
	var s map[string]any
	require.NoError(t, json.Unmarshal(config.Schema(), &s))
	return s
}

func fromYAML(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	require.NoError(t, yaml.Unmarshal(text, &v))
	b, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &v))
	return v
}

// TestSchemaTakesWhatParseTakes, and refuses what only the schema's own means are needed to refuse.
func TestSchemaTakesWhatParseTakes(t *testing.T) {
	s := readSchema(t)
	good, err := filepath.Glob("testdata/cases/*/options.txt")
	require.NoError(t, err)
	require.NotEmpty(t, good)
	for _, file := range good {
		text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "config.yaml"))
		require.NoError(t, err)
		require.Empty(t, validate(s, s, fromYAML(t, text), ""), file)
	}
	require.Empty(t, validate(s, s, fromYAML(t, config.Example()), ""))
	for _, name := range []string{"unknown-keys", "wrong-types", "missing-keys", "version-of-the-future", "version-missing", "out-of-range", "choices",
		"kind-of-another", "secret-inline", "secret-two-places", "list-at-top", "ftp", "smb", "status-map-broken"} {
		text, err := os.ReadFile(filepath.Join("testdata/cases", name, "config.yaml"))
		require.NoError(t, err)
		require.NotEmpty(t, validate(s, s, fromYAML(t, text), ""), name)
	}
}

// validate knows as much of JSON schema as ours uses.
func validate(root, s map[string]any, v any, at string) (bad []string) {
	fail := func(format string, args ...any) { bad = append(bad, at+": "+fmt.Sprintf(format, args...)) }
	sub := func(part any, v any, at string) []string {
		switch p := part.(type) {
		case bool:
			if !p {
				return []string{at + ": not allowed"}
			}
			return nil
		case map[string]any:
			return validate(root, p, v, at)
		}
		panic(part)
	}
	for word, rule := range s {
		switch word {
		case "$ref":
			def := root["$defs"].(map[string]any)[strings.TrimPrefix(rule.(string), "#/$defs/")]
			bad = append(bad, validate(root, def.(map[string]any), v, at)...)
		case "type":
			if !slices.Contains(asList(rule), any(typeOf(v))) && !(typeOf(v) == "integer" && slices.Contains(asList(rule), any("number"))) {
				fail("is %s, not %v", typeOf(v), rule)
			}
		case "enum":
			if !slices.ContainsFunc(rule.([]any), func(o any) bool { return reflect.DeepEqual(o, v) || fmt.Sprint(o) == fmt.Sprint(v) }) {
				fail("%v is not of %v", v, rule)
			}
		case "const":
			if !reflect.DeepEqual(rule, v) {
				fail("is not %v", rule)
			}
		case "pattern":
			if text, ok := v.(string); ok && !regexp.MustCompile(rule.(string)).MatchString(text) {
				fail("%q does not match", text)
			}
		case "minimum":
			if n, ok := v.(float64); ok && n < rule.(float64) {
				fail("too small")
			}
		case "maximum":
			if n, ok := v.(float64); ok && n > rule.(float64) {
				fail("too large")
			}
		case "minProperties", "maxProperties":
			if m, ok := v.(map[string]any); ok && len(m) != 1 {
				fail("has %d keys", len(m))
			}
		case "items":
			list, _ := v.([]any)
			for i, one := range list {
				bad = append(bad, sub(rule, one, fmt.Sprintf("%s[%d]", at, i))...)
			}
		case "required":
			for _, k := range rule.([]any) {
				if m, ok := v.(map[string]any); ok && m[k.(string)] == nil {
					fail("%v is missing", k)
				}
			}
		case "properties":
			m, _ := v.(map[string]any)
			for k, one := range m {
				if p, ok := rule.(map[string]any)[k]; ok {
					bad = append(bad, sub(p, one, at+"."+k)...)
				}
			}
		case "additionalProperties":
			known, _ := s["properties"].(map[string]any)
			m, _ := v.(map[string]any)
			for k, one := range m {
				if _, ok := known[k]; !ok {
					bad = append(bad, sub(rule, one, at+"."+k)...)
				}
			}
		case "anyOf":
			if !slices.ContainsFunc(rule.([]any), func(one any) bool { return len(sub(one, v, at)) == 0 }) {
				fail("suits none")
			}
		case "allOf":
			for _, one := range rule.([]any) {
				bad = append(bad, sub(one, v, at)...)
			}
		case "if":
			if len(sub(rule, v, at)) == 0 {
				bad = append(bad, sub(s["then"], v, at)...)
			}
		case "then", "description", "title", "$schema", "$defs":
		default:
			panic("a word of JSON schema that the test does not know: " + word)
		}
	}
	return bad
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case float64:
		if v == float64(int64(v)) {
			return "integer"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}
