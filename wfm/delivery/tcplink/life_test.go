package tcplink

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// recorder is a handler that does what a test says.
type recorder struct {
	handle func(context.Context, delivery.Link) error
	mu     sync.Mutex
	errs   []error
	waits  []time.Duration
}

func (r *recorder) Handle(ctx context.Context, l delivery.Link) error { return r.handle(ctx, l) }

func (r *recorder) Failed(_ string, err error, next time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs = append(r.errs, err)
	wait := time.Duration(0)
	if !next.IsZero() {
		wait = time.Until(next)
	}
	r.waits = append(r.waits, wait)
}

func (r *recorder) failures() ([]error, []time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.errs, r.waits
}

func untilEnd(ctx context.Context, _ delivery.Link) error {
	<-ctx.Done()
	return ctx.Err()
}

func frame(text string) *wfm.Frames {
	f := &wfm.Frames{Bytes: []byte(text)}
	f.End()
	return f
}

// piped makes a dialler whose connections are pipes; each attempt asks what it gets.
func piped(t *testing.T, o Options, attempt func(n int) (net.Conn, error)) *Dialer {
	t.Helper()
	d, err := Dial([]string{"wfm.example.com:7001"}, o)
	require.NoError(t, err)
	n := 0
	d.dial = func(context.Context, string, string) (net.Conn, error) {
		n++
		return attempt(n)
	}
	return d
}

func TestWaitsGrowAndStartAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const refused = 40
		d := piped(t, Options{BackoffMin: time.Second, BackoffMax: time.Minute}, func(n int) (net.Conn, error) {
			if n != refused+1 {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}
			}
			near, far := net.Pipe()
			time.AfterFunc(2*time.Minute, func() { _ = far.Close() }) // a connection that lasted
			return near, nil
		})
		h := &recorder{handle: untilEnd}
		ctx, stop := context.WithTimeout(t.Context(), 2*time.Hour)
		defer stop()
		require.NoError(t, d.Serve(ctx, h))
		errs, waits := h.failures()
		require.Greater(t, len(waits), refused+2)
		ceiling := time.Second
		var longest time.Duration
		for i, w := range waits[:refused] {
			require.LessOrEqual(t, w, ceiling, "attempt %d", i)
			ceiling = min(2*ceiling, time.Minute)
			longest = max(longest, w)
			require.EqualError(t, errs[i], "connect to tcp wfm.example.com:7001: connection refused; check that the receiver runs and that no firewall stands between")
			require.Equal(t, wfm.Unavailable, wfm.KindOf(errs[i]))
		}
		require.Greater(t, longest, 20*time.Second, "the ceiling rises")
		require.ErrorContains(t, errs[refused], "keep the connection to tcp wfm.example.com:7001: the receiver closed it")
		require.LessOrEqual(t, waits[refused], time.Second, "the waits start anew")
		require.LessOrEqual(t, waits[refused+1], 2*time.Second)
	})
}

func TestWaitsFollowTheError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []error{
			&wfm.Error{Op: "x", Retry: true, After: 5 * time.Minute, Err: errors.New("busy")},
			wfm.Problem{Field: "a", Reason: "is wrong"},
			nil,
		}
		d := piped(t, Options{BackoffMin: time.Second, BackoffMax: time.Minute}, func(int) (net.Conn, error) {
			near, far := net.Pipe()
			go func() { _, _ = io.Copy(io.Discard, far) }()
			return near, nil
		})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		n := 0
		h := &recorder{}
		h.handle = func(context.Context, delivery.Link) error {
			if n++; n > len(answers) {
				stop()
				return nil
			}
			return answers[n-1]
		}
		require.NoError(t, d.Serve(ctx, h))
		errs, waits := h.failures()
		require.Equal(t, answers[:2], errs, "a handler that simply finished has not failed, and is called again")
		require.Equal(t, []time.Duration{5 * time.Minute, time.Minute}, waits)
		require.Equal(t, 4, n)
	})
}

func TestReceiverThatDoesNotReadIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var far []net.Conn
		d := piped(t, Options{WriteTimeout: 7 * time.Second}, func(int) (net.Conn, error) {
			near, other := net.Pipe()
			far = append(far, other)
			return near, nil
		})
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		h := &recorder{}
		began := time.Now()
		h.handle = func(ctx context.Context, l delivery.Link) error {
			if len(far) == 2 { // the second connection
				stop()
				return nil
			}
			return l.Send(ctx, frame("28;bob\r\n"))
		}
		require.NoError(t, d.Serve(ctx, h))
		errs, _ := h.failures()
		require.Len(t, errs, 1)
		require.EqualError(t, errs[0], "send to tcp wfm.example.com:7001: it did not take the frames within 7s; see why the receiver does not read, or raise the write timeout")
		require.GreaterOrEqual(t, time.Since(began), 7*time.Second)
		require.Less(t, time.Since(began), 8*time.Second)
	})
}

