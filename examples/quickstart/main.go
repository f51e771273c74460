// Command quickstart shows the library at work, with nothing to set up: it simulates a day of a
// contact centre on CIC, writes it into a reporting database as CIC would, and delivers its
// half-hour intervals to each vendor's folder. Run it again: nothing is delivered twice. Then it lives through
// half an hour of that day: a simulated CIC answers ICWS on loopback, and every change of an agent's
// status goes to a receiver of each vendor in this process.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"
	_ "time/tzdata" // zones on machines without a zone database, such as Windows

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/integration"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

const usage = `quickstart simulates a day of a contact centre on CIC and delivers its interval statistics
to each WFM vendor's folder. Run it again: what was delivered is skipped. Then it sends half an hour of
agents' status changes to a receiver of each vendor, over loopback, and shows how long they took.

`

func main() { cli.Main(run) }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	fs := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	out := fs.String("out", "quickstart-out", "folder for the simulated database, the ledger and the vendors' folders")
	asJSON := fs.Bool("json", false, "end with one line of JSON")
	err := cli.Parse(fs, args, usage, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return cli.OK
	}
	if err == nil && fs.NArg() > 0 {
		err = wfm.Problem{Field: "argument", Value: fs.Arg(0), Reason: "is not expected", Remedy: "name the folder with -out; see -h"}
	}
	if err != nil {
		cli.Errors(stderr, "quickstart", err)
		return cli.Usage
	}
	feeds, err := quickstart(ctx, *out, stdout)
	var live []rtaFeed
	if err == nil {
		live, err = realTime(ctx, stdout)
	}
	if err != nil {
		cli.Errors(stderr, "quickstart", err)
		return cli.Failed
	}
	if *asJSON {
		var list []any
		for _, f := range feeds {
			list = append(list, f)
		}
		for _, f := range live {
			list = append(list, f)
		}
		line, err := json.Marshal(map[string]any{"feeds": list})
		if err != nil {
			cli.Errors(stderr, "quickstart", err)
			return cli.Failed
		}
		fmt.Fprintf(stdout, "%s\n", line)
	}
	return cli.OK
}

// feed is one line of the table, and one element of the JSON.
type feed struct {
	Module    string `json:"module"`
	Vendor    string `json:"vendor"`
	Intervals int    `json:"intervals"`
	Artifacts int    `json:"artifacts"`
	Delivered int    `json:"delivered"`
	Skipped   int    `json:"skipped"`
	Restated  int    `json:"restated"`
	Dir       string `json:"dir"`
	Evidence  string `json:"evidence"`

	rows, revision int
	sample         wfm.Artifact
}

// quickstart is the historical half of an integration, in the order in which one sets it up.
func quickstart(ctx context.Context, dir string, stdout io.Writer) ([]feed, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, wfm.Problem{Field: "-out", Value: dir, Reason: "cannot be made: " + cli.Reason(err), Remedy: "name a folder that you may write to"}
	}
	day, err := simulate(ctx, filepath.Join(dir, "cic.db"), stdout)
	if err != nil {
		return nil, err
	}

	// The source: a reader over the reporting database.
	db, dialect, err := sqlite.Open(filepath.Join(dir, "cic.db"))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	reader, err := cicsql.New(db, dialect, cicsql.Options{Zone: day.zone})
	if err != nil {
		return nil, err
	}

	// What is owed to whom: the ledger and the licence.
	ledger, err := ledgerfile.Open(ctx, filepath.Join(dir, "ledger.db"), ledgerfile.Options{})
	if err != nil {
		return nil, err
	}
	defer ledger.Close()
	gate := license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical}}, license.Options{})

	// One feed per vendor: an encoder, and a folder for its files.
	registry, err := all.Registry()
	if err != nil {
		return nil, err
	}
	var feeds []integration.HistoricalFeed
	lines := map[string]*feed{}
	var order []*feed
	for _, vendor := range registry.HistoricalNames() {
		target := filepath.Join(dir, vendor)
		if err := os.MkdirAll(target, 0o755); err != nil {
			return nil, err
		}
		drop, err := filedrop.New(target, filedrop.Options{})
		if err != nil {
			return nil, err
		}
		encoder, err := registry.Historical(vendor, vendors.Settings{Location: day.zone, Length: wfm.HalfHour})
		if err != nil {
			return nil, err
		}
		feeds = append(feeds, integration.HistoricalFeed{
			Name: vendor, Servers: []integration.Server{{Name: "cic", Source: reader}}, Encoder: encoder, Transport: drop,
			Grid: wfm.Grid{Length: wfm.HalfHour, Location: day.zone}, Workgroups: day.workgroups,
		})
		lines[vendor] = &feed{Module: "historical", Vendor: vendor, Dir: target, Evidence: evidence(encoder, "historical")}
		order = append(order, lines[vendor])
	}
	service, err := integration.New(integration.Options{Historical: feeds, Ledger: ledger, Licence: gate,
		Observe: func(o integration.Outcome) { lines[o.Feed].note(o) }})
	if err != nil {
		return nil, err
	}

	// The work: each feed delivers the day.
	for _, f := range feeds {
		result, err := service.Backfill(ctx, f.Name, day.window, integration.BackfillOptions{})
		if err != nil {
			return nil, err
		}
		line := lines[f.Name]
		line.Intervals, line.rows = result.Intervals, result.Rows
		line.Delivered, line.Skipped, line.Restated = result.Delivered, result.Skipped, result.Restated
	}
	var done []feed
	for _, line := range order {
		done = append(done, *line)
	}
	show(stdout, done)
	return done, nil
}

// evidence names the presets that a feed uses without being told which, and how well each is known.
func evidence(v vendors.Vendor, module string) string {
	var parts []string
	for _, p := range v.Info().Presets {
		if p.Module == module && p.Default {
			parts = append(parts, p.Name+" "+string(p.Evidence))
		}
	}
	return strings.Join(parts, ", ")
}

// note keeps what the table shows of an outcome, and the fullest file of the vendor's first kind as
// the sample.
func (f *feed) note(o integration.Outcome) {
	f.Artifacts++
	f.revision = max(f.revision, o.Artifact.Revision)
	if f.sample.Kind == "" || (o.Artifact.Kind == f.sample.Kind && len(o.Artifact.Bytes) > len(f.sample.Bytes)) {
		f.sample = o.Artifact
	}
}

func show(w io.Writer, feeds []feed) {
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "FEED\tINTERVALS\tFILES\tROWS\tREVISION\tDELIVERED\tSKIPPED\tWHERE")
	delivered := 0
	for _, f := range feeds {
		fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", f.Vendor, f.Intervals, f.Artifacts, f.rows, f.revision, f.Delivered, f.Skipped, f.Dir)
		delivered += f.Delivered + f.Restated
	}
	t.Flush()
	fmt.Fprint(w, "\nHow well the files are known:\n")
	for _, f := range feeds {
		fmt.Fprintf(w, "    %s: %s\n", f.Vendor, f.Evidence)
	}
	for _, f := range feeds {
		fmt.Fprintf(w, "\n%s:\n%s", filepath.Join(f.Dir, f.sample.Name), head(f.sample.Bytes, 8))
	}
	if delivered == 0 {
		fmt.Fprint(w, "\nEverything was delivered before: nothing was delivered twice.\n")
	}
}

// head returns the first lines of a file, indented.
func head(b []byte, lines int) string {
	text := ""
	for line := range linesOf(b) {
		if lines--; lines < 0 {
			return text + "    …\n"
		}
		text += "    " + line + "\n"
	}
	return text
}

// day is what was simulated.
type day struct {
	window     wfm.Window
	zone       *time.Location
	workgroups []wfm.Workgroup
}
