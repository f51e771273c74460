package integration_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// cut is a ledger as one instance sees it, which can be out of its reach.
type cut struct {
	*ledger.Memory
	mu   sync.Mutex
	away bool
}

var errAway = &wfm.Error{Op: "ask the ledger", Kind: wfm.Unavailable, Retry: true, Err: errors.New("the database does not answer")}

func (c *cut) set(away bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.away = away
}

func (c *cut) gone() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.away {
		return errAway
	}
	return nil
}

func (c *cut) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
	if err := c.gone(); err != nil {
		return ledger.Lease{}, err
	}
	return c.Memory.Acquire(ctx, feed, holder, ttl)
}

func (c *cut) Release(ctx context.Context, l ledger.Lease) error {
	if err := c.gone(); err != nil {
		return err
	}
	return c.Memory.Release(ctx, l)
}

func (c *cut) Held(ctx context.Context, l ledger.Lease) error {
	if err := c.gone(); err != nil {
		return err
	}
	return c.Memory.Held(ctx, l)
}

// fencing is a shelf on which nothing appears whose lease is lost. before is called between the writing and the look at the
// lease, after between that look and the rename.
type fencing struct {
	*shelf
	*partials
	mu            sync.Mutex
	before, after func() // guarded
}

// partials are the partial files on a shelf: the token of each by name.
type partials struct {
	mu    sync.Mutex
	token map[string]int64
}

func (p *partials) write(name string, token int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.token[name] = token
}

func (p *partials) has(name string, token int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.token[name] == token
}

// Expel removes the partial file of another token.
func (p *partials) Expel(_ context.Context, a wfm.Artifact, token int64) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t, ok := p.token[a.Name]; ok && t != token {
		delete(p.token, a.Name)
		return 1, nil
	}
	return 0, nil
}

// once makes that something happens at the next delivery, before or after its last look at the lease.
func (f *fencing) once(before, after func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before, f.after = before, after
}

func (f *fencing) happen(what *func()) {
	f.mu.Lock()
	do := *what
	*what = nil
	f.mu.Unlock()
	if do != nil {
		do()
	}
}

func (f *fencing) DeliverFenced(ctx context.Context, a wfm.Artifact, fence delivery.Fence) (delivery.Receipt, error) {
	f.write(a.Name, fence.Token)
	f.happen(&f.before)
	if err := fence.Still(ctx); err != nil {
		return delivery.Receipt{}, err
	}
	f.happen(&f.after)
	if !f.has(a.Name, fence.Token) {
		return delivery.Receipt{}, &wfm.Error{Op: "rename", Kind: wfm.NotFound, Retry: true, Err: errors.New("the partial file is gone")}
	}
	return f.Deliver(ctx, a)
}

// pair is two instances over one source and one ledger.
type pair struct {
	source *historicaltest.Memory
	ledger *ledger.Memory
	views  [2]*cut
	out    *shelf
	to     [2]*fencing
	stop   [2]func()
	serve  [2]*integration.Service
}

func newPair(t *testing.T) *pair {
	p := &pair{source: &historicaltest.Memory{}, ledger: ledger.NewMemory(time.Now), out: &shelf{}}
	fill(p.source, epoch, 96)
	both := &partials{token: map[string]int64{}}
	for i := range 2 {
		p.views[i] = &cut{Memory: p.ledger}
		p.to[i] = &fencing{shelf: p.out, partials: both}
		p.start(t, i)
	}
	return p
}

func (p *pair) start(t *testing.T, i int) {
	f := feedOf(p.source, p.to[i], plain{})
	f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
	s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: p.views[i], Licence: licensed(t),
		Instance: integration.Instance{Name: string(rune('a' + i))}})
	require.NoError(t, err)
	p.serve[i], p.stop[i] = s, running(t, s)
	synctest.Wait()
}

func (p *pair) holds(i int) bool { return p.serve[i].Status().Feeds[0].Lease.Ours }

