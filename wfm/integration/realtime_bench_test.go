package integration_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// What the benchmarks of real time run with.
const (
	benchAgents = 10_000
	benchRate   = 2_000 // changes per second
	benchFeeds  = 6
)

// wire is a simulated CIC of plain users behind a socket of loopback.
type wire struct {
	cic    *icwsserver.CIC
	pair   *icwsserver.Pair
	server *httptest.Server
	agents []wfm.AgentID
}

func newWire(b testing.TB) *wire {
	cic, err := icwsserver.NewCIC(icwsserver.Plain(benchAgents, 20))
	require.NoError(b, err)
	pair, err := icwsserver.New(cic, icwsserver.Options{User: "svc", Password: wfm.NewSecret("pw"), QueueBound: 10_000_000})
	require.NoError(b, err)
	w := &wire{cic: cic, pair: pair, server: httptest.NewServer(pair.Primary)}
	for _, a := range cic.Agents() {
		w.agents = append(w.agents, a.ID)
	}
	return w
}

func (w *wire) close() {
	w.pair.Close()
	w.server.Close()
}

// change puts the next agent into the other of two statuses: exactly one change.
func (w *wire) change(n int) wfm.AgentID {
	id := w.agents[n%len(w.agents)]
	status := wfm.StatusKey("At lunch")
	if n/len(w.agents)%2 == 1 {
		status = "Available"
	}
	if err := w.cic.SetStatus(id, status, time.Time{}); err != nil {
		panic(err)
	}
	return id
}

// sink is a receiver that knows the time at which each line arrived. Verint's events are lines that hold
// the agent as the second field.
type sink struct {
	listener net.Listener
	wg       sync.WaitGroup
	lines    atomic.Int64
	heard    func(agent []byte, at time.Time) // nil: lines are only counted
}

func newSink(b testing.TB, heard func([]byte, time.Time)) *sink {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(b, err)
	s := &sink{listener: l, heard: heard}
	s.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			s.wg.Go(func() { s.read(c) })
		}
	})
	return s
}

func (s *sink) read(c net.Conn) {
	defer c.Close()
	var rest []byte
	buf := make([]byte, 256<<10)
	for {
		n, err := c.Read(buf)
		now := time.Now()
		if s.heard == nil {
			s.lines.Add(int64(bytes.Count(buf[:n], []byte{'\n'})))
		} else {
			rest = append(rest, buf[:n]...)
			for {
				i := bytes.IndexByte(rest, '\n')
				if i < 0 {
					break
				}
				if _, from, ok := bytes.Cut(rest[:i], []byte{'|'}); ok {
					agent, _, _ := bytes.Cut(from, []byte{'|'})
					if len(agent) > 0 {
						s.heard(agent, now)
						s.lines.Add(1)
					}
				}
				rest = rest[:copy(rest, rest[i+1:])]
			}
		}
		if err != nil {
			return
		}
	}
}

func (s *sink) close() {
	s.listener.Close()
	s.wg.Wait()
}

// startFeeds runs a service with a feed of Verint's events to each sink.
func startFeeds(b testing.TB, w *wire, sinks []*sink) (stop func()) {
	client, err := icws.New(icws.Options{URLs: []string{w.server.URL}, User: "svc", Password: wfm.NewSecret("pw"), RequestTimeout: time.Minute})
	require.NoError(b, err)
	var feeds []integration.RealTimeFeed
	for i, s := range sinks {
		enc, err := verint.NewRealTime(vendors.RTASettings{})
		require.NoError(b, err)
		links, err := tcplink.Dial([]string{s.listener.Addr().String()}, tcplink.Options{})
		require.NoError(b, err)
		feeds = append(feeds, integration.RealTimeFeed{Name: fmt.Sprint("feed", i), Workgroups: []wfm.Workgroup{icwsserver.MasterWorkgroup}, Encoder: enc, Links: links,
			Backlog: 1 << 22}) // nothing is merged, or the count would not come out
	}
	service, err := integration.New(integration.Options{RealTime: feeds, RealTimeServers: []integration.RealTimeServer{{Name: "cic", Source: client}},
		Licence: license.NewGate(license.Declared{All: []license.Feature{"RTA"}}, license.Options{RealTime: "RTA"})})
	require.NoError(b, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- service.Run(ctx) }()
	return func() {
		cancel()
		require.NoError(b, <-done)
		client.Close()
	}
}

func await(b testing.TB, sinks []*sink, lines int64) {
	deadline := time.Now().Add(time.Minute)
	for _, s := range sinks {
		for s.lines.Load() < lines {
			if time.Now().After(deadline) {
				b.Fatalf("a receiver heard %d of %d", s.lines.Load(), lines)
			}
			time.Sleep(time.Millisecond)
		}
	}
}

// BenchmarkRealTimeLatency is the time from a change at the server to the frame in the receiver's hands, with
// 10,000 agents, 2,000 changes a second and six feeds; and the same beside a seventh whose receiver does not
// read. One iteration is one change.
func BenchmarkRealTimeLatency(b *testing.B) {
	b.Run("six feeds", func(b *testing.B) { latency(b, false) })
	b.Run("beside a stuck one", func(b *testing.B) { latency(b, true) })
}

