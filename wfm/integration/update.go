package integration

import (
	"maps"
	"slices"

	"github.com/cicwfm/cicwfm/rta"
)

// Update gives a service other feeds, servers and licences, while it runs or before. What stays the same is not disturbed: a feed,
// or a server of the real-time feeds, that has the same name and the same Version, not empty, goes on
// as it is, with its connections, its status and the very objects that it began with. What is gone or changed is ended, a
// delivery in progress cut off to be repeated, and receivers told; what is new or changed is started. What is changed and keeps its
// name goes on counting in its status. An error changes nothing. Calls wait for each other, and for what they end. Ledger, Instance, Logger, Observe and RealTimeTimes stay; those of o are ignored.
func (s *Service) Update(o Options) error {
	s.updating.Lock()
	defer s.updating.Unlock()
	next, err := newSet(o, s.o.Ledger)
	if err != nil {
		return err
	}
	next.keep(s.set.Load())
	r := s.running
	if r == nil {
		s.set.Store(next)
		return nil
	}
	var p *rtPlan
	var refused error
	if len(next.realTime) > 0 {
		p, refused = s.planRealTime(r, next, nil)
	}
	end(r.feeds, func(f *feed) bool { return slices.Contains(next.feeds, f) })
	end(r.realTime, func(f *rtFeed) bool { return p.keeps(f) })
	s.set.Store(next)
	for _, f := range next.feeds {
		if _, runs := r.feeds[f]; !runs {
			s.start(r, f)
		}
	}
	if refused != nil {
		s.refuse(r, next.realTime, refused)
	}
	return s.updateRealTime(r, p)
}

// keep takes over what is the same, and of what is changed its past.
func (c *set) keep(before *set) {
	same := func(a, b string) bool { return a != "" && a == b }
	for i, f := range c.feeds {
		switch k := slices.IndexFunc(before.feeds, func(o *feed) bool { return o.Name == f.Name && o.destination == f.destination }); {
		case k >= 0 && same(before.feeds[k].Version, f.Version):
			c.feeds[i] = before.feeds[k]
		case k >= 0:
			f.past = before.feeds[k].past
		}
	}
	for i, f := range c.realTime {
		switch k := slices.IndexFunc(before.realTime, func(o *rtFeed) bool { return o.Name == f.Name }); {
		case k >= 0 && same(before.realTime[k].Version, f.Version):
			c.realTime[i] = before.realTime[k]
		case k >= 0:
			f.past = before.realTime[k].past
		}
	}
}

// keeps tells whether a feed that runs goes on: it is part of the plan, with the servers that it has. A feed of all
// servers has others when one comes or goes.
func (p *rtPlan) keeps(f *rtFeed) bool {
	return p != nil && slices.Contains(p.feeds, f) && slices.Equal(f.servers, p.of[f])
}

// end ends the work on all feeds that do not stay, together, and waits.
func end[F comparable](all map[F]work, stays func(F) bool) {
	gone := maps.Clone(all)
	maps.DeleteFunc(gone, func(f F, _ work) bool { return stays(f) })
	for _, w := range gone {
		w.end()
	}
	for f, w := range gone {
		w.stop()
		delete(all, f)
	}
}

// updateRealTime changes what the stream follows, then starts the feeds that are new. Nil means that none may run.
func (s *Service) updateRealTime(r *running, p *rtPlan) error {
	stream := s.stream.Load()
	switch {
	case p == nil:
		r.stream.stop()
		s.stream.Store(nil)
		clear(r.sources)
		return nil
	case stream == nil:
		return s.beginStream(r, p)
	}
	err := stream.Update(p.servers, p.query)
	maps.DeleteFunc(r.sources, func(name string, _ source) bool {
		return !slices.ContainsFunc(p.servers, func(srv rta.Server) bool { return srv.Name == name })
	})
	if err != nil { // the servers that go still have their places: too many at once
		s.log.Warn("all CIC servers are connected anew", "reason", err)
		end(r.realTime, func(*rtFeed) bool { return false })
		r.stream.stop()
		return s.beginStream(r, p)
	}
	s.startRealTimeFeeds(r, p)
	return nil
}