// holder returns who runs the feed, and who stands by.
func (p *pair) holder(t *testing.T) (holder, other int) {
	t.Helper()
	require.NotEqual(t, p.holds(0), p.holds(1), "exactly one instance runs the feed")
	if p.holds(0) {
		return 0, 1
	}
	return 1, 0
}

// once checks that so many files arrived, each once.
func (p *pair) once(t *testing.T, files int) {
	t.Helper()
	require.Equal(t, files, p.out.names())
	for name := range p.out.files {
		_, n := p.out.get(name)
		require.Equal(t, 1, n, name)
	}
}

func TestOneOfTwoInstancesRunsAFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(2*time.Hour + 10*time.Minute)
		synctest.Wait()
		holder, other := p.holder(t)
		p.once(t, 8)
		require.Zero(t, p.serve[other].Status().Feeds[0].Delivered)
		shown := p.serve[other].Status().Feeds[0].Lease
		require.Equal(t, p.serve[holder].Status().Feeds[0].Lease.Holder, shown.Holder, "who stands by knows for whom")

		p.stop[holder]() // an orderly stop gives the lease back
		time.Sleep(integration.DefaultLease/3 + time.Second)
		synctest.Wait()
		require.True(t, p.holds(other))
		time.Sleep(time.Hour)
		synctest.Wait()
		p.once(t, 12)
		p.stop[other]()
	})
}

func TestACrashedInstanceIsReplaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(time.Hour)
		holder, other := p.holder(t)
		p.views[holder].set(true) // as a crash looks to the ledger: no more signs of life, no release
		p.stop[holder]()
		time.Sleep(integration.DefaultLease / 2)
		synctest.Wait()
		require.False(t, p.holds(other), "the lease has not ended")
		time.Sleep(integration.DefaultLease*5/6 + time.Second)
		synctest.Wait()
		require.True(t, p.holds(other), "it takes over within the lease and a third of it")
		time.Sleep(time.Hour)
		synctest.Wait()
		p.once(t, 7)
		p.stop[other]()
	})
}

func TestAnInstanceThatCannotReachTheLedgerStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(time.Hour)
		holder, other := p.holder(t)
		p.views[holder].set(true)
		time.Sleep(integration.DefaultLease * 3)
		synctest.Wait()
		require.False(t, p.holds(holder))
		require.Contains(t, p.serve[holder].Status().Feeds[0].Lease.Error, "does not answer")
		require.True(t, p.holds(other))
		p.views[holder].set(false)
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		require.False(t, p.holds(holder), "it stands by when it is back")
		require.Equal(t, p.serve[other].Status().Feeds[0].Lease.Holder, p.serve[holder].Status().Feeds[0].Lease.Holder)
		time.Sleep(time.Hour)
		synctest.Wait()
		p.once(t, 8)
		p.stop[0]()
		p.stop[1]()
	})
}

// A paused process wakes up after the other took its place: before and after its last look at the lease.
func TestAPausedInstanceDeliversNothing(t *testing.T) {
	for name, point := range map[string]func(f *fencing, pause func()){
		"before it looks at the lease":            func(f *fencing, pause func()) { f.once(pause, nil) },
		"between that look and the file's rename": func(f *fencing, pause func()) { f.once(nil, pause) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPair(t)
				holder, other := p.holder(t)
				paused := make(chan struct{})
				point(p.to[holder], func() {
					p.views[holder].set(true) // it does nothing at all while it is paused
					close(paused)
					time.Sleep(20 * time.Minute)
					p.views[holder].set(false)
				})
				<-paused
				time.Sleep(time.Hour)
				synctest.Wait()
				require.True(t, p.holds(other))
				require.False(t, p.holds(holder))
				p.once(t, 5)
				require.Zero(t, p.serve[holder].Status().Feeds[0].Delivered)
				p.stop[0]()
				p.stop[1]()
			})
		})
	}
}

