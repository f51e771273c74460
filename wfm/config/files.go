package config

import (
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// Files lists the configuration file and the files and folders that [Registries.Build] reads what counts from: layouts, status maps,
// secrets, keys and certificates, by whole paths. A program that watches them knows when to build anew. What was made in Go has no file of its own.
func (c *Config) Files() []string {
	w := &fileWalk{findings: &findings{source: &c.source}}
	if c.source.name != "" {
		w.add(Path(filepath.Base(c.source.name)))
	}
	rest := *c
	rest.Service = Service{} // the log is written, not read
	w.walk("", reflect.ValueOf(rest))
	slices.Sort(w.list)
	return slices.Compact(w.list)
}

type fileWalk struct {
	*findings
	list []string
}

func (w *fileWalk) add(p Path) {
	if whole := w.whole("", p); whole != "" {
		w.list = append(w.list, whole)
	}
}

// walk finds paths. A key path is a database or a folder of files that are sent: nothing that changes how to work.
func (w *fileWalk) walk(key string, v reflect.Value) {
	if p, is := v.Interface().(Path); is {
		if key != "path" {
			w.add(p)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			w.walk(key, v.Elem())
		}
	case reflect.Slice:
		for i := range v.Len() {
			w.walk(key, v.Index(i))
		}
	case reflect.Struct:
		if !strings.HasPrefix(v.Type().PkgPath(), reflect.TypeFor[Config]().PkgPath()) {
			return
		}
		if ref, is := v.Interface().(StatusMapRef); is { // stands for one of two things, and has no keys
			w.walk(key, reflect.ValueOf(ref.Map))
			return
		}
		for _, k := range keysOf(v.Type()) {
			w.walk(k.name, v.FieldByIndex(k.index))
		}
	}
}

// Whole makes a path of the configuration whole, as [Registries.Build] does; one that this machine cannot have is empty.
func (c *Config) Whole(p Path) string { return (&findings{source: &c.source}).whole("", p) }

// Filled returns the service with its defaults filled in, that of the log too.
func (s Service) Filled() Service {
	s = filled(s)
	s.Log = filled(s.Log)
	return s
}
