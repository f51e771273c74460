package httppush_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
)

// script answers one request after another and records them.
type script struct {
	*httptest.Server
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []*http.Request
	bodies   []string
}

// play starts a service; after its last answer it answers 200.
func play(t *testing.T, answers ...http.HandlerFunc) *script {
	t.Helper()
	s := &script{answers: answers}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
		var answer http.HandlerFunc
		if len(s.answers) > 0 {
			answer, s.answers = s.answers[0], s.answers[1:]
		}
		s.mu.Unlock()
		if answer != nil {
			answer(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

// seen returns the bodies so far.
func (s *script) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.bodies)
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
		fmt.Fprint(w, "no\nbecause")
	}
}

func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func cutOff(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }

const token = "s3cr3t-tok3n"

func quick() httppush.Options {
	return httppush.Options{Token: wfm.NewSecret(token), Timeout: 30 * time.Second, BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond}
}

func TestTriesAgainTheSameBody(t *testing.T) {
	s := play(t, status(503), status(429, "Retry-After", "0"), status(500), status(502), status(504), status(408), status(425), hang, cutOff)
	o := quick()
	o.Timeout = 2 * time.Second // what hangs costs so much
	o.IdempotencyKey = true
	p, err := httppush.New([]string{s.URL + "/agent-statuses?key=a"}, o)
	require.NoError(t, err)
	require.NoError(t, send(t, p, `{"data":[1]}`, `{"data":[2]}`))
	require.Len(t, s.seen(), 11)
	keys := map[string]bool{}
	for i, r := range s.requests {
		want := `{"data":[1]}`
		if i == 10 {
			want = `{"data":[2]}`
		}
		require.Equal(t, want, s.bodies[i])
		require.Equal(t, "application/json", r.Header.Get("Content-Type"))
		require.Equal(t, "Bearer "+token, r.Header.Get("Authorization"))
		require.Equal(t, "/agent-statuses?key=a", r.RequestURI)
		require.Equal(t, http.MethodPost, r.Method)
		if i < 10 {
			require.Equal(t, s.requests[0].Header.Get("Idempotency-Key"), r.Header.Get("Idempotency-Key"))
		}
		keys[r.Header.Get("Idempotency-Key")] = true
	}
	require.Len(t, keys, 2, "one key for each body")
}

func TestFinalAnswers(t *testing.T) {
	for code, want := range map[int]struct {
		kind   wfm.Kind
		remedy string
	}{
		400: {wfm.BadData, "check the layout"},
		401: {wfm.NoPermission, "check the token"},
		403: {wfm.NoPermission, "right"},
		404: {wfm.NotFound, "check the URL"},
		405: {wfm.NotFound, "check the URL"},
		413: {wfm.BadConfig, "smaller"},
		418: {wfm.BadData, "documentation"},
		422: {wfm.BadData, "check the layout"},
		302: {wfm.BadConfig, "redirects are not followed"},
		307: {wfm.BadConfig, "redirects are not followed"},
		501: {wfm.BadData, "documentation"},
	} {
		s := play(t, status(code, "Location", "/elsewhere"))
		p, err := httppush.New([]string{s.URL}, quick())
		require.NoError(t, err)
		err = send(t, p, "{}")
		require.ErrorContains(t, err, fmt.Sprintf("post to %s: the service answered %d ", s.URL, code))
		require.ErrorContains(t, err, `: "no\nbecause"`)
		require.ErrorContains(t, err, want.remedy)
		require.Equal(t, want.kind, wfm.KindOf(err), code)
		retry, _ := wfm.ShouldRetry(err)
		require.False(t, retry)
		require.Len(t, s.seen(), 1, "%d is final, and leads nowhere else", code)
	}
}

