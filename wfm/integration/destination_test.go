package integration_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

func twoDestinations(m *historicaltest.Memory, first, second delivery.Transport, p plain) integration.HistoricalFeed {
	f := feedOf(m, nil, p)
	f.Destinations = []integration.Destination{{Name: "share", Transport: first}, {Name: "archive", Transport: second}}
	return f
}

func TestADestinationThatIsAwayHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &historicaltest.Memory{}
		fill(m, epoch, 12)
		up, away := &shelf{}, &shelf{}
		var mu sync.Mutex
		failing := true
		away.fail = func(string) error {
			mu.Lock()
			defer mu.Unlock()
			if failing {
				return errPassing
			}
			return nil
		}
		f := twoDestinations(m, up, away, plain{})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
		s := newService(t, ledger.NewMemory(time.Now), f)
		stop := running(t, s)
		time.Sleep(3*time.Hour + 10*time.Minute)
		synctest.Wait()
		require.Equal(t, 12, up.names())
		require.Zero(t, away.names())
		status := s.Status().Feeds
		require.Len(t, status, 2)
		require.Equal(t, []string{"share", "archive"}, []string{status[0].Destination, status[1].Destination})
		require.Equal(t, epoch.Add(3*time.Hour), status[0].Watermark)
		require.Empty(t, status[0].LastError)
		require.Contains(t, status[1].LastError, "does not answer")
		mu.Lock()
		failing = false
		mu.Unlock()
		time.Sleep(10 * time.Minute) // the longest pause between attempts is five minutes
		synctest.Wait()
		require.Equal(t, 12, away.names(), "what was missed is made up for, back to the beginning")
		for name := range up.files {
			_, n := up.get(name)
			require.Equal(t, 1, n, name)
			_, n = away.get(name)
			require.Equal(t, 1, n, name)
		}
		stop()
	})
}

func TestADestinationThatIsAddedStartsForItself(t *testing.T) {
	m, first, second := &historicaltest.Memory{}, &shelf{}, &shelf{}
	fill(m, epoch, 4)
	l := ledger.NewMemory(time.Now)
	w := wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}
	res, err := newService(t, l, feedOf(m, first, plain{})).Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, 4, res.Delivered)

	f := feedOf(m, nil, plain{})
	f.Destinations = []integration.Destination{{Transport: first}, {Name: "archive", Transport: second}}
	res, err = newService(t, l, f).Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Equal(t, 4, res.Skipped, "the destination without a name goes on where the feed stood")
	require.Equal(t, 4, res.Delivered)
	require.Equal(t, 4, res.Intervals, "an interval counts once, however many places it goes to")
	require.Equal(t, 4, second.names())
	for name := range first.files {
		_, n := first.get(name)
		require.Equal(t, 1, n)
	}
}

// A restatement is decided by what each destination has.
func TestRevisionsAreThoseOfTheDestination(t *testing.T) {
	m, first, second := &historicaltest.Memory{}, &shelf{}, &shelf{}
	fill(m, epoch, 1)
	l := ledger.NewMemory(time.Now)
	w := wfm.Window{Start: epoch, End: epoch.Add(15 * time.Minute)}
	second.fail = func(string) error { return errPassing }
	var outcomes []integration.Outcome
	make := func() *integration.Service {
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{twoDestinations(m, first, second, plain{restates: vendors.Restates})},
			Ledger: l, Licence: licensed(t), Observe: func(o integration.Outcome) { outcomes = append(outcomes, o) }})
		require.NoError(t, err)
		return s
	}
	_, err := make().Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.ErrorContains(t, err, "does not answer")
	fill(m, epoch, 1) // another row for the same quarter
	second.fail = nil
	outcomes = nil
	_, err = make().Backfill(t.Context(), "history", w, integration.BackfillOptions{})
	require.NoError(t, err)
	require.Len(t, outcomes, 2)
	require.Equal(t, "share", outcomes[0].Destination)
	require.Equal(t, integration.Restated, outcomes[0].Action)
	require.Equal(t, "archive", outcomes[1].Destination)
	got, n := second.get("20000101_0000.json")
	require.Equal(t, figure(2), got)
	require.Equal(t, 1, n, "what never arrived was not sent twice")
}

func TestDestinationsThatCannotBe(t *testing.T) {
	m := &historicaltest.Memory{}
	both := twoDestinations(m, &shelf{}, &shelf{}, plain{})
	both.Transport = &shelf{}
	twice := twoDestinations(m, &shelf{}, nil, plain{})
	twice.Name = "second"
	twice.Destinations[1].Name = "share"
	clash := feedOf(m, &shelf{}, plain{})
	clash.Name = "history -> share"
	_, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{both, twice, clash}, Ledger: ledger.NewMemory(nil), Licence: licensed(t)})
	for _, want := range []string{
		`feed "history": Transport stands beside Destinations`,
		`feed "second": Destinations "share" has no transport`,
		`feed "second": Destinations "share" stands twice`,
		`feed "history -> share" has a name in the ledger, "history -> share", that feed "history" has too`,
	} {
		require.ErrorContains(t, err, want)
	}
}

func TestCheckNamesTheDestination(t *testing.T) {
	m := &historicaltest.Memory{}
	fill(m, epoch, 4)
	f := twoDestinations(m, &shelf{}, unreachable{}, plain{})
	report := newService(t, ledger.NewMemory(nil), f).Check(t.Context(), wfm.Window{Start: epoch, End: epoch.Add(time.Hour)})
	require.Len(t, report.Feeds, 2)
	require.Empty(t, report.Feeds[0].Problems)
	require.Equal(t, "archive", report.Feeds[1].Destination)
	require.ErrorContains(t, report.Err(), `feed "history": destination "archive"`)
}

type unreachable struct{}

func (unreachable) Deliver(context.Context, wfm.Artifact) (delivery.Receipt, error) {
	return delivery.Receipt{}, errPassing
}

func (unreachable) Check(context.Context) error { return errPassing }
