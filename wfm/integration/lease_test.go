package integration_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

func TestABackfillLeavesTheLeaseToRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(time.Hour)
		holder, _ := p.holder(t)
		w := wfm.Window{Start: epoch, End: epoch.Add(30 * time.Minute)}
		_, err := p.serve[holder].Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.NoError(t, err)
		list, err := p.ledger.Holders(t.Context())
		require.NoError(t, err)
		require.NoError(t, p.ledger.Held(t.Context(), list[0]))
		time.Sleep(time.Minute)
		require.True(t, p.holds(holder))
		p.stop[0]()
		p.stop[1]()
		list, err = p.ledger.Holders(t.Context())
		require.NoError(t, err)
		require.True(t, ledger.IsLost(p.ledger.Held(t.Context(), list[0])), "Run gives it back")
		_, err = p.serve[holder].Backfill(t.Context(), "history", w, integration.BackfillOptions{})
		require.NoError(t, err)
		list, err = p.ledger.Holders(t.Context())
		require.NoError(t, err)
		require.True(t, ledger.IsLost(p.ledger.Held(t.Context(), list[0])), "and so does a backfill alone")
	})
}

func TestABackfillSaysThatItsLeaseIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		time.Sleep(time.Hour)
		holder, other := p.holder(t)
		p.to[holder].once(func() {
			p.views[holder].set(true)
			time.Sleep(2 * time.Minute)
			p.views[holder].set(false)
		}, nil)
		fill(p.source, epoch, 1) // another row, so that there is something to deliver
		_, err := p.serve[holder].Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(30 * time.Minute)}, integration.BackfillOptions{})
		require.True(t, ledger.IsLost(err), err)
		require.NotContains(t, err.Error(), "context canceled")
		require.True(t, p.holds(other))
		p.stop[0]()
		p.stop[1]()
	})
}

// hasty is a ledger that grants a lease in the moment in which nobody wants it any more.
type hasty struct {
	*ledger.Memory
	before func()
}

func (h *hasty) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
	l, err := h.Memory.Acquire(context.WithoutCancel(ctx), feed, holder, ttl)
	h.before()
	return l, err
}

func TestALeaseThatIsGrantedAtTheStopIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		l := &hasty{ledger.NewMemory(time.Now), cancel}
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{feedOf(&historicaltest.Memory{}, &shelf{}, plain{})},
			Ledger: l, Licence: licensed(t), Instance: integration.Instance{Name: "a"}})
		require.NoError(t, err)
		require.NoError(t, s.Run(ctx))
		list, err := l.Holders(t.Context())
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.True(t, ledger.IsLost(l.Held(t.Context(), list[0])))
	})
}

func TestALeaseIsAskedForSoonAfterALongOutageOfTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPair(t)
		for _, v := range p.views {
			v.set(true)
		}
		time.Sleep(3 * time.Hour)
		for _, v := range p.views {
			v.set(false)
		}
		time.Sleep(integration.DefaultLease/3 + time.Second)
		synctest.Wait()
		p.holder(t)
		p.stop[0]()
		p.stop[1]()
	})
}

// sluggish is a ledger that takes a while to say that it is away.
type sluggish struct{ *cut }

func (s sluggish) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
	if s.gone() != nil {
		select {
		case <-time.After(4 * time.Second):
		case <-ctx.Done():
		}
	}
	return s.cut.Acquire(ctx, feed, holder, ttl)
}

func TestReceiversAreLeftBeforeTheLeaseEnds(t *testing.T) {
	a := &reader{name: "a"}
	synctest.Test(t, func(t *testing.T) {
		src, view := rtatest.NewSource(), &cut{Memory: ledger.NewMemory(time.Now)}
		s, err := integration.New(integration.Options{RealTime: []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}})},
			RealTimeServers: []integration.RealTimeServer{{Name: "cic1", Source: src}}, Licence: realTimeGate, Ledger: sluggish{view},
			Instance: integration.Instance{Name: "first"}})
		require.NoError(t, err)
		stop := running(t, s)
		synctest.Wait()
		require.NoError(t, src.Emit(t.Context(), rtatest.Told("host", told("ann", available))...))
		require.Len(t, a.read(), 2)
		view.set(true)
		time.Sleep(integration.DefaultLease + time.Second)
		require.Equal(t, []string{"shutdown"}, a.read(), "from now on another may serve them")
		stop()
	})
}

func TestNamesThatNoLedgerCanStore(t *testing.T) {
	f := feedOf(&historicaltest.Memory{}, &shelf{}, plain{})
	f.Name = "sales "
	long := twoDestinations(&historicaltest.Memory{}, &shelf{}, &shelf{}, plain{})
	long.Name = strings.Repeat("x", 190)
	_, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{f, long}, Ledger: ledger.NewMemory(nil), Licence: licensed(t),
		Instance: integration.Instance{Name: strings.Repeat("n", 200), Lease: 48 * time.Hour}})
	require.ErrorContains(t, err, `feed "sales ": feed "sales " begins or ends with a blank`)
	require.ErrorContains(t, err, `is longer than 200 bytes`)
	require.ErrorContains(t, err, `Instance.Name "nnn`)
	require.ErrorContains(t, err, `Instance.Lease "48h0m0s" is more than 24h0m0s`)
}
