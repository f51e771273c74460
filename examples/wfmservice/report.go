package main

import (
	"maps"
	"os"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// statusVersion is the version of the form of /status. Fields are added without a new one; it grows when one is taken away or changes its meaning.
const statusVersion = 1

// statusReport is the answer of /status. Times are UTC, durations whole or broken seconds. Errors are one line each and hold no secret.
type statusReport struct {
	Version    int            `json:"version"`
	Build      build          `json:"build"`
	PID        int            `json:"pid"`
	Instance   string         `json:"instance"`
	Started    time.Time      `json:"started"`
	Now        time.Time      `json:"now"` // by the clock that closes intervals
	Config     configReport   `json:"config"`
	Health     healthReport   `json:"health"`
	Historical []feedReport   `json:"historical"`
	RealTime   []liveReport   `json:"realTime"`
	Servers    []serverReport `json:"servers"` // the CIC servers of real-time feeds
}

// configReport says what became of the configuration.
type configReport struct {
	File   string    `json:"file"`
	Loaded time.Time `json:"loaded"`
	// Reloads were taken over; Refused were not, the latest at RefusedAt for Problems, unless a later one was taken over.
	Reloads   int       `json:"reloads"`
	Refused   int       `json:"refused"`
	RefusedAt time.Time `json:"refusedAt,omitzero"`
	Problems  []string  `json:"problems,omitempty"`
	// Restart names keys that differ from those that the service was started with, and wait for its next start.
	Restart []string `json:"restart,omitempty"`
}

// feedReport is a historical feed with one of its destinations.
type feedReport struct {
	Feed        string    `json:"feed"`
	Destination string    `json:"destination,omitempty"`
	Vendor      string    `json:"vendor"`
	Watermark   time.Time `json:"watermark,omitzero"` // all before was dealt with
	// WorkingOn and Reached say what is delivered at this moment; Next is when the feed acts next, at rest.
	WorkingOn *spanReport `json:"workingOn,omitempty"`
	Reached   time.Time   `json:"reached,omitzero"`
	Next      time.Time   `json:"next,omitzero"`
	// Files since the service was started.
	Delivered int `json:"delivered"`
	Skipped   int `json:"skipped"`
	Restated  int `json:"restated"`
	Withheld  int `json:"withheld"`
	// Gaps are the latest intervals that were not sent since their figures are not known.
	Gaps    []gapReport     `json:"gaps,omitempty"`
	Remarks map[string]int  `json:"remarks,omitempty"` // about the data, by kind
	Error   string          `json:"error,omitempty"`
	Refused bool            `json:"refused,omitempty"` // none of its servers is licensed; asked again at Next
	Licence []licenceReport `json:"licence,omitempty"`
	Lease   *leaseReport    `json:"lease,omitempty"` // with instances that share
}

type spanReport struct {
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

type gapReport struct {
	spanReport
	Sites   []wfm.Site `json:"sites,omitempty"`
	Servers []string   `json:"servers,omitempty"`
}

type licenceReport struct {
	Server string `json:"server"`
	State  string `json:"state"` // licensed, not licensed, unknown
	Reason string `json:"reason,omitempty"`
}

type leaseReport struct {
	Holder string    `json:"holder,omitempty"`
	Ours   bool      `json:"ours"`
	Token  int64     `json:"token,omitempty"`
	Until  time.Time `json:"until,omitzero"`
	Error  string    `json:"error,omitempty"`
}

// liveReport is a real-time feed.
type liveReport struct {
	Feed      string           `json:"feed"`
	Vendor    string           `json:"vendor"`
	State     string           `json:"state"` // standby, waiting, refused, serving, failed, stopped
	Error     string           `json:"error,omitempty"`
	Next      time.Time        `json:"next,omitzero"`
	Receivers []receiverReport `json:"receivers,omitempty"`
	// Unmapped counts states that were not sent since their status has no code; Skipped those that could not be written.
	Unmapped map[wfm.StatusKey]int `json:"unmapped,omitempty"`
	Skipped  int                   `json:"skipped"`
	Licence  []licenceReport       `json:"licence,omitempty"`
	Lease    *leaseReport          `json:"lease,omitempty"`
}

// receiverReport counts for the connection.
type receiverReport struct {
	Where     string    `json:"where"`
	Connected bool      `json:"connected"`
	Since     time.Time `json:"since,omitzero"`
	Frames    int64     `json:"frames"`
	Bytes     int64     `json:"bytes"`
	Snapshots int64     `json:"snapshots"`
	States    int64     `json:"states"`  // in the snapshots
	Changes   int64     `json:"changes"` // taken from the stream
	Merged    int64     `json:"merged"`  // left out, since the receiver was slow
	LastSent  time.Time `json:"lastSent,omitzero"`
	Error     string    `json:"error,omitempty"`
	Next      time.Time `json:"next,omitzero"`
}

type serverReport struct {
	Server    string    `json:"server"`
	Host      string    `json:"host,omitempty"`
	State     string    `json:"state"`
	Up        bool      `json:"up"`
	Since     time.Time `json:"since,omitzero"`
	Reason    string    `json:"reason,omitempty"`
	Next      time.Time `json:"next,omitzero"`
	Skew      float64   `json:"skew"` // seconds that its clock is ahead of ours
	Agents    int       `json:"agents"`
	Connects  int       `json:"connects"`
	LastEvent time.Time `json:"lastEvent,omitzero"`
	Remarks   []string  `json:"remarks,omitempty"`
}

// report is what /status answers.
func (h *host) report() statusReport {
	st := h.service.Status()
	h.mu.Lock()
	r := h.reloads
	h.mu.Unlock()
	out := statusReport{Version: statusVersion, Build: readBuild(), PID: os.Getpid(), Instance: h.instanceName(), Started: h.started.UTC(), Now: h.clock.Now().UTC(),
		Config: configReport{File: h.path, Loaded: r.loaded.UTC(), Reloads: r.done, Refused: r.refused, RefusedAt: utc(r.at), Problems: r.problems, Restart: r.restart},
		Health: h.health(), Historical: []feedReport{}, RealTime: []liveReport{}, Servers: []serverReport{}}
	for _, f := range st.Feeds {
		one := feedReport{Feed: f.Name, Destination: f.Destination, Vendor: f.Vendor, Watermark: f.Watermark, Reached: f.Reached, Next: f.Next,
			Delivered: f.Delivered, Skipped: f.Skipped, Restated: f.Restated, Withheld: f.Withheld, Remarks: f.Diagnostics,
			Error: wfm.OneLine(f.LastError), Refused: f.Refused, Licence: licences(f.Licence), Lease: leaseOf(f.Lease)}
		if !f.Working.IsZero() {
			one.WorkingOn = &spanReport{f.Working.Start, f.Working.End}
		}
		for _, g := range f.Gaps {
			one.Gaps = append(one.Gaps, gapReport{spanReport{g.Interval.Start, g.Interval.End}, g.Sites, g.Servers})
		}
		out.Historical = append(out.Historical, one)
	}
	for _, f := range st.RealTime {
		one := liveReport{Feed: f.Name, Vendor: f.Vendor, State: f.State, Error: wfm.OneLine(f.LastError), Next: f.Next, Unmapped: f.Unmapped,
			Skipped: f.Skipped, Licence: licences(f.Licence), Lease: leaseOf(f.Lease)}
		for _, rc := range f.Receivers {
			one.Receivers = append(one.Receivers, receiverReport{Where: rc.Where, Connected: rc.Connected, Since: rc.Since, Frames: rc.Frames, Bytes: rc.Bytes,
				Snapshots: rc.Snapshots, States: rc.States, Changes: rc.Changes, Merged: rc.Merged, LastSent: rc.LastSent, Error: wfm.OneLine(rc.LastError), Next: rc.Next})
		}
		out.RealTime = append(out.RealTime, one)
	}
	for _, s := range st.Servers {
		out.Servers = append(out.Servers, serverReport{Server: s.Server, Host: s.Host, State: s.State.String(), Up: up(s), Since: s.Since, Reason: s.Reason, Next: s.Next,
			Skew: s.Skew.Seconds(), Agents: s.Agents, Connects: s.Connects, LastEvent: s.LastEvent, Remarks: s.Remarks})
	}
	return out
}

func utc(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC()
}

func licences(list []integration.LicenceStatus) (out []licenceReport) {
	for _, l := range list {
		out = append(out, licenceReport{l.Server, l.State, l.Reason})
	}
	return out
}

func leaseOf(l integration.LeaseStatus) *leaseReport {
	if l == (integration.LeaseStatus{}) {
		return nil
	}
	return &leaseReport{l.Holder, l.Ours, l.Token, l.Until, l.Error}
}

// sortedKeys are the keys of a map in order.
func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }
