package historical

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// report makes the report of a slot: sites merged, records sorted, zeros and gaps told apart.
func (a *Aggregator) report(s *slot) wfm.Report {
	r := wfm.Report{Interval: s.window, Repeated: s.twin, Estimated: s.estimated}
	a.records(s, &r)
	a.states(s, &r)
	a.signedOn(s, &r)
	r.Begun, r.Ended = a.contacts(s, wfm.GrainBegun), a.contacts(s, wfm.GrainEnded)
	a.coverage(s, &r)
	if len(s.sites) > 0 {
		a.zeros(&r)
	}
	r.Diagnostics = a.takeNotes(s.window.End)
	return r
}

// records merges the cells of all sites into sorted records. Gauges of several sites add up.
func (a *Aggregator) records(s *slot, r *wfm.Report) {
	order := make([]int, len(s.cells))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(x, y int) int { return compareCells(&s.cells[x].key, &s.cells[y].key) })
	slab := make([]int64, 0, len(s.values)) // the records' values, in one piece
	for i := 0; i < len(order); {
		first := &s.cells[order[i]]
		f := &a.fold[first.key.grain]
		n := f.set.Len()
		slab = append(slab, s.values[first.offset:first.offset+n]...)
		values := slab[len(slab)-n:]
		for i++; i < len(order); i++ {
			c := &s.cells[order[i]]
			if !sameRecord(&first.key, &c.key) {
				break
			}
			f.into(values, s.values[c.offset:c.offset+n], 0, 0)
		}
		record := wfm.Record{Workgroup: first.key.workgroup, Agent: first.key.agent, Media: first.key.media,
			Counts: wfm.NewCounts(f.set, values[:n:n])}
		list := recordList(r, first.key.grain)
		*list = append(*list, record)
	}
}

func recordList(r *wfm.Report, g wfm.Grain) *[]wfm.Record {
	switch g {
	case wfm.GrainAgent:
		return &r.Agents
	case wfm.GrainAgentQueue:
		return &r.AgentQueues
	}
	return &r.Queues
}

func compareCells(x, y *cellKey) int {
	return cmp.Or(cmp.Compare(x.grain, y.grain), cmp.Compare(x.agent, y.agent), cmp.Compare(x.workgroup, y.workgroup),
		cmp.Compare(x.media, y.media), cmp.Compare(x.site, y.site))
}

func sameRecord(x, y *cellKey) bool {
	return x.grain == y.grain && x.agent == y.agent && x.workgroup == y.workgroup && x.media == y.media
}

// zeros adds a record of zeros for each expected workgroup and medium without a row.
func (a *Aggregator) zeros(r *wfm.Report) {
	set := a.fold[wfm.GrainQueue].set
	if set.Len() == 0 {
		return
	}
	media := a.o.Needs.Queue.MediaList()
	before := len(r.Queues)
	for _, w := range a.o.Workgroups {
		for _, m := range media {
			want := wfm.Record{Workgroup: w, Media: m, Zero: true}
			if _, ok := slices.BinarySearchFunc(r.Queues[:before], want, wfm.CompareRecords); ok {
				continue
			}
			want.Counts = wfm.NewCounts(set, slices.Clone(a.absences[wfm.GrainQueue]))
			r.Queues = append(r.Queues, want)
		}
	}
	if len(r.Queues) > before {
		wfm.SortRecords(r.Queues)
	}
}

// coverage finds gaps and partly covered intervals.
func (a *Aggregator) coverage(s *slot, r *wfm.Report) {
	slices.SortFunc(s.sites, func(x, y coverage) int { return cmp.Compare(x.site, y.site) })
	whole := int64((s.window.Duration() + s.twin.Duration()) / time.Second)
	if !s.twin.IsZero() && s.twin.End.After(a.o.Window.End) {
		whole = int64(s.window.Duration() / time.Second)
	}
	for i := range s.sites {
		r.Sites = append(r.Sites, s.sites[i].site)
		if got := s.sites[i].covered(); got < whole-int64(Tolerance/time.Second) {
			a.Note(wfm.Diagnostic{Kind: wfm.PartialCoverage, At: s.window.Start, Site: s.sites[i].site, Subject: "nDuration",
				Detail: fmt.Sprintf("rows cover %d of %d seconds, as after a restart of the CIC server", got, whole)})
		}
	}
	expected := a.o.Sites
	if expected == nil && len(a.seen) == 0 && !a.statistics {
		return // nothing but states is read, and the source has no presence rows
	}
	if expected == nil {
		expected = slices.Sorted(maps.Keys(a.seen))
	}
	for _, site := range expected {
		if !slices.ContainsFunc(s.sites, func(c coverage) bool { return c.site == site }) {
			r.Gaps = append(r.Gaps, site)
		}
	}
}

// takeNotes returns the remarks about instants before end, in order of time; the rest stays.
func (a *Aggregator) takeNotes(end time.Time) []wfm.Diagnostic {
	if len(a.notes) == 0 {
		return nil
	}
	var take, stay []wfm.Diagnostic
	for _, d := range a.notes {
		if d.At.Before(end) {
			take = append(take, d)
		} else {
			stay = append(stay, d)
		}
	}
	a.notes = stay
	slices.SortStableFunc(take, func(x, y wfm.Diagnostic) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Kind, y.Kind), cmp.Compare(x.Site, y.Site),
			cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.Detail, y.Detail))
	})
	if more := len(take) - notesPerReport; more > 0 {
		last := take[notesPerReport]
		last.Detail += fmt.Sprintf(" (and %d more remarks)", more-1)
		take = append(take[:notesPerReport], last)
	}
	return take
}

// notesPerReport bounds the remarks of one report: a database that is wrong throughout says the
// same thing for every row.
const notesPerReport = 200

// contentOf hashes what a report says, without its revision and remarks, to tell whether late rows
// changed anything.
func contentOf(r *wfm.Report) wfm.Digest {
	h := sha256.New()
	fmt.Fprintf(h, "%v %v %v", r.Interval, r.Estimated, r.Gaps)
	for g := range wfm.NumGrains {
		for _, rec := range r.Records(g) {
			fmt.Fprintf(h, "%d %q %q %q %v;", g, rec.Workgroup, rec.Agent, rec.Media, rec.Counts.Values())
		}
	}
	for _, act := range r.Activity {
		fmt.Fprintf(h, "%q %v %v %v;", act.Agent, act.States, act.LogOns, act.LogOffs)
	}
	for _, s := range r.SignOns {
		fmt.Fprintf(h, "%q %v %v %q;", s.Agent, s.In, s.Out, s.Reason)
	}
	for _, list := range [][]wfm.Contact{r.Begun, r.Ended} {
		fmt.Fprintf(h, "%d contacts;", len(list))
		for _, c := range list {
			fmt.Fprintf(h, "%q %d %d %q %q %q %v %v %t %v;", c.ID, c.Site, c.Seq, c.Workgroup, c.Agent, c.Media, c.Start, c.End, c.Handled, c.Times)
		}
	}
	return wfm.Digest(h.Sum(nil))
}
