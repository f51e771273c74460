package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

const backfillUsage = `backfill delivers a window of the past: of one feed, or of all.

What the ledger knows is skipped, so the same command finishes what was interrupted. Times are RFC
3339 with an offset or Z, or without one the wall clock of the feed's zone; -to itself is not
included, and a window that cuts an interval is widened. Without instance.shared the service must
not run at the same time; with it, the feed must be run by no other instance.

Exit code: 0 all is delivered, 1 some intervals are gaps or were withheld, 2 something failed.

`

func (a *app) backfill(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("backfill")
	feed := fs.String("feed", "", "`name` of a historical feed (default: all of them)")
	from := fs.String("from", "", "start of the window")
	to := fs.String("to", "", "end of the window, not included")
	destination := fs.String("destination", "", "`name` of the one destination that is served (default: all of the feed)")
	workers := fs.Int("connections", 2, "parts of the window that are read at the same time")
	quiet := fs.Bool("q", false, "show no progress")
	if err := parse(fs, args, backfillUsage, a.out); err != nil {
		return exitWrong, err
	}
	if *workers < 1 || *workers > 64 {
		return exitWrong, wfm.Problem{Field: "-connections", Value: fmt.Sprint(*workers), Reason: "is out of range", Remedy: "use 1 to 64"}
	}
	c, err := config.Load(*path)
	if c == nil {
		return exitWrong, err
	}
	windows, err := windowsOf(c, *feed, *from, *to)
	if err != nil {
		return exitWrong, err
	}
	if listen := c.Service.Listen; !c.Instance.Shared && serviceRuns(ctx, orElse(listen, "127.0.0.1:9464")) {
		return exitWrong, wfm.Problem{Field: "service", Reason: "is running, and without instance.shared only one may work with the ledger",
			Remedy: "stop it meanwhile, or set instance.shared: true"}
	}
	log := slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	var unknown error
	built, service, err := a.open(ctx, *path, log, func(o *integration.Options) {
		unknown = onlyDestination(o, *feed, *destination)
		o.RealTime, o.RealTimeServers = nil, nil
	})
	if err != nil {
		return exitWrong, err
	}
	defer func() { _ = built.Close() }() // every delivery is committed; nothing can be lost
	if unknown != nil {
		return exitWrong, unknown
	}
	code := exitOK
	var failed []error
	for _, f := range built.Options.Historical {
		w, wanted := windows[f.Name]
		if !wanted {
			continue
		}
		one, err := a.backfillFeed(ctx, service, f.Name, w, *workers, *quiet)
		code, failed = max(code, one), append(failed, err)
	}
	if ctx.Err() != nil {
		return exitWrong, errors.New("interrupted; give the same command again to finish")
	}
	return code, once(errors.Join(failed...))
}

// windowsOf reads the window for each feed that is meant: its wall clock is that of the feed.
func windowsOf(c *config.Config, feed, from, to string) (map[string]wfm.Window, error) {
	windows := map[string]wfm.Window{}
	var names []string
	for i := range c.Historical {
		h := &c.Historical[i]
		names = append(names, h.Name)
		if feed != "" && h.Name != feed {
			continue
		}
		zone, err := cli.Zone("zone", string(h.Zone))
		if err != nil {
			return nil, err
		}
		start, errFrom := timeOf("-from", from, zone)
		end, errTo := timeOf("-to", to, zone)
		if err := errors.Join(errFrom, errTo); err != nil {
			return nil, err
		}
		w, err := wfm.NewWindow(start, end)
		if err != nil {
			return nil, err
		}
		windows[h.Name] = w
	}
	if len(windows) == 0 {
		return nil, wfm.Problem{Field: "-feed", Value: cli.Shown(feed), Reason: "is no historical feed", Remedy: fmt.Sprintf("the configuration has %q", names)}
	}
	return windows, nil
}

// timeOf reads a bound of the window.
func timeOf(field, text string, zone *time.Location) (time.Time, error) {
	if text == "" {
		return time.Time{}, wfm.Problem{Field: field, Reason: "is missing", Remedy: "give a day such as 2026-03-01, or a time such as 2026-03-01T08:00"}
	}
	t, err := cli.Time(field, text, zone)
	var p wfm.Problem
	if errors.As(err, &p) {
		p.Remedy = strings.ReplaceAll(p.Remedy, "the wall clock of -tz", "the wall clock of the feed's zone")
		return t, p
	}
	return t, err
}

// gapSpans joins gaps that follow each other.
func gapSpans(list []integration.Gap) (joined []wfm.Window, counts []int) {
	for _, g := range list {
		if last := len(joined) - 1; last >= 0 && joined[last].End.Equal(g.Interval.Start) {
			joined[last].End = g.Interval.End
			counts[last]++
			continue
		}
		joined, counts = append(joined, g.Interval), append(counts, 1)
	}
	return joined, counts
}

// once leaves each of several problems once: every destination tells what holds for all.
func once(err error) error {
	var list []error
	seen := map[string]bool{}
	for _, e := range cli.Problems(err) {
		if e != nil && !seen[e.Error()] {
			seen[e.Error()] = true
			list = append(list, e)
		}
	}
	return errors.Join(list...)
}

// onlyDestination leaves a feed, or all that have it, the one destination.
func onlyDestination(o *integration.Options, feed, name string) error {
	if name == "" {
		return nil
	}
	found := false
	for i := range o.Historical {
		f := &o.Historical[i]
		one := slices.IndexFunc(f.Destinations, func(d integration.Destination) bool { return d.Name == name })
		if one >= 0 && (feed == "" || feed == f.Name) {
			found = true
			f.Destinations = f.Destinations[one : one+1]
		}
	}
	if !found {
		return wfm.Problem{Field: "-destination", Value: cli.Shown(name), Reason: "is no destination of the feed", Remedy: "name one of the feed's destinations"}
	}
	o.Historical = slices.DeleteFunc(o.Historical, func(f integration.HistoricalFeed) bool {
		return len(f.Destinations) != 1 || f.Destinations[0].Name != name
	})
	return nil
}

func (a *app) backfillFeed(ctx context.Context, s *integration.Service, feed string, w wfm.Window, workers int, quiet bool) (int, error) {
	out := a.err
	if quiet {
		out = io.Discard
	}
	fmt.Fprintf(out, "%s: %s\n", feed, w)
	progress := cli.NewProgress(out)
	result, err := s.Backfill(ctx, feed, w, integration.BackfillOptions{Workers: workers, Progress: progress.Show})
	progress.Done()
	gaps, counts := gapSpans(result.Gaps)
	for i, g := range gaps {
		fmt.Fprintf(a.out, "%s: gap %s (%d intervals): no statistics were written; it is not sent\n", feed, g, counts[i])
	}
	if err == nil || result.Intervals+len(result.Gaps) > 0 {
		fmt.Fprintf(a.out, "%s: %d intervals: %d files delivered, %d skipped, %d restated, %d withheld; %d gaps\n",
			feed, result.Intervals, result.Delivered, result.Skipped, result.Restated, result.Withheld, len(result.Gaps))
	}
	if err == nil && len(result.Gaps)+result.Withheld > 0 {
		return exitAttention, nil
	}
	return exitOK, err
}

// lastClosed is the last interval that was read for the first time.
func lastClosed(f *integration.HistoricalFeed, now time.Time) wfm.Window {
	delay := f.Delay
	if delay == 0 {
		delay = integration.DefaultDelay
	}
	return f.Grid.Slot(f.Grid.Slot(now.Add(-delay)).Start.Add(-1))
}
