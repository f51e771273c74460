package integration

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Options configure a service.
type Options struct {
	Historical []HistoricalFeed
	RealTime   []RealTimeFeed
	// RealTimeServers are the CIC servers of the real-time feeds, one session each.
	RealTimeServers []RealTimeServer
	// RealTimeTimes are the waits of their reconnects; the zero value is right for most.
	RealTimeTimes rta.Times
	// Ledger remembers deliveries. It should last: with one in memory a restart delivers again what
	// it finds in the look-back. One that also implements ledger.Progress lets Run go on where it
	// stood. Real-time feeds need none.
	Ledger ledger.Ledger
	// Licence answers which server may feed which module.
	Licence *license.Gate
	// Instance makes several services with one ledger stand in for each other.
	Instance Instance
	// Logger receives what happens; nil discards it.
	Logger *slog.Logger
	// Observe is called for every artifact, in order per feed, from the goroutine of the feed; nil
	// ignores them. It must return soon.
	Observe func(Outcome)
}

// Service runs feeds. It is safe for concurrent use, but one feed is worked on by one call at a
// time: Run and Backfill of the same feed wait for each other.
type Service struct {
	o       Options
	log     *slog.Logger
	feeds   []*feed  // a feed with several destinations stands here once for each
	tenancy *tenancy // nil without leases

	realTime []*rtFeed
	stream   atomic.Pointer[rta.Stream] // nil until Run starts the real-time feeds
}

// feed is a configured feed with what the service knows about it.
type feed struct {
	HistoricalFeed                 // with the destination's transport
	destination    string          // its name
	key            string          // the name in the ledger
	told           sync.Once       // that columns are missing
	busy           chan struct{}   // holds one token while a call works on the feed
	tenure         *tenure         // of the call that works on the feed; nil without leases
	ledger         ledger.Ledger   // under that lease; the holder of busy has both
	mu             sync.Mutex      // guards what follows
	begin          time.Time       // where a feed that is new begins; set once
	remarks        map[string]bool // that were said
	status         FeedStatus
}

// New makes a service. The error joins every problem of the options.
func New(o Options) (*Service, error) {
	s := &Service{o: o, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var list []error
	if o.Ledger == nil && len(o.Historical) > 0 {
		list = append(list, wfm.Problem{Field: "Ledger", Reason: "is missing", Remedy: "use sqlledger, or ledger.NewMemory for a trial"})
	}
	if o.Licence == nil {
		list = append(list, wfm.Problem{Field: "Licence", Reason: "is missing", Remedy: "use license.NewGate with the features that your CIC servers have"})
	}
	names := map[string]bool{}
	for i := range o.Historical {
		list = append(list, o.Historical[i].problems())
		name := o.Historical[i].Name
		if names[name] {
			list = append(list, wfm.Problem{Field: "feed", Value: name, Reason: "is configured twice", Remedy: "names are unique"})
		}
		names[name] = true
		s.feeds = append(s.feeds, lanes(o.Historical[i])...)
	}
	keys := map[string]string{}
	for _, f := range s.feeds {
		if other, taken := keys[f.key]; taken && other != f.Name {
			list = append(list, wfm.Problem{Field: "feed", Value: f.Name, Reason: "has a destination whose name in the ledger is that of feed " + wfm.Quote(other),
				Remedy: "rename one of them"})
		}
		keys[f.key] = f.Name
	}
	list = append(list, serverProblems(o.RealTimeServers))
	for i := range o.RealTime {
		f := &rtFeed{RealTimeFeed: o.RealTime[i], said: map[string]bool{}}
		list = append(list, f.problems(o.RealTimeServers))
		if names[f.Name] {
			list = append(list, wfm.Problem{Field: "feed", Value: f.Name, Reason: "is configured twice", Remedy: "names are unique"})
		}
		names[f.Name] = true
		if other, taken := keys[f.Name]; taken && other != f.Name {
			list = append(list, wfm.Problem{Field: "feed", Value: f.Name, Reason: "has the name that a destination of feed " + wfm.Quote(other) + " has in the ledger",
				Remedy: "rename one of them"})
		}
		f.status = RealTimeStatus{Name: f.Name, Module: string(license.RealTime), State: "stopped", Unmapped: map[wfm.StatusKey]int{}}
		if f.Encoder != nil {
			f.status.Vendor = f.Encoder.Info().Name
		}
		s.realTime = append(s.realTime, f)
	}
	list = append(list, o.Instance.problems(o.Ledger, names)...)
	if err := errors.Join(list...); err != nil {
		return nil, err
	}
	s.tenancy = newTenancy(o.Instance, o.Ledger)
	return s, nil
}

// lock waits until no other call works on the feed, or ctx ends. The call works under the lease, if there is one.
func (s *Service) lock(ctx context.Context, f *feed, t *tenure) error {
	select {
	case f.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	f.tenure, f.ledger = t, s.o.Ledger
	if t != nil {
		f.ledger = t.leases.Fenced(t.get())
	}
	return nil
}

func (f *feed) unlock() { <-f.busy }

// lanesOf returns the lanes of a feed: one for each destination.
func (s *Service) lanesOf(name string) (list []*feed, err error) {
	for _, f := range s.feeds {
		if f.Name == name {
			list = append(list, f)
		}
	}
	if list == nil {
		err = wfm.Problem{Field: "feed", Value: name, Reason: "is not configured"}
	}
	return list, err
}

// Run works on all feeds of both modules until ctx ends, and returns nil then. It returns an error at once where no
// feed may run: no server is licensed. Failures of a feed are logged, shown in Status and tried
// again; they do not stop the others. When ctx ends, real-time receivers are told so where their
// product has a word for it. Run is called once.
func (s *Service) Run(ctx context.Context) error {
	var refused []error
	var run []*feed
	for _, f := range s.feeds {
		if _, err := s.licensed(ctx, f); err != nil {
			if retry, _ := wfm.ShouldRetry(err); !retry {
				refused = append(refused, err)
				f.failed(err, time.Time{})
				continue
			}
		}
		run = append(run, f)
	}
	var wg sync.WaitGroup
	realTime := false
	if len(s.realTime) > 0 {
		begun := make(chan error, 1)
		wg.Go(func() { s.runRealTime(ctx, func(err error) { begun <- err }) })
		if err := <-begun; err != nil {
			refused = append(refused, err)
			for _, f := range s.realTime {
				f.refuse(err)
			}
		} else {
			realTime = true
		}
	}
	if ctx.Err() != nil {
		wg.Wait()
		return nil
	}
	if len(run) == 0 && !realTime {
		wg.Wait()
		return errors.Join(refused...)
	}
	for _, err := range refused {
		s.log.Error("a feed is not started", "error", err)
	}
	for _, f := range run {
		wg.Go(func() {
			s.tenancy.hold(ctx, f.Name, f.key, func(l ledger.Lease, ours bool, err error) { s.leaseTold(f, l, ours, err) },
				func(ctx context.Context, t *tenure) { s.follow(ctx, f, t) })
		})
	}
	wg.Wait()
	return nil
}
