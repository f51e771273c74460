package icwsserver

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// queueType
const (
	queueSystem    = 0
	queueUser      = 1
	queueWorkgroup = 2
	queueStation   = 3
)

// queueSubscription watches the contents of some queues.
type queueSubscription struct {
	session *session
	id      string
	names   []string // attributes as the client spelled them
	keys    []string // folded
	users   map[*user]bool
	groups  map[*workgroup]bool
	faulty  bool
}

func subscribeQueues(q *request) (subscription, *fault) {
	var in struct {
		Queues []struct {
			Type *int    `json:"queueType"`
			Name *string `json:"queueName"`
		} `json:"queueIds"`
		Attributes []string `json:"attributeNames"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	switch {
	case in.Queues == nil:
		return nil, missing("queueIds")
	case in.Attributes == nil:
		return nil, missing("attributeNames")
	}
	s := &queueSubscription{session: q.session, id: q.param(0), names: in.Attributes, users: make(map[*user]bool), groups: make(map[*workgroup]bool)}
	for _, name := range in.Attributes {
		s.keys = append(s.keys, strings.ToLower(name))
	}
	c := q.cic()
	for _, queue := range in.Queues {
		switch {
		case queue.Type == nil:
			return nil, missing("queueType")
		case queue.Name == nil && *queue.Type != queueSystem:
			return nil, missing("queueName")
		case *queue.Type == queueSystem:
			s.add(c.users[fold(q.session.user)], nil, true)
		case *queue.Type == queueUser:
			s.add(c.users[fold(*queue.Name)], nil, false)
		case *queue.Type == queueWorkgroup:
			w := c.workgroups[fold(*queue.Name)]
			if w != nil && !w.queue {
				w = nil
			}
			s.add(nil, w, false)
		case *queue.Type == queueStation:
			s.add(c.atStation(*queue.Name), nil, false)
		default:
			return nil, invalid("queueType")
		}
	}
	for u := range s.users {
		u.queueWatchers = append(slices.Clip(u.queueWatchers), s)
	}
	for w := range s.groups {
		w.queueWatchers = append(slices.Clip(w.queueWatchers), s)
	}
	return s, nil
}

func (c *CIC) atStation(name string) *user {
	for _, u := range c.users {
		if strings.EqualFold(u.Station, name) {
			return u
		}
	}
	return nil
}

// add watches a queue; one that does not exist makes the subscription faulty, unless it need not exist.
func (s *queueSubscription) add(u *user, w *workgroup, optional bool) {
	switch {
	case u != nil:
		s.users[u] = true
	case w != nil:
		s.groups[w] = true
	case !optional:
		s.faulty = true
	}
}

func (s *queueSubscription) detach() {
	for u := range s.users {
		u.queueWatchers = remove(u.queueWatchers, s)
	}
	for w := range s.groups {
		w.queueWatchers = remove(w.queueWatchers, s)
	}
}

func (s *queueSubscription) shows(i *interaction) bool {
	return i != nil && (i.user != nil && s.users[i.user] || i.group != nil && i.group.queue && s.groups[i.group])
}

// full tells all contents. How CIC tells of a queue that does not exist is not documented: here
// by a queueSubscriptionStateMessage with state 3 (faulted) before the contents of the others.
func (s *queueSubscription) full() {
	if s.faulty {
		s.session.push(message{json: marshal(queueState{Type: typePrefix + "queues:queueSubscriptionStateMessage", SubscriptionID: s.id, State: 3,
			Error: &errorBody{Type: typePrefix + "common:error", Message: "A queue was not found."}})})
	}
	var list []*interaction
	for _, i := range s.session.server.cic.interactions {
		if s.shows(i) {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b *interaction) int { return strings.Compare(a.ID, b.ID) })
	b := s.begin(false)
	b = append(b, `,"interactionsAdded":[`...)
	for n, i := range list {
		if n > 0 {
			b = append(b, ',')
		}
		b = s.appendInteraction(b, nil, i)
	}
	s.session.push(message{json: append(b, "]}"...)})
}

func (s *queueSubscription) begin(delta bool) []byte {
	b := append(make([]byte, 0, 512), `{"__type":"urn:inin.com:queues:queueContentsMessage","isDelta":`...)
	b = appendBool(b, delta)
	b = append(b, `,"subscriptionId":`...)
	return appendString(b, s.id)
}

// appendInteraction writes the attributes that differ from old, or all of them.
func (s *queueSubscription) appendInteraction(b []byte, old, i *interaction) []byte {
	b = append(b, `{"interactionId":`...)
	b = appendString(b, i.ID)
	b = append(b, `,"attributes":{`...)
	first := true
	for n, key := range s.keys {
		value, known := i.attribute(key)
		if !known {
			continue // attributes that are not simulated are left out
		}
		if old != nil {
			if before, _ := old.attribute(key); before == value {
				continue
			}
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, s.names[n])
		b = append(b, ':')
		b = appendString(b, value)
	}
	return append(b, "}}"...)
}

// publishInteraction tells the watchers of all queues that an interaction is, or was, in.
func (c *CIC) publishInteraction(old, next *interaction) {
	var told []*queueSubscription
	tell := func(list []*queueSubscription) {
		for _, s := range list {
			if !slices.Contains(told, s) {
				told = append(told, s)
				s.changed(old, next)
			}
		}
	}
	for _, i := range []*interaction{old, next} {
		if i == nil {
			continue
		}
		if i.user != nil {
			tell(i.user.queueWatchers)
		}
		if i.group != nil {
			tell(i.group.queueWatchers)
		}
	}
}

func (s *queueSubscription) changed(old, next *interaction) {
	b := s.begin(true)
	id := ""
	switch was, is := s.shows(old), s.shows(next); {
	case was && is:
		b = append(b, `,"interactionsChanged":[`...)
		if b = s.appendInteraction(b, old, next); bytes.HasSuffix(b, []byte("{}}")) {
			return // nothing that was asked for
		}
		id = next.ID
	case is:
		b = append(b, `,"interactionsAdded":[`...)
		b = s.appendInteraction(b, nil, next)
		id = next.ID
	case was:
		b = append(b, `,"interactionsRemoved":[`...)
		b = appendString(b, old.ID)
		id = old.ID
	default:
		return
	}
	s.session.push(message{json: append(b, "]}"...), subject: subjectOf(old, next, id)})
}

// subjectOf is what a message about an interaction is about: the user in whose queue it is, or was.
func subjectOf(old, next *interaction, id string) string {
	for _, i := range []*interaction{next, old} {
		if i != nil && i.user != nil {
			return i.user.subject
		}
	}
	return "queue:" + id
}

// getInteraction reads attributes of one interaction.
func getInteraction(q *request) (reply, *fault) {
	names := q.list("select")
	if len(names) == 0 {
		return reply{}, missing("select")
	}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	i := c.interactions[q.param(0)]
	if i == nil {
		return reply{}, refuse(http.StatusNotFound, "", 0, "The interaction was not found.")
	}
	values := make(map[string]string)
	for _, name := range names {
		if v, known := i.attribute(strings.ToLower(name)); known {
			values[name] = v
		}
	}
	return ok(struct {
		Attributes map[string]string `json:"attributes"`
	}{values})
}
