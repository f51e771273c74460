package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// found is what the database and CIC told, so that little needs typing. What could not be reached is a note.
type found struct {
	recent   recent
	database bool
	icws     bool
	server   rta.Inspection
	features []string
	licence  bool // the features are known
	notes    []string
}

// look asks the database and the CIC server, both at the same time.
func (a *app) look(ctx context.Context, c *config.Config, limit time.Duration) (f found) {
	// The feeds are missing yet, and so the error says nothing that matters, but for the secrets.
	t, err := a.registries.Try(c, config.BuildOptions{Env: a.env})
	defer func() { _ = t.Close() }()
	for _, r := range failures(inConfiguration, "", markFail, err) {
		if strings.Contains(r.Text, "servers[0]") {
			_, text, _ := strings.Cut(r.Text, "servers[0]") // the line is one of a text that nobody sees
			f.notes = append(f.notes, "servers[0]"+text+"; "+r.Do)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	var all sync.WaitGroup
	var lock sync.Mutex
	note := func(format string, args ...any) {
		lock.Lock()
		defer lock.Unlock()
		f.notes = append(f.notes, wfm.OneLine(fmt.Sprintf(format, args...)))
	}
	name := c.Servers[0].Name
	if source := t.Databases[name]; source != nil {
		all.Go(func() {
			r, err := readRecent(ctx, source, time.Now(), 24*time.Hour)
			if err != nil {
				note("the database could not be read: %v", err)
				return
			}
			f.recent, f.database = r, true
		})
	}
	if client := t.Clients[name]; client != nil {
		all.Go(func() {
			in, err := client.Inspect(ctx, rta.Query{})
			if err != nil {
				note("the CIC server could not be asked: %v", err)
				return
			}
			f.server, f.icws = in, true
			if f.features, err = client.Features(ctx); err != nil {
				note("the licence could not be read: %v", err)
				return
			}
			f.licence = true
		})
	}
	all.Wait()
	return f
}

// tell says what was found.
func (f *found) tell(out io.Writer) {
	if f.database {
		fmt.Fprintf(out, "\nThe database has rows of %s, sites %v, workgroups: %s.\n", f.recent.row.Round(time.Minute), f.recent.sites, namesText(f.recent.workgroups))
	}
	if f.icws {
		fmt.Fprintf(out, "CIC %s has %d statuses and the workgroups: %s.\n", wfm.OneLine(f.server.Version), len(f.server.Statuses), namesText(f.server.Workgroups))
	}
	if f.licence {
		fmt.Fprintf(out, "Its licence has: %s.\n", strings.Join(f.features, ", "))
	}
	for _, n := range f.notes {
		fmt.Fprintf(out, "Note: %s\n", n)
	}
	fmt.Fprintln(out)
}

// namesText shows the first of many names.
func namesText(list []wfm.Workgroup) string {
	const most = 40
	var names []string
	for _, g := range list[:min(len(list), most)] {
		names = append(names, wfm.OneLine(string(g)))
	}
	if len(list) > most {
		names = append(names, fmt.Sprintf("and %d more", len(list)-most))
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// realTimeFeature is the feature of the licence that looks like that of the real-time module; empty where several do, or none.
func (f *found) realTimeFeature() string {
	var like []string
	for _, name := range f.features {
		upper := strings.ToUpper(name)
		if strings.Contains(upper, "WFM") && !strings.Contains(upper, "HISTORICAL") {
			like = append(like, name)
		}
	}
	if len(like) == 1 {
		return like[0]
	}
	return ""
}

// interval is the shortest that the rows permit.
func (f *found) interval() string {
	for _, text := range []string{"15m", "30m", "1h"} {
		if l, err := wfm.ParseLength(text); err == nil && f.recent.row <= l.Duration()+time.Minute {
			return text
		}
	}
	return "day"
}

// onlyInCIC are workgroups of CIC without statistics: a master workgroup is one of them.
func (f *found) onlyInCIC() (list []string) {
	for _, g := range f.server.Workgroups {
		if !slices.ContainsFunc(f.recent.workgroups, func(w wfm.Workgroup) bool { return strings.EqualFold(string(w), string(g)) }) {
			list = append(list, string(g))
		}
	}
	return list
}

// hostZone is the IANA name of this host's time zone, as far as the system tells; else UTC.
func hostZone(env func(string) (string, bool)) string {
	candidates := []string{time.Local.String()}
	if tz, ok := env("TZ"); ok {
		candidates = append(candidates, strings.TrimPrefix(tz, ":"))
	}
	if target, err := os.Readlink("/etc/localtime"); err == nil {
		if _, name, ok := strings.Cut(filepath.ToSlash(target), "zoneinfo/"); ok {
			candidates = append(candidates, name)
		}
	}
	for _, name := range candidates {
		if name == "" || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name
		}
	}
	return "UTC"
}
