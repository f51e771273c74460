package icws

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// The errorCodes that decide something. errorIds decide nothing, because one of them stands for a bad
// password and for a dead session.
const (
	codeBadPassword = -2147221503 // with 400
	codeSessionDead = -2147221499 // with 401
)

// refusal is a reply that is not 2xx.
type refusal struct {
	host, resource string
	status         int
	code           int64
	hasCode        bool
	id             string
	text           string // scrubbed
	foreign        bool   // the body is no JSON: not ICWS answers
	alternates     []string
	after          time.Duration // Retry-After
}

// Error returns one line.
func (r *refusal) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s answered %d", r.host, r.status)
	if name := http.StatusText(r.status); name != "" {
		b.WriteString(" " + name)
	}
	if r.hasCode {
		fmt.Fprintf(&b, ", errorCode %d", r.code)
	}
	if r.id != "" {
		b.WriteString(", errorId " + wfm.Quote(r.id))
	}
	if r.text != "" {
		b.WriteString(": " + wfm.Quote(r.text))
	}
	if r.status >= 300 && r.status < 400 {
		b.WriteString(" (redirects are not followed)")
	}
	return b.String()
}

// refusalOf reads an error body leniently: parts that are missing or odd stay empty.
func refusalOf(host, resource string, status int, header http.Header, body []byte, scrub func(string) string) *refusal {
	r := &refusal{host: host, resource: resource, status: status, foreign: len(body) > 0 && !json.Valid(body)}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) == nil {
		get := func(name string) json.RawMessage {
			for have, value := range fields {
				if strings.EqualFold(have, name) {
					return value
				}
			}
			return nil
		}
		words := func(raw json.RawMessage) string {
			var s string
			if json.Unmarshal(raw, &s) != nil && len(raw) > 0 && raw[0] != '{' && raw[0] != '[' && string(raw) != "null" {
				s = string(raw)
			}
			return s
		}
		r.id, r.text = scrub(words(get("errorId"))), scrub(words(get("message")))
		if n, err := strconv.ParseInt(words(get("errorCode")), 10, 64); err == nil {
			r.code, r.hasCode = n, true
		}
		_ = json.Unmarshal(get("alternateHostList"), &r.alternates)
	}
	if n, err := strconv.Atoi(strings.TrimSpace(header.Get("Retry-After"))); err == nil && n > 0 {
		r.after = min(time.Duration(min(n, 86400))*time.Second, time.Hour)
	}
	return r
}

// asRefusal returns the refusal in an error's chain.
func asRefusal(err error) (*refusal, bool) {
	var r *refusal
	ok := errors.As(err, &r)
	return r, ok
}

// refusedWith tells whether the server answered with one of the statuses.
func refusedWith(err error, status ...int) bool {
	r, ok := asRefusal(err)
	if !ok {
		return false
	}
	for _, s := range status {
		if r.status == s {
			return true
		}
	}
	return false
}

// sessionLost tells whether a reply says that the session is gone. Only the status decides; the
// meaning of errorCode 7 is not known for sure.
func sessionLost(err error) bool { return refusedWith(err, http.StatusUnauthorized) }

// classify makes a wfm.Error of a refusal of a request of a session, by status and code.
func (r *refusal) classify() *wfm.Error {
	e := &wfm.Error{Op: "ICWS " + r.resource, Kind: wfm.Unavailable, Retry: true, After: r.after, Err: r}
	switch {
	case r.status == http.StatusUnauthorized:
		e.Remedy = "the session has ended; a new one is opened"
	case r.status == http.StatusForbidden:
		e.Kind, e.Remedy = wfm.NoPermission, "give the CIC user the right to view this"
	case r.status == http.StatusNotFound, r.status == http.StatusGone:
		e.Kind = wfm.NotFound
	case r.status == http.StatusMethodNotAllowed, r.status == http.StatusNotAcceptable:
		e.Kind = wfm.Unsupported
	case r.status == http.StatusServiceUnavailable, r.status == http.StatusTooManyRequests, r.status >= 500:
	default:
		e.Kind = wfm.BadData
	}
	return e
}

// classifyLogOn makes a wfm.Error of a refused log-on. final says that other hosts must not be asked
// as well, so that a wrong password does not lock the account.
func (r *refusal) classifyLogOn(user string, refusedWait time.Duration) (e *wfm.Error, final bool) {
	e = r.classify()
	e.Op, e.Remedy = "log on to ICWS as "+wfm.Quote(user), ""
	switch r.status {
	case http.StatusBadRequest:
		if r.foreign { // such as a port for TLS that was asked without
			e.Kind, e.Remedy = wfm.BadConfig, "this does not look like ICWS: check http or https, port and prefix of the URL"
			return e, false
		}
		if r.hasCode && r.code != codeBadPassword && r.code != codeSessionDead {
			e.Kind, e.Remedy, e.After = wfm.BadConfig, "look up the errorCode; the log-on itself was not accepted", refusedWait
			return e, true
		}
		e.Kind, e.Remedy, e.After = wfm.NoPermission, "correct user or password; the next attempt waits long, so that the account is not locked", refusedWait
		return e, true
	case http.StatusUnauthorized, http.StatusForbidden:
		e.Kind, e.Remedy, e.After = wfm.NoPermission, "let the CIC user log on through ICWS (rights, licence I3_FEATURE_ICWS_SDK)", refusedWait
		return e, true
	case http.StatusServiceUnavailable:
		e.Remedy = "this server accepts no connections: it is the backup of a pair, or another one takes sessions"
	}
	return e, false
}

// badData is an error about what the server sent. cause holds no text of the server's.
func badData(host, resource string, cause error) error {
	var syntax *json.SyntaxError
	if errors.As(cause, &syntax) {
		cause = fmt.Errorf("JSON that is cut or malformed at byte %d", syntax.Offset)
	}
	return &wfm.Error{Op: "ICWS " + resource, Kind: wfm.BadData, Retry: true, Err: fmt.Errorf("%s sent %w", host, cause)}
}

// networkError makes a wfm.Error of a failed round trip. Only the text of the cause is kept, scrubbed and without
// the URL, which holds the session id.
func networkError(ctx context.Context, host, resource string, limit time.Duration, err error, scrub func(string) string) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	e := &wfm.Error{Op: "ICWS " + resource, Kind: wfm.Unavailable, Retry: true}
	text := scrub(err.Error())
	if at := strings.Index(text, "malformed "); at >= 0 {
		text = text[:at] + "an answer that is no HTTP" // net/http quotes it, perhaps with a cookie that is not known yet
	}
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &certificate):
		e.Kind, e.Remedy = wfm.BadConfig, "give the certificate of the server's authority as CA, and a URL with the name that its certificate holds"
	case errors.Is(err, context.DeadlineExceeded):
		text = "no answer within " + limit.String()
	}
	e.Err = errors.New(host + ": " + text)
	return e
}

// ended reports an error that says why a session that existed is over.
func ended(host string, err error) error {
	return &wfm.Error{Op: "ICWS session", Kind: wfm.Unavailable, Retry: true, Err: fmt.Errorf("%s: %w", host, err)}
}
