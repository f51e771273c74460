package links_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCeilingDoublesAndStays(t *testing.T) {
	b, err := links.NewBackoff(time.Second, time.Minute)
	require.NoError(t, err)
	want := time.Second
	for failed := range 10_000 {
		require.Equal(t, want, b.Ceiling(failed))
		want = min(2*want, time.Minute)
		require.LessOrEqual(t, b.Wait(failed, nil), b.Ceiling(failed))
	}
	large, err := links.NewBackoff(100*365*24*time.Hour, 200*365*24*time.Hour)
	require.NoError(t, err)
	for failed := range 70 {
		require.Positive(t, large.Ceiling(failed), "no overflow")
	}
	b, err = links.NewBackoff(time.Hour, 0)
	require.NoError(t, err)
	require.Equal(t, links.Backoff{Min: time.Hour, Max: time.Hour}, b)
	for _, bad := range [][2]time.Duration{{-1, 0}, {0, -1}, {2, 1}} {
		_, err := links.NewBackoff(bad[0], bad[1])
		require.ErrorContains(t, err, "backoff")
	}
}

func TestScopeTellsWhyItEnded(t *testing.T) {
	gone, own := errors.New("gone"), errors.New("own")
	for name, c := range map[string]struct {
		lost, returned, want error
	}{
		"lost, nothing returned": {gone, nil, gone},
		"lost, bare context":     {gone, context.Canceled, gone},
		"lost, own error":        {gone, own, own},
		"own error":              {nil, own, own},
		"simply finished":        {nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := links.Open(t.Context(), time.Hour, func() { t.Error("the link was cut") })
			if c.lost != nil {
				s.Lose(c.lost)
				require.Equal(t, c.lost, context.Cause(s.Handler))
			}
			require.Equal(t, c.want, s.Reason(c.returned))
			s.End()
			require.Error(t, s.Handler.Err())
		})
	}
}

func TestScopeIsCutAfterTheFarewell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		began := time.Now()
		cut := make(chan time.Duration, 1)
		s := links.Open(service, 3*time.Second, func() { cut <- time.Since(began) })
		<-s.Handler.Done()
		require.Equal(t, time.Minute, time.Since(began))
		require.Equal(t, context.Canceled, context.Cause(s.Handler))
		require.Equal(t, 63*time.Second, <-cut)
		s.End()
		early := links.Open(service, time.Hour, func() { t.Error("the link was cut") })
		early.End()
	})
}

func TestAddresses(t *testing.T) {
	clean, err := links.CheckAddress(":0", true)
	require.NoError(t, err)
	require.Equal(t, "127.0.0.1:0", clean, "loopback unless a host is named")
	clean, err = links.CheckAddress("[::]:7001", true)
	require.NoError(t, err)
	require.Equal(t, "[::]:7001", clean)
	for _, bad := range []string{"", "host", ":1", "host:0", "host:http", "host:65536", "::1:7001", "a b:1", "host:1\n", "tcp://host:1"} {
		_, err := links.CheckAddress(bad, false)
		require.ErrorContains(t, err, "address", bad)
		require.NotContains(t, err.Error(), "\n")
	}
}

func FuzzCheckAddress(f *testing.F) {
	f.Add("wfm.example.com:7001")
	f.Add("user:geheim@host:1")
	f.Fuzz(func(t *testing.T, address string) {
		clean, err := links.CheckAddress(address, false)
		if err != nil {
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
			return
		}
		again, err := links.CheckAddress(clean, false)
		require.NoError(t, err)
		require.Equal(t, clean, again)
	})
}
