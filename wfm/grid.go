package wfm

import (
	"iter"
	"strings"
	"time"
)

// Length is the length of a feed's intervals.
type Length uint8

// The lengths that WFM products import.
const (
	Quarter  Length = iota // 15 minutes
	HalfHour               // 30 minutes
	Hour                   // 60 minutes
	Day                    // a calendar day of a location: 23, 24 or 25 hours
)

// ParseLength reads 15m, 30m, 1h (or 60m) or day.
func ParseLength(s string) (Length, error) {
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "15m":
		return Quarter, nil
	case "30m":
		return HalfHour, nil
	case "1h", "60m":
		return Hour, nil
	case "day":
		return Day, nil
	}
	return 0, Problem{Field: "interval", Value: s, Reason: "is not an interval length", Remedy: "use 15m, 30m, 1h or day"}
}

// String returns what ParseLength reads.
func (l Length) String() string { return [...]string{"15m", "30m", "1h", "day"}[l] }

// Duration returns the nominal length; 24 hours for a day.
func (l Length) Duration() time.Duration {
	return [...]time.Duration{15 * time.Minute, 30 * time.Minute, time.Hour, 24 * time.Hour}[l]
}

// Grid cuts time into the intervals of a length, aligned to the wall clock of a location. Its
// slots are disjoint, cover all time and are all whole, save where a clock change that is not
// a multiple of the length (half an hour on Lord Howe Island) shortens one. A Grid is a value,
// safe for concurrent use.
type Grid struct {
	Length   Length
	Location *time.Location // nil means UTC
}

func (g Grid) location() *time.Location {
	if g.Location == nil {
		return time.UTC
	}
	return g.Location
}

// Slot returns the interval that holds t.
func (g Grid) Slot(t time.Time) Window {
	if g.Length == Day {
		y, m, d := t.In(g.location()).Date()
		w := Window{dayStart(y, m, d, g.location()), dayStart(y, m, d+1, g.location())}
		if !t.Before(w.End) {
			// The clocks went back from just after midnight to the day before (Newfoundland until
			// 2011): a day begins at its first midnight, so this repeated time belongs to it.
			w = Window{w.End, dayStart(y, m, d+2, g.location())}
		}
		return w
	}
	local := t.In(g.location())
	_, offset := local.Zone()
	size := int64(g.Length.Duration() / time.Second)
	wall := t.Unix() + int64(offset)
	floor := wall - mod(wall, size) - int64(offset)
	w := Window{time.Unix(floor, 0).UTC(), time.Unix(floor+size, 0).UTC()}
	return clip(w, local)
}

// clip cuts a slot at a clock change inside it; a change that leaves the offset alone is none.
func clip(w Window, local time.Time) Window {
	_, offset := local.Zone()
	from, to := local.ZoneBounds()
	if !from.IsZero() && from.After(w.Start) {
		if _, before := from.Add(-time.Second).In(local.Location()).Zone(); before != offset {
			w.Start = from.UTC()
		}
	}
	if !to.IsZero() && to.Before(w.End) {
		if _, after := to.In(local.Location()).Zone(); after != offset {
			w.End = to.UTC()
		}
	}
	return w
}

func mod(a, b int64) int64 { return ((a % b) + b) % b }

// Repeat tells whether a slot is one of two that show the same wall-clock time, on the night of the
// autumn clock change, and returns both, the earlier first. A slot that the change shortened, and
// that therefore starts at a time of its own, is not one of two.
func (g Grid) Repeat(slot Window) (first, second Window, repeats bool) {
	if g.Length == Day {
		return slot, Window{}, false
	}
	r := ResolveLocal(slot.Start.In(g.location()), g.location())
	if r.Kind != Twice {
		return slot, Window{}, false
	}
	first, second = g.Slot(r.First), g.Slot(r.Second)
	if !first.Start.Equal(r.First) || !second.Start.Equal(r.Second) {
		return slot, Window{}, false
	}
	return first, second, true
}

// Aligned tells whether a window starts and ends on the grid's borders.
func (g Grid) Aligned(w Window) bool {
	return g.Slot(w.Start).Start.Equal(w.Start) && g.Slot(w.End).Start.Equal(w.End)
}

// Widen returns the smallest aligned window that contains w.
func (g Grid) Widen(w Window) Window {
	end := g.Slot(w.End)
	if !end.Start.Equal(w.End) {
		return Window{g.Slot(w.Start).Start, end.End}
	}
	return Window{g.Slot(w.Start).Start, w.End}
}

// Slots yields the intervals that start in the window, in order.
func (g Grid) Slots(w Window) iter.Seq[Window] {
	return func(yield func(Window) bool) {
		s := g.Slot(w.Start)
		if s.Start.Before(w.Start) {
			s = g.Slot(s.End)
		}
		for s.Start.Before(w.End) {
			if !yield(s) {
				return
			}
			s = g.Slot(s.End)
		}
	}
}

// dayStart returns the first instant of a calendar day, also where midnight does not exist.
func dayStart(y int, m time.Month, d int, loc *time.Location) time.Time {
	r := ResolveLocal(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), loc)
	return r.First
}

// LocalKind says how often a wall-clock time occurs.
type LocalKind uint8

// The kinds of wall-clock time.
const (
	Once  LocalKind = iota // the usual case
	Twice                  // in the hour that a clock change repeats
	Never                  // in the hour that a clock change skips
)

// Resolution is what a wall-clock time means in a location. For Once both instants are the same;
// for Twice First is the earlier; for Never both are the instant of the clock change, which is
// the first instant after the gap.
type Resolution struct {
	Kind          LocalKind
	First, Second time.Time // UTC
}

// ResolveLocal finds the instants at which the clocks of a location showed a wall-clock time. The
// wall clock is given as a time whose fields are read as they stand; its own zone is ignored.
func ResolveLocal(wall time.Time, loc *time.Location) Resolution {
	asUTC := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(),
		wall.Nanosecond(), time.UTC)
	// The offsets a day and a half either side contain those of any clock change in between.
	before, after := offsetAt(asUTC.Add(-36*time.Hour), loc), offsetAt(asUTC.Add(36*time.Hour), loc)
	early, late := asUTC.Add(-max(before, after)), asUTC.Add(-min(before, after))
	okEarly, okLate := asUTC.Add(-offsetAt(early, loc)).Equal(early), asUTC.Add(-offsetAt(late, loc)).Equal(late)
	switch {
	case okEarly && okLate && !early.Equal(late):
		return Resolution{Twice, early, late}
	case okEarly:
		return Resolution{Once, early, early}
	case okLate:
		return Resolution{Once, late, late}
	}
	_, change := early.In(loc).ZoneBounds()
	return Resolution{Never, change.UTC(), change.UTC()}
}

func offsetAt(t time.Time, loc *time.Location) time.Duration {
	_, offset := t.In(loc).Zone()
	return time.Duration(offset) * time.Second
}
