package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

const statusUsage = `status asks the running service what it does. Where none runs it shows what the ledger knows. It
ends with 0 when the service runs and is healthy, 1 when somebody should look, 2 where it cannot be
known.

`

// status is the command status.
func (a *app) status(ctx context.Context, args []string) (int, error) {
	fs, path := a.flags("status")
	asJSON := fs.Bool("json", false, "print JSON: that of /status, or what the ledger knows")
	if err := parse(fs, args, statusUsage, a.out); err != nil {
		return exitWrong, err
	}
	c, err := config.Load(*path)
	if c == nil {
		return exitWrong, err
	}
	address := c.Service.Filled().Listen
	text, err := ask(ctx, address)
	if err != nil {
		fmt.Fprintln(a.err, "wfmservice status:", wfm.OneLine(err.Error()))
		return a.fromLedger(ctx, c, *asJSON)
	}
	var r statusReport
	if err := json.Unmarshal(text, &r); err != nil || r.Version == 0 {
		return exitWrong, &wfm.Error{Op: "ask http://" + address + "/status", Kind: wfm.BadData, Err: errors.New("what answers is not this service"),
			Remedy: "see which program listens there, and choose another service.listen"}
	}
	if *asJSON {
		_, err = a.out.Write(text)
	} else {
		err = r.show(a.out)
	}
	if err == nil && (r.Health.Status != healthy || len(r.Config.Problems) > 0) {
		return exitAttention, nil
	}
	return exitOK, err
}

// maxStatus bounds what is read of an answer.
const maxStatus = 16 << 20

// ask returns the answer of the service that runs here. Proxies are passed by: the address is on loopback.
func ask(ctx context.Context, address string) ([]byte, error) {
	notRunning := func(err error) error {
		return &wfm.Error{Op: "ask the service at " + wfm.Quote(address), Kind: wfm.Unavailable, Err: err,
			Remedy: "it does not run, or with another configuration: start it with wfmservice run or wfmservice service start, or name its file with -config"}
	}
	if address == "off" {
		return nil, wfm.Problem{Field: "service.listen", Value: "off", Reason: "leaves no address to ask at", Remedy: "give the service a loopback address"}
	}
	transport := &http.Transport{DialContext: (&net.Dialer{Timeout: 3 * time.Second}).DialContext, DisableKeepAlives: true}
	client := &http.Client{Transport: transport, Timeout: 15 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+address+"/status", nil)
	if err != nil {
		return nil, notRunning(err)
	}
	res, err := client.Do(req)
	if err != nil {
		var op *net.OpError
		if errors.As(err, &op) {
			return nil, notRunning(op.Err)
		}
		return nil, notRunning(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, maxStatus))
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("the answer is %s", res.Status)
	}
	if err != nil {
		return nil, notRunning(err)
	}
	return text, nil
}

