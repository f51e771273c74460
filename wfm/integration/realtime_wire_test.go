package integration_test

import (
	"context"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// TestASwitchoverIsNoNews: the primary dies, the backup answers, and only who changed is told again.
func TestASwitchoverIsNoNews(t *testing.T) {
	h := newHouse(t, 2, 200, false)
	defer h.stop()
	h.settle(t, "the start")
	h.connected(t, "the start")
	require.NoError(t, h.compare(false))
	first := h.service.Status().Servers[0]

	h.pair.Kill()
	changed := map[wfm.AgentID]bool{}
	for _, a := range h.pair.CIC().Agents() {
		if len(changed) == 3 {
			break
		}
		if a.LoggedIn && a.Status != "At lunch" && len(a.Interactions) == 0 {
			changed[a.ID] = true
			require.NoError(t, h.pair.CIC().SetStatus(a.ID, "At lunch", time.Unix(h.clock.Load(), 0).UTC()))
		}
	}
	require.Len(t, changed, 3)
	require.Eventually(t, func() bool {
		s := h.service.Status().Servers[0]
		return s.State == rta.ServerUp && s.Connects > first.Connects
	}, 30*time.Second, 2*time.Millisecond)
	h.settle(t, "the switchover")
	s := h.service.Status().Servers[0]
	require.NotEqual(t, first.Host, s.Host, "the backup answers")
	for i := range h.heard {
		for _, a := range h.agents {
			news := len(h.heard[i].of(a)) - h.marks[i][a][1]
			require.Equal(t, changed[a], news == 1, "agent %q: %d messages", a, news)
			require.LessOrEqual(t, news, 1)
		}
		h.heard[i].mu.Lock()
		require.Equal(t, []string{"normal"}, h.heard[i].feed, "a switchover within the grace is no news of the feed")
		h.heard[i].mu.Unlock()
	}
	require.NoError(t, h.compare(true))
}

// verintDecoder reads Verint's events.
func verintDecoder(t *testing.T) vendors.RTADecoder {
	enc, err := verint.NewRealTime(vendors.RTASettings{})
	require.NoError(t, err)
	d, ok := vendors.Find[vendors.RTADecoder](enc)
	require.True(t, ok)
	return d
}

// plainHouse is a service with a feed per receiver on a CIC of plain users.
func plainHouse(t *testing.T, cic *icwsserver.CIC, o icws.Options, receivers []*tcpReceiver, link tcplink.Options, backlog int) (*integration.Service, func()) {
	client, err := icws.New(o)
	require.NoError(t, err)
	var feeds []integration.RealTimeFeed
	for i, r := range receivers {
		enc, err := verint.NewRealTime(vendors.RTASettings{})
		require.NoError(t, err)
		links, err := tcplink.Dial([]string{r.listener.Addr().String()}, link)
		require.NoError(t, err)
		feeds = append(feeds, integration.RealTimeFeed{Name: fmt.Sprint("feed", i), Workgroups: []wfm.Workgroup{icwsserver.MasterWorkgroup}, Encoder: enc,
			Links: links, Backlog: backlog})
	}
	service, err := integration.New(integration.Options{RealTime: feeds, RealTimeServers: []integration.RealTimeServer{{Name: "cic", Source: client}},
		Licence: license.NewGate(license.Declared{All: []license.Feature{"RTA"}}, license.Options{RealTime: "RTA"}), Logger: o.Logger})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	return service, func() {
		cancel()
		require.NoError(t, <-done)
		client.Close()
	}
}

// TestAReceiverThatStopsReading: six others get every change meanwhile; what waits for it is bounded; and
// it catches up to the present state, on the same connection or, after the write deadline, on a new one.
func TestAReceiverThatStopsReading(t *testing.T) {
	for name, timeout := range map[string]time.Duration{"and reads on": time.Minute, "beyond the deadline": 300 * time.Millisecond} {
		t.Run(name, func(t *testing.T) {
			const agents, backlog = 200, 100
			rounds := 120
			if testing.Short() {
				rounds = 60
			}
			cic, err := icwsserver.NewCIC(icwsserver.Plain(agents, 4))
			require.NoError(t, err)
			pair, err := icwsserver.New(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret(password)})
			require.NoError(t, err)
			defer pair.Close()
			server := httptest.NewServer(pair.Primary)
			defer server.Close()
			var all []*tcpReceiver
			pause := make(chan struct{})
			for i := range 7 {
				r := newReceiver(t, verintDecoder(t), func(r *tcpReceiver) {
					if i == 0 {
						r.pause, r.buffer = pause, 4<<10
					}
				})
				defer r.close()
				all = append(all, r)
			}
			slow, others := all[0], all[1:]
			service, stop := plainHouse(t, cic, icws.Options{URLs: []string{server.URL}, User: "svc", Password: wfm.NewSecret(password)}, all,
				tcplink.Options{WriteTimeout: timeout, SendBuffer: 4 << 10, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond}, backlog)
			defer stop()
			heardAll := func(rs []*tcpReceiver, n int) func() bool {
				return func() bool {
					for _, r := range rs {
						for _, a := range cic.Agents() {
							if len(r.of(a.ID)) < n {
								return false
							}
						}
					}
					return true
				}
			}
			require.Eventually(t, heardAll(others, 1), time.Minute, time.Millisecond)
			list := cic.Agents()
			at := list[0].StatusChanged
			codes := map[wfm.StatusKey]string{"Available": "1", "At lunch": "5"}
			statuses := []wfm.StatusKey{"At lunch", "Available"}
			for round := range rounds {
				at = at.Add(time.Second)
				for i, a := range list {
					key := statuses[round%2]
					if round == rounds-1 && i%3 == 0 {
						continue // so that the last states differ
					}
					require.NoError(t, cic.SetStatus(a.ID, key, at))
				}
				// The others keep pace, whatever the seventh does.
				want := round + 2
				require.Eventually(t, func() bool {
					for _, r := range others {
						for i, a := range list {
							if (round < rounds-1 || i%3 != 0) && len(r.of(a.ID)) < want {
								return false
							}
						}
					}
					return true
				}, time.Minute, time.Millisecond, "round %d", round)
			}
			for _, f := range service.Status().RealTime[1:] {
				require.Zero(t, f.Receivers[0].Merged, "the others lose nothing")
			}
			close(pause)
			require.Eventually(t, func() bool {
				for _, a := range cic.Agents() {
					// What is left of a connection that was given up may be read after what came on the next.
					last := heard{}
					for _, h := range slow.of(a.ID) {
						if h.conn >= last.conn {
							last = h
						}
					}
					if last.code != codes[a.Status] {
						return false
					}
				}
				return true
			}, time.Minute, time.Millisecond, "the present state of every agent")
			total := 0
			for _, a := range list {
				total += len(slow.of(a.ID))
			}
			require.Less(t, total, agents*rounds, "changes were merged")
		})
	}
}

