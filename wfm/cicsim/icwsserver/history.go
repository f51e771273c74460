package icwsserver

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// event is one thing that happened in a centre: a state of a user (status is set), an activation (the interaction
// has no id), or an interaction that came, changed (on) or left.
type event struct {
	at          cicsim.Instant
	user        wfm.AgentID
	status      wfm.StatusKey
	on          bool // logged in, activated, or present
	interaction Interaction
}

// thing names what an event is about: only its last event counts for the state at an instant.
func (e *event) thing() string {
	switch {
	case e.status != "":
		return "state " + string(e.user)
	case e.interaction.ID == "":
		return "activation " + string(e.user) + "\n" + string(e.interaction.Workgroup)
	}
	return "interaction " + e.interaction.ID
}

// Decided here, as a centre does not simulate it.
const (
	dialling   = 4 // seconds from the start of an outgoing call, or of its ringing, to its connection
	proceeding = 2 // of these, seconds of proceeding
	lingering  = 2 // seconds that a disconnected interaction stays in its queue
)

// history lists the events of a site in order of time; those of one second in the order in which they happened.
func history(centre *cicsim.Centre, site wfm.Site) []event {
	var list []event
	for _, a := range centre.Activations() {
		if a.Site == site {
			list = append(list, event{at: a.At, user: a.Agent, on: a.Active, interaction: Interaction{Workgroup: a.Workgroup}})
		}
	}
	for _, s := range centre.States() {
		if s.Site == site {
			list = append(list, event{at: s.Span.Start, user: s.Agent, status: s.Status.Key, on: s.LoggedIn})
		}
	}
	for _, c := range centre.Contacts() {
		if c.Site == site {
			list = appendContact(list, &c)
		}
	}
	start := cicsim.At(centre.Window().Start)
	for n, call := range centre.PersonalCalls() {
		if call.Site == site {
			list = appendCall(list, n, &call, start)
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	return list
}

// appendContact lists the way of a contact: offering in the queue (O), alerting at an agent (A), connected (C), held (H),
// disconnected by either side (I, E) and gone.
func appendContact(list []event, c *cicsim.Contact) []event {
	in := Interaction{ID: fmt.Sprint(2_001_000_000 + c.ID), Media: c.Media, Outbound: c.Direction == cicsim.InternToExtern,
		Internal: c.Direction == cicsim.InternToIntern}
	put := func(at cicsim.Instant, user wfm.AgentID, state string) {
		in.State = state
		list = append(list, event{at: at, user: user, on: true, interaction: in})
	}
	leave := func(at cicsim.Instant) { list = append(list, event{at: at, interaction: in}) }
	for n := range c.Legs {
		l := &c.Legs[n]
		in.Workgroup = l.Workgroup
		put(l.Entered, "", "O")
		for _, a := range l.Alerts {
			put(a.Ring.Start, a.Agent, "A")
			if a.Ring.End != 0 && !a.Answered {
				put(a.Ring.End, "", "O")
			}
		}
		switch l.Outcome {
		case cicsim.Abandoned, cicsim.Lost:
			leave(l.Left)
		case cicsim.Answered:
			put(l.Talk.Start, l.Agent, "C")
			for _, h := range l.Holds {
				put(h.Start, l.Agent, "H")
				if h.End != 0 && h.End != l.Talk.End {
					put(h.End, l.Agent, "C")
				}
			}
			switch l.Finish {
			case cicsim.RemoteDisconnect:
				put(l.Talk.End, l.Agent, "E")
				leave(l.Talk.End + lingering)
			case cicsim.LocalDisconnect:
				put(l.Talk.End, l.Agent, "I")
				leave(l.Talk.End + lingering)
			case cicsim.Cut:
				leave(l.Talk.End)
			}
		}
	}
	return list
}

// appendCall lists a call without a queue: dialling (S), proceeding (R) or alerting (A), connected, disconnected, gone.
func appendCall(list []event, n int, call *cicsim.PersonalCall, start cicsim.Instant) []event {
	in := Interaction{ID: fmt.Sprint(2_101_000_000 + n), Media: wfm.Call, Internal: call.Direction == cicsim.InternToIntern,
		Outbound: call.Direction == cicsim.InternToExtern || call.Direction == cicsim.InternToIntern && !call.Received}
	put := func(at cicsim.Instant, state string) {
		in.State = state
		list = append(list, event{at: max(at, start), user: call.Agent, on: true, interaction: in})
	}
	if in.Outbound {
		put(call.Talk.Start-dialling, "S")
		put(call.Talk.Start-proceeding, "R")
	} else {
		put(call.Talk.Start-dialling, "A")
	}
	put(call.Talk.Start, "C")
	if call.Talk.End != 0 {
		put(call.Talk.End, "EI"[n%2:n%2+1])
		list = append(list, event{at: call.Talk.End + lingering, interaction: in})
	}
	return list
}
