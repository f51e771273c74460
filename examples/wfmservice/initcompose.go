package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// compose asks for the rest and makes the configuration.
func (i *initializer) compose(server config.Server) (*config.Config, error) {
	q := i.q
	c := &config.Config{Version: 1, Ledger: &config.Ledger{Kind: "sqlite"}}
	var errs []error
	ask := func(err error) { errs = append(errs, err) }
	ask(q.text("zone", &i.zone, "Time zone of the server and the files", hostZone(i.env), func(text string) error {
		_, err := cli.Zone("-zone", text)
		return err
	}))
	server.Zone = config.Zone(i.zone)
	if server.Database != nil {
		errs = append(errs, i.askSite(&server))
	}
	names := i.registries.Vendors.Names()
	ask(q.text("vendor", &i.vendor, "WFM product: "+strings.Join(names, ", "), "verint", oneOf("-vendor", names...)))
	entry, err := i.registries.Vendors.Entry(i.vendor)
	if err != nil {
		return nil, errors.Join(append(errs, err)...)
	}
	canFiles, canLive := server.Database != nil && entry.Historical != nil, server.ICWS != nil && entry.RealTime != nil
	standard := "historical"
	switch {
	case canFiles && canLive:
		standard = "both"
	case canLive:
		standard = "real-time"
	}
	ask(q.text("feeds", &i.feeds, "Feeds: historical, real-time or both", standard, oneOf("-feeds", "historical", "real-time", "both")))
	files, live := canFiles && i.feeds != "real-time", canLive && i.feeds != "historical"
	if !files && i.feeds != "real-time" {
		i.note("there is no feed of files: %s", i.why(server.Database != nil, "database", i.vendor, "historical"))
	}
	if !live && i.feeds != "historical" {
		i.note("there is no real-time feed: %s", i.why(server.ICWS != nil, "ICWS", i.vendor, "real-time"))
	}
	if i.f.licence {
		c.Licences.From = "icws"
	} else {
		c.Licences.From = "declared"
		c.Licences.Features = []string{string(license.FeatureHistorical)}
		i.note("the licence features are declared, because they could not be read; correct licences, or set from: icws")
	}
	if files {
		ask(i.historical(c))
	}
	if live {
		ask(i.realTime(c, entry))
	}
	ask(q.text("ledger", &i.ledger, "File that remembers what was delivered", "ledger.db", nil))
	c.Ledger.Path = config.Path(i.ledger)
	c.Servers = []config.Server{server}
	return c, errors.Join(errs...)
}

func (i *initializer) note(format string, args ...any) {
	if text := wfm.OneLine(fmt.Sprintf(format, args...)); !slices.Contains(i.f.notes, text) {
		i.f.notes = append(i.f.notes, text)
	}
}

func (i *initializer) why(has bool, what, vendor, module string) string {
	if !has {
		return "no " + what + " was named; add it to the server"
	}
	return vendor + " has no " + module + " module"
}

// askSite takes the only site of the database, or asks which one is this server's.
func (i *initializer) askSite(s *config.Server) error {
	standard := "all"
	if len(i.f.recent.sites) == 1 {
		standard = strconv.Itoa(int(i.f.recent.sites[0]))
	}
	err := i.q.text("site", &i.site, "SiteId of the server's rows, or all", standard, func(text string) error {
		if _, err := strconv.ParseUint(text, 10, 15); err != nil && text != "all" {
			return wfm.Problem{Field: "-site", Value: cli.Shown(text), Reason: "is not a SiteId", Remedy: "use a whole number such as 1, or all"}
		}
		return nil
	})
	if n, bad := strconv.Atoi(i.site); err == nil && bad == nil {
		s.Site = &n
	}
	return err
}

// historical asks for the feed of files.
func (i *initializer) historical(c *config.Config) error {
	q := i.q
	standard := "all"
	if len(i.f.recent.workgroups) > 0 {
		standard = strings.Join(quoted(i.f.recent.workgroups), ",")
	}
	var groups config.Workgroups
	length := "30m"
	if i.f.database {
		length = i.f.interval()
	}
	err := errors.Join(
		q.text("workgroups", &i.workgroups, "Workgroups of the files, with commas, or all", standard, func(text string) (err error) {
			if groups = (config.Workgroups{All: text == "all"}); !groups.All {
				groups.Names, err = listOf("-workgroups", text)
			}
			return err
		}),
		q.text("interval", &i.interval, "Interval: 15m, 30m, 1h or day", length, oneOf("-interval", "15m", "30m", "1h", "day")),
		q.text("out", &i.out, "Folder for the files", "out", nil))
	if groups.All && !i.f.database {
		i.note("the workgroups of the feed of files are all; name those that the product wants")
	}
	if i.f.database {
		i.unknown("-workgroups", groups.Names, i.f.recent.workgroups)
	}
	c.Destinations = append(c.Destinations, config.Destination{Name: "files", Kind: "folder", Path: config.Path(i.out)})
	c.Historical = []config.HistoricalFeed{{Name: i.vendor + "-files", Vendor: i.vendor, Workgroups: groups, Interval: i.interval, Zone: config.Zone(i.zone),
		Destinations: []string{"files"}}}
	return err
}

