package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// previewAll shows what each layout writes.
func (c *config) previewAll(ctx context.Context, out io.Writer, list []candidate) error {
	var problems []error
	for _, candidate := range list {
		switch encoder := candidate.encoder.(type) {
		case vendors.HistoricalEncoder:
			r, err := c.interval(encoder.Needs())
			if err == nil {
				err = previewFiles(ctx, out, encoder, r)
			}
			problems = append(problems, err)
		case vendors.RTAEncoder:
			problems = append(problems, previewFrames(out, candidate.layout.Name(), encoder))
		}
	}
	return errors.Join(problems...)
}

// interval is what a small simulated centre did between ten o'clock and the end of that interval, on a day in March.
func (c *config) interval(needs wfm.Needs) (wfm.Report, error) {
	if c.centre == nil {
		centre, err := cicsim.New(cicsim.Config{Seed: 1, Start: time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC),
			Sites: []cicsim.SiteConfig{{ID: 1, Zone: c.zone.String()}}})
		if err != nil {
			return wfm.Report{}, err
		}
		c.centre, c.truth = centre, centre.Truth()
	}
	centre, truth := c.centre, c.truth
	w := wfm.Grid{Length: c.length, Location: c.zone}.Slot(time.Date(2025, 3, 3, 10, 0, 0, 0, c.zone))
	r := wfm.Report{Interval: w, Revision: 1, Sites: []wfm.Site{1}}
	const mostAgents = 5
	agents := centre.Agents()
	agents = slices.DeleteFunc(agents, func(a cicsim.Agent) bool { return truth.Activity(a.ID, w).LoggedIn == 0 })
	agents = agents[:min(len(agents), mostAgents)]
	for _, m := range needs.Queue.Media {
		for _, g := range centre.Workgroups() {
			r.Queues = append(r.Queues, wfm.Record{Workgroup: g, Media: m, Counts: truth.Queue(g, m, w)})
		}
	}
	for _, a := range agents {
		for _, m := range needs.Agent.Media {
			r.Agents = append(r.Agents, wfm.Record{Agent: a.ID, Media: m, Counts: truth.Agent(a.ID, m, w)})
		}
		for _, m := range needs.AgentQueue.Media {
			for _, g := range a.Workgroups {
				r.AgentQueues = append(r.AgentQueues, wfm.Record{Agent: a.ID, Workgroup: g, Media: m, Counts: truth.AgentQueue(a.ID, g, m, w)})
			}
		}
		if needs.Activity {
			r.Activity = append(r.Activity, activity(centre, truth, a.ID, w))
		}
	}
	if needs.SignOns > 0 {
		r.SignOns = slices.DeleteFunc(truth.SignOns(wfm.Window{Start: w.End.Add(-needs.SignOns), End: w.End}), func(s wfm.SignOn) bool {
			return !slices.ContainsFunc(agents, func(a cicsim.Agent) bool { return a.ID == s.Agent })
		})
	}
	// Of contacts the first few tell what a row looks like.
	const mostContacts = 8
	if needs.Begun {
		r.Begun = truth.Begun(w)
		r.Begun = r.Begun[:min(len(r.Begun), mostContacts)]
	}
	if needs.Ended {
		r.Ended = truth.Ended(w)
		r.Ended = r.Ended[:min(len(r.Ended), mostContacts)]
	}
	wfm.SortRecords(r.Queues)
	wfm.SortRecords(r.Agents)
	wfm.SortRecords(r.AgentQueues)
	return r, nil
}

// activity is what an agent did in an interval.
func activity(centre *cicsim.Centre, truth *cicsim.Truth, agent wfm.AgentID, w wfm.Window) wfm.Activity {
	is := truth.Activity(agent, w)
	a := wfm.Activity{Agent: agent, LoggedIn: is.LoggedIn, LogOns: is.LogOns, LogOffs: is.LogOffs}
	group := map[wfm.StatusKey]wfm.StatusGroup{}
	for _, s := range centre.States() {
		group[s.Status.Key] = s.Status.Group
		from, to := s.Span.Start.Time(), s.Span.End.Time()
		if s.Agent != agent || !from.Before(w.End) || !to.After(w.Start) {
			continue
		}
		span := wfm.StateSpan{Status: s.Status.Key, Group: s.Status.Group, LoggedIn: s.LoggedIn, CarriedIn: from.Before(w.Start), Began: from,
			Window: wfm.Window{Start: from, End: to}}
		if span.CarriedIn {
			span.Window.Start = w.Start
		}
		if to.After(w.End) {
			span.Window.End = w.End
		}
		if span.Window.End.After(span.Window.Start) {
			a.States = append(a.States, span)
		}
	}
	for key, n := range is.Keys {
		a.Keys = append(a.Keys, wfm.StatusTime{Key: key, Group: group[key], Seconds: n})
	}
	for g, n := range is.Groups {
		a.Groups = append(a.Groups, wfm.StatusGroupTime{Group: g, Seconds: n})
	}
	slices.SortFunc(a.Keys, func(x, y wfm.StatusTime) int { return strings.Compare(string(x.Key), string(y.Key)) })
	slices.SortFunc(a.Groups, func(x, y wfm.StatusGroupTime) int { return strings.Compare(string(x.Group), string(y.Group)) })
	return a
}

