package layout

import (
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// row is one data row before it is written: a record, a state, an event, the time in a status or a contact.
// Fields that its grain does not have are zero.
type row struct {
	interval            wfm.Window
	period              wfm.Window // of the file
	counts              wfm.Counts
	workgroup, agent    string
	media               string
	key, group          string
	window              wfm.Window // of a state or contact
	at                  time.Time  // of an event; when a state began
	seconds             int64
	event               string
	repeat              string // of a file name
	loggedIn, carriedIn bool
	zeroRecord          bool
	moment              *moment // of a record of module rta
	contact             *wfm.Contact
}

// The words for an event.
const (
	logOn  = "log-on"
	logOff = "log-off"
)

// each makes the rows of a section one after another in r, in report order, until yield returns false.
func (s *section) each(r *row, reports []wfm.Report, period wfm.Window, yield func() bool) {
	if s.grain == grainSignOns {
		reports = latest(reports)
	}
	for i := range reports {
		report := &reports[i]
		*r = row{interval: report.Interval, period: period}
		more := true
		if g, ok := s.grain.statistics(); ok {
			more = s.eachRecord(r, report.Records(g), yield)
			if more && s.grain == grainAgentBoth {
				more = s.eachRecord(r, report.Records(wfm.GrainAgentQueue), yield)
			}
		} else if list, ok := s.grain.contacts(report); ok {
			more = s.eachContact(r, list, yield)
		} else if s.grain == grainSignOns {
			more = eachSignOn(r, report.SignOns, yield)
		} else {
			for j := 0; more && j < len(report.Activity); j++ {
				more = s.eachActivity(r, &report.Activity[j], yield)
			}
		}
		if !more {
			return
		}
	}
}

func (s *section) eachRecord(r *row, records []wfm.Record, yield func() bool) bool {
	for i := range records {
		rec := &records[i]
		if !s.isAbout(rec.Media) || s.leavesOut(rec) {
			continue
		}
		r.counts, r.workgroup, r.agent = rec.Counts, string(rec.Workgroup), string(rec.Agent)
		r.media, r.zeroRecord = string(rec.Media), rec.Zero
		if !yield() {
			return false
		}
	}
	return true
}

// isAbout tells whether the section shows a medium. Most are spelled as in the section.
func (s *section) isAbout(m wfm.MediaType) bool {
	return slices.Contains(s.media, m) || slices.ContainsFunc(s.media, m.Is)
}

// leavesOut applies the section's rule for rows without activity.
func (s *section) leavesOut(rec *wfm.Record) bool {
	switch s.zero {
	case omitUnseenRows:
		return rec.Zero
	case omitZeroRows:
		for _, c := range s.counters {
			if v := rec.Counts.Get(c); v != 0 && v != wfm.Missing {
				return false
			}
		}
		return true
	}
	return false
}

// eachActivity makes the rows of an agent's activity.
func (s *section) eachActivity(r *row, a *wfm.Activity, yield func() bool) bool {
	r.agent = string(a.Agent)
	switch s.grain {
	case grainStates:
		for i := range a.States {
			st := &a.States[i]
			r.window, r.key, r.group, r.at = st.Window, string(st.Status), string(st.Group), st.Began
			r.loggedIn, r.carriedIn = st.LoggedIn, st.CarriedIn
			r.seconds = int64(st.Window.Duration() / time.Second)
			if !yield() {
				return false
			}
		}
	case grainStatus:
		for i := range a.Keys {
			k := &a.Keys[i]
			r.key, r.group, r.seconds = string(k.Key), string(k.Group), k.Seconds
			if !yield() {
				return false
			}
		}
	case grainGroup:
		for i := range a.Groups {
			g := &a.Groups[i]
			r.group, r.seconds = string(g.Group), g.Seconds
			if !yield() {
				return false
			}
		}
	case grainEvents:
		// At one instant the log-off stands first: the agent logged on again.
		on, off := a.LogOns, a.LogOffs
		for len(on)+len(off) > 0 {
			if len(off) > 0 && (len(on) == 0 || !off[0].After(on[0])) {
				r.at, r.event, off = off[0], logOff, off[1:]
			} else {
				r.at, r.event, on = on[0], logOn, on[1:]
			}
			if !yield() {
				return false
			}
		}
	}
	return true
}

// inOrder tells whether the records of a report stand as the section sorts them, as they do by most keys: then they need not be
// gathered.
func (s *section) inOrder(memory *scratch, reports []wfm.Report) bool {
	g, ok := s.grain.statistics()
	if !ok || len(reports) != 1 || s.grain == grainAgentBoth {
		return false
	}
	list := reports[0].Records(g)
	before, now := &memory.row, &memory.other
	for i := range list {
		now.workgroup, now.agent, now.media = string(list[i].Workgroup), string(list[i].Agent), string(list[i].Media)
		if i > 0 && s.compare(before, now) > 0 {
			return false
		}
		before, now = now, before
	}
	memory.other = row{}
	return true
}

// sortKey compares two rows by one property.
type sortKey struct {
	compare func(a, b *row) int
	byStart bool
	down    bool
}

func newSortKey(name string) (sortKey, bool) {
	k := sortKey{}
	name, k.down = strings.CutPrefix(name, "-")
	switch name {
	case "workgroup":
		k.compare = func(a, b *row) int { return strings.Compare(a.workgroup, b.workgroup) }
	case "agent":
		k.compare = func(a, b *row) int { return strings.Compare(a.agent, b.agent) }
	case "media":
		k.compare = func(a, b *row) int { return strings.Compare(a.media, b.media) }
	case "status":
		k.compare = func(a, b *row) int { return strings.Compare(a.key, b.key) }
	case "group":
		k.compare = func(a, b *row) int { return strings.Compare(a.group, b.group) }
	case "start":
		k.compare = func(a, b *row) int { return a.start().Compare(b.start()) }
		k.byStart = true
	case "end":
		k.compare = func(a, b *row) int { return a.window.End.Compare(b.window.End) }
	default:
		return k, false
	}
	return k, true
}

// start is the instant that the row is about.
func (r *row) start() time.Time {
	switch {
	case !r.window.Start.IsZero():
		return r.window.Start
	case !r.at.IsZero():
		return r.at
	}
	return r.interval.Start
}

func (s *section) compare(a, b *row) int {
	for _, k := range s.sort {
		if c := k.compare(a, b); c != 0 {
			if k.down {
				return -c
			}
			return c
		}
	}
	return 0
}
