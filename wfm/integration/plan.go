package integration

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// plan is what a run over a window needs to know beforehand.
type plan struct {
	servers []Server
	needs   wfm.Needs
	// sites are expected to write in each interval; nil where no site is known.
	sites []wfm.Site
	// silent are servers that wrote nothing at all, so that not even their sites are known.
	silent []string
	// spelling is how the feed spells its workgroups, by their names in lower case; nil takes all as
	// they are.
	spelling map[string]wfm.Workgroup
	absent   map[wfm.Grain][]wfm.Counter
}

// survey is what the sources of a feed say about a window.
type survey struct {
	plan plan
	// inspections has one for each server of the plan, empty where the source cannot be inspected.
	inspections []historical.Inspection
	problems    []*wfm.Error

	writers map[wfm.Site]string               // which server writes a site
	unknown map[string]int                    // how many servers do not know a workgroup
	lacking map[wfm.Grain]map[wfm.Counter]int // how many servers lack a counter
}

// surveyed is the least that is looked at to learn which sites are expected: one that is silent in a
// short window must be missed there.
const surveyed = 48 * time.Hour

// prepare asks the sources about a window.
func (s *Service) prepare(ctx context.Context, f *feed, servers []Server, w wfm.Window) (plan, error) {
	sv := s.survey(ctx, f, servers, w)
	var list []error
	for _, p := range sv.problems {
		list = append(list, p)
	}
	if len(sv.plan.silent) > 0 {
		s.log.Warn("servers wrote nothing", "feed", f.Name, "window", w, "servers", sv.plan.silent)
	}
	f.told.Do(func() {
		for g := range wfm.NumGrains {
			if counters := sv.plan.absent[g]; len(counters) > 0 {
				s.log.Warn("the database lacks columns; the layouts write their text for missing values", "feed", f.Name,
					"grain", g.String(), "columns", columnText(counters))
			}
		}
	})
	return sv.plan, errors.Join(list...)
}

// columnText lists columns in table order.
func columnText(counters []wfm.Counter) string {
	var names []string
	for _, c := range wfm.NewCounterSet(counters...).List() {
		names = append(names, c.String())
	}
	return strings.Join(names, ", ")
}

// survey asks the sources about a window and goes on after problems, to find them all.
func (s *Service) survey(ctx context.Context, f *feed, servers []Server, w wfm.Window) *survey {
	sv := &survey{plan: plan{servers: servers, needs: f.Encoder.Needs(), spelling: f.spelling(), absent: map[wfm.Grain][]wfm.Counter{}},
		inspections: make([]historical.Inspection, len(servers)),
		writers:     map[wfm.Site]string{}, unknown: map[string]int{}, lacking: map[wfm.Grain]map[wfm.Counter]int{}}
	if from := w.End.Add(-surveyed); from.Before(w.Start) {
		w.Start = from
	}
	for i, srv := range servers {
		if sv.inspect(ctx, srv, sv.plan.query(f, w, nil), &sv.inspections[i]) {
			sv.expect(ctx, srv, w, &sv.inspections[i])
		}
	}
	for g, counters := range sv.lacking {
		for c, n := range counters {
			if n == len(servers) { // what one server has is not missing from the sum
				sv.plan.absent[g] = append(sv.plan.absent[g], c)
			}
		}
	}
	return sv
}

// inspect inspects a source that can be; it tells whether all is well so far.
func (sv *survey) inspect(ctx context.Context, srv Server, q historical.Query, in *historical.Inspection) bool {
	inspector, ok := srv.Source.(historical.Inspector)
	if !ok {
		return true
	}
	before := len(sv.problems)
	var err error
	*in, err = inspector.Inspect(ctx, q)
	for _, problem := range split(err) {
		// A workgroup need not be at every server; one that none of them knows is spelled wrong.
		var p wfm.Problem
		if errors.As(problem, &p) && p.Field == historical.FieldWorkgroup {
			if sv.unknown[p.Value]++; sv.unknown[p.Value] < len(sv.plan.servers) {
				continue
			}
		}
		sv.problem(srv.Name, problem)
	}
	for g, list := range in.Missing {
		if sv.lacking[g] == nil {
			sv.lacking[g] = map[wfm.Counter]int{}
		}
		for _, c := range list {
			sv.lacking[g][c]++
		}
	}
	return len(sv.problems) == before
}

