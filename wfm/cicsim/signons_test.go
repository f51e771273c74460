package cicsim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// TestSignOns: the spans of a window, cut to it, are the time logged in; their ends in it are the log-ons and log-offs.
func TestSignOns(t *testing.T) {
	c, err := cicsim.New(small(cicsim.AllIrregularities(4)))
	require.NoError(t, err)
	truth := c.Truth()
	spans, open := 0, 0
	for slot := range (wfm.Grid{Length: wfm.Hour}).Slots(c.Window()) {
		w := wfm.Window{Start: slot.Start.Add(-5 * time.Hour), End: slot.End}
		all := truth.SignOns(w)
		require.True(t, slices.IsSortedFunc(all, func(a, b wfm.SignOn) int {
			if a.Agent != b.Agent {
				return 0
			}
			return a.In.Compare(b.In)
		}))
		for _, a := range c.Agents() {
			want := truth.Activity(a.ID, w)
			var seconds int64
			var ons, offs []time.Time
			for _, s := range all {
				if s.Agent != a.ID {
					continue
				}
				spans++
				span := wfm.Window{Start: s.In, End: s.Out}
				if s.Out.IsZero() {
					open++
					require.Empty(t, s.Reason)
					span.End = w.End
				} else {
					offs = append(offs, s.Out)
				}
				if w.Contains(s.In) {
					ons = append(ons, s.In)
				}
				if part, ok := span.Intersect(w); ok {
					seconds += int64(part.Duration() / time.Second)
				}
			}
			require.Equal(t, want.LoggedIn, seconds, "%s %s", a.ID, w)
			require.Equal(t, want.LogOns, ons)
			require.Equal(t, want.LogOffs, offs)
		}
	}
	require.Positive(t, open)
	require.Greater(t, spans, open)
	require.Empty(t, c.Truth(99).SignOns(c.Window()), "a site without agents")
}
