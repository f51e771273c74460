package integration

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// licensedSource reads a server only while it is licensed: the licence is asked for before each session, and
// once in a while during it. A server that may not be read any more is forgotten by the stream.
type licensedSource struct {
	rta.Source
	service *Service
	name    string
}

// licenceEvery is the time between two looks at the licence of a server, and how long one without a licence is left alone.
const licenceEvery = 15 * time.Minute

// licencePatience is how long such a question may take. A server that says nothing is asked again, like one that says no.
const licencePatience = 2 * time.Minute

// askAgain asks for the licences of servers that are not followed, again and again until ctx ends, and starts the feeds that
// may run then. What is followed is not asked, and goes on. It does not hold the lock while it asks, so that a server that says nothing
// holds up no Update.
func (s *Service) askAgain(r *running) {
	for pause(r.ctx, licenceEvery) {
		c, names := s.missing(r)
		if len(names) == 0 {
			continue
		}
		ctx, end := context.WithTimeout(r.ctx, licencePatience)
		result := c.licence.Check(ctx, license.RealTime, names)
		end()
		s.updating.Lock()
		if s.running == r && s.set.Load() == c && r.ctx.Err() == nil { // not about to end, and no Update has asked meanwhile
			r.again = time.Now().Add(licenceEvery)
			s.answered(r, c, result)
		}
		s.updating.Unlock()
	}
}

// missing returns the servers that real-time feeds want and that are not followed, and whose set they are.
func (s *Service) missing(r *running) (c *set, names []string) {
	s.updating.Lock()
	defer s.updating.Unlock()
	r.again = time.Now().Add(licenceEvery)
	c = s.set.Load()
	for _, srv := range c.servers {
		if _, follows := r.sources[srv.Name]; !follows && len(c.realTime) > 0 {
			names = append(names, srv.Name)
		}
	}
	return c, names
}

// answered starts the feeds that may run by what is newly known of servers that are not followed. Service.updating is held.
func (s *Service) answered(r *running, c *set, result license.Result) {
	c.rtDecisions(result)
	news := len(result.Licensed()) > 0
	if !news && len(r.sources) == 0 {
		s.refuse(r, c.realTime, result.Err())
		return
	}
	followed := maps.Clone(r.sources)
	p, err := s.planRealTime(r, c, &result)
	if err == nil && news {
		end(r.realTime, func(f *rtFeed) bool { return p.keeps(f) })
		err = s.updateRealTime(r, p)
	} else if err == nil {
		for f, err := range p.refused {
			s.refuse(r, []*rtFeed{f}, err)
		}
	}
	if err != nil {
		r.sources = followed
		s.refuse(r, c.realTime, err)
	}
}

// refuse says of feeds that they may not run, each reason once.
func (s *Service) refuse(r *running, feeds []*rtFeed, err error) {
	for _, f := range feeds {
		if f.refuse(err, r.again) {
			s.log.Error("a feed is not started", "feed", f.Name, "error", err)
		}
	}
}

// mayBeLicensed tells whether a server is licensed, or cannot say so at present.
func mayBeLicensed(d license.Decision) bool {
	retry, _ := wfm.ShouldRetry(d.Err)
	return d.State == license.Licensed || d.State == license.Unknown && retry
}

// Run asks for the licence, and keeps a session while it is there.
func (l *licensedSource) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	if err := l.ask(ctx); err != nil {
		return err
	}
	inner, end := context.WithCancel(ctx)
	defer end()
	var lost error
	var watch sync.WaitGroup
	watch.Go(func() {
		tick := time.NewTicker(licenceEvery)
		defer tick.Stop()
		for {
			select {
			case <-inner.Done():
				return
			case <-tick.C:
			}
			// A licence that cannot be read for the moment is not a missing one.
			if err := l.ask(inner); wfm.KindOf(err) == wfm.NotLicensed {
				lost = err
				end()
				return
			}
		}
	})
	err := l.Source.Run(inner, q, emit)
	end()
	watch.Wait()
	if lost != nil {
		return lost
	}
	return err
}

// ask asks for the licence now, and shows the answer in the status. Its error is of kind wfm.NotLicensed where the server may
// not be read.
func (l *licensedSource) ask(ctx context.Context) error {
	result := l.service.set.Load().licence.Check(ctx, license.RealTime, []string{l.name})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	l.service.set.Load().rtDecisions(result)
	err := result.Err()
	if err == nil {
		return nil
	}
	e := &wfm.Error{Op: "start the session", Kind: wfm.KindOf(err), Retry: true, Err: err}
	_, e.After = wfm.ShouldRetry(err)
	if len(result.Decisions) == 0 || !mayBeLicensed(result.Decisions[0]) {
		e.Kind, e.After = wfm.NotLicensed, max(e.After, licenceEvery)
	}
	return e
}

// rtDecisions keeps what is newly known of the licences of servers for the status of each feed.
func (c *set) rtDecisions(result license.Result) {
	for _, f := range c.realTime {
		f.decided(result.Decisions)
	}
}

// knows forgets the licences of servers that are no longer configured.
func (f *rtFeed) knows(servers []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status.Licence = slices.DeleteFunc(f.status.Licence, func(l LicenceStatus) bool { return !slices.Contains(servers, l.Server) })
}

func (f *rtFeed) decided(list []license.Decision) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, d := range list {
		if f.Servers != nil && !slices.Contains(f.Servers, d.Server) {
			continue
		}
		now := LicenceStatus{Server: d.Server, State: string(d.State), Reason: d.Reason}
		if i := slices.IndexFunc(f.status.Licence, func(l LicenceStatus) bool { return l.Server == d.Server }); i >= 0 {
			f.status.Licence[i] = now
		} else {
			f.status.Licence = append(f.status.Licence, now)
		}
	}
}
