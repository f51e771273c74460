package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// fakeManager stands in for the service manager.
type fakeManager struct {
	interactive bool
	hostErr     error
	during      func(program)
	now         string
	err         error
	did         []string
	last        settings
}

func (m *fakeManager) console() bool { return m.interactive }

func (m *fakeManager) host(p program) error {
	if m.hostErr != nil {
		return m.hostErr
	}
	p.start()
	m.during(p)
	return nil
}

func (m *fakeManager) do(action string, s settings) error {
	m.did, m.last = append(m.did, action), s
	return m.err
}

func (m *fakeManager) state(settings) (string, error) { return m.now, m.err }

func TestServiceActions(t *testing.T) {
	s := newCheckSite(t, nil)
	s.write("wfmservice.yaml", s.config)
	s.write("secrets/account", otherSecret)
	control := func(m *fakeManager, args ...string) (int, string, error) {
		var out bytes.Buffer
		code, err := (&app{out: &out, err: &out}).control(m, args)
		return code, out.String(), err
	}
	t.Chdir(s.dir)
	m := &fakeManager{}
	code, out, err := control(m, "install", "-config", "wfmservice.yaml", "-user", "wfm", "-password-file", "secrets/account")
	require.NoError(t, err)
	require.Zero(t, code)
	real, err := filepath.EvalSymlinks(s.dir)
	require.NoError(t, err)
	require.Contains(t, []string{s.path("wfmservice.yaml"), filepath.Join(real, "wfmservice.yaml")}, m.last.config, "a service has another working directory")
	require.NotContains(t, out, otherSecret)
	require.Contains(t, out, "check")

	c := m.last.describe("linux")
	require.Equal(t, []string{"run", "-config", m.last.config}, c.Arguments)
	require.Equal(t, "on-failure", c.Option["Restart"])
	unit := c.Option["SystemdScript"].(string)
	require.Contains(t, unit, "TimeoutStopSec=30\n", "the deadline of 20 s, and some more")
	require.Contains(t, unit, "RestartSec=30\n")
	require.NotContains(t, c.Option, "Password")
	w := m.last.describe("windows")
	require.Equal(t, "restart", w.Option["OnFailure"])
	require.Equal(t, otherSecret, w.Option["Password"])
	require.Empty(t, w.Dependencies)

	for _, action := range []string{"start", "stop", "restart", "uninstall"} {
		_, _, err := control(m, action)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"install", "start", "stop", "restart", "uninstall"}, m.did)
	m.now, m.did = "running", nil
	_, _, err = control(m, "uninstall")
	require.NoError(t, err)
	require.Equal(t, []string{"stop", "uninstall"}, m.did, "what is uninstalled runs no more")
	m.err = noSystemd(settings{config: "/etc/wfm.yaml"})
	_, _, err = control(m, "install", "-config", "wfmservice.yaml")
	require.EqualError(t, err, `service manager is not systemd; on Linux this program knows no other; let what starts programs here run: wfmservice run -config "/etc/wfm.yaml" (SIGTERM stops it, SIGHUP reads the configuration again)`)
	m.err = errors.New("access denied")
	_, _, err = control(m, "start")
	require.ErrorContains(t, err, "administrator")
	m.err = nil
	for state, want := range map[string]int{"running": exitOK, "stopped": exitAttention, notInstalled: exitAttention} {
		m.now = state
		code, out, err := control(m, "status")
		require.NoError(t, err)
		require.Equal(t, want, code)
		require.Contains(t, out, state)
	}

	m.did = nil
	_, _, err = control(m)
	require.ErrorContains(t, err, "use one of install, start")
	_, _, err = control(m, "remove", "-name", "a b")
	require.ErrorContains(t, err, "remove")
	require.ErrorContains(t, err, "a b")
	_, _, err = control(m, "install", "-config", "none.yaml")
	require.ErrorContains(t, err, "none.yaml")
	s.write("wfmservice.yaml", "version: 2\n")
	_, _, err = control(m, "install")
	require.ErrorContains(t, err, "version")
	require.Empty(t, m.did, "nothing was installed that cannot start")
}

// TestRunUnder: how a program ends under each kind of manager.
func TestRunUnder(t *testing.T) {
	work := func(code int, err error) func(context.Context, bool) (int, error) {
		return func(ctx context.Context, console bool) (int, error) { return code, err }
	}
	code, err := runUnder(t.Context(), &fakeManager{interactive: true}, func(_ context.Context, console bool) (int, error) {
		require.True(t, console)
		return 7, nil
	})
	require.NoError(t, err)
	require.Equal(t, 7, code)
	code, err = runUnder(t.Context(), &fakeManager{hostErr: errNoHost}, work(0, os.ErrClosed))
	require.ErrorIs(t, err, os.ErrClosed)
	require.Zero(t, code)
	_, err = runUnder(t.Context(), &fakeManager{hostErr: errors.New("no")}, work(0, nil))
	require.ErrorContains(t, err, "refuses the program")

	// Stopped by the manager.
	began := make(chan struct{})
	code, err = runUnder(t.Context(), &fakeManager{during: func(p program) { <-began; p.stop() }}, func(ctx context.Context, console bool) (int, error) {
		require.False(t, console)
		close(began)
		<-ctx.Done()
		return exitAttention, nil
	})
	require.NoError(t, err)
	require.Equal(t, exitAttention, code)

	// Ends by itself: the process ends with a code that makes the manager start it again.
	for _, c := range []struct {
		code int
		err  error
		want int
	}{{0, errors.New("x"), exitWrong}, {exitAttention, nil, exitAttention}, {0, nil, exitAttention}} {
		exits := make(chan int, 1)
		h := &hosted{ctx: t.Context(), work: work(c.code, c.err), exit: func(code int) { exits <- code }, ended: make(chan struct{})}
		h.start()
		require.Equal(t, c.want, <-exits)
		<-h.ended
	}
}

func TestLog(t *testing.T) {
	s := newCheckSite(t, nil)
	s.replace("service: {", "service: {log: {file: logs/wfm.log, format: json, level: warn, rotate-size: 1}, ")
	s.replace("vendor: verint", "vendor: virent")
	code, _, errs := s.run("run")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "virent")
	text, err := os.ReadFile(s.path("logs/wfm.log"))
	require.NoError(t, err)
	require.Contains(t, string(text), `"msg":"the service does not run"`)
	require.Contains(t, string(text), "virent")

	// A log that cannot be is said at once.
	s.write("occupied", "a file")
	s.replace("logs/wfm.log", "occupied/wfm.log")
	_, _, errs = s.run("run")
	require.Contains(t, errs, "service.log.file")
	code, _, errs = s.run("run", "-speed", "3", "-demo=false")
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "use it with -demo")

	lines := each(errors.Join(errors.New("a"), errors.Join(errors.New("b"), &wfm.Error{Op: "c", Err: errors.Join(errors.New("d"), errors.New("e"))})))
	require.Len(t, lines, 3)
}
