package icws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// queueWatch is one subscription to the user queues of some agents, usually of one.
type queueWatch struct {
	id     string // of the subscription; messages with another id are not ours
	next   string // of the one that replaces it, while its first contents are awaited
	old    string // of the one that it replaced, to be ended
	agents []*agent
	items  []item

	known   bool // first contents have come
	givenUp bool // they did not come in time, or the server refuses: agents are told without
	since   time.Time
	dirty   bool // messages came in an order that cannot be: it is to be replaced
	renewed time.Time
	failed  int // requests in a row that failed
}

// item is one interaction in a queue.
type item struct {
	id        string
	owner     *agent
	letter    string // Eic_State
	workgroup wfm.Workgroup
	named     bool // Eic_WorkgroupName was told
	since     time.Time
	changed   time.Time // wall time of the last change of the letter, not of the first
}

var queueAttributes = []string{"Eic_State", "Eic_WorkgroupName", "Eic_AssignedWorkgroup", "Eic_UserName", "Eic_ConnectTime", "Eic_InitiationTime"}

const (
	userQueue      = 1 // queueType
	maxItems       = 1000
	renewalsATick  = 25
	renewalSpacing = 2 * time.Second
)

// interactionState gives the letters of Eic_State their meaning. I and E are ended.
func interactionState(letter string) (s rta.InteractionState, live bool) {
	switch letter {
	case "A", "O":
		return rta.InteractionAlerting, true
	case "C":
		return rta.InteractionTalk, true
	case "H", "X":
		return rta.InteractionHeld, true
	case "R", "S":
		return rta.InteractionDialling, true
	case "I", "E":
		return rta.OtherInteraction, false
	}
	return rta.OtherInteraction, true
}

// known letters are not allocated anew for each message.
func letterOf(b []byte) string {
	const letters = "AOCHXRSIEMP"
	if len(b) == 1 {
		for i := range letters {
			if letters[i] == b[0] {
				return letters[i : i+1]
			}
		}
	}
	return string(b)
}