// expect notes which sites a server writes.
func (sv *survey) expect(ctx context.Context, srv Server, w wfm.Window, in *historical.Inspection) {
	sites, err := sv.plan.sitesOf(ctx, srv, in, w)
	if err != nil {
		sv.problem(srv.Name, err)
		return
	}
	for _, site := range sites {
		if other, taken := sv.writers[site]; taken {
			sv.problem(srv.Name, wfm.Problem{Field: "SiteId", Value: strconv.Itoa(int(site)),
				Reason: "is written by server " + wfm.Quote(other) + " too",
				Remedy: "set the site of each server, so that no figure is counted twice"})
		}
		sv.writers[site] = srv.Name
		sv.plan.sites = append(sv.plan.sites, site)
	}
	if len(sites) == 0 && sv.plan.statistics() {
		sv.plan.silent = append(sv.plan.silent, srv.Name)
	}
}

func (sv *survey) problem(server string, err error) {
	retry, after := wfm.ShouldRetry(err)
	sv.problems = append(sv.problems, &wfm.Error{Op: fmt.Sprintf("server %q", server), Kind: wfm.KindOf(err), Retry: retry, After: after, Err: err})
}

// sitesOf returns the sites of a server that are expected to write: those of its inspection, or where
// there is none, those that have presence rows. A feed of states alone goes by presence rows in any
// case, since a database may have no statistics that could tell of a silent site.
func (p *plan) sitesOf(ctx context.Context, srv Server, in *historical.Inspection, w wfm.Window) ([]wfm.Site, error) {
	if _, ok := srv.Source.(historical.Inspector); ok && p.statistics() {
		return in.Sites, nil
	}
	var sites []wfm.Site
	for row, err := range srv.Source.Rows(ctx, historical.Query{Window: w}) {
		if err != nil {
			return nil, err
		}
		if row.Grain == wfm.GrainPresence && !slices.Contains(sites, row.Site) {
			sites = append(sites, row.Site)
		}
	}
	return sites, ctx.Err()
}

// statistics tells whether figures are read that an interval without statistics rows cannot have. Contacts are among them: where a
// site wrote no statistics, its contacts may be missing as well.
func (p *plan) statistics() bool {
	return p.needs.Wants(wfm.GrainQueue) || p.needs.Wants(wfm.GrainAgent) || p.needs.Wants(wfm.GrainAgentQueue) ||
		p.needs.Begun || p.needs.Ended
}

func (p *plan) query(f *feed, w wfm.Window, note func(wfm.Diagnostic)) historical.Query {
	return historical.Query{Window: w, Workgroups: f.Workgroups, Needs: p.needs, Diagnose: note}
}

// spelling returns how the feed spells its workgroups; nil where it names none.
func (f *HistoricalFeed) spelling() map[string]wfm.Workgroup {
	if f.Workgroups == nil {
		return nil
	}
	m := map[string]wfm.Workgroup{}
	for _, w := range f.Workgroups {
		if key := strings.ToLower(string(w)); m[key] == "" {
			m[key] = w
		}
	}
	return m
}

// speller gives the workgroups of rows the spelling of the feed. Databases compare names without
// case, so that one workgroup may come spelled in several ways, and still is one record.
type speller struct {
	spelling map[string]wfm.Workgroup
	known    map[wfm.Workgroup]wfm.Workgroup // by the spelling of a row
}

func (p *plan) speller() speller {
	return speller{p.spelling, map[wfm.Workgroup]wfm.Workgroup{}}
}

// contact returns a row with the contact's workgroup spelled, in a copy that is kept in room: the source's own stays as it is.
func (s speller) contact(row historical.Row, room *wfm.Contact) historical.Row {
	if row.Contact != nil {
		*room = *row.Contact
		room.Workgroup = s.spell(room.Workgroup)
		row.Contact = room
	}
	return row
}

func (s speller) spell(w wfm.Workgroup) wfm.Workgroup {
	if s.spelling == nil {
		return w
	}
	if as, ok := s.known[w]; ok {
		return as
	}
	as, ok := s.spelling[strings.ToLower(string(w))]
	if !ok {
		as = w
	}
	s.known[w] = as
	return as
}
