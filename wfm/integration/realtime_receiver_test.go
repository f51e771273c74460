package integration_test

import (
	"net"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// tcpReceiver is a WFM product that listens, and understands Verint's events.
type tcpReceiver struct {
	listener net.Listener
	decoder  vendors.RTADecoder
	mu       sync.Mutex
	conns    []net.Conn
	count    int // connections so far
	heard    map[wfm.AgentID][]heard
	feed     []string // events about the feed
	bad      []error
	wg       sync.WaitGroup
	pause    chan struct{} // reads nothing before this is closed; nil: reads at once
	buffer   int           // of the socket in bytes; 0: the system's
}

type heard struct {
	code string
	conn int
}

func newReceiver(t testing.TB, decoder vendors.RTADecoder, set ...func(*tcpReceiver)) *tcpReceiver {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r := &tcpReceiver{listener: l, decoder: decoder, heard: map[wfm.AgentID][]heard{}}
	for _, f := range set {
		f(r)
	}
	r.wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			r.mu.Lock()
			r.conns = append(r.conns, c)
			r.count++
			n := r.count
			r.mu.Unlock()
			r.wg.Go(func() { r.read(c, n) })
		}
	})
	return r
}

func (r *tcpReceiver) read(c net.Conn, n int) {
	defer c.Close()
	if r.buffer > 0 {
		_ = c.(*net.TCPConn).SetReadBuffer(r.buffer)
	}
	if r.pause != nil {
		<-r.pause
	}
	frames := r.decoder.NewFrameReader()
	buf := make([]byte, 64<<10)
	for {
		k, err := c.Read(buf)
		e := frames.Read(buf[:k], func(d vendors.Decoded) {
			r.mu.Lock()
			defer r.mu.Unlock()
			switch {
			case d.Err != nil:
				r.bad = append(r.bad, d.Err)
			case d.Record == "feed":
				r.feed = append(r.feed, d.Event)
			default:
				id := wfm.AgentID(d.Agent)
				r.heard[id] = append(r.heard[id], heard{d.Code, n})
			}
		})
		if e != nil {
			r.mu.Lock()
			r.bad = append(r.bad, e)
			r.mu.Unlock()
		}
		if err != nil || e != nil {
			return
		}
	}
}

// cut breaks the present connection.
func (r *tcpReceiver) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.conns {
		c.Close()
	}
	r.conns = nil
}

func (r *tcpReceiver) close() {
	r.listener.Close()
	r.cut()
	r.wg.Wait()
}

func (r *tcpReceiver) of(agent wfm.AgentID) []heard {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.heard[agent])
}
