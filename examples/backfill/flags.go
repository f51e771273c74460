package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

const usage = `backfill delivers the interval files of a window of the past to a folder.

It reads the CIC reporting database, folds its rows into intervals and writes the files of a WFM
product. What the ledger knows is skipped, so the same command finishes an interrupted run. One
backfill at a time works on a folder. To deliver again what the ledger knows, name another -feed.

Times are RFC 3339 with an offset or Z, or without one the wall clock of -tz. The window is half-open:
-to itself is not included. A window that cuts an interval is widened to whole intervals.

Standard output has one line per file, separated by tabs: name, bytes, SHA-256, revision, and
delivered, skipped (these bytes were delivered before), restated (the figures have changed) or withheld
(they have, and the product takes no second version). Exit code: 0 done, 1 failed, 2 wrong usage.

`

// config is what the command line says.
type config struct {
	driver             string
	dsn                wfm.Secret
	database, schema   string
	noLock             bool
	from, to           time.Time
	zone, serverZone   *time.Location
	length             wfm.Length
	workgroups         []wfm.Workgroup
	media              wfm.MediaType
	site               *wfm.Site
	vendor             string
	presets            []string
	layout             *vendors.File
	values             map[string]string
	repeatedHour       vendors.RepeatPolicy
	features           []license.Feature
	out, ledger, feed  string
	split, check, loud bool
	noReconcile        bool
	workers            int
}

