package historicaltest

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// Memory is a source of rows held in memory. Rows may be added at any time, as late rows are. It is
// safe for concurrent use. The zero value is empty.
type Memory struct {
	mu   sync.Mutex
	rows []stored
	// Fail, if set, is asked before each query; an error that it returns is the query's.
	Fail func(historical.Query) error
}

type stored struct {
	row    historical.Row
	counts map[wfm.Counter]int64
}

// Add keeps a copy of a row. Its Values are ignored; counts hold the counters, and one that is not in them is
// missing.
func (m *Memory) Add(row historical.Row, counts map[wfm.Counter]int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	row.Values = nil
	if row.Contact != nil {
		c := *row.Contact
		row.Contact = &c
	}
	m.rows = append(m.rows, stored{row, counts})
}

// Queue adds a queue row for all media and the presence row that goes with it.
func (m *Memory) Queue(site wfm.Site, start time.Time, length time.Duration, workgroup wfm.Workgroup, counts map[wfm.Counter]int64) {
	m.Add(historical.Row{Grain: wfm.GrainPresence, Site: site, Start: start, Duration: length}, nil)
	m.Add(historical.Row{Grain: wfm.GrainQueue, Site: site, Start: start, Duration: length, Workgroup: workgroup}, counts)
}

// Contact adds the two rows of a contact: where it began and where it ended.
func (m *Memory) Contact(c wfm.Contact) {
	m.Add(historical.Row{Grain: wfm.GrainBegun, Site: c.Site, Start: c.Start, Contact: &c}, nil)
	m.Add(historical.Row{Grain: wfm.GrainEnded, Site: c.Site, Start: c.End, Contact: &c}, nil)
}

// Slack implements historical.Ordered: rows come in order of start.
func (m *Memory) Slack() time.Duration { return 0 }

// Rows implements historical.Source.
func (m *Memory) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		m.mu.Lock()
		rows := slices.Clone(m.rows)
		m.mu.Unlock()
		if m.Fail != nil {
			if err := m.Fail(q); err != nil {
				yield(historical.Row{}, err)
				return
			}
		}
		rows = slices.DeleteFunc(rows, func(s stored) bool { return !answers(&s.row, q) })
		slices.SortStableFunc(rows, func(a, b stored) int {
			return cmp.Or(clamped(&a.row, q).Compare(clamped(&b.row, q)), cmp.Compare(a.row.Grain, b.row.Grain))
		})
		var values []int64
		var contact wfm.Contact // one for all rows: a consumer must copy what it keeps
		for _, s := range rows {
			if err := ctx.Err(); err != nil {
				yield(historical.Row{}, err)
				return
			}
			set := q.Needs.For(s.row.Grain).Counters
			values = values[:0]
			for i := range set.Len() {
				v, ok := s.counts[set.At(i)]
				if !ok {
					v = wfm.Missing
				}
				values = append(values, v)
			}
			s.row.Values = values
			if s.row.Contact != nil {
				contact = *s.row.Contact
				s.row.Contact = &contact
			}
			if !yield(s.row, nil) {
				return
			}
		}
	}
}

// clamped is the time by which a row is ordered.
func clamped(r *historical.Row, q historical.Query) time.Time {
	if from := q.States().Start; r.Start.Before(from) {
		return from
	}
	return r.Start
}

func answers(r *historical.Row, q historical.Query) bool {
	switch r.Grain {
	case wfm.GrainPresence:
		return q.Window.Contains(r.Start)
	case wfm.GrainActivity:
		w := q.States()
		touches := r.Start.Before(w.End) && r.End().After(w.Start)
		return q.Needs.Wants(wfm.GrainActivity) && (touches || (r.Duration == 0 && w.Contains(r.Start)))
	}
	workgroup := r.Workgroup
	if r.Contact != nil {
		workgroup = r.Contact.Workgroup
	}
	cols := q.Needs.For(r.Grain)
	named := r.Grain == wfm.GrainAgent || q.Workgroups == nil || slices.ContainsFunc(q.Workgroups, func(w wfm.Workgroup) bool {
		return strings.EqualFold(string(w), string(workgroup))
	})
	if r.Contact != nil {
		return q.Needs.Wants(r.Grain) && q.Window.Contains(r.Start) && named
	}
	return cols.Counters.Len() > 0 && q.Window.Contains(r.Start) && named && slices.ContainsFunc(cols.MediaList(), r.Media.Is)
}
