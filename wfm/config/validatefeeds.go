package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

func serverName(s *Server) string           { return s.Name }
func destinationName(d *Destination) string { return d.Name }

// serversOf returns the servers of a feed: those that it names, or all that have what it needs.
func (c *Config) serversOf(named []string, has func(*Server) bool) (list []*Server) {
	for i := range c.Servers {
		s := &c.Servers[i]
		if named == nil && has(s) {
			list = append(list, s)
		}
		for _, n := range named {
			if n == s.Name {
				list = append(list, s)
			}
		}
	}
	return list
}

func hasDatabase(s *Server) bool { return s.Database != nil }
func hasICWS(s *Server) bool     { return s.ICWS != nil }

func (c *Config) validateHistorical(f *findings) {
	if len(c.Historical)+len(c.RealTime) == 0 {
		f.bad("historical", "", "and real-time have no feed", "add a feed to at least one of them")
	}
	for i := range c.Historical {
		h, at := &c.Historical[i], fmt.Sprintf("historical[%d]", i)
		if len(h.Presets) > 0 && len(h.Layouts) > 0 {
			f.bad(at+".layouts", "", "stand beside presets", "keep one of the two; a copy of a preset can be a layout")
		}
		for n, name := range h.Layouts {
			refer(f, fmt.Sprintf("%s.layouts[%d]", at, n), "layouts", name, c.Layouts, func(l *Layout) string { return l.Name })
		}
		c.feedServers(f, at, h.Servers, "database", hasDatabase)
		for n, name := range h.Destinations {
			refer(f, fmt.Sprintf("%s.destinations[%d]", at, n), "destinations", name, c.Destinations, destinationName)
		}
		servers := c.serversOf(h.Servers, hasDatabase)
		f.rowLengths(at, h, servers)
		f.separate(at, servers)
		c.licenceOf(f, at, servers)
		if h.Start != "" {
			if _, err := parseStart(h.Start, h.Zone); err != nil {
				p := err.(wfm.Problem)
				f.bad(at+".start", h.Start, p.Reason, p.Remedy)
			}
		}
	}
}

// feedServers checks the names of a feed's servers and that each has what the module needs.
func (c *Config) feedServers(f *findings, at string, named []string, what string, has func(*Server) bool) {
	if named != nil && len(named) == 0 {
		f.bad(at+".servers", "", "names no server", "remove it for all that have "+what)
	}
	for n, name := range named {
		one := fmt.Sprintf("%s.servers[%d]", at, n)
		if s := refer(f, one, "servers", name, c.Servers, serverName); s != nil && !has(s) {
			f.bad(one, name, "has no "+what, "add "+what+" to the server, or leave it out of the feed")
		}
	}
	if named == nil && len(c.Servers) > 0 && len(c.serversOf(nil, has)) == 0 {
		f.bad(at+".servers", "", "are none: no server has "+what, "add "+what+" to a server")
	}
}

// rowLengths refuses intervals that are shorter than the rows they come from.
func (f *findings) rowLengths(at string, h *HistoricalFeed, servers []*Server) {
	length, err := wfm.ParseLength(h.Interval)
	if err != nil || h.Split {
		return
	}
	for _, s := range servers {
		if s.RowLength.D() > length.Duration() {
			f.bad(at+".interval", h.Interval, "is shorter than the rows of server "+wfm.Quote(s.Name)+", "+s.RowLength.String(),
				"shorten \"Queue/IVR reporting (min)\" on the CIC server, choose a longer interval, or set split: true for an estimate")
		}
	}
}

// separate refuses servers of one feed that would read each other's rows.
func (f *findings) separate(at string, servers []*Server) {
	for i, a := range servers {
		for _, b := range servers[:i] {
			if a == b || a.Database == nil || b.Database == nil || !sameDatabase(a.Database, b.Database) {
				continue
			}
			if a.Site == nil || b.Site == nil || *a.Site == *b.Site {
				f.bad(at+".servers", "", fmt.Sprintf("%s and %s read the same rows, which would count twice", wfm.Quote(b.Name), wfm.Quote(a.Name)),
					"give each a site of its own: the SiteId of its rows")
			}
		}
	}
}

func sameDatabase(a, b *Database) bool {
	key := func(d *Database) string {
		one := filled(*d)
		return strings.ToLower(fmt.Sprint(one.Kind, "|", one.Path, "|", one.Host, "|", one.Port, "|", one.Instance, "|", one.Connection.Database, "|", one.Service,
			"|", one.SID, "|", one.DSN, "|", one.Schema, "|", one.Reporting, "|", one.QueueView))
	}
	return key(a) == key(b)
}

// licenceOf checks that the licence of each server can be known.
func (c *Config) licenceOf(f *findings, at string, servers []*Server) {
	for _, s := range servers {
		switch {
		case len(s.Features) > 0:
		case c.Licences.From == "declared" && len(c.Licences.Features) == 0:
			f.bad(at+".servers", s.Name, "has no declared licence features", "add features to the server, or to licences")
		case c.Licences.From != "declared" && s.ICWS == nil:
			f.bad(at+".servers", s.Name, "has no icws to read its licence with", "add icws to the server, or declare its features")
		}
	}
}

