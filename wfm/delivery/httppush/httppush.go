package httppush

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Pusher posts frames to web services. Its Serve implements delivery.Links.
type Pusher struct {
	options Options
	targets []target
	tls     links.TLSFiles
	backoff links.Backoff
	serving atomic.Bool
}

var _ delivery.Links = (*Pusher)(nil)

// New makes links to web services. All of them get the feed, and the token. It connects to nothing
// before Serve. The error joins every problem.
func New(urls []string, o Options) (*Pusher, error) {
	files, backoff, problems := o.settle()
	list, more := targets(urls, o.AllowHTTP)
	if err := join(more, problems); err != nil {
		return nil, err
	}
	return &Pusher{options: o, targets: list, tls: files, backoff: backoff}, nil
}

// Serve gives each service to the handler until ctx ends.
func (p *Pusher) Serve(ctx context.Context, h delivery.LinkHandler) error {
	if !p.serving.CompareAndSwap(false, true) {
		return links.Busy(p.targets[0].where)
	}
	defer p.serving.Store(false)
	if _, err := p.tls.Client(""); err != nil {
		return err
	}
	var wait sync.WaitGroup
	for _, t := range p.targets {
		wait.Go(func() {
			p.backoff.Keep(ctx, func(ctx context.Context) (time.Duration, error) { return p.use(ctx, t, h) },
				func(err error, next time.Time) { h.Failed(t.where, err, next) })
		})
	}
	wait.Wait()
	return nil
}

func (p *Pusher) use(service context.Context, t target, h delivery.LinkHandler) (time.Duration, error) {
	began := time.Now()
	poster, err := newPoster(t, &p.options, p.tls, p.backoff)
	if err != nil {
		return 0, err
	}
	defer poster.close()
	cut, cancel := context.WithCancel(context.WithoutCancel(service))
	defer cancel()
	scope := links.Open(service, p.options.FarewellTimeout, cancel)
	p.options.Logger.Info("posting", "where", t.where)
	err = scope.Reason(h.Handle(scope.Handler, &link{poster: poster, cut: cut, farewell: p.options.FarewellTimeout}))
	scope.End()
	p.options.Logger.Info("no longer posting", "where", t.where, "error", err)
	return time.Since(began), err
}

// link is one service.
type link struct {
	poster   *poster
	cut      context.Context // ends when the link is closed
	farewell time.Duration
}

var (
	_ delivery.Link        = (*link)(nil)
	_ delivery.Destination = (*link)(nil)
)

// Where is the address without its query.
func (l *link) Where() string { return l.poster.where }

// Destination is the same place.
func (l *link) Destination() string { return l.poster.where }

// Send posts each frame.
func (l *link) Send(ctx context.Context, f *wfm.Frames) error {
	cut := l.cut
	if ctx.Err() != nil {
		var cancel context.CancelFunc
		cut, cancel = context.WithTimeout(cut, l.farewell)
		defer cancel()
	}
	for body := range f.All() {
		if err := l.poster.post(cut, ctx, body); err != nil {
			return err
		}
	}
	return nil
}
