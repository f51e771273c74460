package historical

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// TestSignOnsKeepNoHistory: what is kept does not grow with the window, and an agent who is gone is forgotten.
func TestSignOnsKeepNoHistory(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	w := wfm.Window{Start: start, End: start.Add(60 * 24 * time.Hour)}
	a, err := NewAggregator(AggregatorOptions{Grid: wfm.Grid{Length: wfm.Quarter}, Window: w, Needs: wfm.Needs{SignOns: 24 * time.Hour}})
	require.NoError(t, err)
	add := func(agent wfm.AgentID, at time.Time) { // on again each hour
		require.NoError(t, a.Add(Row{Grain: wfm.GrainActivity, Site: 1, Agent: agent, Start: at, Duration: 10 * time.Minute,
			State: State{LoggedIn: true, ChangedLoggedIn: at.Minute() == 0}}))
	}
	add("gone", start)
	most := 0
	for at := start; at.Before(w.End); at = at.Add(10 * time.Minute) {
		for range a.Close(at) {
		}
		add("here", at)
		most = max(most, len(a.signOns["here"].rows))
	}
	require.LessOrEqual(t, most, 2*48+3, "two rows per hour of twice the span, and an interval")
	require.Len(t, a.signOns, 1)
	require.Empty(t, a.agents, "states are not asked for")
}