// show prints the report for a person.
func (r statusReport) show(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %s  pid %d  since %s  instance %s\n", r.Health.Status, r.Build.Version, r.PID, stamp(r.Started), r.Instance)
	fmt.Fprintf(&b, "configuration %s, read %s\n", r.Config.File, stamp(r.Config.Loaded))
	if len(r.Config.Problems) > 0 {
		fmt.Fprintf(&b, "changed at %s and not used, what was read before goes on:\n", stamp(r.Config.RefusedAt))
	}
	for _, p := range r.Config.Problems {
		fmt.Fprintf(&b, "  %s\n", p)
	}
	if len(r.Config.Restart) > 0 {
		fmt.Fprintf(&b, "  waits for the next start: %s\n", strings.Join(r.Config.Restart, ", "))
	}
	for _, p := range r.Health.Problems {
		fmt.Fprintf(&b, "! %s %s\n", p.Part, p.Reason)
	}
	table(&b, "FEED\tPRODUCT\tDEALT WITH UP TO\tNOW\tDELIVERED\tRESTATED\tGAPS\tRUN BY", len(r.Historical), func(i int) string {
		f := r.Historical[i]
		now := "next " + brief(f.Next)
		switch {
		case f.WorkingOn != nil:
			now = "at " + brief(f.Reached)
		case f.Refused:
			now = "may not run, again " + brief(f.Next)
		case f.Error != "":
			now = "fails, again " + brief(f.Next)
		case f.Next.IsZero() && f.Lease != nil && !f.Lease.Ours:
			now = "stands by"
		}
		return fmt.Sprintf("%s\t%s\t%s\t%s\t%d\t%d\t%d\t%s", laneName(f.Feed, f.Destination), f.Vendor, brief(f.Watermark), now, f.Delivered, f.Restated, len(f.Gaps), f.Lease.runner())
	})
	for _, f := range r.Historical {
		if f.Error != "" {
			fmt.Fprintf(&b, "  %s: %s\n", laneName(f.Feed, f.Destination), f.Error)
		}
		for _, g := range f.Gaps[max(0, len(f.Gaps)-3):] {
			fmt.Fprintf(&b, "  %s: nothing is known of %s to %s\n", laneName(f.Feed, f.Destination), brief(g.Start), brief(g.End))
		}
		unlicensed(&b, laneName(f.Feed, f.Destination), f.Licence)
	}
	table(&b, "REAL-TIME FEED\tPRODUCT\tSTATE\tRECEIVERS\tNOT MAPPED\tRUN BY", len(r.RealTime), func(i int) string {
		f := r.RealTime[i]
		connected, unmapped := 0, 0
		for _, rc := range f.Receivers {
			if rc.Connected {
				connected++
			}
		}
		for _, n := range f.Unmapped {
			unmapped += n
		}
		return fmt.Sprintf("%s\t%s\t%s\t%d\t%d\t%s", f.Feed, f.Vendor, f.State, connected, unmapped, f.Lease.runner())
	})
	var receivers []string
	for _, f := range r.RealTime {
		if f.Error != "" {
			fmt.Fprintf(&b, "  %s: %s%s\n", f.Feed, f.Error, later(f.Next))
		}
		for _, status := range sortedKeys(f.Unmapped) {
			fmt.Fprintf(&b, "  %s: %d states were not sent, since status %s had no code\n", f.Feed, f.Unmapped[status], wfm.Quote(string(status)))
		}
		unlicensed(&b, f.Feed, f.Licence)
		for _, rc := range f.Receivers {
			state := "since " + brief(rc.Since)
			if !rc.Connected {
				state = "not connected " + rc.Error
			}
			receivers = append(receivers, fmt.Sprintf("%s\t%s\t%d\t%d\t%d\t%s", f.Feed, rc.Where, rc.Frames, rc.States+rc.Changes, rc.Merged, state))
		}
	}
	table(&b, "FEED\tRECEIVER\tFRAMES\tSTATES\tMERGED\tCONNECTED", len(receivers), func(i int) string { return receivers[i] })
	table(&b, "CIC SERVER\tHOST\tSTATE\tAGENTS\tSESSIONS\tCLOCK AHEAD", len(r.Servers), func(i int) string {
		s := r.Servers[i]
		return fmt.Sprintf("%s\t%s\t%s\t%d\t%d\t%.1f s", s.Server, s.Host, s.State, s.Agents, s.Connects, s.Skew)
	})
	for _, s := range r.Servers {
		if s.Reason != "" {
			fmt.Fprintf(&b, "  %s: %s\n", s.Server, s.Reason)
		}
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// later says when something is tried again; nothing where it is not.
func later(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " (again " + brief(t) + ")"
}

func unlicensed(b *strings.Builder, feed string, list []licenceReport) {
	for _, l := range list {
		if l.State != "licensed" {
			fmt.Fprintf(b, "  %s: server %s is %s: %s\n", feed, wfm.Quote(l.Server), l.State, l.Reason)
		}
	}
}

// table writes lines in columns, nothing where there is none.
func table(b *strings.Builder, head string, n int, line func(int) string) {
	if n == 0 {
		return
	}
	b.WriteByte('\n')
	t := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, head)
	for i := range n {
		fmt.Fprintln(t, line(i))
	}
	_ = t.Flush() // a strings.Builder takes everything
}

func laneName(feed, destination string) string {
	if destination == "" {
		return feed
	}
	return feed + " -> " + destination
}

// runner says who runs a feed; nothing without leases.
func (l *leaseReport) runner() string {
	switch {
	case l == nil:
		return "-"
	case l.Error != "":
		return "not known: " + l.Error
	case l.Ours:
		return "this instance"
	}
	return l.Holder
}

// brief is an instant in UTC.
func brief(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}
