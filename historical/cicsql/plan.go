package cicsql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// plan is how a query is read: which statements on which levels.
type plan struct {
	stats    []*statsPlan
	presence *view // read by a statement of its own; nil where a statistics stream tells it
	activity *activityPlan
	contacts []*contactPlan
	pairs    []*pair
}

// statsPlan is how one statistics grain is read.
type statsPlan struct {
	grain     wfm.Grain
	view      *view
	hierarchy *hierarchy
	levels    levels
	columns   wfm.Columns
	media     []wfm.MediaType // the single media that are wanted

	who        *names // workgroups or agents in cName
	workgroups *names // workgroups in cReportGroup, for agent by queue
	presence   bool   // the rows tell presence as well
}

// statsGrains are the grains from the statistics views, in the order in which they are read.
var statsGrains = [...]wfm.Grain{wfm.GrainQueue, wfm.GrainAgent, wfm.GrainAgentQueue}

func viewOf(g wfm.Grain) objectID {
	if g == wfm.GrainQueue {
		return queueView
	}
	return agentView
}

// needsOf lists what a query wants of a statistics view.
func needsOf(n wfm.Needs, o objectID) (list []need) {
	for _, g := range statsGrains {
		if viewOf(g) == o && n.Wants(g) {
			list = append(list, need{g, n.For(g)})
		}
	}
	return list
}

// usable is a view whose columns suffice, or every reason why it is not.
func (r *Reader) usable(ctx context.Context, o objectID) (*view, error) {
	v, err := r.view(ctx, o)
	if err != nil {
		return nil, err
	}
	errs := v.missing()
	if o <= agentView && !v.has(colStartUTC) && r.opts.Zone == nil {
		errs = append(errs, zoneMissing(v.name, "there is no "+colStartUTC))
	}
	return v, errors.Join(errs...)
}

// readable is a view, or nil where it is not there or may not be read.
func (r *Reader) readable(ctx context.Context, o objectID) (*view, error) {
	v, err := r.usable(ctx, o)
	switch wfm.KindOf(err) {
	case wfm.NotFound, wfm.NoPermission:
		return nil, nil
	}
	return v, err
}

func (r *Reader) plan(ctx context.Context, rd *reading) (*plan, error) {
	q, p := rd.query, &plan{}
	var workgroups *names
	if q.Workgroups != nil {
		workgroups = newNames(r.d, q.Workgroups)
	}
	agents, err := r.agentsFor(ctx, rd, workgroups)
	if err != nil {
		return nil, err
	}
	for _, o := range []objectID{queueView, agentView} {
		needs := needsOf(q.Needs, o)
		if len(needs) == 0 {
			continue
		}
		v, err := r.usable(ctx, o)
		if err != nil {
			return nil, err
		}
		h, err := r.hierarchy(ctx, v, q.Window, needs)
		if err != nil {
			return nil, err
		}
		for _, n := range needs {
			sp, err := newStatsPlan(n, v, h)
			if err != nil {
				return nil, err
			}
			switch n.grain {
			case wfm.GrainQueue:
				sp.who = workgroups
			case wfm.GrainAgent:
				sp.who = agents
			case wfm.GrainAgentQueue:
				sp.workgroups = workgroups
			}
			if sp.who.none() || sp.workgroups.none() {
				continue
			}
			p.stats = append(p.stats, sp)
			if r.opts.Reconcile == ReconcileOn {
				p.pairs = addPairs(p.pairs, sp, agents)
			}
		}
	}
	if q.Needs.Wants(wfm.GrainActivity) && !agents.none() {
		if p.activity, err = r.planActivity(ctx, agents); err != nil {
			return nil, err
		}
	}
	if p.contacts, err = r.planContacts(ctx, q.Needs, workgroups); err != nil {
		return nil, err
	}
	return p, r.planPresence(ctx, q.Needs, p)
}

func newStatsPlan(n need, v *view, h *hierarchy) (*statsPlan, error) {
	l, err := h.choose(n.grain, n.columns)
	if err != nil {
		return nil, err
	}
	sp := &statsPlan{grain: n.grain, view: v, hierarchy: h, levels: l, columns: n.columns}
	for _, m := range n.columns.MediaList() {
		if m != wfm.AllMedia {
			sp.media = append(sp.media, m)
		}
	}
	return sp, nil
}

// planPresence lets the rows of all workgroups tell presence where they are read anyway; else it finds
// a view that can tell: the workgroup view, or the agent view where that one cannot be read.
func (r *Reader) planPresence(ctx context.Context, n wfm.Needs, p *plan) error {
	for _, sp := range p.stats {
		if sp.grain == wfm.GrainQueue && sp.levels.wantTotal && sp.who == nil {
			sp.presence = true
			return nil
		}
	}
	v, err := r.readable(ctx, queueView)
	if v == nil && err == nil {
		v, err = r.readable(ctx, agentView)
	}
	if p.presence = v; v == nil && err == nil && wantsContacts(n) {
		return r.noPresence()
	}
	return err
}

// noPresence is why contacts are not read without statistics: every interval would be a gap.
func (r *Reader) noPresence() error {
	return &wfm.Error{Op: "tell quiet intervals from silent sites", Kind: wfm.NotFound,
		Err:    fmt.Errorf("neither %s nor %s can be read", r.opts.QueueView, r.opts.AgentView),
		Remedy: "grant SELECT on one of them; single contacts are sent for intervals in which their site wrote statistics"}
}

// agentsFor makes the set of agents that belong to the workgroups; nil where all do or none is asked
// for.
func (r *Reader) agentsFor(ctx context.Context, rd *reading, workgroups *names) (*names, error) {
	n := rd.query.Needs
	compare := n.Wants(wfm.GrainAgentQueue) && r.opts.Reconcile == ReconcileOn
	if workgroups == nil || (!n.Wants(wfm.GrainAgent) && !n.Wants(wfm.GrainActivity) && !compare) {
		return nil, nil
	}
	return r.agents(ctx, rd, workgroups)
}

// wanted tells which of the wanted media a value of the database is.
func (sp *statsPlan) wanted(e *interned) {
	e.index = noMedia
	if e.name == "*" {
		e.index = wholeMedia
		return
	}
	e.index = slices.IndexFunc(sp.media, wfm.MediaType(e.name).Is)
	if e.index < 0 {
		e.index = noMedia
	}
}

// mediaWords are the ways in which the database may spell the wanted media; ok is false where it
// cannot compare them as we do.
func (sp *statsPlan) mediaWords(d Dialect) (words []string, ok bool) {
	ok = len(sp.media) <= 100
	for _, m := range sp.media {
		words = append(words, string(m))
		for _, other := range []string{"Email", string(wfm.Email)} {
			if m.Is(wfm.MediaType(other)) && !strings.EqualFold(other, string(m)) {
				words = append(words, other)
			}
		}
		ok = ok && (d.foldsUnicode() || isASCII(string(m)))
	}
	return words, ok
}
