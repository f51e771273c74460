package cicsql

import (
	"context"
	"strconv"

	"github.com/cicwfm/cicwfm/wfm"
)

// activityPlan is how AgentActivityLog is read.
type activityPlan struct {
	view   *view
	agents *names
}

// activityColumns says where in the select list a state has its values; -1 where it is not there.
type activityColumns struct {
	user, site, gmt, local, end, length, key, group, loggedIn, changed, seq int
	columns                                                                 int
}

func (r *Reader) planActivity(ctx context.Context, agents *names) (*activityPlan, error) {
	v, err := r.usable(ctx, activityTable)
	if err == nil && !v.has(colStateGMT) && r.opts.Zone == nil {
		err = zoneMissing(v.name, "there is no "+colStateGMT)
	}
	return &activityPlan{view: v, agents: agents}, err
}

// selectActivity builds the statement for the states that reach into the window. How long ago they
// began does not matter, so the start has no lower bound.
func (r *Reader) selectActivity(p *activityPlan, w wfm.Window) (*statement, activityColumns) {
	s, v := r.statement(), p.view
	var pos activityColumns
	add := func(column string, isTime bool) int {
		if !v.has(column) {
			return -1
		}
		expression := v.col(column)
		if isTime {
			expression = s.d.timeColumn(expression)
		}
		return s.column(&pos.columns, expression)
	}
	s.add("SELECT ")
	pos.user, pos.site = add(colUser, false), add(colSite, false)
	pos.gmt, pos.local = add(colStateGMT, true), add(colState, true)
	pos.end, pos.length = add(colEndGMT, true), add(colStateLen, false)
	pos.key, pos.group = add(colKey, false), add(colStatGroup, false)
	pos.loggedIn, pos.changed, pos.seq = add(colLoggedIn, false), add(colChanged, false), add(colSeq, false)
	s.add(" FROM ", v.table, " WHERE ")
	t := r.stateTimes(v, w)
	t.beginBefore(s)
	s.add(" AND ")
	t.reachInto(s)
	r.site(s, v)
	p.agents.where(s, v.col(colUser))
	s.add(" ORDER BY ", s.d.notBefore(t.order, func() string { return s.bindTime(t.orderFrom) }), ", ", v.col(colUser))
	if v.has(colSeq) {
		s.add(", ", v.col(colSeq))
	}
	return s, pos
}

// stateTimes is how the times of a state are compared with the window. GMT columns are compared
// with UTC; where one is not there or NULL, the local column with a margin.
type stateTimes struct {
	v          *view
	gmt, local string // empty where the column is not there
	lo, hi     int64  // for GMT
	localLo    int64
	localHi    int64
	order      string // expression to sort by
	orderFrom  int64  // its value at the start of the window
}

func (r *Reader) stateTimes(v *view, w wfm.Window) stateTimes {
	const margin = 3 * 60 * 60
	t := stateTimes{v: v, lo: w.Start.Unix(), hi: ceilUnix(w.End)}
	t.localLo, t.localHi = wallUnix(w.Start, r.opts.Zone)-margin, wallUnix(w.End, r.opts.Zone)+margin
	if v.has(colStateGMT) {
		t.gmt = v.col(colStateGMT)
		t.order, t.orderFrom = t.gmt, t.lo
	}
	if v.has(colState) && (r.opts.Zone != nil || t.gmt != "") {
		t.local = v.col(colState)
	}
	switch {
	case r.opts.Zone == nil && t.gmt != "": // a row without GMT is an error in any case; find it
		t.localLo, t.localHi = t.lo-day, t.hi+day
	case t.gmt == "":
		t.order, t.orderFrom = t.local, wallUnix(w.Start, r.opts.Zone)
	case t.local != "":
		toUTC := t.lo - wallUnix(w.Start, r.opts.Zone)
		t.order = "COALESCE(" + t.gmt + ", " + r.d.plusSeconds(t.local, strconv.FormatInt(toUTC, 10)) + ")"
	}
	return t
}

// beginBefore adds: the state began before the end of the window.
func (t stateTimes) beginBefore(s *statement) {
	switch {
	case t.gmt == "":
		s.add(s.before(t.local, t.localHi))
	case t.local == "":
		s.add(s.before(t.gmt, t.hi))
	default:
		s.add("(", s.before(t.gmt, t.hi), " OR (", t.gmt, " IS NULL AND ", s.before(t.local, t.localHi), "))")
	}
}

// reachInto adds: the state ended in the window or after it, or began in it, however it ended.
func (t stateTimes) reachInto(s *statement) {
	v := t.v
	begin, lo := t.gmt, t.lo
	switch {
	case t.gmt == "":
		begin, lo = t.local, t.localLo
	case t.local != "":
		begin, lo = "COALESCE("+t.gmt+", "+t.local+")", min(t.lo, t.localLo)
	}
	s.add("(")
	if v.has(colEndGMT) {
		s.add("(", s.atLeast(v.col(colEndGMT), t.lo), ") OR ")
	}
	s.add("(", s.atLeast(begin, lo), ")")
	if v.has(colStateLen) {
		s.add(" OR (")
		if v.has(colEndGMT) {
			s.add(v.col(colEndGMT), " IS NULL AND ")
		}
		s.add(s.atLeast(s.d.plusSeconds(begin, v.col(colStateLen)), lo), ")")
	}
	s.add(")")
}
