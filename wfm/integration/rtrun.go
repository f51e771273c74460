package integration

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// startPatience is how long a feed waits for its first server before it opens its links without: the
// receivers are told then that the feed is unavailable.
const startPatience = 10 * time.Second

// startRealTime starts the stream and the feeds that may run. The error says that none may.
func (s *Service) startRealTime(r *running) error {
	p, err := s.planRealTime(r, s.set.Load(), nil)
	if err != nil {
		return err
	}
	return s.beginStream(r, p)
}

// beginStream starts a stream and the feeds of the plan.
func (s *Service) beginStream(r *running, p *rtPlan) error {
	stream, err := rta.NewStream(rta.Options{Servers: p.servers, Query: p.query, Times: s.o.RealTimeTimes, Logger: s.o.Logger})
	if err != nil {
		return err
	}
	s.stream.Store(stream)
	r.stream = r.begin(func(ctx context.Context) { _ = stream.Run(ctx) }) // never fails
	s.startRealTimeFeeds(r, p)
	return nil
}

// startRealTimeFeeds starts the feeds of the plan that do not run, and says which may not.
func (s *Service) startRealTimeFeeds(r *running, p *rtPlan) {
	for _, f := range p.feeds {
		if _, runs := r.realTime[f]; !runs {
			s.startRealTimeFeed(r, f, p.of[f])
		}
	}
	for f, err := range p.refused {
		s.refuse(r, []*rtFeed{f}, err)
	}
}

// startRealTimeFeed begins to serve the receivers of a feed from its servers.
func (s *Service) startRealTimeFeed(r *running, f *rtFeed, servers []string) {
	f.servers = servers
	stream := s.stream.Load()
	r.realTime[f] = r.begin(func(ctx context.Context) {
		s.tenancy.hold(ctx, f.Name, f.Name, func(l ledger.Lease, ours bool, err error) { s.rtLeaseTold(f, l, ours, err) },
			func(ctx context.Context, _ *tenure) { s.serve(ctx, f, stream) })
		f.turn("stopped", nil, time.Time{})
	})
}

// rtPlan says which real-time feeds run on which servers.
type rtPlan struct {
	servers []rta.Server
	query   rta.Query
	feeds   []*rtFeed
	of      map[*rtFeed][]string // names of the servers that may be read
	refused map[*rtFeed]error
}

// planRealTime asks the licence. A server whose licence cannot be read now stays: see licensedSource. The error
// says that no feed may run. Licences that are known may be given: the servers that the stream follows stay then, and what
// is no licence for sure is none.
func (s *Service) planRealTime(r *running, c *set, known *license.Result) (*rtPlan, error) {
	p := &rtPlan{of: map[*rtFeed][]string{}, refused: map[*rtFeed]error{}}
	if known != nil {
		for _, srv := range c.servers {
			if now, follows := r.sources[srv.Name]; follows {
				p.servers = append(p.servers, rta.Server{Name: srv.Name, Source: now.Source})
			} else if slices.Contains(known.Licensed(), srv.Name) {
				p.servers = append(p.servers, rta.Server{Name: srv.Name, Source: s.sourceOf(r, srv)})
			}
		}
	} else if err := s.askServers(r, c, p); err != nil {
		return nil, err
	}
	for _, f := range c.realTime {
		p.of[f] = slices.DeleteFunc(serverNames(p.servers), func(n string) bool { return f.Servers != nil && !slices.Contains(f.Servers, n) })
		if len(p.of[f]) == 0 {
			p.refused[f] = &wfm.Error{Op: "start the feed", Kind: wfm.NotLicensed, Feed: f.Name, Err: errors.New("none of its servers is licensed"),
				Remedy: "see the licence of its servers in the status"}
			continue
		}
		p.feeds = append(p.feeds, f)
	}
	p.query = unionQuery(p.feeds)
	if len(p.feeds) == 0 {
		var list []error
		for _, f := range c.realTime {
			list = append(list, p.refused[f])
		}
		return nil, errors.Join(list...)
	}
	return p, nil
}

