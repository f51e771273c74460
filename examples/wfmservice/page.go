package main

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// page is the HTTP server of a running service: it only shows, and is on loopback alone.
type page struct {
	server *http.Server
	wg     sync.WaitGroup
}

// openPage listens where the configuration says; nil where it says off.
func (h *host) openPage(ctx context.Context) (*page, error) {
	address := h.now().Service.Listen
	if address == "off" {
		return nil, nil
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, wfm.Problem{Field: "service.listen", Value: address, Reason: "cannot be listened at: " + listenReason(err),
			Remedy: "see whether the service runs already, or choose another port"}
	}
	h.address.Store(l.Addr().String())
	p := &page{server: &http.Server{Handler: h.handler(), ReadHeaderTimeout: 2 * time.Second, ReadTimeout: 10 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}}
	p.wg.Go(func() { _ = p.server.Serve(limited(l, maxClients)) }) // ends when closed
	return p, nil
}

// close breaks off what is under way: nothing of it matters.
func (p *page) close() {
	if p == nil {
		return
	}
	_ = p.server.Close()
	p.wg.Wait()
}

// handler answers /healthz, /metrics and /status.
func (h *host) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		health := h.health()
		code := http.StatusOK
		if health.Status != healthy {
			code = http.StatusServiceUnavailable
		}
		answer(w, code, health)
	})
	mux.HandleFunc("/status", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, h.report()) })
	mux.Handle("/metrics", h.metrics())
	return onlyLocal(mux)
}

func answer(w http.ResponseWriter, code int, v any) {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		http.Error(w, "the answer cannot be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	_, _ = w.Write(append(text, '\n')) // a client that is gone needs no answer
}

// onlyLocal lets reading requests through that name this machine. A page on the web that makes its own name point here (DNS rebinding) names
// itself, and is refused; so are pages that ask across origins.
func onlyLocal(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "no-store")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "GET or HEAD only: this page shows, and changes nothing", http.StatusMethodNotAllowed)
		case !localHost(r.Host):
			http.Error(w, "this page is known as localhost and by loopback addresses only", http.StatusMisdirectedRequest)
		case foreign(r.Header):
			http.Error(w, "pages of other places may not ask this one", http.StatusForbidden)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// foreign tells a request that a browser makes for a page of another place. A link that a person follows is none.
func foreign(h http.Header) bool {
	if origin := h.Get("Origin"); origin != "" {
		_, host, ok := strings.Cut(origin, "://")
		return !ok || !localHost(host)
	}
	site := h.Get("Sec-Fetch-Site")
	return (site == "cross-site" || site == "same-site") && h.Get("Sec-Fetch-Mode") != "navigate"
}

func localHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return ip != nil && ip.IsLoopback()
}

// listenReason is why an address could not be opened, without the address, which the message names already.
func listenReason(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return err.Error()
}
