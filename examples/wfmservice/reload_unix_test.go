//go:build !windows

package main

import (
	"context"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// TestHangUpBeforeTheServiceIsUp does not end the program: it is heard before the configuration is read, and obeyed when the service is up.
func TestHangUpBeforeTheServiceIsUp(t *testing.T) {
	s := newCheckSite(t, nil)
	s.write("wfmservice.yaml", s.config)
	registries, err := standard.Registries()
	require.NoError(t, err)
	signalled := false
	var out buffer
	a := &app{out: &out, err: &out, registries: registries, env: func(string) (string, bool) { return "", false }}
	registries.Destinations["folder"] = wrapped(registries.Destinations["folder"], func() {
		if !signalled { // while the configuration is built
			signalled = true
			require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
		}
	})
	ctx, end := context.WithCancel(t.Context())
	defer end()
	code := make(chan int, 1)
	go func() {
		c, _ := a.runFile(ctx, s.path("wfmservice.yaml"), true)
		code <- c
	}()
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "a signal asks") }, time.Minute, 10*time.Millisecond)
	end()
	require.Zero(t, <-code, out.String())
}

func wrapped(k config.DestinationKind, first func()) config.DestinationKind {
	files := k.Files
	k.Files = func(target config.Target) (delivery.Transport, error) {
		first()
		return files(target)
	}
	return k
}

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
