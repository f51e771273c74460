package cicsql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// pair is two roll-up levels of a view that tell the same activity, and must add up alike.
type pair struct {
	view     *view
	a, b     mask // a is the coarser
	counters []wfm.Counter
	who      *names
}

// addPairs adds what the levels of a grain are compared with: each level that is read with the '*'
// rows, and the '*' rows with the coarsest level below.
func addPairs(pairs []*pair, sp *statsPlan, agents *names) []*pair {
	who := sp.who
	if sp.view.agents {
		who = agents
	}
	add := func(read mask) {
		for _, other := range sp.hierarchy.masks { // coarsest first, so '*' comes first
			if other == read {
				continue
			}
			p := &pair{view: sp.view, a: other, b: read, who: who}
			if slices.Index(sp.hierarchy.masks, read) < slices.Index(sp.hierarchy.masks, other) {
				p.a, p.b = read, other
			}
			for _, c := range sp.columns.Counters.List() {
				if adds(c) && sp.view.has(c.String()) {
					p.counters = append(p.counters, c)
				}
			}
			pairs = mergePair(pairs, p)
			return
		}
	}
	if sp.hierarchy.empty {
		return pairs
	}
	if sp.levels.wantTotal {
		add(sp.levels.total)
	}
	if sp.levels.wantMedia && !sp.levels.shared() {
		add(sp.levels.media)
	}
	return pairs
}

// mergePair joins comparisons of the same two levels, so that a difference is told once.
func mergePair(pairs []*pair, p *pair) []*pair {
	if len(p.counters) == 0 || p.who.none() {
		return pairs
	}
	for _, known := range pairs {
		if known.view == p.view && known.a == p.a && known.b == p.b {
			known.counters = wfm.NewCounterSet(append(known.counters, p.counters...)...).List()
			return pairs
		}
	}
	return append(pairs, p)
}

// selectDifferences builds the statement that returns only what does not add up.
func (r *Reader) selectDifferences(p *pair, w wfm.Window) *statement {
	s, v := r.statement(), p.view
	inA, inB := maskText(s.d, v, p.a), maskText(s.d, v, p.b)
	key := []string{v.col(colName), v.col(colSite), v.col(colStart)}
	shown := []string{key[0], key[1], s.d.timeColumn(key[2])}
	if v.has(colStartUTC) {
		key, shown = append(key, v.col(colStartUTC)), append(shown, s.d.timeColumn(v.col(colStartUTC)))
	}
	for _, in := range []string{inA, inB} {
		shown = append(shown, "SUM(CASE WHEN "+in+" THEN 1 ELSE 0 END)")
	}
	var differ []string
	for _, c := range p.counters {
		a, b := s.d.sum(inA, v.col(c.String())), s.d.sum(inB, v.col(c.String()))
		shown = append(shown, a, b)
		differ = append(differ, a+" <> "+b)
	}
	s.add("SELECT ", strings.Join(shown, ", "), " FROM ", v.table, " WHERE ")
	r.window(s, v, w)
	r.site(s, v)
	s.add(" AND ((", inA, ") OR (", inB, "))")
	p.who.where(s, v.col(colName))
	s.add(" GROUP BY ", strings.Join(key, ", "), " HAVING ", strings.Join(differ, " OR "), " ORDER BY ", v.col(colStart))
	return s
}

// reconcile compares two levels over the window and reports each difference.
func (r *Reader) reconcile(ctx context.Context, rd *reading, p *pair) error {
	v := p.view
	fixed := 5
	if v.has(colStartUTC) {
		fixed++
	}
	c, err := r.openCursor(ctx, "compare the roll-up levels of "+v.name, r.selectDifferences(p, rd.query.Window), fixed+2*len(p.counters))
	if err != nil {
		return err
	}
	defer c.close()
	clock := resolver{rd: rd, view: v, zone: r.opts.Zone}
	var both *names
	for {
		ok, err := c.advance(ctx)
		if !ok {
			return err
		}
		var utc any
		if v.has(colStartUTC) {
			utc = c.cells[3]
		}
		at, bad, err := clock.start(utc, c.cells[2], nil, 0)
		if err != nil {
			return err
		}
		name, isText := toText(c.cells[0])
		site, siteState := toInt(c.cells[1])
		begin := time.Unix(at.unix, 0).UTC()
		if at.remark && at.kind == wfm.AmbiguousHour && !rd.query.Window.Contains(begin) {
			begin = clock.resolution.Second // both occurrences were added up together
		}
		if bad != "" || !isText || siteState != isNumber || !p.who.has(name) || !rd.query.Window.Contains(begin) {
			continue
		}
		if lacksLevel(c.cells[fixed-2]) || lacksLevel(c.cells[fixed-1]) {
			// A name that lives on one level only has nothing to compare with.
			if both == nil {
				if both, err = r.onBothLevels(ctx, p, rd.query.Window); err != nil {
					return err
				}
			}
			if !both.has(name) {
				continue
			}
		}
		for i, counter := range p.counters {
			a, stateA := toInt(c.cells[fixed+2*i])
			b, stateB := toInt(c.cells[fixed+2*i+1])
			if stateA != isNumber || stateB != isNumber || a == b {
				continue
			}
			rd.query.Diagnose(wfm.Diagnostic{Kind: wfm.RollUpMismatch, At: begin, Site: wfm.Site(site), Subject: name,
				Detail: fmt.Sprintf("%s: %s is %d in %s and adds up to %d in %s", v.name, counter, a, p.a, b, p.b)})
		}
	}
}

func lacksLevel(cell any) bool { n, _ := toInt(cell); return n == 0 }

// onBothLevels lists the names that have rows of both levels around the window.
func (r *Reader) onBothLevels(ctx context.Context, p *pair, w wfm.Window) (*names, error) {
	s, v := r.statement(), p.view
	inA, inB := maskText(s.d, v, p.a), maskText(s.d, v, p.b)
	s.add("SELECT ", v.col(colName), " FROM ", v.table, " WHERE ")
	r.near(s, v, w)
	r.site(s, v)
	p.who.where(s, v.col(colName))
	s.add(" GROUP BY ", v.col(colName))
	s.add(" HAVING SUM(CASE WHEN ", inA, " THEN 1 ELSE 0 END) > 0 AND SUM(CASE WHEN ", inB, " THEN 1 ELSE 0 END) > 0")
	list, err := r.texts(ctx, "compare the roll-up levels of "+v.name, s)
	if err != nil {
		return nil, err
	}
	return newNames(r.d, list), nil
}
