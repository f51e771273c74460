package cicsim

import (
	"maps"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// SignOns returns the spans of being logged in that reach into a window, by agent and log-on: real instants, cut by
// nothing, as they were known at the end of the window. A log-off at the end of the window or later leaves the agent
// signed on; one at its start belongs to it.
func (t *Truth) SignOns(w wfm.Window) []wfm.SignOn {
	var list []wfm.SignOn
	from, to := At(w.Start), At(w.End)
	for _, id := range slices.Sorted(maps.Keys(t.agents)) {
		var in Instant // zero while logged off
		for _, s := range t.agents[id].states {
			at := s.Span.Start
			if at >= to {
				break
			}
			switch {
			case s.LoggedIn && in == 0:
				in = at
			case !s.LoggedIn && in != 0:
				if at >= from {
					list = append(list, wfm.SignOn{Agent: id, In: in.Time(), Out: at.Time(), Reason: s.Status.Key})
				}
				in = 0
			}
		}
		if in != 0 {
			list = append(list, wfm.SignOn{Agent: id, In: in.Time()})
		}
	}
	return list
}
