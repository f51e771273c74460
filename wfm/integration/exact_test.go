package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// collector is an encoder that keeps the reports instead of writing files.
type collector struct {
	needs   wfm.Needs
	mu      sync.Mutex // encoders are called from several workers
	reports []wfm.Report
}

func (*collector) Info() vendors.Info { return vendors.Info{Name: "collector"} }
func (c *collector) Needs() wfm.Needs { return c.needs }
func (c *collector) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reports = append(c.reports, reports...)
	return nil, nil
}

// everything asks for every counter of every grain, for the total and for each medium.
func everything(edition cicsim.Edition) wfm.Needs {
	var queueList, agentList []wfm.Counter
	for c, info := range wfm.Counters() {
		if (info.Edition == wfm.Only4x && edition == cicsim.EditionLegacy) || (info.Edition == wfm.OnlyLegacy && edition == cicsim.Edition4x) {
			continue
		}
		agentList = append(agentList, c)
		if info.Views == wfm.InBoth {
			queueList = append(queueList, c)
		}
	}
	agents := wfm.NewCounterSet(agentList...)
	return wfm.Needs{
		Queue: wfm.Columns{Counters: wfm.NewCounterSet(queueList...), Media: []wfm.MediaType{wfm.AllMedia, wfm.Call, wfm.Chat, wfm.Email}},
		Agent: wfm.Columns{Counters: agents}, AgentQueue: wfm.Columns{Counters: agents}, Activity: true,
	}
}

// world is a simulated centre in a database.
type world struct {
	centre *cicsim.Centre
	cfg    cicsim.Config
	db     *sql.DB
	dial   cicsql.Dialect
}

func simulate(t testing.TB, cfg cicsim.Config) world {
	t.Helper()
	centre, err := cicsim.New(cfg)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cic.db")
	w, err := sql.Open("sqlite", path+"?_pragma=synchronous(off)")
	require.NoError(t, err)
	_, err = centre.WriteDB(t.Context(), w)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	db, dial, err := sqlite.Open(path)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	return world{centre, centre.Config(), db, dial}
}

// reader reads one site of a world, in its zone.
func (w world) reader(t testing.TB, site cicsim.SiteInfo) *cicsql.Reader {
	t.Helper()
	r, err := cicsql.New(w.db, w.dial, cicsql.Options{Site: &site.ID, Zone: site.Location})
	require.NoError(t, err)
	return r
}

// read makes the reports of all sites together, or of those given.
func (w world) read(t testing.TB, needs wfm.Needs, length wfm.Length, sites ...cicsim.SiteInfo) ([]wfm.Report, integration.Result, *integration.Service) {
	t.Helper()
	c := &collector{needs: needs}
	feed := integration.HistoricalFeed{Name: "all", Encoder: c, Transport: &shelf{}, DeliverPartial: true,
		Grid: wfm.Grid{Length: length, Location: w.centre.Sites()[0].Location}, Workgroups: w.centre.Workgroups()}
	gate := map[string]bool{}
	for _, s := range sites {
		name := fmt.Sprintf("site%d", s.ID)
		gate[name] = true
		feed.Servers = append(feed.Servers, integration.Server{Name: name, Source: w.reader(t, s)})
	}
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{feed}, Ledger: ledger.NewMemory(time.Now),
		Licence: licensed(t, slices.Sorted(maps.Keys(gate))...)})
	require.NoError(t, err)
	res, err := s.Backfill(t.Context(), "all", w.centre.Window(), integration.BackfillOptions{Workers: 2})
	require.NoError(t, err)
	slices.SortFunc(c.reports, func(a, b wfm.Report) int { return a.Interval.Start.Compare(b.Interval.Start) })
	return c.reports, res, s
}

// irregular returns the centre of a seed: everything odd at once, and per seed another night,
// hierarchy, schema and way of writing.
func irregular(seed uint64) cicsim.Config {
	cfg := cicsim.AllIrregularities(seed)
	cfg.Start = time.Date(2025, 3, 29, 0, 0, 0, 0, time.UTC) // a spring night
	cfg.Contacts, cfg.Agents, cfg.Workgroups = 700, 16, 5
	if seed%2 == 1 {
		cfg.Start = time.Date(2025, 10, 25, 0, 0, 0, 0, time.UTC) // an autumn night
	}
	if seed%3 == 1 {
		cfg.Schema.Queue, cfg.Schema.Agent = cicsim.QueueByMedia(), cicsim.AgentByMedia()
	}
	if seed%4 == 2 {
		cfg.Schema.Levels = cicsim.Cube
	}
	cfg.Schema.UTC = cicsim.UTCColumn(seed % 3)
	if seed%5 == 3 {
		cfg.Schema.Edition = cicsim.EditionLegacy
	}
	cfg.Schema.Idle = cicsim.IdleRows(seed / 2 % 2)
	cfg.Schema.NoIndexes, cfg.Schema.UpperCaseColumns = seed%7 == 0, seed%6 == 5
	return cfg
}

