package udplink

import (
	"context"
	"errors"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

const (
	// pause keeps a socket that only returns errors from taking a processor.
	pause = 100 * time.Millisecond
	// silence is the shortest time between two reports of one link.
	silence = 10 * time.Second
)

// link is one destination.
type link struct {
	conn    net.Conn
	where   string
	options *Options
	report  func(error)
}

var (
	_ delivery.Link        = (*link)(nil)
	_ delivery.Destination = (*link)(nil)
)

// Where is the destination.
func (l *link) Where() string { return l.where }

// Destination is the same place.
func (l *link) Destination() string { return l.where }

// Send sends each frame as one datagram.
func (l *link) Send(ctx context.Context, f *wfm.Frames) error {
	for frame := range f.All() {
		if len(frame) > l.options.MaxDatagram {
			return &wfm.Error{Op: "send to " + l.where, Kind: wfm.BadConfig,
				Err:    errors.New("a frame has " + strconv.Itoa(len(frame)) + " bytes, more than a datagram may have, " + strconv.Itoa(l.options.MaxDatagram)),
				Remedy: "raise MaxDatagram, to " + strconv.Itoa(Largest) + " at most, or choose a layout with one record a frame"}
		}
	}
	timeout := l.options.WriteTimeout
	if ctx.Err() != nil {
		timeout = min(timeout, l.options.FarewellTimeout)
	}
	if err := l.conn.SetWriteDeadline(time.Now().Add(timeout)); err != nil {
		return links.Fault("send to "+l.where, err)
	}
	for frame := range f.All() {
		_, err := l.conn.Write(frame)
		if err != nil {
			// The error may be the answer to an earlier datagram: nobody listens there. This one
			// was then not sent.
			l.report(links.Fault("send to "+l.where, err))
			_, err = l.conn.Write(frame)
		}
		if err != nil {
			return links.Fault("send to "+l.where, err)
		}
	}
	return nil
}

// drain throws away what comes back, and reports what the destination's system says.
func (l *link) drain() {
	buf := make([]byte, Largest) // less would be an error on Windows
	for {
		_, err := l.conn.Read(buf)
		var opErr *net.OpError
		switch {
		case err == nil:
			continue
		case errors.Is(err, net.ErrClosed):
			return
		case errors.As(err, &opErr):
			l.report(links.Fault("send to "+l.where, err))
		}
		time.Sleep(pause)
	}
}

// quiet passes an error on, and then none for a while.
func quiet(report func(error)) func(error) {
	var mu sync.Mutex
	var last time.Time
	return func(err error) {
		mu.Lock()
		due := last.IsZero() || time.Since(last) >= silence
		if due {
			last = time.Now()
		}
		mu.Unlock()
		if due {
			report(err)
		}
	}
}
