package icws

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

type logOnRequest struct {
	Type            string `json:"__type"`
	Application     string `json:"applicationName"`
	User            string `json:"userID"`
	Password        string `json:"password"`
	MarketPlaceName string `json:"marketPlaceApplicationLicenseName,omitempty"`
	MarketPlaceCode string `json:"marketPlaceApplicationCode,omitempty"`
}

type featureList []struct {
	ID      string `json:"featureId"`
	Version int    `json:"version"`
}

type logOnReply struct {
	SessionID  string       `json:"sessionId"`
	CSRF       string       `json:"csrfToken"`
	Alternates []string     `json:"alternateHostList"`
	Version    *versionInfo `json:"version"`
	Features   featureList  `json:"features"`
}

type versionInfo struct {
	Major   string `json:"majorVersion"`
	Minor   string `json:"minorVersion"`
	SU      string `json:"su"`
	Build   string `json:"build"`
	Release string `json:"productReleaseDisplayString"`
	Patch   string `json:"productPatchDisplayString"`
}

func (v *versionInfo) String() string {
	if v == nil {
		return ""
	}
	if v.Release != "" {
		return wfm.OneLine(strings.TrimSpace(v.Release + " " + v.Patch))
	}
	return wfm.OneLine(strings.Trim(strings.Join([]string{v.Major, v.Minor, v.SU, v.Build}, "."), "."))
}

// logOn goes through the hosts once: the last good one and its alternates, the configured ones, and at once those
// that a host names which accepts no connections. It returns the session of the first that accepts us.
//
// While the account is refused nobody is asked, whoever wants a session: a few wrong passwords in a row, of Run, of the
// licence and of a preflight check, lock it.
func (c *Client) logOn(ctx context.Context) (*session, error) {
	if err := c.barred(); err != nil {
		return nil, err
	}
	visited := map[string]bool{}
	queue := c.order()
	var failed []error
	for len(queue) > 0 && len(visited) < 2*maxHosts {
		at := queue[0]
		queue = queue[1:]
		if visited[at.base] {
			continue
		}
		visited[at.base] = true
		s, named, err := c.logOnAt(ctx, at)
		if err == nil {
			c.remember(s)
			return s, nil
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		var final *finalError
		if errors.As(err, &final) {
			c.bar(final.error)
			return nil, final.error
		}
		failed = append(failed, err)
		queue = append(named, queue...)
	}
	return nil, c.exhausted(failed)
}

// finalError ends a round: asking other hosts would only lock the account.
type finalError struct{ error }

// bar keeps anybody from logging on for as long as a refusal says.
func (c *Client) bar(err error) {
	var e *wfm.Error
	if errors.As(err, &e) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.refused.err, c.refused.until = e, time.Now().Add(e.After)
	}
}

// barred repeats a refusal that still holds, with what is left of its wait.
func (c *Client) barred() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := time.Until(c.refused.until)
	if left <= 0 {
		return nil
	}
	again := *c.refused.err
	again.After = left
	return &again
}

// exhausted is the error of a round in which no host accepted us.
func (c *Client) exhausted(failed []error) error {
	wait := c.opt.RoundWait + rand.N(c.opt.RoundWait/2+1)
	e := &wfm.Error{Op: "log on to ICWS", Kind: wfm.Unavailable, Retry: true, After: wait, Err: errors.Join(failed...)}
	for i, err := range failed {
		kind := wfm.KindOf(err)
		if i > 0 && kind != e.Kind {
			e.Kind = wfm.Unavailable
			break
		}
		e.Kind = kind
	}
	for _, err := range failed {
		if _, after := wfm.ShouldRetry(err); after > e.After {
			e.After = after
		}
	}
	if len(failed) > 1 {
		e.Remedy = fmt.Sprintf("none of %d hosts accepted a session; check URL and hosts if this is no switchover", len(failed))
	}
	return e
}

