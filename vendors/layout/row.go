package layout

import (
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// row is one data row before it is written: a record, a state, an event, the time in a status or a contact.
// Fields that its grain does not have are zero.
type row struct {
	report              *wfm.Report // the row before was of
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
	moment              *moment // of a record of module rta
	contact             *wfm.Contact
}

// The words for an event.
const (
	logOn  = "log-on"
	logOff = "log-off"
)

// rowPlace says where in the reports of a file a row is. It holds no pointer, so that many are sorted quickly. Lists of reports
// are far below 2^31 long.
type rowPlace struct {
	report int32
	list   int32 // of rows of activity: the agent's; 1 for agent-by-queue beside agent
	item   int32 // ^i for the i-th log-off of an agent
}

// each gives the places of a section's rows one after another, in report order, until yield returns false.
func (s *section) each(reports []wfm.Report, yield func(rowPlace) bool) bool {
	for i := range reports {
		report, at := &reports[i], rowPlace{report: int32(i)}
		more := true
		if g, ok := s.grain.statistics(); ok {
			more = s.eachRecord(report.Records(g), at, yield)
			if more && s.grain == grainAgentBoth {
				at.list = 1
				more = s.eachRecord(report.AgentQueues, at, yield)
			}
		} else if list, ok := s.grain.contacts(report); ok {
			more = s.eachContact(list, at, yield)
		} else if s.grain == grainSignOns {
			more = at.upTo(len(report.SignOns), yield)
		} else {
			for j := 0; more && j < len(report.Activity); j++ {
				at.list = int32(j)
				more = s.eachActivity(&report.Activity[j], at, yield)
			}
		}
		if !more {
			return false
		}
	}
	return true
}

// upTo gives the places of n items.
func (p rowPlace) upTo(n int, yield func(rowPlace) bool) bool {
	for i := range n {
		if p.item = int32(i); !yield(p) {
			return false
		}
	}
	return true
}

func (s *section) eachRecord(records []wfm.Record, at rowPlace, yield func(rowPlace) bool) bool {
	var media wfm.MediaType // of the record before, which mostly is that of this one
	about := s.isAbout(media)
	for i := range records {
		rec := &records[i]
		if rec.Media != media {
			media, about = rec.Media, s.isAbout(rec.Media)
		}
		if !about || s.leavesOut(rec) {
			continue
		}
		if at.item = int32(i); !yield(at) {
			return false
		}
	}
	return true
}

// fill makes the row at a place. Rows of one file are made in one row: what its grain does not have stays zero.
func (s *section) fill(r *row, reports []wfm.Report, at rowPlace) {
	report := &reports[at.report]
	if r.report != report {
		r.report, r.interval = report, report.Interval
	}
	s.filler(r, report, at)
}

// filler returns what fills the rows of a grain; nil of frames.
func (g grain) filler() func(r *row, report *wfm.Report, at rowPlace) {
	switch g {
	case grainQueue:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillRecord(&report.Queues[at.item]) }
	case grainAgent:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillRecord(&report.Agents[at.item]) }
	case grainAgentQueue:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillRecord(&report.AgentQueues[at.item]) }
	case grainAgentBoth:
		return func(r *row, report *wfm.Report, at rowPlace) {
			if at.list == 0 {
				r.fillRecord(&report.Agents[at.item])
			} else {
				r.fillRecord(&report.AgentQueues[at.item])
			}
		}
	case grainBegun:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillContact(&report.Begun[at.item]) }
	case grainEnded:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillContact(&report.Ended[at.item]) }
	case grainSignOns:
		return func(r *row, report *wfm.Report, at rowPlace) { r.fillSignOn(&report.SignOns[at.item]) }
	case grainStates:
		return func(r *row, report *wfm.Report, at rowPlace) {
			a := &report.Activity[at.list]
			st := &a.States[at.item]
			r.agent, r.key, r.group, r.window, r.at = string(a.Agent), string(st.Status), string(st.Group), st.Window, st.Began
			r.loggedIn, r.carriedIn = st.LoggedIn, st.CarriedIn
		}
	case grainStatus:
		return func(r *row, report *wfm.Report, at rowPlace) {
			a := &report.Activity[at.list]
			k := &a.Keys[at.item]
			r.agent, r.key, r.group, r.seconds = string(a.Agent), string(k.Key), string(k.Group), k.Seconds
		}
	case grainGroup:
		return func(r *row, report *wfm.Report, at rowPlace) {
			a := &report.Activity[at.list]
			g := &a.Groups[at.item]
			r.agent, r.group, r.seconds = string(a.Agent), string(g.Group), g.Seconds
		}
	case grainEvents:
		return func(r *row, report *wfm.Report, at rowPlace) {
			a := &report.Activity[at.list]
			if r.agent = string(a.Agent); at.item < 0 {
				r.at, r.event = a.LogOffs[^at.item], logOff
			} else {
				r.at, r.event = a.LogOns[at.item], logOn
			}
		}
	}
	return nil
}

func (r *row) fillRecord(rec *wfm.Record) {
	r.counts, r.workgroup, r.agent = rec.Counts, string(rec.Workgroup), string(rec.Agent)
	r.media = string(rec.Media)
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

// eachActivity gives the places of the rows of an agent's activity.
func (s *section) eachActivity(a *wfm.Activity, at rowPlace, yield func(rowPlace) bool) bool {
	switch s.grain {
	case grainStates:
		return at.upTo(len(a.States), yield)
	case grainStatus:
		return at.upTo(len(a.Keys), yield)
	case grainGroup:
		return at.upTo(len(a.Groups), yield)
	}
	// Of events. At one instant the log-off stands first: the agent logged on again.
	for on, off := 0, 0; on < len(a.LogOns) || off < len(a.LogOffs); {
		if off < len(a.LogOffs) && (on == len(a.LogOns) || !a.LogOffs[off].After(a.LogOns[on])) {
			at.item = int32(^off)
			off++
		} else {
			at.item = int32(on)
			on++
		}
		if !yield(at) {
			return false
		}
	}
	return true
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
