package cicsim_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// neverFilled are the counters whose meaning is not documented, and those for which this centre
// has no occasion.
var neverFilled = map[wfm.Counter]bool{
	wfm.NGrabbedAcd: true, wfm.TGrabbedAcd: true, wfm.NLocalDisconnectAgentAlertAcd: true, wfm.NAcdSvcLvl: true,
	wfm.NAnsweredAcdSvcLvl: true, wfm.NAbandonAcdSvcLvl: true, wfm.TSuspendedAcd: true, wfm.TAgentLoggedInDiluted: true,
}

// comparison checks folded rows against the truth, and remembers which counters were ever filled.
type comparison struct {
	t      *testing.T
	filled map[string]map[wfm.Counter]bool
	checks int
}

func (x *comparison) equal(view, what string, w wfm.Window, got map[wfm.Counter]int64, want wfm.Counts, list []wfm.Counter) {
	if x.filled[view] == nil {
		x.filled[view] = map[wfm.Counter]bool{}
	}
	for _, c := range list {
		x.checks++
		if got[c] != want.Get(c) {
			x.t.Fatalf("%s %s, %s: %s is %d in the rows and %d in truth", view, what, w, c, got[c], want.Get(c))
		}
		if got[c] != 0 {
			x.filled[view][c] = true
		}
	}
}

// truthConfigs are the centres to compare: one under the race detector, where SQLite is slow.
func truthConfigs() map[string]cicsim.Config {
	configs := map[string]cicsim.Config{}
	if raceEnabled {
		cfg := small(cicsim.AllIrregularities(7))
		cfg.Days, cfg.Restarts, cfg.Contacts = 1, 1, 200
		configs["irregular"] = cfg
		return configs
	}
	for seed := range uint64(3) {
		configs[fmt.Sprint("plain ", seed)] = small(cicsim.Config{Seed: seed})
	}
	for seed := range uint64(5) {
		configs[fmt.Sprint("irregular ", seed+20)] = small(cicsim.AllIrregularities(seed + 20))
	}
	if !testing.Short() {
		configs["irregular, full size"] = cicsim.AllIrregularities(11)
	}
	fives := small(cicsim.Config{Seed: 9, Restarts: 1, Sites: []cicsim.SiteConfig{{ID: 3, Interval: 5 * time.Minute}}})
	fives.Schema = cicsim.Schema{Queue: cicsim.QueueByMedia(), Agent: cicsim.AgentByMedia(), Idle: cicsim.ZeroIdle}
	configs["five minutes, zero rows"] = fives
	autumn := small(cicsim.AllIrregularities(5))
	autumn.Start = date(2026, 10, 25)
	configs["autumn"] = autumn
	configs["legacy"] = small(cicsim.Config{Seed: 6, Schema: cicsim.Schema{Edition: cicsim.EditionLegacy}})
	configs["cube"] = small(cicsim.Config{Seed: 4, Schema: cicsim.Schema{Levels: cicsim.Cube}})
	return configs
}

// TestTruth compares what plain SQL sums out of the rows with what really happened, for every
// counter, every workgroup, agent and pair of both, in every window that a feed may have.
func TestTruth(t *testing.T) {
	configs := truthConfigs()
	seen := &comparison{t: t, filled: map[string]map[wfm.Counter]bool{}}
	for name, cfg := range configs {
		t.Run(name, func(t *testing.T) {
			seen.t = t
			compare(t, cfg, seen)
		})
	}
	if raceEnabled {
		return // too few contacts to fill everything
	}
	for _, view := range viewNames {
		for c, info := range wfm.Counters() {
			if info.Views == wfm.InAgentView && view == viewNames[0] ||
				view == viewNames[1] && (c == wfm.NFlowOutAcd || c == wfm.TFlowOutAcd) {
				continue
			}
			require.Equal(t, !neverFilled[c], seen.filled[view][c], "%s in %s is filled", c, view)
		}
	}
	t.Logf("%d values compared", seen.checks)
}

