package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// zone is where the simulated centre stands.
const zone = "Europe/Berlin"

// newCentre is the day of the centre: the same in each run.
func newCentre() (*cicsim.Centre, error) {
	return cicsim.New(cicsim.Config{Seed: 1, Start: time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC), Sites: []cicsim.SiteConfig{{ID: 1, Zone: zone, Interval: 15 * time.Minute}}})
}

// simulate makes the day and writes it into a reporting database, unless an earlier run did. The
// file gets its name when it is complete.
func simulate(ctx context.Context, path string, stdout io.Writer) (day, error) {
	centre, err := newCentre()
	if err != nil {
		return day{}, err
	}
	location, err := cli.Zone("zone", zone)
	if err != nil {
		return day{}, err
	}
	d := day{window: centre.Window(), zone: location, workgroups: centre.Workgroups()}
	fmt.Fprintf(stdout, "A simulated CIC day, %s in %s: %d workgroups, %d agents, %d contacts.\n",
		d.window.Start.In(location).Format("2 January 2006"), zone, len(d.workgroups), len(centre.Agents()), len(centre.Contacts()))
	if _, err := os.Stat(path); err == nil {
		return d, nil
	}
	partial := path + ".part"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return day{}, err
	}
	db, err := sql.Open("sqlite", partial)
	if err != nil {
		return day{}, err
	}
	_, err = centre.WriteDB(ctx, db)
	if err := errors.Join(err, db.Close()); err != nil {
		return day{}, err
	}
	return d, os.Rename(partial, path)
}

// linesOf yields the lines of a file without their ends.
func linesOf(b []byte) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range bytes.Lines(b) {
			if !yield(strings.TrimRight(string(line), "\r\n")) {
				return
			}
		}
	}
}
