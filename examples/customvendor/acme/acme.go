// Package acme is a complete adapter in plain Go for Acme WFM, which takes a file per interval and a line per agent's change.
package acme

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// Entry is what a registry holds of the adapter: vendors.NewRegistry(acme.Entry()).
func Entry() vendors.Entry {
	return vendors.Entry{Info: info(), Historical: New, RealTime: NewRealTime}
}

// info says what the adapter is, and how well each of its formats is known.
func info() vendors.Info {
	return vendors.Info{Name: "acme", Title: "Acme WFM", Presets: []vendors.Preset{
		{Name: "calls", Title: "Calls per interval", Module: "historical", Evidence: vendors.Documented, Sources: []string{"Acme WFM, import manual"}},
		{Name: "states", Title: "Agent states", Module: "rta", Evidence: vendors.SiteDefined, SiteDefined: []string{"the codes of states"}}}}
}

// files are the historical half. Acme wants UTC, so that the feed's zone and the repeated hour need no care.
type files struct{}

// New makes the encoder of files.
func New(s vendors.Settings) (vendors.HistoricalEncoder, error) {
	return files{}, s.Only("Location", "Length", "RepeatedHour")
}
func (files) Info() vendors.Info { return info() }

// Needs names every counter that EncodeHistorical reads: the host reads no others.
func (files) Needs() wfm.Needs {
	return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(append(wfm.AHT.Needs(), wfm.Offered.Needs()...)...)}}
}

// EncodeHistorical writes a line such as "Sales" 15 230 per workgroup. All of it comes from the report: no clock, no I/O.
func (files) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	r := reports[0] // Needs().WholeDays is not set, so each interval comes alone
	file := wfm.Artifact{Kind: "calls", Name: r.Interval.Start.UTC().Format("acme_20060102T1504Z.txt"), Interval: r.Interval, Revision: r.Revision}
	for _, q := range r.Queues {
		// Names are free text: %q lets none out of its field.
		file.Bytes = fmt.Appendf(file.Bytes, "%q %s %s\n", q.Workgroup, value(wfm.Offered, q.Counts), value(wfm.AHT, q.Counts))
		file.Rows++
	}
	return []wfm.Artifact{file}, nil
}

// value is a derived value in whole numbers, or "-", and never 0, where a column is missing or nothing is there to divide by.
func value(d wfm.Derived, c wfm.Counts) string {
	if n, ok := d.Of(c).Scaled(0); ok {
		return fmt.Sprint(n)
	}
	return "-"
}

// states are the real-time half. They keep nothing between calls, so that one value is every session too.
type states struct{ codes *vendors.StatusCodes }

// NewRealTime makes the encoder of states. It tells every problem of the settings at once.
func NewRealTime(s vendors.RTASettings) (vendors.RTAEncoder, error) {
	_, level := vendors.ChooseLevel(s.Level, states{}.Traits().Levels)
	codes, statuses := vendors.NewStatusCodes(nil, s.Statuses)
	return states{codes}, errors.Join(level, statuses, s.Only("Level", "Statuses", "Location"))
}

// Traits say how the host runs the feed: one message per change, of status and log-in alone.
func (states) Traits() vendors.Traits {
	return vendors.Traits{FanOut: vendors.PerUser, Level: wfm.LevelOff, Levels: []wfm.QueueLevel{wfm.LevelOff}}
}

func (s states) NewSession() vendors.Session { return s }
func (states) Info() vendors.Info            { return info() }

// AppendSnapshot writes a line such as "alice" A 75 per agent: code, and seconds in the state.
func (s states) AppendSnapshot(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
	var skipped []error // an agent who cannot be written never stops the others
	for _, a := range all {
		if code, ok := s.codes.Of(&a); !ok {
			skipped = append(skipped, &vendors.Skipped{Agent: a.Agent, Status: a.Status.Key, Unmapped: true, Reason: "has no code"})
		} else if a.InAdherence() { // else the agent left the feed's workgroups, for which Acme has no word
			f.Bytes = fmt.Appendf(f.Bytes, "%q %s %d\n", a.Agent, code.Code, max(now.Sub(a.Since), 0)/time.Second)
			f.End() // one line, one frame
		}
	}
	return errors.Join(skipped...)
}

// AppendChanges writes the same: Acme does not tell a change from a first state.
func (s states) AppendChanges(f *wfm.Frames, now time.Time, changes []wfm.StatusChange) error {
	all := make([]wfm.AgentState, len(changes))
	for i := range changes {
		all[i] = changes[i].Now
	}
	return s.AppendSnapshot(f, now, all)
}
