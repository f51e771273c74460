// Command cicsim simulates a contact centre on CIC, for trying the library without a CIC server. It
// writes its reporting database into an SQLite file, or serves it live over ICWS:
//
//	cicsim -db centre.db -seed 7 -days 2
//	cicsim -icws :8018 -backup :8028 -control :8038 -user svc -password-file pw -agents 200 -speed 10
//
// As a server it prints, when it listens, one line of JSON with the addresses, the path of its CA (-tls),
// the workgroups, the master workgroup without a queue and the number of agents. Addresses without a host are on
// loopback: ":8018" is 127.0.0.1:8018, and "0.0.0.0:8018" has to be said. Port 0 takes a free one. A host of
// a pair names the other as host:port, since both may share a host; -alternate overrides that. What the control
// address takes is in the documentation of package icwsserver (Pair.Control). The day begins at -from and
// begins there again when it is over; more than 5000 agents have no day, only -load.
//
// It exits with 0 when the file is written or the server was interrupted, 1 when that could not be and 2 for a wrong
// command line.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	_ "time/tzdata" // Windows has no zones of its own

	_ "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

func main() { cli.Main(run) }

// run is the program without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	opt, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return cli.OK
	}
	if err != nil {
		return complain(stderr, err, cli.Usage)
	}
	if opt.icws.addr != "" {
		return serve(ctx, opt, stdout, stderr)
	}
	centre, err := cicsim.New(opt.config)
	if err != nil {
		return complain(stderr, err, cli.Usage)
	}
	sum, err := write(ctx, centre, opt)
	if err != nil {
		return complain(stderr, err, cli.Failed)
	}
	if opt.rows == 0 {
		report(stdout, centre, opt.path)
	}
	for _, t := range sum.Tables() {
		fmt.Fprintf(stdout, "  %-26s%8d rows\n", t, sum[t])
	}
	return cli.OK
}

// complain prints every problem on a line of its own.
func complain(stderr io.Writer, err error, code int) int {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(stderr, "cicsim:", line)
	}
	return code
}

// write fills a new file beside the target and then takes its place, so that no half-written
// database is ever found under its name.
func write(ctx context.Context, centre *cicsim.Centre, opt options) (cicsim.Summary, error) {
	if _, err := os.Stat(opt.path); err == nil && !opt.force {
		return nil, wfm.Problem{Field: "-db", Value: opt.path, Reason: "exists already", Remedy: "give another name or -force"}
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	temp, err := os.CreateTemp(filepath.Dir(opt.path), "."+filepath.Base(opt.path)+".*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(temp.Name()) // gone already after the rename
	if err := temp.Close(); err != nil {
		return nil, err
	}
	sum, err := fill(ctx, centre, opt, temp.Name())
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(temp.Name(), 0o644); err != nil {
		return nil, err
	}
	return sum, os.Rename(temp.Name(), opt.path)
}

func fill(ctx context.Context, centre *cicsim.Centre, opt options, path string) (sum cicsim.Summary, err error) {
	// A file that is thrown away on failure needs no journal.
	dsn := url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path)), RawQuery: "_pragma=journal_mode(off)&_pragma=synchronous(off)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	switch {
	case opt.rows > 0:
		return cicsim.WriteStatistics(ctx, db, centre.Config(), opt.rows)
	case !opt.asOf.IsZero():
		return centre.NewWriter(db).WriteThrough(ctx, opt.asOf)
	}
	return centre.WriteDB(ctx, db)
}

// report prints what was simulated.
func report(w io.Writer, centre *cicsim.Centre, path string) {
	cfg := centre.Config()
	fmt.Fprintf(w, "%s: seed %d, %s\n", path, cfg.Seed, centre.Window())
	for _, s := range centre.Sites() {
		fmt.Fprintf(w, "  site %d: %s, interval %s, %d restarts, %d silent spans\n", s.ID, s.Location, s.Interval, len(s.Down), len(s.Silent))
	}
	fmt.Fprintf(w, "  %d workgroups, %d agents, %d contacts, %d calls through no queue\n", len(centre.Workgroups()), len(centre.Agents()),
		len(centre.Contacts()), len(centre.PersonalCalls()))
}
