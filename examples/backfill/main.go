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
	"io/fs"
	"log/slog"
	"os"
	"time"

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
	"github.com/cicwfm/cicwfm/wfm/ledger"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// server is the name of the one CIC server of this program in messages and to the licence.
const server = "cic"

func main() { cli.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := start(ctx, args, stdout, stderr)
	var wrong usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return cli.OK
	case errors.As(err, &wrong):
		cli.Errors(stderr, "backfill", wrong.error)
		return cli.Usage
	}
	if ctx.Err() != nil && wfm.KindOf(err) == wfm.LossOfInterest {
		err = errors.New("interrupted; give the same command again to finish")
	}
	cli.Errors(stderr, "backfill", err)
	return cli.Failed
}

// usageError says that the command line is wrong: another try of the same cannot help.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func start(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	registry, err := all.Registry()
	if err != nil {
		return err
	}
	c, err := parse(args, registry, stderr)
	if err != nil {
		return usageError{err}
	}
	encoder, err := c.encoder(registry)
	if err != nil {
		return usageError{err}
	}
	log := c.logger(stderr)
	reader, db, err := c.open(log)
	if problem := (wfm.Problem{}); errors.As(err, &problem) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	defer db.Close()
	return c.run(ctx, log, reader, encoder, stdout, stderr)
}

// encoder makes the vendor's encoder, from its presets or from a layout file.
func (c *config) encoder(registry vendors.Registry) (vendors.HistoricalEncoder, error) {
	s := vendors.Settings{Location: c.zone, Length: c.length, Media: c.media, Presets: c.presets, Values: c.values, RepeatedHour: c.repeatedHour}
	if c.layout != nil {
		s.Layouts = []vendors.File{*c.layout}
	}
	return registry.Historical(c.vendor, s)
}

func (c *config) run(ctx context.Context, log *slog.Logger, reader *cicsql.Reader, encoder vendors.HistoricalEncoder, stdout, stderr io.Writer) error {
	made, err := c.makeFolder()
	if err != nil {
		return err
	}
	if made && c.check {
		defer os.Remove(c.out) // a trial leaves nothing behind
	}
	release, ok := lock(c.out)
	if !ok {
		return wfm.Problem{Field: "-out", Value: c.out, Reason: "is being filled by another backfill", Remedy: "wait until it has ended"}
	}
	defer release()
	drop, err := filedrop.New(c.out, filedrop.Options{Logger: log})
	if err != nil {
		return err
	}
	known, done, err := c.openLedger(ctx)
	if err != nil {
		return err
	}
	defer done()
	gate := license.NewGate(license.Declared{All: c.features}, license.Options{})
	service, err := integration.New(integration.Options{
		Historical: []integration.HistoricalFeed{{
			Name: c.feed, Servers: []integration.Server{{Name: server, Source: reader}}, Encoder: encoder, Transport: drop,
			Grid: wfm.Grid{Length: c.length, Location: c.zone}, Workgroups: c.workgroups, Split: c.split,
		}},
		Ledger: known, Licence: gate, Logger: log,
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

// makeFolder makes the target where it is not there, but not the folder around it: that would hide
// a share that is away, or a slip in the path.
func (c *config) makeFolder() (made bool, err error) {
	err = os.Mkdir(c.out, 0o755)
	info, statErr := os.Stat(c.out)
	switch {
	case statErr == nil && info.IsDir():
		return err == nil, nil
	case statErr == nil:
		return false, wfm.Problem{Field: "-out", Value: c.out, Reason: "is not a folder", Remedy: "name a folder that you may write to"}
	}
	return false, wfm.Problem{Field: "-out", Value: c.out, Reason: "cannot be made: " + cli.Reason(err),
		Remedy: "name a folder that you may write to; the folder around it must be there"}
}

// openLedger opens the ledger file; a trial does not make one.
func (c *config) openLedger(ctx context.Context) (l ledger.Ledger, done func() error, err error) {
	if _, err := os.Stat(c.ledger); c.check && errors.Is(err, fs.ErrNotExist) {
		return ledger.NewMemory(time.Now), func() error { return nil }, nil
	}
	file, err := ledgerfile.Open(ctx, c.ledger, ledgerfile.Options{})
	if err != nil {
		return nil, nil, err
	}
	return file, file.Close, nil
}

// logger writes remarks about the data, and with -v every delivery. The lines have no time: a person
// watches them, and two runs can be compared.
func (c *config) logger(stderr io.Writer) *slog.Logger {
	o := slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	if c.loud {
		o.Level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(stderr, &o))
}

// open opens the database read-only and makes a reader.
func (c *config) open(log *slog.Logger) (*cicsql.Reader, *sql.DB, error) {
	open := map[string]func(wfm.Secret) (*sql.DB, cicsql.Dialect, error){
		"sqlite": openFile, "sqlserver": mssql.Open, "oracle": oracle.Open,
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

// openFile opens a SQLite file. Messages about it name the path, which must not be the connection
// string of another database with its password.
func openFile(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error) {
	path := dsn.Reveal()
	if _, err := os.Stat(path); err != nil && cli.Shown(path) != path {
		return nil, cicsql.Dialect{}, wfm.Problem{Field: "-dsn", Reason: "is not the path of a SQLite file", Remedy: "give the path, or another -driver"}
	}
	return sqlite.Open(path)
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
	if err != nil && result.Intervals+len(result.Gaps) == 0 {
		return err // nothing was done, so there is nothing to sum up
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
