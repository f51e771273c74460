package integration_test

import (
	"context"
	"fmt"
	"slices"
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

func versioned(f integration.RealTimeFeed, version string) integration.RealTimeFeed {
	f.Version = version
	return f
}

// options are those of an update, with the servers that the service began with.
func (c *centre) options(feeds ...integration.RealTimeFeed) integration.Options {
	return integration.Options{RealTime: feeds, Licence: realTimeGate,
		RealTimeServers: []integration.RealTimeServer{{Name: "cic1", Source: c.servers[0], Version: "1"}}}
}

func TestUpdateLeavesTheReceiversOfFeedsThatStay(t *testing.T) {
	a, b, late := &reader{name: "a"}, &reader{name: "b"}, &reader{name: "late"}
	stays := versioned(wordFeed(t, "stays", vendors.Traits{}, &receivers{list: []*reader{a}}), "1")
	goes := versioned(wordFeed(t, "goes", vendors.Traits{}, &receivers{list: []*reader{b}}), "1")
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{stays, goes}, func(c *centre) {
		require.NoError(t, c.service.Update(c.options(stays, goes))) // gives the server a version, which is a change
		synctest.Wait()
		c.begin(0, told("ann", available))
		require.Equal(t, []string{"normal", "is ann 1"}, a.read())
		require.Equal(t, []string{"normal", "is ann 1"}, b.read())

		added := versioned(wordFeed(t, "added", vendors.Traits{}, &receivers{list: []*reader{late}}), "1")
		require.NoError(t, c.service.Update(c.options(stays, added)))
		require.Empty(t, a.read(), "it is told nothing of all that")
		require.Equal(t, []string{"shutdown"}, b.read())
		require.Equal(t, []string{"normal", "is ann 1"}, late.read())
		require.Len(t, c.service.Status().RealTime, 2)
		require.Equal(t, 1, c.service.Status().Servers[0].Connects, "the session is the one it was")

		// A feed that needs another workgroup makes the server connect anew; who stays hears only what differs.
		wider := added
		wider.Workgroups, wider.Version = []wfm.Workgroup{"Sales", "Night"}, "2"
		require.NoError(t, c.service.Update(c.options(stays, wider)))
		synctest.Wait()
		c.begin(0, told("ann", lunch))
		require.Equal(t, []string{"change ann 5"}, a.read())
		require.Equal(t, "shutdown", late.read()[0])

		// A feed without a version is always another one.
		nameless := stays
		nameless.Version = ""
		require.NoError(t, c.service.Update(c.options(nameless, wider)))
		require.Equal(t, []string{"shutdown", "normal", "is ann 5"}, a.read())
	}))
}

func TestUpdateTakesAwayAllRealTimeFeedsAndGivesThemBack(t *testing.T) {
	a := &reader{name: "a"}
	feed := versioned(wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}}), "1")
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		c.begin(0, told("ann", available))
		require.Len(t, a.read(), 2)
		require.NoError(t, c.service.Update(integration.Options{Licence: realTimeGate}))
		require.Equal(t, []string{"shutdown"}, a.read())
		require.Empty(t, c.service.Status().RealTime)
		require.Empty(t, c.service.Status().Servers)
		feed.Links = &receivers{list: []*reader{a}}
		require.NoError(t, c.service.Update(c.options(feed)))
		synctest.Wait()
		c.begin(0, told("bob", lunch))
		require.Equal(t, []string{"normal", "is bob 5"}, a.read(), "nothing is left of what was known before")
	}))
}

