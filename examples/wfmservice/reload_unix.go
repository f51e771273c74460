//go:build !windows

package main

import (
	"os"
	"os/signal"
	"syscall"
)

// reloadSignal hears SIGHUP until done is called.
func reloadSignal() (heard <-chan os.Signal, done func()) {
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGHUP)
	return c, func() { signal.Stop(c) }
}
