package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

const checkUsage = `check tries everything that the configuration names, and reports all that it finds at once.

It logs on to databases and CIC servers, reads licences, columns, workgroups and statuses, compares
clocks, writes and removes a file at each destination for files, connects to each receiver, tries
the rights of the ledger, and looks at this host. It delivers nothing and leaves nothing behind.
Exit code: 0 all is well (NOTE is worth reading), 1 something needs attention (WARN), 2 something is
wrong (FAIL). With -json the same as one object: config, time, result, rows of group, item, mark,
text and remedy.

`

// checker tries a configuration.
type checker struct {
	*app
	c     *config.Config
	t     *config.Trial
	limit time.Duration
	now   time.Time

	// What the servers said, for the feeds; filled by the first stage.
	servers map[string]*serverSaid
}

// serverSaid is what one server said of itself.
type serverSaid struct {
	database   bool // the database can be read
	inspection rta.Inspection
	icws       error
	licence    map[license.Module]license.Decision
}

func (a *app) check(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("check")
	asJSON := fs.Bool("json", false, "write one JSON object instead of a table")
	all := fs.Bool("v", false, "show every remark about the feeds in the table")
	limit := fs.Duration("timeout", 15*time.Second, "what a single thing that is tried may take")
	if err := parse(fs, args, checkUsage, a.out); err != nil {
		return exitWrong, err
	}
	if *limit < time.Second {
		return exitWrong, wfm.Problem{Field: "-timeout", Value: limit.String(), Reason: "is too short", Remedy: "use a second or more, such as 15s"}
	}
	report := a.runCheck(ctx, *path, *limit)
	if ctx.Err() != nil {
		return exitWrong, errors.New("interrupted")
	}
	var err error
	if *asJSON {
		err = report.writeJSON(a.out)
	} else {
		err = report.writeTable(a.out, *all)
	}
	return report.Result.code(), err
}

// runCheck tries a configuration file.
func (a *app) runCheck(ctx context.Context, path string, limit time.Duration) *checkReport {
	k := &checker{app: a, limit: limit, now: time.Now(), servers: map[string]*serverSaid{}}
	report := &checkReport{Config: path, Time: k.now.UTC()}
	report.Rows = k.all(ctx, path)
	report.settle()
	return report
}

func (k *checker) all(ctx context.Context, path string) (rows []row) {
	file := filepath.Base(path)
	c, err := config.Load(path)
	if c == nil {
		if errors.Is(err, fs.ErrNotExist) || !fileExists(path) {
			return append(k.lines(path, failures(inConfiguration, file, markFail, err)),
				newRow(inConfiguration, file, markNote, "nothing else was tried", "wfmservice init writes a configuration"))
		}
		return k.lines(path, failures(inConfiguration, file, markFail, err))
	}
	k.c = c
	k.t, err = k.registries.Try(c, config.BuildOptions{Env: k.env})
	rows = append(rows, k.lines(path, failures(inConfiguration, file, markFail, err))...)
	for _, n := range k.t.Notes {
		rows = append(rows, k.lines(path, failures(inConfiguration, file, markOfNote(n), n))...)
	}
	if err == nil {
		rows = append(rows, newRow(inConfiguration, file, markOK, fmt.Sprintf("read; servers: %d, destinations: %d, feeds of files: %d, real-time feeds: %d",
			len(c.Servers), len(c.Destinations), len(c.Historical), len(c.RealTime)), ""))
	}
	rows = append(rows, k.certificates()...)
	rows = append(rows, k.sameNames(ctx)...)
	rows = append(rows, runTasks(ctx, k.limit, slices.Concat(k.serverTasks(), k.destinationTasks(), k.ledgerTasks(), k.hostTasks()))...)
	rows = append(rows, k.licences(ctx)...)
	rows = append(rows, runTasks(ctx, k.limit, k.feedTasks())...)
	if err := k.t.Close(); err != nil && ctx.Err() == nil {
		rows = append(rows, failures(inHost, "end of the trial", markNote, err)...)
	}
	return rows
}

// lines shortens the place of a problem to its line, where it has one: the row names the file.
func (k *checker) lines(path string, rows []row) []row {
	for i := range rows {
		rest, found := strings.CutPrefix(rows[i].Text, path+":")
		switch {
		case found && rest != "" && '0' <= rest[0] && rest[0] <= '9':
			rows[i].Text = "line " + rest
		case found:
			rows[i].Text = strings.TrimSpace(rest)
		}
	}
	return rows
}

// markOfNote tells what is only superfluous from what should be looked at.
func markOfNote(n wfm.Problem) mark {
	if strings.Contains(n.Reason, "used by no feed") {
		return markNote
	}
	return markWarn
}

func tryFolder(folder string) error {
	f, err := os.CreateTemp(folder, ".wfmservice-check-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
