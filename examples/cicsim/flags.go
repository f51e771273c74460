package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// options are the command line.
type options struct {
	path   string
	force  bool
	rows   int
	asOf   time.Time
	config cicsim.Config
	icws   icwsOptions
}

const usage = `Usage: cicsim -db FILE [flags]
       cicsim -icws ADDR -user U -password P [-backup ADDR] [-control ADDR] [-tls] [flags]

Simulates a contact centre on CIC. With -db it writes the reporting database of the centre into an
SQLite file; the same flags give the same file. With -icws it serves the first site of the centre
as a CIC server does over ICWS, until interrupted, and prints one line of JSON when it listens.

`

// oddities are the words of -odd.
func oddities(cfg *cicsim.Config) map[string]func() {
	return map[string]func(){
		"names":    func() { cfg.OddNames = true },
		"restarts": func() { cfg.Restarts = 1 },
		"late":     func() { cfg.LateRows = true },
		"silent":   func() { cfg.SilentSpans = 1 },
		"case":     func() { cfg.Schema.MixedCaseMedia = true },
		"all": func() {
			cfg.OddNames, cfg.Restarts, cfg.LateRows, cfg.SilentSpans, cfg.Schema.MixedCaseMedia = true, 1, true, 1, true
		},
	}
}

// parse reads the command line. Every wrong value is in the error.
func parse(args []string, stderr io.Writer) (options, error) {
	var opt options
	var start, asOf, zones, interval, hierarchy, levels, utc, edition, odd string
	cfg := &opt.config
	f := flag.NewFlagSet("cicsim", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.StringVar(&opt.path, "db", "", "`file` to write")
	f.BoolVar(&opt.force, "force", false, "overwrite an existing file")
	f.Uint64Var(&cfg.Seed, "seed", 1, "seed of everything that is drawn")
	f.StringVar(&start, "start", "2026-03-02", "first day, as `YYYY-MM-DD`")
	f.IntVar(&cfg.Days, "days", 1, "number of days")
	f.StringVar(&zones, "zones", "Europe/Berlin", "IANA zones, comma-separated; each is a site, numbered from 1")
	f.StringVar(&interval, "interval", "30m", "statistics interval of the servers, comma-separated; the last one counts for further sites")
	f.IntVar(&cfg.Workgroups, "workgroups", 8, "number of workgroups")
	f.IntVar(&cfg.Agents, "agents", 40, "number of agents, all sites together")
	f.IntVar(&cfg.Contacts, "contacts", 3000, "contacts on a working day, all sites together")
	f.StringVar((*string)(&cfg.MasterWorkgroup), "master", "", "name of a workgroup without a queue that has every agent")
	f.StringVar(&hierarchy, "hierarchy", "dnis", "keys of the statistics views: dnis (DNIS above media) or media (media first)")
	f.StringVar(&levels, "levels", "rollup", "roll-up rows: rollup, cube or leaves")
	f.StringVar(&utc, "utc", "filled", "dIntervalStartUTC: filled, null or absent")
	f.StringVar(&edition, "edition", "4x", "reporting schema: 4x or legacy")
	f.BoolVar(&cfg.Schema.UpperCaseColumns, "upper", false, "column names in capitals")
	f.BoolVar(&cfg.Schema.Fractions, "fractions", false, "date-times with milliseconds")
	f.BoolVar(&cfg.Schema.LoggedOffRows, "logged-off-rows", false, "AgentActivityLog rows for the time between log-off and log-on")
	zero := f.Bool("zero-rows", false, "rows of zeros for idle workgroups and agents")
	f.StringVar(&odd, "odd", "", "irregularities, comma-separated: names, restarts, late, silent, case or all")
	f.StringVar(&asOf, "as-of", "", "write only what had arrived by then, as `RFC3339`")
	f.IntVar(&opt.rows, "rows", 0, "for benchmarks: repeat one day in UTC until there are so many statistics rows")
	opt.icws.define(f)
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			fmt.Fprint(stderr, usage)
			f.SetOutput(stderr)
			f.PrintDefaults()
		}
		return opt, err
	}
	var errs []error
	bad := func(name, value, remedy string) {
		errs = append(errs, wfm.Problem{Field: "-" + name, Value: value, Reason: "is not understood", Remedy: remedy})
	}
	if opt.path == "" && opt.icws.addr == "" {
		errs = append(errs, wfm.Problem{Field: "-db", Reason: "is missing", Remedy: "name the file to write, or serve with -icws; -help shows all flags"})
	}
	if f.NArg() > 0 {
		errs = append(errs, wfm.Problem{Field: "argument", Value: f.Arg(0), Reason: "is no flag", Remedy: "give flags only"})
	}
	var err error
	if cfg.Start, err = time.Parse(time.DateOnly, start); err != nil {
		bad("start", start, "write a date as 2026-03-02")
	}
	if asOf != "" {
		if opt.asOf, err = time.Parse(time.RFC3339, asOf); err != nil {
			bad("as-of", asOf, "write a time as 2026-03-02T18:00:00+01:00")
		}
	}
	if opt.rows < 0 {
		bad("rows", fmt.Sprint(opt.rows), "give 0 or more")
	}
	intervals := strings.Split(interval, ",")
	for i, zone := range strings.Split(zones, ",") {
		text := strings.TrimSpace(intervals[min(i, len(intervals)-1)])
		d, err := time.ParseDuration(text)
		if err != nil {
			bad("interval", text, "write a duration such as 30m")
		}
		cfg.Sites = append(cfg.Sites, cicsim.SiteConfig{ID: wfm.Site(i + 1), Zone: strings.TrimSpace(zone), Interval: d})
	}
	choose := func(name, value string, choices map[string]func()) {
		if set := choices[value]; set != nil {
			set()
			return
		}
		bad(name, value, "see -help for the choices")
	}
	s := &cfg.Schema
	choose("hierarchy", hierarchy, map[string]func(){"dnis": func() { s.Queue, s.Agent = cicsim.QueueByDNIS(), cicsim.AgentByDNIS() },
		"media": func() { s.Queue, s.Agent = cicsim.QueueByMedia(), cicsim.AgentByMedia() }})
	choose("levels", levels, map[string]func(){"rollup": func() { s.Levels = cicsim.RollUp }, "cube": func() { s.Levels = cicsim.Cube },
		"leaves": func() { s.Levels = cicsim.LeavesOnly }})
	choose("utc", utc, map[string]func(){"filled": func() { s.UTC = cicsim.UTCFilled }, "null": func() { s.UTC = cicsim.UTCNull },
		"absent": func() { s.UTC = cicsim.UTCAbsent }})
	choose("edition", edition, map[string]func(){"4x": func() { s.Edition = cicsim.Edition4x }, "legacy": func() { s.Edition = cicsim.EditionLegacy }})
	if *zero {
		s.Idle = cicsim.ZeroIdle
	}
	for _, word := range strings.Split(odd, ",") {
		if word = strings.TrimSpace(word); word != "" {
			choose("odd", word, oddities(cfg))
		}
	}
	errs = append(errs, opt.icws.check(f, &opt))
	return opt, errors.Join(errs...)
}
