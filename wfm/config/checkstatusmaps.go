package config

import (
	"fmt"
	"reflect"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// statusMap returns the map of a real-time feed, read from its file where it has one, and where it stands.
func (k *checker) statusMap(i int) (m *StatusMap, at string) {
	ref := k.c.RealTime[i].StatusMap
	if ref == nil {
		return nil, ""
	}
	m, at = ref.Map, fmt.Sprintf("real-time[%d].status-map", i)
	for n := range k.c.StatusMaps {
		if m == nil && k.c.StatusMaps[n].Name == ref.Name {
			m, at = &k.c.StatusMaps[n], fmt.Sprintf("status-maps[%d]", n)
		}
	}
	if m == nil || m.File == "" {
		return m, at
	}
	whole := k.whole(at+".file", m.File)
	if whole == "" {
		return nil, at
	}
	text := k.read(at+".file", whole)
	if text == nil {
		return nil, at
	}
	read, err := parseStatusMap(string(m.File), text)
	if err != nil {
		k.adopt(at+".file", err)
		return nil, at
	}
	return read, at
}

// parseStatusMap reads a file that holds one status map.
func parseStatusMap(name string, text []byte) (*StatusMap, error) {
	f := &findings{source: &source{name: name, lines: map[string]int{}}}
	root := f.tree(text)
	m := &StatusMap{}
	if root != nil {
		r := &reader{f}
		r.value(root, reflect.ValueOf(m).Elem(), "", nil)
		f.rules(reflect.ValueOf(m), "")
		f.statusMap("", m)
		if m.File != "" {
			f.bad("file", string(m.File), "stands in a status map that is a file", "write the codes here")
		}
	}
	return m, sorted(f.list)
}

func (m *StatusMap) compile() vendors.StatusMap {
	s := vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{}, ByGroup: map[wfm.StatusGroup]vendors.Code{},
		ByActivity: map[wfm.AgentActivity]vendors.Code{}, Unmapped: vendors.UnmappedRule(m.Unmapped), Default: vendors.Code(m.Default)}
	for key, code := range m.Statuses {
		s.ByStatus[wfm.StatusKey(key)] = vendors.Code(code)
	}
	for group, code := range m.Groups {
		s.ByGroup[wfm.StatusGroup(group)] = vendors.Code(code)
	}
	for name, code := range m.Activities {
		if a, ok := wfm.ParseAgentActivity(name); ok && a != wfm.AgentUnknown {
			s.ByActivity[a] = vendors.Code(code)
		}
	}
	return s
}
