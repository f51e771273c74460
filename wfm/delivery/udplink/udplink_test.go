package udplink

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type receiver struct{ *net.UDPConn }

func (r receiver) Next(ctx context.Context) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })
	defer stop()
	buf := make([]byte, Largest)
	n, err := r.Read(buf)
	return buf[:n], err
}

func listen(t *testing.T) receiver {
	t.Helper()
	socket, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	return receiver{socket}
}

func TestConforms(t *testing.T) {
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) {
		r := [2]receiver{listen(t), listen(t)}
		s, err := New([]string{r[0].LocalAddr().String(), r[1].LocalAddr().String()},
			Options{FarewellTimeout: 30 * time.Second, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond})
		return &linktest.Harness{Links: s, Connectionless: true, Messages: true,
			Connect: func(_ context.Context, i int) (linktest.Receiver, error) { return r[i], nil },
			Close:   func() error { return errors.Join(r[0].shut(), r[1].shut()) }}, err
	})
}

// shut closes the socket, if the case has not.
func (r receiver) shut() error {
	if err := r.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// once is a handler that does one thing and stops the service, and remembers failures.
type once struct {
	stop   context.CancelFunc
	do     func(context.Context, delivery.Link) error
	mu     sync.Mutex
	failed []error
	next   []time.Time
}

func (o *once) Handle(ctx context.Context, l delivery.Link) error { return o.do(ctx, l) }

func (o *once) Failed(_ string, err error, next time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.failed, o.next = append(o.failed, err), append(o.next, next)
}

func (o *once) count() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.failed)
}

func run(t *testing.T, s *Sender, do func(context.Context, delivery.Link) error) *once {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	o := &once{stop: stop}
	o.do = func(ctx context.Context, l delivery.Link) error { defer stop(); return do(ctx, l) }
	require.NoError(t, s.Serve(ctx, o))
	return o
}

func frames(texts ...string) *wfm.Frames {
	f := &wfm.Frames{}
	for _, t := range texts {
		f.Bytes = append(f.Bytes, t...)
		f.End()
	}
	return f
}

func TestLargeFramesSendNothing(t *testing.T) {
	r := listen(t)
	s, err := New([]string{r.LocalAddr().String()}, Options{MaxDatagram: 10})
	require.NoError(t, err)
	run(t, s, func(ctx context.Context, l delivery.Link) error {
		err := l.Send(ctx, frames("small", strings.Repeat("x", 11)))
		require.ErrorContains(t, err, "a frame has 11 bytes, more than a datagram may have, 10; raise MaxDatagram")
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
		require.NoError(t, l.Send(ctx, frames(strings.Repeat("y", 10))))
		return nil
	})
	got, err := r.Next(t.Context())
	require.NoError(t, err)
	require.Equal(t, "yyyyyyyyyy", string(got), "nothing of the run that failed was sent")
}

func TestNobodyListensIsReportedAndNotFatal(t *testing.T) {
	r := listen(t)
	address := r.LocalAddr().(*net.UDPAddr)
	s, err := New([]string{address.String()}, Options{})
	require.NoError(t, err)
	require.NoError(t, r.Close())
	var o *once
	got := make(chan string, 1)
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	o = &once{stop: stop, do: func(ctx context.Context, l delivery.Link) error {
		defer stop()
		for o.count() == 0 {
			if err := l.Send(ctx, frames("lost")); err != nil {
				return err
			}
			time.Sleep(time.Millisecond)
		}
		back, err := net.ListenUDP("udp", address)
		require.NoError(t, err)
		defer back.Close()
		for ctx.Err() == nil {
			// An answer to an earlier datagram may still take one away.
			require.NoError(t, l.Send(ctx, frames("back")))
			require.NoError(t, back.SetReadDeadline(time.Now().Add(100*time.Millisecond)))
			buf := make([]byte, 100)
			if n, err := back.Read(buf); err == nil {
				got <- string(buf[:n])
				return nil
			}
		}
		return errors.New("nothing arrived")
	}}
	require.NoError(t, s.Serve(ctx, o))
	require.Equal(t, "back", <-got)
	require.Equal(t, 1, o.count(), "one report for many datagrams: %v", o.failed)
	require.ErrorContains(t, o.failed[0], "send to udp 127.0.0.1:")
	require.True(t, o.next[0].IsZero())
}

func TestReportsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		report := quiet(func(error) { n++ })
		for range 100 {
			report(errors.New("x"))
			time.Sleep(time.Second)
		}
		require.Equal(t, 10, n)
	})
}

func TestUnknownHostIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := New([]string{"wfm.example.com:9"}, Options{})
		require.NoError(t, err)
		s.dial = func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "wfm.example.com", IsNotFound: true}}
		}
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
		defer stop()
		o := &once{}
		require.NoError(t, s.Serve(ctx, o))
		require.Greater(t, o.count(), 20)
		require.EqualError(t, o.failed[0], `open udp wfm.example.com:9: no such host: "wfm.example.com"; check the host's name`)
		require.Equal(t, wfm.NotFound, wfm.KindOf(o.failed[0]))
	})
}

func TestProblemsAreAllNamed(t *testing.T) {
	_, err := New([]string{"a"}, Options{MaxDatagram: Largest + 1, WriteTimeout: -1, BackoffMin: -1})
	for _, want := range []string{"host:port", "65508", "timeout", "backoff"} {
		require.ErrorContains(t, err, want)
	}
}
