package icws

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const (
	statusSubscription = "messaging/subscriptions/status/status-messages"
	usersSubscription  = "messaging/subscriptions/status/user-statuses"
	workgroupFeed      = "messaging/subscriptions/configuration/workgroups/wfm-workgroups"
	userFeed           = "messaging/subscriptions/configuration/users/wfm-users"
)

// setUp reads what messages refer to, and subscribes.
func (m *monitor) setUp(ctx context.Context) error {
	if m.q.Queues && !m.queues {
		if err := m.locked(func() error {
			return m.remark("the server has no queue subscriptions (feature queues), so that only onPhone tells what agents handle")
		}); err != nil {
			return err
		}
	}
	if err := m.readDefinitions(ctx); err != nil {
		return err
	}
	if err := m.s.put(ctx, statusSubscription, nil); err != nil {
		if err := m.tolerate(ctx, err, "changes of status messages are noticed slowly only"); err != nil {
			return err
		}
	}
	members, err := m.s.readMembers(ctx, m.q.Workgroups)
	if err != nil {
		if refusedWith(err, http.StatusForbidden) {
			err = &wfm.Error{Op: "read the members of workgroups", Kind: wfm.NoPermission, Retry: true, After: m.c.opt.RefusedWait,
				Remedy: "give the CIC user the right to view the workgroups", Err: err}
		}
		return err
	}
	m.readAt = time.Now()
	if err := m.follow(ctx, members); err != nil {
		return err
	}
	now := time.Now()
	m.due.sync, m.due.heartbeat, m.due.members = now.Add(m.c.opt.SyncTimeout), now.Add(m.c.opt.HeartbeatEvery), now.Add(m.c.opt.MembersEvery)
	return m.locked(func() error {
		m.ready = true
		return m.trySync(false)
	})
}

// tolerate turns an error that the session survives into a remark.
func (m *monitor) tolerate(ctx context.Context, err error, effect string) error {
	if err == nil || fatal(ctx, err) {
		return err
	}
	return m.locked(func() error { return m.remark(effect + ": " + reason(err)) })
}

// readDefinitions reads the status messages, so that they are there before the first agent.
func (m *monitor) readDefinitions(ctx context.Context) error {
	list, err := m.s.definitions(ctx)
	if err != nil {
		return m.tolerate(ctx, err, "the status messages cannot be read")
	}
	return m.locked(func() error { return m.applyDefinitions(true, list, nil, nil) })
}

func (s *session) definitions(ctx context.Context) ([]statusMessage, error) {
	var reply struct {
		List []statusMessage `json:"statusMessageList"`
	}
	err := s.get(ctx, "status/status-messages", &reply)
	return reply.List, err
}

// userProperties are what is asked for of each agent.
func (o *Options) userProperties() []string {
	list := []string{"statusId", "statusChanged", "loggedIn", "onPhone", "onPhoneChanged"}
	if o.Extension == ExtensionOfStation {
		list = append(list, "stations")
	}
	return list
}

func (s *session) putUsers(ctx context.Context, ids []string) error {
	return s.put(ctx, usersSubscription, map[string]any{"userIds": ids, "userStatusProperties": s.opt.userProperties()})
}

// subscribeUsers subscribes to the statuses of all agents. Whether a second PUT adds or replaces is not
// known, so it always names everybody, and to leave somebody out the subscription is ended first.
func (m *monitor) subscribeUsers(ctx context.Context, shrink bool) error {
	m.mu.Lock()
	ids := make([]string, 0, len(m.agents))
	for id := range m.agents {
		ids = append(ids, id)
	}
	had := m.usersSubscribed
	m.usersSubscribed = len(ids) > 0
	m.mu.Unlock()
	if had && (shrink || len(ids) == 0) {
		if err := m.s.remove(ctx, usersSubscription); err != nil {
			return err
		}
	}
	if len(ids) == 0 {
		return nil
	}
	err := m.s.putUsers(ctx, ids)
	if !refusedWith(err, http.StatusNotFound) {
		return err
	}
	// One of the users is unknown or invisible, and the server does not say which.
	m.mu.Lock()
	m.usersSubscribed = false // what the search below subscribes to is not the final set
	m.mu.Unlock()
	tries := 0
	good, bad, err := m.sift(ctx, ids, &tries)
	if err != nil {
		return err
	}
	if len(good) == 0 {
		return &wfm.Error{Op: "subscribe to user statuses", Kind: wfm.NotFound, Retry: true, After: m.c.opt.RefusedWait,
			Remedy: "give the CIC user the right to view the users of the workgroups", Err: fmt.Errorf("%s knows none of %d agents", m.s.at.name, len(ids))}
	}
	if err := m.s.remove(ctx, usersSubscription); err != nil {
		return err
	}
	if err := m.locked(func() error {
		m.usersSubscribed = true
		for _, id := range bad {
			if err := m.remark("the server does not tell the status of " + wfm.Quote(id) + ": the user does not exist, or the account may not see it"); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return m.s.putUsers(ctx, good)
}

const maxSift = 2000 // requests

// sift finds the users that the server refuses, by halves.
func (m *monitor) sift(ctx context.Context, ids []string, tries *int) (good, bad []string, err error) {
	if *tries++; *tries > maxSift {
		return nil, nil, &wfm.Error{Op: "subscribe to user statuses", Kind: wfm.NotFound, Retry: true, After: m.c.opt.RefusedWait,
			Err: errors.New("too many of the agents are unknown to " + m.s.at.name), Remedy: "give the CIC user the right to view the users of the workgroups"}
	}
	err = m.s.putUsers(ctx, ids)
	switch {
	case err == nil:
		return ids, nil, nil
	case !refusedWith(err, http.StatusNotFound):
		return nil, nil, err
	case len(ids) == 1:
		return nil, ids, nil
	}
	half := len(ids) / 2
	g1, b1, err := m.sift(ctx, ids[:half], tries)
	if err != nil {
		return nil, nil, err
	}
	g2, b2, err := m.sift(ctx, ids[half:], tries)
	if err != nil {
		return nil, nil, err
	}
	return append(append([]string(nil), g1...), g2...), append(append([]string(nil), b1...), b2...), nil
}

// subscribeFeeds asks to be told of changes of members and extensions.
func (m *monitor) subscribeFeeds(ctx context.Context, workgroups, users []string) error {
	for _, f := range []struct {
		resource, property, effect string
		ids                        []string
		have                       *string
	}{
		{workgroupFeed, "members", "changes of workgroup members are noticed only every " + m.c.opt.MembersEvery.String(), workgroups, &m.feedIDs.workgroups},
		{userFeed, "extension", "changes of extensions are noticed only every " + m.c.opt.MembersEvery.String(), users, &m.feedIDs.users},
	} {
		key := fmt.Sprintf("%q", f.ids)
		if key == *f.have {
			continue
		}
		if *f.have != "" {
			if err := m.s.remove(ctx, f.resource); err != nil {
				if err := m.tolerate(ctx, err, f.effect); err != nil {
					return err
				}
			}
		}
		*f.have = ""
		if len(f.ids) == 0 {
			continue
		}
		err := m.s.put(ctx, f.resource, map[string]any{"configurationIds": f.ids, "properties": []string{f.property}, "rightsFilter": "view"})
		if err := m.tolerate(ctx, err, f.effect); err != nil {
			return err
		}
		if err == nil || refusedWith(err, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed) {
			*f.have = key // there is no use in trying again until the set changes
		}
	}
	return nil
}

func userResource(id string) string { return "status/user-statuses/" + url.PathEscape(id) }
