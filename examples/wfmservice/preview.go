package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

const previewUsage = `preview shows what the feeds would write and send, from the real servers, and delivers nothing.

Of a historical feed it shows the files of the last closed interval (or of the one at -at): names,
sizes and first lines; -out writes them to a folder. Of a real-time feed it shows what a receiver
that connects now would get in the next seconds, read as a receiver of the product reads it. Exit
code: 0, 1 where the interval is a gap, 2 where a feed cannot be shown.

`

// previewer is one run of preview.
type previewer struct {
	*app
	t      *config.Trial
	at     string
	out    string
	lines  int
	length time.Duration
	gaps   int // that were shown
}

func (a *app) preview(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("preview")
	feed := fs.String("feed", "", "`name` of a feed (default: all of them)")
	p := &previewer{app: a}
	fs.StringVar(&p.at, "at", "", "a `time` in the interval that is shown: RFC 3339, or the wall clock of the feed's zone (default: the last closed one)")
	fs.StringVar(&p.out, "out", "", "`folder` that the files are written to, a folder below it for each feed")
	fs.IntVar(&p.lines, "lines", 10, "how many lines of each file are shown")
	fs.DurationVar(&p.length, "for", 5*time.Second, "how long real-time feeds are watched after their snapshot")
	if err := parse(fs, args, previewUsage, a.out); err != nil {
		return exitWrong, err
	}
	c, err := config.Load(*path)
	if c == nil {
		return exitWrong, err
	}
	// Destinations that are broken do not matter here, so a trial does.
	p.t, err = a.registries.Try(c, config.BuildOptions{Env: a.env})
	defer func() { _ = p.t.Close() }() // nothing was written
	shown, failed := 0, []error{}
	for _, f := range p.t.Options.Historical {
		if *feed == "" || f.Name == *feed {
			shown++
			failed = append(failed, p.files(ctx, f))
		}
	}
	for _, f := range p.t.Options.RealTime {
		if *feed == "" || f.Name == *feed {
			shown++
			failed = append(failed, p.frames(ctx, f))
		}
	}
	if shown == 0 {
		return exitWrong, errors.Join(err, wfm.Problem{Field: "-feed", Value: cli.Shown(*feed), Reason: "is no feed that can be shown", Remedy: "see wfmservice check"})
	}
	if err := errors.Join(failed...); err != nil {
		return exitWrong, err
	}
	if p.gaps > 0 {
		return exitAttention, nil
	}
	return exitOK, nil
}

// kept is a transport that keeps what it is given.
type kept struct{ files []wfm.Artifact }

func (k *kept) Deliver(_ context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	k.files = append(k.files, a)
	return delivery.Receipt{Where: "preview", Bytes: int64(len(a.Bytes))}, nil
}

// files shows the files of one interval.
func (p *previewer) files(ctx context.Context, f integration.HistoricalFeed) error {
	w := lastClosed(&f, time.Now())
	if p.at != "" {
		at, err := cli.Time("-at", p.at, f.Grid.Location)
		if err != nil {
			return err
		}
		w = f.Grid.Slot(at)
	}
	all, result, err := p.encode(ctx, f, w)
	var problem wfm.Problem
	if p.at == "" && errors.As(err, &problem) && problem.Field == "window" { // files of a day, which is not over yet
		w = wfm.Window{Start: w.Start.AddDate(0, 0, -1), End: w.End.AddDate(0, 0, -1)}
		all, result, err = p.encode(ctx, f, w)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(p.app.out, "=== feed %s, interval %s\n", f.Name, w)
	for _, g := range result.Gaps {
		fmt.Fprintf(p.app.out, "gap %s: no statistics were written; nothing would be sent; -at shows another interval\n", g.Interval)
	}
	p.gaps += len(result.Gaps)
	if len(all)+len(result.Gaps) == 0 {
		fmt.Fprintln(p.app.out, "no file: there is nothing to write in this interval; -at shows another one")
	}
	for _, a := range all {
		fmt.Fprintf(p.app.out, "--- %s, %d rows, %d bytes, %s\n", wfm.OneLine(a.Name), a.Rows, len(a.Bytes), lineEnds(a.Bytes))
		printLines(p.app.out, a.Bytes, p.lines)
	}
	if p.out == "" {
		return nil
	}
	return p.write(f.Name, all)
}

// encode makes the files as the service would, for a ledger that knows nothing.
func (p *previewer) encode(ctx context.Context, f integration.HistoricalFeed, w wfm.Window) ([]wfm.Artifact, integration.Result, error) {
	keep := &kept{}
	f.Transport, f.Destinations = keep, nil
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: ledger.NewMemory(nil), Licence: p.t.Options.Licence})
	if err != nil {
		return nil, integration.Result{}, err
	}
	result, err := s.Backfill(ctx, f.Name, w, integration.BackfillOptions{})
	return keep.files, result, err
}

// write puts the files into a folder below -out.
func (p *previewer) write(feed string, all []wfm.Artifact) error {
	name, err := delivery.SafeName(feed)
	if err != nil {
		return err
	}
	folder := filepath.Join(p.out, name)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return wfm.Problem{Field: "-out", Value: p.out, Reason: "cannot be made: " + cli.Reason(err), Remedy: "name a folder that you may write to"}
	}
	for _, a := range all {
		name, err := delivery.SafeName(a.Name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(folder, name), a.Bytes, 0o644); err != nil {
			return wfm.Problem{Field: "-out", Value: p.out, Reason: "cannot be written to: " + cli.Reason(err), Remedy: "name a folder that you may write to"}
		}
	}
	return nil
}
