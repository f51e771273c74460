package icwsserver

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// AddUser adds a user without workgroups.
func (c *CIC) AddUser(cfg User) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := fold(cfg.ID)
	switch {
	case key == "":
		return wfm.Problem{Field: "user", Reason: "has no id", Remedy: "give every user an id"}
	case c.users[key] != nil:
		return wfm.Problem{Field: "user", Value: string(cfg.ID), Reason: "exists already", Remedy: "ids differ in more than letter case"}
	}
	s := c.statusOrder[0]
	if cfg.Status != "" {
		var err error
		if s, err = c.status(cfg.Status); err != nil {
			return err
		}
	}
	cfg.Name, cfg.Station = cmp.Or(cfg.Name, string(cfg.ID)), cmp.Or(cfg.Station, cfg.Extension)
	u := &user{User: cfg, key: key, quoted: quote(string(cfg.ID)), subject: "status:" + key, loggedIn: cfg.LoggedIn, status: s, statusChanged: c.at(cfg.StatusChanged),
		onPhoneChanged: c.started, modified: c.now(), active: make(map[*workgroup]bool)}
	c.users[key] = u
	c.configured(kindUsers, u.key, feedAdded)
	c.endDoomed()
	return nil
}

// RemoveUser deletes a user. Its interactions end and its workgroups lose it; a subscription to its status falls silent.
func (c *CIC) RemoveUser(id wfm.AgentID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return err
	}
	now := c.now()
	for _, i := range u.interactions {
		c.endInteraction(i, now)
	}
	for _, w := range u.groups {
		c.setMember(w, u, false, now)
	}
	for _, w := range u.watchers {
		delete(w.users, u)
	}
	u.watchers = nil // nor does what the present second still holds back go out
	delete(c.users, u.key)
	c.configured(kindUsers, string(u.ID), feedRemoved)
	c.endDoomed()
	return nil
}

// SetExtension gives a user another extension.
func (c *CIC) SetExtension(id wfm.AgentID, extension string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil || u.Extension == extension {
		return err
	}
	u.Extension, u.modified = extension, c.now()
	c.configured(kindUsers, u.key, "extension")
	c.observe(ChangedMember, u, nil, false, u.modified)
	c.endDoomed()
	return nil
}

// AddWorkgroup adds a workgroup with its members.
func (c *CIC) AddWorkgroup(cfg Workgroup) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := fold(cfg.Name)
	switch {
	case key == "":
		return wfm.Problem{Field: "workgroup", Reason: "has no name", Remedy: "give every workgroup a name"}
	case c.workgroups[key] != nil:
		return wfm.Problem{Field: "workgroup", Value: string(cfg.Name), Reason: "exists already", Remedy: "names differ in more than letter case"}
	}
	members := make([]*user, len(cfg.Members))
	for i, id := range cfg.Members {
		u, err := c.user(id)
		if err != nil {
			return err
		}
		members[i] = u
	}
	w := &workgroup{name: cfg.Name, key: key, queue: cfg.Queue}
	c.workgroups[key] = w
	c.configured(kindWorkgroups, key, feedAdded)
	now := c.now()
	for _, u := range members {
		c.setMember(w, u, true, now)
	}
	c.endDoomed()
	return nil
}

// RemoveWorkgroup deletes a workgroup, its members staying users.
func (c *CIC) RemoveWorkgroup(name wfm.Workgroup) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, err := c.workgroup(name)
	if err != nil {
		return err
	}
	now := c.now()
	for _, u := range slices.Clone(w.members) {
		c.setMember(w, u, false, now)
	}
	delete(c.workgroups, w.key)
	c.configured(kindWorkgroups, string(w.name), feedRemoved)
	c.endDoomed()
	return nil
}

// AddMember makes a user a member of a workgroup, activated if it has a queue.
func (c *CIC) AddMember(name wfm.Workgroup, id wfm.AgentID) error { return c.member(name, id, true) }

