package icws_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// renaming puts the id of the present session in the place of its stand-in.
type renaming struct {
	http.ResponseWriter
	f *fake
}

func (r *renaming) Write(b []byte) (int, error) {
	_, err := r.ResponseWriter.Write([]byte(r.f.rename(string(b))))
	return len(b), err
}

func (f *fake) rename(s string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.ReplaceAll(s, sessions+"N", fmt.Sprintf("%s%d", sessions, f.count))
}

// No secret shows in logs at debug level, errors, events, or however the client is printed, though the server repeats them all.
func TestSecretsNeverShow(t *testing.T) {
	echo := fmt.Sprintf(`your password %s, cookie %s, token %s, session %sN`, password, cookie, csrf, sessions)
	var all strings.Builder
	log := &syncBuffer{}
	break_ := func(what string, h http.HandlerFunc) {
		f := newFake(t, nil)
		o := options(f.URL)
		o.Logger = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
		o.RequestTimeout, o.SyncTimeout = 500*time.Millisecond, 300*time.Millisecond
		c := newClient(t, o)
		if what != "" {
			f.on(what, func(w http.ResponseWriter, r *http.Request) { h(&renaming{w, f}, r) })
		}
		var events []string
		q := sales
		q.Queues = true
		synced := make(chan struct{})
		done := make(chan error, 1)
		go func() {
			done <- c.Run(t.Context(), q, func(e rta.Event) error {
				events = append(events, show(e))
				if e.Kind == rta.Synced {
					close(synced)
				}
				return nil
			})
		}()
		select {
		case err := <-done:
			done <- err
		case <-synced:
			fmt.Fprintf(&all, "%v %+v %#v %s %d", c, c, c, c, c)
			echo := f.rename(echo)
			f.push(`{"__type":"urn:inin.com:messaging:`+echo+`","isDelta":true}`,
				`{"__type":"urn:inin.com:messaging:subscriptionStateMessage","isDelta":true,"state":3,"error":{"message":"`+echo+`"}}`)
		}
		err := <-done
		require.Error(t, err)
		fmt.Fprintf(&all, "%v %+v %q\n%s\n", err, err, events, strings.Join(events, "\n"))
		_, err = c.Features(t.Context())
		fmt.Fprintf(&all, "%v %+v\n", err, err)
	}
	hang := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	cut := func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }
	break_("", nil)
	for _, what := range []string{"POST connection", "GET connection/server-time", "GET status/status-messages", "GET configuration/workgroups",
		"GET configuration/workgroups/Sales", "GET configuration/users/agent1", "PUT messaging/subscriptions/queues/wfm-1", usersPut,
		"GET messaging/messages", "GET configuration/feature-licenses"} {
		for _, status := range []int{200, 302, 400, 401, 403, 404, 500, 503} {
			text := echo
			if what == "POST connection" {
				text = password // the others do not exist yet
			}
			break_(what, reply(status, `{"errorId":"`+text+`","message":"`+text+`"}`))
		}
		break_(what, cut)
	}
	break_("POST connection", hang)
	for _, line := range []string{"HTTP/1.1 200 OK\r\nSet-Cookie icws_session=" + cookie, "Set-Cookie: icws_session=" + cookie, "HTTP/1.1 " + cookie + " OK"} {
		break_("POST connection", func(w http.ResponseWriter, _ *http.Request) {
			c, _, err := http.NewResponseController(w.(*renaming).ResponseWriter).Hijack()
			if err == nil {
				_, _ = c.Write([]byte(line + "\r\n\r\n"))
				_ = c.Close()
			}
		})
	}
	break_(usersPut, hang)
	all.WriteString(log.String())
	require.True(t, strings.Contains(log.String(), "POST connection"), "the log is empty")
	require.True(t, strings.Contains(all.String(), "<secret>"), "the server's text is told otherwise")
	for _, secret := range []string{password, "hunter2", cookie, csrf, sessions} {
		if at := strings.Index(all.String(), secret); at >= 0 {
			require.Fail(t, "a secret shows", "%q in %q", secret, all.String()[max(0, at-200):min(all.Len(), at+100)])
		}
	}
}

func TestTLSVerifies(t *testing.T) {
	f := newFake(t, startTLS)
	o := options(f.URL)
	err := watch(t, newClient(t, o), sales).ends()
	require.ErrorContains(t, err, "certificate")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry, "a certificate can be renewed")
	require.Zero(t, f.requests("POST connection"))

	o.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: f.Certificate().Raw})
	watch(t, newClient(t, o), sales).until("synced")

	o.URLs = []string{strings.Replace(f.URL, "127.0.0.1", "localhost", 1)} // a name that the certificate does not hold
	require.ErrorContains(t, watch(t, newClient(t, o), sales).ends(), "certificate")

	o.TLS = f.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	o.TLS.RootCAs, o.TLS.InsecureSkipVerify = x509.NewCertPool(), true
	_, err = icws.New(o)
	require.ErrorContains(t, err, "InsecureSkipVerify")
}

func TestRepliesAreBounded(t *testing.T) {
	endless := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		chunk := append([]byte(nil), bytes.Repeat([]byte("data: 0123456789\n"), 4096)...)
		for r.Context().Err() == nil {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}
	for _, what := range []string{"POST connection", "GET messaging/messages", "GET status/status-messages"} {
		f := newFake(t, nil)
		f.on(what, endless)
		o := options(f.URL)
		o.RequestTimeout = time.Minute // for many megabytes, however busy the machine is
		w := watch(t, newClient(t, o), sales)
		if what == "GET status/status-messages" {
			w.until("longer than is permitted")
			continue
		}
		err := w.ends()
		require.Equal(t, wfm.BadData, wfm.KindOf(err), what)
		require.ErrorContains(t, err, "longer than is permitted")
	}
}
