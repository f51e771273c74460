package config

import (
	"encoding/json"
	"reflect"
	"strconv"
)

// Schema returns a JSON schema (draft 2020-12) of configuration files, for editors that complete and check YAML. It is made from the description
// that the reader follows. What hangs together with other parts of the file, or with the vendors, only [Parse] and [Registries.Check] tell.
func Schema() []byte {
	s := &schema{defs: map[string]part{}}
	root := s.structure(reflect.TypeFor[Config]())
	root["$schema"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", "Configuration of a CIC WFM integration", s.defs
	b, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(err) // maps, slices and texts only
	}
	return append(b, '\n')
}

type part = map[string]any

// schema walks the types of the model.
type schema struct{ defs map[string]part }

// structure describes the keys of a struct.
func (s *schema) structure(t reflect.Type) part {
	properties, required := part{}, []string{}
	keys := keysOf(t)
	for _, k := range keys {
		p := s.of(k.typ)
		if ref, ok := p["$ref"]; ok {
			p = part{"$ref": ref}
		}
		p["description"] = k.fullDoc()
		if len(k.choices) > 0 {
			p["enum"] = choices(k.choices)
		}
		if k.typ.Kind() == reflect.Int || k.typ == reflect.TypeFor[*int]() {
			bound(p, "minimum", k.min)
			bound(p, "maximum", k.max)
		}
		properties[k.name] = p
		if k.needed("") {
			required = append(required, k.name)
		}
	}
	out := part{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	var rules []any
	for _, kind := range kindsOf(keys) {
		rules = append(rules, kindRule(keys, kind))
	}
	if rules != nil {
		out["allOf"] = rules
	}
	return out
}

// kindRule says which keys a kind has not and which it needs.
func kindRule(keys []key, kind string) part {
	without, need := part{}, []string{}
	for _, k := range keys {
		if !k.appliesTo(kind) {
			without[k.name] = false
		} else if k.needed(kind) && !k.needed("") {
			need = append(need, k.name)
		}
	}
	then := part{"properties": without}
	if len(need) > 0 {
		then["required"] = need
	}
	return part{"if": part{"properties": part{"kind": part{"const": kind}}, "required": []string{"kind"}}, "then": then}
}

// choices are the words of a key; those that YAML may read as truth values stand there as such too.
func choices(words []string) []any {
	var list []any
	for _, w := range words {
		list = append(list, w)
		if b, err := strconv.ParseBool(w); err == nil && (w == "true" || w == "false") {
			list = append(list, b)
		}
	}
	return list
}

func bound(p part, name, value string) {
	if n, err := strconv.Atoi(value); err == nil {
		p[name] = n
	}
}

func scalarPart() part { return part{"type": []string{"string", "number", "boolean"}} }

// of describes the values of a type.
func (s *schema) of(t reflect.Type) part {
	switch t {
	case reflect.TypeFor[Duration]():
		return part{"type": "string", "pattern": `^([0-9]+d)?([0-9.]+(h|m|s|ms|us|µs|ns))*$`}
	case reflect.TypeFor[Secret]():
		return s.define("secret", func() part {
			return part{"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": s.structure(t)["properties"]}
		})
	case reflect.TypeFor[Workgroups]():
		return part{"anyOf": []any{part{"const": "all"}, part{"type": "array", "items": scalarPart()}}}
	case reflect.TypeFor[Code]():
		return s.define("code", func() part {
			return part{"anyOf": []any{scalarPart(), part{"type": "object", "additionalProperties": false, "required": []string{"code"},
				"properties": part{"code": scalarPart(), "reason": scalarPart()}}}}
		})
	case reflect.TypeFor[StatusMapRef]():
		return part{"anyOf": []any{part{"type": "string"}, s.of(reflect.TypeFor[StatusMap]())}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Slice:
		return part{"type": "array", "items": s.of(t.Elem())}
	case reflect.Map:
		return part{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Struct:
		return s.define(t.Name(), func() part { return s.structure(t) })
	case reflect.Bool:
		return part{"type": "boolean"}
	case reflect.Int:
		return part{"type": "integer"}
	}
	return scalarPart()
}

// define describes a type once.
func (s *schema) define(name string, describe func() part) part {
	if _, ok := s.defs[name]; !ok {
		s.defs[name] = part{} // in work
		s.defs[name] = describe()
	}
	return part{"$ref": "#/$defs/" + name}
}
