package layout

import (
	"cmp"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// row is one data row before it is written: a record, a state, an event or the time in a status.
// Fields that its grain does not have are zero.
type row struct {
	interval            wfm.Window
	period              wfm.Window // of the file
	counts              wfm.Counts
	workgroup, agent    string
	media               string
	key, group          string
	window              wfm.Window // of a state
	at                  time.Time  // of an event; when a state began
	seconds             int64
	event               string
	repeat              string // of a file name
	loggedIn, carriedIn bool
	zeroRecord          bool
	moment              *moment // of a record of module rta
}

// The words for an event.
const (
	logOn  = "log-on"
	logOff = "log-off"
)

// collect appends the rows of a section to list, in report order.
func (s *section) collect(list []row, reports []wfm.Report, period wfm.Window) []row {
	for i := range reports {
		r := &reports[i]
		base := row{interval: r.Interval, period: period}
		if g, ok := s.grain.statistics(); ok {
			list = s.collectRecords(list, base, r.Records(g))
			if s.grain == grainAgentBoth {
				list = s.collectRecords(list, base, r.Records(wfm.GrainAgentQueue))
			}
			continue
		}
		for j := range r.Activity {
			list = s.collectActivity(list, base, &r.Activity[j])
		}
	}
	if len(s.sort) > 0 {
		// By index and not by value, for which every comparison would take memory.
		sort.SliceStable(list, func(i, j int) bool { return s.compare(&list[i], &list[j]) < 0 })
	}
	return list
}

func (s *section) collectRecords(list []row, base row, records []wfm.Record) []row {
	for i := range records {
		rec := &records[i]
		if !slices.ContainsFunc(s.media, rec.Media.Is) || s.leavesOut(rec) {
			continue
		}
		base.counts, base.workgroup, base.agent = rec.Counts, string(rec.Workgroup), string(rec.Agent)
		base.media, base.zeroRecord = string(rec.Media), rec.Zero
		list = append(list, base)
	}
	return list
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

func (s *section) collectActivity(list []row, base row, a *wfm.Activity) []row {
	base.agent = string(a.Agent)
	switch s.grain {
	case grainStates:
		for i := range a.States {
			st := &a.States[i]
			base.window, base.key, base.group, base.at = st.Window, string(st.Status), string(st.Group), st.Began
			base.loggedIn, base.carriedIn = st.LoggedIn, st.CarriedIn
			base.seconds = int64(st.Window.Duration() / time.Second)
			list = append(list, base)
		}
	case grainStatus:
		for _, k := range a.Keys {
			base.key, base.group, base.seconds = string(k.Key), string(k.Group), k.Seconds
			list = append(list, base)
		}
	case grainGroup:
		for _, g := range a.Groups {
			base.group, base.seconds = string(g.Group), g.Seconds
			list = append(list, base)
		}
	case grainEvents:
		// At one instant the log-off stands first: the agent logged on again.
		on, off := a.LogOns, a.LogOffs
		for len(on)+len(off) > 0 {
			if len(off) > 0 && (len(on) == 0 || !off[0].After(on[0])) {
				base.at, base.event, off = off[0], logOff, off[1:]
			} else {
				base.at, base.event, on = on[0], logOn, on[1:]
			}
			list = append(list, base)
		}
	}
	return list
}

// sortKey compares two rows by one property.
type sortKey struct {
	compare func(a, b *row) int
	down    bool
}

func newSortKey(name string) (sortKey, bool) {
	k := sortKey{}
	name, k.down = strings.CutPrefix(name, "-")
	switch name {
	case "workgroup":
		k.compare = func(a, b *row) int { return cmp.Compare(a.workgroup, b.workgroup) }
	case "agent":
		k.compare = func(a, b *row) int { return cmp.Compare(a.agent, b.agent) }
	case "media":
		k.compare = func(a, b *row) int { return cmp.Compare(a.media, b.media) }
	case "status":
		k.compare = func(a, b *row) int { return cmp.Compare(a.key, b.key) }
	case "group":
		k.compare = func(a, b *row) int { return cmp.Compare(a.group, b.group) }
	case "start":
		k.compare = func(a, b *row) int { return a.start().Compare(b.start()) }
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