func TestInstancesShareFeedsAsTheyPrefer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out, l := &historicaltest.Memory{}, &shelf{}, ledger.NewMemory(time.Now)
		fill(m, epoch, 8)
		var services []*integration.Service
		var stops []func()
		for _, name := range []string{"first", "second"} {
			var feeds []integration.HistoricalFeed
			for _, feed := range []string{"first", "second"} {
				f := feedOf(m, out, plain{})
				f.Name = feed
				feeds = append(feeds, f)
			}
			s, err := integration.New(integration.Options{Historical: feeds, Ledger: l, Licence: licensed(t),
				Instance: integration.Instance{Name: name, Prefers: []string{name}, Lease: 10 * time.Second}})
			require.NoError(t, err)
			services, stops = append(services, s), append(stops, running(t, s))
		}
		ours := func(i int) (list []string) {
			for _, f := range services[i].Status().Feeds {
				if f.Lease.Ours {
					list = append(list, f.Name)
				}
			}
			return list
		}
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"first"}, ours(0))
		require.Equal(t, []string{"second"}, ours(1))
		stops[1]()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, []string{"first", "second"}, ours(0))
		stops[0]()
	})
}

func TestBackfillNeedsTheLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(3 * time.Hour)
		holder, other := p.holder(t)
		w := wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}
		_, err := p.serve[other].Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.ErrorContains(t, err, `the feed is run by instance "`+p.serve[holder].Status().Feeds[0].Lease.Holder)
		require.ErrorContains(t, err, "stop that instance")
		res, err := p.serve[holder].Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.NoError(t, err)
		require.Equal(t, 4, res.Skipped)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Equal(t, p.out.names(), 15)
		p.stop[0]()
		p.stop[1]()
	})
}

func TestRealTimeFeedsAreServedByTheHolder(t *testing.T) {
	a := &reader{name: "a"}
	synctest.Test(t, func(t *testing.T) {
		l := ledger.NewMemory(time.Now)
		var services []*integration.Service
		var sources []*rtatest.Source
		var stops []func()
		for _, name := range []string{"first", "second"} {
			src := rtatest.NewSource()
			s, err := integration.New(integration.Options{RealTime: []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}})},
				RealTimeServers: []integration.RealTimeServer{{Name: "cic1", Source: src}}, Licence: realTimeGate, Ledger: l,
				Instance: integration.Instance{Name: name}})
			require.NoError(t, err)
			services, sources, stops = append(services, s), append(sources, src), append(stops, running(t, s))
			synctest.Wait()
			require.NoError(t, src.Emit(t.Context(), rtatest.Told("host", told("ann", available))...))
		}
		require.Equal(t, []string{"normal", "is ann 1"}, a.read(), "one of the two serves")
		require.Equal(t, "serving", services[0].Status().RealTime[0].State)
		require.Equal(t, "standby", services[1].Status().RealTime[0].State)
		require.NoError(t, sources[0].Emit(t.Context(), rtatest.Told("host", told("ann", lunch))[2]))
		require.NoError(t, sources[1].Emit(t.Context(), rtatest.Told("host", told("ann", lunch))[2]))
		require.Equal(t, []string{"change ann 5"}, a.read())
		stops[0]()
		time.Sleep(integration.DefaultLease/3 + time.Second)
		require.Equal(t, []string{"shutdown", "normal", "is ann 5"}, a.read(), "the other knows all agents already")
		stops[1]()
	})
}

func TestInstancesThatCannotBe(t *testing.T) {
	f := feedOf(&historicaltest.Memory{}, &shelf{}, plain{})
	_, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f}, Ledger: justLedger{ledger.NewMemory(nil)}, Licence: licensed(t),
		Instance: integration.Instance{Name: "a", Lease: time.Millisecond, Prefers: []string{"nobody"}}})
	require.ErrorContains(t, err, `Instance "a" needs a ledger that gives leases`)
	require.ErrorContains(t, err, `Instance.Lease "1ms" is shorter than a second`)
	require.ErrorContains(t, err, `Instance.Prefers "nobody" is no feed`)
}

// justLedger hides what else a ledger can do.
type justLedger struct{ ledger.Ledger }
