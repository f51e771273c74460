package icws

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

const maxLooks = 200 // users that are asked for one by one

// Inspect implements rta.Inspector: what a preflight check shows. It uses the session of Run, or a short one of its own.
func (c *Client) Inspect(ctx context.Context, q rta.Query) (rta.Inspection, error) {
	var i rta.Inspection
	err := c.withSession(ctx, func(s *session, m *monitor) error {
		i = rta.Inspection{Host: s.at.name, Version: s.version, Skew: s.skew, Members: map[wfm.Workgroup]int{}}
		list, err := s.definitions(ctx)
		if err != nil {
			return err
		}
		var d definitions
		d.set(list)
		i.Statuses = d.list()
		ms, err := s.readMembers(ctx, q.Workgroups)
		if err != nil {
			return err
		}
		for id, in := range ms.workgroups {
			i.Members[wfm.Workgroup(id)] = len(in)
		}
		i.Workgroups = ms.all
		slices.Sort(i.Workgroups)
		i.Agents = len(ms.agents)
		for _, g := range ms.missing {
			i.Remarks = append(i.Remarks, "workgroup "+wfm.Quote(string(g))+" does not exist at this server, or the account may not see it")
		}
		if q.Queues && s.features["queues"] < 1 {
			i.Remarks = append(i.Remarks, "the server has no queue subscriptions (feature queues)")
		}
		if s.features["messaging"] < 2 {
			i.Remarks = append(i.Remarks, "the server does not stream messages; they are polled every "+c.opt.PollEvery.String())
		}
		return s.countTold(ctx, ms, m, &i)
	})
	return i, err
}

// countTold counts the agents whose status is visible: in a session of our own by subscribing; in that of Run,
// whose messages must not be taken, by what it knows, and by asking for a few others.
func (s *session) countTold(ctx context.Context, ms *membership, m *monitor, i *rta.Inspection) error {
	if len(ms.agents) == 0 {
		return nil
	}
	if m == nil {
		told, err := s.lookOnce(ctx, ms)
		if err == nil {
			i.Told = told
		}
		if err == nil || !refusedWith(err, http.StatusNotFound) {
			return err
		}
	}
	looks := 0
	for _, f := range slices.Sorted(maps.Keys(ms.agents)) {
		if m != nil {
			m.mu.Lock()
			a := m.folded[f]
			told := a != nil && a.told
			m.mu.Unlock()
			if told {
				i.Told++
				continue
			}
		}
		if looks++; looks > maxLooks {
			i.Remarks = append(i.Remarks, fmt.Sprintf("the statuses of only %d agents were looked at one by one", maxLooks))
			return nil
		}
		var u userStatus
		err := s.get(ctx, userResource(ms.agents[f].id), &u)
		switch {
		case err == nil && u.LoggedIn.set:
			i.Told++
		case fatal(ctx, err):
			return err
		}
	}
	return nil
}

// lookOnce subscribes to all statuses and polls until the first full update.
func (s *session) lookOnce(ctx context.Context, ms *membership) (int, error) {
	ids := make([]string, 0, len(ms.agents))
	for _, f := range slices.Sorted(maps.Keys(ms.agents)) {
		ids = append(ids, ms.agents[f].id)
	}
	if err := s.putUsers(ctx, ids); err != nil {
		return 0, err
	}
	told := map[string]bool{}
	q := &request{method: http.MethodGet, resource: messagesResource}
	for start := time.Now(); time.Since(start) < s.opt.SyncTimeout; {
		a, err := s.do(ctx, q)
		if err != nil {
			return 0, err
		}
		var list []json.RawMessage
		if len(a.body) > 0 {
			if err := s.decode(q, a.body, &list); err != nil {
				return 0, err
			}
		}
		full := false
		for _, raw := range list {
			var msg message
			if err := msg.decode(raw); err != nil {
				return 0, badData(s.at.name, q.label(), err)
			}
			if msg.kind() != messageUsers {
				continue
			}
			full = full || msg.full()
			for k := range msg.Users {
				if f := fold(msg.Users[k].User.String()); msg.Users[k].LoggedIn.set && ms.agents[f] != nil {
					told[f] = true
				}
			}
		}
		if full {
			break
		}
		wait := time.NewTimer(min(s.opt.PollEvery, 200*time.Millisecond))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return 0, context.Cause(ctx)
		}
	}
	return len(told), nil
}
