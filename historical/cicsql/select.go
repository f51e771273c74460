package cicsql

import (
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// mask adds the predicate of one roll-up level. cHKey3 and cHKey4 may be NULL, on Oracle also for
// the empty text, and NULL is not '*'.
func (s *statement) mask(v *view, m mask) {
	for i, c := range keyColumns {
		if i > 0 {
			s.add(" AND ")
		}
		column := v.col(c)
		switch {
		case m.star(i):
			s.add(column, " = '*'")
		case i == 0:
			s.add(column, " <> '*'")
		default:
			s.add("(", column, " <> '*' OR ", column, " IS NULL)")
		}
	}
}

// maskText is the predicate of a level for a CASE expression.
func maskText(d Dialect, v *view, m mask) string {
	s := &statement{d: d}
	s.mask(v, m)
	return s.text.String()
}

// localTime selects a time column that is needed only where the row has no UTC: text is the dear part
// of a row.
func (s *statement) localTime(v *view, column string) string {
	if !v.has(colStartUTC) {
		return s.d.timeColumn(v.col(column))
	}
	return "CASE WHEN " + s.isNull(v.col(colStartUTC)) + " THEN " + s.d.timeColumn(v.col(column)) + " END"
}

// positions says where in the select list a statistics row has its values; -1 where it is not there.
type positions struct {
	name, group, media, site, start, utc, sent, duration int
	counters                                             []int // by position in the counter set
	identity                                             []int // tAgentLoggedIn and its seven parts
	columns                                              int
}

// selectStats builds the statement of one grain.
func (r *Reader) selectStats(sp *statsPlan, w wfm.Window) (*statement, positions) {
	s, v := r.statement(), sp.view
	pos := positions{group: -1, media: -1, utc: -1, sent: -1}
	add := func(expression string) int { return s.column(&pos.columns, expression) }
	s.add("SELECT ")
	pos.name = add(v.col(colName))
	if sp.grain == wfm.GrainAgentQueue {
		pos.group = add(v.col(colGroup))
	}
	if sp.levels.wantMedia && sp.hierarchy.media >= 0 {
		if pos.media = pos.group; sp.hierarchy.media != 0 || pos.group < 0 {
			pos.media = add(v.col(keyColumns[sp.hierarchy.media]))
		}
	}
	pos.site = add(v.col(colSite))
	pos.start = add(s.localTime(v, colStart))
	if v.has(colStartUTC) {
		pos.utc = add(s.d.timeColumn(v.col(colStartUTC)))
	}
	if v.has(colSent) {
		pos.sent = add(s.localTime(v, colSent))
	}
	pos.duration = add(v.col(colDuration))
	for _, c := range sp.columns.Counters.List() {
		at := -1
		if v.has(c.String()) && sp.readsCounter(c) {
			at = add(v.col(c.String()))
		}
		pos.counters = append(pos.counters, at)
	}
	pos.identity = r.identityColumns(sp, pos.counters, add)
	s.add(" FROM ", v.table, " WHERE ")
	r.window(s, v, w)
	r.site(s, v)
	s.add(" AND ")
	sp.whereLevels(s)
	sp.who.where(s, v.col(colName))
	sp.workgroups.where(s, v.col(colGroup))
	s.add(" ORDER BY ", v.col(colStart))
	return s, pos
}

// readsCounter tells whether a counter has a meaning on one of the levels that are read.
func (sp *statsPlan) readsCounter(c wfm.Counter) bool {
	l := sp.levels
	return !isAgentTime(c) || (l.wantTotal && l.totalOne) || (l.wantMedia && l.mediaOne)
}

// identityColumns adds what the self-check of tAgentLoggedIn needs beside the wanted counters; nil
// where the check is not wanted or not possible.
func (r *Reader) identityColumns(sp *statsPlan, counters []int, add func(string) int) []int {
	set := sp.columns.Counters
	if r.opts.Reconcile == ReconcileOff || !slices.ContainsFunc(set.List(), func(c wfm.Counter) bool { return isAgentTime(c) && sp.readsCounter(c) }) {
		return nil
	}
	all := append([]wfm.Counter{wfm.TAgentLoggedIn}, wfm.LoggedInParts()...)
	if slices.ContainsFunc(all, func(c wfm.Counter) bool { return !sp.view.has(c.String()) }) {
		return nil
	}
	var at []int
	for _, c := range all {
		if i := set.Index(c); i >= 0 {
			at = append(at, counters[i])
		} else {
			at = append(at, add(sp.view.col(c.String())))
		}
	}
	return at
}

// whereLevels adds the predicate of the one or two levels that the grain is read from.
func (sp *statsPlan) whereLevels(s *statement) {
	v, l := sp.view, sp.levels
	own := func() {
		if sp.grain == wfm.GrainAgentQueue {
			s.add(" AND ", v.col(colGroup), " <> '-'") // activity of no workgroup
		}
	}
	media := func() {
		s.mask(v, l.media)
		own()
		if words, ok := sp.mediaWords(s.d); ok && sp.hierarchy.media >= 0 {
			s.add(" AND ", s.in(v.col(keyColumns[sp.hierarchy.media]), words))
		}
	}
	switch {
	case !l.wantMedia || l.shared():
		s.mask(v, l.total)
		own()
	case !l.wantTotal:
		media()
	default:
		s.add("((")
		s.mask(v, l.total)
		own()
		s.add(") OR (")
		media()
		s.add("))")
	}
}
