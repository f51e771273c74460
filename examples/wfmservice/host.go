package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// host is a running service with what is around it: the page, the watch over the configuration, the retention of the ledger.
type host struct {
	app      *app
	path     string
	log      *logging
	adjust   func(*integration.Options) // for a demo; nil otherwise
	service  *integration.Service
	clock    integration.Clock
	started  time.Time // real time
	began    time.Time // the same moment by the clock
	poll     time.Duration
	signal   <-chan os.Signal // asks for a reload; nil where the watch listens for it by itself
	stopping atomic.Bool
	address  atomic.Value // of the page: string, empty for none

	reloading sync.Mutex // held by a reload
	mu        sync.Mutex // guards what follows
	first     *config.Built
	built     *config.Built
	files     []string // to watch
	reloads   reloads
}

// reloads is what became of changes of the configuration.
type reloads struct {
	loaded   time.Time // when what is at work was read
	done     int       // reloads that were taken over, and that were refused
	refused  int
	at       time.Time // of the latest that was refused; zero after one that was taken over
	problems []string  // of that one
	restart  []string  // keys that wait for the next start
}

// newHost builds a configuration and makes a service of it.
func newHost(ctx context.Context, a *app, path string, c *config.Config, log *logging, adjust func(*integration.Options)) (*host, error) {
	h := &host{app: a, path: path, log: log, adjust: adjust, clock: systemClock{}, poll: pollEvery, files: c.Files()}
	h.address.Store("")
	built, err := a.registries.Build(ctx, c, config.BuildOptions{Logger: log.Logger, Env: a.env})
	if err != nil {
		return nil, err
	}
	if adjust != nil {
		adjust(&built.Options)
	}
	if built.Options.Clock != nil {
		h.clock = built.Options.Clock
	}
	if h.service, err = integration.New(built.Options); err != nil {
		return nil, errors.Join(err, built.Close())
	}
	h.first, h.built = built, built
	h.started, h.began = time.Now(), h.clock.Now()
	h.reloads.loaded = h.started
	for _, n := range built.Notes {
		log.Warn("remark about the configuration", "remark", wfm.OneLine(n.Error()))
	}
	return h, nil
}

// now returns what was built last, which is at work.
func (h *host) now() *config.Built {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.built
}

// run works until ctx ends. A stop that does not end within its deadline is an exit code and a message; what was built stays open then.
func (h *host) run(ctx context.Context) (int, error) {
	page, err := h.openPage(ctx)
	if err != nil {
		return exitWrong, errors.Join(err, h.now().Close())
	}
	h.log.Info("the service starts", "version", version(), "config", h.path, "page", h.address.Load(), "pid", os.Getpid())
	around, stop := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { h.watch(around) })
	wg.Go(func() { h.retain(around) })
	ended := make(chan error, 1)
	go func() { ended <- h.service.Run(ctx) }()

	select {
	case err = <-ended: // nothing may run, or ctx ended just now
	case <-ctx.Done():
		h.stopping.Store(true)
		deadline := h.now().Service.StopDeadline.D()
		h.log.Info("the service stops", "deadline", deadline)
		patience := time.NewTimer(deadline)
		defer patience.Stop()
		select {
		case err = <-ended:
		case <-patience.C:
			unfinished := h.unfinished()
			h.log.Error("the service did not stop in time and is cut off; the ledger knows what to repeat", "deadline", deadline, "unfinished", strings.Join(unfinished, "; "))
			say(h.app.err, wfm.Problem{Field: "stop", Reason: fmt.Sprintf("did not end within %s: %s", deadline, strings.Join(unfinished, "; ")),
				Remedy: "a longer service.stop-deadline, if that happens often; nothing is lost, the next start repeats what was cut off"})
			stop()
			page.close()
			return exitAttention, nil
		}
	}
	stop()
	wg.Wait()
	page.close()
	if e := h.now().Close(); e != nil {
		h.log.Warn("something was not closed in order", "error", e)
	}
	if err != nil {
		return exitWrong, err
	}
	h.log.Info("the service has stopped")
	return exitOK, nil
}

// unfinished says what is still at work.
func (h *host) unfinished() (list []string) {
	st := h.service.Status()
	for _, f := range st.Feeds {
		if !f.Working.IsZero() {
			list = append(list, fmt.Sprintf("feed %s delivers %s", lane(f), f.Working))
		}
	}
	for _, f := range st.RealTime {
		if f.State != "stopped" && f.State != "refused" {
			list = append(list, fmt.Sprintf("feed %s is %s", wfm.Quote(f.Name), f.State))
		}
	}
	for _, s := range st.Servers {
		if len(list) == 0 {
			list = append(list, fmt.Sprintf("the session with server %s", wfm.Quote(s.Server)))
		}
	}
	if len(list) == 0 {
		list = append(list, "a feed or its lease")
	}
	return list
}

// lane names a feed and its destination.
func lane(f integration.FeedStatus) string {
	return wfm.Quote(integration.LedgerFeed(f.Name, f.Destination))
}

// instanceName is what the status page shows.
func (h *host) instanceName() string {
	host, _ := os.Hostname()
	return cmp.Or(h.now().Options.Instance.Name, host)
}

// systemClock is the clock of this host.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, span time.Duration) {
	t := time.NewTimer(span)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
