package cicsql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// inspection is one run of Inspect.
type inspection struct {
	r    *Reader
	rd   *reading
	out  historical.Inspection
	errs []error
}

// Inspect examines a query as historical.Inspector says. It reads the key columns of the window, and
// no counters.
func (r *Reader) Inspect(ctx context.Context, q historical.Query) (historical.Inspection, error) {
	in := &inspection{r: r, rd: r.newReading(q), out: historical.Inspection{
		Missing: make(map[wfm.Grain][]wfm.Counter), Hierarchy: make(map[wfm.Grain]string)}}
	in.rd.query.Diagnose = func(wfm.Diagnostic) {}
	in.problem(checkPool(r.db))
	if !q.Window.Start.Before(q.Window.End) {
		in.problem(wfm.Problem{Field: "window", Value: q.Window.String(), Reason: "ends where or before it starts", Remedy: "give an end after the start"})
		return in.out, errors.Join(in.errs...)
	}
	if err := r.db.PingContext(ctx); err != nil {
		in.problem(r.fail(ctx, "connect to the reporting database", err))
		return in.out, errors.Join(in.errs...)
	}
	in.clock(ctx)
	queues := in.object(ctx, queueView, q.Needs.Wants(wfm.GrainQueue), "quiet workgroups and silent sites are told apart by the agent view")
	agents := in.object(ctx, agentView, q.Needs.Wants(wfm.GrainAgent) || q.Needs.Wants(wfm.GrainAgentQueue), "agents are limited by configured membership alone")
	if q.Needs.Activity {
		in.object(ctx, activityTable, true, "")
	}
	var members *view
	if q.Workgroups != nil {
		members = in.object(ctx, membersTable, false, "agents are limited to those with statistics in the workgroups")
	}
	in.levels(ctx, queues, agents)
	in.survey(ctx, queues, agents)
	if q.Workgroups != nil {
		in.workgroups(ctx, queues, members)
	}
	return in.out, errors.Join(in.errs...)
}

func (in *inspection) problem(err error) {
	if err != nil {
		in.errs = append(in.errs, err)
	}
}

func (in *inspection) note(format string, args ...any) {
	in.out.Notes = append(in.out.Notes, fmt.Sprintf(format, args...))
}

// object looks at one view or table. What is wrong is a problem where it is needed, a note with the
// consequence where it is not.
func (in *inspection) object(ctx context.Context, o objectID, needed bool, without string) *view {
	v, err := in.r.usable(ctx, o)
	if err == nil {
		return v
	}
	if kind := wfm.KindOf(err); needed || (kind != wfm.NotFound && kind != wfm.NoPermission && kind != wfm.BadConfig) {
		in.problem(err)
	} else {
		in.note("%s is not used (%s): %s", in.r.baseView(o).name, wfm.OneLine(err.Error()), without)
	}
	return nil
}

// levels finds the roll-up levels and the counters that cannot be read.
func (in *inspection) levels(ctx context.Context, queues, agents *view) {
	for _, v := range []*view{queues, agents} {
		if v == nil {
			continue
		}
		needs := needsOf(in.rd.query.Needs, v.object)
		if len(needs) == 0 {
			continue
		}
		h, err := in.r.hierarchy(ctx, v, in.rd.query.Window, needs)
		if err != nil {
			in.problem(err)
			continue
		}
		for _, n := range needs {
			sp, err := newStatsPlan(n, v, h)
			if err != nil {
				in.problem(err)
				continue
			}
			in.out.Hierarchy[n.grain] = h.describe(sp.levels)
			in.counters(sp)
		}
	}
}

func (in *inspection) counters(sp *statsPlan) {
	thin := false
	for _, c := range sp.columns.Counters.List() {
		l := sp.levels
		summed := isAgentTime(c) && ((l.wantTotal && !l.totalOne) || (l.wantMedia && !l.mediaOne))
		thin = thin || summed
		if !sp.view.has(c.String()) || !sp.readsCounter(c) {
			in.out.Missing[sp.grain] = append(in.out.Missing[sp.grain], c)
		}
	}
	if thin {
		in.note("%s: agent times do not add over the rows of a level, so they are missing from records of the grain %s that are summed over rows",
			sp.view.name, sp.grain)
	}
}

// clock compares the server's clock with ours.
func (in *inspection) clock(ctx context.Context) {
	text := in.r.d.clock()
	if text == "" {
		return
	}
	s := in.r.statement()
	s.add(text)
	before := in.r.opts.Now()
	c, err := in.r.openCursor(ctx, "ask the server's clock", s, 1)
	if err != nil {
		in.note("the server's clock is unknown: %s", wfm.OneLine(err.Error()))
		return
	}
	defer c.close()
	if ok, err := c.advance(ctx); !ok || err != nil {
		in.note("the server's clock is unknown")
		return
	}
	after := in.r.opts.Now()
	t, ok, err := parseTime(c.cells[0])
	if !ok || err != nil {
		in.note("the server's clock is unknown: the answer is not a time")
		return
	}
	middle := before.Add(after.Sub(before) / 2)
	// The server's answer has whole seconds here.
	in.out.ClockOffset, in.out.ClockKnown = time.Duration(t.wall-t.offset-middle.Unix())*time.Second, true
}

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
	stmt, pos := in.r.selectKeys(v, in.rd.query.Window)
	c, err := in.r.openCursor(ctx, "survey "+v.name, stmt, pos.columns)
	if err != nil {
		in.problem(err)
		return
	}
	defer c.close()
	clock := resolver{rd: in.rd, view: v, zone: in.r.opts.Zone}
	workgroups, sites := make(map[string]bool), make(map[wfm.Site]bool)
	rows, withUTC := 0, 0
	for {
		ok, err := c.advance(ctx)
		if err != nil {
			in.problem(err)
			return
		}
		if !ok {
			break
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
			in.problem(err)
			return
		}
		site, siteState := toInt(c.cells[pos.site])
		if bad != "" || state != isNumber || siteState != isNumber || !clock.inWindow(at, wfm.Site(site)) {
			continue
		}
		rows++
		if cell(pos.utc) != nil {
			withUTC++
		}
		sites[wfm.Site(site)] = true
		if duration <= longestRow {
			in.out.LongestRow = max(in.out.LongestRow, time.Duration(duration)*time.Second)
		}
		if name, ok := toText(c.cells[pos.name]); ok && v == queues {
			workgroups[name] = true
		}
	}
	if pos.utc >= 0 && rows > 0 && withUTC == 0 {
		in.note("%s: %s is always NULL in the window; %s is converted with the zone %s", v.name, colStartUTC, colStart, in.r.opts.Zone)
	}
	if rows == 0 {
		in.note("%s has no rows in the window", v.name)
	}
	if in.r.opts.Site == nil {
		for site := range sites {
			in.out.Sites = append(in.out.Sites, site)
		}
		slices.Sort(in.out.Sites)
	}
	if in.rd.query.Workgroups == nil {
		for name := range workgroups {
			in.out.Workgroups = append(in.out.Workgroups, wfm.Workgroup(name))
		}
		slices.Sort(in.out.Workgroups)
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
