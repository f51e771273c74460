package rta

import (
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// View is what one queue-state level shows of an agent.
type View struct {
	Activity wfm.AgentActivity
	// Workgroup is that of the interaction behind the activity; empty for any other activity.
	Workgroup wfm.Workgroup
	// Since is when the activity, the status and the log-in together became what they are; zero
	// where the facts do not say.
	Since time.Time
	// contact is the interaction behind the activity.
	contact string
}

// ActivityOf derives what an agent does. The first that holds, decides:
//
//  1. not logged in: logged off, whatever the status says.
//  2. above level off, the interactions: one of a workgroup that is connected (acd talk), one of
//     a workgroup that is held (acd hold; at level minimal acd talk), any other connected or held one
//     (non-acd talk), and at level verbose one that is being dialled (dialling) or offered (alerting).
//     Among equals the one that began first. Where interactions are not known, a connected call is
//     non-acd talk.
//  3. the status: after-call work (acw), allows ACD (available), any other (unavailable).
//
// The order of CIC's interaction states is inferred; the names of the levels are documented, their
// meaning is ours (see [wfm.QueueLevel]).
func ActivityOf(f *Facts, level wfm.QueueLevel) View {
	since := later(f.StatusSince, f.LoginSince)
	if !f.LoggedIn {
		return View{Activity: wfm.AgentLoggedOff, Since: since}
	}
	if level > wfm.LevelOff {
		if v, ok := handling(f, level); ok {
			if !v.Since.IsZero() {
				v.Since = later(v.Since, since)
			}
			return v
		}
		if f.Interactions == nil {
			since = later(since, f.OnPhoneSince)
		}
	}
	v := View{Activity: wfm.AgentUnavailable, Since: since}
	switch {
	case f.Status.ACW:
		v.Activity = wfm.AgentAfterCall
	case f.Status.ACD:
		v.Activity = wfm.AgentAvailable
	}
	return v
}

// handling finds the interaction that decides the activity.
func handling(f *Facts, level wfm.QueueLevel) (View, bool) {
	if f.Interactions == nil {
		if f.OnPhone {
			return View{Activity: wfm.AgentNonACDTalk, Since: f.OnPhoneSince}, true
		}
		return View{}, false
	}
	var best *Interaction
	most := 0
	for i := range f.Interactions {
		c := &f.Interactions[i]
		r := rank(c, level)
		if r > most || r > 0 && r == most && before(c, best) {
			best, most = c, r
		}
	}
	if best == nil {
		return View{}, false
	}
	v := View{Workgroup: best.Workgroup, Since: best.Since, contact: best.ID}
	switch {
	case best.State == InteractionAlerting:
		v.Activity = wfm.AgentAlerting
	case best.State == InteractionDialling:
		v.Activity = wfm.AgentDialling
	case best.Workgroup == "":
		v.Activity = wfm.AgentNonACDTalk
	case best.State == InteractionHeld && level == wfm.LevelVerbose:
		v.Activity = wfm.AgentACDHold
	default:
		v.Activity = wfm.AgentACDTalk
	}
	return v, true
}

// rank orders interactions; 0 is not shown at the level.
func rank(c *Interaction, level wfm.QueueLevel) int {
	acd := c.Workgroup != ""
	switch {
	case c.State == InteractionTalk && acd:
		return 6
	case c.State == InteractionHeld && acd:
		return 5
	case c.State == InteractionTalk:
		return 4
	case c.State == InteractionHeld:
		return 3
	case c.State == InteractionDialling && level == wfm.LevelVerbose:
		return 2
	case c.State == InteractionAlerting && level == wfm.LevelVerbose:
		return 1
	}
	return 0
}

func before(a, b *Interaction) bool {
	if !a.Since.Equal(b.Since) {
		return a.Since.Before(b.Since)
	}
	return a.ID < b.ID
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