// parse reads the command line. The error joins every problem.
func parse(args []string, registry vendors.Registry, stderr io.Writer) (config, error) {
	c := config{values: map[string]string{}}
	fs := flag.NewFlagSet("backfill", flag.ContinueOnError)
	fs.StringVar(&c.driver, "driver", "", "database: sqlite, sqlserver or oracle")
	dsn := fs.String("dsn", "", "connection string (for sqlite the path of the file); it shows in the process list, so prefer -dsn-file")
	dsnFile := fs.String("dsn-file", "", "file that holds the connection string")
	fs.StringVar(&c.database, "database", "", "reporting database, where the connection string names another (SQL Server)")
	fs.StringVar(&c.schema, "schema", "", "schema of the views, where it is not the connection's default")
	fs.BoolVar(&c.noLock, "nolock", false, "read WITH (NOLOCK): never waits for CIC, but may see a row twice or not at all (SQL Server)")
	from := fs.String("from", "", "start of the window")
	to := fs.String("to", "", "end of the window, not included")
	zone := fs.String("tz", "", "time zone of the files, such as Europe/Berlin")
	serverZone := fs.String("server-tz", "", "time zone of the CIC server, for rows without UTC (default: that of -tz)")
	interval := fs.String("interval", "", "15m, 30m, 1h or day")
	workgroups := fs.String("workgroups", "", "A,B or @file with one a line, or * for all that have rows. A named workgroup that is quiet is written as zero")
	media := fs.String("media", "", "one medium, such as Call (default: as the layouts say)")
	site := fs.String("site", "", "SiteId of the CIC server, where several write into the database (default: all of them)")
	fs.StringVar(&c.vendor, "vendor", "", "WFM product: "+strings.Join(registry.HistoricalNames(), " or "))
	presets := fs.String("presets", "", "the product's files to write, such as call,agent (default: see the product)")
	layout := fs.String("layout", "", "a layout file of your own, instead of the product's presets")
	fs.Var(cli.Values(c.values), "set", "a value that a layout leaves to the site, as name=value; may be repeated")
	repeated := fs.String("repeated-hour", "", "sum, two or refuse: what happens in the autumn hour that occurs twice (default: as the layouts say)")
	features := fs.String("license", "", "licence features of the CIC server, such as I3_FEATURE_WFM_HISTORICAL")
	fs.StringVar(&c.out, "out", "", "folder for the files")
	fs.StringVar(&c.ledger, "ledger", "", "file that remembers what was delivered (default: the folder's name with .ledger.db, beside it)")
	fs.StringVar(&c.feed, "feed", "", "the feed's name in the ledger (default: product, interval and folder)")
	fs.BoolVar(&c.split, "split", false, "split rows longer than the interval in proportion: an estimate, and marked as one")
	fs.BoolVar(&c.check, "check", false, "only try everything and report every problem")
	fs.BoolVar(&c.noReconcile, "no-reconcile", false, "do not compare the roll-up level that is read with another")
	fs.BoolVar(&c.loud, "v", false, "log every delivery on standard error")
	fs.IntVar(&c.workers, "connections", 2, "parts of the window that are read at the same time")
	if err := cli.Parse(fs, args, usage, stderr); err != nil {
		return c, err
	}
	var list []error
	keep := func(err error) {
		if err != nil {
			list = append(list, err)
		}
	}
	if fs.NArg() > 0 {
		keep(wfm.Problem{Field: "argument", Value: cli.Shown(fs.Arg(0)), Reason: "is not expected", Remedy: "every setting is a flag; see -h"})
	}
	for _, need := range []struct{ name, value string }{{"-driver", c.driver}, {"-from", *from}, {"-to", *to}, {"-tz", *zone},
		{"-interval", *interval}, {"-workgroups", *workgroups}, {"-vendor", c.vendor}, {"-license", *features}, {"-out", c.out}} {
		if need.value == "" {
			keep(wfm.Problem{Field: need.name, Reason: "is missing", Remedy: "see -h"})
		}
	}
	if c.driver != "" && !slices.Contains([]string{"sqlite", "sqlserver", "oracle"}, c.driver) {
		keep(wfm.Problem{Field: "-driver", Value: cli.Shown(c.driver), Reason: "is not a database", Remedy: "use sqlite, sqlserver or oracle"})
	}
	var err error
	c.dsn, err = cli.Secret("-dsn", *dsn, *dsnFile)
	keep(err)
	if *zone != "" {
		c.zone, err = cli.Zone("-tz", *zone)
		keep(err)
	}
	if c.serverZone = c.zone; *serverZone != "" {
		c.serverZone, err = cli.Zone("-server-tz", *serverZone)
		keep(err)
	}
	window := true
	for _, t := range []struct {
		flag, text string
		at         *time.Time
	}{{"-from", *from, &c.from}, {"-to", *to, &c.to}} {
		if t.text == "" {
			window = false
			continue
		}
		// Without a zone only the form can be looked at; in UTC no time occurs twice.
		if *t.at, err = cli.Time(t.flag, t.text, cmp.Or(c.zone, time.UTC)); err != nil {
			window = false
			keep(err)
		}
	}
	if window && c.zone != nil {
		_, err = wfm.NewWindow(c.from, c.to)
		keep(err)
	}
	if *interval != "" {
		c.length, err = wfm.ParseLength(*interval)
		keep(err)
	}
	if *workgroups != "" {
		c.workgroups, err = cli.Workgroups("-workgroups", *workgroups)
		keep(err)
	}
	c.media = wfm.MediaType(*media)
	if *site != "" {
		n, err := strconv.ParseInt(*site, 10, 16)
		if err != nil {
			keep(wfm.Problem{Field: "-site", Value: *site, Reason: "is not a SiteId", Remedy: "use a whole number, such as 1"})
		}
		s := wfm.Site(n)
		c.site = &s
	}
	for name := range strings.SplitSeq(*presets, ",") {
		if name = strings.TrimSpace(name); name != "" {
			c.presets = append(c.presets, name)
		}
	}
	if *layout != "" {
		data, err := os.ReadFile(*layout)
		if err != nil {
			keep(wfm.Problem{Field: "-layout", Value: *layout, Reason: "cannot be read: " + cli.Reason(err), Remedy: "give the path of a layout file"})
		}
		c.layout = &vendors.File{Name: filepath.Base(*layout), Data: data}
	}
	switch c.repeatedHour = vendors.RepeatPolicy(*repeated); c.repeatedHour {
	case "", vendors.RepeatSum, vendors.RepeatTwo, vendors.RepeatRefuse:
	default:
		keep(wfm.Problem{Field: "-repeated-hour", Value: *repeated, Reason: "is not a rule", Remedy: "use sum, two or refuse"})
	}
	if c.workers < 1 || c.workers > 64 {
		keep(wfm.Problem{Field: "-connections", Value: fmt.Sprint(c.workers), Reason: "is out of range", Remedy: "use 1 to 64"})
	}
	if *features != "" {
		c.features, err = license.ParseFeatures(*features)
		keep(err)
	}
	// The folder is one, however it is written: its ledger and its feed must be found again.
	folder, err := filepath.Abs(c.out)
	keep(err)
	if c.out != "" {
		c.out = filepath.Clean(c.out)
	}
	if c.ledger == "" {
		c.ledger = folder + ".ledger.db"
	}
	if c.feed == "" {
		c.feed = c.vendor + " " + c.length.String() + " " + filepath.ToSlash(folder)
	}
	if c.vendor != "" {
		_, err := registry.Entry(c.vendor)
		keep(err)
	}
	return c, errors.Join(list...)
}