// logOnAt opens a session at one host. named are the hosts that a refusal names.
func (c *Client) logOnAt(ctx context.Context, at endpoint) (_ *session, named []endpoint, _ error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, nil, err
	}
	s := &session{opt: &c.opt, at: at, http: &http.Client{Transport: c.transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if strings.HasPrefix(at.base, "http:") && c.warned.CompareAndSwap(false, true) {
		c.opt.Logger.Warn("ICWS without TLS: the password crosses the network readable; use https", "host", at.name)
	}
	q := &request{method: http.MethodPost, resource: "connection?include=features,version,server-time", outside: true,
		body: logOnRequest{"urn:inin.com:connection:icAuthConnectionRequestSettings", c.opt.Application, c.opt.User,
			c.opt.Password.Reveal(), c.opt.MarketPlaceName, c.opt.MarketPlaceCode.Reveal()}}
	sent := time.Now()
	a, err := s.do(ctx, q)
	got := time.Now()
	if r, ok := asRefusal(err); ok {
		e, final := r.classifyLogOn(c.opt.User, c.opt.RefusedWait)
		if final {
			return nil, nil, &finalError{e}
		}
		return nil, at.alternates(r.alternates), e
	} else if err != nil {
		return nil, nil, err
	}
	var reply logOnReply
	if err := s.decode(q, a.body, &reply); err != nil {
		return nil, nil, err
	}
	if reply.CSRF == "" {
		reply.CSRF = a.header.Get(csrfHeader)
	}
	if reply.SessionID == "" {
		reply.SessionID = a.header.Get("ININ-ICWS-Session-ID")
	}
	if !plain(reply.SessionID) || !plain(reply.CSRF) {
		return nil, nil, badData(at.name, q.label(), errors.New("no usable session id and CSRF token"))
	}
	s.id, s.csrf = wfm.NewSecret(reply.SessionID), wfm.NewSecret(reply.CSRF)
	s.version, s.alternates = reply.Version.String(), at.alternates(reply.Alternates)
	if date, err := http.ParseTime(a.header.Get("Date")); err == nil {
		s.skew = skewOf(date, time.Second, sent, got)
	}
	if err := s.learn(ctx, reply.Features); err != nil {
		if !gone(err) {
			s.logOff(ctx)
		}
		return nil, nil, err
	}
	return s, nil, nil
}

// plain tells whether a token can be a part of a URL and of a header.
func plain(token string) bool {
	for i := range len(token) {
		if token[i] <= ' ' || token[i] > '~' {
			return false
		}
	}
	return token != "" && token != "." && token != ".." && len(token) <= 4096
}

// learn finds out the features, and the clock better than the Date of the log-on told it. Only the end of ctx is an
// error: without features we poll.
func (s *session) learn(ctx context.Context, list featureList) error {
	if list == nil { // before connection feature 3 the log-on does not tell them
		var reply struct {
			List featureList `json:"featureInfoList"`
		}
		q := &request{method: http.MethodGet, resource: "connection/features", outside: true}
		if a, err := s.do(ctx, q); err == nil {
			_ = s.decode(q, a.body, &reply)
		}
		list = reply.List
	}
	s.features = map[string]int{}
	for _, f := range list[:min(len(list), 1000)] {
		s.features[strings.ToLower(f.ID)] = f.Version
	}
	sent := time.Now()
	q := &request{method: http.MethodGet, resource: "connection/server-time", outside: true}
	a, err := s.do(ctx, q)
	got := time.Now()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var reply struct {
		Time moment `json:"serverUtcTime"`
	}
	if err == nil && s.decode(q, a.body, &reply) == nil && reply.Time.set {
		resolution := time.Second
		if reply.Time.t.Nanosecond() != 0 {
			resolution = time.Millisecond
		}
		s.skew = skewOf(reply.Time.t, resolution, sent, got)
	}
	return nil
}

// order is the order in which hosts are tried.
func (c *Client) order() []endpoint {
	c.mu.Lock()
	defer c.mu.Unlock()
	return unique(append(append([]endpoint(nil), c.good...), c.configured...))
}

// remember keeps a host that accepted us, and the alternates that it named, for the next time.
func (c *Client) remember(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.good = unique(append([]endpoint{s.at}, s.alternates...))
}
