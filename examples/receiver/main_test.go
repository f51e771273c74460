package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/delivery/udplink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var since = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// centre is what the feed of a test is about.
func centre() []wfm.AgentState {
	available := wfm.StatusDefinition{Key: "Available", Group: "Available", ACD: true}
	return []wfm.AgentState{
		{Agent: "alice", Extension: "7001", LoggedIn: true, Status: available, Activity: wfm.AgentAvailable, Since: since, Workgroups: []wfm.Workgroup{"Sales"}},
		{Agent: "bob", Extension: "7002", LoggedIn: true, Status: available, Activity: wfm.AgentAvailable, Since: since.Add(time.Second), Workgroups: []wfm.Workgroup{"Sales"}},
	}
}

// feed plays the service: it writes a snapshot with the vendor's own session, or anything else.
type feed struct {
	session vendors.Session
	raw     string
	once    sync.Once
	sent    chan error
}

func newFeed(t *testing.T, vendor, preset string, set map[string]string) *feed {
	t.Helper()
	registry, err := all.Registry()
	require.NoError(t, err)
	every := map[wfm.AgentActivity]vendors.Code{}
	for a := wfm.AgentLoggedOff; a <= wfm.AgentDialling; a++ {
		every[a] = vendors.Code{Code: "1", Reason: "5"}
	}
	encoder, err := registry.RealTime(vendor, vendors.RTASettings{Preset: preset, Values: set, Statuses: vendors.StatusMap{ByActivity: every}})
	require.NoError(t, err)
	return &feed{session: encoder.NewSession(), sent: make(chan error, 1)}
}

func (f *feed) Handle(ctx context.Context, l delivery.Link) error {
	f.once.Do(func() {
		frames := &wfm.Frames{}
		var err error
		if f.raw != "" {
			frames.Bytes = append(frames.Bytes, f.raw...)
			frames.End()
		} else {
			err = f.session.AppendSnapshot(frames, since.Add(time.Minute), centre())
		}
		if err == nil {
			err = l.Send(ctx, frames)
		}
		f.sent <- err
	})
	<-ctx.Done()
	return ctx.Err()
}

func (f *feed) Failed(string, error, time.Time) {}

// screen is the standard output of a program that runs.
type screen struct {
	lines chan string
	in    *io.PipeWriter
}

func newScreen() *screen {
	r, w := io.Pipe()
	s := &screen{lines: make(chan string, 1000), in: w}
	go func() {
		defer close(s.lines)
		for b := bufio.NewScanner(r); b.Scan(); {
			s.lines <- b.Text()
		}
	}()
	return s
}

func (s *screen) Write(b []byte) (int, error) { return s.in.Write(b) }

// program runs the receiver until stop.
type program struct {
	out  *screen
	errs bytes.Buffer
	stop context.CancelFunc
	code chan int
}

func start(t *testing.T, args ...string) *program {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	p := &program{out: newScreen(), stop: stop, code: make(chan int, 1)}
	go func() {
		p.code <- run(ctx, args, p.out, &p.errs)
		_ = p.out.in.Close()
	}()
	t.Cleanup(stop)
	return p
}

// object reads one line of JSON.
func (p *program) object(t *testing.T) map[string]any {
	t.Helper()
	text, ok := <-p.out.lines
	require.True(t, ok, "the program has ended: %s", &p.errs)
	var o map[string]any
	require.NoError(t, json.Unmarshal([]byte(text), &o), text)
	return o
}

// until skips lines until one has the key.
func (p *program) until(t *testing.T, key string) map[string]any {
	t.Helper()
	for {
		if o := p.object(t); o[key] != nil {
			return o
		}
	}
}

// end stops the program, and returns its last line and its exit code.
func (p *program) end(t *testing.T) (summary map[string]any, code int) {
	t.Helper()
	p.stop()
	summary = p.until(t, "summary")["summary"].(map[string]any)
	return summary, <-p.code
}

// serve runs a feed until the test ends.
func serve(t *testing.T, l delivery.Links, f *feed) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- l.Serve(ctx, f) }()
	t.Cleanup(func() { stop(); require.NoError(t, <-served) })
}