func previewFiles(ctx context.Context, out io.Writer, encoder vendors.HistoricalEncoder, r wfm.Report) error {
	files, err := encoder.EncodeHistorical(ctx, []wfm.Report{r})
	if err != nil {
		return err
	}
	for _, f := range files {
		end := "LF"
		if bytes.Contains(f.Bytes, []byte("\r\n")) {
			end = "CRLF"
		}
		fmt.Fprintf(out, "--- %s, %d rows, %d bytes, lines end in %s\n", f.Name, f.Rows, len(f.Bytes), end)
		printBytes(out, f.Bytes)
	}
	return nil
}

func sampleTime() time.Time { return time.Date(2025, 3, 3, 10, 0, 0, 0, time.UTC) }

func sampleState(agent, extension string, a wfm.AgentActivity, key wfm.StatusKey, since time.Duration, groups ...wfm.Workgroup) wfm.AgentState {
	return wfm.AgentState{Agent: wfm.AgentID(agent), Extension: extension, LoggedIn: a != wfm.AgentLoggedOff, Status: wfm.StatusDefinition{Key: key},
		Activity: a, Since: sampleTime().Add(-since), Workgroups: groups}
}

func sampleStates() (ann, bob wfm.AgentState) {
	return sampleState("ann", "7001", wfm.AgentAvailable, "Available", 2*time.Minute, "Sales", "Service"),
		sampleState("bob", "7002", wfm.AgentUnavailable, "At Lunch", 10*time.Minute, "Sales")
}

// previewFrames shows a snapshot, some changes and what is said of the feed.
func previewFrames(out io.Writer, name string, encoder vendors.RTAEncoder) error {
	now := sampleTime()
	ann, bob := sampleStates()
	talks := sampleState("ann", "7001", wfm.AgentACDTalk, "Available", -5*time.Second, "Sales", "Service")
	talks.Workgroup = "Sales"
	gone := sampleState("bob", "7002", wfm.AgentLoggedOff, "Gone Home", -8*time.Second, "Sales")
	s := encoder.NewSession()
	var f wfm.Frames
	var problems []error
	show := func(what string, err error) {
		if err != nil {
			problems = append(problems, err)
		}
		fmt.Fprintf(out, "--- %s: %s\n", name, what)
		for frame := range f.All() {
			printBytes(out, frame)
		}
		f.Reset()
	}
	show("a snapshot of two agents", s.AppendSnapshot(&f, now, []wfm.AgentState{ann, bob}))
	show("one takes a call, one logs off", s.AppendChanges(&f, now.Add(10*time.Second), []wfm.StatusChange{
		{Before: ann, Until: talks.Since, Now: talks}, {Before: bob, Until: gone.Since, Now: gone}}))
	if h, ok := s.(vendors.HealthSession); ok {
		show("the feed is normal", h.AppendHealth(&f, now.Add(20*time.Second), wfm.FeedNormal))
	}
	if h, ok := s.(vendors.HeartbeatSession); ok {
		show("a heartbeat", h.AppendHeartbeat(&f, now.Add(30*time.Second)))
	}
	return errors.Join(problems...)
}

// printBytes prints plain text as it is, without line ends, and anything else quoted.
func printBytes(out io.Writer, b []byte) {
	if !utf8.Valid(b) || bytes.IndexByte(b, 0) >= 0 {
		fmt.Fprintf(out, "%q\n", b)
		return
	}
	for line := range bytes.Lines(b) {
		text := strings.TrimSuffix(strings.TrimSuffix(string(line), "\n"), "\r")
		if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
			text = fmt.Sprintf("%q", text)
		}
		fmt.Fprintln(out, text)
	}
}
