package integration_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

func TestRealTimeLicencePerServer(t *testing.T) {
	r := &reader{name: "a"}
	gate := license.NewGate(license.Declared{ByServer: map[string][]license.Feature{"cic1": {"OTHER"}, "cic2": {"RTA"}}}, license.Options{RealTime: "rta"})
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}}), wordFeed(t, "two", vendors.Traits{}, &receivers{})}
	feeds[1].Servers = []string{"cic1"}
	require.NoError(t, runRealTime(t, 2, gate, feeds, func(c *centre) {
		c.begin(1, told("ann", available))
		require.Equal(t, []string{"normal", "is ann 1"}, r.read(), "an unlicensed server is not missed")
		require.Empty(t, c.servers[0].Queries(), "and asked nothing")
		st := c.service.Status()
		require.Equal(t, []integration.LicenceStatus{{Server: "cic1", State: "not licensed", Reason: "the licence lacks rta"}, {Server: "cic2", State: "licensed", Reason: "the licence has rta"}}, st.RealTime[0].Licence)
		require.Equal(t, "refused", st.RealTime[1].State)
		require.Contains(t, st.RealTime[1].LastError, "none of its servers is licensed")
	}))

	none := license.NewGate(license.Declared{}, license.Options{RealTime: "RTA"})
	err := runRealTime(t, 1, none, feeds[:1], nil)
	require.Equal(t, wfm.NotLicensed, wfm.KindOf(err))
	err = runRealTime(t, 1, license.NewGate(license.Declared{All: []license.Feature{"I3_FEATURE_X"}}, license.Options{}), feeds[:1], nil)
	require.ErrorContains(t, err, `"cic1" has I3_FEATURE_X`, "the name of the feature must be set")
}

// flaky reads licences that are not there the first time.
type flaky struct{ calls int }

func (f *flaky) Features(context.Context, string) ([]license.Feature, error) {
	if f.calls++; f.calls <= 2 {
		return nil, &wfm.Error{Op: "log on", Kind: wfm.Unavailable, Retry: true, Err: errors.New("nobody answers")}
	}
	return []license.Feature{"RTA"}, nil
}

func TestRealTimeLicenceThatCannotBeReadAtFirst(t *testing.T) {
	r := &reader{name: "a"}
	f := &flaky{}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})}
	require.NoError(t, runRealTime(t, 1, license.NewGate(f, license.Options{RealTime: "RTA"}), feeds, func(c *centre) {
		c.begin(0, told("ann", available))
		require.Equal(t, []string{"normal", "is ann 1"}, r.read())
		require.Equal(t, 3, f.calls)
	}))
}

// changing reads licences that change, or cannot be read, while the service runs.
type changing struct {
	mu   sync.Mutex
	list []license.Feature
	err  error
}

func (l *changing) Features(context.Context, string) ([]license.Feature, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list, l.err
}

func (l *changing) set(err error, list ...license.Feature) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list, l.err = list, err
}

func TestRealTimeLicenceThatChangesWhileRunning(t *testing.T) {
	r := &reader{name: "a"}
	away := &wfm.Error{Op: "log on", Kind: wfm.Unavailable, Retry: true, Err: errors.New("nobody answers")}
	l := &changing{err: away}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})}
	gate := license.NewGate(multi{"cic1": l, "cic2": &changing{list: []license.Feature{"RTA"}}}, license.Options{RealTime: "RTA"})
	require.NoError(t, runRealTime(t, 2, gate, feeds, func(c *centre) {
		licence := func() integration.LicenceStatus { return c.service.Status().RealTime[0].Licence[0] }
		synctest.Wait()
		require.Equal(t, "unknown", licence().State)
		l.set(nil, "RTA")
		c.begin(0, told("ann", available))
		c.begin(1, told("bob", available))
		r.read()
		require.Equal(t, "licensed", licence().State)

		l.set(away)
		time.Sleep(16 * time.Minute)
		require.Empty(t, r.read(), "a licence that cannot be read now is not a missing one")
		require.Equal(t, "unknown", licence().State)
		l.set(nil, "OTHER")
		time.Sleep(16 * time.Minute)
		require.Equal(t, []string{"left ann 1"}, r.read(), "nothing of a server without licence is sent, and it is not missed")
		require.Equal(t, integration.LicenceStatus{Server: "cic1", State: "not licensed", Reason: "the licence lacks RTA"}, licence())
		require.Contains(t, c.service.Status().Servers[0].Reason, "the licence lacks RTA")
		require.Equal(t, 1, len(c.servers[0].Queries()), "the session has ended, and no other one is opened")

		l.set(nil, "RTA")
		time.Sleep(15 * time.Minute)
		c.begin(0, told("ann", lunch))
		require.Equal(t, []string{"entered ann 5"}, r.read())
		require.Equal(t, "licensed", licence().State)
	}))
}

// slowly takes its time for each server.
type slowly struct{}

func (slowly) Features(context.Context, string) ([]license.Feature, error) {
	time.Sleep(20 * time.Second)
	return []license.Feature{"RTA"}, nil
}

func TestRealTimeLicencesAreReadAtOnce(t *testing.T) {
	r := &reader{name: "a"}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})}
	require.NoError(t, runRealTime(t, 3, license.NewGate(slowly{}, license.Options{RealTime: "RTA"}), feeds, func(c *centre) {
		time.Sleep(21 * time.Second)
		require.Equal(t, "waiting", c.service.Status().RealTime[0].State, "three servers take no longer than one")
		require.Len(t, c.service.Status().RealTime[0].Licence, 3)
	}))
}

// multi reads each server's licence from another reader.
type multi map[string]license.FeatureReader

func (m multi) Features(ctx context.Context, server string) ([]license.Feature, error) {
	return m[server].Features(ctx, server)
}
