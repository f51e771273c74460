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
	workgroups    map[string]bool
	sites         map[wfm.Site]bool
	rows, withUTC int64
}

// edge is how much at either end of a long window is surveyed row by row, to the second; what lies
// between is inside whatever the zone, so the database may sum it up.
const edge = 2 * 24 * time.Hour

// survey reads which names, sites and lengths the window has.
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
	f := &found{view: v, workgroups: make(map[string]bool), sites: make(map[wfm.Site]bool)}
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
	if in.rd.query.Workgroups == nil && v == queues {
		for _, name := range slices.Sorted(maps.Keys(f.workgroups)) {
			in.out.Workgroups = append(in.out.Workgroups, wfm.Workgroup(name))
		}
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

// surveyRows looks at each combination of name, site, start and length in a window.
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
		in.saw(f, c.cells[pos.name], site, duration, 1, withUTC)
	}
}

// surveySums lets the database sum up the rows that start in a span of local time.
func (in *inspection) surveySums(ctx context.Context, f *found, local wfm.Window) error {
	s, v := in.r.statement(), f.view
	s.add("SELECT ", v.col(colName), ", ", v.col(colSite), ", MAX(", v.col(colDuration), "), COUNT(*), ")
	if v.has(colStartUTC) {
		s.add("COUNT(", v.col(colStartUTC), ")")
	} else {
		s.add("0")
	}
	s.add(" FROM ", v.table, " WHERE ", s.atLeast(v.col(colStart), local.Start.Unix()), " AND ", s.before(v.col(colStart), local.End.Unix()))
	in.r.site(s, v)
	s.add(" GROUP BY ", v.col(colName), ", ", v.col(colSite))
	c, err := in.r.openCursor(ctx, "survey "+v.name, s, 5)
	if err != nil {
		return err
	}
	defer c.close()
	for {
		ok, err := c.advance(ctx)
		if err != nil || !ok {
			return err
		}
		var n [4]int64
		usable := true
		for i := range n {
			var state number
			n[i], state = toInt(c.cells[i+1])
			usable = usable && state == isNumber
		}
		if usable {
			in.saw(f, c.cells[0], n[0], n[1], n[2], n[3])
		}
	}
}

// saw notes rows of one name, site and greatest length.
func (in *inspection) saw(f *found, name any, site, duration, rows, withUTC int64) {
	f.rows += rows
	f.withUTC += withUTC
	f.sites[wfm.Site(site)] = true
	if duration <= longestRow {
		in.out.LongestRow = max(in.out.LongestRow, time.Duration(duration)*time.Second)
	}
	if text, ok := toText(name); ok {
		f.workgroups[text] = true
	}
}

// selectKeys builds the statement of the survey: each combination of name, site, start and length once.
func (r *Reader) selectKeys(v *view, w wfm.Window) (*statement, positions) {
	s := r.statement()
	pos := positions{name: 0, site: 1, duration: 2, start: 3, utc: -1, sent: -1, columns: 4}
	s.add("SELECT DISTINCT ", v.col(colName), ", ", v.col(colSite), ", ", v.col(colDuration), ", ", s.d.timeColumn(v.col(colStart)))
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
