package sqlconn

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// LogOn is how long a log-on may take where nobody says else.
const LogOn = 30 * time.Second

// Limits of a guard. Zero values mean the defaults that are named.
type Limits struct {
	// LogOn is how long one log-on may take, TLS included; the constant LogOn.
	LogOn time.Duration
	// Dial is how long one address is tried before the next; 10 s.
	Dial time.Duration
	// Grace is how long a server is given to answer a cancellation or a log-off; 2 s.
	Grace time.Duration
	// KeepAlive is the interval of TCP's own probes, by which a machine that vanished is noticed; 30 s.
	KeepAlive time.Duration
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		value   *time.Duration
		instead time.Duration
	}{{&l.LogOn, LogOn}, {&l.Dial, 10 * time.Second}, {&l.Grace, 2 * time.Second}, {&l.KeepAlive, 30 * time.Second}} {
		if *d.value == 0 {
			*d.value = d.instead
		}
	}
	return l
}

// Dialer is what both drivers take to open their sockets.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Guard makes a connector whose operations end when their contexts do. open returns the driver's own
// connector, set to use the dialer for everything, with the context that its Connect was given or one
// below it.
func Guard(l Limits, open func(Dialer) driver.Connector) driver.Connector {
	l = l.withDefaults()
	return &guard{Connector: open(dialer{net.Dialer{Timeout: l.Dial, KeepAlive: l.KeepAlive}}), limits: l}
}

type guard struct {
	driver.Connector
	limits Limits
}

// logOn is handed through the driver to the dialer.
type logOn struct {
	ctx     context.Context // ends with the log-on's time
	sockets *sockets
}

type logOnKey struct{}

func (g *guard) Connect(ctx context.Context) (driver.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, g.limits.LogOn)
	defer cancel()
	s := &sockets{}
	release := s.watch(limited, 0)
	// The driver is told of no end: go-ora would close its connection under its own reader, and
	// go-mssqldb would leave its reader behind. The closed socket ends both.
	c, err := g.Connector.Connect(context.WithValue(context.WithoutCancel(ctx), logOnKey{}, logOn{limited, s}))
	ended := release()
	if err == nil && !ended {
		return &conn{Conn: c, sockets: s, grace: g.limits.Grace}, nil
	}
	s.cut() // go-ora leaves them open where a log-on fails
	if err == nil {
		_ = c.Close() // of a connection that is cut there is nothing to say
	}
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case ended:
		return nil, &wfm.Error{Op: "log on to the database", Kind: wfm.Unavailable, Retry: true, After: 10 * time.Second,
			Err:    errors.New("the server did not complete the log-on within " + g.limits.LogOn.String()),
			Remedy: "check that host and port are those of the database server, and that the server is not overloaded, paused or still starting"}
	}
	return nil, err
}

type dialer struct{ net net.Dialer }

func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	l, ok := ctx.Value(logOnKey{}).(logOn)
	if !ok {
		return nil, errors.New("the driver dials without the context of a log-on")
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	c, err := d.net.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if !l.sockets.add(c) {
		return nil, errors.Join(net.ErrClosed, c.Close())
	}
	return c, nil // as it is: go-ora looks for TCP
}