// watchQueues subscribes to the queues of agents who have no watch, a few at a time. Only an error
// that ends the session is returned.
func (m *monitor) watchQueues(ctx context.Context, list []*agent) error {
	size := m.c.opt.QueuesPerSubscription
	var made []*queueWatch
	m.mu.Lock()
	for part := range slices.Chunk(list, size) {
		w := &queueWatch{id: m.nextWatchID(), agents: slices.Clone(part), since: time.Now()}
		m.watches[w.id] = w
		for _, a := range part {
			a.queue = w
		}
		m.awaited++
		made = append(made, w)
	}
	m.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	todo := make(chan *queueWatch)
	var workers sync.WaitGroup
	for range 4 {
		workers.Go(func() {
			for w := range todo {
				if err := m.startWatch(ctx, w); err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, w := range made {
		if ctx.Err() != nil {
			break
		}
		todo <- w
	}
	close(todo)
	workers.Wait()
	return context.Cause(ctx)
}

func (m *monitor) startWatch(ctx context.Context, w *queueWatch) error {
	err := m.putWatch(ctx, w, w.id)
	m.mu.Lock()
	defer m.mu.Unlock()
	w.since = time.Now()
	switch {
	case err == nil:
		return nil
	case fatal(ctx, err):
		return err
	}
	// What is not refused for good is tried again, as a watch in doubt is.
	w.failed++
	w.dirty, w.renewed = !refusedWith(err, http.StatusNotFound, http.StatusForbidden), time.Now()
	return errors.Join(m.giveUp(w), m.remark("the queue contents of some agents cannot be watched, so that only onPhone tells what they handle: "+reason(err)))
}

func (m *monitor) nextWatchID() string {
	m.watchCount++
	return "wfm-" + strconv.Itoa(m.watchCount)
}

func (m *monitor) putWatch(ctx context.Context, w *queueWatch, id string) error {
	type queueID struct {
		Type int    `json:"queueType"`
		Name string `json:"queueName"`
	}
	m.mu.Lock()
	ids := make([]queueID, len(w.agents))
	for i, a := range w.agents {
		ids[i] = queueID{userQueue, string(a.facts.Agent)}
	}
	m.mu.Unlock()
	return m.s.put(ctx, watchResource(id), map[string]any{"queueIds": ids, "attributeNames": queueAttributes})
}

func watchResource(id string) string { return "messaging/subscriptions/queues/" + url.PathEscape(id) }

// giveUp lets the agents of a watch be told without contents.
func (m *monitor) giveUp(w *queueWatch) error {
	if w.known || w.givenUp {
		return nil
	}
	w.givenUp = true
	m.awaited--
	for _, a := range w.agents {
		a.queue = w
		if err := m.tell(a); err != nil {
			return err
		}
	}
	return nil
}

// unwatch ends the watch of an agent who left. The others of its subscription get a new one.
func (m *monitor) unwatch(a *agent) (ended []string) {
	w := a.queue
	if w == nil {
		return nil
	}
	a.queue = nil
	if i := slices.Index(w.agents, a); i >= 0 {
		w.agents = slices.Delete(w.agents, i, i+1)
	}
	if len(w.agents) > 0 {
		w.dirty = true
		return nil
	}
	if !w.known && !w.givenUp {
		m.awaited--
	}
	for _, id := range []string{w.id, w.next, w.old} {
		if id != "" {
			delete(m.watches, id)
			ended = append(ended, id)
		}
	}
	return ended
}

// renewWatches replaces watches whose contents are in doubt, and ends those that were replaced. The
// old one counts until the new one has told its first contents, so that nothing is missed between them.
func (m *monitor) renewWatches(ctx context.Context) error {
	type job struct {
		w       *queueWatch
		put, of string
	}
	var jobs []job
	m.mu.Lock()
	for id, w := range m.watches {
		if len(jobs) >= renewalsATick || id != w.id {
			continue
		}
		switch {
		case w.old != "":
			jobs = append(jobs, job{w: w, of: w.old})
			w.old = ""
		case w.next != "" && time.Since(w.renewed) > m.c.opt.SyncTimeout:
			jobs = append(jobs, job{w: w, of: w.next})
			delete(m.watches, w.next)
			w.next, w.dirty = "", true
		case w.dirty && w.next == "" && time.Since(w.renewed) > renewalSpacing<<min(w.failed, 5):
			w.dirty, w.next, w.renewed = false, m.nextWatchID(), time.Now()
			m.watches[w.next] = w
			jobs = append(jobs, job{w: w, put: w.next})
		}
	}
	m.mu.Unlock()
	for _, j := range jobs {
		var err error
		if j.put != "" {
			if err = m.putWatch(ctx, j.w, j.put); err != nil {
				m.mu.Lock()
				j.w.failed++
				if j.w.next == j.put {
					delete(m.watches, j.put)
					j.w.next, j.w.dirty = "", !refusedWith(err, http.StatusNotFound, http.StatusForbidden)
				}
				m.mu.Unlock()
			}
		} else {
			err = m.s.remove(ctx, watchResource(j.of))
		}
		if err != nil && fatal(ctx, err) {
			return err
		}
	}
	return nil
}

// applyQueue takes a queueContentsMessage.
func (m *monitor) applyQueue(msg *message) error {
	w := m.watches[string(msg.SubscriptionID.bytes())]
	if w == nil {
		return nil
	}
	fresh := w.next != "" && string(msg.SubscriptionID.bytes()) == w.next
	full := msg.full()
	if !full && (fresh || !w.known) {
		w.dirty = true // before the first contents there is nothing that it could change
		return nil
	}
	var touched touched
	if full {
		w.failed = 0
		old := w.items
		w.items = nil
		for _, list := range [][]queued{msg.InteractionsAdded, msg.InteractionsChanged} {
			for i := range list {
				m.putItem(w, &list[i], old, &touched)
			}
		}
		for i := range old {
			if w.item(old[i].id) < 0 {
				touched.add(old[i].owner)
			}
		}
		if fresh {
			delete(m.watches, w.id)
			w.id, w.next, w.old = w.next, "", w.id
		}
		if !w.known {
			if !w.givenUp {
				m.awaited--
			}
			w.known = true
			for _, a := range w.agents {
				touched.add(a)
			}
		}
	} else {
		for i := range msg.InteractionsAdded {
			m.putItem(w, &msg.InteractionsAdded[i], nil, &touched)
		}
		for i := range msg.InteractionsChanged {
			q := &msg.InteractionsChanged[i]
			if w.item(string(q.ID.bytes())) < 0 {
				w.dirty = true // overtook the message that adds it, or came after the one that removes it
				continue
			}
			m.putItem(w, q, nil, &touched)
		}
		for i := range msg.InteractionsRemoved {
			at := w.item(string(msg.InteractionsRemoved[i].bytes()))
			if at < 0 {
				w.dirty = true
				continue
			}
			touched.add(w.items[at].owner)
			w.items = append(w.items[:at], w.items[at+1:]...)
		}
	}
	if len(w.items) > maxItems*len(w.agents) {
		return badData(m.s.at.name, "queue contents", fmt.Errorf("more than %d interactions per agent", maxItems))
	}
	for _, a := range touched.list() {
		if a != nil && a.queue == w {
			w.collect(a)
			if err := m.tell(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// touched are the agents that a message is about, without allocation for one or two.
type touched struct {
	first [2]*agent
	n     int
	more  []*agent
}

func (t *touched) add(a *agent) {
	if a == nil {
		return
	}
	for _, b := range t.list() {
		if a == b {
			return
		}
	}
	if t.n < len(t.first) {
		t.first[t.n] = a
		t.n++
	} else {
		if t.more == nil {
			t.more = append(t.more, t.first[:]...)
		}
		t.more = append(t.more, a)
	}
}

func (t *touched) list() []*agent {
	if t.more != nil {
		return t.more
	}
	return t.first[:t.n]
}

func (w *queueWatch) item(id string) int {
	for i := range w.items {
		if w.items[i].id == id {
			return i
		}
	}
	return -1
}

// collect makes the facts of what an agent handles.
func (w *queueWatch) collect(a *agent) {
	list := a.facts.Interactions[:0]
	if list == nil {
		list = make([]rta.Interaction, 0, 2)
	}
	for i := range w.items {
		it := &w.items[i]
		if state, live := interactionState(it.letter); live && it.owner == a {
			list = append(list, rta.Interaction{ID: it.id, State: state, Workgroup: it.workgroup, Since: it.since})
		}
	}
	a.facts.Interactions = list
}