func TestPatienceEnds(t *testing.T) {
	s := play(t, status(503, "Retry-After", "70"), status(503, "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)))
	o := quick()
	o.SendTimeout = time.Minute
	p, err := httppush.New([]string{s.URL}, o)
	require.NoError(t, err)
	for _, want := range []time.Duration{70 * time.Second, 15 * time.Minute} {
		began := time.Now()
		err = send(t, p, "{}")
		require.Less(t, time.Since(began), 30*time.Second, "a wait beyond the patience is the host's")
		retry, after := wfm.ShouldRetry(err)
		require.True(t, retry)
		require.Equal(t, want, after)
		require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	}
	away := play(t, hang, hang, hang, hang, hang, hang, hang, hang, hang, hang)
	o.Timeout, o.SendTimeout = 50*time.Millisecond, 150*time.Millisecond
	p, err = httppush.New([]string{away.URL}, o)
	require.NoError(t, err)
	err = send(t, p, "{}")
	require.ErrorContains(t, err, "no answer in time")
	require.Less(t, len(away.seen()), 6, "each attempt takes a third of the patience")
}

func TestStopEndsTheTrying(t *testing.T) {
	s := play(t, status(503), status(503))
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o := quick()
	o.Timeout, o.BackoffMin, o.BackoffMax, o.SendTimeout, o.FarewellTimeout = time.Hour, time.Hour, time.Hour, 100*time.Hour, time.Minute
	o.Logger = slog.New(slog.NewTextHandler(onLine{stop}, &slog.HandlerOptions{Level: slog.LevelDebug})) // it says that it waits
	p, err := httppush.New([]string{s.URL}, o)
	require.NoError(t, err)
	f := &wfm.Frames{Bytes: []byte("{}"), Ends: []int{2}}
	h := &handler{stop: stop, do: func(ctx context.Context, l delivery.Link) error {
		require.ErrorContains(t, l.Send(ctx, f), "503", "the wait ends with the service")
		require.Error(t, ctx.Err())
		require.ErrorContains(t, l.Send(ctx, f), "503", "a farewell is tried once")
		return nil
	}}
	require.NoError(t, p.Serve(ctx, h))
	require.Len(t, s.seen(), 2)
	require.Empty(t, h.failed)
}

// onLine calls a function at each line of a log.
type onLine struct{ call func() }

func (o onLine) Write(b []byte) (int, error) {
	o.call()
	return len(b), nil
}

func TestFarewellEnds(t *testing.T) {
	s := play(t, hang)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	o := quick()
	o.Timeout, o.SendTimeout, o.FarewellTimeout = time.Hour, 100*time.Hour, 100*time.Millisecond
	p, err := httppush.New([]string{s.URL}, o)
	require.NoError(t, err)
	h := &handler{stop: stop, do: func(ctx context.Context, l delivery.Link) error {
		stop()
		require.Error(t, l.Send(ctx, &wfm.Frames{Bytes: []byte("{}"), Ends: []int{2}}))
		return nil
	}}
	began := time.Now()
	require.NoError(t, p.Serve(ctx, h))
	require.Less(t, time.Since(began), 30*time.Second)
	require.Empty(t, h.failed)
}

func TestSecretsNeverShow(t *testing.T) {
	echo := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(code)
			fmt.Fprintf(w, "%s %s the key %q is not known", r.Header.Get("Authorization"), r.RequestURI, r.URL.Query().Get("key"))
		}
	}
	s := play(t, echo(503), echo(401), hang, cutOff, echo(302), status(500), status(500))
	var log bytes.Buffer
	o := quick()
	o.SendTimeout = 2 * time.Second
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	p, err := httppush.New([]string{s.URL + "/path?v=1&key=qu3ry%2Bm0re"}, o)
	require.NoError(t, err)
	var all strings.Builder
	for range 3 {
		err = send(t, p, "{}")
		fmt.Fprintf(&all, "%v %+v %#v\n", err, err, err)
	}
	gone := "http://127.0.0.1:1/path?key=qu3ry%2Bm0re"
	p, err = httppush.New([]string{gone}, o)
	require.NoError(t, err)
	fmt.Fprintln(&all, send(t, p, "{}"))
	for _, bad := range []string{"https://user:s3cr3t-tok3n@host/", "http://host:1/?key=qu3ry", "ftp://host/?qu3ry", "http://h\x7f/?qu3ry", ":qu3ry", "https://host/?qu3ry#x"} {
		_, err := httppush.New([]string{bad}, o)
		require.Error(t, err)
		fmt.Fprintln(&all, err)
	}
	o.Token = wfm.NewSecret(token + "\n")
	_, err = httppush.New([]string{gone}, o)
	require.ErrorContains(t, err, "token holds a line end")
	fmt.Fprintln(&all, err, log.String())
	require.Contains(t, all.String(), "<secret>")
	require.NotContains(t, all.String(), "s3cr3t")
	require.NotContains(t, all.String(), "qu3ry")
	require.NotContains(t, all.String(), "m0re")
}

func TestAnswersAreBounded(t *testing.T) {
	s := play(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		for r.Context().Err() == nil {
			if _, err := w.Write(bytes.Repeat([]byte("\x1b[31m"), 10_000)); err != nil {
				return
			}
		}
	})
	o := quick()
	o.Timeout = time.Minute
	p, err := httppush.New([]string{s.URL}, o)
	require.NoError(t, err)
	began := time.Now()
	err = send(t, p, "{}")
	require.Less(t, time.Since(began), 50*time.Second)
	require.Less(t, len(err.Error()), 1000)
	require.NotContains(t, err.Error(), "\x1b")
}

func TestLargeBodiesAreNotSent(t *testing.T) {
	s := play(t)
	o := quick()
	o.MaxBody = 10
	p, err := httppush.New([]string{s.URL}, o)
	require.NoError(t, err)
	require.ErrorContains(t, send(t, p, strings.Repeat("x", 11)), "MaxBody")
	require.Empty(t, s.seen())
	require.NoError(t, send(t, p, strings.Repeat("x", 10)))
}

func TestProblemsAreAllNamed(t *testing.T) {
	_, err := httppush.New([]string{"http://api.example.com/x", "https://a", "https://a", "https://"}, httppush.Options{
		Timeout: -1, SendTimeout: -1, FarewellTimeout: -1, MaxBody: -1, BackoffMin: -1, ContentType: "a\r\nb", TLS: &httppush.TLSOptions{KeyFile: "x"}})
	for _, want := range []string{`URL "http://api.example.com/x" has no encryption; use https`, `"https://a" stands twice`, `"https:" is not`, "timeout", "send timeout",
		"farewell timeout", "largest body", "backoff", "content type", "has no key"} {
		require.ErrorContains(t, err, want)
	}
	_, err = httppush.New(nil, httppush.Options{})
	require.ErrorContains(t, err, "URL is missing")
	_, err = httppush.New([]string{"http://localhost/", "http://[::1]:8080/"}, httppush.Options{})
	require.NoError(t, err)
	_, err = httppush.New([]string{"http://api.example.com/x"}, httppush.Options{AllowHTTP: true})
	require.NoError(t, err)
}
