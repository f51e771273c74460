package rta

import (
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// group is what the watchers of one set of servers see: one state per agent. The stream's lock guards it.
type group struct {
	mask     uint64
	people   []person // by agent number
	watchers []*Watcher
}

// refresh works out an agent of the group anew after one of its servers told something, and tells
// the watchers what is different.
func (g *group) refresh(s *Stream, n int) {
	for len(g.people) <= n {
		g.people = append(g.people, person{})
	}
	now := person{}
	for i, srv := range s.servers {
		if g.mask&(1<<i) == 0 || len(srv.people) <= n || !srv.people[n].known || !srv.settled {
			continue
		}
		p := &srv.people[n]
		switch {
		case !now.known:
			now = *p
			now.server = int32(i)
		case p.beats(&now):
			groups := union(now.workgroups, p.workgroups)
			now = *p
			now.server, now.workgroups = int32(i), groups
		default:
			now.workgroups = union(now.workgroups, p.workgroups)
		}
	}
	old := &g.people[n]
	if now.known && old.known && slices.Equal(old.workgroups, now.workgroups) {
		now.workgroups = old.workgroups // so that watchers find what they made of them
	}
	if !now.known && !old.known {
		return
	}
	for _, w := range g.watchers {
		w.notice(n, old, &now, s)
	}
	if now.known {
		*old = now
	} else {
		*old = person{}
	}
}

// health tells whether every server of the group that is licensed is up, or only just lost.
func (g *group) health(s *Stream) wfm.FeedHealth {
	health := wfm.FeedUnavailable // of none
	for i, srv := range s.servers {
		if g.mask&(1<<i) == 0 || srv.barred {
			continue
		}
		health = wfm.FeedNormal
		if srv.health.State != ServerUp && (srv.health.State != ServerSwitchingOver || srv.late) {
			return wfm.FeedUnavailable
		}
	}
	return health
}
