package integration_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
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

// The codes that the receivers of this test get for what comes from log-in and queue; statuses have
// codes of their own, from 200 on.
var queueCodes = map[wfm.AgentActivity]vendors.Code{
	wfm.AgentLoggedOff: {Code: "27"}, wfm.AgentACDTalk: {Code: "101"}, wfm.AgentACDHold: {Code: "102"},
	wfm.AgentNonACDTalk: {Code: "103"}, wfm.AgentDialling: {Code: "104"}, wfm.AgentAlerting: {Code: "105"},
}

// truth is what the simulated CIC did, per agent, as codes: worked out from the changes of the simulator
// alone, by a definition that shares nothing with the library's.
type truth struct {
	verbose bool
	codes   map[wfm.StatusKey]string
	mu      sync.Mutex
	last    map[wfm.AgentID]string
	calls   map[wfm.AgentID]int // interactions before
	list    map[wfm.AgentID][]fact
}

// fact is one state of the truth. Several says that the agent has, or had just before, more than one interaction: which of them
// decides among equals hangs on when each began, and the simulated hour runs faster than any clock by which
// the library could know. So the change from one to the other may show or not.
type fact struct {
	code    string
	several bool
}

func (tr *truth) take(c icwsserver.Change) {
	if c.Agent.ID != "" {
		tr.put(&c.Agent)
	}
}

func (tr *truth) put(a *icwsserver.AgentView) {
	code, contact := tr.code(a)
	key := fmt.Sprint(code, a.Status, a.StatusChanged.Unix(), a.LoggedIn, contact)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.last[a.ID] != key {
		tr.last[a.ID] = key
		tr.list[a.ID] = append(tr.list[a.ID], fact{code, tr.verbose && max(len(a.Interactions), tr.calls[a.ID]) > 1})
	}
	tr.calls[a.ID] = len(a.Interactions)
}

func (tr *truth) code(a *icwsserver.AgentView) (code, contact string) {
	if !a.LoggedIn {
		return "27", ""
	}
	if tr.verbose {
		// In this order: the first kind of which there is one.
		for _, kind := range []struct {
			states, code string
			acd          bool
			any          bool
		}{{"C", "101", true, false}, {"HX", "102", true, false}, {"C", "103", false, false}, {"HX", "103", false, false}, {"RS", "104", false, true}, {"AO", "105", false, true}} {
			var found []icwsserver.Interaction
			for _, in := range a.Interactions {
				if in.State != "" && strings.Contains(kind.states, in.State) && (kind.any || (in.Workgroup != "") == kind.acd) {
					found = append(found, in)
				}
			}
			if len(found) > 0 {
				slices.SortFunc(found, func(a, b icwsserver.Interaction) int {
					if c := a.At.Compare(b.At); c != 0 {
						return c
					}
					return strings.Compare(a.ID, b.ID)
				})
				return kind.code, found[0].ID
			}
		}
	}
	return tr.codes[a.Status], ""
}

func (tr *truth) of(agent wfm.AgentID) []fact {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.list[agent])
}

// tcpReceiver is a WFM product that listens, and understands Verint's events.
type tcpReceiver struct {
	listener net.Listener
	decoder  vendors.RTADecoder
	mu       sync.Mutex
	conns    []net.Conn
	count    int // connections so far
	heard    map[wfm.AgentID][]heard
	feed     []string // events about the feed
	bad      []error
	wg       sync.WaitGroup
	pause    chan struct{} // reads nothing before this is closed; nil: reads at once
	buffer   int           // of the socket in bytes; 0: the system's
}

type heard struct {
	code string
	conn int
}

func newReceiver(t testing.TB, decoder vendors.RTADecoder, set ...func(*tcpReceiver)) *tcpReceiver {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &tcpReceiver{listener: l, decoder: decoder, heard: map[wfm.AgentID][]heard{}}
	for _, f := range set {
		f(r)
	}
	r.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns = append(r.conns, c)
			r.count++
			n := r.count
			r.mu.Unlock()
			r.wg.Go(func() { r.read(c, n) })
		}
	})
	return r
}

