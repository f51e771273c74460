package icws

import (
	"context"
	"net/http"
	"time"
)

// Where messages leave doubt about an agent, the server is asked for the agent's status. An answer may
// be ahead of messages that are still under way, and would swallow the changes that they tell. So it
// counts only if nothing more was told of the agent for a while.

const maxAsks = 25 // per tick

type askedFor struct {
	a       *agent
	version int
	status  userStatus
	ok      bool
	again   bool
}

// ask puts an agent on the list of those to be asked for.
func (m *monitor) ask(a *agent) {
	if !a.asking {
		a.asking = true
		m.asks = append(m.asks, a)
	}
}

// askNext first takes the answers of the last call, then asks for the next agents.
func (m *monitor) askNext(ctx context.Context) error {
	settle := 300 * time.Millisecond
	if !m.sse.Load() {
		settle = 2 * m.c.opt.PollEvery
	}
	if len(m.answers) > 0 && time.Since(m.answered) < settle {
		return nil
	}
	m.mu.Lock()
	for i := range m.answers {
		if err := m.takeAnswer(&m.answers[i]); err != nil {
			m.mu.Unlock()
			return err
		}
	}
	n := min(len(m.asks), maxAsks)
	m.answers = m.answers[:0]
	for _, a := range m.asks[:n] {
		a.asking = false
		if !a.left {
			m.answers = append(m.answers, askedFor{a: a, version: a.version})
		}
	}
	m.asks = append(m.asks[:0], m.asks[n:]...)
	m.mu.Unlock()
	for i := range m.answers {
		q := &m.answers[i]
		err := m.s.get(ctx, userResource(string(q.a.facts.Agent)), &q.status)
		switch {
		case err == nil:
			q.ok = true
		case fatal(ctx, err):
			return err
		default:
			q.again = !refusedWith(err, http.StatusForbidden, http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed)
		}
	}
	m.answered = time.Now()
	return nil
}

func (m *monitor) takeAnswer(q *askedFor) error {
	a := q.a
	switch {
	case a.left:
		return nil
	case q.ok && a.version == q.version && m.find(q.status.User.bytes()) == a && len(q.status.Status.bytes()) > 0:
		a.tries = 0
		return m.load(a, &q.status, true)
	case q.ok && a.version != q.version:
		m.ask(a) // more was told meanwhile
	case q.again && a.tries < 5:
		a.tries++
		m.ask(a)
	}
	return nil
}
