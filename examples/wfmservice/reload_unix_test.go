//go:build !windows

package main

import (
	"os"
	"os/signal"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReloadBySignal: SIGHUP reads the configuration at once.
func TestReloadBySignal(t *testing.T) {
	shield := make(chan os.Signal, 1) // a signal that nobody hears would end the test
	signal.Notify(shield, syscall.SIGHUP)
	defer signal.Stop(shield)
	s := newCheckSite(t, nil)
	r := s.start(nil)
	r.eventually("it runs", func() bool { return r.report().RealTime[0].State == "serving" })
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	r.eventually("the configuration is read", func() bool { return r.report().Config.Reloads == 1 })
	require.Contains(t, r.said(), "a signal asks")
}
