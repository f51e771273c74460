package icwsserver

import (
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Interaction is a contact or call in a user's queue, in a workgroup's queue, or in both.
type Interaction struct {
	ID string `json:"id"`
	// State is the letter of Eic_State: A alerting, C connected, H held, X suspended, O offering, R proceeding,
	// S dialling, M messaging, P parked, I and E disconnected by the inside and the outside, or empty.
	State string `json:"state"`
	// Workgroup is that of an ACD interaction; empty for any other.
	Workgroup wfm.Workgroup `json:"workgroup,omitempty"`
	// Media is the kind; empty means wfm.Call.
	Media wfm.MediaType `json:"media,omitempty"`
	// Outbound: the user side began it. Internal: both ends are inside (Eic_CallType I).
	Outbound bool `json:"outbound,omitempty"`
	Internal bool `json:"internal,omitempty"`
	// At is when State began; zero means now.
	At time.Time `json:"at"`
}

type interaction struct {
	Interaction
	user      *user      // nil while it waits
	group     *workgroup // nil if there is none
	initiated time.Time
	connected time.Time
	ended     time.Time
}

// onPhone: a call that is connected or held keeps its user on the phone.
func (i *interaction) onPhone() bool {
	return (i.Media == "" || i.Media.Is(wfm.Call)) && (i.State == "C" || i.State == "H" || i.State == "X")
}

// PutInteraction puts an interaction into the queue of a user, new or in another state; from another user's queue it
// moves over. An empty user means that it waits in the queue of its workgroup alone. Putting what is there is no change.
func (c *CIC) PutInteraction(id wfm.AgentID, in Interaction) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := &interaction{Interaction: in}
	var err error
	if id != "" {
		if next.user, err = c.user(id); err != nil {
			return err
		}
	}
	if in.Workgroup != "" {
		if next.group, err = c.workgroup(in.Workgroup); err != nil {
			return err
		}
		next.Workgroup = next.group.name
	}
	switch {
	case in.ID == "":
		return wfm.Problem{Field: "interaction", Reason: "has no id", Remedy: "give it one"}
	case next.user == nil && next.group == nil:
		return wfm.Problem{Field: "interaction", Value: in.ID, Reason: "is in no queue", Remedy: "give a user or a workgroup"}
	case len(in.State) > 1 || !strings.Contains("ACMOPHRXSIE", in.State):
		return wfm.Problem{Field: "interaction state", Value: in.State, Reason: "is not known", Remedy: "use a letter of Eic_State"}
	}
	next.At = c.at(in.At)
	next.initiated = next.At
	old := c.interactions[in.ID]
	if old != nil {
		if old.State == next.State {
			next.At = old.At
		}
		if old.user == next.user && old.Interaction == next.Interaction {
			return nil
		}
		next.initiated, next.connected, next.ended = old.initiated, old.connected, old.ended
	}
	if next.State == "C" && next.connected.IsZero() {
		next.connected = next.At
	}
	if (next.State == "I" || next.State == "E") && next.ended.IsZero() {
		next.ended = next.At
	}
	c.interactions[in.ID] = next
	c.moveInteraction(old, next, c.at(in.At))
	c.endDoomed()
	return nil
}

// EndInteraction takes an interaction out of all queues.
func (c *CIC) EndInteraction(id string, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.interactions[id]
	if i == nil {
		return unknown("interaction", id)
	}
	c.endInteraction(i, c.at(at))
	c.endDoomed()
	return nil
}

func (c *CIC) endInteraction(i *interaction, at time.Time) {
	delete(c.interactions, i.ID)
	c.moveInteraction(i, nil, at)
}

// moveInteraction keeps the users' queues, tells the queues' subscribers and then, where a user's
// onPhone follows, the watchers of statuses.
func (c *CIC) moveInteraction(old, next *interaction, at time.Time) {
	if old != nil && old.user != nil {
		old.user.interactions = remove(old.user.interactions, old)
	}
	if next != nil && next.user != nil {
		next.user.interactions = append(slices.Clip(next.user.interactions), next)
	}
	c.publishInteraction(old, next)
	if old != nil && (next == nil || next.user != old.user) {
		c.observe(ChangedInteraction, old.user, old, true, at)
	}
	if next != nil {
		c.observe(ChangedInteraction, next.user, next, false, at)
	}
	if old != nil && old.user != nil {
		c.updatePhone(old.user, at)
	}
	if next != nil && next.user != nil {
		c.updatePhone(next.user, at)
	}
}
