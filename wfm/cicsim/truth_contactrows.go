package cicsim

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Begun returns the contacts that began in a window and are over, in the order of wfm.CompareContacts: those that came in, from
// outside or as intercom, through a queue. A contact that a stop of the server cut off is not there, since it leaves no
// row; one whose row was lost in a silent span is.
func (t *Truth) Begun(w wfm.Window) []wfm.Contact {
	return t.told(func(c wfm.Contact) bool { return w.Contains(c.Start) }, w)
}

// Ended returns the contacts that ended in a window, in the same order.
func (t *Truth) Ended(w wfm.Window) []wfm.Contact {
	return t.told(func(c wfm.Contact) bool { return w.Contains(c.End) }, w)
}

func (t *Truth) told(in func(wfm.Contact) bool, w wfm.Window) []wfm.Contact {
	var list []wfm.Contact
	for i := range t.contacts {
		c := &t.contacts[i]
		end, over := c.over()
		// Before all is worked out, what is far from the window is left out.
		if !over || c.Direction == InternToExtern || end.Time().Before(w.Start.Add(-time.Minute)) ||
			c.Legs[0].Entered.Time().After(w.End.Add(time.Minute)) {
			continue
		}
		if told := c.tell(end); in(told) {
			list = append(list, told)
		}
	}
	slices.SortFunc(list, wfm.CompareContacts)
	return list
}

// toldContact is a contact as its row tells of it.
type toldContact struct {
	*Contact
	zone  *time.Location // of its site
	since Instant        // the start of the simulation
}

// over tells when a contact was over, if it ever was and neither the end of the simulation nor a stop of the server came before.
func (c *toldContact) over() (Instant, bool) {
	var end Instant
	for _, l := range c.Legs {
		if l.Outcome == Lost || l.Outcome == StillWaiting || (l.Outcome == Answered && (l.Finish == Cut || l.Finish == StillTalking)) {
			return 0, false
		}
		end = max(end, l.Left, l.Talk.End)
	}
	return end, true
}

// tell says of a contact what its row must say, second by second.
func (c *toldContact) tell(end Instant) wfm.Contact {
	ms := time.Millisecond
	out := wfm.Contact{Site: c.Site, Seq: c.record.seq, Workgroup: c.Legs[len(c.Legs)-1].Workgroup, Media: "Unknown",
		Start: c.Legs[0].Entered.Time().Add(-time.Duration(c.record.menus) * ms), End: end.Time().Add(time.Duration(c.record.tail) * ms)}
	out.Times = wfm.ContactTimes{TIVRWait: c.record.menus, TExternal: wfm.Missing, TACW: wfm.Missing}
	number := strconv.Itoa(int(c.since)/(24*hour)%1000*10_000_000 + c.ID)
	out.ID = strings.Repeat("0", 10-len(number)) + number + strings.ReplaceAll(out.Start.In(c.zone).Format(time.DateOnly), "-", "")
	for _, m := range []wfm.MediaType{wfm.Call, wfm.Chat, wfm.Email, "SMS", "Generic", "Callback", "Instant Question", "Web Collaboration", "Monitor", "Fax", "Work Item"} {
		if m.Is(c.Media) {
			out.Media = m
		}
	}
	for i := range c.Legs {
		l := &c.Legs[i]
		for _, a := range l.Alerts {
			if a.Answered || (l.Outcome == Abandoned && a.Ring.End == l.Left) {
				out.Agent = a.Agent
			}
			out.Handled = out.Handled || a.Answered
		}
		// After-call work counts if it was over within the minute after which the row is written.
		if l.ACW.Start != 0 && l.ACW.End != 0 && !l.ACWCut && l.ACW.End-end <= 60 {
			out.Times.TACW = max(out.Times.TACW, 0) + int64(l.ACW.End-l.ACW.Start)*1000
		}
	}
	for s := c.Legs[0].Entered; s < end; s++ {
		*c.living(s, &out.Times) += 1000
	}
	*c.ending(end, &out.Times) += c.record.tail
	return out
}

// living returns what the second that begins at s is a part of.
func (c *toldContact) living(s Instant, t *wfm.ContactTimes) *int64 {
	for i := range c.Legs {
		l := &c.Legs[i]
		for _, a := range l.Alerts {
			if a.Ring.contains(s) {
				return &t.TAlert
			}
		}
		for _, h := range l.Holds {
			if h.contains(s) {
				return &t.THeld
			}
		}
		if l.Talk.contains(s) {
			return &t.TConnected
		}
	}
	return &t.TQueueWait
}

// ending returns what the contact was in when it ended: talk, an alert that it gave up, or the queue.
func (c *toldContact) ending(end Instant, t *wfm.ContactTimes) *int64 {
	l := &c.Legs[len(c.Legs)-1]
	switch {
	case l.Outcome == Answered:
		return &t.TConnected
	case slices.ContainsFunc(l.Alerts, func(a Alert) bool { return a.Ring.End == end }):
		return &t.TAlert
	}
	return &t.TQueueWait
}
