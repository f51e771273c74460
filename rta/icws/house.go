package icws

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const (
	houseTick  = 250 * time.Millisecond
	memberRest = 250 * time.Millisecond // between two readings of the membership that the change feed asks for
)

// keepHouse does what the session needs beside reading messages, until it fails or ctx ends.
func (m *monitor) keepHouse(ctx context.Context) error {
	tick := time.NewTicker(houseTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-m.wake:
		case <-tick.C:
		}
		for _, job := range []func(context.Context) error{m.heed, m.beat, m.refresh, m.settleSync, m.askNext, m.resub, m.renewWatches} {
			if err := job(ctx); err != nil {
				return err
			}
		}
	}
}

// settleSync stops waiting for first contents, of everybody at the start and of agents who came later.
func (m *monitor) settleSync(context.Context) error {
	now := time.Now()
	return m.locked(func() error {
		if !m.synced {
			return m.trySync(now.After(m.due.sync))
		}
		if m.awaited == 0 {
			return nil
		}
		for _, w := range m.watches {
			if now.Sub(w.since) > m.c.opt.SyncTimeout {
				if err := m.giveUp(w); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// beat sends a heartbeat beside a stream, where the server knows them. Polling needs none.
func (m *monitor) beat(ctx context.Context) error {
	now := time.Now()
	if !m.beats || !m.sse.Load() || now.Before(m.due.heartbeat) {
		return nil
	}
	m.due.heartbeat = now.Add(m.c.opt.HeartbeatEvery)
	_, err := m.s.do(ctx, &request{method: http.MethodPost, resource: "messaging/heartbeat"})
	if refusedWith(err, http.StatusNotFound, http.StatusGone, http.StatusMethodNotAllowed) {
		m.beats = false
		return nil
	}
	if fatal(ctx, err) {
		return err
	}
	return nil
}

// refresh reads the membership when the change feed says so, and it and the status messages once in a while.
func (m *monitor) refresh(ctx context.Context) error {
	now := time.Now()
	m.mu.Lock()
	dirty := m.membersDirty && now.Sub(m.readAt) >= memberRest
	due := now.After(m.due.members)
	if dirty || due {
		m.membersDirty = false
	}
	m.mu.Unlock()
	if !dirty && !due {
		return nil
	}
	members, err := m.s.readMembers(ctx, m.q.Workgroups)
	m.readAt = time.Now()
	if err != nil {
		m.due.members = m.readAt.Add(min(m.c.opt.MembersEvery, 30*time.Second))
		return m.tolerate(ctx, err, "members cannot be read at present; the last ones stay")
	}
	if err := m.follow(ctx, members); err != nil {
		return err
	}
	if !due {
		return nil
	}
	m.due.members = m.readAt.Add(m.c.opt.MembersEvery)
	if err := m.readDefinitions(ctx); err != nil {
		return err
	}
	m.mu.Lock()
	all := make([]*agent, 0, len(m.agents))
	for _, a := range m.agents {
		all = append(all, a)
	}
	m.mu.Unlock()
	return m.takeExtensions(ctx, all)
}

// resub renews the subscription to user statuses after a failure, or when a full update left out many agents.
func (m *monitor) resub(ctx context.Context) error {
	m.mu.Lock()
	many := m.resubscribe && time.Since(m.resubs.last) > time.Minute
	if many {
		m.resubscribe = false
	}
	m.mu.Unlock()
	if many {
		m.resubs.needed, m.resubs.shrink = true, true
	}
	if !m.resubs.needed || !many && time.Since(m.resubs.last) < time.Second {
		return nil
	}
	return m.renewUsers(ctx)
}

// heed looks after a stream that says nothing. A half-open connection looks like a quiet night, so the session is
// probed over another connection; where the server is known to send keep-alives, silence then is the end. Where it
// does not, it is made to speak: a new subscription to the status messages is answered on the stream.
func (m *monitor) heed(ctx context.Context) error {
	limit := m.c.opt.SilenceTimeout
	silent := time.Since(time.Unix(0, m.raw.Load()))
	if !m.sse.Load() || !m.waits.Load() || silent < limit {
		m.doubt = time.Time{}
		return nil
	}
	lost := &wfm.Error{Op: "ICWS event stream", Kind: wfm.Unavailable, Retry: true,
		Err: errors.New(m.s.at.name + " has said nothing for " + silent.Round(time.Second).String())}
	if !m.doubt.IsZero() {
		if time.Since(m.doubt) < min(limit, m.c.opt.RequestTimeout) {
			return nil
		}
		return lost
	}
	if err := m.s.probe(ctx); err != nil {
		return err
	}
	if m.pings.Load() {
		return lost
	}
	m.doubt = time.Now()
	if err := m.s.remove(ctx, statusSubscription); err != nil && fatal(ctx, err) {
		return err
	}
	if err := m.s.put(ctx, statusSubscription, nil); err != nil {
		if fatal(ctx, err) {
			return err
		}
		return lost
	}
	return nil
}
