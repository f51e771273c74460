package linktest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// host plays the service: it serves the links, and gives the case one visit for each call of Handle.
type host struct {
	visits  chan *visit
	failed  chan failure
	stop    context.CancelFunc
	served  chan error
	given   chan struct{} // closed when the case is over
	mu      sync.Mutex
	inside  int  // handlers that have not returned
	ended   bool // Serve has returned
	tooLate error
}

// visit is one call of Handle. The case uses the link and ends the call with leave.
type visit struct {
	ctx   context.Context
	link  delivery.Link
	leave chan error
}

type failure struct {
	where string
	err   error
	next  time.Time
}

// serve starts the links.
func serve(ctx context.Context, l delivery.Links) *host {
	ctx, stop := context.WithCancel(ctx)
	h := &host{visits: make(chan *visit, 64), failed: make(chan failure, 4096), stop: stop, served: make(chan error, 1), given: make(chan struct{})}
	go func() {
		err := l.Serve(ctx, h)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.ended = true
		if h.inside > 0 {
			err = errors.Join(err, fmt.Errorf("serve returned while %d handlers were running", h.inside))
		}
		h.served <- err
	}()
	return h
}

func (h *host) Handle(ctx context.Context, l delivery.Link) error {
	h.count(1, "Handle")
	defer h.count(-1, "")
	v := &visit{ctx: ctx, link: l, leave: make(chan error, 1)}
	h.visits <- v
	select {
	case err := <-v.leave:
		return err
	case <-h.given:
		return nil
	}
}

func (h *host) Failed(where string, err error, next time.Time) {
	h.count(0, "Failed")
	select {
	case h.failed <- failure{where, err, next}:
	default: // a case that looks at failures has seen enough of them
	}
}

func (h *host) count(by int, call string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ended && call != "" {
		h.tooLate = fmt.Errorf("%s was called after Serve had returned", call)
	}
	h.inside += by
}

// next waits for the next call of Handle.
func (h *host) next(ctx context.Context) (*visit, error) {
	select {
	case v := <-h.visits:
		if w := v.link.Where(); w == "" || strings.ContainsAny(w, "\r\n") {
			return v, fmt.Errorf("the link's Where is %q, not one line of words", w)
		}
		return v, nil
	case err := <-h.served:
		h.served <- err
		return nil, fmt.Errorf("serve ended: %w", err)
	case <-ctx.Done():
		return nil, errors.New("handle was not called")
	}
}

// both connects both receivers and finds out which visit belongs to which, by greeting them.
func (h *host) both(ctx context.Context, k *Harness) (visits [2]*visit, receivers [2]*reader, err error) {
	for i := range receivers {
		r, err := k.Connect(ctx, i)
		if err != nil {
			return visits, receivers, fmt.Errorf("connect receiver %d: %w", i, err)
		}
		receivers[i] = &reader{Receiver: r, messages: k.Messages}
	}
	var found [2]*visit
	var sent [2]chan error
	for i := range found {
		if found[i], err = h.next(ctx); err != nil {
			return visits, receivers, err
		}
		sent[i] = make(chan error, 1)
		go func() { sent[i] <- found[i].link.Send(found[i].ctx, frames(greeting(i))) }() // the receiver may read second
	}
	for i, r := range receivers {
		hello, err := r.take(ctx, len(greeting(0)))
		if err != nil {
			return visits, receivers, fmt.Errorf("receiver %d got no greeting: %w", i, err)
		}
		switch string(hello) {
		case greeting(0):
			visits[i] = found[0]
		case greeting(1):
			visits[i] = found[1]
		default:
			return visits, receivers, fmt.Errorf("receiver %d got %q", i, hello)
		}
	}
	if visits[0] == visits[1] {
		return visits, receivers, errors.New("both receivers have one link")
	}
	return visits, receivers, errors.Join(<-sent[0], <-sent[1])
}

func greeting(i int) string { return fmt.Sprintf("hello %d\n", i) }

// end stops the service, lets these handlers go and waits for Serve, which must return nil.
func (h *host) end(ctx context.Context, visits ...*visit) error {
	h.stop()
	for _, v := range visits {
		v.leave <- nil
	}
	for {
		select {
		case v := <-h.visits:
			v.leave <- nil
		case err := <-h.served:
			h.served <- err
			if err != nil {
				return fmt.Errorf("serve: %w", err)
			}
			return h.late()
		case <-ctx.Done():
			return errors.New("serve did not return")
		}
	}
}

// abandon makes everything end that a case has left behind.
func (h *host) abandon() {
	h.stop()
	close(h.given)
	select {
	case <-h.served:
	case <-time.After(2 * time.Second):
	}
}

// late gives calls that come too late a moment to come.
func (h *host) late() error {
	time.Sleep(50 * time.Millisecond)
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.tooLate
}
