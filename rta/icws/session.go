package icws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const (
	contentType = "application/vnd.inin.icws+JSON;charset=utf-8"
	csrfHeader  = "ININ-ICWS-CSRF-Token"
	language    = "en-us" // of the texts that the server sends for the life of the session

	maxReply   = 32 << 20 // bytes of one reply or message; 10,000 statuses are about 2.5 MB
	maxRefusal = 64 << 10 // bytes of an error body that are read
)

// session is one log-on at one host. Its methods may be called concurrently.
type session struct {
	opt  *Options
	http *http.Client // with the cookie jar of this session
	at   endpoint

	// Secrets, so that no way of printing shows them.
	id, csrf wfm.Secret

	skew       time.Duration
	version    string
	features   map[string]int
	alternates []endpoint
}

// serverNow is the present time in the clock of the server, cut to the second as its own times are.
func (s *session) serverNow() time.Time { return time.Now().Add(s.skew).UTC().Truncate(time.Second) }

// scrub removes every secret of the session from a text that comes from outside.
func (s *session) scrub(t string) string {
	remove := func(secret string, least int) {
		if len(secret) >= least {
			t = strings.ReplaceAll(t, secret, "<secret>")
			if e := url.QueryEscape(secret); e != secret {
				t = strings.ReplaceAll(t, e, "<secret>")
			}
		}
	}
	remove(s.opt.Password.Reveal(), 1)
	remove(s.opt.MarketPlaceCode.Reveal(), 1)
	remove(s.csrf.Reveal(), 3)
	remove(s.id.Reveal(), 3)
	if jar := s.http.Jar; jar != nil {
		if u, err := url.Parse(s.at.base + "/" + url.PathEscape(s.id.Reveal()) + "/"); err == nil {
			for _, c := range jar.Cookies(u) {
				remove(c.Value, 3)
			}
		}
	}
	return t
}

// request is one request below /icws.
type request struct {
	method   string
	resource string // escaped, with its query; below {sid} unless outside is set
	outside  bool
	body     any // sent as JSON; nil sends none
	accept   string
	ranged   string // Range
	timeout  time.Duration
}

// label names a request in messages, without query.
func (q *request) label() string {
	name, _, _ := strings.Cut(q.resource, "?")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	return wfm.OneLine(q.method + " " + name)
}

// build makes the HTTP request.
func (s *session) build(ctx context.Context, q *request) (*http.Request, error) {
	address := s.at.base + "/"
	if !q.outside {
		address += url.PathEscape(s.id.Reveal()) + "/"
	}
	var body io.Reader
	if q.body != nil {
		b, err := json.Marshal(q.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, q.method, address+q.resource, body)
	if err != nil {
		return nil, errors.New("the URL of " + q.label() + " at " + s.at.name + " cannot be built")
	}
	r.Header.Set("Accept", contentType)
	if q.accept != "" {
		r.Header.Set("Accept", q.accept)
	}
	r.Header.Set("Accept-Language", language)
	if q.body != nil {
		r.Header.Set("Content-Type", contentType)
	}
	if q.ranged != "" {
		r.Header.Set("Range", q.ranged)
	}
	if !q.outside {
		r.Header.Set(csrfHeader, s.csrf.Reveal())
	}
	return r, nil
}

// answer is a 2xx reply.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// do sends a request and reads its reply. Any status but 2xx is an error that holds a *refusal.
func (s *session) do(ctx context.Context, q *request) (*answer, error) {
	limit := q.timeout
	if limit <= 0 {
		limit = s.opt.RequestTimeout
	}
	inner, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	r, err := s.build(inner, q)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	reply, err := s.http.Do(r)
	if err != nil {
		err = networkError(ctx, s.at.name, q.label(), limit, err, s.scrub)
		s.opt.Logger.Debug("ICWS request failed", "host", s.at.name, "request", q.label(), "error", err)
		return nil, err
	}
	defer reply.Body.Close()
	s.opt.Logger.Debug("ICWS request", "host", s.at.name, "request", q.label(), "status", reply.StatusCode, "took", time.Since(start))
	if reply.StatusCode/100 != 2 {
		return nil, s.refused(q, reply).classify()
	}
	body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply+1))
	switch {
	case err != nil:
		return nil, networkError(ctx, s.at.name, q.label(), limit, err, s.scrub)
	case len(body) > maxReply:
		return nil, badData(s.at.name, q.label(), errors.New("a reply longer than is permitted"))
	}
	return &answer{reply.StatusCode, reply.Header, body}, nil
}

