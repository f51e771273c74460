package historical

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Tolerance is how much longer than its nominal length a row may be, and how many seconds of an
// interval may lack rows, before it is worth a remark: CIC's timers jitter by seconds.
const Tolerance = 60 * time.Second

// AggregatorOptions say what reports are made.
type AggregatorOptions struct {
	// Grid cuts time into intervals, in the location of the feed.
	Grid wfm.Grid
	// Window is what reports are made for; it must be aligned to the grid.
	Window wfm.Window
	// Needs are those of the query that the rows answer.
	Needs wfm.Needs
	// Sites are the sites that are expected to write; one that wrote nothing in an interval is a
	// gap of the report. Nil expects the sites that have written so far, which depends on where
	// the window begins: whoever reads a span in parts gives all of them the same sites.
	Sites []wfm.Site
	// Workgroups get a record of zeros in an interval without a row of theirs. Nil makes none.
	Workgroups []wfm.Workgroup
	// Absent lists counters that the database does not have, so that records of zeros show them as
	// missing too.
	Absent map[wfm.Grain][]wfm.Counter
	// Split permits rows longer than the interval: they are split in proportion to time, which is
	// an estimate and marked so in the report. A row that starts before Window never comes, and with it
	// the part that reaches into it: begin Window a row's length earlier and leave those reports out.
	Split bool
	// SumRepeated joins the two intervals with the same wall-clock time on the night of the autumn
	// clock change into one report: see vendors.RepeatSum.
	SumRepeated bool
	// Retain keeps closed intervals for so long, so that late rows make a new revision. Zero
	// forgets an interval when it is closed, which keeps memory flat; a host that reads the
	// source again for restatements needs no more.
	Retain time.Duration
}

// Aggregator folds rows into reports. It is pure: it has no clock and does no I/O, and the same
// rows in any order give the same reports. Memory grows with the intervals that are open, not
// with those that are closed. It is not safe for concurrent use.
type Aggregator struct {
	o        AggregatorOptions
	fold     [wfm.NumGrains]folder
	slots    map[int64]*slot // by start, unix seconds
	cur      *slot           // of the row before: rows mostly come in order
	free     []*slot
	seen     map[wfm.Site]bool
	agents   map[wfm.AgentID]*agentStates
	signOns  map[wfm.AgentID]*signOnRows
	spans    []signOnSpan // of one agent, while a report is made
	next     time.Time    // start of the first interval never closed
	notes    []wfm.Diagnostic
	absences [wfm.NumGrains][]int64 // values of a record of zeros
	// statistics says that counters or contacts are read, so that a silent site is a gap.
	statistics bool
}

// NewAggregator makes an aggregator. The error names the option that is wrong.
func NewAggregator(o AggregatorOptions) (*Aggregator, error) {
	if !o.Grid.Aligned(o.Window) || !o.Window.Start.Before(o.Window.End) {
		return nil, wfm.Problem{Field: "window", Value: o.Window.String(),
			Reason: "does not start and end on the borders of " + o.Grid.Length.String() + " intervals",
			Remedy: "widen it to whole intervals of the feed's time zone"}
	}
	a := &Aggregator{o: o, slots: map[int64]*slot{}, seen: map[wfm.Site]bool{},
		agents: map[wfm.AgentID]*agentStates{}, signOns: map[wfm.AgentID]*signOnRows{}, next: o.Window.Start}
	for g := range wfm.NumGrains {
		a.statistics = a.statistics || (g != wfm.GrainActivity && o.Needs.Wants(g))
		set := o.Needs.For(g).Counters
		a.fold[g] = newFolder(set)
		a.absences[g] = make([]int64, set.Len())
		for _, c := range o.Absent[g] {
			if i := set.Index(c); i >= 0 {
				a.absences[g][i] = wfm.Missing
			}
		}
	}
	return a, nil
}

// Add takes a row. It copies what it keeps. The error is a *wfm.Error: a row that the needs did not
// ask for, one longer than the interval, one outside the window, a contact that is not what Row says, or
// one for an interval that was closed and forgotten. A row that is refused changes nothing.
func (a *Aggregator) Add(r Row) error {
	if err := a.check(&r); err != nil {
		return err
	}
	if r.Grain == wfm.GrainActivity {
		return a.addState(&r)
	}
	start := r.Start.Unix()
	s := a.cur
	if s == nil || start < s.start || start >= s.end {
		var err error
		if s, err = a.open(&r, start); err != nil {
			return err
		}
		a.cur = s
	}
	if isContact(r.Grain) {
		a.addContact(s, &r)
		return nil
	}
	if r.Duration > s.length()+Tolerance {
		if !a.o.Split {
			return tooLong(&r, s.length())
		}
		return a.addSplit(&r)
	}
	if !s.present(r.Site, start, int64(r.Duration/time.Second)) {
		a.admit(s, &r)
	}
	if r.Grain != wfm.GrainPresence {
		a.add(s, &r, start, r.Values)
	}
	return nil
}

