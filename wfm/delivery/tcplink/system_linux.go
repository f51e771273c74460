package tcplink

import (
	"syscall"
	"time"
)

// tcpUserTimeout is TCP_USER_TIMEOUT of tcp(7); package syscall does not have it on every
// architecture.
const tcpUserTimeout = 0x12

// userTimeout makes the system give a connection up when sent data stays unacknowledged for d.
// Keep-alive probes do not notice that: none are sent while data is under way. A system that
// refuses it works as without.
func userTimeout(d time.Duration) func(network, address string, c syscall.RawConn) error {
	if d <= 0 {
		return nil
	}
	return func(_, _ string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, tcpUserTimeout, int(d.Milliseconds()))
		})
	}
}
