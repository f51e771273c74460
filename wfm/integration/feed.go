package integration

import (
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Defaults of a feed.
const (
	DefaultDelay    = 10 * time.Minute
	DefaultLookback = 48 * time.Hour
)

// Server is one CIC server as a source of a feed; a switchover pair is one server.
type Server struct {
	// Name identifies the server to the licence and in messages.
	Name   string
	Source historical.Source
}

// HistoricalFeed is one stream of interval files to one WFM product.
type HistoricalFeed struct {
	// Name identifies the feed in the ledger for ever: renaming it delivers everything anew.
	Name string
	// Servers are merged: their figures add up. Each must have site numbers of its own.
	Servers   []Server
	Encoder   vendors.HistoricalEncoder
	Transport delivery.Transport
	// Destinations, in place of Transport, are several places that get every file, each with its own progress.
	Destinations []Destination
	// Grid is the interval length and the time zone that aligns intervals and days.
	Grid wfm.Grid
	// Workgroups are the queues of the feed. A workgroup that is named has a record of zeros in an
	// interval in which it was quiet. Nil takes every workgroup that has rows; a quiet one is
	// left out then, because what "every" means would depend on the window that is read. Letter case is
	// ignored, as databases ignore it; files show a named workgroup as it is spelled here. A
	// workgroup need not be at every server.
	Workgroups []wfm.Workgroup
	// Delay is how long after its end an interval is read for the first time; zero means DefaultDelay.
	Delay time.Duration
	// Lookback is how long an interval is read again; zero means DefaultLookback, negative none.
	Lookback time.Duration
	// Start is the first interval of a feed that the ledger does not know yet; zero starts one
	// look-back before now.
	Start time.Time
	// Split permits source rows longer than the interval, split in proportion: an estimate.
	Split bool
	// DeliverPartial delivers an interval although some (not all) expected sites wrote nothing.
	// Without it such an interval is a gap.
	DeliverPartial bool
	// Version tells Update whether a feed of the same name is the same: where both are equal and not empty.
	Version string
}

func (f *HistoricalFeed) delay() time.Duration {
	if f.Delay == 0 {
		return DefaultDelay
	}
	return f.Delay
}

func (f *HistoricalFeed) lookback() time.Duration {
	switch {
	case f.Lookback == 0:
		return DefaultLookback
	case f.Lookback < 0:
		return 0
	}
	return f.Lookback
}

// periods is the grid of what the encoder gets at once: an interval, or a day of intervals.
func (f *HistoricalFeed) periods() wfm.Grid {
	if f.Encoder.Needs().WholeDays {
		return wfm.Grid{Length: wfm.Day, Location: f.Grid.Location}
	}
	return f.Grid
}

func (f *HistoricalFeed) sumsRepeatedHour() bool {
	r, ok := vendors.Find[vendors.Repeater](f.Encoder)
	return ok && r.RepeatPolicy() == vendors.RepeatSum
}

// widen returns the whole periods that contain w, and all of a repeated hour that it would cut.
func (f *HistoricalFeed) widen(w wfm.Window) wfm.Window {
	w = f.periods().Widen(w)
	if night, inside := f.repeatedHour(w.Start); inside {
		w.Start = night.Start
	}
	if night, inside := f.repeatedHour(w.End); inside {
		w.End = night.End
	}
	return w
}

// repeatedHour returns the span in which the clocks show each time twice, if t lies inside it and
// the feed sums the two; its borders are outside.
func (f *HistoricalFeed) repeatedHour(t time.Time) (night wfm.Window, inside bool) {
	if !f.sumsRepeatedHour() {
		return night, false
	}
	twice := func(slot wfm.Window) bool {
		_, _, repeats := f.Grid.Repeat(slot)
		return repeats
	}
	night = wfm.Window{Start: t, End: t}
	for s := f.Grid.Slot(t.Add(-time.Second)); twice(s); s = f.Grid.Slot(s.Start.Add(-time.Second)) {
		night.Start = s.Start
	}
	for s := f.Grid.Slot(t); twice(s); s = f.Grid.Slot(s.End) {
		night.End = s.End
	}
	return night, night.Start.Before(t) && t.Before(night.End)
}

func (f *HistoricalFeed) problems() error {
	where := fmt.Sprintf("feed %q", f.Name)
	var list []error
	need := func(bad bool, field, reason, remedy string) {
		if bad {
			list = append(list, wfm.Problem{Where: where, Field: field, Reason: reason, Remedy: remedy})
		}
	}
	need(f.Name == "", "Name", "is missing", "give the feed a name; the ledger keeps it for ever")
	need(len(f.Servers) == 0, "Servers", "names no CIC server", "add at least one")
	need(f.Encoder == nil, "Encoder", "is missing", "take one from vendors/all or write your own")
	need(f.Delay < 0, "Delay", "is negative", "use 0 for the default")
	names := map[string]bool{}
	for _, s := range f.Servers {
		need(s.Name == "" || s.Source == nil, "Servers", "has a server without name or source", "give both")
		need(names[s.Name], "Servers", fmt.Sprintf("has two servers named %q", s.Name), "names are unique")
		names[s.Name] = true
	}
	return errors.Join(append(list, f.destinationProblems()...)...)
}
