package main

import (
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// When something counts as ill. A short failure is waited out, and is no reason to wake somebody.
const (
	failingIntervals = 3               // a historical feed: that many intervals late, and failing
	unreachableFor   = 5 * time.Minute // a CIC server, or all receivers of a real-time feed
)

const (
	healthy = "ok"
	ill     = "failing"
	ending  = "stopping"
)

// healthReport is the answer of /healthz. A historical feed is healthy unless it fails and is more than three intervals late, or may not run
// at all; a real-time feed while it serves, waits for its first server or stands by for another instance, and one of those that it dials can be
// reached; a CIC server unless it was out of reach for five minutes. A receiver that does not come to a listener makes nothing ill.
type healthReport struct {
	Status   string    `json:"status"` // ok, failing or stopping
	Problems []ailment `json:"problems,omitempty"`
}

// ailment is one reason to look.
type ailment struct {
	Part   string `json:"part"` // feed "a", server "b", configuration
	Reason string `json:"reason"`
}

func (h *host) health() healthReport {
	if h.stopping.Load() {
		return healthReport{Status: ending}
	}
	feeds := map[string]integration.HistoricalFeed{}
	for _, f := range h.now().Options.Historical {
		feeds[f.Name] = f
	}
	list := ailments(h.service.Status(), feeds, h.began, h.clock.Now(), time.Now())
	if len(list) > 0 {
		return healthReport{Status: ill, Problems: list}
	}
	return healthReport{Status: healthy}
}

// ailments finds what is ill. The clock is that of the feeds, now that of this host.
func ailments(st integration.Status, feeds map[string]integration.HistoricalFeed, began, clock, now time.Time) (list []ailment) {
	for _, f := range st.Feeds {
		if reason := lateness(f, feeds[f.Name], began, clock); reason != "" {
			list = append(list, ailment{"feed " + lane(f), reason})
		}
	}
	for _, f := range st.RealTime {
		if reason := unserved(f, now); reason != "" {
			list = append(list, ailment{"feed " + wfm.Quote(f.Name), reason})
		}
	}
	for _, s := range st.Servers {
		if s.State != rta.ServerUp && now.Sub(s.Since) >= unreachableFor {
			list = append(list, ailment{"server " + wfm.Quote(s.Server), fmt.Sprintf("is not reached since %s: %s", stamp(s.Since), s.Reason)})
		}
	}
	return list
}

// lateness says why a historical feed is ill.
func lateness(st integration.FeedStatus, f integration.HistoricalFeed, began, clock time.Time) string {
	standby := st.Lease.Holder != "" && !st.Lease.Ours
	trouble := st.LastError
	if trouble == "" && st.Lease.Error != "" {
		trouble = st.Lease.Error
	}
	if trouble == "" || standby {
		return ""
	}
	if st.LastError != "" && (st.Refused || st.Next.IsZero() && st.Working.IsZero() && st.Lease.Error == "") {
		return "may not run" + again(st.Next) + ": " + wfm.OneLine(trouble)
	}
	delay := f.Delay
	if delay == 0 {
		delay = integration.DefaultDelay
	}
	from := st.Watermark
	if from.IsZero() {
		from = began
	}
	// The interval after the watermark was due one length and the delay later.
	if late := clock.Sub(from.Add(f.Grid.Length.Duration() + delay)); late > failingIntervals*f.Grid.Length.Duration() {
		return fmt.Sprintf("stands at %s and fails: %s", stamp(from), wfm.OneLine(trouble))
	}
	return ""
}

// unserved says why a real-time feed is ill.
func unserved(st integration.RealTimeStatus, now time.Time) string {
	switch st.State {
	case "refused", "failed":
		return "is " + st.State + again(st.Next) + ": " + wfm.OneLine(st.LastError)
	case "stopped":
		return "is stopped"
	}
	if st.Lease.Error != "" {
		return "has no lease: " + st.Lease.Error
	}
	unreached := 0
	last := ""
	for _, r := range st.Receivers {
		switch {
		case r.Connected:
			return ""
		case !r.Next.IsZero() && now.Sub(r.Since) >= unreachableFor: // it is dialled
			unreached++
			last = r.Where + ": " + wfm.OneLine(r.LastError)
		case !r.Next.IsZero():
			return "" // perhaps in a moment
		}
	}
	if unreached > 0 {
		return "reaches no receiver, the last was " + last
	}
	return ""
}

// again says when something is tried again; nothing where it is not.
func again(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " (tried again at " + stamp(t) + ")"
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
