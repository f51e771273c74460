package integration

import (
	"context"
	"errors"
	"slices"
	"sync"
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

// runRealTime runs all real-time feeds until ctx ends. begun is called once: with nil when feeds may run,
// with an error when none may; in that case runRealTime returns.
func (s *Service) runRealTime(ctx context.Context, begun func(error)) {
	feeds, servers, err := s.licensedRealTime(ctx)
	if err == nil && len(feeds) > 0 {
		var stream *rta.Stream
		if stream, err = rta.NewStream(rta.Options{Servers: servers, Query: unionQuery(feeds), Times: s.o.RealTimeTimes, Logger: s.o.Logger}); err == nil {
			s.stream.Store(stream)
			begun(nil)
			var wg sync.WaitGroup
			wg.Go(func() { _ = stream.Run(ctx) }) // never fails
			for _, f := range feeds {
				wg.Go(func() {
					s.tenancy.hold(ctx, f.Name, f.Name, func(l ledger.Lease, ours bool, err error) { s.rtLeaseTold(f, l, ours, err) },
						func(ctx context.Context, _ *tenure) { s.serve(ctx, f, stream) })
				})
			}
			wg.Wait()
			return
		}
	}
	begun(err)
}

// licensedRealTime returns the feeds that may run, with the servers that may be read. A server whose
// licence cannot be read now stays: see licensedSource.
func (s *Service) licensedRealTime(ctx context.Context) (feeds []*rtFeed, servers []rta.Server, err error) {
	names := make([]string, len(s.o.RealTimeServers))
	for i, srv := range s.o.RealTimeServers {
		names[i] = srv.Name
	}
	result := s.o.Licence.Check(ctx, license.RealTime, names)
	s.rtDecisions(result)
	if result.Problem != nil {
		return nil, nil, result.Problem
	}
	for _, d := range result.Decisions {
		if mayBeLicensed(d) {
			i := slices.Index(names, d.Server)
			servers = append(servers, rta.Server{Name: d.Server, Source: &licensedSource{Source: s.o.RealTimeServers[i].Source, service: s, name: d.Server}})
		}
	}
	if len(servers) == 0 {
		return nil, nil, result.Err()
	}
	var refused []error
	for _, f := range s.realTime {
		f.servers = slices.DeleteFunc(serverNames(servers), func(n string) bool { return f.Servers != nil && !slices.Contains(f.Servers, n) })
		if len(f.servers) == 0 {
			err := &wfm.Error{Op: "start the feed", Kind: wfm.NotLicensed, Feed: f.Name, Err: errors.New("none of its servers is licensed"),
				Remedy: "see the licence of its servers in the status"}
			f.refuse(err)
			refused = append(refused, err)
			continue
		}
		feeds = append(feeds, f)
	}
	if len(feeds) == 0 {
		return nil, nil, errors.Join(refused...)
	}
	for _, err := range refused {
		s.log.Error("a feed is not started", "error", err)
	}
	return feeds, servers, nil
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
		if !sleepUntil(ctx, next) {
			break
		}
	}
	f.turn("stopped", nil, time.Time{})
}

// await waits until a server told its statuses and the feed's map covers them, or until patience
// ends without any server. It tells whether the links may be opened.
func (s *Service) await(ctx context.Context, f *rtFeed, stream *rta.Stream) bool {
	f.turn("waiting", nil, time.Time{})
	w, err := stream.Watch(rta.WatchOptions{Servers: f.servers, Backlog: 1})
	if err != nil {
		f.refuse(err) // cannot happen: the names are the stream's
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