// unknown notes names that are none of what was found: mostly an answer to another question.
func (i *initializer) unknown(field string, names []string, found []wfm.Workgroup) {
	for _, name := range names {
		if !slices.ContainsFunc(found, func(g wfm.Workgroup) bool { return strings.EqualFold(string(g), name) }) {
			i.note("workgroup %s was not found; correct %s, if it is not a new one", wfm.Quote(name), field)
		}
	}
}

func quoted(list []wfm.Workgroup) (names []string) {
	for _, g := range list {
		if name := string(g); strings.ContainsAny(name, ",\"") {
			names = append(names, `"`+strings.ReplaceAll(name, `"`, `""`)+`"`)
		} else {
			names = append(names, name)
		}
	}
	return names
}

// realTime asks for the real-time feed. Without a licence feature, or members, it stays a commented example.
func (i *initializer) realTime(c *config.Config, entry vendors.Entry) error {
	q := i.q
	standard := strings.Join(quoted(i.f.server.Workgroups), ",")
	if master := i.f.onlyInCIC(); i.f.database && len(master) == 1 { // the workgroup without a queue
		standard = master[0]
	}
	err := errors.Join(
		q.text("real-time-feature", &i.feature, "Licence feature of the real-time module; none leaves the feed out", orElse(i.f.realTimeFeature(), "none"), nil),
		q.text("members", &i.members, "Workgroups whose members are monitored, with commas; none leaves the feed out", orElse(standard, "none"), nil))
	if err != nil || i.feature == "none" || i.members == "none" {
		i.note("the real-time feed stays a commented example: fill it in, with its workgroups and licences.real-time-feature, or give -real-time-feature and -members")
		return err
	}
	members, err := listOf("-members", i.members)
	if err != nil {
		return err
	}
	if i.f.icws {
		i.unknown("-members", members, i.f.server.Workgroups)
	}
	if err := q.text("receiver", &i.receiver, "Real-time receiver, host:port, or listen:host:port to wait for it", "listen:127.0.0.1:7002", nil); err != nil {
		return err
	}
	d := config.Destination{Name: "receiver", Kind: "tcp", Addresses: []string{i.receiver}}
	if listen, ok := strings.CutPrefix(i.receiver, "listen:"); ok {
		d = config.Destination{Name: "receiver", Kind: "tcp-listen", Listen: listen}
	}
	c.Licences.RealTimeFeature = i.feature
	if !i.f.licence && i.feature != "" {
		c.Licences.Features = append(c.Licences.Features, i.feature)
	}
	c.Destinations = append(c.Destinations, d)
	feed := config.RealTimeFeed{Name: i.vendor + "-states", Vendor: i.vendor, Workgroups: members, Zone: config.Zone(i.zone), Destination: d.Name}
	if needsCodes(entry) {
		c.StatusMaps = []config.StatusMap{proposedCodes(i.f.server.Statuses)}
		feed.StatusMap = &config.StatusMapRef{Name: c.StatusMaps[0].Name}
		i.note("the codes of status map %q are proposals, numbered; replace them by the codes of your WFM product", c.StatusMaps[0].Name)
	}
	c.RealTime = []config.RealTimeFeed{feed}
	return nil
}

// needsCodes tells whether a product needs the site's codes.
func needsCodes(entry vendors.Entry) bool {
	encoder, err := entry.RealTime(vendors.RTASettings{})
	if err != nil {
		return true
	}
	mapper, ok := vendors.Find[vendors.Mapper](encoder)
	if !ok {
		return false
	}
	unmapped, err := mapper.CheckStatuses([]wfm.StatusDefinition{{Key: "A status that no layout knows"}})
	return err != nil || len(unmapped) > 0
}

// proposedCodes numbers the statuses, so that a trial can run before the codes of the product are known.
func proposedCodes(statuses []wfm.StatusDefinition) config.StatusMap {
	m := config.StatusMap{Name: "codes", Statuses: map[string]config.Code{}, Activities: map[string]config.Code{"logged off": {Code: "0"}}, Unmapped: "skip"}
	list := slices.SortedFunc(slices.Values(statuses), func(a, b wfm.StatusDefinition) int { return cmp.Compare(a.Key, b.Key) })
	for n, s := range list {
		m.Statuses[string(s.Key)] = config.Code{Code: strconv.Itoa(n + 1)}
	}
	return m
}

// head stands above the configuration.
func (i *initializer) head() string {
	var b strings.Builder
	b.WriteString("# Configuration of the integration of CIC with WFM products, written by wfmservice init.\n#\n" +
		"# Lengths of time have a unit: 90s, 10m, 48h, 400d. Relative paths count from the folder of this file. Windows paths\n" +
		"# stand in single quotes. Passwords and tokens never stand here: write {file: path} or {env: NAME}. Try it with wfmservice check.\n")
	if len(i.f.notes) > 0 {
		b.WriteString("#\n# To do:\n")
	}
	for _, n := range i.f.notes {
		b.WriteString("#   - " + wfm.OneLine(n) + "\n")
	}
	return b.String()
}
