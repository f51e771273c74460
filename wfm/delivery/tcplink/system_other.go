//go:build !linux

package tcplink

import (
	"syscall"
	"time"
)

// userTimeout has no portable form; the write deadline and keep-alive remain.
func userTimeout(time.Duration) func(network, address string, c syscall.RawConn) error { return nil }
