package cicsql

import (
	"context"
	"errors"
	"fmt"
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
	if q.Needs.Wants(wfm.GrainActivity) {
		in.object(ctx, activityTable, true, "")
	}
	if wantsContacts(q.Needs) {
		in.contacts(ctx, queues != nil || agents != nil)
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