// parseStart reads an instant: RFC 3339, or the wall clock of a zone.
func parseStart(text string, zone Zone) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	loc, err := time.LoadLocation(string(zone))
	if err != nil {
		loc = time.UTC // the zone was reported; the form can be checked all the same
	}
	for _, form := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		wall, err := time.Parse(form, text)
		if err != nil {
			continue
		}
		switch r := wfm.ResolveLocal(wall, loc); r.Kind {
		case wfm.Twice:
			return time.Time{}, wfm.Problem{Reason: "occurs twice in " + loc.String(),
				Remedy: "write " + r.First.In(loc).Format(time.RFC3339) + " or " + r.Second.In(loc).Format(time.RFC3339)}
		case wfm.Never:
			return time.Time{}, wfm.Problem{Reason: "does not occur in " + loc.String() + ": the clocks go forward",
				Remedy: "write " + r.First.In(loc).Format(time.RFC3339)}
		default:
			return r.First, nil
		}
	}
	return time.Time{}, wfm.Problem{Reason: "is not a time", Remedy: "use 2026-03-29T08:00:00+02:00, or 2026-03-29 08:00 for the wall clock of the feed's zone"}
}

func (c *Config) validateRealTime(f *findings) {
	listeners := map[string]string{}
	for i := range c.RealTime {
		r, at := &c.RealTime[i], fmt.Sprintf("real-time[%d]", i)
		if r.Preset != "" && r.Layout != "" {
			f.bad(at+".layout", r.Layout, "stands beside a preset", "keep one of the two; a copy of a preset can be a layout")
		}
		refer(f, at+".layout", "layouts", r.Layout, c.Layouts, func(l *Layout) string { return l.Name })
		c.feedServers(f, at, r.Servers, "icws", hasICWS)
		if d := refer(f, at+".destination", "destinations", r.Destination, c.Destinations, destinationName); d != nil && d.Kind == "tcp-listen" {
			if other := listeners[d.Name]; other != "" {
				f.bad(at+".destination", d.Name, "is the listener of "+other+" too", "give each feed a listener of its own: receivers connect to one feed")
			}
			listeners[d.Name] = at
		}
		if m := r.StatusMap; m != nil && m.Map == nil {
			refer(f, at+".status-map", "status-maps", m.Name, c.StatusMaps, func(s *StatusMap) string { return s.Name })
		} else if m != nil {
			f.rules(reflect.ValueOf(m.Map), at+".status-map")
			f.statusMap(at+".status-map", m.Map)
		}
		if len(r.Names) > 0 && r.Identify != "mapped" {
			f.bad(at+".names", "", "has no meaning without identify: mapped", "add it, or remove the names")
		}
		if r.Identify == "mapped" && len(r.Names) == 0 {
			f.bad(at+".names", "", missing, "map CIC user ids to identifiers")
		}
		c.licenceOf(f, at, c.serversOf(r.Servers, hasICWS))
	}
	if len(c.RealTime) > 0 && c.Licences.RealTimeFeature == "" {
		f.bad("licences.real-time-feature", "", missing,
			"real-time feeds need it, and its name is not public: write the feature under which your licence lists WFM real-time adherence")
	}
}

func (c *Config) validateLedger(f *findings) {
	if c.Ledger == nil {
		if len(c.Historical) > 0 {
			f.bad("ledger", "", missing, "historical feeds remember what was delivered: add kind: sqlite and path: ledger.db")
		}
		return
	}
	f.connection("ledger", c.Ledger.Kind, &c.Ledger.Connection)
	if c.Ledger.Kind == "memory" {
		f.note("ledger.kind", c.Ledger.Kind, "forgets at each start", "use it for trials only: what is in the look-back is delivered again")
	}
	for i := range c.Historical {
		h := &c.Historical[i]
		need := h.delay() + h.lookBack() + 24*time.Hour
		if keep := filled(*c.Ledger).Retention; keep.D() < need && f.clean("ledger.retention") {
			f.bad("ledger.retention", keep.String(), fmt.Sprintf("is shorter than look-back and delay of feed %s, with a day more: %s", wfm.Quote(h.Name), Duration(need)),
				"keep entries longer, or intervals would be delivered again")
		}
	}
}

func (h *HistoricalFeed) delay() time.Duration {
	if h.Delay == 0 {
		return integration.DefaultDelay
	}
	return h.Delay.D()
}

func (h *HistoricalFeed) lookBack() time.Duration {
	if h.LookBack == nil {
		return integration.DefaultLookback
	}
	return h.LookBack.D()
}

// noteUnused names what no feed uses.
func (c *Config) noteUnused(f *findings) {
	used := map[string]bool{}
	for i := range c.Historical {
		h := &c.Historical[i]
		for _, s := range c.serversOf(h.Servers, hasDatabase) {
			used["servers "+s.Name] = true
		}
		for _, d := range h.Destinations {
			used["destinations "+d] = true
		}
		for _, l := range h.Layouts {
			used["layouts "+l] = true
		}
		used["vendors "+h.Vendor] = true
	}
	for i := range c.RealTime {
		r := &c.RealTime[i]
		for _, s := range c.serversOf(r.Servers, hasICWS) {
			used["servers "+s.Name] = true
		}
		used["destinations "+r.Destination], used["layouts "+r.Layout], used["vendors "+r.Vendor] = true, true, true
		if r.StatusMap != nil {
			used["status-maps "+r.StatusMap.Name] = true
		}
	}
	look := func(list string, names []string) {
		for i, name := range names {
			if name != "" && !used[list+" "+name] {
				f.note(fmt.Sprintf("%s[%d]", list, i), name, "is used by no feed", "remove it, or name it in a feed")
			}
		}
	}
	look("servers", names(c.Servers, serverName))
	look("status-maps", names(c.StatusMaps, func(s *StatusMap) string { return s.Name }))
	look("layouts", names(c.Layouts, func(l *Layout) string { return l.Name }))
	look("vendors", names(c.Vendors, func(v *Vendor) string { return v.Name }))
	look("destinations", names(c.Destinations, destinationName))
}