func quick(t *tcplink.TLSOptions) tcplink.Options {
	return tcplink.Options{TLS: t, BackoffMin: time.Millisecond, BackoffMax: 10 * time.Millisecond}
}

func TestFeedsAreUnderstood(t *testing.T) {
	ca, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	cert, key, err := ca.Issue("both", time.Now().Add(time.Hour))
	require.NoError(t, err)
	secure := &tcplink.TLSOptions{CAFile: ca.CAFile, CertFile: cert, KeyFile: key}
	tlsFlags := []string{"-tls", "-cert", cert, "-key", key, "-ca", ca.CAFile}
	dial := func(o *tcplink.TLSOptions) func(string) (delivery.Links, error) {
		return func(address string) (delivery.Links, error) { return tcplink.Dial([]string{address}, quick(o)) }
	}
	for name, c := range map[string]struct {
		vendor, preset string
		set            map[string]string
		args           []string
		links          func(address string) (delivery.Links, error)
		extension      bool
	}{
		"TCP":      {"verint", "event", nil, nil, dial(nil), false},
		"TLS":      {"verint", "event6", nil, tlsFlags, dial(secure), true},
		"settings": {"verint", "event", map[string]string{"delimiter": ";", "encoding": "UTF-16LE"}, []string{"-set", "delimiter=;", "-set", "encoding=UTF-16LE"}, dial(nil), false},
		"fixed":    {"aspect", "observed-2014", nil, nil, dial(nil), true},
		"UDP": {"verint", "event", nil, []string{"-udp"}, func(address string) (delivery.Links, error) {
			return udplink.New([]string{address}, udplink.Options{})
		}, false},
		"HTTP": {"injixo", "agent-statuses", map[string]string{"integrationConfigurationId": "8431"}, []string{"-http", "-set", "integrationConfigurationId=8431"},
			func(address string) (delivery.Links, error) {
				return httppush.New([]string{"http://" + address + "/external-systems/agent-statuses"}, httppush.Options{})
			}, false},
		"HTTPS": {"injixo", "agent-statuses", map[string]string{"integrationConfigurationId": "8431"}, append([]string{"-http", "-set", "integrationConfigurationId=8431"}, tlsFlags...),
			func(address string) (delivery.Links, error) {
				return httppush.New([]string{"https://" + address}, httppush.Options{TLS: &httppush.TLSOptions{CAFile: ca.CAFile, CertFile: cert, KeyFile: key}})
			}, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := start(t, append([]string{"-vendor", c.vendor, "-preset", c.preset, "-listen", ":0", "-json"}, c.args...)...)
			address := p.object(t)["listening"].(string)
			require.True(t, strings.HasPrefix(address, "127.0.0.1:"), address)
			l, err := c.links(address)
			require.NoError(t, err)
			f := newFeed(t, c.vendor, c.preset, c.set)
			serve(t, l, f)
			require.NoError(t, <-f.sent)
			alice, bob := p.until(t, "agent"), p.until(t, "agent")
			require.Equal(t, "alice", alice["agent"])
			require.Equal(t, "bob", bob["agent"])
			require.Equal(t, "127.0.0.1", strings.Split(alice["receiver"].(string), ":")[0])
			require.NotEmpty(t, alice["record"])
			require.NotEmpty(t, alice["code"])
			require.NotEmpty(t, alice["fields"])
			if c.extension {
				require.Equal(t, "7001", alice["extension"])
			}
			if c.vendor == "verint" {
				require.Equal(t, "2026-03-02T08:00:01Z", bob["time"])
			}
			sum, code := p.end(t)
			require.Equal(t, cli.OK, code, &p.errs)
			require.EqualValues(t, 0, sum["bad"])
			require.EqualValues(t, 2, sum["agents"])
			require.EqualValues(t, 1, sum["connections"])
			require.GreaterOrEqual(t, sum["records"], 2.0)
		})
	}
}