// TestCertificatesAreVerified: a server that the client does not trust is never logged on to, and the
// reason is in the status; with its authority it is.
func TestCertificatesAreVerified(t *testing.T) {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(3, 1))
	require.NoError(t, err)
	pair, err := icwsserver.New(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret(password)})
	require.NoError(t, err)
	defer pair.Close()
	server := httptest.NewUnstartedServer(pair.Primary)
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	server.StartTLS()
	defer server.Close()
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	for _, trusted := range []bool{false, true} {
		r := newReceiver(t, verintDecoder(t))
		var log lockedBuffer
		o := icws.Options{URLs: []string{server.URL}, User: "svc", Password: wfm.NewSecret(password), Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))}
		if trusted {
			o.CA = ca
		}
		service, stop := plainHouse(t, cic, o, []*tcpReceiver{r}, tcplink.Options{}, 0)
		require.Eventually(t, func() bool {
			h := service.Status().Servers
			return len(h) == 1 && (trusted && h[0].State == rta.ServerUp || !trusted && h[0].Reason != "")
		}, time.Minute, time.Millisecond)
		h := service.Status().Servers[0]
		if !trusted {
			require.Contains(t, h.Reason, "certificate")
			require.Zero(t, pair.Stats().LogOns, "no password goes to a server that is not trusted")
		}
		stop()
		r.close()
		noSecrets(t, log.String(), fmt.Sprintf("%+v", service.Status()))
	}
}

// TestMembershipWhileRunning: agents enter and leave adherence as the master workgroup is edited.
func TestMembershipWhileRunning(t *testing.T) {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(5, 1))
	require.NoError(t, err)
	require.NoError(t, cic.RemoveMember(icwsserver.MasterWorkgroup, "agent0005"))
	pair, err := icwsserver.New(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret(password)})
	require.NoError(t, err)
	defer pair.Close()
	server := httptest.NewServer(pair.Primary)
	defer server.Close()
	r := newReceiver(t, verintDecoder(t))
	defer r.close()
	_, stop := plainHouse(t, cic, icws.Options{URLs: []string{server.URL}, User: "svc", Password: wfm.NewSecret(password)}, []*tcpReceiver{r}, tcplink.Options{}, 0)
	defer stop()
	hears := func(agent wfm.AgentID, codes ...string) {
		t.Helper()
		require.Eventually(t, func() bool { return len(r.of(agent)) >= len(codes) }, time.Minute, time.Millisecond, agent)
		var got []string
		for _, h := range r.of(agent) {
			got = append(got, h.code)
		}
		require.Equal(t, codes, got, agent)
	}
	hears("agent0001", "1")
	hears("agent0004", "1")
	require.Empty(t, r.of("agent0005"))
	require.NoError(t, cic.AddMember(icwsserver.MasterWorkgroup, "agent0005"))
	hears("agent0005", "1")
	require.NoError(t, cic.SetStatus("agent0005", "At lunch", time.Time{}))
	hears("agent0005", "1", "5")
	require.NoError(t, cic.RemoveMember(icwsserver.MasterWorkgroup, "agent0001"))
	hears("agent0001", "1", "27") // who leaves is logged off for Verint
	require.NoError(t, cic.SetStatus("agent0001", "At lunch", time.Time{}))
	require.NoError(t, cic.SetStatus("agent0002", "At lunch", time.Time{}))
	hears("agent0002", "1", "5")
	hears("agent0001", "1", "27")
}