// askServers fills the servers of a plan by their licences. The error says that there are none.
func (s *Service) askServers(r *running, c *set, p *rtPlan) error {
	names := make([]string, len(c.servers))
	for i, srv := range c.servers {
		names[i] = srv.Name
	}
	result := c.licence.Check(r.ctx, license.RealTime, names)
	for _, f := range c.realTime {
		f.knows(names)
	}
	c.rtDecisions(result)
	if result.Problem != nil {
		return result.Problem
	}
	for i, d := range result.Decisions {
		if mayBeLicensed(d) {
			p.servers = append(p.servers, rta.Server{Name: d.Server, Source: s.sourceOf(r, c.servers[i])})
		}
	}
	if len(p.servers) == 0 {
		return result.Err()
	}
	return nil
}

// sourceOf returns the source of a server, the one that the stream has where it is the same.
func (s *Service) sourceOf(r *running, srv RealTimeServer) rta.Source {
	if known, ok := r.sources[srv.Name]; ok && known.version != "" && known.version == srv.Version {
		return known.Source
	}
	now := source{srv.Version, &licensedSource{Source: srv.Source, service: s, name: srv.Name}}
	r.sources[srv.Name] = now
	return now.Source
}

func serverNames(list []rta.Server) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name
	}
	return names
}

// serve opens the links of a feed and keeps them open until ctx ends.
func (s *Service) serve(ctx context.Context, f *rtFeed, stream *rta.Stream) {
	log := s.log.With("feed", f.Name)
	if !s.await(ctx, f, stream) {
		f.turn("stopped", nil, time.Time{})
		return
	}
	user := &linkUser{feed: f, stream: stream, log: log, stop: ctx, kept: map[string]*memory{}}
	defer user.forget()
	for failures := 0; ctx.Err() == nil; failures++ {
		f.turn("serving", nil, time.Time{})
		err := f.Links.Serve(ctx, user)
		if ctx.Err() != nil {
			break
		}
		if err == nil {
			err = errors.New("the links ended without a reason")
		}
		wait := backoff(err, failures)
		next := time.Now().Add(wait)
		f.turn("failed", &wfm.Error{Op: "serve", Kind: wfm.KindOf(err), Feed: f.Name, Err: err}, next)
		log.Error("the links of a feed failed and will be tried again", "error", err, "after", wait)
		pause(ctx, wait)
	}
	f.turn("stopped", nil, time.Time{})
}

// await waits until a server told its statuses and the feed's map covers them, or until patience
// ends without any server. It tells whether the links may be opened.
func (s *Service) await(ctx context.Context, f *rtFeed, stream *rta.Stream) bool {
	f.turn("waiting", nil, time.Time{})
	w, err := stream.Watch(rta.WatchOptions{Servers: f.servers, Backlog: 1})
	if err != nil {
		f.refuse(err, time.Time{}) // cannot happen: the names are the stream's
		return false
	}
	defer w.Close()
	mapper, maps := vendors.Find[vendors.Mapper](f.Encoder)
	patience := time.NewTimer(startPatience)
	defer patience.Stop()
	told := ""
	late := false // no more patience
	for {
		up := slices.ContainsFunc(w.Servers(), func(h rta.ServerHealth) bool { return h.State == rta.ServerUp })
		if up || late {
			if !maps {
				return true
			}
			// Where patience ended, a server that is at work may have told its statuses, and one that is away has none.
			_, err := mapper.CheckStatuses(stream.Statuses(f.servers))
			if err == nil {
				return true
			}
			err = &wfm.Error{Op: "map the statuses of CIC", Kind: wfm.BadConfig, Feed: f.Name, Err: err}
			f.turn("refused", err, time.Time{})
			if text := err.Error(); text != told {
				told = text
				s.log.Error("a feed is not started", "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return false
		case <-patience.C:
			late = true
		case <-w.Ready():
		}
	}
}
