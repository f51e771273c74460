package udplink

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Largest is the most that a datagram can hold over IPv4: 65,535 bytes less the headers of IP and UDP.
const Largest = 65507

// Options of the links. The zero value is right.
type Options struct {
	// MaxDatagram is the largest frame in bytes; 0 means 1400, which crosses most networks in one piece. A
	// larger datagram is cut into pieces on the way, and is lost with each of them.
	MaxDatagram int
	// WriteTimeout is how long the own system may take to accept a frame; 0 means 2 s.
	WriteTimeout time.Duration
	// FarewellTimeout is how long a link can be written after the stop of the service; 0 means 2 s.
	FarewellTimeout time.Duration
	// BackoffMin and BackoffMax bound the wait after an error, such as a host name that nobody
	// knows; 0 means 0.5 s and 30 s.
	BackoffMin, BackoffMax time.Duration
	// Logger receives the beginning and the end of links at info level. Nil discards them.
	Logger *slog.Logger
}

// Sender sends datagrams. Its Serve implements delivery.Links.
type Sender struct {
	options   Options
	addresses []string
	backoff   links.Backoff
	log       *slog.Logger
	serving   atomic.Bool
	// dial is net.Dialer.DialContext; tests put other sockets in its place.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ delivery.Links = (*Sender)(nil)

// New makes links to receivers at host:port. All of them get the feed. The error joins every problem.
func New(addresses []string, o Options) (*Sender, error) {
	clean, problems := links.CheckAddresses(addresses)
	if o.MaxDatagram == 0 {
		o.MaxDatagram = 1400
	}
	if o.MaxDatagram < 1 || o.MaxDatagram > Largest {
		problems = append(problems, wfm.Problem{Field: "largest datagram", Value: strconv.Itoa(o.MaxDatagram), Reason: "is out of range",
			Remedy: "use 1 to " + strconv.Itoa(Largest)})
	}
	if o.WriteTimeout == 0 {
		o.WriteTimeout = 2 * time.Second
	}
	if o.FarewellTimeout == 0 {
		o.FarewellTimeout = links.Farewell
	}
	if o.WriteTimeout < 0 || o.FarewellTimeout < 0 {
		problems = append(problems, wfm.Problem{Field: "timeout", Reason: "is below zero", Remedy: "use a time such as 2s"})
	}
	backoff, err := links.NewBackoff(o.BackoffMin, o.BackoffMax)
	if err := errors.Join(append(problems, err)...); err != nil {
		return nil, err
	}
	log := o.Logger
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Sender{options: o, addresses: clean, backoff: backoff, log: log, dial: (&net.Dialer{}).DialContext}, nil
}

// Serve gives each destination to the handler until ctx ends.
func (s *Sender) Serve(ctx context.Context, h delivery.LinkHandler) error {
	if !s.serving.CompareAndSwap(false, true) {
		return links.Busy("udp " + s.addresses[0])
	}
	defer s.serving.Store(false)
	var wait sync.WaitGroup
	for _, address := range s.addresses {
		wait.Go(func() {
			where := "udp " + address
			s.backoff.Keep(ctx, func(ctx context.Context) (time.Duration, error) {
				conn, err := s.dial(ctx, "udp", address)
				if err != nil {
					return 0, links.Fault("open "+where, err)
				}
				return s.use(ctx, conn, where, h)
			}, func(err error, next time.Time) { h.Failed(where, err, next) })
		})
	}
	wait.Wait()
	return nil
}

func (s *Sender) use(service context.Context, conn net.Conn, where string, h delivery.LinkHandler) (time.Duration, error) {
	began := time.Now()
	scope := links.Open(service, s.options.FarewellTimeout, func() { _ = conn.Close() })
	l := &link{conn: conn, where: where, options: &s.options, report: quiet(func(err error) {
		if service.Err() == nil {
			h.Failed(where, err, time.Time{})
		}
	})}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		l.drain()
	}()
	s.log.Info("sending", "where", where)
	err := scope.Reason(h.Handle(scope.Handler, l))
	_ = conn.Close() // nothing is held back
	<-drained
	scope.End()
	s.log.Info("no longer sending", "where", where, "error", err)
	return time.Since(began), err
}
