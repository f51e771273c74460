package rta

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// errUpdated is why a session ends that is to begin anew.
var errUpdated = errors.New("the configuration was changed")

// Update makes the stream follow other servers, or ask them for something else, without disturbing what stays as it is. A
// server stays where name and Source are the same and so is the query. One with another Source, and all
// where the query is another, are connected anew: their states stay meanwhile, and only what differs then goes out. One that is no longer
// named is forgotten, and watchers that see it are told that its agents left. Watchers keep the set of servers that they
// began with. It may be called before Run, during it, and after.
func (s *Stream) Update(servers []Server, q Query) error {
	if err := problems(servers, q); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// Nobody looks at these any more. They would be kept up to date for ever, and hold places of removed servers.
	s.groups = slices.DeleteFunc(s.groups, func(g *group) bool { return len(g.watchers) == 0 })
	if s.roomFor(servers) < 0 {
		return wfm.Problem{Field: "Servers", Reason: "are too many, with those that watchers still see", Remedy: "restart the stream"}
	}
	other := q.Queues != s.o.Query.Queues || !covers(q.Workgroups, s.o.Query.Workgroups) || !covers(s.o.Query.Workgroups, q.Workgroups)
	s.o.Query = q
	for i, srv := range s.servers {
		if !srv.removed && !slices.ContainsFunc(servers, func(o Server) bool { return o.Name == srv.name }) {
			s.remove(i)
		}
	}
	for _, now := range servers {
		i := s.index(now.Name)
		if i < 0 {
			s.add(now)
			continue
		}
		if srv := s.servers[i]; other || !same(srv.source, now.Source) {
			srv.source = now.Source
			if srv.interrupt != nil {
				srv.interrupt(errUpdated)
			}
		}
	}
	return nil
}

// same tells whether two sources are one. Those that cannot be compared are not.
func same(a, b Source) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.TypeOf(a).Comparable() && a == b
}

// covers tells whether all workgroups of some are among others, in any order, letter case ignored.
func covers(others, some []wfm.Workgroup) bool {
	return !slices.ContainsFunc(some, func(g wfm.Workgroup) bool {
		return !slices.ContainsFunc(others, func(o wfm.Workgroup) bool { return strings.EqualFold(string(o), string(g)) })
	})
}

// roomFor returns how many places would be left with these servers, negative for too few.
func (s *Stream) roomFor(servers []Server) int {
	left := MaxServers - len(s.servers)
	for i := range s.servers {
		if s.vacant(i) {
			left++
		}
	}
	for _, srv := range servers {
		if s.index(srv.Name) < 0 {
			left--
		}
	}
	return left
}

// vacant tells whether a place of a removed server may be given to another: nobody looks at it any more.
func (s *Stream) vacant(i int) bool {
	return s.servers[i].removed && !s.servers[i].following &&
		!slices.ContainsFunc(s.groups, func(g *group) bool { return g.mask&(1<<i) != 0 })
}

func (s *Stream) add(now Server) {
	for i := range s.servers {
		if s.vacant(i) {
			s.servers[i] = newServer(now)
			s.start(i)
			return
		}
	}
	s.servers = append(s.servers, newServer(now))
	s.start(len(s.servers) - 1)
}

func (s *Stream) remove(i int) {
	srv := s.servers[i]
	s.bar(i)
	srv.removed = true
	if srv.interrupt != nil {
		srv.interrupt(errUpdated)
	}
	s.turn(i, ServerDown, "the server was taken out of the configuration", time.Time{})
	s.log.Info("a CIC server is no longer followed", "server", srv.name)
}
