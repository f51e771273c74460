package icws

import (
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// agent is what a session knows of one agent.
type agent struct {
	facts rta.Facts
	// told says that status, time and log-in are known. Until then nothing is said of the agent.
	told    bool
	emitted bool
	left    bool // no member any more
	held    bool // a delta came before the agent was told
	version int  // counts messages about the agent, so that a late answer is seen to be late
	gen     int  // of the last full update that held the agent

	asking bool // is in monitor.asks
	tries  int

	queue *queueWatch // nil while nothing watches the agent's queue
}

// memory is what outlives a session: times that the server does not tell again.
type memory struct {
	logins       map[wfm.AgentID]login
	interactions map[string]pastInteraction
}

type login struct {
	on     bool
	status wfm.StatusKey
	since  time.Time // of the status
	login  time.Time
}

type pastInteraction struct {
	letter string
	since  time.Time
}

func fold(s string) string { return strings.ToLower(s) }

// find returns the agent of a user id; nil if it is none of ours. Messages spell ids as the
// configuration does; other spellings are found more slowly.
func (m *monitor) find(id []byte) *agent {
	if a := m.agents[string(id)]; a != nil {
		return a
	}
	return m.folded[fold(string(id))]
}

// addAgent makes a new agent. Its spelling stays for the session.
func (m *monitor) addAgent(id string, groups []wfm.Workgroup) *agent {
	a := &agent{facts: rta.Facts{Agent: wfm.AgentID(id), Workgroups: groups}}
	m.agents[id], m.folded[fold(id)] = a, a
	return a
}

// dropAgent forgets an agent who left, and says so.
func (m *monitor) dropAgent(a *agent) error {
	a.left = true
	delete(m.agents, string(a.facts.Agent))
	delete(m.folded, fold(string(a.facts.Agent)))
	if !a.emitted {
		return nil
	}
	m.out = rta.Facts{Agent: a.facts.Agent}
	return m.emit(rta.Event{Kind: rta.AgentGone, Facts: &m.out})
}

// tell emits an agent, unless something about it is still unknown.
func (m *monitor) tell(a *agent) error {
	if !a.told || a.left || m.queues && (a.queue == nil || !a.queue.known && !a.queue.givenUp) {
		return nil
	}
	a.emitted = true
	m.out = a.facts
	return m.emit(rta.Event{Kind: rta.Agent, Facts: &m.out})
}

// remark tells the administrator something, each text once in a session.
func (m *monitor) remark(text string) error {
	if m.remarked[text] || len(m.remarked) > 1000 {
		return nil
	}
	m.remarked[text] = true
	return m.emit(rta.Event{Kind: rta.Remark, Text: wfm.OneLine(text)})
}

// keep takes over what the next session cannot learn from the server.
func (m *monitor) keep() memory {
	k := memory{logins: map[wfm.AgentID]login{}, interactions: map[string]pastInteraction{}}
	for _, a := range m.agents {
		if f := &a.facts; a.told && !f.LoginSince.IsZero() {
			k.logins[f.Agent] = login{f.LoggedIn, f.Status.Key, f.StatusSince, f.LoginSince}
		}
	}
	for _, w := range m.watches {
		for i := range w.items {
			k.interactions[w.items[i].id] = pastInteraction{w.items[i].letter, w.items[i].since}
		}
	}
	return k
}
