package cicsql

import (
	"context"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
)

// agents finds the agents of some workgroups: the members by configuration, which CIC keeps for
// today only, and those with statistics in one of the workgroups in the window.
func (r *Reader) agents(ctx context.Context, rd *reading, workgroups *names) (*names, error) {
	if workgroups.none() {
		return newNames[string](r.d, nil), nil
	}
	members, err := r.readable(ctx, membersTable)
	if err != nil {
		return nil, err
	}
	active, err := r.readable(ctx, agentView)
	if err != nil {
		return nil, err
	}
	if members == nil && active == nil {
		return nil, &wfm.Error{Op: "find the agents of the workgroups", Kind: wfm.NotFound,
			Err:    fmt.Errorf("neither %s nor %s can be read", r.opts.MembersTable, r.opts.AgentView),
			Remedy: "grant SELECT on one of them, or read all workgroups"}
	}
	var list []string
	if members != nil {
		if list, err = r.members(ctx, members, workgroups, list); err != nil {
			return nil, err
		}
	}
	if active != nil {
		if list, err = r.activeAgents(ctx, rd, active, workgroups, list); err != nil {
			return nil, err
		}
	}
	return newNames(r.d, list), nil
}

// members reads UserWorkgroups.
func (r *Reader) members(ctx context.Context, v *view, workgroups *names, list []string) ([]string, error) {
	s := r.statement()
	s.add("SELECT ", v.col(colUser), ", ", v.col(colMember), " FROM ", v.table, " WHERE ", v.col(colUser), " IS NOT NULL")
	r.site(s, v)
	workgroups.where(s, v.col(colMember))
	groups := newInterner(func(e *interned) { e.keep = workgroups.has(e.name) })
	err := r.each(ctx, "read "+v.name, s, 2, func(cells []any) {
		user, isText := toText(cells[0])
		if g := groups.get(cells[1]); isText && g != nil && g.keep {
			list = append(list, user)
		}
	})
	return list, err
}

// activeAgents reads who has rows in one of the workgroups, of any level.
func (r *Reader) activeAgents(ctx context.Context, rd *reading, v *view, workgroups *names, list []string) ([]string, error) {
	s := r.statement()
	s.add("SELECT ", v.col(colName), ", ", v.col(colGroup), ", ", s.d.timeColumn(v.col(colStart)), ", ", v.col(colDuration))
	utc, sent, n := -1, -1, 4
	if v.has(colStartUTC) {
		s.add(", ", s.d.timeColumn(v.col(colStartUTC)))
		utc, n = n, n+1
	}
	if v.has(colSent) {
		s.add(", ", s.d.timeColumn(v.col(colSent)))
		sent, n = n, n+1
	}
	s.add(" FROM ", v.table, " WHERE ")
	r.window(s, v, rd.query.Window)
	r.site(s, v)
	s.add(" AND ", v.col(colGroup), " <> '*'")
	workgroups.where(s, v.col(colGroup))
	c, err := r.openCursor(ctx, "find the agents of the workgroups in "+v.name, s, n)
	if err != nil {
		return nil, err
	}
	defer c.close()
	cell := func(i int) any {
		if i < 0 {
			return nil
		}
		return c.cells[i]
	}
	groups := newInterner(func(e *interned) { e.keep = workgroups.has(e.name) })
	seen := make(map[string]bool)
	// The streams make the remarks on these rows.
	silent := *rd
	silent.query.Diagnose, silent.told = func(wfm.Diagnostic) {}, make(map[remark]struct{})
	clock := resolver{rd: &silent, view: v, zone: r.opts.Zone}
	for {
		ok, err := c.advance(ctx)
		if !ok {
			return list, err
		}
		name, isText := toText(c.cells[0])
		if g := groups.get(c.cells[1]); !isText || seen[name] || g == nil || !g.keep {
			continue
		}
		duration, _ := toInt(c.cells[3])
		at, bad, err := clock.start(cell(utc), c.cells[2], cell(sent), max(duration, 0))
		if err != nil {
			return nil, err
		}
		if bad == "" && clock.inWindow(at, 0) {
			seen[name] = true
			list = append(list, name)
		}
	}
}
