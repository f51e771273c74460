package integration_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// house is one whole installation: a switchover pair, the service, two feeds with one receiver each.
type house struct {
	pair    *icwsserver.Pair
	play    *icwsserver.Playback
	clock   atomic.Int64
	agents  []wfm.AgentID
	truths  [2]*truth
	heard   [2]*tcpReceiver
	service *integration.Service
	log     *lockedBuffer
	stop    func()
	done    chan error
	marks   [2]map[wfm.AgentID][2]int // how far truth and receiver were compared
	conns   [2]int
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

const password = "s3cr3t/päss word&x"

// busy is when the hour begins.
var busy = time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)

func newHouse(t testing.TB, seed uint64, agents int, polling bool) *house {
	h := &house{log: &lockedBuffer{}, done: make(chan error, 1)}
	h.clock.Store(busy.Unix())
	now := func() time.Time { return time.Unix(h.clock.Load(), 0).UTC() }
	sim, err := cicsim.New(cicsim.Config{Seed: seed, Agents: agents, Contacts: agents * 40, MasterWorkgroup: "WFM RTA", OddNames: seed%2 == 1})
	require.NoError(t, err)
	cic, play, err := icwsserver.FromCentreWithClock(sim, 1, now)
	require.NoError(t, err)
	_, err = play.Step(busy)
	require.NoError(t, err)
	opt := icwsserver.Options{User: "svc_rta", Password: wfm.NewSecret(password), Licences: []string{"I3_FEATURE_WFM_RTA_SITE"}, AddUsers: seed%3 == 0,
		RejectUnknownUsers: seed%4 == 0, PartialContent: seed%5 == 0}
	if polling {
		opt.Features = map[string]int{"messaging": 1}
	}
	h.pair, err = icwsserver.NewPair(cic, opt)
	require.NoError(t, err)
	h.play = play
	primary, backup := httptest.NewServer(h.pair.Primary), httptest.NewServer(h.pair.Backup)
	h.pair.Primary.SetAddress(primary.Listener.Addr().String())
	h.pair.Backup.SetAddress(backup.Listener.Addr().String())

	client, err := icws.New(icws.Options{URLs: []string{primary.URL}, User: "svc_rta", Password: wfm.NewSecret(password), RoundWait: 20 * time.Millisecond,
		SilenceTimeout: 300 * time.Millisecond, RequestTimeout: 2 * time.Second, PollEvery: 5 * time.Millisecond,
		Logger: slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, err)
	codes := map[wfm.StatusKey]string{}
	byStatus := map[wfm.StatusKey]vendors.Code{}
	for i, s := range sim.Statuses() {
		codes[s.Key] = fmt.Sprint(200 + i)
		byStatus[s.Key] = vendors.Code{Code: codes[s.Key]}
	}
	var feeds []integration.RealTimeFeed
	for i, level := range []string{"off", "verbose"} {
		enc, err := verint.NewRealTime(vendors.RTASettings{Level: level, Statuses: vendors.StatusMap{ByStatus: byStatus, ByActivity: queueCodes}})
		require.NoError(t, err)
		decoder, ok := vendors.Find[vendors.RTADecoder](enc)
		require.True(t, ok)
		h.heard[i] = newReceiver(t, decoder)
		links, err := tcplink.Dial([]string{h.heard[i].listener.Addr().String()}, tcplink.Options{BackoffMin: 5 * time.Millisecond, BackoffMax: 50 * time.Millisecond})
		require.NoError(t, err)
		feeds = append(feeds, integration.RealTimeFeed{Name: level, Workgroups: []wfm.Workgroup{"wfm rta"}, Encoder: enc, Links: links})
		h.truths[i] = &truth{verbose: level == "verbose", codes: codes, last: map[wfm.AgentID]string{}, calls: map[wfm.AgentID]int{}, list: map[wfm.AgentID][]fact{}}
		h.marks[i] = map[wfm.AgentID][2]int{}
	}
	for _, a := range cic.Agents() {
		h.agents = append(h.agents, a.ID)
		for _, tr := range h.truths {
			tr.put(&a)
		}
	}
	for _, tr := range h.truths {
		cic.Observe(tr.take)
	}
	servers := []integration.RealTimeServer{{Name: "cic", Source: client}}
	h.service, err = integration.New(integration.Options{RealTime: feeds, RealTimeServers: servers,
		RealTimeTimes: rta.Times{Grace: time.Minute, Backoff: 10 * time.Millisecond, MaxBackoff: 50 * time.Millisecond},
		Licence:       license.NewGate(integration.FeaturesOf(servers), license.Options{RealTime: "I3_FEATURE_WFM_RTA_SITE"}),
		Logger:        slog.New(slog.NewTextHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { h.done <- h.service.Run(ctx) }()
	h.stop = func() {
		cancel()
		require.NoError(t, <-h.done)
		client.Close()
		h.pair.Close()
		primary.Close()
		backup.Close()
		for _, r := range h.heard {
			r.close()
		}
	}
	return h
}

// step lives through some seconds of the centre.
func (h *house) step(t testing.TB, d time.Duration) {
	to := h.clock.Load() + int64(d/time.Second)
	_, err := h.play.Step(time.Unix(to, 0).UTC())
	require.NoError(t, err)
	h.clock.Store(to)
}

// settle waits until each receiver's last word about each agent is the truth.
func (h *house) settle(t testing.TB, what string) {
	deadline := time.Now().Add(time.Minute)
	for {
		err := h.differs()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			require.NoError(t, err, "after %s: %+v\n%s", what, h.service.Status(), tail(h.log.String()))
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// tail is the end of a log without what is said of single requests that went well.
func tail(s string) string {
	lines := slices.DeleteFunc(strings.Split(s, "\n"), func(l string) bool { return strings.Contains(l, "status=200") })
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}

func (h *house) differs() error {
	for i, tr := range h.truths {
		for _, a := range h.agents {
			want, got := tr.of(a), h.heard[i].of(a)
			if len(got) == 0 || got[len(got)-1].code != want[len(want)-1].code {
				return fmt.Errorf("receiver %d, agent %q: the truth is %v, it heard %v", i, a, after(want, h.marks[i][a][0]), after(got, h.marks[i][a][1]))
			}
		}
	}
	return nil
}

func after[T any](list []T, n int) []T { return list[min(n, len(list)):] }

// caughtUp waits until every receiver has heard what happened, or for some seconds.
func (h *house) caughtUp() {
	deadline := time.Now().Add(10 * time.Second)
	for time.Now().Before(deadline) {
		missing := false
		for i, tr := range h.truths {
			for _, a := range h.agents {
				want, got := tr.of(a), h.heard[i].of(a)
				missing = missing || follows(want, h.marks[i][a][0], got[h.marks[i][a][1]:], h.conns[i], true) != nil
			}
		}
		if !missing {
			return
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// connected waits until the service follows the server again and has told the receivers all that happened
// before: messages come in order, so that is when they hear of a change that is made now. They may
// hear of it while a new session still tells its agents, so that is waited for as well.
func (h *house) connected(t testing.TB, what string) {
	up := func() bool {
		st := h.service.Status()
		for _, f := range st.RealTime {
			if len(f.Receivers) == 0 || !f.Receivers[0].Connected {
				return false
			}
		}
		return st.Servers[0].State == rta.ServerUp
	}
	require.Eventually(t, up, time.Minute, 2*time.Millisecond, what)
	h.settle(t, what)
	for _, a := range h.pair.CIC().Agents() {
		if code, _ := h.truths[1].code(&a); !a.LoggedIn || code < "200" {
			continue // a status would not show
		}
		var before [2]int
		for i := range before {
			before[i] = len(h.heard[i].of(a.ID))
		}
		other := wfm.StatusKey("Available")
		if a.Status == other {
			other = "At lunch"
		}
		require.NoError(t, h.pair.CIC().SetStatus(a.ID, other, time.Unix(h.clock.Load(), 0).UTC()))
		require.Eventually(t, func() bool {
			return len(h.heard[0].of(a.ID)) > before[0] && len(h.heard[1].of(a.ID)) > before[1]
		}, time.Minute, 2*time.Millisecond, "%s: nothing is heard of agent %q", what, a.ID)
		require.Eventually(t, up, time.Minute, 2*time.Millisecond, what)
		h.settle(t, what)
		return
	}
	t.Fatal("no agent is free to change")
}
