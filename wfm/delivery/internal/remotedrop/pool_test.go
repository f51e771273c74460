package remotedrop_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

func deliver(t *testing.T, d *remotedrop.Drop, i int) error {
	_, err := d.Deliver(t.Context(), wfm.Artifact{Name: fmt.Sprintf("%d.txt", i), Bytes: []byte("x")})
	return err
}

func TestSessionsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.before = func(ctx context.Context, m, _ string) error {
			if m == "write" || m == "dial" {
				time.Sleep(time.Second)
			}
			return ctx.Err()
		}
		d := remotedrop.New(f, remotedrop.Options{Sessions: 3})
		for _, err := range conform.Parallel(30, func(i int) error { return deliver(t, d, i) }) {
			require.NoError(t, err)
		}
		require.Equal(t, 3, f.most)
		require.Equal(t, 3, f.dialled, "they are used again")
		sound(t, f, d)
	})
}

func TestWaitingForASessionEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.before = func(_ context.Context, m, _ string) error {
			if m == "write" {
				time.Sleep(time.Minute)
			}
			return nil
		}
		d := remotedrop.New(f, remotedrop.Options{Sessions: 1})
		done := make(chan error)
		go func() { done <- deliver(t, d, 1) }()
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		require.ErrorIs(t, d.Check(ctx), context.DeadlineExceeded)
		require.NoError(t, <-done)
		sound(t, f, d)
	})
}

func TestIdleSessions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		d := remotedrop.New(f, remotedrop.Options{Idle: 10 * time.Second})
		require.NoError(t, deliver(t, d, 1))
		time.Sleep(9 * time.Second)
		require.NoError(t, deliver(t, d, 2))
		require.Equal(t, 1, f.dialled)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		require.Zero(t, f.open, "its time is over")
		require.NoError(t, deliver(t, d, 3))
		require.Equal(t, 2, f.dialled)
		// A server that closed it meanwhile shows that at the ping.
		f.before = func(_ context.Context, m, _ string) error {
			if m == "ping" {
				return errServer
			}
			return nil
		}
		require.NoError(t, deliver(t, d, 4))
		require.Equal(t, 3, f.dialled)
		require.Equal(t, 1, f.open)
		sound(t, f, d)
	})
}

func TestNoIdleSessions(t *testing.T) {
	f := newFake()
	d := remotedrop.New(f, remotedrop.Options{Idle: -1})
	for i := range 3 {
		require.NoError(t, deliver(t, d, i))
		require.Zero(t, f.open)
	}
	require.Equal(t, 3, f.dialled)
	sound(t, f, d)
}

// TestCloseDuringADelivery: it ends, and its session is not kept; later ones connect anew.
func TestCloseDuringADelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFake()
		f.before = func(_ context.Context, m, _ string) error {
			if m == "write" {
				time.Sleep(time.Minute)
			}
			return nil
		}
		d := remotedrop.New(f, remotedrop.Options{})
		done := make(chan error)
		go func() { done <- deliver(t, d, 1) }()
		synctest.Wait()
		require.NoError(t, d.Close())
		require.NoError(t, <-done)
		require.Zero(t, f.open)
		require.NoError(t, deliver(t, d, 2))
		require.Equal(t, 2, f.dialled)
		sound(t, f, d)
	})
}

// TestDialFails gives its place back, as often as it happens.
func TestDialFails(t *testing.T) {
	f := newFake()
	f.before = func(_ context.Context, m, _ string) error {
		if m == "dial" {
			return errServer
		}
		return nil
	}
	d := remotedrop.New(f, remotedrop.Options{Sessions: 1})
	for i := range 5 {
		require.ErrorIs(t, deliver(t, d, i), errServer)
	}
	f.before = nil
	require.NoError(t, deliver(t, d, 1))
	sound(t, f, d)
}
