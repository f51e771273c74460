package cicsim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// everySchema are databases that look different; one of them under the race detector.
func everySchema() map[string]cicsim.Config {
	if raceEnabled {
		return map[string]cicsim.Config{"default": {Seed: 1}}
	}
	return map[string]cicsim.Config{
		"default":  {Seed: 1},
		"by media": {Seed: 2, Schema: cicsim.Schema{Queue: cicsim.QueueByMedia(), Agent: cicsim.AgentByMedia()}},
		"short":    {Seed: 2, Schema: cicsim.Schema{Queue: cicsim.Hierarchy{cicsim.RoleMedia}, Agent: cicsim.Hierarchy{cicsim.RoleWorkgroup}}},
		"cube":     {Seed: 3, Schema: cicsim.Schema{Levels: cicsim.Cube}},
		"legacy":   {Seed: 4, Schema: cicsim.Schema{Edition: cicsim.EditionLegacy, UpperCaseColumns: true}},
		"odd":      cicsim.AllIrregularities(5),
	}
}

// TestInvariants checks in every row of every level what CIC promises of every row.
func TestInvariants(t *testing.T) {
	for name, cfg := range everySchema() {
		t.Run(name, func(t *testing.T) {
			_, db := write(t, small(cfg))
			require.Positive(t, queryInt(t, db, "SELECT sum(nEnteredAcd) FROM IWrkgrpQueueStats"))
			require.Zero(t, queryInt(t, db, `SELECT count(*) FROM IWrkgrpQueueStats WHERE nStartWaitAlertAcdCalls + nEnteredAcd
				<> nAnsweredAcd + nAbandonedAcd + nFlowOutAcd + nEndWaitAlertAcdCalls`), "contacts are conserved")
			var parts []string
			for _, c := range wfm.LoggedInParts() {
				parts = append(parts, c.String())
			}
			for _, view := range viewNames {
				require.Positive(t, queryInt(t, db, "SELECT sum(tAgentLoggedIn) FROM "+view))
				require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE tAgentLoggedIn <> "+strings.Join(parts, "+")), "identity")
				require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE tAgentTalk <> tTalkAcd + tAcw"))
				require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE tHoldAcd > tTalkAcd OR tAgentAcdLoggedIn > tAgentLoggedIn"))
				var bad []string
				for _, c := range counters(t, db, view) {
					bad = append(bad, fmt.Sprintf("coalesce(%s, -1) < 0", c))
				}
				require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE "+strings.Join(bad, " OR ")))
			}
			require.Zero(t, queryInt(t, db, `SELECT count(*) FROM IAgentQueueStats WHERE cReportGroup<>'*'
				AND tAgentStatusAcw + tAgentStatusDnd + tStatusGroupFollowup + tStatusGroupBreak + tStatusGroupTraining <> 0`))
			require.Zero(t, queryInt(t, db, "SELECT count(*) FROM IAgentQueueStats WHERE cReportGroup='*' AND cHKey3='*' AND cHKey4='*' AND tAllAgentAvailable <> tAgentAvailable"))
		})
	}
}

// agentTimes are the counters that do not add up from level to level: each row of an agent's
// workgroups repeats the agent's day.
func agentTimes(c wfm.Counter) bool {
	return c >= wfm.TAgentLoggedIn && c != wfm.TAgentTalk
}

// TestLevelsAddUp checks that the children of every row sum to it, whichever way the keys go.
func TestLevelsAddUp(t *testing.T) {
	keys := []string{"cReportGroup", "cHKey3", "cHKey4"}
	for name, cfg := range everySchema() {
		t.Run(name, func(t *testing.T) {
			_, db := write(t, small(cfg))
			for _, view := range viewNames {
				levels := 0
				for child := 1; child <= 3; child++ { // keys set in the child
					where := func(set int) string {
						var list []string
						for i, k := range keys {
							op := "="
							if i < set {
								op = "<>"
							}
							list = append(list, k+op+"'*'")
						}
						return strings.Join(list, " AND ")
					}
					if queryInt(t, db, fmt.Sprintf("SELECT count(*) FROM %s WHERE %s", view, where(child))) == 0 {
						continue
					}
					levels++
					parent := "SiteId, cName, dIntervalStart, I3TimeStampGMT"
					for _, k := range keys[:child-1] {
						parent += ", " + k
					}
					var sums, own []string
					for _, c := range counters(t, db, view) {
						switch {
						case agentTimes(c):
							continue
						case c.Fold() == wfm.FoldMax:
							sums = append(sums, "max("+c.String()+")")
						default:
							sums = append(sums, "sum("+c.String()+")")
						}
						own = append(own, c.String())
					}
					require.Zero(t, queryInt(t, db, fmt.Sprintf(`SELECT count(*) FROM (
						SELECT %[1]s, %[2]s FROM %[4]s WHERE %[5]s GROUP BY %[1]s
						EXCEPT SELECT %[1]s, %[3]s FROM %[4]s WHERE %[6]s)`,
						parent, strings.Join(sums, ","), strings.Join(own, ","), view, where(child), where(child-1))),
						"%s below %d keys", view, child-1)
				}
				want := map[string]int{"short" + viewNames[0]: 1, "short" + viewNames[1]: 1}[name+view]
				if want == 0 {
					want = 3
				}
				require.Equal(t, want, levels, view)
			}
		})
	}
}

func TestCubeHasEveryCombination(t *testing.T) {
	_, db := write(t, small(cicsim.Config{Seed: 3, Schema: cicsim.Schema{Levels: cicsim.Cube}}))
	for _, view := range viewNames {
		require.EqualValues(t, 8, queryInt(t, db, "SELECT count(DISTINCT (cReportGroup='*') || (cHKey3='*') || (cHKey4='*')) FROM "+view))
	}
}

func TestLeavesOnly(t *testing.T) {
	cfg := small(cicsim.Config{Seed: 8})
	cfg.Schema.Levels = cicsim.LeavesOnly
	c, db := write(t, cfg)
	for _, view := range viewNames {
		require.Zero(t, queryInt(t, db, "SELECT count(*) FROM "+view+" WHERE cReportGroup='*' OR cHKey3='*' OR cHKey4='*'"))
	}
	for _, g := range c.Workgroups() {
		want := c.Truth().Queue(g, wfm.AllMedia, c.Window())
		for _, counter := range []wfm.Counter{wfm.NEnteredAcd, wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAcw, wfm.NFlowOutAcd} {
			require.Equal(t, want.Get(counter), queryInt(t, db, fmt.Sprintf("SELECT sum(%s) FROM IWrkgrpQueueStats WHERE cName=?", counter), string(g)))
		}
	}
}