// check refuses what a source that keeps its contract never yields, before it does harm.
func (a *Aggregator) check(r *Row) error {
	switch {
	case r.Grain >= wfm.NumGrains:
		return &wfm.Error{Op: "fold rows", Kind: wfm.BadData, Err: fmt.Errorf("a row has the unknown grain %d", r.Grain)}
	case r.Duration < 0:
		return rowError(r, wfm.BadData, fmt.Sprintf("the row lasts %s", r.Duration), "the source must leave out rows of negative length")
	case r.Grain == wfm.GrainActivity || r.Grain == wfm.GrainPresence:
		return nil
	case isContact(r.Grain):
		return a.checkContact(r)
	case !a.o.Needs.Wants(r.Grain) || len(r.Values) != a.fold[r.Grain].set.Len():
		return rowError(r, wfm.BadData, fmt.Sprintf("the row has %d values, the query asks for %d", len(r.Values), a.fold[r.Grain].set.Len()),
			"the source must answer the query's Needs")
	}
	return nil
}

// Note takes a remark about the data; it appears in the report of the interval that holds it, or
// of the next one that is closed.
func (a *Aggregator) Note(d wfm.Diagnostic) { a.notes = append(a.notes, d) }

// open finds or makes the slot that holds a row's start.
func (a *Aggregator) open(r *Row, start int64) (*slot, error) {
	if !a.o.Window.Contains(r.Start) {
		return nil, rowError(r, wfm.BadData, fmt.Sprintf("the row lies outside the window %s that was asked for", a.o.Window),
			"the source must filter rows by their start")
	}
	return a.slotAt(r, r.Start, start)
}

func (a *Aggregator) slotAt(r *Row, at time.Time, unix int64) (*slot, error) {
	w, twin := a.canonical(a.o.Grid.Slot(at))
	s, ok := a.slots[w.Start.Unix()]
	if !ok {
		if w.Start.Before(a.next) {
			return nil, rowError(r, wfm.BadData, "the row came after its interval was closed",
				"read the interval again, or keep closed intervals longer (Retain)")
		}
		s = a.newSlot(w, twin)
	}
	s.dirty = s.dirty || s.revision > 0
	// A slot that sums a repeated hour holds two spans; the fast path checks the one in use.
	s.start, s.end = w.Start.Unix(), w.End.Unix()
	if unix < s.start || unix >= s.end {
		s.start, s.end = twin.Start.Unix(), twin.End.Unix()
	}
	return s, nil
}

// admit looks at a (site, start, duration) that is new in the slot.
func (a *Aggregator) admit(s *slot, r *Row) {
	a.seen[r.Site] = true
	end := r.Start.Truncate(time.Second).Add(r.Duration)
	if slotEnd := time.Unix(s.end, 0); end.After(slotEnd.Add(Tolerance)) {
		a.Note(wfm.Diagnostic{Kind: wfm.OffGrid, At: r.Start, Site: r.Site, Subject: "dIntervalStart",
			Detail: fmt.Sprintf("a row of %d seconds reaches past the interval's end at %s; it counts where it starts",
				r.Duration/time.Second, slotEnd.UTC().Format(time.RFC3339))})
	}
}

func tooLong(r *Row, length time.Duration) error {
	return rowError(r, wfm.BadConfig, fmt.Sprintf("a row of %d seconds is longer than the feed's interval of %d seconds",
		r.Duration/time.Second, length/time.Second),
		fmt.Sprintf("set the CIC server parameter QueuePeriodStatisticsInterval (\"Queue/IVR reporting (min)\" in Report Configuration) "+
			"to %d seconds or less, or choose a longer interval, or ask for a proportional split", length/time.Second))
}

// canonical returns the interval that a slot's figures go to, and its twin where the feed sums
// the repeated hour.
func (a *Aggregator) canonical(w wfm.Window) (first, twin wfm.Window) {
	if !a.o.SumRepeated {
		return w, wfm.Window{}
	}
	first, twin, _ = a.o.Grid.Repeat(w)
	return first, twin
}

// addSplit spreads a long row over the slots that it covers, each part in proportion to time. The
// parts of each sum are exact: they add up to the row. A presence row spreads too: its site wrote for
// all of them.
func (a *Aggregator) addSplit(r *Row) error {
	a.seen[r.Site] = true
	set := a.fold[r.Grain].set
	total := int64(r.Duration / time.Second)
	parts := make([]int64, len(r.Values))
	begin, end := r.Start.Truncate(time.Second), r.Start.Truncate(time.Second).Add(r.Duration)
	for at := begin; at.Before(end) && at.Before(a.o.Window.End); {
		s, err := a.slotAt(r, at, at.Unix())
		if err != nil {
			return err
		}
		to := time.Unix(s.end, 0).UTC()
		if to.After(end) {
			to = end
		}
		from, until := int64(at.Sub(begin)/time.Second), int64(to.Sub(begin)/time.Second)
		for i, v := range r.Values {
			parts[i] = splitValue(set.At(i).Fold(), v, from, until, total)
		}
		s.present(r.Site, at.Unix(), until-from)
		at = to
		if r.Grain == wfm.GrainPresence {
			continue
		}
		if !s.estimated {
			s.estimated = true
			a.Note(wfm.Diagnostic{Kind: wfm.SplitRow, At: begin.Add(time.Duration(from) * time.Second), Site: r.Site, Subject: "nDuration",
				Detail: fmt.Sprintf("a row of %d seconds was split in proportion to time: the figures are estimates", total)})
		}
		a.add(s, r, begin.Unix()+from, parts)
	}
	a.cur = nil
	return nil
}

