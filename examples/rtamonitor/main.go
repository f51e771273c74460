// Command rtamonitor shows the live statuses of agents as a real-time feed would see them: the
// stream of one or several CIC servers, read through ICWS.
//
//	rtamonitor -url https://cic-a:8019,https://cic-b:8019 -user svc_rta -password-file pw -workgroups "WFM RTA"
//
// -url names the hosts of one CIC server, a switchover pair being one; each further -url is another server.
// In a terminal it shows a table that follows the changes; elsewhere a line for each; with -json one
// object a line, times in UTC:
//
//	{"event":"snapshot","server":…,"agent":…,"status":…,"loggedIn":…,"activity":…,"since":…,"workgroups":[…]}
//	{"event":"change", the same, "what":"log-on"}
//	{"event":"health","server":…,"agent":null,"status":"up","loggedIn":null,"activity":null,"since":…,"workgroups":[],"host":…,…}
//
// The status of a health line is that of the server: connecting, up, switching over or down, with the reason.
//
// The snapshot is told when all servers are up, or after 15 seconds of those that are; agents of a server that
// comes later enter one by one. An agent who left has no workgroups.
//
// It only looks, so it needs no licence feature of the WFM integration. It exits with 0 when -for is over or it
// was interrupted, 1 when no server was reached, 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/rta"
)

func main() { cli.Main(run) }

// run is the program without the process around it.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return cli.OK
	}
	if err != nil {
		cli.Errors(stderr, "rtamonitor", err)
		return cli.Usage
	}
	if o.length > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.length)
		defer cancel()
	}
	if err := monitor(ctx, o, chooseView(o, stdout)); err != nil {
		cli.Errors(stderr, "rtamonitor", err)
		return cli.Failed
	}
	return cli.OK
}

func chooseView(o *options, stdout io.Writer) view {
	if o.json {
		return &jsonView{out: stdout}
	}
	if f, ok := stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return &tableView{out: f, size: func() (int, int) {
			return sizeOr80x24(term.GetSize(int(f.Fd())))
		}}
	}
	return &lineView{out: stdout}
}

// sizeOr80x24 takes the size of a terminal that has one: those of recorders and containers may say 0 by 0.
func sizeOr80x24(width, height int, err error) (int, int) {
	if err != nil || width <= 0 || height <= 0 {
		return 80, 24
	}
	return width, height
}

const (
	snapshotWait = 15 * time.Second
	redraw       = 250 * time.Millisecond
)

// monitor follows the stream until ctx ends.
func monitor(ctx context.Context, o *options, v view) error {
	defer o.close()
	stream, err := rta.NewStream(rta.Options{Servers: o.servers, Query: o.query()})
	if err != nil {
		return err
	}
	watcher, err := stream.Watch(rta.WatchOptions{Level: o.level})
	if err != nil {
		return err
	}
	defer watcher.Close()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- stream.Run(ctx) }()
	shown, err := follow(ctx, watcher, v)
	cancel()
	err = errors.Join(err, <-done, v.end())
	if err == nil && !shown {
		return fmt.Errorf("no server was reached: %s", reasons(watcher.Servers()))
	}
	return err
}

// follow shows health as it changes, then the snapshot, then changes. shown says whether any server was up.
func follow(ctx context.Context, w *rta.Watcher, v view) (shown bool, err error) {
	tick := time.NewTicker(redraw)
	defer tick.Stop()
	patience := time.NewTimer(snapshotWait)
	defer patience.Stop()
	health, started := map[string]string{}, time.Now()
	snapshot := false
	changes := w.Drain(nil)
	for {
		allUp, anyUp := true, false
		for _, h := range w.Servers() {
			allUp, anyUp = allUp && h.State == rta.ServerUp, anyUp || h.State == rta.ServerUp
			if key := fmt.Sprintf("%d %q %q %q", h.State, h.Host, h.Reason, h.Remarks); health[h.Server] != key {
				health[h.Server] = key
				if h.Since.IsZero() { // connecting since the beginning
					h.Since = started
				}
				if err := v.health(h); err != nil {
					return shown, err
				}
			}
		}
		shown = shown || anyUp
		select {
		case <-patience.C:
			allUp = anyUp
			patience.Reset(time.Second)
		default:
		}
		if !snapshot && allUp {
			snapshot = true
			if err := v.snapshot(w.Snapshot()); err != nil {
				return shown, err
			}
		} else if snapshot {
			changes = w.Drain(changes)
			for i := range changes {
				if err := v.change(&changes[i]); err != nil {
					return shown, err
				}
			}
		}
		select {
		case <-ctx.Done():
			return shown, nil
		case <-w.Ready():
		case <-tick.C:
			if err := v.draw(w.Now()); err != nil {
				return shown, err
			}
		}
	}
}

func reasons(list []rta.ServerHealth) (text string) {
	for i, h := range list {
		if i > 0 {
			text += "; "
		}
		text += h.Server + " is " + h.State.String()
		if h.Reason != "" {
			text += ": " + h.Reason
		}
	}
	return text
}
