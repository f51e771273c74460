package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
)

// buffer is a writer for several goroutines.
type buffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

// runningSite is a site whose service runs in this process.
type runningSite struct {
	*checkSite
	host *host
	log  *buffer
	errs *buffer
	end  context.CancelFunc
	code chan int
}

// start runs the service of a site until stop, or the end of the test.
func (s *checkSite) start(registries func(*config.Registries)) *runningSite {
	s.t.Helper()
	s.write("wfmservice.yaml", s.config)
	all, err := standard.Registries()
	require.NoError(s.t, err)
	if registries != nil {
		registries(&all)
	}
	r := &runningSite{checkSite: s, log: &buffer{}, errs: &buffer{}, code: make(chan int, 1)}
	a := &app{out: io.Discard, err: r.errs, in: strings.NewReader(""), registries: all, env: func(name string) (string, bool) { v, ok := s.env[name]; return v, ok }}
	c, err := config.Load(s.path("wfmservice.yaml"))
	require.NoError(s.t, err)
	log, err := newLogging(c.Service.Filled().Log, "", r.log)
	require.NoError(s.t, err)
	r.host, err = newHost(s.t.Context(), a, s.path("wfmservice.yaml"), c, log, nil)
	require.NoError(s.t, err)
	r.host.poll = 20 * time.Millisecond
	ctx, end := context.WithCancel(context.Background())
	r.end = end
	go func() {
		code, err := r.host.run(ctx)
		if err != nil {
			r.errs.Write([]byte(err.Error()))
		}
		r.code <- code
	}()
	s.t.Cleanup(func() { r.stop() })
	return r
}

// stop ends the service and returns its exit code; the second time it does nothing.
func (r *runningSite) stop() int {
	r.end()
	select {
	case code, first := <-r.code:
		if first {
			close(r.code)
		}
		return code
	case <-time.After(time.Minute):
		r.t.Error("the service does not stop")
		return -1
	}
}

func (r *runningSite) eventually(what string, ok func() bool) {
	r.t.Helper()
	deadline := time.Now().Add(time.Minute)
	for !ok() {
		require.True(r.t, time.Now().Before(deadline), "%s does not come\n%s\n%s", what, r.said(), r.errs)
		time.Sleep(10 * time.Millisecond)
	}
}

// said is the log without the lines about files.
func (r *runningSite) said() string {
	var b strings.Builder
	for line := range strings.Lines(r.log.String()) {
		if !strings.Contains(line, "artifact delivered") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// get asks the page.
func (r *runningSite) get(path string) (code int, text string) {
	r.t.Helper()
	var address string
	r.eventually("the page is open", func() bool { address = r.host.address.Load().(string); return address != "" })
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get("http://" + address + path)
	require.NoError(r.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(r.t, err)
	return res.StatusCode, string(body)
}

func (r *runningSite) report() (s statusReport) {
	r.t.Helper()
	_, text := r.get("/status")
	require.NotContains(r.t, text, sitePassword)
	require.NoError(r.t, json.Unmarshal([]byte(text), &s))
	return s
}

// product is a WFM product that takes connections and reads lines.
type product struct {
	listener net.Listener
	wg       sync.WaitGroup

	mu      sync.Mutex
	accepts int
	open    int
	lines   int
	conns   []net.Conn
}

func newProduct(t *testing.T) *product {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &product{listener: l}
	p.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.accepts++
			p.open++
			p.conns = append(p.conns, c)
			p.mu.Unlock()
			p.wg.Go(func() {
				lines := bufio.NewScanner(c)
				for lines.Scan() {
					p.mu.Lock()
					p.lines++
					p.mu.Unlock()
				}
				c.Close()
				p.mu.Lock()
				p.open--
				p.mu.Unlock()
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		p.mu.Lock()
		for _, c := range p.conns {
			c.Close()
		}
		p.mu.Unlock()
		p.wg.Wait()
	})
	return p
}

func (p *product) counts() (accepts, open, lines int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepts, p.open, p.lines
}

func (p *product) address() string { return p.listener.Addr().String() }