func TestDials(t *testing.T) {
	ca, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	cert, key, err := ca.Issue("both", time.Now().Add(time.Hour))
	require.NoError(t, err)
	for name, secure := range map[string]*tcplink.TLSOptions{"TCP": nil, "TLS": {CertFile: cert, KeyFile: key}} {
		t.Run(name, func(t *testing.T) {
			address := make(chan string, 1)
			o := quick(secure)
			o.OnListen = func(a net.Addr) { address <- a.String() }
			l, err := tcplink.Listen("127.0.0.1:0", o)
			require.NoError(t, err)
			f := newFeed(t, "verint", "event", nil)
			serve(t, l, f)
			args := []string{"-vendor", "verint", "-dial", <-address, "-json"}
			if secure != nil {
				args = append(args, "-tls", "-ca", ca.CAFile)
			}
			p := start(t, args...)
			require.Equal(t, "alice", p.until(t, "agent")["agent"])
			_, code := p.end(t)
			require.Equal(t, cli.OK, code)
		})
	}
}

func TestWhatIsNotUnderstoodIsShown(t *testing.T) {
	p := start(t, "-vendor", "verint", "-listen", "127.0.0.1:0", "-json", "-for", "2m")
	l, err := tcplink.Dial([]string{p.object(t)["listening"].(string)}, quick(nil))
	require.NoError(t, err)
	f := newFeed(t, "verint", "event", nil)
	f.raw = "28|bob||2026-03-02T08:00:00Z|1||||5|0\n\x1b[2J|\xff\xfe\nthis|is no event\nhalf"
	serve(t, l, f)
	require.NoError(t, <-f.sent)
	require.Equal(t, "bob", p.until(t, "agent")["agent"])
	bad := p.until(t, "error")
	require.Equal(t, "1b5b324a7cfffe", bad["hex"], "the bytes that came")
	require.NotContains(t, bad, "raw")
	bad = p.until(t, "error")
	require.Equal(t, "this|is no event", bad["raw"])
	require.NotContains(t, bad, "hex")
	sum, code := p.end(t)
	require.Equal(t, cli.Failed, code)
	require.EqualValues(t, 3, sum["bad"], "the frames, and the half one at the end")
	require.EqualValues(t, 1, sum["records"])
}

// TestBytesOfAnyEncodingAreShown: UTF-16 is text to its layout, and bytes to who looks at the wire. Long frames are cut.
func TestBytesOfAnyEncodingAreShown(t *testing.T) {
	var out strings.Builder
	s := newShow(&out, true)
	s.record("x", vendors.Decoded{Raw: "b\x00\xe4\x00", Err: errors.New("bad")})
	s.record("x", vendors.Decoded{Raw: strings.Repeat("\xff", 5000), Err: errors.New("bad")})
	var first, second map[string]any
	dec := json.NewDecoder(strings.NewReader(out.String()))
	require.NoError(t, dec.Decode(&first))
	require.NoError(t, dec.Decode(&second))
	require.Equal(t, "6200e400", first["hex"])
	require.Equal(t, strings.Repeat("ff", mostHex), second["hex"])
	require.EqualValues(t, 5000, second["bytes"])
}

func TestTable(t *testing.T) {
	p := start(t, "-vendor", "verint", "-listen", "127.0.0.1:0")
	first := <-p.out.lines
	require.True(t, strings.HasPrefix(first, "listening at "), first)
	conn, err := net.Dial("tcp", strings.TrimPrefix(first, "listening at "))
	require.NoError(t, err)
	_, err = io.WriteString(conn, "28|bob||2026-03-02T08:00:00Z|1|Sales|||5|0\n\x1b[2Jevil\n")
	require.NoError(t, err)
	require.NoError(t, conn.Close())
	var lines []string
	for text := range p.out.lines {
		lines = append(lines, text)
		if strings.Contains(text, "connection ended") {
			p.stop()
		}
	}
	text := strings.Join(lines, "\n")
	require.Regexp(t, `FROM +TIME +RECORD +EVENT +AGENT`, text)
	require.Regexp(t, `127\.0\.0\.1:\d+ +2026-03-02T08:00:00Z +\S+ +\S+ +bob +- +Sales +1 +5 +.*agentId=bob`, text)
	require.Contains(t, text, `NOT UNDERSTOOD "\x1b[2Jevil" hex 1b5b324a6576696c: `)
	require.NotContains(t, text, "\x1b")
	require.Contains(t, text, "1 connections: 1 records of 1 agents understood, 1 not understood")
	require.Equal(t, cli.Failed, <-p.code)
}

