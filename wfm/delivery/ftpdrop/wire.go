package ftpdrop

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// longPast is a deadline that ends all input and output of a connection at once.
var longPast = time.Unix(1, 0)

// wire holds the connections of a session, and ends what they do when the context of a call ends: the FTP library
// knows contexts for dialling alone.
type wire struct {
	mu      sync.Mutex
	control net.Conn
	data    net.Conn
	cut     bool
	ctx     context.Context // that of the call at work
}

// during binds the connections to the context of a call until the function that it returns is called. A session
// whose context ended is cut for good.
func (w *wire) during(ctx context.Context) (end func() bool) {
	w.mu.Lock()
	w.ctx = ctx
	w.mu.Unlock()
	return context.AfterFunc(ctx, w.sever)
}

func (w *wire) sever() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = true
	for _, c := range []net.Conn{w.control, w.data} {
		if c != nil {
			_ = c.SetDeadline(longPast)
		}
	}
}

func (w *wire) severed() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cut
}

// dial connects. The first connection is that of control.
func (w *wire) dial(network, address string) (net.Conn, error) {
	w.mu.Lock()
	ctx := w.ctx
	w.mu.Unlock()
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.control == nil {
		w.control = conn
	} else {
		w.data = conn
	}
	if w.cut {
		_ = conn.SetDeadline(longPast)
	}
	return conn, nil
}

// mostAnswer is the longest answer to one command in bytes, TLS included. Honest ones have some hundred.
const mostAnswer = 128 << 10

var errLongAnswer = errors.New("the server's answer does not end")

// controlConn ends a connection whose peer is no FTP server, or answers one command without end: the library keeps whole
// lines.
type controlConn struct {
	net.Conn
	clear bool // it begins without TLS
	mu    sync.Mutex
	read  bool // something was
	since int  // bytes read since the last write
}

var errNotFTP = errors.New("what answers is no FTP server")

func (c *controlConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.mu.Lock()
	defer c.mu.Unlock()
	if n > 0 && !c.read {
		c.read = true
		if c.clear && (b[0] < '1' || b[0] > '5') {
			return 0, errNotFTP // without it the wait is for the rest of an answer that never ends
		}
	}
	if c.since += n; c.since > mostAnswer {
		return 0, errLongAnswer
	}
	return n, err
}

func (c *controlConn) Write(b []byte) (int, error) {
	c.mu.Lock()
	c.since = 0
	c.mu.Unlock()
	return c.Conn.Write(b)
}

// dataConn is a data connection. Over TLS its Close says that nothing follows, and then reads what the server still has
// to say before it closes. Without that the server's session tickets lie unread when the connection closes, the
// kernel answers them with a reset, and the reset destroys the end of the upload in the server's buffers; some servers
// then confirm a file that is cut.
type dataConn struct {
	net.Conn
	tls  *tls.Conn // nil without encryption
	wire *wire
	most int64 // what may still be read
}

var errLongData = errors.New("the server sends more than it should")

func (c *dataConn) Read(b []byte) (int, error) {
	if c.most <= 0 {
		return 0, errLongData
	}
	if int64(len(b)) > c.most {
		b = b[:c.most]
	}
	n, err := c.Conn.Read(b)
	c.most -= int64(n)
	if c.tls != nil && errors.Is(err, io.ErrUnexpectedEOF) {
		// Some servers close without a word. Whether it was all is said on the control connection.
		err = io.EOF
	}
	return n, err
}

// Handshake is called by the library for an empty upload, in which nothing else begins TLS.
func (c *dataConn) Handshake() error {
	if c.tls == nil {
		return nil
	}
	return c.tls.Handshake()
}

// How long and how much Close reads.
const (
	drainTime = 5 * time.Second
	drainMost = 256 << 10
)

func (c *dataConn) Close() error {
	if c.tls == nil {
		return c.Conn.Close()
	}
	raw := c.tls.NetConn()
	// A farewell sets a deadline of its own: none where the context has ended.
	if !c.wire.severed() && c.tls.CloseWrite() == nil {
		if half, ok := raw.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
			timer := time.AfterFunc(drainTime, func() { _ = raw.SetReadDeadline(longPast) })
			_, _ = io.CopyN(io.Discard, raw, drainMost)
			timer.Stop()
		}
	}
	return raw.Close()
}
