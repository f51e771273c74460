package main

import (
	"errors"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

// candidate is a layout that the sample is compared with.
type candidate struct {
	layout   *layout.Layout
	settings vendors.Settings
	encoder  vendors.Vendor
}

// candidates returns the layout that the command line names, or all presets of the product.
func (c *config) candidates(registry vendors.Registry) ([]candidate, error) {
	if c.layout != nil {
		l, err := layout.Parse(*c.layout)
		if err != nil {
			return nil, err
		}
		info := vendors.Info{Name: "site", Title: "layout file of the site"}
		var encoder vendors.Vendor
		if l.Module() == "rta" {
			encoder, err = layout.NewRealTime(info, c.realTime(""), l)
		} else {
			encoder, err = layout.NewHistorical(info, c.historical(""), l)
		}
		if err != nil {
			return nil, err
		}
		return []candidate{{layout: l, settings: c.historical(""), encoder: encoder}}, nil
	}
	entry, err := registry.Entry(c.vendor)
	if err != nil {
		return nil, err
	}
	var list []candidate
	var names []string
	var problems []error
	for _, preset := range entry.Info.Presets {
		names = append(names, preset.Name)
		if c.preset != "" && preset.Name != c.preset {
			continue
		}
		found, err := c.candidate(entry, preset)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		list = append(list, found)
	}
	if c.preset != "" && len(list)+len(problems) == 0 {
		return nil, wfm.Problem{Field: "-preset", Value: c.preset, Reason: "is no preset of " + c.vendor, Remedy: "use one of " + strings.Join(names, ", ")}
	}
	if len(list) > 0 { // a preset that wants other settings is not meant
		return list, nil
	}
	return nil, errors.Join(problems...)
}

func (c *config) candidate(entry vendors.Entry, preset vendors.Preset) (candidate, error) {
	found := candidate{settings: c.historical("")}
	if preset.Module == "rta" {
		encoder, err := entry.RealTime(c.realTime(preset.Name))
		if err != nil {
			return found, err
		}
		made, ok := vendors.Find[interface{ Layout() *layout.Layout }](encoder)
		if !ok {
			return found, noLayout(preset)
		}
		found.encoder, found.layout = encoder, made.Layout()
		return found, nil
	}
	encoder, err := entry.Historical(c.historical(preset.Name))
	if err != nil {
		return found, err
	}
	made, ok := vendors.Find[interface{ Codecs() []*layout.Codec }](encoder)
	if !ok || len(made.Codecs()) != 1 {
		return found, noLayout(preset)
	}
	found.encoder, found.layout = encoder, made.Codecs()[0].Layout()
	return found, nil
}

func noLayout(preset vendors.Preset) error {
	return wfm.Problem{Field: "-preset", Value: preset.Name, Reason: "is not made of a layout", Remedy: "use another preset"}
}

func (c *config) historical(preset string) vendors.Settings {
	s := vendors.Settings{Location: c.zone, Length: c.length, Media: c.media, Values: c.values}
	if preset != "" {
		s.Presets = []string{preset}
	}
	return s
}

// realTime has a code for every status, so that every record can be shown.
func (c *config) realTime(preset string) vendors.RTASettings {
	return vendors.RTASettings{Location: c.zone, Values: c.values, Preset: preset,
		Statuses: vendors.StatusMap{Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "1"}}}
}

// closest compares the sample with all candidates: one that fits, or else the one with most records that can be read, and
// of those the one with fewest
// findings; of equals the default preset.
func (c *config) closest(list []candidate) (best candidate, report layout.Report, err error) {
	for i, candidate := range list {
		r, err := layout.Compare(candidate.layout, candidate.settings, c.sample)
		if err != nil {
			return best, report, err
		}
		if i == 0 || closer(r, report) || !closer(report, r) && candidate.layout.Default() && !best.layout.Default() {
			best, report = candidate, r
		}
	}
	return best, report, nil
}

func closer(a, b layout.Report) bool {
	if a.Fits() != b.Fits() {
		return a.Fits()
	}
	share := func(r layout.Report) float64 { return float64(r.Fitting) / float64(max(r.Records, 1)) }
	if share(a) != share(b) {
		return share(a) > share(b)
	}
	weight := func(r layout.Report) int { return len(r.Findings) + r.More }
	return weight(a) < weight(b)
}