// RemoveMember ends a membership.
func (c *CIC) RemoveMember(name wfm.Workgroup, id wfm.AgentID) error {
	return c.member(name, id, false)
}

func (c *CIC) member(name wfm.Workgroup, id wfm.AgentID, in bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	w, err := c.workgroup(name)
	if err != nil {
		return err
	}
	u, err := c.user(id)
	if err != nil {
		return err
	}
	c.setMember(w, u, in, c.now())
	c.endDoomed()
	return nil
}

func (c *CIC) setMember(w *workgroup, u *user, in bool, at time.Time) {
	if slices.Contains(u.groups, w) == in {
		return
	}
	if in {
		i, _ := slices.BinarySearchFunc(w.members, u.key, func(m *user, key string) int { return strings.Compare(m.key, key) })
		w.members = slices.Insert(w.members, i, u)
		u.groups = append(slices.Clip(u.groups), w)
		slices.SortFunc(u.groups, func(a, b *workgroup) int { return strings.Compare(string(a.name), string(b.name)) })
	} else {
		w.members = remove(w.members, u)
		u.groups = remove(u.groups, w)
		delete(u.active, w)
	}
	u.names = make([]wfm.Workgroup, len(u.groups))
	for i, g := range u.groups {
		u.names[i] = g.name
	}
	u.modified = at
	c.configured(kindWorkgroups, w.key, "members")
	c.configured(kindUsers, u.key, "workgroups")
	c.observe(ChangedMember, u, nil, false, at)
	if in && w.queue {
		c.setActivation(u, w, true)
	}
}

// SetActivated activates a member in the queue of a workgroup, or deactivates it.
func (c *CIC) SetActivated(id wfm.AgentID, name wfm.Workgroup, active bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return err
	}
	w, err := c.workgroup(name)
	if err != nil {
		return err
	}
	if !slices.Contains(u.groups, w) {
		return wfm.Problem{Field: "workgroup", Value: string(name), Reason: "does not have the user as a member", Remedy: "add the member first"}
	}
	c.setActivation(u, w, active)
	c.endDoomed()
	return nil
}

func (c *CIC) setActivation(u *user, w *workgroup, active bool) {
	if old, known := u.active[w]; known && old == active {
		return
	}
	u.active[w] = active
	for _, l := range c.general {
		if s, ok := l.(*activationSubscription); ok {
			s.changed(u, w, active)
		}
	}
}

// DefineStatus adds a status message, or changes the attributes of one.
func (c *CIC) DefineStatus(def wfm.StatusDefinition) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := fold(def.Key)
	if key == "" {
		return wfm.Problem{Field: "status", Reason: "has no key", Remedy: "give every status a key"}
	}
	s, what := c.statuses[key], statusChanged
	if s == nil {
		s, what = &status{key: key, quoted: quote(string(def.Key))}, statusAdded
		c.statuses[key] = s
		c.statusOrder = append(c.statusOrder, s)
	} else {
		def.Key = s.Key // the spelling stays
	}
	s.StatusDefinition = def
	c.statusesChanged(s, what)
	return nil
}

// RemoveStatus deletes a status message. Users who are in it stay in it.
func (c *CIC) RemoveStatus(key wfm.StatusKey) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.status(key)
	if err != nil {
		return err
	}
	if len(c.statusOrder) == 1 {
		return wfm.Problem{Field: "status", Value: string(key), Reason: "is the only one", Remedy: "define another one first"}
	}
	delete(c.statuses, s.key)
	c.statusOrder = remove(c.statusOrder, s)
	c.statusesChanged(s, statusRemoved)
	return nil
}

func (c *CIC) statusesChanged(s *status, what statusChange) {
	for _, l := range c.general {
		if sub, ok := l.(*statusMessagesSubscription); ok {
			sub.changed(s, what)
		}
	}
	c.endDoomed()
}