func (r *tcpReceiver) read(c net.Conn, n int) {
	defer c.Close()
	if r.buffer > 0 {
		_ = c.(*net.TCPConn).SetReadBuffer(r.buffer)
	}
	if r.pause != nil {
		<-r.pause
	}
	frames := r.decoder.NewFrameReader()
	buf := make([]byte, 64<<10)
	for {
		k, err := c.Read(buf)
		e := frames.Read(buf[:k], func(d vendors.Decoded) {
			r.mu.Lock()
			defer r.mu.Unlock()
			switch {
			case d.Err != nil:
				r.bad = append(r.bad, d.Err)
			case d.Record == "feed":
				r.feed = append(r.feed, d.Event)
			default:
				id := wfm.AgentID(d.Agent)
				r.heard[id] = append(r.heard[id], heard{d.Code, n})
			}
		})
		if e != nil {
			r.mu.Lock()
			r.bad = append(r.bad, e)
			r.mu.Unlock()
		}
		if err != nil || e != nil {
			return
		}
	}
}

// cut breaks the present connection.
func (r *tcpReceiver) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

func (r *tcpReceiver) close() {
	r.listener.Close()
	r.cut()
	r.wg.Wait()
}

func (r *tcpReceiver) of(agent wfm.AgentID) []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard[agent])
}

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
	deadline := time.Now().Add(30 * time.Second)
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

// compare checks what the receivers heard since the last comparison. Exact: each change once, in
// order. Otherwise: in order, none invented, none twice, save the snapshot of a new connection.
func (h *house) compare(exact bool) error {
	var list []error
	for i, tr := range h.truths {
		r, conn := h.heard[i], h.conns[i]
		r.mu.Lock()
		list = append(list, r.bad...)
		r.mu.Unlock()
		for _, a := range h.agents {
			want, got, mark := tr.of(a), r.of(a), h.marks[i][a]
			if err := follows(want, mark[0], got[mark[1]:], conn, exact); err != nil {
				list = append(list, fmt.Errorf("receiver %d, agent %q: %w", i, a, err))
			}
			h.marks[i][a] = [2]int{len(want), len(got)}
			if len(got) > 0 {
				h.conns[i] = max(h.conns[i], got[len(got)-1].conn)
			}
		}
	}
	return errors.Join(list[:min(len(list), 5)]...)
}

func follows(want []fact, from int, got []heard, conn int, exact bool) error {
	at := from - 1 // the index of the state that the receiver knows
	optional := func(i int) bool {
		return i < len(want) && i > 0 && want[i].code == want[i-1].code && (want[i].several || want[i-1].several)
	}
	for n, g := range got {
		if g.conn > conn {
			conn, at = g.conn, max(from-2, -1) // a snapshot may repeat what is known
		}
		if at >= 0 && want[at].code == g.code && want[at].several && (at+1 == len(want) || want[at+1].code != g.code) {
			continue
		}
		next := at + 1
		for exact && optional(next) && want[next].code != g.code {
			at, next = at+1, next+1
		}
		for next < len(want) && want[next].code != g.code {
			next++
		}
		if next >= len(want) || exact && next != at+1 {
			return fmt.Errorf("the truth since then is %v, it heard %v: number %d does not fit", after(want, max(from-1, 0)), got, n+1)
		}
		at = next
	}
	for optional(at + 1) {
		at++
	}
	if exact && at != len(want)-1 {
		return fmt.Errorf("the truth since then is %v, it heard only %v", after(want, max(from-1, 0)), got)
	}
	return nil
}

