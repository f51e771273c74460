package config

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

// Check finds everything that is wrong with a configuration before anything of it is opened: what [Parse] found, and what vendors, kinds,
// layout files and status maps say. It reads the files that the configuration names but for secrets and certificates, and connects to nothing.
// Notes are worth reading, and keep nothing from working.
func (r Registries) Check(c *Config) (notes []wfm.Problem, err error) {
	k := newChecker(r, c)
	k.all()
	return k.allNotes(), sorted(k.list)
}

// checker checks a configuration against registries, and keeps what it made for the builder.
type checker struct {
	*findings
	c          *Config
	registries Registries
	vendors    vendors.Registry
	layouts    map[string]vendors.File
	historical []vendors.HistoricalEncoder // by feed; nil where one cannot be made
	realTime   []vendors.RTAEncoder
	maps       []*StatusMap      // of real-time feeds, with files read; nil for none
	mapAt      []string          // where each of them stands
	files      map[string][]byte // contents of the files that were read, by path
}

func newChecker(r Registries, c *Config) *checker {
	return &checker{findings: &findings{source: &c.source}, c: c, registries: r, layouts: map[string]vendors.File{}, files: map[string][]byte{}}
}

func (k *checker) all() {
	if k.lines == nil { // made in Go: Parse has not looked at it
		k.c.validate(k.findings)
	} else {
		again := &findings{source: k.source}
		k.c.validate(again) // for the notes
		k.notes, k.list = again.notes, slices.Clone(k.problems)
	}
	k.customVendors()
	k.readLayouts()
	k.kinds()
	for i := range k.c.Historical {
		k.historical = append(k.historical, k.historicalEncoder(i))
	}
	for i := range k.c.RealTime {
		k.realTime = append(k.realTime, k.realTimeEncoder(i))
	}
}

func (k *checker) allNotes() (notes []wfm.Problem) {
	slices.SortStableFunc(k.notes, func(a, b located) int { return cmp.Compare(a.line, b.line) })
	for _, n := range k.notes {
		notes = append(notes, n.err.(wfm.Problem))
	}
	return notes
}

// customVendors adds the products of the site to those of the registry.
func (k *checker) customVendors() {
	var entries []vendors.Entry
	for _, name := range k.registries.Vendors.Names() {
		if e, err := k.registries.Vendors.Entry(name); err == nil {
			entries = append(entries, e)
		}
	}
	for i, v := range k.c.Vendors {
		at := fmt.Sprintf("vendors[%d]", i)
		if slices.Contains(k.registries.Vendors.Names(), v.Name) {
			k.bad(at+".name", v.Name, "is the name of a product that the program knows", "choose another name")
			continue
		}
		folder := k.whole(at+".folder", v.Folder)
		if folder == "" || v.Name == "" {
			continue
		}
		if info, err := os.Stat(folder); err != nil || !info.IsDir() {
			k.bad(at+".folder", string(v.Folder), "is not a folder that can be read", "name the folder of the layout files")
			continue
		}
		before := len(k.files)
		files := os.DirFS(folder)
		if err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && path.Ext(name) == ".yaml" {
				k.read(at+".folder", filepath.Join(folder, filepath.FromSlash(name)))
			}
			return err
		}); err != nil {
			k.bad(at+".folder", string(v.Folder), "cannot be read: "+reasonOf(err), "check the rights of the service's account")
			continue
		}
		if len(k.files) == before {
			k.bad(at+".folder", string(v.Folder), "holds no layout file (*.yaml)", "copy the layouts into it")
			continue
		}
		title := cmp.Or(v.Title, v.Name)
		e, err := layout.NewEntry(vendors.Info{Name: v.Name, Title: title, Products: []string{title}}, files)
		if err != nil {
			k.adopt(at+".folder", err)
			continue
		}
		entries = append(entries, e)
	}
	var err error
	if k.vendors, err = vendors.NewRegistry(entries...); err != nil {
		k.adopt("vendors", err)
	}
}

// read reads a file that the configuration names; nil where it cannot.
func (k *checker) read(at, file string) []byte {
	text, err := readFile(file)
	if err != nil {
		var p wfm.Problem
		if errors.As(err, &p) {
			k.bad(at, p.Value, p.Reason, p.Remedy)
		}
		return nil
	}
	k.files[file] = text
	return text
}

func (k *checker) readLayouts() {
	for i, l := range k.c.Layouts {
		at := fmt.Sprintf("layouts[%d].file", i)
		whole := k.whole(at, l.File)
		if whole == "" {
			continue
		}
		text := k.read(at, whole)
		if text == nil {
			continue
		}
		file := vendors.File{Name: string(l.File), Data: text}
		if _, err := layout.Parse(file); err != nil {
			k.adopt(at, err)
			continue
		}
		k.layouts[l.Name] = file
	}
}

