package tcplink

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// linger is how long a connection that the service ends waits for the receiver to close it as well: closing
// before it has read the last frames could make its system throw them away.
const linger = 250 * time.Millisecond

// link is one connection.
type link struct {
	conn     net.Conn
	where    string
	dialled  bool
	timeout  time.Duration
	farewell time.Duration
}

var (
	_ delivery.Link        = (*link)(nil)
	_ delivery.Destination = (*link)(nil)
)

// Where is the receiver.
func (l *link) Where() string { return l.where }

// Destination is the receiver, where we dialled it.
func (l *link) Destination() string {
	if l.dialled {
		return l.where
	}
	return ""
}

// Send writes all frames at once.
func (l *link) Send(ctx context.Context, f *wfm.Frames) error {
	if f.Len() == 0 {
		return nil
	}
	timeout := l.timeout
	if ctx.Err() != nil {
		timeout = min(timeout, l.farewell)
	}
	err := l.conn.SetWriteDeadline(time.Now().Add(timeout))
	if err == nil {
		_, err = l.conn.Write(f.Bytes[:f.Ends[len(f.Ends)-1]])
	}
	if err == nil {
		return nil
	}
	if gone := context.Cause(ctx); errors.Is(err, net.ErrClosed) && gone != nil && gone != context.Canceled {
		return gone // why drain has closed it
	}
	fault := links.Fault("send to "+l.where, err)
	if e, ok := fault.(*wfm.Error); ok && isTimeout(err) {
		e.Err = errors.New("it did not take the frames within " + timeout.String())
		e.Remedy = "see why the receiver does not read, or raise the write timeout"
	}
	return fault
}

func isTimeout(err error) bool {
	var t net.Error
	return errors.As(err, &t) && t.Timeout()
}

// drain reads and throws away what the receiver sends, until it is gone. It says why.
func (l *link) drain(seen func(bytes int64)) error {
	var total int64
	buf := make([]byte, 2048)
	for {
		n, err := l.conn.Read(buf)
		if n > 0 && total == 0 {
			seen(int64(n))
		}
		total += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return &wfm.Error{Op: "keep the connection to " + l.where, Kind: wfm.Unavailable, Retry: true,
				Err: errors.New("the receiver closed it"), Remedy: "see on the receiver's side why"}
		case err != nil:
			return links.Fault("keep the connection to "+l.where, err)
		}
	}
}

// use hands a connection, dialled or accepted, to the handler and closes it. It returns for how long the handler had it, and
// why it ended; nil after the stop of the service.
func (s *settings) use(service context.Context, conn net.Conn, where string, dialled bool, h delivery.LinkHandler) (used time.Duration, err error) {
	began := time.Now()
	l := &link{conn: conn, where: where, dialled: dialled, timeout: s.WriteTimeout, farewell: s.FarewellTimeout}
	// Closing TLS may wait for a receiver that does not read; closing what is below it does not.
	raw := conn
	if secured, ok := conn.(*tls.Conn); ok {
		raw = secured.NetConn()
	}
	scope := links.Open(service, s.FarewellTimeout, func() { _ = raw.Close() })
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		scope.Lose(l.drain(func(n int64) {
			s.log.Debug("the receiver sends data, which is not understood and thrown away", "where", where, "bytes", n)
		}))
		_ = raw.Close() // frees a Send that waits for a receiver that is gone
	}()
	s.log.Info("connected", "where", where)
	err = scope.Reason(h.Handle(scope.Handler, l))
	if service.Err() != nil {
		part(conn, gone)
	}
	_ = raw.Close() // what was written is on its way, whatever this says
	<-gone
	scope.End()
	s.log.Info("disconnected", "where", where, "error", err)
	return time.Since(began), err
}

// part ends the own direction and gives the receiver a moment to end its own.
func part(conn net.Conn, gone <-chan struct{}) {
	half, ok := conn.(interface{ CloseWrite() error })
	if !ok || half.CloseWrite() != nil {
		return
	}
	timer := time.NewTimer(linger)
	defer timer.Stop()
	select {
	case <-gone:
	case <-timer.C:
	}
}
