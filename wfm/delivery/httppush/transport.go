package httppush

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Transport posts finished files to one web service. It is safe for concurrent use. See the package comment for what
// it cannot promise: it is no delivery.Prober, because nothing can be asked, and no delivery.Fencer, because nothing is
// renamed.
type Transport struct {
	target  target
	options Options
	tls     links.TLSFiles
	backoff links.Backoff

	mu     sync.Mutex
	poster *poster // nil before the first use and after an error, so that certificate files are read anew
}

var _ interface {
	delivery.Transport
	delivery.Checker
	io.Closer
} = (*Transport)(nil)

// NewTransport makes a transport. It does not connect. The error joins every problem.
func NewTransport(url string, o Options) (*Transport, error) {
	o.Timeout = cmp.Or(o.Timeout, time.Minute)
	files, backoff, problems := o.settle()
	list, more := targets([]string{url}, o.AllowHTTP)
	if err := join(more, problems); err != nil {
		return nil, err
	}
	return &Transport{target: list[0], options: o, tls: files, backoff: backoff}, nil
}

// Close ends the idle connections. Later calls connect anew.
func (t *Transport) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poster != nil {
		t.poster.close()
		t.poster = nil
	}
	return nil
}

// Deliver posts the file's bytes once. It returns when the service has answered with a status from 200 to 299.
func (t *Transport) Deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	name, err := delivery.SafeName(a.Name)
	if err != nil {
		return delivery.Receipt{}, err
	}
	op := "post " + wfm.Quote(name) + " to " + t.target.where
	header := http.Header{}
	header.Set(keyHeader, key(a))
	if t.options.NameHeader != "" {
		header.Set(t.options.NameHeader, inASCII(name))
	}
	err = t.use(ctx, op, func(p *poster) error {
		if err := p.tooLarge(op, a.Bytes); err != nil {
			return err
		}
		// A copy: after an answer that came early, the transport may still read what it has not sent.
		return p.attempt(ctx, http.MethodPost, op, header, bytes.Clone(a.Bytes), t.options.Timeout)
	})
	var said *answered
	if errors.As(err, &said) && said.code == http.StatusConflict {
		// A service that honours the key answers so while it still works on the attempt before.
		err = &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: said, Remedy: "it is tried again; ask the service's operator if it stays so"}
	}
	if err != nil {
		return delivery.Receipt{}, err
	}
	t.options.Logger.LogAttrs(ctx, slog.LevelDebug, "delivered", slog.String("where", t.target.where), slog.String("name", name), slog.Int("bytes", len(a.Bytes)))
	return delivery.Receipt{Where: t.target.where + " (" + name + ")", Bytes: int64(len(a.Bytes))}, nil
}

// Check asks the service for the headers of its address (HEAD), which changes nothing there: it is reached, its
// certificate is good, and it does not refuse the token with 401. Other refusals prove nothing, since the service may
// know POST alone.
func (t *Transport) Check(ctx context.Context) error {
	op := "try " + t.target.where
	err := t.use(ctx, op, func(p *poster) error {
		return p.attempt(ctx, http.MethodHead, op, nil, nil, t.options.Timeout)
	})
	var said *answered
	if errors.As(err, &said) && said.code >= 400 && said.code != http.StatusUnauthorized {
		if retry, _ := wfm.ShouldRetry(err); !retry {
			return nil
		}
	}
	return err
}

// use lends the poster. After an error it is not used again.
func (t *Transport) use(ctx context.Context, op string, work func(*poster) error) error {
	p, err := t.lend(ctx)
	if err != nil {
		return err
	}
	if err = work(p); err == nil {
		return nil
	}
	t.mu.Lock()
	if t.poster == p {
		t.poster = nil
	}
	t.mu.Unlock()
	p.close()
	if ctx.Err() != nil {
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: ctx.Err()}
	}
	return err
}

func (t *Transport) lend(ctx context.Context) (*poster, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.poster == nil {
		p, err := newPoster(t.target, &t.options, t.tls, t.backoff)
		if err != nil {
			return nil, err
		}
		t.poster = p
	}
	return t.poster, nil
}

// key tells the attempts of one file from every other file, also from another revision that has the same content again:
// where a value was corrected and the correction taken back, the last one counts.
func key(a wfm.Artifact) string {
	h := sha256.New()
	// Texts are quoted, so that no two lists of values make one line; in ASCII, since what else can be printed changes
	// with the versions of Unicode.
	fmt.Fprintf(h, "cicwfm %+q %d %d %d %d %+q %s", a.Kind, a.Interval.Start.Unix(), a.Interval.End.Unix(), a.Part, a.Revision, a.Name, a.Digest())
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// inASCII escapes what cannot stand in a header, as delivery.SafeName escapes.
func inASCII(name string) string {
	var b strings.Builder
	for i := range len(name) {
		if c := name[i]; c < 0x80 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
