package cicsql

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// found is what a survey gathers.
type found struct {
	view          *view
	sites         map[wfm.Site]bool
	rows, withUTC int64
}

// edge is how much at either end of a long window is surveyed row by row, to the second; what lies
// between is inside whatever the zone, so the database may sum it up.
const edge = 2 * 24 * time.Hour

// survey reads which sites and lengths of rows the window has.
func (in *inspection) survey(ctx context.Context, queues, agents *view) {
	v := queues
	if v == nil {
		v = agents
	}
	if in.r.opts.Site != nil {
		in.out.Sites = []wfm.Site{*in.r.opts.Site}
	}
	if v == nil {
		return
	}
	f := &found{view: v, sites: make(map[wfm.Site]bool)}
	if err := in.surveyAll(ctx, f, in.rd.query.Window); err != nil {
		in.problem(err)
		return
	}
	if v.has(colStartUTC) && f.rows > 0 && f.withUTC == 0 {
		in.note("%s: %s is always NULL in the window; %s is converted with the zone %s", v.name, colStartUTC, colStart, in.r.opts.Zone)
	}
	if f.rows == 0 {
		in.note("%s has no rows in the window", v.name)
	}
	if in.r.opts.Site == nil {
		in.out.Sites = slices.Sorted(maps.Keys(f.sites))
	}
}

func (in *inspection) surveyAll(ctx context.Context, f *found, w wfm.Window) error {
	if w.Duration() <= 3*edge {
		return in.surveyRows(ctx, f, w)
	}
	if err := in.surveyRows(ctx, f, wfm.Window{Start: w.Start, End: w.Start.Add(edge)}); err != nil {
		return err
	}
	if err := in.surveySums(ctx, f, wfm.Window{Start: w.Start.Add(edge / 2), End: w.End.Add(-edge / 2)}); err != nil {
		return err
	}
	return in.surveyRows(ctx, f, wfm.Window{Start: w.End.Add(-edge), End: w.End})
}

// surveyRows looks at each combination of site, start and length in a window.
func (in *inspection) surveyRows(ctx context.Context, f *found, w wfm.Window) error {
	stmt, pos := in.r.selectKeys(f.view, w)
	c, err := in.r.openCursor(ctx, "survey "+f.view.name, stmt, pos.columns)
	if err != nil {
		return err
	}
	defer c.close()
	clock := resolver{rd: in.rd, view: f.view, zone: in.r.opts.Zone}
	for {
		ok, err := c.advance(ctx)
		if err != nil || !ok {
			return err
		}
		cell := func(i int) any {
			if i < 0 {
				return nil
			}
			return c.cells[i]
		}
		duration, state := toInt(c.cells[pos.duration])
		at, bad, err := clock.start(cell(pos.utc), c.cells[pos.start], cell(pos.sent), max(duration, 0))
		if err != nil {
			return err
		}
		site, siteState := toInt(c.cells[pos.site])
		if bad != "" || state != isNumber || siteState != isNumber || !clock.inWindow(at, wfm.Site(site)) {
			continue
		}
		withUTC := int64(0)
		if cell(pos.utc) != nil {
			withUTC = 1
		}
		in.sawRows(f, duration, 1, withUTC)
		f.sites[wfm.Site(site)] = true
	}
}

// surveySums lets the database sum up the rows that start in a span of local time: one pass without
// sorting, and another for the sites where there are several.
func (in *inspection) surveySums(ctx context.Context, f *found, local wfm.Window) error {
	v := f.view
	s := in.r.statement()
	s.add("SELECT MAX(", v.col(colDuration), "), COUNT(*), ", utcCount(v), ", MIN(", v.col(colSite), "), MAX(", v.col(colSite), ")")
	several := false
	err := in.sums(ctx, f, s, local, 5, func(cells []any) {
		longest, _ := toInt(cells[0])
		rows, _ := toInt(cells[1])
		withUTC, _ := toInt(cells[2])
		least, _ := toInt(cells[3])
		most, state := toInt(cells[4])
		if several = least != most; rows > 0 && state == isNumber {
			in.sawRows(f, longest, rows, withUTC)
			f.sites[wfm.Site(least)], f.sites[wfm.Site(most)] = true, true
		}
	})
	if err != nil || !several {
		return err
	}
	s = in.r.statement()
	s.add("SELECT DISTINCT ", v.col(colSite))
	return in.sums(ctx, f, s, local, 1, func(cells []any) {
		if site, state := toInt(cells[0]); state == isNumber {
			f.sites[wfm.Site(site)] = true
		}
	})
}

func utcCount(v *view) string {
	if v.has(colStartUTC) {
		return "COUNT(" + v.col(colStartUTC) + ")"
	}
	return "0"
}

// sums completes a statement with the span and hands over its rows.
func (in *inspection) sums(ctx context.Context, f *found, s *statement, local wfm.Window, columns int, take func([]any)) error {
	start := f.view.col(colStart)
	s.add(" FROM ", f.view.table, " WHERE ", s.atLeast(start, local.Start.Unix()), " AND ", s.before(start, local.End.Unix()))
	in.r.site(s, f.view)
	return in.r.each(ctx, "survey "+f.view.name, s, columns, take)
}

// sawRows notes rows and the greatest length among them.
func (in *inspection) sawRows(f *found, longest, rows, withUTC int64) {
	f.rows += rows
	f.withUTC += withUTC
	if longest <= longestRow {
		in.out.LongestRow = max(in.out.LongestRow, time.Duration(longest)*time.Second)
	}
}

// selectKeys builds the statement of the survey: each combination of site, start and length once.
func (r *Reader) selectKeys(v *view, w wfm.Window) (*statement, positions) {
	s := r.statement()
	pos := positions{name: -1, site: 0, duration: 1, start: 2, utc: -1, sent: -1, columns: 3}
	s.add("SELECT DISTINCT ", v.col(colSite), ", ", v.col(colDuration), ", ", s.d.timeColumn(v.col(colStart)))
	if v.has(colStartUTC) {
		s.add(", ", s.d.timeColumn(v.col(colStartUTC)))
		pos.utc, pos.columns = pos.columns, pos.columns+1
	}
	if v.has(colSent) {
		s.add(", ", s.d.timeColumn(v.col(colSent)))
		pos.sent, pos.columns = pos.columns, pos.columns+1
	}
	s.add(" FROM ", v.table, " WHERE ")
	r.window(s, v, w)
	r.site(s, v)
	return s, pos
}