func splitValue(f wfm.Fold, v, from, until, total int64) int64 {
	switch {
	case v == wfm.Missing || f == wfm.FoldMax:
		return v
	case f == wfm.FoldFirst && from > 0, f == wfm.FoldLast && until < total:
		return wfm.Missing
	case f == wfm.FoldFirst || f == wfm.FoldLast:
		return v
	}
	return share(v, until, total) - share(v, from, total)
}

// share returns v·part/total, rounded down, without overflow for values below 2^31 seconds.
func share(v, part, total int64) int64 { return v/total*part + v%total*part/total }

// Close yields the reports of all intervals that end at or before t and were not closed yet, in
// order of start, also those of gaps, followed by new revisions of retained intervals whose
// content was changed by late rows.
func (a *Aggregator) Close(t time.Time) iter.Seq[wfm.Report] {
	return func(yield func(wfm.Report) bool) {
		a.cur = nil // rows that come after are late for what is closed here
		if !a.closeDue(t, yield) || a.o.Retain == 0 {
			return
		}
		a.closeAgain(yield)
	}
}

func (a *Aggregator) closeDue(t time.Time, yield func(wfm.Report) bool) bool {
	for a.next.Before(a.o.Window.End) {
		w := a.o.Grid.Slot(a.next)
		first, twin := a.canonical(w)
		due := w.End
		if twin.End.After(due) && !twin.End.After(a.o.Window.End) {
			due = twin.End
		}
		if due.After(t) {
			return true
		}
		if a.next = w.End; !first.Start.Equal(w.Start) {
			continue // the second of two: its figures went to the first
		}
		s, ok := a.slots[w.Start.Unix()]
		if !ok {
			s = a.newSlot(w, twin)
		}
		report := a.report(s)
		s.revision, report.Revision = 1, 1
		if a.o.Retain > 0 {
			s.content = contentOf(&report)
		}
		a.forget(w.End)
		if !yield(report) {
			return false
		}
	}
	return true
}

// closeAgain yields the retained slots whose content changed.
func (a *Aggregator) closeAgain(yield func(wfm.Report) bool) {
	var dirty []*slot
	for _, s := range a.slots {
		if s.dirty && s.revision > 0 {
			dirty = append(dirty, s)
		}
	}
	slices.SortFunc(dirty, func(x, y *slot) int { return cmp.Compare(x.window.Start.Unix(), y.window.Start.Unix()) })
	for _, s := range dirty {
		report := a.report(s)
		s.dirty = false
		content := contentOf(&report)
		if content == s.content {
			continue
		}
		s.content = content
		s.revision++
		report.Revision = s.revision
		if !yield(report) {
			return
		}
	}
}

// forget drops slots and states that are older than what is retained.
func (a *Aggregator) forget(closed time.Time) {
	limit := closed.Add(-a.o.Retain)
	for start, s := range a.slots {
		end := s.window.End
		if s.twin.End.After(end) {
			end = s.twin.End
		}
		if s.revision > 0 && !end.After(limit) {
			delete(a.slots, start)
			a.free = append(a.free, s)
		}
	}
	for id, st := range a.agents {
		if st.forget(limit); len(st.spans) == 0 {
			delete(a.agents, id)
		}
	}
	a.forgetSignOns(closed)
}

func rowError(r *Row, kind wfm.Kind, reason, remedy string) error {
	return &wfm.Error{Op: "fold " + r.Grain.String() + " rows", Kind: kind, Remedy: remedy,
		Err: fmt.Errorf("site %d, start %s, %s: %s", r.Site, r.Start.UTC().Format(time.RFC3339), subject(r), reason)}
}

func subject(r *Row) string {
	switch {
	case r.Contact != nil:
		return "contact " + wfm.Quote(r.Contact.ID)
	case r.Workgroup != "" && r.Agent != "":
		return fmt.Sprintf("agent %s in workgroup %s", wfm.Quote(string(r.Agent)), wfm.Quote(string(r.Workgroup)))
	case r.Agent != "":
		return "agent " + wfm.Quote(string(r.Agent))
	case r.Workgroup != "":
		return "workgroup " + wfm.Quote(string(r.Workgroup))
	}
	return "any workgroup"
}
