package integration

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// running is what Run has started. Service.updating guards its maps.
type running struct {
	ctx      context.Context
	all      sync.WaitGroup
	feeds    map[*feed]work
	realTime map[*rtFeed]work
	stream   work
	sources  map[string]source // by server, of the servers that the stream follows
	again    time.Time         // when the licences of servers that are not followed are asked for again
}

// work is one goroutine that works on a feed.
type work struct {
	end  context.CancelFunc
	done chan struct{}
}

// source is a server as the stream knows it.
type source struct {
	version string
	rta.Source
}

// Run works on all feeds of both modules until ctx ends, and returns nil then. It returns an error at once where no
// feed may run: no server is licensed. Where one may, the others wait for their licences, which are asked for every 15 minutes. Failures of
// a feed are logged, shown in Status and tried again; they do not stop the others. When ctx ends, real-time receivers are told so where their
// product has a word for it. Without any feed it waits for Update. Run is called once; a second call while
// the first works is refused.
func (s *Service) Run(ctx context.Context) error {
	if !s.runs.CompareAndSwap(false, true) {
		return &wfm.Error{Op: "run the service", Kind: wfm.Conflict, Err: errors.New("it runs already"), Remedy: "call Run once; use Update for another configuration"}
	}
	defer s.runs.Store(false)
	r := &running{ctx: ctx, feeds: map[*feed]work{}, realTime: map[*rtFeed]work{}, sources: map[string]source{}}
	if err := s.begin(r); err != nil {
		r.all.Wait()
		return err
	}
	<-ctx.Done()
	s.updating.Lock() // nothing is started after this
	s.running = nil
	s.updating.Unlock()
	r.all.Wait()
	return nil
}

// begin starts what may run. The error says that nothing may.
func (s *Service) begin(r *running) error {
	s.updating.Lock()
	defer s.updating.Unlock()
	c := s.set.Load()
	var refused []error
	var waiting []*feed // for a licence
	started := false
	for _, f := range c.feeds {
		if _, err := s.licensed(r.ctx, f); err != nil {
			if retry, _ := wfm.ShouldRetry(err); !retry {
				refused = append(refused, err)
				f.failed(err, time.Time{})
				waiting = append(waiting, f)
				continue
			}
		}
		s.start(r, f)
		started = true
	}
	r.again = time.Now().Add(licenceEvery)
	if len(c.realTime) > 0 {
		if err := s.startRealTime(r); err != nil {
			refused = append(refused, err)
			clear(r.sources)
			s.refuse(r, c.realTime, err)
		} else {
			started = true
		}
	}
	if r.ctx.Err() == nil && !started && refused != nil {
		return errors.Join(refused...)
	}
	for _, f := range waiting { // each asks for its licence by itself, as after any failure that a person must mend
		s.start(r, f)
	}
	r.all.Go(func() { s.askAgain(r) })
	s.running = r
	return nil
}

// start begins to work on a lane.
func (s *Service) start(r *running, f *feed) {
	r.feeds[f] = r.begin(func(ctx context.Context) {
		s.tenancy.hold(ctx, f.Name, f.key, func(l ledger.Lease, ours bool, err error) { s.leaseTold(f, l, ours, err) },
			func(ctx context.Context, t *tenure) { s.follow(ctx, f, t) })
	})
}

// begin runs do in a goroutine of its own.
func (r *running) begin(do func(context.Context)) work {
	ctx, end := context.WithCancel(r.ctx)
	w := work{end: end, done: make(chan struct{})}
	r.all.Go(func() {
		defer close(w.done)
		defer end()
		do(ctx)
	})
	return w
}

// stop ends the work and waits for that.
func (w work) stop() {
	if w.end != nil {
		w.end()
		<-w.done
	}
}
