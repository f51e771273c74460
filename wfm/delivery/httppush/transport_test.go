package httppush_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
)

const nameHeader = "X-File-Name"

// receiver is a service that keeps whole bodies by their names.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	files map[string][]byte
}

func newReceiver() *receiver {
	r := &receiver{files: map[string][]byte{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if req.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(req.Body) // fails where the body is shorter than its Content-Length
		name, nameErr := url.PathUnescape(req.Header.Get(nameHeader))
		safe, safeErr := delivery.SafeName(name)
		if err != nil || nameErr != nil || safeErr != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.files[safe] = body
	}))
	return r
}

func (r *receiver) all(context.Context) (map[string][]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.files), nil
}

func newTransport(t testing.TB, url string, o httppush.Options) *httppush.Transport {
	t.Helper()
	d, err := httppush.NewTransport(url, o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

// TestTransportConforms: all cases but those of delivery.Prober and delivery.Fencer, which HTTP cannot be. That nothing
// partial appears is the receiver's doing, which keeps whole bodies alone.
func TestTransportConforms(t *testing.T) {
	deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
		r := newReceiver()
		d, err := httppush.NewTransport(r.URL+"/contact-events", httppush.Options{NameHeader: nameHeader, MaxBody: 16 << 20})
		return &deliverytest.Harness{Transport: d, Files: r.all, Close: func() error { defer r.Close(); return d.Close() }}, err
	})
}

func file(content string) wfm.Artifact {
	start := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	return wfm.Artifact{Kind: "contacts", Name: "München 1.json", Interval: wfm.Window{Start: start, End: start.Add(time.Hour)}, Revision: 1, Bytes: []byte(content)}
}

func TestTransportPostsOnce(t *testing.T) {
	s := play(t)
	o := quick()
	o.NameHeader, o.ContentType = nameHeader, "text/csv; charset=utf-8"
	receipt, err := newTransport(t, s.URL+"/contact-events?key=qu3ry", o).Deliver(t.Context(), file("a;1\r\n"))
	require.NoError(t, err)
	require.Equal(t, delivery.Receipt{Where: s.URL + "/contact-events (München 1.json)", Bytes: 5}, receipt)
	require.Equal(t, []string{"a;1\r\n"}, s.seen())
	r := s.requests[0]
	require.Equal(t, "/contact-events?key=qu3ry", r.RequestURI)
	require.Equal(t, "text/csv; charset=utf-8", r.Header.Get("Content-Type"))
	require.Equal(t, "Bearer "+token, r.Header.Get("Authorization"))
	require.Equal(t, "M%C3%BCnchen 1.json", r.Header.Get(nameHeader))
	require.Equal(t, int64(5), r.ContentLength)
}

// TestTransportKey is the same for every attempt, also from another process, and another one for every other file.
func TestTransportKey(t *testing.T) {
	keys := func(a wfm.Artifact) string {
		s := play(t, status(503), status(503))
		for range 2 { // a transport of its own each: a restart
			d := newTransport(t, s.URL, quick())
			_, err := d.Deliver(t.Context(), a)
			require.Error(t, err)
		}
		_, err := newTransport(t, s.URL, quick()).Deliver(t.Context(), a)
		require.NoError(t, err)
		require.Len(t, s.requests, 3)
		key := s.requests[0].Header.Get("Idempotency-Key")
		for _, r := range s.requests {
			require.Equal(t, key, r.Header.Get("Idempotency-Key"))
		}
		return key
	}
	seen := map[string]string{}
	for name, change := range map[string]func(*wfm.Artifact){
		"same": func(*wfm.Artifact) {}, "kind": func(a *wfm.Artifact) { a.Kind = "x" }, "name": func(a *wfm.Artifact) { a.Name = "x" },
		"revision": func(a *wfm.Artifact) { a.Revision = 2 }, "part": func(a *wfm.Artifact) { a.Part = 1 }, "content": func(a *wfm.Artifact) { a.Bytes = []byte("y") },
		"interval": func(a *wfm.Artifact) { a.Interval.End = a.Interval.End.Add(time.Hour) },
	} {
		a := file("x")
		change(&a)
		key := keys(a)
		require.NotContains(t, seen, key, name)
		require.Regexp(t, "^[0-9a-f]{32}$", key)
		seen[key] = name
	}
	// It must not change between versions: an attempt before an update and one after it are of one file.
	require.Equal(t, "same", seen["5f6c2cb532c13543e502dd03baa1651b"])
}

func TestTransportAnswers(t *testing.T) {
	for code, want := range map[int]struct {
		kind  wfm.Kind
		retry bool
		text  string
	}{
		400: {wfm.BadData, false, "check the layout"},
		401: {wfm.NoPermission, false, "check the token"},
		403: {wfm.NoPermission, false, "right"},
		404: {wfm.NotFound, false, "check the URL"},
		302: {wfm.BadConfig, false, "redirects are not followed"},
		408: {wfm.Unavailable, true, "tried again"},
		409: {wfm.Unavailable, true, "tried again"},
		413: {wfm.BadConfig, false, "files smaller"},
		422: {wfm.BadData, false, "check the layout"},
		429: {wfm.Unavailable, true, "tried again"},
		500: {wfm.Unavailable, true, "tried again"},
		503: {wfm.Unavailable, true, "tried again"},
	} {
		s := play(t, status(code, "Retry-After", "7", "Location", "/elsewhere"))
		_, err := newTransport(t, s.URL, quick()).Deliver(t.Context(), file("{}"))
		require.ErrorContains(t, err, fmt.Sprintf(`post "München 1.json" to %s: the service answered %d `, s.URL, code))
		require.ErrorContains(t, err, want.text)
		require.Equal(t, want.kind, wfm.KindOf(err), code)
		retry, after := wfm.ShouldRetry(err)
		require.Equal(t, want.retry, retry, code)
		if code == 503 {
			require.Equal(t, 7*time.Second, after)
		}
		require.Len(t, s.seen(), 1, "the host tries again, not the transport")
	}
}

func TestTransportEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := play(t, func(w http.ResponseWriter, r *http.Request) { cancel(); hang(w, r) }, cutOff)
	o := quick()
	o.Timeout = time.Hour
	d := newTransport(t, s.URL, o)
	began := time.Now()
	_, err := d.Deliver(ctx, file("{}"))
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
	require.Less(t, time.Since(began), time.Minute)

	o.Timeout = 50 * time.Millisecond
	_, err = newTransport(t, play(t, hang).URL, o).Deliver(t.Context(), file("{}"))
	require.ErrorContains(t, err, "no answer in time")
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	_, err = d.Deliver(t.Context(), file("{}"))
	require.ErrorContains(t, err, "closed the connection")
	_, err = d.Deliver(t.Context(), file("{}"))
	require.NoError(t, err)
}

func TestTransportRefuses(t *testing.T) {
	_, err := httppush.NewTransport("http://api.example.com/x", httppush.Options{NameHeader: "Authorization", MaxBody: -1, ContentType: "a\nb"})
	for _, want := range []string{"has no encryption", `name header "Authorization"`, "largest body", "content type"} {
		require.ErrorContains(t, err, want)
	}
	for _, bad := range []string{"a b", "X:", "Content-Length", "Proxy-Authorization", "idempotency-key", "ü"} {
		_, err := httppush.NewTransport("https://api.example.com", httppush.Options{NameHeader: bad})
		require.ErrorContains(t, err, "name header", bad)
	}
	s := play(t)
	o := quick()
	o.MaxBody = 3
	_, err = newTransport(t, s.URL, o).Deliver(t.Context(), file("1234"))
	require.ErrorContains(t, err, "MaxBody")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.Empty(t, s.seen())
}

func TestTransportCheck(t *testing.T) {
	for code, want := range map[int]string{200: "", 400: "", 403: "", 404: "", 405: "", 501: "", 401: "check the token", 301: "redirects", 503: "tried again", 429: "tried again"} {
		s := play(t, status(code))
		err := newTransport(t, s.URL, quick()).Check(t.Context())
		if want == "" {
			require.NoError(t, err, code)
		} else {
			require.ErrorContains(t, err, want)
		}
		require.Equal(t, http.MethodHead, s.requests[0].Method)
	}
	require.ErrorContains(t, newTransport(t, "http://127.0.0.1:1", quick()).Check(t.Context()), "refused")
}

func TestTransportSecretsNeverShow(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, r.Header.Get("Authorization"), r.RequestURI)
	}
	s := play(t, echo, cutOff)
	var log bytes.Buffer
	o := quick()
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	d := newTransport(t, s.URL+"/?key=qu3ry%2Bm0re", o)
	for range 3 {
		receipt, err := d.Deliver(t.Context(), file("{}"))
		fmt.Fprintf(&log, "%v %+v %#v %v\n", err, err, err, receipt)
	}
	require.Contains(t, log.String(), "<secret>")
	require.Contains(t, log.String(), "delivered")
	for _, secret := range []string{"s3cr3t", "qu3ry", "m0re"} {
		require.NotContains(t, log.String(), secret)
	}
}

// TestTransportReadsCertificatesAnew after an error: a renewed one needs no restart.
func TestTransportReadsCertificatesAnew(t *testing.T) {
	ours, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	cert, key, err := ours.Issue("service", time.Now().Add(time.Hour))
	require.NoError(t, err)
	s := startTLS(t, cert, key)
	theirs, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	d := newTransport(t, s.URL, httppush.Options{TLS: &httppush.TLSOptions{CAFile: theirs.CAFile}})
	_, err = d.Deliver(t.Context(), file("{}"))
	require.ErrorContains(t, err, "CAFile")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	text, err := os.ReadFile(ours.CAFile)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(theirs.CAFile, text, 0o600))
	_, err = d.Deliver(t.Context(), file("{}"))
	require.NoError(t, err)
	require.NoError(t, os.Remove(theirs.CAFile))
	require.NoError(t, d.Close())
	_, err = d.Deliver(t.Context(), file("{}"))
	require.ErrorContains(t, err, "CA file")
}

func ExampleNewTransport() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		fmt.Println(r.Header.Get("Authorization"), string(body), err)
	}))
	defer service.Close()
	transport, err := httppush.NewTransport(service.URL, httppush.Options{Token: wfm.NewSecret("abc")})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer transport.Close()
	receipt, err := transport.Deliver(context.Background(), wfm.Artifact{Kind: "contacts", Name: "contacts.json", Bytes: []byte(`{"data":[]}`)})
	fmt.Println(receipt.Bytes, err)
	// Output:
	// Bearer abc {"data":[]} <nil>
	// 11 <nil>
}
