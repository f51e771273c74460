package vendortest

import (
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// addContacts adds single contacts of each subject where the needs name them.
func addContacts(r *wfm.Report, needs wfm.Needs, w wfm.Window, v value, who ...subject) {
	for _, g := range []struct {
		dst   *[]wfm.Contact
		wants bool
		ended bool
	}{{&r.Begun, needs.Begun, false}, {&r.Ended, needs.Ended, true}} {
		if !g.wants {
			continue
		}
		for i, s := range who {
			*g.dst = append(*g.dst, makeContacts(w, s, v, i, g.ended)...)
		}
		slices.SortFunc(*g.dst, wfm.CompareContacts)
	}
}

// makeContacts are the contacts of a subject: one that was handled, one that nobody took, one that goes over the border of the
// interval, and two that differ in nothing but their key. They begin, or end, in the interval.
func makeContacts(w wfm.Window, s subject, v value, seed int, ended bool) []wfm.Contact {
	w = wfm.Window{Start: w.Start.UTC(), End: w.End.UTC()}
	middle := w.Start.Add((w.Duration() / 2).Truncate(time.Second))
	long := wfm.Window{Start: w.End.Add(-time.Millisecond), End: w.End.Add(3 * time.Hour)}
	if ended {
		long = wfm.Window{Start: w.Start.Add(-3 * time.Hour), End: w.Start}
	}
	var list []wfm.Contact
	add := func(media wfm.MediaType, span wfm.Window, handled bool) {
		c := wfm.Contact{ID: fmt.Sprintf("%s %d", s.workgroup, len(list)), Site: 1, Workgroup: s.workgroup, Media: media,
			Start: span.Start, End: span.End, Handled: handled, Times: makeTimes(v, seed+len(list))}
		if handled {
			c.Agent = s.agent
		}
		list = append(list, c)
	}
	add(wfm.Call, wfm.Window{Start: w.Start, End: w.Start.Add(time.Minute)}, true)
	add(wfm.Call, wfm.Window{Start: middle, End: middle.Add(1500 * time.Millisecond)}, false)
	add(wfm.Chat, long, true)
	add(wfm.Email, wfm.Window{Start: middle, End: middle}, true)
	add("Callback", wfm.Window{Start: middle, End: middle}, true)
	again := list[len(list)-1]
	again.Seq = 1
	return append(list, again)
}

// makeTimes fills the durations from the values of counters of the same meaning, as milliseconds.
func makeTimes(v value, seed int) wfm.ContactTimes {
	of := func(c wfm.Counter) int64 {
		seconds := v(c, seed)
		if seconds == wfm.Missing {
			return seconds
		}
		return seconds * 1000
	}
	return wfm.ContactTimes{TIVRWait: of(wfm.NEnteredAcd), TQueueWait: of(wfm.TAnsweredAcd), TAlert: of(wfm.NAnsweredAcd), TConnected: of(wfm.TTalkAcd),
		THeld: of(wfm.THoldAcd), TACW: of(wfm.TAcw)}
}

// moved is a contact of an interval as one of another interval.
func moved(c wfm.Contact, from, to wfm.Window) wfm.Contact {
	by := to.Start.Sub(from.Start)
	c.ID += "R"
	c.Start, c.End = c.Start.Add(by), c.End.Add(by)
	return c
}
