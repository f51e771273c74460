package icwsserver

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

type statusChange uint8

const (
	statusAdded statusChange = iota
	statusChanged
	statusRemoved
)

func getStatusMessages(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	return ok(struct {
		List []statusMessage `json:"statusMessageList"`
	}{c.statusMessages()})
}

func (c *CIC) statusMessages() []statusMessage {
	list := make([]statusMessage, len(c.statusOrder))
	for i, s := range c.statusOrder {
		list[i] = s.message()
	}
	return list
}

// statusMessagesSubscription hears of definitions.
type statusMessagesSubscription struct{ session *session }

func subscribeStatusMessages(q *request) (subscription, *fault) {
	s := &statusMessagesSubscription{q.session}
	c := q.cic()
	c.attach(s)
	return s, nil
}

func (s *statusMessagesSubscription) detach() { s.session.server.cic.detach(s) }

func (s *statusMessagesSubscription) full() {
	s.send(statusMessagesMessage{Added: s.session.server.cic.statusMessages()}, "")
}

func (s *statusMessagesSubscription) send(m statusMessagesMessage, subject string) {
	m.Type = typePrefix + "status:statusMessagesMessage"
	s.session.push(message{json: marshal(m), subject: subject})
}

func (s *statusMessagesSubscription) changed(def *status, what statusChange) {
	m := statusMessagesMessage{IsDelta: true}
	switch what {
	case statusAdded:
		m.Added = []statusMessage{def.message()}
	case statusChanged:
		m.Changed = []statusMessage{def.message()}
	case statusRemoved:
		m.Removed = []string{string(def.Key)}
	}
	s.send(m, "definition:"+def.key)
}

func getUserStatus(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(wfm.AgentID(q.param(0)))
	if err != nil {
		return reply{}, notFound("The user was not found.")
	}
	return ok(raw(appendUserStatus(nil, u, allProperties, false)))
}

// raw is JSON that is ready.
type raw []byte

// MarshalJSON returns it.
func (r raw) MarshalJSON() ([]byte, error) { return r, nil }

// putUserStatus sets a status as a user would. Whether it worked comes as a message of its own.
func putUserStatus(q *request) (reply, *fault) {
	var in userStatusUpdate
	if f := q.decode(&in); f != nil {
		return reply{}, f
	}
	if f := in.check(); f != nil {
		return reply{}, f
	}
	request := token()
	result := asyncCompleted{Type: typePrefix + "messaging:asyncOperationCompletedMessage", RequestID: request}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	u, s, err := c.userAndStatus(wfm.AgentID(q.param(0)), wfm.StatusKey(*in.Status))
	if err != nil {
		result.Error = &errorBody{Type: typePrefix + "common:error", Message: "The user or the status was not found."}
	} else {
		now := c.now()
		c.setState(u, s, u.loggedIn, now)
		c.annotate(u, in, now)
	}
	q.session.push(message{json: marshal(result)})
	c.endDoomed()
	return reply{status: http.StatusAccepted, body: struct {
		RequestID string `json:"requestId"`
	}{request}}, nil
}

// annotate sets what may come with a status: notes, a number to forward to, and its expected end.
func (c *CIC) annotate(u *user, in userStatusUpdate, at time.Time) {
	var changed properties
	if in.Notes != u.notes {
		u.notes = in.Notes
		changed |= propNotes
	}
	if in.Forward != u.forward {
		u.forward = in.Forward
		changed |= propForward
	}
	if end := in.end(); end != nil || u.until != nil {
		u.until = end
		changed |= propUntil
	}
	c.userChanged(u, changed, at)
}

func getStatusAccess(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(wfm.AgentID(q.param(0)))
	if err != nil {
		return reply{}, notFound("The user was not found.")
	}
	ids := make([]string, len(c.statusOrder))
	for i, s := range c.statusOrder {
		ids[i] = string(s.Key)
	}
	return ok(struct {
		User     string   `json:"userId"`
		Statuses []string `json:"statusMessages"`
	}{string(u.ID), ids})
}

// statusSubscription is a session's subscription to the statuses of users. There is one per session.
type statusSubscription struct {
	session *session
	props   properties
	users   map[*user]bool
}

func subscribeUserStatuses(q *request) (subscription, *fault) {
	var in struct {
		Users []string `json:"userIds"`
		Props []string `json:"userStatusProperties"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	switch {
	case in.Users == nil:
		return nil, missing("userIds")
	case len(in.Users) == 0:
		return nil, invalid("userIds")
	}
	s := &statusSubscription{session: q.session, props: required, users: make(map[*user]bool, len(in.Users))}
	for _, name := range in.Props {
		s.props |= property(name) // names that no document has are ignored
	}
	if in.Props == nil {
		s.props = allProperties
	}
	c := q.cic()
	for _, id := range in.Users {
		u, err := c.user(wfm.AgentID(id))
		switch {
		case err == nil:
			s.users[u] = true
		case q.options().RejectUnknownUsers:
			return nil, notFound("A user was not found.")
		}
	}
	if old, there := q.session.subs[q.path()].(*statusSubscription); there && q.options().AddUsers {
		for u := range old.users {
			s.users[u] = true
		}
	}
	for u := range s.users {
		u.watchers = append(slices.Clip(u.watchers), s)
	}
	return s, nil
}

func (s *statusSubscription) detach() {
	for u := range s.users {
		u.watchers = remove(u.watchers, s)
	}
}

const (
	fullStatuses  = `{"__type":"urn:inin.com:status:userStatusMessage","isDelta":false,"userStatusList":[`
	deltaStatuses = `{"__type":"urn:inin.com:status:userStatusMessage","isDelta":true,"userStatusList":[`
)

func (s *statusSubscription) full() {
	list := make([]*user, 0, len(s.users))
	for u := range s.users {
		list = append(list, u)
	}
	slices.SortFunc(list, func(a, b *user) int { return strings.Compare(a.key, b.key) })
	b := []byte(fullStatuses)
	for i, u := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendUserStatus(b, u, s.props, false)
	}
	s.session.push(message{json: append(b, "]}"...)})
}

// publishStatus tells the watchers of a user what changed.
func (c *CIC) publishStatus(u *user, changed properties) { c.deliverStatus(u, changed, false) }

// deliverStatus builds a message once for all watchers with the same properties. What a pair collects until the end of the
// second goes out only when that is over.
func (c *CIC) deliverStatus(u *user, changed properties, collected bool) {
	var built [4]struct {
		props properties
		json  []byte
	}
	var collects *Pair
	n := 0
	subject := ""
	for _, w := range u.watchers {
		if p := w.session.server.pair; p.opt.PerSecond && !collected {
			if p != collects {
				p.coalesce(u, changed)
				collects = p
			}
			continue
		} else if !p.opt.PerSecond && collected {
			continue
		}
		props := changed & w.props
		if props == 0 {
			continue
		}
		var b []byte
		for i := range n {
			if built[i].props == props {
				b = built[i].json
			}
		}
		if b == nil {
			b = append(make([]byte, 0, 256), deltaStatuses...)
			b = append(appendUserStatus(b, u, props, true), "]}"...)
			if n < len(built) {
				built[n].props, built[n].json = props, b
				n++
			}
		}
		if subject == "" {
			subject = u.subject
		}
		w.session.push(message{json: b, subject: subject})
	}
}
