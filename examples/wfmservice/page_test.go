package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// TestPage: what a running service shows, and to whom.
func TestPage(t *testing.T) {
	s := newCheckSite(t, nil)
	s.replace("version: 1", "version: 1\ninstance: {name: wfm-a, shared: true, lease: 30s}")
	r := s.start(nil)
	r.eventually("everything runs", func() bool {
		st := r.report()
		return len(st.Historical) == 1 && st.Historical[0].Delivered > 0 && !st.Historical[0].Next.IsZero() && len(st.RealTime) == 1 && st.RealTime[0].State == "serving"
	})
	st := r.report()
	require.Equal(t, statusVersion, st.Version)
	require.Equal(t, "wfm-a", st.Instance)
	require.True(t, st.Historical[0].Lease.Ours)
	require.Equal(t, "licensed", st.Historical[0].Licence[0].State)
	require.Equal(t, 4, st.Servers[0].Agents)
	code, text := r.get("/healthz")
	require.Equal(t, 200, code, text)
	require.JSONEq(t, `{"status":"ok"}`, text)
	code, text = r.get("/metrics")
	require.Equal(t, 200, code)
	for _, want := range []string{
		`cicwfm_artifacts_total{action="delivered",destination="share",feed="files"} `, `cicwfm_lease_ours{destination="share",feed="files"} 1`,
		`cicwfm_watermark_timestamp_seconds{destination="share",feed="files"} 1.`, `cicwfm_server_up{server="east"} 1`, `cicwfm_server_agents{server="east"} 4`,
		`cicwfm_realtime_serving{feed="states"} 1`, `cicwfm_licensed{destination="share",feed="files",server="east"} 1`, `cicwfm_healthy 1`,
		`cicwfm_build_info{`, `go_goroutines `, `process_start_time_seconds `, `cicwfm_config_reloads_total{result="refused"} 0`} {
		require.Contains(t, text, want)
	}
	require.NotContains(t, text, sitePassword)

	h := r.host.handler()
	for _, c := range []struct {
		method, host, path string
		want               int
	}{
		{"GET", "localhost:9464", "/status", 200}, {"HEAD", "127.0.0.1:9464", "/healthz", 200}, {"GET", "[::1]:9464", "/metrics", 200}, {"GET", "LocalHost", "/status", 200},
		{"GET", "127.9.9.9", "/status", 200}, {"GET", "evil.example.com:9464", "/status", 421}, {"GET", "localhost.evil.example.com", "/metrics", 421},
		{"GET", "10.0.0.1:9464", "/status", 421}, {"GET", "", "/status", 421}, {"POST", "localhost", "/status", 405}, {"DELETE", "localhost", "/healthz", 405},
		{"GET", "localhost", "/", 404}, {"GET", "localhost", "/debug/pprof/", 404},
	} {
		req := httptest.NewRequest(c.method, "http://x"+c.path, nil)
		req.Host = c.host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		require.Equal(t, c.want, w.Code, "%v", c)
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	}

	for _, c := range []struct {
		name, value string
		want        int
	}{
		{"Origin", "http://evil.example.com", 403}, {"Origin", "null", 403}, {"Origin", "http://localhost:9464", 200},
		{"Sec-Fetch-Site", "cross-site", 403}, {"Sec-Fetch-Site", "none", 200},
	} {
		req := httptest.NewRequest("GET", "http://localhost/status", nil)
		req.Header.Set(c.name, c.value)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		require.Equal(t, c.want, w.Code, "%v", c)
	}

	// The command status asks this page, and the ledger when it is gone.
	code, out, errs := s.run("status")
	require.Zero(t, code, errs)
	for _, want := range []string{"ok  ", "instance wfm-a", "files -> share", "verint", "this instance", "states", "serving", "east", "up"} {
		require.Contains(t, out, want)
	}
	code, out, _ = s.run("status", "-json")
	require.Zero(t, code)
	require.NoError(t, json.Unmarshal([]byte(out), &st))
	require.Zero(t, r.stop(), r.errs)
	code, out, errs = s.run("status")
	require.Equal(t, exitAttention, code)
	require.Contains(t, errs, "it does not run")
	require.NotContains(t, errs, "\n\n")
	for _, want := range []string{"files -> share", "delivered ", s.path("out"), "LEASE OF", "wfm-a"} {
		require.Contains(t, out, want)
	}
	code, out, _ = s.run("status", "-json")
	require.Equal(t, exitAttention, code)
	var l ledgerReport
	require.NoError(t, json.Unmarshal([]byte(out), &l))
	require.Len(t, l.Feeds[0].Last, lastShown)
	require.Zero(t, l.Feeds[0].Unconfirmed)
	require.NotContains(t, out, sitePassword)
}

// TestStatusWithoutAnything: no service and no ledger is an error that says so, and makes none.
func TestStatusWithoutAnything(t *testing.T) {
	s := newCheckSite(t, nil)
	code, _, errs := s.run("status")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "is not there yet")
	require.NoFileExists(t, s.path("ledger.db"))
	other := httptest.NewServer(http.NotFoundHandler())
	defer other.Close()
	s.config = strings.Replace(s.config, s.config[strings.Index(s.config, "service:"):strings.Index(s.config, "ledger:")], "service: {listen: '"+other.Listener.Addr().String()+"'}\n", 1)
	_, _, errs = s.run("status")
	require.Contains(t, errs, "404")
}

// TestPortInUse: a second service with the same page says what to do, and does nothing.
func TestPortInUse(t *testing.T) {
	s := newCheckSite(t, nil)
	r := s.start(nil)
	r.get("/healthz")
	code, _, errs := s.run("run")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "service.listen")
	require.Contains(t, errs, "runs already")
}

// stuck is a transport that does not hear when it is told to end.
type stuck struct {
	begun chan struct{}
	free  chan struct{}
}

func (s *stuck) Deliver(context.Context, wfm.Artifact) (delivery.Receipt, error) {
	select {
	case s.begun <- struct{}{}:
	default:
	}
	<-s.free
	return delivery.Receipt{}, context.Canceled
}

// TestStopHasADeadline: what does not end is named, and the program ends all the same.
func TestStopHasADeadline(t *testing.T) {
	s, hangs := newCheckSite(t, nil), &stuck{begun: make(chan struct{}, 1), free: make(chan struct{})}
	s.replace("service: {", "service: {stop-deadline: 1s, ")
	s.replace("kind: folder, path: out", "kind: stuck")
	r := s.start(func(all *config.Registries) {
		all.Destinations["stuck"] = config.DestinationKind{Files: func(config.Target) (delivery.Transport, error) { return hangs, nil }}
	})
	<-hangs.begun
	require.Equal(t, exitAttention, r.stop()) // although the delivery still hangs
	require.Contains(t, r.errs.String(), `feed "files -> share" delivers`)
	require.Contains(t, r.said(), "did not stop in time")
	close(hangs.free)
	require.Eventually(t, func() bool { return r.host.service.Status().Feeds[0].Working.IsZero() }, time.Minute, 10*time.Millisecond)
	require.NoError(t, r.host.now().Close())
}
