package icws

import (
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// putItem takes what is told of one interaction: attributes that are left out are unchanged. old are
// the items before a full update, whose times of change stay.
func (m *monitor) putItem(w *queueWatch, q *queued, old []item, t *touched) {
	at := w.item(string(q.ID.bytes()))
	isNew := at < 0
	if isNew {
		if len(q.ID.bytes()) == 0 {
			return
		}
		w.items = append(w.items, item{id: q.ID.String(), since: m.s.serverNow()})
		at = len(w.items) - 1
	}
	it := &w.items[at]
	before := *it
	if state := &q.Attributes.State; state.set && (isNew || it.letter != string(state.bytes())) {
		it.letter = letterOf(state.bytes())
		it.since = m.beganAt(before.letter, it.letter, q)
		if !isNew {
			// Two changes within a second could be in the wrong order.
			if now := time.Now(); now.Sub(it.changed) < time.Second {
				w.dirty = true
			}
			it.changed = time.Now()
		}
	}
	if name := &q.Attributes.Workgroup; name.set {
		it.workgroup, it.named = m.workgroup(name.bytes()), true
	} else if name := &q.Attributes.Assigned; name.set && !it.named {
		it.workgroup = m.workgroup(name.bytes())
	}
	if isNew {
		m.recall(it, old)
	}
	it.owner = m.ownerOf(w, it, q)
	if isNew && old != nil {
		for i := range old {
			if o := &old[i]; o.id == it.id && o.letter == it.letter && o.workgroup == it.workgroup && o.owner == it.owner {
				return // the full update repeats it
			}
		}
	}
	if isNew || before != *it {
		t.add(before.owner)
		t.add(it.owner)
	}
}

// recall takes the beginning of a state from before a full update or from the last session, where the state is the same.
func (m *monitor) recall(it *item, old []item) {
	for i := range old {
		if old[i].id == it.id && old[i].letter == it.letter {
			it.since, it.changed = old[i].since, old[i].changed
			return
		}
	}
	if past, ok := m.past.interactions[it.id]; ok && past.letter == it.letter {
		it.since = past.since
	}
}

// ownerOf is the agent in whose queue an interaction is. The message does not name the queue.
func (m *monitor) ownerOf(w *queueWatch, it *item, q *queued) *agent {
	if m.c.opt.QueuesPerSubscription == 1 {
		if len(w.agents) == 0 {
			return nil
		}
		return w.agents[0]
	}
	if q.Attributes.User.set {
		if a := m.find(q.Attributes.User.bytes()); a != nil && a.queue == w {
			return a
		}
		return nil
	}
	return it.owner
}

// beganAt is when the state of an interaction began: a talk with the connection, unless the connection is
// long known (a retrieve from hold) or not plausible, everything else now.
func (m *monitor) beganAt(before, letter string, q *queued) time.Time {
	now := m.s.serverNow()
	switch before {
	case "", "A", "O", "R", "S":
	default:
		return now
	}
	if letter != "C" || !q.Attributes.Connected.set {
		return now
	}
	t, zoned, ok := parseTime(q.Attributes.Connected.bytes())
	age := now.Sub(t)
	switch {
	case !ok || t.IsZero() || age < -5*time.Second || age > 24*time.Hour:
		return now
	case !zoned && age > 5*time.Second:
		return now // of a zone that we do not know
	}
	return t
}

// workgroup spells a workgroup as the query does, if it is one of it.
func (m *monitor) workgroup(name []byte) wfm.Workgroup {
	if len(name) == 0 {
		return ""
	}
	if g, ok := m.groups[string(name)]; ok {
		return g
	}
	g, ok := m.groups[fold(string(name))]
	if !ok {
		g = wfm.Workgroup(name)
	}
	if len(m.groups) < 10_000 {
		m.groups[string(name)] = g
	}
	return g
}
