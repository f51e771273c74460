package layout

import (
	"errors"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// Layout is a checked layout file. It is immutable and safe for concurrent use.
type Layout struct {
	file     string
	node     *yaml.Node
	module   string
	spec     spec
	settings []Setting
}

// Parse reads and checks a layout file. The error joins every problem, each a [wfm.Problem] with
// file, line, field and remedy. The check fills settings with their defaults or examples.
func Parse(file vendors.File) (*Layout, error) {
	node, err := parseYAML(file.Name, file.Data)
	if err != nil {
		return nil, err
	}
	l := &Layout{file: file.Name, node: node}
	r := &reader{file: file.Name}
	l.module = moduleHistorical
	for i := 0; node.Kind == yaml.MappingNode && i+1 < len(node.Content); i += 2 {
		switch node.Content[i].Value {
		case "settings":
			l.settings = r.readSettings(node.Content[i+1])
		case "module":
			oneOf(r, &l.module, "module", moduleHistorical, moduleRealTime)(node.Content[i+1])
		}
	}
	if len(r.problems) > 0 {
		return nil, errors.Join(r.problems...)
	}
	if l.module == moduleRealTime {
		l.spec, _, err = l.bindRealTime(trialValues(l.settings), nil)
	} else {
		l.spec, _, err = l.bind(trialValues(l.settings), vendors.Settings{})
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}

// bind reads the layout with the given values of its settings and compiles it.
func (l *Layout) bind(values map[string]string, s vendors.Settings) (spec, *Codec, error) {
	c := &compiler{reader: &reader{file: l.file, values: values}, settings: l.settings, loc: s.Location}
	if c.loc == nil {
		c.loc = time.UTC
	}
	if s.Media != wfm.AllMedia {
		c.media = []wfm.MediaType{s.Media}
	}
	spec := c.readSpec(l.node)
	if len(spec.sections) == 0 && len(c.problems) > 0 {
		return spec, nil, errors.Join(c.problems...)
	}
	c.spec = &spec // compiled even after problems, to tell all of them
	k := c.compile(l, s)
	return spec, k, errors.Join(c.problems...)
}

// Bind makes the codec of a feed. The values of the settings may hold those of other layouts.
// A layout that is about another medium than the feed gives a codec without sections, which
// writes nothing.
func (l *Layout) Bind(s vendors.Settings) (*Codec, error) {
	if l.module != moduleHistorical {
		return nil, wfm.Problem{Where: l.file, Field: "module", Value: l.module, Reason: "is not that of files",
			Remedy: "use the layout in a real-time feed"}
	}
	values, problems := settingValues(l.file, l.settings, s.Values)
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	_, k, err := l.bind(values, s)
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Name returns the layout's name, which is the kind of its artifacts.
func (l *Layout) Name() string { return l.spec.name }

// Module returns what the layout describes: "historical" for files, "rta" for frames.
func (l *Layout) Module() string { return l.module }

// Default tells whether a feed that names no preset uses the layout.
func (l *Layout) Default() bool { return l.spec.standard }

// Settings returns the settings that the layout leaves to the site.
func (l *Layout) Settings() []Setting { return append([]Setting(nil), l.settings...) }

// Preset describes the layout as one that an adapter ships.
func (l *Layout) Preset() vendors.Preset {
	return vendors.Preset{Name: l.spec.name, Title: l.spec.title, Module: l.module, Default: l.spec.standard, Evidence: l.spec.evidence,
		Sources: l.spec.sources, SiteDefined: l.spec.siteDefined}
}
