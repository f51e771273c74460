// Package sqlconntest holds servers that fall silent, for the tests of packages that open databases.
package sqlconntest

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Server listens on the loopback.
type Server struct {
	Address string
	// Accepted counts connections, Open those that the client has not closed.
	Accepted, Open atomic.Int32
}

// Listen serves each connection with talk, and is silent from its return on: what the client sends is
// read and dropped until it closes. All ends with the test.
func Listen(t testing.TB, talk func(net.Conn)) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := &Server{Address: l.Addr().String()}
	var all sync.WaitGroup
	var mu sync.Mutex
	var list []net.Conn
	all.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			list = append(list, c)
			mu.Unlock()
			s.Open.Add(1)
			s.Accepted.Add(1)
			all.Go(func() {
				talk(c)
				_, _ = io.Copy(io.Discard, c)
				s.Open.Add(-1)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range list {
			_ = c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
	return s
}

// Silent says nothing at all.
func Silent(net.Conn) {}

// Says sends these bytes after the client's first.
func Says(answer []byte) func(net.Conn) {
	return func(c net.Conn) {
		if _, err := c.Read(make([]byte, 4096)); err == nil {
			_, _ = c.Write(answer)
		}
	}
}

// Left requires that the client has closed all that it opened, and that it had opened something.
func (s *Server) Left(t testing.TB) {
	t.Helper()
	// A connection is in the hands of the system before the server hears of it.
	require.Eventually(t, func() bool { return s.Accepted.Load() > 0 }, within, 5*time.Millisecond, "the server was not reached")
	require.Eventually(t, func() bool { return s.Open.Load() == 0 }, within, 5*time.Millisecond, "connections are left open")
}
