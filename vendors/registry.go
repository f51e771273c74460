package vendors

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Settings are what a feed tells an adapter. They come from a site's configuration: an adapter that has no use for one that is
// set refuses it, so that none is silently without effect. The zero value is a feed of quarter hours in UTC.
type Settings struct {
	// Location is the time zone of the times in the files; nil means UTC.
	Location *time.Location
	// Length is the length of the feed's intervals, that of its Grid in package integration. The zero value is wfm.Quarter, 15 minutes.
	Length wfm.Length
	// Media limits layouts that are about one medium to that medium, and gives a medium to
	// layouts that leave it to the feed. AllMedia leaves everything as the layouts say.
	Media wfm.MediaType
	// Presets chooses among the adapter's layouts by name; empty means its default ones.
	Presets []string
	// Layouts are a site's own layout files, used instead of the presets.
	Layouts []File
	// Values fill the settings that a layout leaves to the site, such as a switch number.
	Values map[string]string
	// RepeatedHour overrides the layouts' policy for the repeated hour; empty leaves it.
	RepeatedHour RepeatPolicy
}

// File is a named text, such as a layout file. The name is for messages.
type File struct {
	Name string
	Data []byte
}

// Entry is one adapter in a registry.
type Entry struct {
	Info Info
	// Historical makes an encoder; nil where the product has no historical module. The error joins
	// every problem of the settings.
	Historical func(Settings) (HistoricalEncoder, error)
	// RealTime makes an encoder; nil where the product has no real-time module. The error joins every
	// problem of the settings.
	RealTime func(RTASettings) (RTAEncoder, error)
}

// Registry finds adapters by name. It is a value: there is no global one.
type Registry struct{ entries map[string]Entry }

// NewRegistry makes a registry. Two entries of one name are an error, and so is a name with an upper-case letter, which Entry would
// not find. What is wrong is left out.
func NewRegistry(entries ...Entry) (Registry, error) { return Registry{}.With(entries...) }

// With returns a registry with these entries as well, under the rules of NewRegistry: adapters of one's own beside those of
// vendors/all. r stays as it is.
func (r Registry) With(entries ...Entry) (Registry, error) {
	r.entries = maps.Clone(r.entries)
	if r.entries == nil {
		r.entries = map[string]Entry{}
	}
	var problems []error
	for _, e := range entries {
		if e.Info.Name != strings.ToLower(e.Info.Name) {
			problems = append(problems, wfm.Problem{Field: "vendor", Value: e.Info.Name, Reason: "has an upper-case letter, and is looked for without",
				Remedy: "use " + strings.ToLower(e.Info.Name)})
			continue
		}
		if _, taken := r.entries[e.Info.Name]; taken || e.Info.Name == "" {
			problems = append(problems, wfm.Problem{Field: "vendor", Value: e.Info.Name,
				Reason: "is empty or registered twice", Remedy: "give each adapter a name of its own"})
			continue
		}
		r.entries[e.Info.Name] = e
	}
	return r, errors.Join(problems...)
}

// Names returns the names of all adapters, sorted.
func (r Registry) Names() []string { return slices.Sorted(maps.Keys(r.entries)) }

// HistoricalNames returns the names of the adapters that have a historical module, sorted.
func (r Registry) HistoricalNames() []string {
	return slices.DeleteFunc(r.Names(), func(n string) bool { return r.entries[n].Historical == nil })
}

// RealTimeNames returns the names of the adapters that have a real-time module, sorted.
func (r Registry) RealTimeNames() []string {
	return slices.DeleteFunc(r.Names(), func(n string) bool { return r.entries[n].RealTime == nil })
}

// Entry finds an adapter by name, ignoring letter case.
func (r Registry) Entry(name string) (Entry, error) {
	if e, ok := r.entries[strings.ToLower(name)]; ok {
		return e, nil
	}
	return Entry{}, wfm.Problem{Field: "vendor", Value: name, Reason: "is not known",
		Remedy: "use one of " + strings.Join(r.Names(), ", ")}
}

// Historical makes an encoder of the named adapter.
func (r Registry) Historical(name string, s Settings) (HistoricalEncoder, error) {
	e, err := r.Entry(name)
	if err != nil {
		return nil, err
	}
	if e.Historical == nil {
		return nil, wfm.Problem{Field: "vendor", Value: name, Reason: "has no historical module",
			Remedy: "use it for real-time adherence only"}
	}
	return e.Historical(s)
}

// RealTime makes a real-time encoder of the named adapter.
func (r Registry) RealTime(name string, s RTASettings) (RTAEncoder, error) {
	e, err := r.Entry(name)
	if err != nil {
		return nil, err
	}
	if e.RealTime == nil {
		return nil, wfm.Problem{Field: "vendor", Value: name, Reason: "has no real-time module",
			Remedy: "use it for historical feeds only"}
	}
	return e.RealTime(s)
}