func TestHTTPOnlyTakesPosts(t *testing.T) {
	p := start(t, "-vendor", "injixo", "-set", "integrationConfigurationId=1", "-http", "-listen", "127.0.0.1:0", "-json")
	url := "http://" + p.object(t)["listening"].(string)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	for _, c := range []struct {
		method, body string
		want         int
	}{{http.MethodGet, "", 405}, {http.MethodPost, "no JSON", 200}} {
		req, err := http.NewRequestWithContext(t.Context(), c.method, url, strings.NewReader(c.body))
		require.NoError(t, err)
		resp, err := client.Do(req)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, c.want, resp.StatusCode)
	}
	require.NotEmpty(t, p.until(t, "error")["error"])
	sum, code := p.end(t)
	require.Equal(t, cli.Failed, code)
	require.EqualValues(t, 1, sum["bad"])
}

func TestOwnLayout(t *testing.T) {
	text, err := os.ReadFile("../../vendors/verint/layouts/event6.yaml")
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "ours.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o644))
	p := start(t, "-vendor", "verint", "-layout", file, "-listen", "127.0.0.1:0", "-json")
	l, err := tcplink.Dial([]string{p.object(t)["listening"].(string)}, quick(nil))
	require.NoError(t, err)
	f := newFeed(t, "verint", "event6", nil)
	serve(t, l, f)
	require.Equal(t, "alice", p.until(t, "agent")["agent"])
	_, code := p.end(t)
	require.Equal(t, cli.OK, code)
}

func TestEndsInTime(t *testing.T) {
	for _, args := range [][]string{{"-listen", ":0"}, {"-listen", ":0", "-udp"}, {"-dial", "127.0.0.1:1"}} {
		var out, errs bytes.Buffer
		began := time.Now()
		require.Equal(t, cli.OK, run(t.Context(), append(args, "-vendor", "verint", "-for", "100ms"), &out, &errs), &errs)
		require.Less(t, time.Since(began), 10*time.Second)
		require.Contains(t, out.String(), "0 connections: 0 records")
	}
}

func TestWrongCommandLines(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	for _, c := range []struct {
		code int
		args []string
		want []string
	}{
		{cli.Usage, nil, []string{"-vendor is missing", "-listen and -dial"}},
		{cli.Usage, []string{"-bogus"}, []string{"-bogus"}},
		{cli.Usage, []string{"-vendor", "none", "-listen", "x", "-dial", ":1", "-udp", "-http", "-tz", "Mars", "-for", "-1s", "-layout", "none.yaml", "extra"},
			[]string{`"none"`, `-listen "x"`, `-dial ":1"`, "-udp and -http", `"Mars"`, "-for", "-layout", `"extra"`}},
		{cli.Usage, []string{"-vendor", "verint", "-listen", ":0", "-tls"}, []string{"-cert or -key is missing"}},
		{cli.Usage, []string{"-vendor", "verint", "-listen", ":0", "-ca", "x"}, []string{"-tls is missing"}},
		{cli.Usage, []string{"-vendor", "verint", "-dial", "h:1", "-udp"}, []string{"-dial works over TCP only"}},
		{cli.Usage, []string{"-vendor", "verint", "-listen", ":0", "-preset", "nonesuch"}, []string{"nonesuch"}},
		{cli.Usage, []string{"-vendor", "injixo", "-preset", "agent-statuses", "-listen", ":0"}, []string{"integrationConfigurationId", "-set name=value"}},
		{cli.Failed, []string{"-vendor", "verint", "-listen", taken.Addr().String()}, []string{taken.Addr().String()}},
		{cli.Failed, []string{"-vendor", "verint", "-listen", ":0", "-tls", "-cert", "none.pem", "-key", "none.pem"}, []string{"-cert"}},
	} {
		var out, errs bytes.Buffer
		require.Equal(t, c.code, run(t.Context(), c.args, &out, &errs), "%v: %s", c.args, &errs)
		for _, want := range c.want {
			require.Contains(t, errs.String(), want, c.args)
		}
	}
	var out, errs bytes.Buffer
	require.Equal(t, cli.OK, run(t.Context(), []string{"-h"}, &out, &errs))
	require.Contains(t, errs.String(), "stands in for a WFM product")
}
