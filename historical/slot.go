package historical

import (
	"cmp"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// slot is one open interval: a cell per record and site, and what the sites covered.
type slot struct {
	window, twin wfm.Window
	start, end   int64 // of the occurrence in use, unix seconds
	index        map[cellKey]int
	cells        []cell
	values       []int64
	sites        []coverage
	begun, ended []wfm.Contact // as they came
	revision     int
	dirty        bool
	estimated    bool
	content      wfm.Digest
}

type cellKey struct {
	grain     wfm.Grain
	site      wfm.Site
	workgroup wfm.Workgroup
	agent     wfm.AgentID
	media     wfm.MediaType
}

// cell holds the folded values of one record at one site, and the starts of the earliest and the
// latest row in them, which the first and last folds go by.
type cell struct {
	key         cellKey
	first, last int64
	offset      int
}

// coverage is what one site wrote in the slot.
type coverage struct {
	site  wfm.Site
	spans []span
}

type span struct{ start, seconds int64 }

func (a *Aggregator) newSlot(w, twin wfm.Window) *slot {
	var s *slot
	if n := len(a.free); n > 0 {
		s, a.free = a.free[n-1], a.free[:n-1]
		clear(s.index)
		clear(s.begun) // lets go of their texts
		clear(s.ended)
		*s = slot{index: s.index, cells: s.cells[:0], values: s.values[:0], sites: s.sites[:0], begun: s.begun[:0], ended: s.ended[:0]}
	} else {
		s = &slot{index: map[cellKey]int{}}
	}
	s.window, s.twin = w, twin
	s.start, s.end = w.Start.Unix(), w.End.Unix()
	a.slots[s.start] = s
	return s
}

// length is the length of the interval; a repeated interval has the same twice.
func (s *slot) length() time.Duration { return s.window.Duration() }

// present notes that a site wrote a row; it tells whether that was known.
func (s *slot) present(site wfm.Site, start, seconds int64) bool {
	var c *coverage
	for i := range s.sites {
		if s.sites[i].site == site {
			c = &s.sites[i]
			break
		}
	}
	if c == nil {
		if len(s.sites) < cap(s.sites) {
			s.sites = s.sites[:len(s.sites)+1]
			c = &s.sites[len(s.sites)-1]
			c.site, c.spans = site, c.spans[:0]
		} else {
			s.sites = append(s.sites, coverage{site: site})
			c = &s.sites[len(s.sites)-1]
		}
	}
	for i := len(c.spans) - 1; i >= 0; i-- {
		if c.spans[i] == (span{start, seconds}) {
			return true
		}
	}
	c.spans = append(c.spans, span{start, seconds})
	return false
}

// covered returns the seconds that the union of a site's rows covers.
func (c *coverage) covered() int64 {
	slices.SortFunc(c.spans, func(x, y span) int { return cmp.Compare(x.start, y.start) })
	var total, until int64
	for i, s := range c.spans {
		end := s.start + s.seconds
		from := s.start
		if i > 0 && from < until {
			from = until
		}
		if end > from {
			total += end - from
			until = end
		}
	}
	return total
}

// folder knows how the values of one grain fold.
type folder struct {
	set   *wfm.CounterSet
	folds []wfm.Fold
}

func newFolder(set *wfm.CounterSet) folder {
	f := folder{set: set}
	for _, c := range set.List() {
		f.folds = append(f.folds, c.Fold())
	}
	return f
}

// add folds one row into its cell.
func (a *Aggregator) add(s *slot, r *Row, start int64, values []int64) {
	f := &a.fold[r.Grain]
	key := cellKey{r.Grain, r.Site, r.Workgroup, r.Agent, r.Media}
	i, ok := s.index[key]
	if !ok {
		i = len(s.cells)
		s.index[key] = i
		s.cells = append(s.cells, cell{key: key, first: start, last: start, offset: len(s.values)})
		s.values = append(s.values, values...)
		return
	}
	c := &s.cells[i]
	f.into(s.values[c.offset:c.offset+len(values)], values, cmp.Compare(start, c.first), cmp.Compare(start, c.last))
	c.first, c.last = min(c.first, start), max(c.last, start)
}

// into folds src into dst. first and last say how the start of src compares with the earliest and
// the latest start in dst: rows of one start add up, since they are parts of one whole. A gauge is
// that of the earliest or latest row also where that row lacks it: another row's would be of
// another moment, and which one would depend on the order of rows.
func (f *folder) into(dst, src []int64, first, last int) {
	for i, v := range src {
		d := &dst[i]
		switch fold := f.folds[i]; {
		case fold == wfm.FoldFirst && first != 0:
			if first < 0 {
				*d = v
			}
		case fold == wfm.FoldLast && last != 0:
			if last > 0 {
				*d = v
			}
		case v == wfm.Missing || *d == wfm.Missing:
			*d = wfm.Missing
		case fold == wfm.FoldMax:
			*d = max(*d, v)
		default:
			*d += v
		}
	}
}
