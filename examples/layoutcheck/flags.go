package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

const usage = `layoutcheck holds a sample of your WFM product against a layout: a file that it takes today, or what it receives
on a connection, captured.

It says line by line what fits and what does not, and which change of the layout makes the sample fit.
-propose writes the changed layout into a file, which a feed uses instead of the preset. Without
-preset all presets of the product are tried, and the one that is most like the sample is shown.

-preview shows what a layout writes of a simulated interval, or of simulated changes. -schema prints the
JSON schema of layout files, for editors.

Exit code: 0 the sample fits, 1 it does not, 2 wrong usage.

`

// config is what the command line says.
type config struct {
	vendor, preset  string
	layout          *vendors.File
	values          map[string]string
	zone            *time.Location
	length          wfm.Length
	media           wfm.MediaType
	sample          []byte
	propose         string
	json            bool
	preview, schema bool
	// centre is the simulated centre of previews, made when it is needed.
	centre *cicsim.Centre
	truth  *cicsim.Truth
}

// mostSample is the size of the largest sample that is read.
const mostSample = 64 << 20

// parse reads the command line. The error joins every problem.
func parse(args []string, registry vendors.Registry, stderr io.Writer) (config, error) {
	c := config{values: map[string]string{}}
	fs := flag.NewFlagSet("layoutcheck", flag.ContinueOnError)
	fs.StringVar(&c.vendor, "vendor", "", "WFM product: "+strings.Join(registry.Names(), ", "))
	fs.StringVar(&c.preset, "preset", "", "one of the product's presets (default: the one that is most like the sample)")
	layout := fs.String("layout", "", "a layout file of your own, instead of a preset")
	fs.Var(cli.Values(c.values), "set", "a value that the layout leaves to the site, as name=value; may be repeated")
	zone := fs.String("tz", "UTC", "time zone of the times in the sample, such as Europe/Berlin")
	interval := fs.String("interval", "30m", "intervals of the sample: 15m, 30m, 1h or day; units are judged by it")
	media := fs.String("media", "", "one medium, such as Call (default: as the layout says)")
	sample := fs.String("sample", "", "the sample")
	fs.StringVar(&c.propose, "propose", "", "new file for the changed layout, where one makes the sample fit")
	fs.BoolVar(&c.json, "json", false, "print the report as JSON")
	fs.BoolVar(&c.preview, "preview", false, "show what the layout writes; needs no sample")
	fs.BoolVar(&c.schema, "schema", false, "print the JSON schema of layout files")
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
	if c.schema {
		return c, errors.Join(list...)
	}
	if c.vendor == "" && *layout == "" {
		keep(wfm.Problem{Field: "-vendor", Reason: "is missing", Remedy: "name a product, or give a layout file with -layout"})
	}
	if c.vendor != "" {
		_, err := registry.Entry(c.vendor)
		keep(err)
	}
	if c.preset != "" && *layout != "" {
		keep(wfm.Problem{Field: "-preset", Value: c.preset, Reason: "stands beside -layout", Remedy: "give one of them"})
	}
	var err error
	c.zone, err = cli.Zone("-tz", *zone)
	keep(err)
	c.length, err = wfm.ParseLength(*interval)
	keep(err)
	c.media = wfm.MediaType(*media)
	if *layout != "" {
		data, err := readFile("-layout", *layout)
		keep(err)
		c.layout = &vendors.File{Name: filepath.Base(*layout), Data: data}
	}
	switch {
	case *sample != "":
		c.sample, err = readFile("-sample", *sample)
		keep(err)
	case !c.preview:
		keep(wfm.Problem{Field: "-sample", Reason: "is missing", Remedy: "give a file of your product, or -preview"})
	}
	return c, errors.Join(list...)
}

func readFile(field, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, wfm.Problem{Field: field, Value: path, Reason: "cannot be read: " + cli.Reason(err), Remedy: "give the path of a file"}
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostSample+1))
	switch {
	case err != nil:
		return nil, wfm.Problem{Field: field, Value: path, Reason: "cannot be read: " + cli.Reason(err), Remedy: "give the path of a file"}
	case len(data) > mostSample:
		return nil, wfm.Problem{Field: field, Value: path, Reason: "is larger than 64 MiB", Remedy: "cut it: a few hundred records are enough"}
	}
	return data, nil
}
