package integration

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// memory is what is kept of a receiver between its connections: its view of the stream, which goes on noticing,
// and who left. A snapshot cannot say that somebody is no longer there, and a receiver that keeps its
// states would show the last one of such an agent for ever.
type memory struct {
	watch *rta.Watcher
	left  map[wfm.AgentID]departure
	lost  time.Time // when the connection ended; zero for a new receiver
}

// departure is the change with which an agent left.
type departure struct {
	change wfm.StatusChange
	at     time.Time
}

// doubt is how long before the loss of a connection what was sent may not have been read any more.
const doubt = 2 * time.Minute

// departuresKept bounds the memory of agents who left.
const departuresKept = 10_000

// recall returns what is kept of the receiver behind a link, or a new memory.
func (u *linkUser) recall(l delivery.Link) (*memory, error) {
	if name := destination(l); name != "" {
		u.mu.Lock()
		m := u.kept[name]
		delete(u.kept, name)
		u.mu.Unlock()
		if m != nil {
			return m, nil
		}
	}
	f := u.feed
	w, err := u.stream.Watch(rta.WatchOptions{Servers: f.servers, Workgroups: f.Workgroups, Level: f.Encoder.Traits().Level, Backlog: f.Backlog})
	return &memory{watch: w, left: map[wfm.AgentID]departure{}}, err
}

// keep takes a memory back when its connection has ended.
func (u *linkUser) keep(l delivery.Link, m *memory) {
	name := destination(l)
	u.mu.Lock()
	defer u.mu.Unlock()
	if name == "" || u.stop.Err() != nil || u.kept[name] != nil {
		m.watch.Close()
		return
	}
	m.lost = time.Now()
	u.kept[name] = m
}

// forget lets go of every memory.
func (u *linkUser) forget() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, m := range u.kept {
		m.watch.Close()
	}
	clear(u.kept)
}

func destination(l delivery.Link) string {
	if d, ok := l.(delivery.Destination); ok {
		return d.Destination()
	}
	return ""
}

// note remembers who left, and forgets who came back.
func (m *memory) note(changes []wfm.StatusChange, now time.Time) {
	for i := range changes {
		switch c := &changes[i]; c.Event() {
		case wfm.EventLeft:
			if len(m.left) >= departuresKept {
				clear(m.left)
			}
			m.left[c.Now.Agent] = departure{*c, now}
		case wfm.EventEntered:
			delete(m.left, c.Now.Agent)
		}
	}
}

// tellDepartures tells a receiver that is connected again who left while it was not, or so shortly
// before that it may not have read it.
func (c *connection) tellDepartures(ctx context.Context) error {
	if c.lost.IsZero() {
		return nil
	}
	var gone []wfm.StatusChange
	for agent, d := range c.left {
		if d.at.Before(c.lost.Add(-doubt)) {
			delete(c.left, agent)
			continue
		}
		gone = append(gone, d.change)
	}
	if len(gone) == 0 {
		return nil
	}
	slices.SortFunc(gone, func(a, b wfm.StatusChange) int { return strings.Compare(string(a.Now.Agent), string(b.Now.Agent)) })
	c.frames.Reset()
	c.feed.skipped(c.log, c.session.AppendChanges(&c.frames, c.watch.Now(), gone))
	c.receiver.changes.Add(int64(len(gone)))
	return c.send(ctx)
}
