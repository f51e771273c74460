package icwsserver

import (
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

func (u *user) activations() map[string]bool {
	m := make(map[string]bool)
	for w, active := range u.active {
		m[string(w.name)] = active
	}
	return m
}

func (w *workgroup) activations() map[string]bool {
	m := make(map[string]bool)
	for _, u := range w.members {
		if active, has := u.active[w]; has {
			m[string(u.ID)] = active
		}
	}
	return m
}

func getUserActivations(q *request) (reply, *fault) {
	ids := q.list("select")
	if len(ids) == 0 {
		return reply{}, missing("select")
	}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []userActivations{}
	for _, id := range ids {
		if u, err := c.user(wfm.AgentID(id)); err == nil {
			list = append(list, userActivations{string(u.ID), u.activations()})
		}
	}
	return ok(struct {
		List []userActivations `json:"userActivationSetList"`
	}{list})
}

func getWorkgroupActivations(q *request) (reply, *fault) {
	names := q.list("select")
	if len(names) == 0 {
		return reply{}, missing("select")
	}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	list := []workgroupActivations{}
	for _, name := range names {
		if w, err := c.workgroup(wfm.Workgroup(name)); err == nil {
			list = append(list, workgroupActivations{string(w.name), w.activations()})
		}
	}
	return ok(struct {
		List []workgroupActivations `json:"workgroupActivationSetList"`
	}{list})
}

func getUserActivation(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(wfm.AgentID(q.param(0)))
	if err != nil {
		return reply{}, notFound("The user was not found.")
	}
	return ok(userActivations{string(u.ID), u.activations()})
}

func getWorkgroupActivation(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	w, err := c.workgroup(wfm.Workgroup(q.param(0)))
	if err != nil {
		return reply{}, notFound("The workgroup was not found.")
	}
	return ok(workgroupActivations{string(w.name), w.activations()})
}

func (q *request) activations() (map[string]bool, *fault) {
	var in struct {
		Activations map[string]bool `json:"activations"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	if in.Activations == nil {
		return nil, missing("activations")
	}
	return in.Activations, nil
}

func putUserActivation(q *request) (reply, *fault) {
	wanted, f := q.activations()
	if f != nil {
		return reply{}, f
	}
	for name, active := range wanted {
		if q.cic().SetActivated(wfm.AgentID(q.param(0)), wfm.Workgroup(name), active) != nil {
			return reply{}, invalid("activations")
		}
	}
	return getUserActivation(q)
}

func putWorkgroupActivation(q *request) (reply, *fault) {
	wanted, f := q.activations()
	if f != nil {
		return reply{}, f
	}
	for id, active := range wanted {
		if q.cic().SetActivated(wfm.AgentID(id), wfm.Workgroup(q.param(0)), active) != nil {
			return reply{}, invalid("activations")
		}
	}
	return getWorkgroupActivation(q)
}

// activationSubscription watches one user in some workgroups, or one workgroup with some users.
type activationSubscription struct {
	session *session
	id      string // chosen by the client
	user    *user  // the watched user, or
	group   *workgroup
	all     bool
	others  map[string]bool // folded names of what is watched at the other side
}

func subscribeUserActivations(q *request) (subscription, *fault) {
	var in struct {
		User       *string  `json:"userId"`
		Workgroups []string `json:"workgroupIds"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	switch {
	case in.User == nil:
		return nil, missing("userId")
	case in.Workgroups == nil:
		return nil, missing("workgroupIds")
	}
	c := q.cic()
	u, err := c.user(wfm.AgentID(*in.User))
	if err != nil {
		return nil, invalid("userId")
	}
	return c.watchActivations(&activationSubscription{session: q.session, id: q.param(0), user: u}, in.Workgroups), nil
}

func subscribeWorkgroupActivations(q *request) (subscription, *fault) {
	var in struct {
		Workgroup *string  `json:"workgroupId"`
		Users     []string `json:"userIds"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	switch {
	case in.Workgroup == nil:
		return nil, missing("workgroupId")
	case in.Users == nil:
		return nil, missing("userIds")
	}
	c := q.cic()
	w, err := c.workgroup(wfm.Workgroup(*in.Workgroup))
	if err != nil {
		return nil, invalid("workgroupId")
	}
	return c.watchActivations(&activationSubscription{session: q.session, id: q.param(0), group: w}, in.Users), nil
}

func (c *CIC) watchActivations(s *activationSubscription, names []string) subscription {
	s.all = slices.Contains(names, "*")
	s.others = make(map[string]bool, len(names))
	for _, name := range names {
		s.others[strings.ToLower(name)] = true
	}
	c.attach(s)
	return s
}

func (s *activationSubscription) detach() { s.session.server.cic.detach(s) }

func (s *activationSubscription) wants(key string) bool { return s.all || s.others[key] }

func (s *activationSubscription) full() {
	m := make(map[string]bool)
	if s.user != nil {
		for w, active := range s.user.active {
			if s.wants(w.key) {
				m[string(w.name)] = active
			}
		}
	} else {
		for _, u := range s.group.members {
			if active, has := u.active[s.group]; has && s.wants(u.key) {
				m[string(u.ID)] = active
			}
		}
	}
	s.send(m, false, "")
}

func (s *activationSubscription) changed(u *user, w *workgroup, active bool) {
	subject := "activation:" + u.key + "\n" + w.key
	switch {
	case s.user == u && s.wants(w.key):
		s.send(map[string]bool{string(w.name): active}, true, subject)
	case s.group == w && s.wants(u.key):
		s.send(map[string]bool{string(u.ID): active}, true, subject)
	}
}

func (s *activationSubscription) send(changed map[string]bool, delta bool, subject string) {
	m := activationMessage{IsDelta: delta, SubscriptionID: s.id, Changed: changed}
	if s.user != nil {
		m.Type, m.User = typePrefix+"activations:userActivationMessage", string(s.user.ID)
	} else {
		m.Type, m.Workgroup = typePrefix+"activations:workgroupActivationMessage", string(s.group.name)
	}
	s.session.push(message{json: marshal(m), subject: subject})
}
