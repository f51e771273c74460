package integration

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

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
	// Clock decides when an interval is closed; nil means the clock of this host.
	Clock Clock
	// Observe is called for every artifact, in order per feed and destination. Each of those has a goroutine of its own, from
	// which it is called, so also for two at the same time; nil ignores them. It must return soon, and must not call Update.
	Observe func(Outcome)
}

// Service runs feeds. It is safe for concurrent use, but one feed is worked on by one call at a
// time: Run and Backfill of the same feed wait for each other.
type Service struct {
	o       Options // what Update may change is in set
	log     *slog.Logger
	tenancy *tenancy // nil without leases
	set     atomic.Pointer[set]
	stream  atomic.Pointer[rta.Stream] // nil until Run starts the real-time feeds

	turns    turns
	runs     atomic.Bool
	updating sync.Mutex // held by Update, and by Run while it starts
	running  *running   // nil before and after Run
}

// set is what a service works on. It is never changed, only replaced.
type set struct {
	feeds    []*feed // a feed with several destinations stands here once for each
	realTime []*rtFeed
	servers  []RealTimeServer // of the real-time feeds
	licence  *license.Gate
}

// feed is a configured feed with what the service knows about it.
type feed struct {
	HistoricalFeed               // with the destination's transport
	destination    string        // its name
	key            string        // the name in the ledger
	told           sync.Once     // that columns are missing
	tenure         *tenure       // of the call that works on the feed; nil without leases
	ledger         ledger.Ledger // under that lease; who has the turn of the key has both
	past           *past         // shared with the lanes of the same name that an update put this one in the place of
	mu             sync.Mutex    // guards what follows
	status         FeedStatus    // without what past has
}

// New makes a service. The error joins every problem of the options.
func New(o Options) (*Service, error) {
	s := &Service{o: o, log: o.Logger}
	if s.o.Clock == nil {
		s.o.Clock = systemClock{}
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	now, err := newSet(o, o.Ledger)
	list := []error{err}
	list = append(list, o.Instance.problems(o.Ledger, now.names())...)
	if err := errors.Join(list...); err != nil {
		return nil, err
	}
	s.set.Store(now)
	s.tenancy = newTenancy(o.Instance, o.Ledger)
	return s, nil
}

// newSet makes the feeds of the options, which work with a ledger. The error joins every problem.
func newSet(o Options, l ledger.Ledger) (*set, error) {
	c := &set{servers: o.RealTimeServers, licence: o.Licence}
	var list []error
	if l == nil && len(o.Historical) > 0 {
		list = append(list, wfm.Problem{Field: "Ledger", Reason: "is missing", Remedy: "use sqlledger, or ledger.NewMemory for a trial"})
	}
	if o.Licence == nil {
		list = append(list, wfm.Problem{Field: "Licence", Reason: "is missing", Remedy: "use license.NewGate with the features that your CIC servers have"})
	}
	keys := map[string]string{} // names in the ledger, and whose they are
	claim := func(feed, key string) {
		if other, taken := keys[key]; taken {
			reason := "is configured twice"
			if other != feed {
				reason = "has a name in the ledger, " + wfm.Quote(key) + ", that feed " + wfm.Quote(other) + " has too"
			}
			list = append(list, wfm.Problem{Field: "feed", Value: feed, Reason: reason, Remedy: "names are unique"})
		}
		keys[key] = feed
		var p wfm.Problem
		if feed != "" && errors.As(ledger.CheckFeed(key), &p) {
			p.Where, p.Remedy = fmt.Sprintf("feed %q", feed), "it is the name in the ledger, of the feed and where it has several its destination: change them"
			list = append(list, p)
		}
	}
	for i := range o.Historical {
		list = append(list, o.Historical[i].problems())
		for _, lane := range lanes(o.Historical[i]) {
			claim(lane.Name, lane.key)
			c.feeds = append(c.feeds, lane)
		}
	}
	list = append(list, serverProblems(o.RealTimeServers))
	for i := range o.RealTime {
		f := &rtFeed{RealTimeFeed: o.RealTime[i], past: &rtPast{unmapped: map[wfm.StatusKey]int{}}, said: map[string]bool{}}
		list = append(list, f.problems(o.RealTimeServers))
		claim(f.Name, f.Name)
		f.status = RealTimeStatus{Name: f.Name, Module: string(license.RealTime), State: "stopped"}
		if f.Encoder != nil {
			f.status.Vendor = f.Encoder.Info().Name
		}
		c.realTime = append(c.realTime, f)
	}
	return c, errors.Join(list...)
}

// names are those of all feeds.
func (c *set) names() map[string]bool {
	names := map[string]bool{}
	for _, f := range c.feeds {
		names[f.Name] = true
	}
	for _, f := range c.realTime {
		names[f.Name] = true
	}
	return names
}

// lock waits until no other call works on the feed, or ctx ends. The call works under the lease, if there is one.
func (s *Service) lock(ctx context.Context, f *feed, t *tenure) (unlock func(), err error) {
	unlock, err = s.turns.take(ctx, f.key)
	if err != nil {
		return nil, err
	}
	f.tenure, f.ledger = t, s.o.Ledger
	if t != nil {
		f.ledger = t.leases.Fenced(t.get())
	}
	return unlock, nil
}

// lanesOf returns the lanes of a feed: one for each destination.
func (s *Service) lanesOf(name string) (list []*feed, err error) {
	for _, f := range s.set.Load().feeds {
		if f.Name == name {
			list = append(list, f)
		}
	}
	if list == nil {
		err = wfm.Problem{Field: "feed", Value: name, Reason: "is not configured"}
	}
	return list, err
}