// TestEveryCounterEqualsTheContactLevelTruth reads simulated days with every irregularity through
// the whole pipeline and compares every counter of every workgroup and agent, in intervals of
// every length, with what the contacts themselves say.
func TestEveryCounterEqualsTheContactLevelTruth(t *testing.T) {
	seeds := 20
	if testing.Short() {
		seeds = 1
	}
	for seed := uint64(1); seed <= uint64(seeds); seed++ {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			w := simulate(t, irregular(seed))
			needs := everything(w.cfg.Schema.Edition)
			sites := w.centre.Sites()
			compared := 0
			for _, length := range []wfm.Length{wfm.HalfHour, wfm.Hour, wfm.Day} {
				reports, _, _ := w.read(t, needs, length, sites...)
				compared += w.compare(t, w.centre.Truth(), needs, reports, sites)
			}
			quarter := sites[slices.IndexFunc(sites, func(s cicsim.SiteInfo) bool { return s.Interval == 15*time.Minute })]
			reports, _, _ := w.read(t, needs, wfm.Quarter, quarter)
			compared += w.compare(t, w.centre.Truth(quarter.ID), needs, reports, []cicsim.SiteInfo{quarter})
			require.Greater(t, compared, 100_000, "the comparison must have compared something")
		})
	}
}

// compare returns how many values it compared.
func (w world) compare(t *testing.T, truth *cicsim.Truth, needs wfm.Needs, reports []wfm.Report, sites []cicsim.SiteInfo) int {
	t.Helper()
	require.NotEmpty(t, reports)
	n, bad := 0, 0
	equal := func(r *wfm.Report, subject string, set *wfm.CounterSet, skip func(wfm.Counter) bool, got, want wfm.Counts) {
		for i := range set.Len() {
			c := set.At(i)
			if skip != nil && skip(c) {
				continue
			}
			n++
			if got.Get(c) != want.Get(c) {
				if bad++; bad <= 10 {
					t.Errorf("%s %s %s: read %d, truth %d", r.Interval, subject, c, got.Get(c), want.Get(c))
				}
			}
		}
	}
	for i := range reports {
		r := &reports[i]
		if lost(r.Interval, sites) {
			continue
		}
		queues := recordsOf(r.Queues)
		for _, name := range w.centre.Workgroups() {
			for _, m := range needs.Queue.Media {
				rec, ok := queues[key{workgroup: name, media: m}]
				require.True(t, ok, "%s: no record of %s %q", r.Interval, name, m)
				equal(r, fmt.Sprintf("workgroup %q %q", name, m), needs.Queue.Counters, onlyTotals(m), rec.Counts, truth.Queue(name, m, r.Interval))
			}
		}
		agents, agentQueues := recordsOf(r.Agents), recordsOf(r.AgentQueues)
		for _, a := range w.centre.Agents() {
			if !slices.ContainsFunc(sites, func(s cicsim.SiteInfo) bool { return s.ID == a.Site }) {
				continue
			}
			rec, ok := agents[key{agent: a.ID}]
			equal(r, fmt.Sprintf("agent %q", a.ID), needs.Agent.Counters, nil, orZero(rec, ok, needs.Agent), truth.Agent(a.ID, "", r.Interval))
			for _, g := range a.Workgroups {
				rec, ok := agentQueues[key{agent: a.ID, workgroup: g}]
				equal(r, fmt.Sprintf("agent %q in %q", a.ID, g), needs.AgentQueue.Counters, whenNoRow(ok), orZero(rec, ok, needs.AgentQueue), truth.AgentQueue(a.ID, g, "", r.Interval))
			}
		}
		n += w.compareStates(t, truth, r, sites)
	}
	if bad > 10 {
		t.Errorf("and %d more differences", bad-10)
	}
	return n
}

// compareStates compares the seconds per status key and group, and the log-ons and log-offs.
func (w world) compareStates(t *testing.T, truth *cicsim.Truth, r *wfm.Report, sites []cicsim.SiteInfo) (n int) {
	byAgent := map[wfm.AgentID]wfm.Activity{}
	for _, a := range r.Activity {
		byAgent[a.Agent] = a
	}
	for _, a := range w.centre.Agents() {
		if !slices.ContainsFunc(sites, func(s cicsim.SiteInfo) bool { return s.ID == a.Site }) || w.unfinished(a.ID, r.Interval) {
			continue
		}
		got, want := byAgent[a.ID], truth.Activity(a.ID, r.Interval)
		keys, groups := map[wfm.StatusKey]int64{}, map[wfm.StatusGroup]int64{}
		var sum int64
		for _, k := range got.Keys {
			keys[k.Key] += k.Seconds
			sum += k.Seconds
		}
		for _, g := range got.Groups {
			groups[g.Group] += g.Seconds
		}
		require.Equal(t, got.LoggedIn, sum)
		require.Equal(t, want.LoggedIn, got.LoggedIn, "%s agent %q", r.Interval, a.ID)
		require.Equal(t, want.Keys, keys, "%s agent %q", r.Interval, a.ID)
		require.Equal(t, want.Groups, groups)
		require.Equal(t, want.LogOns, got.LogOns, "%s agent %q", r.Interval, a.ID)
		require.Equal(t, want.LogOffs, got.LogOffs, "%s agent %q", r.Interval, a.ID)
		n += len(keys) + len(groups) + 3
	}
	return n
}