// refused reads the error body of a reply.
func (s *session) refused(q *request, reply *http.Response) *refusal {
	body, _ := io.ReadAll(io.LimitReader(reply.Body, maxRefusal))
	return refusalOf(s.at.name, q.label(), reply.StatusCode, reply.Header, body, s.scrub)
}

// get reads a resource into out.
func (s *session) get(ctx context.Context, resource string, out any) error {
	q := &request{method: http.MethodGet, resource: resource}
	a, err := s.do(ctx, q)
	if err != nil {
		return err
	}
	return s.decode(q, a.body, out)
}

func (s *session) decode(q *request, body []byte, out any) error {
	if err := json.Unmarshal(body, out); err != nil {
		return badData(s.at.name, q.label(), err)
	}
	return nil
}

// put creates or updates a subscription. The body of the reply is not looked at: it may be empty whatever its type says.
func (s *session) put(ctx context.Context, resource string, body any) error {
	_, err := s.do(ctx, &request{method: http.MethodPut, resource: resource, body: body})
	return err
}

// remove ends a subscription. One that is not there is as good as ended.
func (s *session) remove(ctx context.Context, resource string) error {
	_, err := s.do(ctx, &request{method: http.MethodDelete, resource: resource})
	if refusedWith(err, http.StatusNotFound, http.StatusGone) {
		return nil
	}
	return err
}

// connectionState is what the server says of the session.
type connectionState struct {
	State           int    `json:"connectionState"`
	Reason          string `json:"reason"`
	ShouldReconnect *bool  `json:"shouldReconnect"`
}

// The values of connectionState.
const stateDown = 2

// probe asks whether the session is alive. nil means yes.
func (s *session) probe(ctx context.Context) error {
	q := &request{method: http.MethodGet, resource: "connection", timeout: min(s.opt.RequestTimeout, 5*time.Second)}
	a, err := s.do(ctx, q)
	if err != nil {
		return err
	}
	var c connectionState
	if err := s.decode(q, a.body, &c); err != nil {
		return err
	}
	if c.State == stateDown {
		return s.down(c.Reason, c.ShouldReconnect)
	}
	return nil
}

// down is the error of a session that the server ended. The reason is localised, so nothing depends on it.
func (s *session) down(reason string, shouldReconnect *bool) error {
	text := "the server ended the session"
	if reason != "" {
		text += ": " + wfm.Quote(s.scrub(reason))
	}
	e := ended(s.at.name, errors.New(text)).(*wfm.Error)
	if shouldReconnect != nil && !*shouldReconnect {
		e.Kind, e.After = wfm.NoPermission, s.opt.RefusedWait
		e.Remedy = "the server asks not to reconnect (an administrator logged the user off, or the user was deleted); the next attempt waits long"
	}
	return e
}

// unwanted tells whether the server ended the session and asked not to reconnect.
func unwanted(err error) bool {
	var e *wfm.Error
	return errors.As(err, &e) && e.Op == "ICWS session" && e.Kind == wfm.NoPermission
}

// gone is how an error says that the session has ended, so that it need not be logged off.
func gone(err error) bool {
	if sessionLost(err) {
		return true
	}
	var e *wfm.Error
	return errors.As(err, &e) && e.Op == "ICWS session"
}

// logOff ends the session, best effort.
func (s *session) logOff(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	_, _ = s.do(ctx, &request{method: http.MethodDelete, resource: "connection"})
}
