package tcplink

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Dialer connects to receivers. Its Serve implements delivery.Links.
type Dialer struct {
	settings
	addresses []string
	serving   atomic.Bool
	// dial is net.Dialer.DialContext; tests put pipes in its place.
	dial func(ctx context.Context, network, address string) (net.Conn, error)
}

var _ delivery.Links = (*Dialer)(nil)

// Dial makes links to receivers that listen at host:port. All of them get the feed. It connects to
// nothing before Serve. The error joins every problem.
func Dial(addresses []string, o Options) (*Dialer, error) {
	s, problems := o.settle(false)
	clean, more := links.CheckAddresses(addresses)
	if err := join(append(more, problems...)); err != nil {
		return nil, err
	}
	dialer := &net.Dialer{KeepAliveConfig: s.keepAlive(), Control: userTimeout(s.KeepAlive)}
	if s.KeepAlive < 0 {
		dialer.KeepAlive = -1
	}
	return &Dialer{settings: s, addresses: clean, dial: dialer.DialContext}, nil
}

// Serve keeps a connection to each receiver until ctx ends.
func (d *Dialer) Serve(ctx context.Context, h delivery.LinkHandler) error {
	if !d.serving.CompareAndSwap(false, true) {
		return links.Busy(d.protocol() + d.addresses[0])
	}
	defer d.serving.Store(false)
	if d.tls != nil {
		if _, err := d.tls.Client(""); err != nil {
			return err
		}
	}
	var wait sync.WaitGroup
	for _, address := range d.addresses {
		wait.Go(func() {
			where := d.protocol() + address
			d.backoff.Keep(ctx, func(ctx context.Context) (time.Duration, error) {
				conn, err := d.connect(ctx, address)
				if err != nil {
					return 0, links.Fault("connect to "+where, err)
				}
				return d.use(ctx, conn, where, true, h)
			}, func(err error, next time.Time) {
				d.log.Debug("the next attempt follows", "where", where, "error", err, "at", next)
				h.Failed(where, err, next)
			})
		})
	}
	wait.Wait()
	return nil
}

func (d *Dialer) connect(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, d.ConnectTimeout)
	defer cancel()
	conn, err := d.dial(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	d.tune(conn)
	if d.tls == nil {
		return conn, nil
	}
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	return secure(ctx, conn, func() (*tls.Config, error) { return d.tls.Client(host) }, tls.Client)
}

// secure does the TLS handshake of either side.
func secure(ctx context.Context, conn net.Conn, config func() (*tls.Config, error), side func(net.Conn, *tls.Config) *tls.Conn) (net.Conn, error) {
	c, err := config()
	if err == nil {
		secured := side(conn, c)
		if err = secured.HandshakeContext(ctx); err == nil {
			return secured, nil
		}
	}
	_ = conn.Close()
	return nil, err
}
