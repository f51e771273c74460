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
// filled from them. A module without a preset is nil.
func NewEntry(info vendors.Info, presets fs.FS) (vendors.Entry, error) {
	layouts, err := ParseFS(presets)
	if err != nil {
		return vendors.Entry{}, err
	}
	byModule := map[string][]*Layout{}
	for _, l := range layouts {
		info.Presets = append(info.Presets, l.Preset())
		byModule[l.module] = append(byModule[l.module], l)
	}
	if err := checkPresets(layouts); err != nil {
		return vendors.Entry{}, err
	}
	e := vendors.Entry{Info: info}
	if presets := byModule[moduleHistorical]; len(presets) > 0 {
		e.Historical = func(s vendors.Settings) (vendors.HistoricalEncoder, error) {
			chosen, err := Choose(s, presets)
			if err != nil {
				return nil, err
			}
			h, err := NewHistorical(info, s, chosen...)
			if err != nil {
				return nil, err // a nil *Historical must not become a non-nil interface
			}
			return h, nil
		}
	}
	if presets := byModule[moduleRealTime]; len(presets) > 0 {
		e.RealTime = func(s vendors.RTASettings) (vendors.RTAEncoder, error) {
			chosen, err := ChooseRealTime(s, presets)
			if err != nil {
				return nil, err
			}
			rt, err := NewRealTime(info, s, chosen)
			if err != nil {
				return nil, err
			}
			return rt, nil
		}
	}
	return e, nil
}

// checkPresets finds names that two presets share, and a second default of real-time feeds, which use one layout.
func checkPresets(layouts []*Layout) error {
	var problems []error
	names, standard := map[string]bool{}, ""
	for _, l := range layouts {
		if names[l.Name()] {
			problems = append(problems, wfm.Problem{Where: l.file, Field: "layout", Value: l.Name(), Reason: "is the name of another preset too",
				Remedy: "give each preset a name of its own"})
		}
		names[l.Name()] = true
		if l.module != moduleRealTime || !l.Default() {
			continue
		}
		if standard != "" {
			problems = append(problems, wfm.Problem{Where: l.file, Field: "default", Value: "true", Reason: "is that of preset " + standard + " too",
				Remedy: "let one real-time preset be the default"})
		}
		standard = l.Name()
	}
	return errors.Join(problems...)
}

// ChooseRealTime returns the layout that a real-time feed uses: its own file, else the preset that it names, else the
// default one.
func ChooseRealTime(s vendors.RTASettings, presets []*Layout) (*Layout, error) {
	if s.Layout != nil {
		if s.Preset != "" {
			return nil, wfm.Problem{Field: "preset", Value: s.Preset, Reason: "stands beside a layout file of the site",
				Remedy: "give either a preset or a layout file; a copy of a preset can be a layout file"}
		}
		return Parse(*s.Layout)
	}
	var names []string
	for _, l := range presets {
		names = append(names, l.Name())
		if l.Name() == s.Preset || s.Preset == "" && l.Default() {
			return l, nil
		}
	}
	reason := "is not a real-time preset of this adapter"
	if s.Preset == "" {
		reason = "is missing, and no preset is the default"
	}
	return nil, wfm.Problem{Field: "preset", Value: s.Preset, Reason: reason, Remedy: "use one of " + strings.Join(names, ", ")}
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
