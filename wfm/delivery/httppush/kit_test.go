package httppush_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service answers a POST as soon as somebody takes its body.
type service struct {
	server *httptest.Server
	bodies chan []byte
	closed context.Context
	close  context.CancelFunc
}

func newService() *service {
	s := &service{bodies: make(chan []byte)}
	s.closed, s.close = context.WithCancel(context.Background())
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		select {
		case s.bodies <- body:
		case <-r.Context().Done():
		case <-s.closed.Done():
		}
	}))
	return s
}

func (s *service) Next(ctx context.Context) ([]byte, error) {
	select {
	case b := <-s.bodies:
		return b, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *service) Close() error { s.close(); return nil }

func TestConforms(t *testing.T) {
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) {
		s := [2]*service{newService(), newService()}
		p, err := httppush.New([]string{s[0].server.URL, s[1].server.URL}, httppush.Options{FarewellTimeout: 30 * time.Second, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond})
		return &linktest.Harness{Links: p, Connectionless: true, Messages: true,
			Connect: func(_ context.Context, i int) (linktest.Receiver, error) { return s[i], nil },
			Close: func() error {
				for _, s := range s {
					s.close()
					s.server.Close()
				}
				return nil
			}}, err
	})
}

// handler does one thing and stops the service.
type handler struct {
	stop   context.CancelFunc
	do     func(context.Context, delivery.Link) error
	failed []error
	next   []time.Time
}

func (h *handler) Handle(ctx context.Context, l delivery.Link) error {
	defer h.stop()
	return h.do(ctx, l)
}

func (h *handler) Failed(_ string, err error, next time.Time) {
	h.failed, h.next = append(h.failed, err), append(h.next, next)
}

func run(t *testing.T, p *httppush.Pusher, do func(context.Context, delivery.Link) error) *handler {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 30*time.Second)
	defer stop()
	h := &handler{stop: stop, do: do}
	require.NoError(t, p.Serve(ctx, h))
	return h
}

// send posts bodies and returns what Send said.
func send(t *testing.T, p *httppush.Pusher, bodies ...string) (err error) {
	t.Helper()
	f := &wfm.Frames{}
	for _, b := range bodies {
		f.Bytes = append(f.Bytes, b...)
		f.End()
	}
	run(t, p, func(ctx context.Context, l delivery.Link) error { err = l.Send(ctx, f); return nil })
	return err
}

// startTLS starts a service that takes everything.
func startTLS(t *testing.T, cert, key string) *httptest.Server {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	require.NoError(t, err)
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	s.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // what the client says is looked at
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func TestTLSVerifies(t *testing.T) {
	ours, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	cert, key, err := ours.Issue("service", time.Now().Add(time.Hour))
	require.NoError(t, err)
	old, oldKey, err := ours.Issue("old", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	for name, c := range map[string]struct {
		cert, key string
		tls       *httppush.TLSOptions
		want      string
	}{
		"good":              {cert, key, &httppush.TLSOptions{CAFile: ours.CAFile}, ""},
		"unknown authority": {cert, key, nil, "CAFile"},
		"other name":        {cert, key, &httppush.TLSOptions{CAFile: ours.CAFile, ServerName: "api.example.com"}, "ServerName"},
		"expired":           {old, oldKey, &httppush.TLSOptions{CAFile: ours.CAFile}, "renew"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startTLS(t, c.cert, c.key)
			p, err := httppush.New([]string{s.URL}, httppush.Options{TLS: c.tls})
			require.NoError(t, err)
			err = send(t, p, "{}")
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
			retry, _ := wfm.ShouldRetry(err)
			require.False(t, retry)
		})
	}
	p, err := httppush.New([]string{"https://localhost"}, httppush.Options{TLS: &httppush.TLSOptions{CAFile: "none.pem"}})
	require.NoError(t, err)
	require.ErrorContains(t, p.Serve(t.Context(), nil), "CA file")
}

func TestHandlersErrorIsToldAndTheLinkMadeAgain(t *testing.T) {
	p, err := httppush.New([]string{"http://127.0.0.1:1/?key=geheim"}, httppush.Options{SendTimeout: time.Millisecond, BackoffMin: time.Millisecond, BackoffMax: time.Millisecond})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	calls := 0
	h := &handler{stop: func() {}, do: func(ctx context.Context, l delivery.Link) error {
		if calls++; calls == 3 {
			stop()
		}
		f := &wfm.Frames{Bytes: []byte("{}"), Ends: []int{2}}
		require.Equal(t, "http://127.0.0.1:1/", l.Where())
		return errors.Join(errors.New("wrapped"), l.Send(ctx, f))
	}}
	require.NoError(t, p.Serve(ctx, h))
	require.Len(t, h.failed, 2)
	require.ErrorContains(t, h.failed[0], "post to http://127.0.0.1:1/: ")
	require.NotContains(t, h.failed[0].Error(), "geheim")
}