// faults are what can be ordered between two steps; each returns after it was ordered.
var faults = []struct {
	name  string
	order func(h *house, r *rand.Rand)
}{
	{"switchover", func(h *house, _ *rand.Rand) { h.pair.Switchover() }},
	{"the primary dies", func(h *house, _ *rand.Rand) { h.pair.Kill() }},
	{"dropped stream", func(h *house, _ *rand.Rand) { h.pair.DropStreams() }},
	{"silence", func(h *house, _ *rand.Rand) { h.pair.Silence(600 * time.Millisecond) }},
	{"expired session", func(h *house, _ *rand.Rand) { h.pair.ExpireSessions() }},
	{"503", func(h *house, _ *rand.Rand) { h.pair.DropStreams(); h.pair.Refuse503(100 * time.Millisecond) }},
	{"slow", func(h *house, _ *rand.Rand) { h.pair.Slow(2*time.Millisecond, 50*time.Millisecond) }},
	{"cut JSON", func(h *house, r *rand.Rand) { h.pair.CutJSON(1 + r.IntN(3)) }},
	{"unknown messages", func(h *house, r *rand.Rand) { h.pair.UnknownMessages(1 + r.IntN(20)) }},
	{"duplicated messages", func(h *house, r *rand.Rand) { h.pair.Duplicate(1 + r.IntN(20)) }},
	{"reordered messages", func(h *house, r *rand.Rand) { h.pair.Reorder(1 + r.IntN(20)) }},
	{"full updates", func(h *house, _ *rand.Rand) { h.pair.FullUpdates() }},
	{"down", func(h *house, _ *rand.Rand) { h.pair.Down(true) }},
	{"a receiver hangs up", func(h *house, r *rand.Rand) { h.heard[r.IntN(2)].cut() }},
}

// TestAccountingUnderFaults lives through an hour of 500 agents with every fault there is, at random.
// In quiet minutes each receiver gets every change exactly once; in minutes with a fault none
// that did not happen, none twice, all in order; and in the end always the truth.
func TestAccountingUnderFaults(t *testing.T) {
	seeds, agents, workers := 20, 500, 4
	if testing.Short() {
		seeds, agents = 3, 60
	}
	gate := make(chan struct{}, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	for seed := range uint64(seeds) {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { account(t, seed, agents) })
		})
	}
}

func account(t *testing.T, seed uint64, agents int) {
	r := rand.New(rand.NewPCG(seed, 1))
	h := newHouse(t, seed, agents, seed%5 == 4)
	defer h.stop()
	h.settle(t, "the start")
	require.NoError(t, h.compare(false), "the first snapshot")
	changes := 0
	order := r.Perm(len(faults))
	for minute := range 120 { // half minutes
		what, exact := "a quiet half minute", true
		if minute%6 == 3 {
			f := faults[order[minute/6%len(faults)]]
			what, exact = f.name, false
			h.step(t, 5*time.Second)
			f.order(h, r)
		}
		h.step(t, 30*time.Second)
		if exact {
			h.caughtUp()
		} else {
			time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
			h.step(t, 10*time.Second)
			h.connected(t, what)
		}
		before := changes
		for i, tr := range h.truths {
			for _, a := range h.agents {
				changes += len(tr.of(a)) - h.marks[i][a][0]
			}
		}
		require.NoError(t, h.compare(exact), "%s, at %s, of %d changes\n%s", what, time.Unix(h.clock.Load(), 0).UTC(), changes-before, tail(h.log.String()))
	}
	t.Logf("%d changes", changes)
	require.Greater(t, changes, agents*10)
	noSecrets(t, h.log.String(), fmt.Sprintf("%+v", h.service.Status()))
}

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
	require.Eventually(t, up, 30*time.Second, 2*time.Millisecond, what)
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
		}, 20*time.Second, 2*time.Millisecond, "%s: nothing is heard of agent %q", what, a.ID)
		require.Eventually(t, up, 30*time.Second, 2*time.Millisecond, what)
		h.settle(t, what)
		return
	}
	t.Fatal("no agent is free to change")
}

func noSecrets(t *testing.T, texts ...string) {
	for _, text := range texts {
		require.NotContains(t, text, "s3cr3t")
		require.NotContains(t, text, "icws_", "a cookie")
	}
}
