package icws

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// follow makes agents and subscriptions what the membership says: who left is told gone, who came is
// subscribed to, and told when the server has told the status.
func (m *monitor) follow(ctx context.Context, now *membership) error {
	var entered []*agent
	var ended []string
	shrink := false
	if err := m.locked(func() error {
		for _, g := range now.missing {
			if err := m.remark("workgroup " + wfm.Quote(string(g)) + " does not exist at this server, or the account may not see it"); err != nil {
				return err
			}
		}
		for _, a := range slices.Collect(maps.Values(m.agents)) {
			if now.agents[fold(string(a.facts.Agent))] == nil {
				shrink = true
				ended = append(ended, m.unwatch(a)...)
				if err := m.dropAgent(a); err != nil {
					return err
				}
			}
		}
		for _, f := range slices.Sorted(maps.Keys(now.agents)) {
			c := now.agents[f]
			a := m.folded[f]
			if a == nil {
				entered = append(entered, m.addAgent(c.id, c.groups))
			} else if !slices.Equal(a.facts.Workgroups, c.groups) {
				a.facts.Workgroups = c.groups
				if err := m.tell(a); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	m.mu.Lock()
	m.feedBase = now.workgroups
	m.mu.Unlock()
	if err := m.takeExtensions(ctx, entered); err != nil {
		return err
	}
	if len(entered) > 0 || shrink {
		m.resubs.needed, m.resubs.shrink = true, m.resubs.shrink || shrink
	}
	if m.resubs.needed {
		if err := m.renewUsers(ctx); err != nil {
			return err
		}
	}
	for _, id := range ended {
		if err := m.s.remove(ctx, watchResource(id)); err != nil && fatal(ctx, err) {
			return err
		}
	}
	if m.queues && len(entered) > 0 {
		if err := m.watchQueues(ctx, entered); err != nil {
			return err
		}
	}
	var users []string
	if m.c.opt.Extension == ExtensionOfUser && !m.noExtension {
		m.mu.Lock()
		users = slices.Sorted(maps.Keys(m.agents))
		m.mu.Unlock()
	}
	return m.subscribeFeeds(ctx, slices.Sorted(maps.Keys(now.workgroups)), users)
}

// renewUsers subscribes to the present set of agents. At the start a failure ends the session; later it is tried again, a few
// times.
func (m *monitor) renewUsers(ctx context.Context) error {
	m.resubs.last = time.Now()
	err := m.subscribeUsers(ctx, m.resubs.shrink)
	if err == nil {
		m.resubs.needed, m.resubs.shrink, m.resubs.failures = false, false, 0
		return nil
	}
	if m.resubs.failures++; !m.ready || m.resubs.failures >= 3 || fatal(ctx, err) {
		return err
	}
	m.c.opt.Logger.Debug("ICWS subscription to user statuses failed; trying again", "host", m.s.at.name, "error", err)
	return nil
}

// takeExtensions reads the extensions of agents.
func (m *monitor) takeExtensions(ctx context.Context, list []*agent) error {
	if m.c.opt.Extension != ExtensionOfUser || m.noExtension || len(list) == 0 {
		return nil
	}
	ids := make([]string, len(list))
	for i, a := range list {
		ids[i] = string(a.facts.Agent)
	}
	found, err := m.s.readExtensions(ctx, ids)
	if refusedWith(err, http.StatusForbidden) {
		m.noExtension = true
	}
	if err := m.tolerate(ctx, err, "extensions are not known"); err != nil {
		return err
	}
	return m.locked(func() error {
		for _, a := range list {
			extension, ok := found[fold(string(a.facts.Agent))]
			if !ok || a.left || a.facts.Extension == extension {
				continue
			}
			a.facts.Extension = extension
			if err := m.tell(a); err != nil {
				return err
			}
		}
		return nil
	})
}

// noticeWorkgroups: members have changed. They are read anew rather than taken from the message, so that a message in
// the wrong order does no harm. The first message repeats what was read just before.
func (m *monitor) noticeWorkgroups(msg *message) {
	if msg.full() && m.knows(msg.ObjectsAdded) {
		return
	}
	m.membersDirty = true
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// knows tells whether a full list of workgroups says what is known; the caller holds mu.
func (m *monitor) knows(list []configObject) bool {
	if m.feedBase == nil || len(list) != len(m.feedBase) {
		return false
	}
	for i := range list {
		have := m.feedBase[list[i].ID.ID]
		if have == nil || len(list[i].Members) != len(have) {
			return false
		}
		for _, c := range list[i].Members {
			if !have[fold(c.ID)] {
				return false
			}
		}
	}
	return true
}

// noticeUsers takes extensions. Null clears one.
func (m *monitor) noticeUsers(msg *message) error {
	if m.c.opt.Extension != ExtensionOfUser {
		return nil
	}
	for _, list := range [][]configObject{msg.ObjectsAdded, msg.ObjectsChanged} {
		for i := range list {
			o := &list[i]
			a := m.find([]byte(o.ID.ID))
			if a == nil || !o.Extension.set || a.facts.Extension == string(o.Extension.bytes()) {
				continue
			}
			a.facts.Extension = o.Extension.String()
			if err := m.tell(a); err != nil {
				return err
			}
		}
	}
	return nil
}
