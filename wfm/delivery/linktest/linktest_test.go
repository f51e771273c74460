package linktest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
)

// conn is a connection in memory: both ends.
type conn struct {
	frames chan []byte
	gone   chan struct{} // closed by the receiver
	closed chan struct{} // closed by the link
	once   sync.Once
}

func (c *conn) Next(ctx context.Context) ([]byte, error) {
	select {
	case b := <-c.frames:
		return b, nil
	default:
	}
	select {
	case b := <-c.frames:
		return b, nil
	case <-c.closed:
		return nil, io.EOF
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *conn) Close() error { c.once.Do(func() { close(c.gone) }); return nil }

// fake is links in memory that keep every rule but one.
type fake struct {
	fault    string
	incoming chan *conn
	lock     chan struct{} // taken by one Send after the other, where that is the fault
	mu       sync.Mutex
	serving  bool
	served   int
}

// link is the sending end.
type link struct {
	*conn
	f *fake
	n int
}

func (l *link) Where() string {
	if l.f.fault == "nameless" {
		return ""
	}
	return "memory"
}

var errGone = &wfm.Error{Op: "memory", Kind: wfm.Unavailable, Retry: true, Err: errors.New("the receiver is gone")}

func (l *link) Send(ctx context.Context, f *wfm.Frames) error {
	switch l.f.fault {
	case "lock":
		l.f.lock <- struct{}{}
		defer func() { <-l.f.lock }()
	case "change":
		defer func() {
			if f.Len() > 0 {
				f.Bytes[0]++
			}
		}()
	case "deaf":
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	for frame := range f.All() {
		if l.n++; l.f.fault == "drop" && l.n == 17 {
			continue
		}
		select {
		case l.frames <- append([]byte(nil), frame...):
		case <-l.gone:
			return errGone
		case <-time.After(2 * conform.Patience): // longer than a case has
			return errGone
		}
	}
	return nil
}

func (f *fake) Serve(ctx context.Context, h delivery.LinkHandler) error {
	f.mu.Lock()
	busy := f.serving
	f.serving = true
	f.served++
	f.mu.Unlock()
	if busy && f.fault != "twice" || f.fault == "single" && f.served > 1 {
		return errors.New("served already")
	}
	defer func() {
		f.mu.Lock()
		f.serving = false
		f.mu.Unlock()
	}()
	var wait sync.WaitGroup
	for ctx.Err() == nil {
		select {
		case c := <-f.incoming:
			wait.Go(func() { f.use(ctx, c, h) })
		case <-ctx.Done():
		}
	}
	if f.fault != "early" {
		wait.Wait()
	}
	if f.fault == "late" {
		time.AfterFunc(10*time.Millisecond, func() { h.Failed("memory", errGone, time.Time{}) })
	}
	if f.fault == "sorry" {
		return ctx.Err()
	}
	return nil
}

func (f *fake) use(ctx context.Context, c *conn, h delivery.LinkHandler) {
	handler, lose := context.WithCancelCause(ctx)
	if f.fault == "cause" {
		handler, lose = context.WithCancelCause(context.WithoutCancel(ctx))
		defer context.AfterFunc(ctx, func() { lose(errGone) })()
	}
	defer lose(nil)
	done := make(chan struct{})
	var watch sync.WaitGroup
	if f.fault != "blind" {
		watch.Go(func() {
			select {
			case <-c.gone:
				lose(errGone)
			case <-done:
			}
		})
	}
	err := h.Handle(handler, &link{conn: c, f: f})
	close(done)
	watch.Wait()
	if f.fault != "open" {
		close(c.closed)
	}
	if cause := context.Cause(handler); err == nil || errors.Is(err, context.Canceled) {
		err = cause
	}
	if ctx.Err() == nil && f.fault != "silent" {
		h.Failed("memory", err, time.Time{})
	}
}

func maker(fault string) linktest.Maker {
	return func(context.Context) (*linktest.Harness, error) {
		f := &fake{fault: fault, incoming: make(chan *conn), lock: make(chan struct{}, 1)}
		return &linktest.Harness{Links: f, Messages: true, Connect: func(ctx context.Context, i int) (linktest.Receiver, error) {
			c := &conn{frames: make(chan []byte, 8), gone: make(chan struct{}), closed: make(chan struct{})}
			select {
			case f.incoming <- c:
				return c, nil
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}}, nil
	}
}

func TestGoodLinksPass(t *testing.T) {
	linktest.Run(t, maker(""))
}

// TestEveryFaultIsFound goes by a clock that stands still while anybody has something to do: cases that wait for what never
// comes take no time, and none runs out of it on a machine that is busy.
func TestEveryFaultIsFound(t *testing.T) {
	for fault, want := range map[string]string{
		"drop":     "content: ",
		"change":   "untouched: the frames were changed",
		"lock":     "independent: ",
		"deaf":     "farewell: context canceled",
		"cause":    "farewell: the cause is memory: the receiver is gone",
		"early":    "serve returned while",
		"late":     "Failed was called after Serve had returned",
		"blind":    "gone: the handler's context did not end",
		"silent":   "gone: failed was not told",
		"open":     "given up: ",
		"twice":    "once at a time: the second Serve",
		"single":   "again: ",
		"sorry":    "serve: context canceled",
		"nameless": "Where is \"\"",
	} {
		t.Run(fault, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := linktest.Check(t.Context(), maker(fault))
				time.Sleep(3 * conform.Patience) // until what hung gives up
				require.ErrorContains(t, err, want)
			})
		})
	}
}

func ExampleCheck() {
	// maker makes links in memory; a test of real ones opens sockets.
	fmt.Println(linktest.Check(context.Background(), maker("")))
	fmt.Println(linktest.Check(context.Background(), maker("nameless")) == nil)
	// Output:
	// <nil>
	// false
}
