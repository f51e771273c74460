package icwsserver

import (
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// ChangeKind says what a Change is about.
type ChangeKind uint8

// The kinds of changes.
const (
	ChangedStatus      ChangeKind = iota + 1 // status, log-in, notes or until of a user
	ChangedPhone                             // a user's onPhone
	ChangedInteraction                       // an interaction came, changed or ended
	ChangedMember                            // workgroups or extension of a user
)

// Change is one change of the truth.
type Change struct {
	// Seq counts all changes of the CIC from 1.
	Seq  uint64
	Kind ChangeKind
	// At is when it happened, as the mutator was told.
	At time.Time
	// Agent is the user after the change; of an interaction that waits in a workgroup's queue only, the zero value.
	Agent AgentView
	// Interaction is set for ChangedInteraction; Gone says that it left the queue of Agent.
	Interaction Interaction
	Gone        bool
}

// AgentView is a user as CIC knows it at this moment. Times are UTC.
type AgentView struct {
	ID             wfm.AgentID     `json:"agent"`
	Extension      string          `json:"extension"`
	LoggedIn       bool            `json:"loggedIn"`
	Status         wfm.StatusKey   `json:"status"`
	StatusChanged  time.Time       `json:"statusChanged"`
	OnPhone        bool            `json:"onPhone"`
	OnPhoneChanged time.Time       `json:"onPhoneChanged"`
	Workgroups     []wfm.Workgroup `json:"workgroups"` // sorted; shared, not to be changed
	Interactions   []Interaction   `json:"interactions"`
}

func (u *user) view() AgentView {
	v := AgentView{ID: u.ID, Extension: u.Extension, LoggedIn: u.loggedIn, Status: u.status.Key, StatusChanged: u.statusChanged.UTC(),
		OnPhone: u.onPhone, OnPhoneChanged: u.onPhoneChanged.UTC(), Workgroups: u.names}
	for _, i := range u.interactions {
		v.Interactions = append(v.Interactions, i.Interaction)
	}
	return v
}

type observer struct{ f func(Change) }

// Observe calls f for every change from now on, in their order, until stop is called. f is called while the CIC
// is locked: it must be quick and must not call the CIC.
func (c *CIC) Observe(f func(Change)) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o := &observer{f}
	c.observers = append(c.observers, o)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.observers = remove(c.observers, o)
	}
}

func (c *CIC) observe(kind ChangeKind, u *user, i *interaction, gone bool, at time.Time) {
	c.seq++
	if len(c.observers) == 0 {
		return
	}
	change := Change{Seq: c.seq, Kind: kind, At: at, Gone: gone}
	if u != nil {
		change.Agent = u.view()
	}
	if i != nil {
		change.Interaction = i.Interaction
	}
	for _, o := range c.observers {
		o.f(change)
	}
}

// Agents returns all users as they are now, sorted by id.
func (c *CIC) Agents() []AgentView {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]AgentView, 0, len(c.users))
	for _, u := range c.sortedUsers() {
		list = append(list, u.view())
	}
	return list
}

// Agent returns one user as it is now.
func (c *CIC) Agent(id wfm.AgentID) (AgentView, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return AgentView{}, err
	}
	return u.view(), nil
}

// Workgroups returns the names of all workgroups, sorted.
func (c *CIC) Workgroups() []wfm.Workgroup {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]wfm.Workgroup, 0, len(c.workgroups))
	for _, w := range c.sortedWorkgroups() {
		list = append(list, w.name)
	}
	return list
}

func (c *CIC) sortedUsers() []*user {
	list := make([]*user, 0, len(c.users))
	for _, u := range c.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b *user) int { return strings.Compare(a.key, b.key) })
	return list
}

func (c *CIC) sortedWorkgroups() []*workgroup {
	list := make([]*workgroup, 0, len(c.workgroups))
	for _, w := range c.workgroups {
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *workgroup) int { return strings.Compare(a.key, b.key) })
	return list
}
