package integration_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// licenceInterval is how often a licence that is not there is asked for, as the documentation of Run says.
const licenceInterval = 15 * time.Minute

// A historical feed whose licence is missing at the start begins when it is there, and says so until then.
func TestAFeedStartsWhenItsLicenceComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m, first, second := &historicaltest.Memory{}, &shelf{}, &shelf{}
		fill(m, epoch, 96)
		one, two := feedOf(m, first, plain{}), feedOf(m, second, plain{})
		two.Name, two.Servers = "later", []integration.Server{{Name: "cic2", Source: m}}
		one.Start, two.Start = epoch, epoch
		l := &changing{list: []license.Feature{"OTHER"}}
		gate := license.NewGate(multi{"cic1": &changing{list: []license.Feature{license.FeatureHistorical}}, "cic2": l}, license.Options{})
		s, err := integration.New(integration.Options{Historical: []integration.HistoricalFeed{one, two}, Ledger: ledger.NewMemory(time.Now), Licence: gate})
		require.NoError(t, err)
		stop := running(t, s)
		time.Sleep(time.Hour)
		synctest.Wait()
		st := s.Status().Feeds
		require.False(t, st[0].Refused)
		require.NotZero(t, first.names())
		require.True(t, st[1].Refused)
		require.Contains(t, st[1].LastError, "I3_FEATURE_WFM_HISTORICAL")
		require.True(t, st[1].Next.After(time.Now()) && !st[1].Next.After(time.Now().Add(licenceInterval)), st[1].Next)
		require.Zero(t, second.names())

		l.set(nil, license.FeatureHistorical)
		time.Sleep(licenceInterval)
		synctest.Wait()
		st = s.Status().Feeds
		require.False(t, st[1].Refused)
		require.Empty(t, st[1].LastError)
		require.Equal(t, first.names(), second.names())

		l.set(nil) // it is taken away again
		time.Sleep(licenceInterval + time.Minute)
		synctest.Wait()
		require.True(t, s.Status().Feeds[1].Refused)
		stop()
	})
}

// A real-time feed whose servers have no licence at the start begins when one has, and nothing else is disturbed.
func TestARealTimeFeedStartsWhenItsLicenceComes(t *testing.T) {
	a, b, all := &reader{name: "a"}, &reader{name: "b"}, &reader{name: "all"}
	first, second, third := &changing{list: []license.Feature{"RTA"}}, &changing{list: []license.Feature{"OTHER"}}, &changing{}
	gate := license.NewGate(multi{"cic1": first, "cic2": second, "cic3": third}, license.Options{RealTime: "RTA"})
	one := wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{a}})
	one.Servers = []string{"cic1"}
	two := wordFeed(t, "two", vendors.Traits{}, &receivers{list: []*reader{b}})
	two.Servers = []string{"cic2"}
	every := wordFeed(t, "every", vendors.Traits{}, &receivers{list: []*reader{all}})
	require.NoError(t, runRealTime(t, 3, gate, []integration.RealTimeFeed{one, two, every}, func(c *centre) {
		status := func(feed int) integration.RealTimeStatus { synctest.Wait(); return c.service.Status().RealTime[feed] }
		synctest.Wait()
		began := time.Now()
		c.begin(0, told("ann", available))
		require.Equal(t, []string{"normal", "is ann 1"}, a.read())
		require.Equal(t, []string{"normal", "is ann 1"}, all.read())
		require.Equal(t, "refused", status(1).State)
		require.Equal(t, began.Add(licenceInterval).UTC(), status(1).Next)

		// What is followed loses nothing by the question, nor does a licence that cannot be read now begin anything.
		second.set(&wfm.Error{Op: "log on", Kind: wfm.Unavailable, Retry: true, Err: errors.New("nobody answers")})
		time.Sleep(licenceInterval)
		require.Equal(t, "refused", status(1).State)
		require.Equal(t, began.Add(2*licenceInterval).UTC(), status(1).Next)
		require.Equal(t, "unknown", status(1).Licence[0].State)
		require.Empty(t, a.read())
		require.Empty(t, all.read())
		require.Len(t, c.service.Status().Servers, 1)

		second.set(nil, "RTA")
		time.Sleep(licenceInterval)
		require.Equal(t, "waiting", status(1).State)
		c.begin(1, told("bob", lunch))
		require.Equal(t, []string{"normal", "is bob 5"}, b.read())
		require.Equal(t, "serving", status(1).State)
		require.Empty(t, a.read(), "the feed of another server keeps its connection")
		require.Equal(t, 1, c.service.Status().Servers[0].Connects, "and the server its session")
		got := all.read()
		require.Equal(t, "shutdown", got[0], "a feed of all servers has another set now")
		require.Contains(t, got, "is ann 1")
		require.Contains(t, append(got, all.read()...), "entered bob 5")
		require.Len(t, c.service.Status().Servers, 2, "the third has no licence still")
		c.tell(0, told("ann", lunch))
		require.Equal(t, []string{"change ann 5"}, a.read())
	}))
}

// Where no server has the licence of the real-time module, the historical one works, and the other begins later.
func TestTheRealTimeModuleStartsWhenALicenceComes(t *testing.T) {
	for name, before := range map[string]*changing{"missing": {list: []license.Feature{"OTHER"}}, "not readable": {err: &wfm.Error{Op: "read the licence", Kind: wfm.Unsupported, Err: errors.New("no right to read it")}}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m, out, r := &historicaltest.Memory{}, &shelf{}, &reader{name: "a"}
				fill(m, epoch, 8)
				src := rtatest.NewSource()
				c := &centre{t: t, ctx: t.Context(), servers: []*rtatest.Source{src}}
				s, err := integration.New(integration.Options{
					Historical: []integration.HistoricalFeed{feedOf(m, out, plain{})}, Ledger: ledger.NewMemory(time.Now),
					RealTime:        []integration.RealTimeFeed{wordFeed(t, "live", vendors.Traits{}, &receivers{list: []*reader{r}})},
					RealTimeServers: []integration.RealTimeServer{{Name: "live", Source: src}},
					Licence:         license.NewGate(multi{"cic1": &changing{list: []license.Feature{license.FeatureHistorical}}, "live": before}, license.Options{RealTime: "RTA"}),
				})
				require.NoError(t, err)
				stop := running(t, s)
				time.Sleep(time.Hour)
				synctest.Wait()
				require.NotZero(t, out.names())
				require.Equal(t, "refused", s.Status().RealTime[0].State)
				require.Empty(t, s.Status().Servers)
				before.set(nil, "RTA")
				time.Sleep(licenceInterval)
				synctest.Wait()
				require.Equal(t, "waiting", s.Status().RealTime[0].State)
				c.begin(0, told("ann", available))
				require.Equal(t, []string{"normal", "is ann 1"}, r.read())
				stop()
			})
		})
	}
}