func compare(t *testing.T, cfg cicsim.Config, x *comparison) {
	c, db := write(t, cfg)
	type subject struct{ name, group string }
	rows := map[string]map[subject][]sqlRow{}
	for _, view := range viewNames {
		rows[view] = map[subject][]sqlRow{}
		for _, r := range readRows(t, db, view, "cHKey3='*' AND cHKey4='*'") {
			k := subject{fmt.Sprint(r.site, " ", r.name), r.group}
			rows[view][k] = append(rows[view][k], r)
		}
	}
	queueCounters, agentCounters := counters(t, db, viewNames[0]), counters(t, db, viewNames[1])
	for _, site := range c.Sites() {
		truth := c.Truth(site.ID)
		for _, length := range []wfm.Length{wfm.Quarter, wfm.HalfHour, wfm.Hour, wfm.Day} {
			if length.Duration() < site.Interval {
				continue
			}
			for w := range (wfm.Grid{Length: length, Location: site.Location}).Slots(c.Window()) {
				if silent(site, w) || w.End.After(c.Window().End) {
					continue
				}
				key := func(name string) string { return fmt.Sprint(site.ID, " ", name) }
				for _, g := range c.Workgroups() {
					got := fold(rows[viewNames[0]][subject{key(string(g)), "*"}], w)
					x.equal(viewNames[0], string(g), w, got, truth.Queue(g, wfm.AllMedia, w), queueCounters)
				}
				for _, a := range c.Agents() {
					if a.Site != site.ID {
						continue
					}
					name := key(string(a.ID))
					x.equal(viewNames[1], name, w, fold(rows[viewNames[1]][subject{name, "*"}], w), truth.Agent(a.ID, wfm.AllMedia, w), agentCounters)
					for _, g := range append(a.Workgroups, "-") {
						list := agentCounters
						if g == "-" { // its rows exist only in intervals with calls
							list = slices.DeleteFunc(slices.Clone(list), func(c wfm.Counter) bool { return c == wfm.TAllAgentAvailable })
						}
						got := fold(rows[viewNames[1]][subject{name, string(g)}], w)
						x.equal(viewNames[1], name+" in "+string(g), w, got, truth.AgentQueue(a.ID, g, wfm.AllMedia, w), list)
					}
				}
			}
		}
	}
}

// TestTruthByMedia compares the rows of one medium, read where the default hierarchies have it.
func TestTruthByMedia(t *testing.T) {
	if raceEnabled {
		t.Skip("thousands of queries: too slow under the race detector")
	}
	c, db := write(t, small(cicsim.Config{Seed: 3, Schema: cicsim.Schema{MixedCaseMedia: true}}))
	truth := c.Truth()
	day := c.Window()
	for _, media := range c.Config().Media {
		some := int64(0)
		key := "'" + string(media) + "' COLLATE NOCASE"
		for _, g := range c.Workgroups() {
			want := truth.Queue(g, media, day)
			for _, counter := range counters(t, db, viewNames[0]) {
				if counter.Fold() != wfm.FoldSum {
					continue
				}
				got := queryInt(t, db, fmt.Sprintf("SELECT sum(%s) FROM %s WHERE cName=? AND cReportGroup<>'*' AND cHKey3=%s AND cHKey4='*'",
					counter, viewNames[0], key), string(g))
				require.Equal(t, want.Get(counter), got, "%s of %s, %s", counter, g, media)
				some += got
			}
		}
		require.Positive(t, some, media)
		for _, a := range c.Agents() {
			for _, g := range a.Workgroups {
				want := truth.AgentQueue(a.ID, g, media, day)
				for _, counter := range []wfm.Counter{wfm.NEnteredAcd, wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAgentTalk, wfm.TAcw, wfm.TAgentLoggedIn} {
					got := queryInt(t, db, fmt.Sprintf("SELECT sum(%s) FROM %s WHERE cName=? AND cReportGroup=? AND cHKey3<>'*' AND cHKey4=%s",
						counter, viewNames[1], key), string(a.ID), string(g))
					require.Equal(t, want.Get(counter), got, "%s of %s in %s, %s", counter, a.ID, g, media)
				}
			}
		}
	}
}

// TestTruthOfSites checks that the truth of all sites is the sum of each.
func TestTruthOfSites(t *testing.T) {
	c, err := cicsim.New(small(cicsim.AllIrregularities(2)))
	require.NoError(t, err)
	both, one, two := c.Truth(), c.Truth(1), c.Truth(2)
	w := c.Window()
	for _, g := range c.Workgroups() {
		for i, v := range both.Queue(g, wfm.AllMedia, w).Values() {
			a, b := one.Queue(g, wfm.AllMedia, w).Values()[i], two.Queue(g, wfm.AllMedia, w).Values()[i]
			if both.Queue(g, wfm.AllMedia, w).Set().At(i) == wfm.MtAnsweredAcd {
				require.Equal(t, max(a, b), v)
				continue
			}
			require.Equal(t, a+b, v)
		}
	}
	nobody := both.Agent("nobody", wfm.AllMedia, w)
	require.Zero(t, nobody.Get(wfm.TAgentLoggedIn))
	require.Zero(t, both.Queue("no such", wfm.AllMedia, w).Get(wfm.NEnteredAcd))
	require.Empty(t, both.Activity("nobody", w).Keys)
}