func TestUpdateOfServers(t *testing.T) {
	a, b := &reader{name: "a"}, &reader{name: "b"}
	one := versioned(wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}}), "1")
	one.Servers = []string{"cic1"}
	all := versioned(wordFeed(t, "all", vendors.Traits{}, &receivers{list: []*reader{b}}), "1")
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{one, all}, func(c *centre) {
		require.NoError(t, c.service.Update(c.options(one, all)))
		synctest.Wait()
		c.begin(0, told("ann", available))
		require.Len(t, a.read(), 2)
		require.Len(t, b.read(), 2)
		o := c.options(one, all)
		second := rtatest.NewSource()
		o.RealTimeServers = append(o.RealTimeServers, integration.RealTimeServer{Name: "cic2", Source: second, Version: "1"})
		require.NoError(t, c.service.Update(o))
		require.Empty(t, a.read())
		require.Equal(t, "shutdown", b.read()[0], "a feed of all servers has another set now")
		require.NoError(t, second.Emit(c.ctx, rtatest.Told("host", told("bob", lunch))...))
		require.Contains(t, b.read(), "entered bob 5")
		require.Empty(t, a.read())
	}))
}

func TestUpdateOfHistoricalFeeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, first, second := &historicaltest.Memory{}, &shelf{}, &shelf{}
		fill(m, epoch, 96)
		l := ledger.NewMemory(time.Now)
		stays := feedOf(m, first, plain{})
		stays.Name, stays.Version = "stays", "1"
		changes := feedOf(m, second, plain{})
		changes.Name, changes.Version = "changes", "1"
		for _, f := range []*integration.HistoricalFeed{&stays, &changes} {
			f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
		}
		s := newService(t, l, stays, changes)
		stop := running(t, s)
		time.Sleep(time.Hour)
		synctest.Wait()
		before := s.Status().Feeds
		require.Equal(t, 3, before[0].Delivered)

		third := &shelf{}
		other := changes
		other.Transport, other.Version = third, "2"
		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{stays, other}, Licence: licensed(t)}))
		time.Sleep(time.Hour)
		synctest.Wait()
		after := s.Status().Feeds
		require.Equal(t, 7, after[0].Delivered, "the feed that stays goes on counting")
		require.Equal(t, 7, after[1].Delivered, "and so does the changed one, which goes on where the ledger says, at its new target")
		require.GreaterOrEqual(t, after[1].Skipped, before[1].Skipped)
		require.Equal(t, 3, second.names())
		require.Equal(t, 4, third.names())

		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{stays}, Licence: licensed(t)}))
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Equal(t, 4, third.names(), "what is gone delivers nothing more")
		require.Equal(t, 11, first.names())
		require.Len(t, s.Status().Feeds, 1)

		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{stays, other}, Licence: licensed(t)}))
		synctest.Wait()
		require.Equal(t, 4, s.Status().Feeds[1].Delivered, "what was gone begins to count anew")
		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{stays}, Licence: licensed(t)}))

		broken := stays
		broken.Transport = nil
		require.ErrorContains(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{broken}}), "Transport is missing")
		require.Len(t, s.Status().Feeds, 1, "an error changes nothing")
		stop()
	})
}

// What a feed knows of its past outlives a change: gaps, remarks, and what the work that is cut off still counts.
func TestUpdateKeepsThePastOfAFeed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 2)
		fill(m, epoch.Add(45*time.Minute), 4) // the third interval is a gap
		f := feedOf(m, out, plain{})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
		s := newService(t, ledger.NewMemory(time.Now), f)
		stop := running(t, s)
		time.Sleep(65 * time.Minute)
		synctest.Wait()
		before := s.Status().Feeds[0]
		require.Equal(t, 3, before.Delivered)
		require.Len(t, before.Gaps, 1)
		next := f
		next.Lookback = -1
		for _, servers := range [][]integration.Server{f.Servers, {{Name: "cic1", Source: &historicaltest.Memory{}}}} {
			next.Servers = servers
			require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{next}, Licence: licensed(t)}))
			synctest.Wait()
			after := s.Status().Feeds[0]
			require.Equal(t, []int{before.Delivered, before.Skipped, before.Restated, before.Withheld}, []int{after.Delivered, after.Skipped, after.Restated, after.Withheld})
			require.Equal(t, before.Gaps, after.Gaps)
			require.Equal(t, before.Diagnostics, after.Diagnostics)
		}
		stop()
	})
}

