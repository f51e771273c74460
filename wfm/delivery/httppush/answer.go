package httppush

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const (
	// enough of an answer is read so that its connection can be used again; more is not.
	mostAnswer = 64 << 10
	// longestWait bounds what a service can ask for with Retry-After.
	longestWait = 15 * time.Minute
)

// answered is what a service said.
type answered struct {
	code int
	text string
}

func (a *answered) Error() string { return a.text }

// judge reads an answer: nil for success, otherwise what the service said and what to do.
func judge(op string, resp *http.Response, secrets []string, now time.Time) error {
	body, _ := io.ReadAll(io.LimitReader(resp.Body, mostAnswer)) // what could be read is enough for a message
	if resp.StatusCode >= 200 && resp.StatusCode <= 299 {
		return nil
	}
	text := "the service answered " + strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode)
	if said := strings.TrimSpace(string(body)); said != "" {
		for _, s := range secrets { // some services repeat what they were sent
			if s != "" {
				said = strings.ReplaceAll(said, s, "<secret>")
			}
		}
		text += ": " + wfm.Quote(said)
	}
	e := &wfm.Error{Op: op, Kind: wfm.BadData, Err: &answered{resp.StatusCode, strings.TrimSpace(text)}, Remedy: "look up this answer in the service's documentation"}
	switch code := resp.StatusCode; {
	case code == http.StatusRequestTimeout, code == http.StatusTooEarly, code == http.StatusTooManyRequests,
		code >= 500 && code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported:
		e.Kind, e.Retry, e.Remedy = wfm.Unavailable, true, "it is tried again; ask the service's operator if it stays so"
		e.After = retryAfter(resp.Header.Get("Retry-After"), now)
	case code == http.StatusUnauthorized:
		e.Kind, e.Remedy = wfm.NoPermission, "check the token"
	case code == http.StatusForbidden:
		e.Kind, e.Remedy = wfm.NoPermission, "give the token's account the right, or check the token"
	case code == http.StatusNotFound, code == http.StatusGone, code == http.StatusMethodNotAllowed:
		e.Kind, e.Remedy = wfm.NotFound, "check the URL"
	case code >= 300 && code <= 399:
		e.Kind, e.Remedy = wfm.BadConfig, "redirects are not followed: give the address at which the service really is"
	case code == http.StatusRequestEntityTooLarge:
		e.Kind, e.Remedy = wfm.BadConfig, "make the batches or files smaller"
	case code == http.StatusBadRequest, code == http.StatusUnprocessableEntity:
		e.Remedy = "check the layout and its settings against the service's documentation"
	}
	return e
}

// retryAfter reads the header: seconds, or a date. What cannot be read says nothing.
func retryAfter(header string, now time.Time) time.Duration {
	header = strings.TrimSpace(header)
	if seconds, err := strconv.ParseUint(header, 10, 64); err == nil {
		if seconds > uint64(longestWait/time.Second) {
			return longestWait
		}
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return min(max(at.Sub(now), 0), longestWait)
	}
	return 0
}