func latency(b *testing.B, stuck bool) {
	w := newWire(b)
	defer w.close()
	begun := make(map[string]*atomic.Int64, benchAgents)
	for _, a := range w.agents {
		begun[string(a)] = new(atomic.Int64)
	}
	var mu sync.Mutex
	var took []time.Duration
	live := atomic.Bool{}
	var sinks []*sink
	for range benchFeeds {
		s := newSink(b, func(agent []byte, at time.Time) {
			if live.Load() {
				d := time.Duration(at.UnixNano() - begun[string(agent)].Load())
				mu.Lock()
				took = append(took, d)
				mu.Unlock()
			}
		})
		defer s.close()
		sinks = append(sinks, s)
	}
	fed := sinks
	if stuck {
		deaf, err := net.Listen("tcp", "127.0.0.1:0") // accepts in the kernel and reads nothing
		require.NoError(b, err)
		defer deaf.Close()
		fed = append(slices.Clone(sinks), &sink{listener: deaf})
	}
	defer startFeeds(b, w, fed)()
	await(b, sinks, benchAgents)
	live.Store(true)
	took = make([]time.Duration, 0, b.N*benchFeeds)
	b.ResetTimer()
	start := time.Now()
	for n := range b.N {
		for due := start.Add(time.Duration(n) * time.Second / benchRate); time.Now().Before(due); {
			time.Sleep(100 * time.Microsecond)
		}
		begun[string(w.agents[n%benchAgents])].Store(time.Now().UnixNano())
		w.change(n)
	}
	await(b, sinks, benchAgents+int64(b.N))
	b.StopTimer()
	mu.Lock()
	defer mu.Unlock()
	slices.Sort(took)
	for _, p := range []struct {
		name  string
		share float64
	}{{"p50-ms", 0.5}, {"p99-ms", 0.99}, {"p99.9-ms", 0.999}} {
		b.ReportMetric(float64(took[int(p.share*float64(len(took)-1))].Microseconds())/1000, p.name)
	}
	b.ReportMetric(0, "ns/op")
}

// BenchmarkRealTimeThroughput is how many changes a second come through, all made at once: by the whole
// service with six feeds, and by a minimal program that reads the same stream, decodes it with
// encoding/json and writes bytes that are ready to as many sockets. Each run is of b.N changes.
func BenchmarkRealTimeThroughput(b *testing.B) {
	for name, start := range map[string]func(testing.TB, *wire, []*sink) func(){"service": startFeeds, "floor": startFloor} {
		b.Run(name, func(b *testing.B) {
			w := newWire(b)
			defer w.close()
			var sinks []*sink
			for range benchFeeds {
				s := newSink(b, nil)
				defer s.close()
				sinks = append(sinks, s)
			}
			defer start(b, w, sinks)()
			before := int64(0)
			if name == "service" {
				before = benchAgents + 1 // the snapshot, and the health of the feed
			}
			await(b, sinks, before)
			b.ReportAllocs()
			b.ResetTimer()
			for n := range b.N {
				w.change(n)
			}
			await(b, sinks, before+int64(b.N))
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
		})
	}
}

// startFloor is the minimal program.
func startFloor(b testing.TB, w *wire, sinks []*sink) (stop func()) {
	jar, err := cookiejar.New(nil)
	require.NoError(b, err)
	client := &http.Client{Jar: jar}
	ask := func(method, path, token string, body any) *http.Response {
		data, err := json.Marshal(body)
		require.NoError(b, err)
		req, err := http.NewRequestWithContext(b.Context(), method, w.server.URL+"/icws/"+path, bytes.NewReader(data))
		require.NoError(b, err)
		req.Header.Set("Accept-Language", "en-us")
		if token != "" {
			req.Header.Set("ININ-ICWS-CSRF-Token", token)
		}
		if strings.HasSuffix(path, "/messages") {
			req.Header.Set("Accept", "text/event-stream")
		}
		res, err := client.Do(req)
		require.NoError(b, err)
		require.Less(b, res.StatusCode, 300)
		return res
	}
	var session struct{ SessionID, CSRFToken string }
	res := ask("POST", "connection", "", map[string]any{"__type": "urn:inin.com:connection:icAuthConnectionRequestSettings",
		"applicationName": "floor", "userID": "svc", "password": "pw"})
	require.NoError(b, json.NewDecoder(res.Body).Decode(&session))
	res.Body.Close()
	var sockets []net.Conn
	for _, s := range sinks {
		c, err := net.Dial("tcp", s.listener.Addr().String())
		require.NoError(b, err)
		sockets = append(sockets, c)
	}
	stream := ask("GET", session.SessionID+"/messaging/messages", session.CSRFToken, nil)
	res = ask("PUT", session.SessionID+"/messaging/subscriptions/status/user-statuses", session.CSRFToken, map[string]any{"userIds": w.agents,
		"userStatusProperties": []string{"statusId", "statusChanged", "loggedIn", "onPhone", "onPhoneChanged", "stations"}})
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	ready := []byte("28|agent0001||2026-03-02T10:00:00Z|5||||At lunch|0\n")
	done := make(chan struct{})
	full := make(chan struct{})
	go func() {
		defer close(done)
		in := bufio.NewReaderSize(stream.Body, 64<<10)
		first := true
		for {
			line, err := in.ReadBytes('\n')
			if err != nil {
				return
			}
			data, ok := bytes.CutPrefix(line, []byte("data:"))
			if !ok {
				continue
			}
			var m struct {
				Type    string `json:"__type"`
				IsDelta bool
				List    []struct {
					UserID, StatusID, StatusChanged string
					LoggedIn, OnPhone               bool
				} `json:"userStatusList"`
			}
			if json.Unmarshal(data, &m) != nil {
				return
			}
			if first && !m.IsDelta && len(m.List) > 0 {
				first = false
				close(full)
				continue
			}
			for range m.List {
				for _, c := range sockets {
					if _, err := c.Write(ready); err != nil {
						return
					}
				}
			}
		}
	}()
	<-full
	return func() {
		stream.Body.Close()
		<-done
		client.CloseIdleConnections()
		for _, c := range sockets {
			c.Close()
		}
	}
}
