package wfm

import (
	"fmt"
	"time"
)

// Window is a half-open span of time, [Start, End), in UTC.
type Window struct{ Start, End time.Time }

// NewWindow makes a window in UTC. It refuses an empty or reversed one.
func NewWindow(start, end time.Time) (Window, error) {
	w := Window{start.UTC(), end.UTC()}
	if !w.Start.Before(w.End) {
		return Window{}, Problem{Field: "window", Value: w.String(), Reason: "ends where or before it starts",
			Remedy: "give an end after the start; the end itself is not included"}
	}
	return w, nil
}

// Contains tells whether t lies in the window; the end does not.
func (w Window) Contains(t time.Time) bool { return !t.Before(w.Start) && t.Before(w.End) }

// Overlaps tells whether the two windows share an instant.
func (w Window) Overlaps(o Window) bool { return w.Start.Before(o.End) && o.Start.Before(w.End) }

// Intersect returns the shared part; ok is false where there is none.
func (w Window) Intersect(o Window) (part Window, ok bool) {
	part = w
	if o.Start.After(part.Start) {
		part.Start = o.Start
	}
	if o.End.Before(part.End) {
		part.End = o.End
	}
	return part, part.Start.Before(part.End)
}

// Duration returns the elapsed time between start and end.
func (w Window) Duration() time.Duration { return w.End.Sub(w.Start) }

// IsZero tells whether the window was never set.
func (w Window) IsZero() bool { return w.Start.IsZero() && w.End.IsZero() }

// String returns start/end in RFC 3339 and UTC.
func (w Window) String() string {
	return fmt.Sprintf("%s/%s", w.Start.UTC().Format(time.RFC3339), w.End.UTC().Format(time.RFC3339))
}
