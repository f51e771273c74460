package icws

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// Client is one CIC server, or a switchover pair. It implements rta.Source, rta.FeatureLister and
// rta.Inspector, is safe for concurrent use, and never holds more than one session.
type Client struct {
	opt        Options
	configured []endpoint
	transport  http.RoundTripper
	warned     atomic.Bool

	turn chan struct{} // holds a value while somebody has, or opens, a session

	mu      sync.Mutex
	good    []endpoint    // the last host that accepted us, and its alternates
	live    *monitor      // of Run, while it has a session
	changed chan struct{} // closed when live changes
	memory  memory        // of the last session of Run
	refused struct {      // why the server does not want the account, and until when it is not asked again
		err   *wfm.Error
		until time.Time
	}
}

var (
	_ rta.Source        = (*Client)(nil)
	_ rta.FeatureLister = (*Client)(nil)
	_ rta.Inspector     = (*Client)(nil)
)

// New checks the options and makes a client; it does not connect. The error joins every wfm.Problem.
func New(o Options) (*Client, error) {
	var problems []error
	configured := endpointsOf(o.URLs, o.Hosts, problemsOf(&problems))
	o, err := o.withDefaults()
	if err = errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	c := &Client{opt: o, configured: configured, transport: o.Transport, turn: make(chan struct{}, 1), changed: make(chan struct{})}
	if c.transport == nil {
		c.transport = newTransport(&o)
	}
	return c, nil
}

func newTransport(o *Options) http.RoundTripper {
	verify := &tls.Config{MinVersion: tls.VersionTLS12}
	if o.TLS != nil {
		verify = o.TLS.Clone()
	}
	if len(o.CA) > 0 {
		verify.RootCAs = x509.NewCertPool()
		verify.RootCAs.AppendCertsFromPEM(o.CA)
	}
	return &http.Transport{
		DialContext:            (&net.Dialer{Timeout: min(o.RequestTimeout, 10*time.Second), KeepAlive: 15 * time.Second}).DialContext,
		TLSClientConfig:        verify,
		TLSHandshakeTimeout:    min(o.RequestTimeout, 10*time.Second),
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    8,
		IdleConnTimeout:        30 * time.Second,
		DisableCompression:     true, // it would delay events, and bounds are of what is sent
	}
}

// Format prints the hosts alone, whatever the verb, so that no state of a session shows.
func (c *Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// String names the first configured host.
func (c *Client) String() string { return "ICWS at " + c.configured[0].name }

// Close lets go of idle connections. A Client that is not closed loses them after 30 s.
func (c *Client) Close() {
	if t, ok := c.transport.(interface{ CloseIdleConnections() }); ok {
		t.CloseIdleConnections()
	}
}

// Run implements rta.Source.
func (c *Client) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s, err := c.logOn(ctx)
	if err != nil {
		return err
	}
	m := newMonitor(c, s, q, emit)
	c.setLive(m)
	err = m.run(ctx)
	c.setLive(nil)
	if ctx.Err() != nil {
		s.logOff(ctx)
		return context.Cause(ctx)
	}
	if sessionLost(err) {
		// The reason of the end, and whether to come back, is told to those who ask.
		if why := s.probe(ctx); why != nil && !sessionLost(why) && gone(why) {
			err = why
		}
	}
	if unwanted(err) {
		c.bar(err)
	}
	if !gone(err) {
		s.logOff(ctx)
	}
	return err
}

func (c *Client) setLive(m *monitor) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.live = m
	close(c.changed)
	c.changed = make(chan struct{})
}

// withSession calls f with the session of Run, or else with a short one of its own; m is nil then.
func (c *Client) withSession(ctx context.Context, f func(s *session, m *monitor) error) error {
	for {
		c.mu.Lock()
		live, changed := c.live, c.changed
		c.mu.Unlock()
		if live != nil {
			return f(live.s, live)
		}
		select {
		case c.turn <- struct{}{}:
			defer func() { <-c.turn }()
			s, err := c.logOn(ctx)
			if err != nil {
				return err
			}
			err = f(s, nil)
			if !gone(err) {
				s.logOff(ctx)
			}
			return err
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