// kinds checks kinds against the registries, and that files go where files can go.
func (k *checker) kinds() {
	for i := range k.c.Servers {
		if d := k.c.Servers[i].Database; d != nil && d.Kind != "" && k.registries.Databases[d.Kind] == nil {
			k.bad(fmt.Sprintf("servers[%d].database.kind", i), d.Kind, "is not known", meant(d.Kind, kinds(k.registries.Databases), "this program has no database"))
		}
	}
	if l := k.c.Ledger; l != nil && l.Kind != "" && l.Kind != "memory" && k.registries.Ledgers[l.Kind] == nil {
		k.bad("ledger.kind", l.Kind, "is not known", meant(l.Kind, append(kinds(k.registries.Ledgers), "memory"), ""))
	}
	for i := range k.c.Destinations {
		d := &k.c.Destinations[i]
		if _, ok := k.registries.Destinations[d.Kind]; !ok && d.Kind != "" {
			k.bad(fmt.Sprintf("destinations[%d].kind", i), d.Kind, "is not known", meant(d.Kind, kinds(k.registries.Destinations), "this program has no destinations"))
		}
	}
	suits := func(at, name, module string, fits func(DestinationKind) bool) {
		for i := range k.c.Destinations {
			d := &k.c.Destinations[i]
			kind, known := k.registries.Destinations[d.Kind]
			if d.Name != name || !known || fits(kind) {
				continue
			}
			var good []string
			for _, n := range kinds(k.registries.Destinations) {
				if fits(k.registries.Destinations[n]) {
					good = append(good, n)
				}
			}
			k.bad(at, name, "is of kind "+d.Kind+", which takes no "+module, "use a destination of kind "+strings.Join(good, ", "))
		}
	}
	for i := range k.c.Historical {
		for n, name := range k.c.Historical[i].Destinations {
			suits(fmt.Sprintf("historical[%d].destinations[%d]", i, n), name, "files", func(d DestinationKind) bool { return d.Files != nil })
		}
	}
	for i := range k.c.RealTime {
		suits(fmt.Sprintf("real-time[%d].destination", i), k.c.RealTime[i].Destination, "real-time messages", func(d DestinationKind) bool { return d.Live != nil })
	}
}

// entry finds the product of a feed that has the module.
func (k *checker) entry(at, name string, has func(vendors.Entry) bool, module, other string) (vendors.Entry, bool) {
	e, err := k.vendors.Entry(name)
	switch {
	case name == "":
		return e, false
	case err != nil:
		k.bad(at+".vendor", name, "is not a known product", meant(name, k.vendors.Names(), ""))
		return e, false
	case !has(e):
		k.bad(at+".vendor", name, "has no "+module+" module", "use it in "+other+" feeds only")
		return e, false
	}
	return e, true
}

func (k *checker) historicalEncoder(i int) vendors.HistoricalEncoder {
	h, at := &k.c.Historical[i], fmt.Sprintf("historical[%d]", i)
	e, ok := k.entry(at, h.Vendor, func(e vendors.Entry) bool { return e.Historical != nil }, "historical", "real-time")
	length, err := wfm.ParseLength(h.Interval)
	zone, zoneErr := time.LoadLocation(string(h.Zone))
	if !ok || err != nil || zoneErr != nil || !k.clean(at+".settings") || !k.clean(at+".repeated-hour") {
		return nil // said already
	}
	s := vendors.Settings{Location: zone, Length: length, Media: wfm.MediaType(h.Media), Presets: h.Presets, Values: h.Settings,
		RepeatedHour: vendors.RepeatPolicy(h.RepeatedHour)}
	for _, name := range h.Layouts {
		if file, ok := k.layouts[name]; ok {
			s.Layouts = append(s.Layouts, file)
		}
	}
	if len(s.Layouts) < len(h.Layouts) || len(h.Layouts) > 0 && len(h.Presets) > 0 {
		return nil
	}
	enc, err := e.Historical(s)
	if err != nil {
		k.adopt(at, err)
		return nil
	}
	return enc
}

func (k *checker) realTimeEncoder(i int) vendors.RTAEncoder {
	r, at := &k.c.RealTime[i], fmt.Sprintf("real-time[%d]", i)
	m, mapAt := k.statusMap(i)
	k.maps, k.mapAt = append(k.maps, m), append(k.mapAt, mapAt)
	e, ok := k.entry(at, r.Vendor, func(e vendors.Entry) bool { return e.RealTime != nil }, "real-time", "historical")
	zone, err := time.LoadLocation(string(r.Zone))
	if !ok || err != nil || r.Preset != "" && r.Layout != "" {
		return nil
	}
	s := vendors.RTASettings{Location: zone, Level: r.Level, Identify: vendors.Identifier(r.Identify), Preset: r.Preset, Values: r.Settings,
		UpdateFrequency: (*time.Duration)(r.UpdateFrequency), Refresh: (*time.Duration)(r.Refresh), Heartbeat: (*time.Duration)(r.Heartbeat)}
	for user, id := range r.Names {
		if s.Names == nil {
			s.Names = map[wfm.AgentID]string{}
		}
		s.Names[wfm.AgentID(user)] = id
	}
	switch {
	case mapAt != "" && (m == nil || !k.clean(mapAt)):
		s.Statuses.Unmapped = vendors.SkipUnmapped // the map was refused; the rest can be checked all the same
	case m != nil:
		s.Statuses = m.compile()
	}
	if r.Layout != "" {
		file, ok := k.layouts[r.Layout]
		if !ok {
			return nil
		}
		s.Layout = &file
	}
	if !k.clean(at+".level") || !k.clean(at+".identify") || !k.clean(at+".names") || !k.clean(at+".settings") {
		return nil // said already
	}
	enc, err := e.RealTime(s)
	if err != nil {
		k.adopt(at, k.pointAt(mapAt, err))
		return nil
	}
	if enc.Traits().MasterWorkgroup && len(r.Workgroups) > 1 {
		k.note(at+".workgroups", "", "are several, and the product wants one master workgroup",
			"make one workgroup without a queue that holds every monitored agent, and name it alone")
	}
	return enc
}
