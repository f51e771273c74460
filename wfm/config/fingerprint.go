package config

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
)

// fingerprints makes those of all parts.
func (b *builder) fingerprints() {
	if p := b.options.Previous; p != nil {
		b.built.key = p.key
	} else {
		b.built.key = make([]byte, sha256.Size)
		_, _ = rand.Read(b.built.key) // never fails
	}
	c := b.c
	b.built.Shared = b.print(func(w *printer) {
		w.part("instance", reflect.ValueOf(c.Instance))
		w.part("ledger", reflect.ValueOf(c.Ledger))
		w.part("licences", reflect.ValueOf(c.Licences))
	})
	b.built.fixed = map[string]string{}
	own := Config{Ledger: c.Ledger}
	if own.Ledger != nil { // how long entries are kept may change at any time
		l := *own.Ledger
		l.Retention = 0
		own.Ledger = &l
	}
	log := filled(c.Service.Log)
	log.Level = ""
	for at, v := range map[string]any{"instance": c.Instance, "ledger": own.Ledger, "service.listen": filled(c.Service).Listen, "service.log": log} {
		b.built.fixed[at] = b.print(func(w *printer) { w.part(at, reflect.ValueOf(v)) })
	}
	server := func(w *printer, s *Server) { w.part(b.serverPath(s), reflect.ValueOf(s)) }
	for i := range c.Servers {
		b.built.Servers[c.Servers[i].Name] = b.print(func(w *printer) { server(w, &c.Servers[i]) })
	}
	for i := range c.Historical {
		h := &c.Historical[i]
		b.built.Feeds[h.Name] = b.print(func(w *printer) {
			own := *h
			own.Layouts = nil // their contents count, not their names
			w.part(fmt.Sprintf("historical[%d]", i), reflect.ValueOf(own))
			for _, s := range c.serversOf(h.Servers, hasDatabase) {
				server(w, s)
			}
			b.printNamed(w, h.Vendor, h.Layouts, h.Destinations)
		})
	}
	for i := range c.RealTime {
		r := &c.RealTime[i]
		b.built.Feeds[r.Name] = b.print(func(w *printer) {
			own := *r
			own.Layout, own.StatusMap = "", nil
			w.part(fmt.Sprintf("real-time[%d]", i), reflect.ValueOf(own))
			for _, s := range c.serversOf(r.Servers, hasICWS) {
				server(w, s)
			}
			b.printNamed(w, r.Vendor, []string{r.Layout}, []string{r.Destination})
			if b.maps[i] != nil {
				codes := *b.maps[i]
				codes.Name, codes.File = "", ""
				w.part("status-map", reflect.ValueOf(codes))
			}
		})
	}
}

// printNamed adds what a feed names.
func (b *builder) printNamed(w *printer, vendor string, layouts, destinations []string) {
	for i := range b.c.Vendors {
		if v := &b.c.Vendors[i]; v.Name == vendor {
			w.part(fmt.Sprintf("vendors[%d]", i), reflect.ValueOf(v))
		}
	}
	for _, name := range layouts {
		w.text(string(b.layouts[name].Data))
	}
	for _, name := range destinations {
		if d, at := b.destination(name); d != nil {
			w.part(at, reflect.ValueOf(d))
		}
	}
}

// print returns the fingerprint of what is written.
func (b *builder) print(write func(*printer)) string {
	mac := hmac.New(sha256.New, b.built.key)
	write(&printer{b, mac})
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// printer writes parts of a configuration in a form in which different ones are different.
type printer struct {
	b *builder
	w io.Writer
}

func (p *printer) text(s string) { fmt.Fprintf(p.w, "%d:%s;", len(s), s) }

// part writes the keys of a value with what they stand for: defaults are the same as nothing, paths bring the contents of
// the files that were read, secrets their values. The place of an entry in its list does not count.
func (p *printer) part(at string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			p.text("none")
			return
		}
		if _, small := v.Interface().(*Duration); small {
			p.text(fmt.Sprint(v.Elem().Interface()))
			return
		}
		p.part(at, v.Elem())
		return
	case reflect.Slice:
		p.text(fmt.Sprint("list of ", v.Len()))
		for i := range v.Len() {
			p.part(fmt.Sprintf("%s[%d]", at, i), v.Index(i))
		}
		return
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		p.text(fmt.Sprint("map of ", len(keys)))
		for _, k := range keys {
			p.text(k.String())
			p.part(at, v.MapIndex(k))
		}
		return
	}
	switch value := v.Interface().(type) {
	case Secret:
		p.text("secret " + p.b.secrets[at])
		return
	case Path:
		whole := (&findings{source: p.b.source}).whole(at, value)
		p.text(whole)
		for _, file := range slices.Sorted(slices.Values(kinds(p.b.files))) {
			if file == whole || strings.HasPrefix(file, whole+string(filepath.Separator)) && whole != "" {
				p.text(file)
				p.text(string(p.b.files[file]))
			}
		}
		return
	case Code, Workgroups:
		p.text(fmt.Sprintf("%+v", value))
		return
	}
	if v.Kind() != reflect.Struct {
		p.text(fmt.Sprint(v.Interface()))
		return
	}
	kind := kindOf(v)
	for _, k := range keysOf(v.Type()) {
		field := v.FieldByIndex(k.index)
		p.text(k.name)
		if field.IsZero() && k.standard != "" && k.appliesTo(kind) {
			p.text(k.standard)
			continue
		}
		p.part(join(at, k.name), field)
	}
}