// A backfill that began before the update counts for the feed that took the place of its own.
func TestUpdateDuringABackfillCountsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 8)
		f := feedOf(m, out, plain{})
		f.Version = "1"
		s := newService(t, ledger.NewMemory(time.Now), f)
		time.Sleep(3 * time.Hour)
		out.fail = func(string) error {
			out.fail = nil
			f.Version = "2"
			return s.Update(integration.Options{Historical: []integration.HistoricalFeed{f}, Licence: licensed(t)})
		}
		_, err := s.Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(2 * time.Hour)}, integration.BackfillOptions{})
		require.NoError(t, err)
		require.Equal(t, 8, s.Status().Feeds[0].Delivered)
	})
}

// The counts of a real-time feed outlive a change; a feed of another name begins anew.
func TestUpdateKeepsTheCountsOfARealTimeFeed(t *testing.T) {
	r := &reader{name: "a"}
	feed := versioned(wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}}), "1")
	feed.Encoder = newWords(t, vendors.Traits{}, vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"}}, Unmapped: vendors.SkipUnmapped})
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		require.NoError(t, c.service.Update(c.options(feed)))
		synctest.Wait()
		c.begin(0, told("ann", lunch))
		unmapped := func() map[wfm.StatusKey]int { synctest.Wait(); return c.service.Status().RealTime[0].Unmapped }
		require.Equal(t, map[wfm.StatusKey]int{lunch.Key: 1}, unmapped())
		other := versioned(feed, "2")
		other.Links = &receivers{list: []*reader{r}}
		require.NoError(t, c.service.Update(c.options(other)))
		require.Equal(t, map[wfm.StatusKey]int{lunch.Key: 2}, unmapped(), "one more in the snapshot of the new connection")
		renamed := versioned(feed, "2")
		renamed.Name, renamed.Links = "two", &receivers{}
		require.NoError(t, c.service.Update(c.options(renamed)))
		require.Empty(t, unmapped())
	}))
}

// Updates while feeds come and go all the time lose and repeat nothing.
func TestManyUpdates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96)
		f := feedOf(m, out, plain{})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
		s := newService(t, ledger.NewMemory(time.Now), f)
		stop := running(t, s)
		for i := range 100 {
			f.Version = string(rune('a' + i%3))
			feeds := []integration.HistoricalFeed{f}
			if i%7 == 0 {
				feeds = nil
			}
			require.NoError(t, s.Update(integration.Options{Historical: feeds, Licence: licensed(t)}))
			time.Sleep(7 * time.Minute)
		}
		f.Version = "last"
		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{f}, Licence: licensed(t)}))
		time.Sleep(20 * time.Minute)
		synctest.Wait()
		stop()
		names := []string{}
		for name := range out.files {
			_, n := out.get(name)
			require.Equal(t, 1, n, name)
			names = append(names, name)
		}
		slices.Sort(names)
		require.Len(t, names, int((100*7+15)/15), names)
	})
}

func TestUpdateNeedsALedgerForHistoricalFeeds(t *testing.T) {
	s, err := integration.New(integration.Options{Licence: licensed(t)})
	require.NoError(t, err)
	f := feedOf(&historicaltest.Memory{}, &shelf{}, plain{})
	require.ErrorContains(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{f}, Licence: licensed(t)}), "Ledger is missing")
}

// A lane is the same where feed and destination are, not where they give the same name in the ledger.
func TestUpdateTellsFeedAndDestinationFromOneWithBothNames(t *testing.T) {
	one := feedOf(&historicaltest.Memory{}, &shelf{}, plain{})
	one.Name, one.Version = "a -> b", "1"
	s := newService(t, ledger.NewMemory(nil), one)
	two := feedOf(&historicaltest.Memory{}, nil, plain{})
	two.Name, two.Version, two.Destinations = "a", "1", []integration.Destination{{Name: "b", Transport: &shelf{}}}
	require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{two}, Licence: licensed(t)}))
	require.Equal(t, "a", s.Status().Feeds[0].Name)
}

