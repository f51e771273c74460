// Command backfill delivers the interval files of a window of the past: from the CIC reporting
// database to a folder that a WFM product reads. It is also an example of the library: open a
// database, make a reader, choose a vendor, run the feed.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	_ "time/tzdata" // zones on machines without a zone database, such as Windows

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/mssql"
	"github.com/cicwfm/cicwfm/historical/cicsql/oracle"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/integration"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// server is the name of the one CIC server of this program in messages and to the licence.
const server = "cic"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	c, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return cli.OK
	}
	if err != nil {
		cli.Errors(stderr, "backfill", err)
		return cli.Usage
	}
	encoder, err := c.encoder()
	if err != nil {
		cli.Errors(stderr, "backfill", err)
		return cli.Usage
	}
	if err := c.run(ctx, encoder, stdout, stderr); err != nil {
		cli.Errors(stderr, "backfill", err)
		return cli.Failed
	}
	return cli.OK
}

// encoder makes the vendor's encoder, from its presets or from a layout file.
func (c *config) encoder() (vendors.HistoricalEncoder, error) {
	registry, err := all.Registry()
	if err != nil {
		return nil, err
	}
	s := vendors.Settings{Location: c.zone, Length: c.length, Media: c.media, Presets: c.presets, Values: c.values, RepeatedHour: c.repeatedHour}
	if c.layout != nil {
		s.Layouts = []vendors.File{*c.layout}
	}
	return registry.Historical(c.vendor, s)
}

func (c *config) run(ctx context.Context, encoder vendors.HistoricalEncoder, stdout, stderr io.Writer) error {
	level := slog.LevelWarn
	if c.loud {
		level = slog.LevelInfo
	}
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: level}))
	reader, db, err := c.open(log)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := os.MkdirAll(c.out, 0o755); err != nil {
		return wfm.Problem{Field: "-out", Value: c.out, Reason: "cannot be made: " + cli.Reason(err), Remedy: "name a folder that you may write to"}
	}
	drop, err := filedrop.New(c.out, filedrop.Options{Logger: log})
	if err != nil {
		return err
	}
	ledger, err := ledgerfile.Open(ctx, c.ledger, ledgerfile.Options{})
	if err != nil {
		return err
	}
	defer ledger.Close()
	gate := license.NewGate(license.Declared{All: c.features}, license.Options{})
	service, err := integration.New(integration.Options{
		Historical: []integration.HistoricalFeed{{
			Name: c.feed, Servers: []integration.Server{{Name: server, Source: reader}}, Encoder: encoder, Transport: drop,
			Grid: wfm.Grid{Length: c.length, Location: c.zone}, Workgroups: c.workgroups, Split: c.split,
		}},
		Ledger: ledger, Licence: gate, Logger: log,
		Observe: func(o integration.Outcome) {
			fmt.Fprintf(stdout, "%s\t%d\t%s\t%d\t%s\n", nameOf(o), len(o.Artifact.Bytes), o.Digest, o.Artifact.Revision, o.Action)
		},
	})
	if err != nil {
		return err
	}
	window := wfm.Window{Start: c.from, End: c.to}
	if c.check {
		return check(ctx, service, window, stdout)
	}
	return deliver(ctx, service, c.feed, window, c.workers, stderr)
}

// open opens the database read-only and makes a reader.
func (c *config) open(log *slog.Logger) (*cicsql.Reader, *sql.DB, error) {
	open := map[string]func(wfm.Secret) (*sql.DB, cicsql.Dialect, error){
		"sqlite":    func(path wfm.Secret) (*sql.DB, cicsql.Dialect, error) { return sqlite.Open(path.Reveal()) },
		"sqlserver": mssql.Open, "oracle": oracle.Open,
	}[c.driver] // parse has checked it
	db, dialect, err := open(c.dsn)
	if err != nil {
		return nil, nil, err
	}
	options := cicsql.Options{Database: c.database, Schema: c.schema, NoLock: c.noLock, Site: c.site, Zone: c.serverZone, Logger: log}
	if c.noReconcile {
		options.Reconcile = cicsql.ReconcileOff
	}
	reader, err := cicsql.New(db, dialect, options)
	if err != nil {
		return nil, nil, errors.Join(err, db.Close())
	}
	return reader, db, nil
}

func check(ctx context.Context, s *integration.Service, w wfm.Window, stdout io.Writer) error {
	report := s.Check(ctx, w)
	for _, f := range report.Feeds {
		for _, n := range f.Notes {
			fmt.Fprintf(stdout, "note\t%s\n", wfm.OneLine(n))
		}
	}
	if err := report.Err(); err != nil {
		return err
	}
	fmt.Fprintln(stdout, "ready\tno problem was found")
	return nil
}

func deliver(ctx context.Context, s *integration.Service, feed string, w wfm.Window, workers int, stderr io.Writer) error {
	progress := cli.NewProgress(stderr)
	result, err := s.Backfill(ctx, feed, w, integration.BackfillOptions{Workers: workers, Progress: progress.Show})
	progress.Done()
	for _, g := range result.Gaps {
		fmt.Fprintf(stderr, "gap\t%s\tno statistics were written%s; it is not sent\n", g.Interval, sites(g))
	}
	fmt.Fprintf(stderr, "%d intervals: %d delivered, %d skipped, %d restated, %d withheld, %d gaps\n",
		result.Intervals, result.Delivered, result.Skipped, result.Restated, result.Withheld, len(result.Gaps))
	return err
}

func sites(g integration.Gap) string {
	if len(g.Sites) == 0 {
		return ""
	}
	return fmt.Sprintf(" by site %v", g.Sites)
}

// nameOf is the name of the file in the folder.
func nameOf(o integration.Outcome) string {
	if name, err := delivery.SafeName(o.Artifact.Name); err == nil {
		return name
	}
	return fmt.Sprintf("%q", o.Artifact.Name)
}
