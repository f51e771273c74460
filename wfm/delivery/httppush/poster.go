package httppush

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"os"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// poster posts bodies to one address and tries again what may succeed later. It knows no frames.
type poster struct {
	target
	client  *http.Client
	options *Options
	backoff links.Backoff
}

// newPoster reads the certificate files.
func newPoster(t target, o *Options, files links.TLSFiles, b links.Backoff) (*poster, error) {
	config, err := files.Client(t.url.Hostname())
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{
		Proxy:                  quietly(http.ProxyFromEnvironment),
		TLSClientConfig:        config,
		ForceAttemptHTTP2:      true,
		MaxIdleConnsPerHost:    1,
		IdleConnTimeout:        90 * time.Second,
		TLSHandshakeTimeout:    10 * time.Second,
		MaxResponseHeaderBytes: mostAnswer,
		DisableCompression:     true, // answers are short, and cannot swell
	}
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return &poster{target: t, client: client, options: o, backoff: b}, nil
}

// quietly keeps the address of a proxy, which may hold a password, out of errors.
func quietly(find func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(r *http.Request) (*url.URL, error) {
		u, err := find(r)
		if err != nil {
			return nil, &wfm.Error{Op: "use the proxy of the environment", Kind: wfm.BadConfig, Err: errors.New("its address cannot be read"),
				Remedy: "correct HTTPS_PROXY and HTTP_PROXY, or name the service in NO_PROXY"}
		}
		return u, nil
	}
}

func (p *poster) close() { p.client.CloseIdleConnections() }

// post posts a body until it is taken. When patience ends, an attempt that is under way goes on, but
// no other begins; cut ends everything. With a patience that has ended before there is one attempt.
func (p *poster) post(cut, patience context.Context, body []byte) error {
	op := "post to " + p.where
	if err := p.tooLarge(op, body); err != nil {
		return err
	}
	header := http.Header{}
	if p.options.IdempotencyKey {
		header.Set(keyHeader, rand.Text())
	}
	// A copy: after an answer that came early, the transport may still read what it has not sent.
	body = bytes.Clone(body)
	until := time.Now().Add(p.options.SendTimeout)
	for tries := 0; ; tries++ {
		err := p.attempt(cut, http.MethodPost, op, header, body, min(p.options.Timeout, time.Until(until)))
		if err == nil {
			return nil
		}
		retry, _ := wfm.ShouldRetry(err)
		wait := p.backoff.Wait(tries, err)
		if !retry || time.Until(until) <= wait || patience.Err() != nil {
			return err
		}
		p.options.Logger.Debug("a body was not taken and is posted again", "where", p.where, "error", err, "wait", wait)
		if !links.Sleep(patience, wait) {
			return err
		}
	}
}

const keyHeader = "Idempotency-Key"

func (p *poster) tooLarge(op string, body []byte) error {
	if len(body) <= p.options.MaxBody {
		return nil
	}
	return &wfm.Error{Op: op, Kind: wfm.BadConfig, Err: wfm.Problem{Field: "body", Reason: "is larger than MaxBody"},
		Remedy: "make the batches or files smaller, or raise the limit (MaxBody, in a configuration file max-body) if the service takes it"}
}

// attempt makes one request, with what the header holds beside the usual.
func (p *poster) attempt(cut context.Context, method, op string, header http.Header, body []byte, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(cut, timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, p.url.String(), bytes.NewReader(body))
	if err != nil {
		return links.Fault(op, bare(err))
	}
	maps.Copy(req.Header, header)
	if method == http.MethodPost {
		req.Header.Set("Content-Type", p.options.ContentType)
	}
	req.Header.Set("User-Agent", "cicwfm")
	token := p.options.Token.Reveal()
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := p.client.Do(req)
	if err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			err = os.ErrDeadlineExceeded
		}
		return links.Fault(op, bare(err))
	}
	defer resp.Body.Close()
	return judge(op, resp, append([]string{token}, p.query...), time.Now())
}

// bare takes off what names the whole address, with its query.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