type key struct {
	agent     wfm.AgentID
	workgroup wfm.Workgroup
	media     wfm.MediaType
}

func recordsOf(list []wfm.Record) map[key]wfm.Record {
	m := map[key]wfm.Record{}
	for _, r := range list {
		m[key{r.Agent, r.Workgroup, r.Media}] = r
	}
	return m
}

func orZero(r wfm.Record, ok bool, c wfm.Columns) wfm.Counts {
	if ok {
		return r.Counts
	}
	return wfm.NewCounts(c.Counters, make([]int64, c.Counters.Len()))
}

// whenNoRow: tAllAgentAvailable repeats the agent's own time in each row; without a row it is not there.
func whenNoRow(ok bool) func(wfm.Counter) bool {
	return func(c wfm.Counter) bool { return !ok && c == wfm.TAllAgentAvailable }
}

// onlyTotals: CIC books agent time for the workgroup as a whole, not per medium.
func onlyTotals(m wfm.MediaType) func(wfm.Counter) bool {
	if m == wfm.AllMedia {
		return nil
	}
	return func(c wfm.Counter) bool { return c >= wfm.TAgentLoggedIn && c != wfm.TAgentTalk }
}

// lost tells whether rows of the interval never reached the database.
func lost(w wfm.Window, sites []cicsim.SiteInfo) bool {
	return slices.ContainsFunc(sites, func(s cicsim.SiteInfo) bool { return slices.ContainsFunc(s.Silent, w.Overlaps) })
}

// unfinished tells whether an agent's state that reaches into the window has not ended, so that
// AgentActivityLog does not have it yet.
func (w world) unfinished(id wfm.AgentID, in wfm.Window) bool {
	return slices.ContainsFunc(w.centre.States(), func(s cicsim.State) bool {
		return s.Agent == id && s.Span.End == 0 && s.Span.Start.Time().Before(in.End)
	})
}

// TestHierarchiesGiveTheSameReports writes one centre's day under different roll-up hierarchies and
// reads the same reports from each; where only leaf rows exist, the same but for agent time, which
// does not add over rows.
func TestHierarchiesGiveTheSameReports(t *testing.T) {
	cfg := irregular(1)
	cfg.SilentSpans = 0
	schemas := map[string]cicsim.Schema{
		"DNIS, media, skill":        {Queue: cicsim.QueueByDNIS(), Agent: cicsim.AgentByDNIS()},
		"media, skill, DNIS":        {Queue: cicsim.QueueByMedia(), Agent: cicsim.AgentByMedia(), MixedCaseMedia: true},
		"cube":                      {Levels: cicsim.Cube, UpperCaseColumns: true},
		"zero rows, no UTC, no ids": {Idle: cicsim.ZeroIdle, UTC: cicsim.UTCAbsent, NoIndexes: true},
	}
	if testing.Short() {
		delete(schemas, "cube")
		delete(schemas, "zero rows, no UTC, no ids")
	}
	var first map[string][]wfm.Record
	for name, schema := range schemas {
		cfg.Schema = schema
		w := simulate(t, cfg)
		reports, _, service := w.read(t, everything(cicsim.Edition4x), wfm.HalfHour, w.centre.Sites()...)
		got := map[string][]wfm.Record{}
		for _, r := range reports {
			got[r.Interval.String()+" queues"] = meaningful(r.Queues)
			got[r.Interval.String()+" agents"] = meaningful(r.Agents)
			got[r.Interval.String()+" agents by queue"] = meaningful(r.AgentQueues)
		}
		if first == nil {
			first = got
		}
		require.Equal(t, first, got, name)
		require.Zero(t, service.Status().Feeds[0].Diagnostics[wfm.RollUpMismatch.String()], name)
		require.Zero(t, service.Status().Feeds[0].Diagnostics[wfm.IdentityMismatch.String()], name)
	}
}

// meaningful leaves out records of zeros, which one way of writing has as rows and another has not,
// and what CIC does not book below the total.
func meaningful(list []wfm.Record) (out []wfm.Record) {
	for _, r := range list {
		r.Zero = false
		values := slices.Clone(r.Counts.Values())
		all := int64(0)
		for i := range values {
			c := r.Counts.Set().At(i)
			if r.Media != wfm.AllMedia && onlyTotals(r.Media)(c) || c == wfm.TAllAgentAvailable {
				values[i] = 0
			}
			all |= values[i]
		}
		if all != 0 {
			r.Counts = wfm.NewCounts(r.Counts.Set(), values)
			out = append(out, r)
		}
	}
	return out
}