func TestFarewellIsBounded(t *testing.T) {
	for name, handle := range map[string]func(context.Context, delivery.Link) error{
		"one that is under way":      func(ctx context.Context, l delivery.Link) error { return l.Send(ctx, frame("x")) },
		"one that begins afterwards": func(ctx context.Context, l delivery.Link) error { <-ctx.Done(); return l.Send(ctx, frame("x")) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				near, far := net.Pipe()
				defer far.Close()
				d := piped(t, Options{WriteTimeout: time.Hour, FarewellTimeout: 3 * time.Second}, func(int) (net.Conn, error) { return near, nil })
				ctx, stop := context.WithTimeout(t.Context(), time.Minute)
				defer stop()
				h := &recorder{}
				var sent error
				h.handle = func(ctx context.Context, l delivery.Link) error {
					sent = handle(ctx, l)
					require.Equal(t, context.Canceled, context.Cause(ctx), "whatever ended the service's context")
					return sent
				}
				began := time.Now()
				require.NoError(t, d.Serve(ctx, h))
				require.Equal(t, 63*time.Second, time.Since(began))
				require.Error(t, sent)
				errs, _ := h.failures()
				require.Empty(t, errs, "the stop of the service is no failure")
			})
		})
	}
}

func TestLossFreesASendThatWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		d := piped(t, Options{WriteTimeout: time.Hour}, func(n int) (net.Conn, error) {
			if n > 1 {
				return nil, errors.New("no more")
			}
			return near, nil
		})
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		defer stop()
		time.AfterFunc(10*time.Second, func() { _ = far.Close() })
		h := &recorder{}
		h.handle = func(ctx context.Context, l delivery.Link) error {
			began := time.Now()
			require.Error(t, l.Send(ctx, frame("x")))
			require.Equal(t, 10*time.Second, time.Since(began))
			<-ctx.Done()
			require.ErrorContains(t, context.Cause(ctx), "the receiver closed it")
			return ctx.Err()
		}
		require.NoError(t, d.Serve(ctx, h))
		errs, _ := h.failures()
		require.ErrorContains(t, errs[0], "the receiver closed it")
	})
}

// TestSendSaysWhyTheConnectionIsClosed: a receiver that ends its own direction while a Send waits is the reason, not that
// the connection was then closed.
func TestSendSaysWhyTheConnectionIsClosed(t *testing.T) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer socket.Close()
	go func() {
		conn, err := socket.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.ReadFull(conn, make([]byte, 1000))
		_ = conn.(*net.TCPConn).CloseWrite()
		_, _ = socket.Accept() // until the test ends
	}()
	d, err := Dial([]string{socket.Addr().String()}, Options{})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	h := &recorder{}
	var sent error
	h.handle = func(ctx context.Context, l delivery.Link) error {
		defer stop()
		for sent == nil {
			sent = l.Send(ctx, frame(strings.Repeat("x", 1<<20)))
		}
		return sent
	}
	require.NoError(t, d.Serve(ctx, h))
	require.ErrorContains(t, sent, "the receiver closed it; see on the receiver's side why")
}

// broken is a listener whose Accept fails a number of times.
type broken struct {
	net.Listener
	fails int
}

func (b *broken) Accept() (net.Conn, error) {
	if b.fails > 0 {
		b.fails--
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return b.Listener.Accept()
}

func TestAcceptGoesOnAfterErrors(t *testing.T) {
	l, err := Listen(":0", Options{BackoffMin: time.Millisecond, BackoffMax: 2 * time.Millisecond})
	require.NoError(t, err)
	real := l.listen
	l.listen = func(ctx context.Context, network, address string) (net.Listener, error) {
		socket, err := real(ctx, network, address)
		return &broken{socket, 3}, err
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	h := &recorder{handle: func(context.Context, delivery.Link) error { stop(); return nil }}
	l.OnListen = func(a net.Addr) {
		require.True(t, a.(*net.TCPAddr).IP.IsLoopback(), "an empty host means loopback, not %v", a)
		go func() {
			conn, err := net.Dial("tcp", a.String())
			if err == nil {
				<-ctx.Done()
				_ = conn.Close()
			}
		}()
	}
	require.NoError(t, l.Serve(ctx, h))
	require.Nil(t, l.Addr())
	errs, waits := h.failures()
	require.Len(t, errs, 3)
	for i, e := range errs {
		require.ErrorContains(t, e, "accept receivers at tcp 127.0.0.1:")
		require.LessOrEqual(t, waits[i], 2*time.Millisecond)
	}
}

func TestTooManyReceiversAreTurnedAway(t *testing.T) {
	l, err := Listen("127.0.0.1:0", Options{MaxReceivers: 1})
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	inside := make(chan struct{}, 2)
	h := &recorder{handle: func(ctx context.Context, l delivery.Link) error { inside <- struct{}{}; return untilEnd(ctx, l) }}
	address := make(chan string, 1)
	l.OnListen = func(a net.Addr) { address <- a.String() }
	served := make(chan error, 1)
	go func() { served <- l.Serve(ctx, h) }()
	where := <-address
	first, err := net.Dial("tcp", where)
	require.NoError(t, err)
	defer first.Close()
	<-inside
	second, err := net.Dial("tcp", where)
	require.NoError(t, err)
	defer second.Close()
	_, err = second.Read(make([]byte, 1))
	require.Error(t, err)
	require.NoError(t, first.Close())
	require.Eventually(t, func() bool { errs, _ := h.failures(); return len(errs) == 2 }, time.Minute, time.Millisecond)
	third, err := net.Dial("tcp", where)
	require.NoError(t, err)
	defer third.Close()
	<-inside
	stop()
	require.NoError(t, <-served)
	errs, waits := h.failures()
	all := fmt.Sprint(errs)
	require.Contains(t, all, "the most receivers, 1, are connected")
	require.Contains(t, all, "the receiver closed it")
	require.Equal(t, []time.Duration{0, 0}, waits)
	require.Equal(t, 2, strings.Count(all, "receiver 127.0.0.1:"))
}
