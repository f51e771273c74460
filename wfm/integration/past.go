package integration

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// past is what a lane did and found since the service was made. It outlives the lane: one that takes its place under the
// same name goes on with it, also while the other still ends its work, so that nothing is counted twice or forgotten.
type past struct {
	mu          sync.Mutex
	actions     map[Action]int
	remarks     map[string]bool     // that were said
	diagnostics map[string]int      // remarks by kind
	withheld    map[part]wfm.Digest // the version that was told
	gaps        []Gap
	begin       time.Time // where a feed that is new begins; set once
}

func newPast() *past {
	return &past{actions: map[Action]int{}, remarks: map[string]bool{}, diagnostics: map[string]int{}, withheld: map[part]wfm.Digest{}}
}

// show puts it into a status.
func (p *past) show(st *FeedStatus) {
	p.mu.Lock()
	defer p.mu.Unlock()
	st.Delivered, st.Skipped, st.Restated, st.Withheld = p.actions[Delivered], p.actions[Skipped], p.actions[Restated], p.actions[Withheld]
	st.Gaps, st.Diagnostics = slices.Clone(p.gaps), maps.Clone(p.diagnostics)
}

// beginOnce returns where a new feed begins: at the time of the first call, or it would move on while a source is out of reach.
func (p *past) beginOnce(t time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.begin.IsZero() {
		p.begin = t
	}
	return p.begin
}

// settled counts an outcome, and tells whether it is news. A version that is withheld is so at each look: it counts once.
func (p *past) settled(o Outcome) (news bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.Action == Withheld {
		if len(p.withheld) > remarksKept {
			clear(p.withheld)
		}
		id := identity(o.Artifact)
		if p.withheld[id] == o.Digest {
			return false
		}
		p.withheld[id] = o.Digest
	}
	p.actions[o.Action]++
	return true
}

const gapsShown = 100

// gapsOf keeps the list of gaps: those of a period replace what was known of it.
func (p *past) gapsOf(per *period) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.gaps = slices.DeleteFunc(p.gaps, func(g Gap) bool { return per.window.Contains(g.Interval.Start) })
	p.gaps = append(p.gaps, per.gaps...)
	slices.SortFunc(p.gaps, func(a, b Gap) int { return a.Interval.Start.Compare(b.Interval.Start) })
	if n := len(p.gaps); n > gapsShown {
		p.gaps = slices.Clone(p.gaps[n-gapsShown:])
	}
}

// remarksKept bounds what is remembered of remarks, and of what was withheld; they may be said again then.
const remarksKept = 10_000

// remark counts the remarks that are new and returns them.
func (p *past) remark(list []wfm.Diagnostic) (fresh []wfm.Diagnostic) {
	if len(list) == 0 {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.remarks) > remarksKept {
		clear(p.remarks)
	}
	for _, d := range list {
		text := d.String()
		if p.remarks[text] {
			continue // said when the interval was read before
		}
		p.remarks[text] = true
		p.diagnostics[d.Kind.String()]++
		fresh = append(fresh, d)
	}
	return fresh
}

// rtPast is the same of a real-time feed.
type rtPast struct {
	mu       sync.Mutex
	unmapped map[wfm.StatusKey]int
	skipped  int
}

// show puts it into a status.
func (p *rtPast) show(st *RealTimeStatus) {
	p.mu.Lock()
	defer p.mu.Unlock()
	st.Unmapped, st.Skipped = maps.Clone(p.unmapped), p.skipped
}

// statusesKept bounds the statuses that are counted one by one; those that come after them count as skipped.
const statusesKept = 1000

// notMapped counts a state whose status has no code.
func (p *rtPast) notMapped(status wfm.StatusKey) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.unmapped[status]; !known && len(p.unmapped) >= statusesKept {
		p.skipped++
		return
	}
	p.unmapped[status]++
}

// notWritten counts a state that could not be written for another reason.
func (p *rtPast) notWritten() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped++
}
