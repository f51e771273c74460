package tcplink

import (
	"context"
	"crypto/tls"
	"errors"
	"io/fs"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Listener waits for receivers. Its Serve implements delivery.Links.
type Listener struct {
	settings
	address string
	serving atomic.Bool
	bound   atomic.Pointer[net.Addr]
	// listen is net.ListenConfig.Listen; tests put a broken one in its place.
	listen func(ctx context.Context, network, address string) (net.Listener, error)
}

var _ delivery.Links = (*Listener)(nil)

// Listen makes links to receivers that connect to an address, host:port. An empty host means
// loopback, 0.0.0.0 or [::] every network of the machine; port 0 takes a free one. The
// address is taken by Serve, not before. The error joins every problem.
func Listen(address string, o Options) (*Listener, error) {
	s, problems := o.settle(true)
	clean, err := links.CheckAddress(address, true)
	if err := errors.Join(err, join(problems)); err != nil {
		return nil, err
	}
	config := net.ListenConfig{KeepAliveConfig: s.keepAlive(), Control: userTimeout(s.KeepAlive)}
	if s.KeepAlive < 0 {
		config.KeepAlive = -1
	}
	// Multipath TCP, Go's default for listeners, does not know the options of a plain socket.
	config.SetMultipathTCP(false)
	return &Listener{settings: s, address: clean, listen: config.Listen}, nil
}

// Addr is the address that Serve has taken; nil while it has none.
func (l *Listener) Addr() net.Addr {
	if a := l.bound.Load(); a != nil {
		return *a
	}
	return nil
}

// Serve accepts receivers until ctx ends.
func (l *Listener) Serve(ctx context.Context, h delivery.LinkHandler) error {
	where := l.protocol() + l.address
	if !l.serving.CompareAndSwap(false, true) {
		return links.Busy(where)
	}
	defer l.serving.Store(false)
	if l.tls != nil {
		if _, err := l.tls.Server(); err != nil {
			return err
		}
	}
	socket, err := l.listen(ctx, "tcp", l.address)
	if ctx.Err() != nil {
		if err == nil {
			_ = socket.Close()
		}
		return nil
	}
	if err != nil {
		return untaken(where, err)
	}
	addr := socket.Addr()
	where = l.protocol() + addr.String()
	l.bound.Store(&addr)
	defer l.bound.Store(nil)
	l.log.Info("listening", "where", where)
	if l.OnListen != nil {
		l.OnListen(addr)
	}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() { defer close(stopped); _ = socket.Close() })
	l.accept(ctx, socket, where, h)
	if stop() {
		_ = socket.Close()
	} else {
		<-stopped
	}
	return nil
}

// accept serves receivers until ctx ends, and waits for all of them.
func (l *Listener) accept(ctx context.Context, socket net.Listener, where string, h delivery.LinkHandler) {
	var wait sync.WaitGroup
	defer wait.Wait()
	places := make(chan struct{}, l.MaxReceivers)
	fail := func(where string, err error, next time.Time) {
		if ctx.Err() != nil {
			return
		}
		l.log.Debug("a receiver failed", "where", where, "error", err)
		h.Failed(where, err, next)
	}
	l.backoff.Keep(ctx, func(ctx context.Context) (time.Duration, error) {
		began := time.Now()
		for {
			conn, err := socket.Accept()
			if err != nil {
				return time.Since(began), links.Fault("accept receivers at "+where, err)
			}
			peer := "receiver " + conn.RemoteAddr().String() + " at " + where
			select {
			case places <- struct{}{}:
			default:
				_ = conn.Close()
				fail(peer, &wfm.Error{Op: "accept " + peer, Kind: wfm.Unavailable, Retry: true,
					Err: errors.New("the most receivers, " + strconv.Itoa(l.MaxReceivers) + ", are connected"), Remedy: "raise MaxReceivers, or see who connects"}, time.Time{})
				continue
			}
			wait.Go(func() {
				defer func() { <-places }()
				if err := l.welcome(ctx, conn, peer, h); err != nil {
					fail(peer, err, time.Time{})
				}
			})
		}
	}, func(err error, next time.Time) { fail(where, err, next) })
}

// welcome serves one receiver.
func (l *Listener) welcome(ctx context.Context, conn net.Conn, peer string, h delivery.LinkHandler) error {
	l.tune(conn)
	if l.tls != nil {
		limit, cancel := context.WithTimeout(ctx, l.ConnectTimeout)
		secured, err := secure(limit, conn, l.tls.Server, tls.Server)
		cancel()
		if err != nil {
			return links.Fault("accept "+peer, err)
		}
		conn = secured
	}
	_, err := l.use(ctx, conn, peer, false, h)
	return err
}

// untaken is the error of an address that cannot be listened at.
func untaken(where string, err error) error {
	e := &wfm.Error{Op: "listen at " + where, Kind: wfm.Unavailable, Retry: true, Err: err, Remedy: "stop the program that has the address, or choose another"}
	var op *net.OpError
	if errors.As(err, &op) {
		e.Err = op.Err
	}
	if errors.Is(err, fs.ErrPermission) {
		e.Kind, e.Retry, e.Remedy = wfm.NoPermission, false, "choose a port from 1024, or give the service the right"
	}
	return e
}
