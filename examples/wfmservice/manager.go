package main

import (
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/kardianos/service"

	"github.com/cicwfm/cicwfm/wfm"
)

// manager is the service manager of the system, as far as this program uses it.
type manager interface {
	// console tells that a person or a script started the program, and not the manager.
	console() bool
	// host lets the manager start and stop the work. Where the manager only sends signals it returns errNoHost at once.
	host(p program) error
	// do is one of install, uninstall, start, stop, restart.
	do(action string, s settings) error
	// state is running, stopped or not installed, in words.
	state(s settings) (string, error)
}

// program is what a manager hosts. start returns at once; stop waits for the end.
type program interface {
	start()
	stop()
}

// errNoHost says that a manager needs no more of a program than its process.
var errNoHost = errors.New("the process is enough")

// runUnder works in the way that the manager wants. Windows tells a service to stop by a call; systemd and a console do it by a signal, which ends
// ctx. Work that ends by itself there ends the process with its code, so that the manager starts it again.
func runUnder(ctx context.Context, m manager, work func(ctx context.Context, console bool) (int, error)) (int, error) {
	if m.console() {
		return work(ctx, true)
	}
	h := &hosted{ctx: ctx, work: work, exit: os.Exit, ended: make(chan struct{})}
	if err := m.host(h); errors.Is(err, errNoHost) {
		return work(ctx, false)
	} else if err != nil {
		return exitWrong, wfm.Problem{Field: "service manager", Reason: "refuses the program: " + err.Error(), Remedy: "look into the event log of the system"}
	}
	return h.code, h.err
}

// hosted is work under a manager that starts and stops it by calls.
type hosted struct {
	ctx      context.Context
	work     func(ctx context.Context, console bool) (int, error)
	exit     func(code int)
	end      context.CancelFunc
	ended    chan struct{}
	stopping chan struct{}
	code     int
	err      error
}

func (h *hosted) start() {
	ctx, end := context.WithCancel(h.ctx)
	h.end, h.stopping = end, make(chan struct{})
	go func() {
		defer close(h.ended)
		h.code, h.err = h.work(ctx, false)
		select {
		case <-h.stopping:
		default: // nobody asked for it
			if h.err != nil {
				h.code = max(h.code, exitWrong)
			}
			h.exit(max(h.code, exitAttention))
		}
	}()
}

func (h *hosted) stop() {
	close(h.stopping)
	h.end()
	<-h.ended
}

// systemManager is systemd, the service manager of Windows, or what else the system has.
type systemManager struct{}

func (systemManager) console() bool { return service.Interactive() }

func (systemManager) host(p program) error {
	if runtime.GOOS != "windows" {
		return errNoHost
	}
	s, err := service.New(adapter{p}, &service.Config{Name: defaultServiceName})
	if err != nil {
		return err
	}
	return s.Run()
}

// adapter gives a program the shape that the library wants.
type adapter struct{ program }

func (a adapter) Start(service.Service) error { a.start(); return nil }

func (a adapter) Stop(service.Service) error { a.stop(); return nil }

func (m systemManager) do(action string, s settings) error {
	control, err := m.service(s)
	if err != nil {
		return err
	}
	return service.Control(control, action)
}

func (m systemManager) state(s settings) (string, error) {
	control, err := m.service(s)
	if err != nil {
		return "", err
	}
	now, err := control.Status()
	switch {
	case errors.Is(err, service.ErrNotInstalled):
		return notInstalled, nil
	case err != nil:
		return "", err
	case now == service.StatusRunning:
		return "running", nil
	case now == service.StatusStopped:
		return "stopped", nil
	}
	return "unknown", nil
}

func (systemManager) service(s settings) (service.Service, error) {
	if p := service.Platform(); runtime.GOOS == "linux" && p != "linux-systemd" {
		return nil, noSystemd(s)
	}
	return service.New(adapter{nothing{}}, s.describe(runtime.GOOS))
}

// noSystemd says what to do on a Linux without systemd, where scripts of other managers would start a process that nobody watches.
func noSystemd(s settings) error {
	return wfm.Problem{Field: "service manager", Reason: "is not systemd; on Linux this program knows no other",
		Remedy: "let what starts programs here run: wfmservice run -config " + strconv.Quote(s.config) + " (SIGTERM stops it, SIGHUP reads the configuration again)"}
}

// nothing is the program of one who only gives orders to the manager.
type nothing struct{}

func (nothing) start() {}
func (nothing) stop()  {}

// restartAfter is how long a manager waits before it starts a service again that ended by itself.
const restartAfter = 30 * time.Second
