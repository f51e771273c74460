package cicsql

import (
	"strings"
	"unicode"
)

// names limits a query to some names, compared without case. A nil *names lets all through.
type names struct {
	list []string
	set  map[string]struct{}
	// inSQL says that the list fits a statement, and that the database compares as we do.
	inSQL bool
}

func newNames[T ~string](d Dialect, list []T) *names {
	n := &names{set: make(map[string]struct{}, len(list))}
	ascii := true
	for _, name := range list {
		key := foldName(string(name))
		if _, ok := n.set[key]; !ok {
			n.set[key] = struct{}{}
			n.list = append(n.list, string(name))
			ascii = ascii && isASCII(string(name))
		}
	}
	n.inSQL = len(n.list) <= d.maxIn() && (ascii || d.foldsUnicode())
	return n
}

func (n *names) has(name string) bool {
	if n == nil {
		return true
	}
	_, ok := n.set[foldName(name)]
	return ok
}

// none tells whether no name can pass.
func (n *names) none() bool { return n != nil && len(n.list) == 0 }

// where adds the condition to a statement, if it can stand there; else the reader filters.
func (n *names) where(s *statement, column string) {
	switch {
	case n.none():
		s.add(" AND 1 = 0")
	case n != nil && n.inSQL:
		s.add(" AND ", s.in(column, n.list))
	}
}

func foldName(s string) string { return strings.ToLower(s) }

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII })
}

// interned is a name of the database, decided upon once.
type interned struct {
	name  string
	keep  bool
	index int // of the wanted medium; wholeMedia for '*'
}

const wholeMedia, noMedia = -1, -2

// interner lets rows share their strings, so that a name costs one allocation however many rows it
// has. It forgets all of them when it has grown too large.
type interner struct {
	entries map[string]*interned
	decide  func(*interned)
	last    *interned
}

const maxInterned = 1 << 16

func newInterner(decide func(*interned)) *interner {
	return &interner{entries: make(map[string]*interned), decide: decide}
}

// get finds the entry of a cell; nil where the cell is no text.
func (in *interner) get(cell any) *interned {
	switch c := cell.(type) {
	case string:
		if in.last != nil && in.last.name == c {
			return in.last
		}
		if e, ok := in.entries[c]; ok {
			in.last = e
			return e
		}
		return in.add(strings.Clone(c))
	case []byte:
		if e, ok := in.entries[string(c)]; ok {
			return e
		}
		return in.add(string(c))
	case nil:
		if e, ok := in.entries[""]; ok {
			return e
		}
		return in.add("")
	}
	return nil
}

func (in *interner) add(name string) *interned {
	if len(in.entries) >= maxInterned {
		clear(in.entries)
	}
	e := &interned{name: name, keep: true}
	in.decide(e)
	in.entries[name] = e
	in.last = e
	return e
}