// A backfill goes on with the feed that was. The one that takes its place must not work beside it.
func TestUpdateDuringABackfill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, out := &historicaltest.Memory{}, &shelf{}
		fill(m, epoch, 96)
		f := feedOf(m, out, plain{})
		f.Delay, f.Lookback, f.Start = 5*time.Minute, time.Hour, epoch
		s := newService(t, ledger.NewMemory(time.Now), f)
		time.Sleep(2*time.Hour + 6*time.Minute)
		atWork, most := 0, 0
		out.fail = nil
		slow := &leisurely{shelf: out, enter: func() { atWork++; most = max(most, atWork) }, leave: func() { atWork-- }}
		f.Transport = slow
		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{f}, Licence: licensed(t)}))
		done := make(chan error)
		go func() {
			_, err := s.Backfill(t.Context(), "history", wfm.Window{Start: epoch, End: epoch.Add(2 * time.Hour)}, integration.BackfillOptions{})
			done <- err
		}()
		synctest.Wait()
		f.Version = "other"
		require.NoError(t, s.Update(integration.Options{Historical: []integration.HistoricalFeed{f}, Licence: licensed(t)}))
		stop := running(t, s)
		require.NoError(t, <-done)
		time.Sleep(time.Minute)
		synctest.Wait()
		stop()
		require.Equal(t, 1, most, "one call works on a feed at a time")
		for name := range out.files {
			_, n := out.get(name)
			require.Equal(t, 1, n, name)
		}
	})
}

// leisurely is a shelf that takes a second for each file.
type leisurely struct {
	*shelf
	mu           sync.Mutex
	enter, leave func()
}

func (s *leisurely) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	s.mu.Lock()
	s.enter()
	s.mu.Unlock()
	time.Sleep(time.Second)
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.leave()
	}()
	return s.shelf.Deliver(ctx, a)
}

func TestUpdateReplacesMoreServersThanHaveRoomAtOnce(t *testing.T) {
	a := &reader{name: "a"}
	feed := versioned(wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}}), "1")
	require.NoError(t, runRealTime(t, 40, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		synctest.Wait()
		o := c.options(feed)
		o.RealTimeServers = nil
		var sources []*rtatest.Source
		for i := range 40 {
			src := rtatest.NewSource()
			sources = append(sources, src)
			o.RealTimeServers = append(o.RealTimeServers, integration.RealTimeServer{Name: fmt.Sprint("new", i), Source: src, Version: "1"})
		}
		require.NoError(t, c.service.Update(o))
		synctest.Wait()
		for _, src := range sources {
			require.NoError(t, src.Emit(c.ctx, rtatest.Told("host", told("ann", available))...))
		}
		require.Contains(t, a.read(), "is ann 1")
		require.Len(t, c.service.Status().Servers, 40)
		require.Len(t, c.service.Status().RealTime[0].Licence, 40, "of the servers that are gone nothing is shown")

		for len(o.RealTimeServers) <= 64 {
			o.RealTimeServers = append(o.RealTimeServers, integration.RealTimeServer{Name: fmt.Sprint("more", len(o.RealTimeServers)), Source: rtatest.NewSource()})
		}
		require.ErrorContains(t, c.service.Update(o), `RealTimeServers "65" are more than 64`)
		require.Len(t, c.service.Status().Servers, 40, "an error changes nothing")
	}))
}

func TestRunTwiceAtOnceIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, ledger.NewMemory(time.Now), feedOf(&historicaltest.Memory{}, &shelf{}, plain{}))
		stop := running(t, s)
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		require.ErrorContains(t, s.Run(ctx), "it runs already")
		stop()
	})
}
