package layout

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// ParseFS reads all layout files (*.yaml) of a file system, in order of their paths. Adapters
// embed theirs.
func ParseFS(files fs.FS) ([]*Layout, error) {
	var list []*Layout
	var problems []error
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		l, err := Parse(vendors.File{Name: name, Data: data})
		if err != nil {
			problems = append(problems, err)
		} else {
			list = append(list, l)
		}
		return nil
	})
	return list, errors.Join(append(problems, err)...)
}

// NewEntry makes the registry entry of an adapter that is a set of layouts. The info's presets are
// filled from them.
func NewEntry(info vendors.Info, presets fs.FS) (vendors.Entry, error) {
	layouts, err := ParseFS(presets)
	if err != nil {
		return vendors.Entry{}, err
	}
	for _, l := range layouts {
		info.Presets = append(info.Presets, l.Preset())
	}
	return vendors.Entry{Info: info, Historical: func(s vendors.Settings) (vendors.HistoricalEncoder, error) {
		chosen, err := Choose(s, layouts)
		if err != nil {
			return nil, err
		}
		h, err := NewHistorical(info, s, chosen...)
		if err != nil {
			return nil, err // a nil *Historical must not become a non-nil interface
		}
		return h, nil
	}}, nil
}

// Choose returns the layouts that a feed uses: its own files, else the presets that it names, else
// the default ones.
func Choose(s vendors.Settings, presets []*Layout) ([]*Layout, error) {
	var list []*Layout
	var problems []error
	if len(s.Layouts) > 0 && len(s.Presets) > 0 {
		return nil, wfm.Problem{Field: "presets", Value: strings.Join(s.Presets, ", "), Reason: "stand beside layout files of the site",
			Remedy: "give either presets or layout files; a copy of a preset can be a layout file"}
	}
	for _, f := range s.Layouts {
		l, err := Parse(f)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		list = append(list, l)
	}
	var names []string
	for _, l := range presets {
		names = append(names, l.Name())
		if len(s.Layouts) == 0 && len(s.Presets) == 0 && l.Default() {
			list = append(list, l)
		}
	}
	for _, name := range s.Presets {
		i := slices.Index(names, name)
		if i < 0 {
			problems = append(problems, wfm.Problem{Field: "presets", Value: name, Reason: "is not a preset of this adapter",
				Remedy: "use one of " + strings.Join(names, ", ")})
			continue
		}
		list = append(list, presets[i])
	}
	return list, errors.Join(problems...)
}
