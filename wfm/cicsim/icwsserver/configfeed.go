package icwsserver

import (
	"slices"
	"strings"
)

// What configured is told beside the name of a changed property.
const (
	feedAdded   = "+"
	feedRemoved = "-"
)

// configSubscription is a change feed of users or workgroups.
type configSubscription struct {
	session *session
	id      string
	kind    string
	all     bool
	ids     map[string]bool // folded; where not all
	props   []string
	visible bool
}

func subscribeConfiguration(q *request, kind string) (subscription, *fault) {
	var in struct {
		IDs    []string `json:"configurationIds"`
		Props  []string `json:"properties"`
		Filter *string  `json:"rightsFilter"`
	}
	if f := q.decode(&in); f != nil {
		return nil, f
	}
	switch {
	case in.IDs == nil:
		return nil, missing("configurationIds")
	case in.Props == nil:
		return nil, missing("properties")
	case in.Filter == nil:
		return nil, missing("rightsFilter")
	}
	visible, f := q.visible(*in.Filter)
	if f != nil {
		return nil, f
	}
	s := &configSubscription{session: q.session, id: q.param(0), kind: kind, all: slices.Contains(in.IDs, "*"), ids: make(map[string]bool),
		props: in.Props, visible: visible}
	if s.all && slices.Contains(in.Props, "*") {
		return nil, invalid("properties")
	}
	for _, id := range in.IDs {
		if !s.all && q.cic().object(kind, id) == nil {
			return nil, notFound("An object was not found.")
		}
		s.ids[fold(id)] = true
	}
	q.cic().attach(s)
	return s, nil
}

func (s *configSubscription) detach() { s.session.server.cic.detach(s) }

func (s *configSubscription) wants(id string) bool { return s.visible && (s.all || s.ids[fold(id)]) }

type configMessage struct {
	Type           string   `json:"__type"`
	IsDelta        bool     `json:"isDelta"`
	SubscriptionID string   `json:"subscriptionId"`
	Added          []object `json:"added,omitempty"`
	Changed        []object `json:"changed,omitempty"`
	Removed        []string `json:"removed,omitempty"`
}

func (s *configSubscription) send(m configMessage, subject string) {
	m.Type, m.SubscriptionID = typePrefix+"configuration.people:"+s.kind+"Message", s.id
	s.session.push(message{json: marshal(m), subject: subject})
}

// full leaves out properties that are null.
func (s *configSubscription) full() {
	var m configMessage
	for _, o := range s.session.server.cic.objects(s.kind) {
		if s.wants(o.id().ID) {
			m.Added = append(m.Added, o.pick(s.props, true))
		}
	}
	s.send(m, "")
}

// configured tells the change feeds that an object was added, removed, or has another value of a property.
// id may be folded.
func (c *CIC) configured(kind, id, what string) {
	var o object
	for _, l := range c.general {
		s, is := l.(*configSubscription)
		if !is || s.kind != kind || !s.wants(id) {
			continue
		}
		subject := kind + ":" + fold(id)
		if what == feedRemoved {
			s.send(configMessage{IsDelta: true, Removed: []string{id}}, subject)
			continue
		}
		if o == nil {
			o = c.object(kind, id)
		}
		switch {
		case what == feedAdded:
			s.send(configMessage{IsDelta: true, Added: []object{o.pick(s.props, true)}}, subject)
		case slices.ContainsFunc(s.props, func(p string) bool { return p == "*" || strings.EqualFold(p, what) }):
			s.send(configMessage{IsDelta: true, Changed: []object{o.pick([]string{what}, false)}}, subject) // null clears
		}
	}
}
