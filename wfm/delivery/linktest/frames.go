package linktest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// frames makes a run of frames.
func frames(texts ...string) *wfm.Frames {
	f := &wfm.Frames{}
	for _, t := range texts {
		f.Bytes = append(f.Bytes, t...)
		f.End()
	}
	return f
}

// noise returns bytes of all values, the same for the same seed.
func noise(seed byte, size int) string {
	b := make([]byte, size)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b) // never fails
	return string(b)
}

// reader is a receiver that remembers what was more than asked for.
type reader struct {
	Receiver
	messages bool
	rest     []byte
}

// take returns the next n bytes, or the next frame, which must have n.
func (r *reader) take(ctx context.Context, n int) ([]byte, error) {
	if r.messages {
		b, err := r.Next(ctx)
		if err == nil && len(b) != n {
			err = fmt.Errorf("a frame has %d bytes, want %d", len(b), n)
		}
		return b, err
	}
	for len(r.rest) < n {
		b, err := r.Next(ctx)
		if r.rest = append(r.rest, b...); err != nil && len(r.rest) < n {
			return nil, fmt.Errorf("after %d of %d bytes: %w", len(r.rest), n, err)
		}
	}
	got := r.rest[:n:n]
	r.rest = r.rest[n:]
	return got, nil
}

// expect takes exactly these frames.
func (r *reader) expect(ctx context.Context, want ...string) error {
	for i, w := range want {
		got, err := r.take(ctx, len(w))
		if err != nil {
			return fmt.Errorf("frame %d: %w", i, err)
		}
		if string(got) != w {
			return fmt.Errorf("frame %d is %s, want %s", i, wfm.Quote(string(got)), wfm.Quote(w))
		}
	}
	return nil
}

// frameCases are about what a receiver gets.
func frameCases() []testCase {
	return []testCase{
		{"content", "a receiver gets every frame whole and in order: of one byte, of line ends, of zeros, of any bytes", content},
		{"untouched", "Send neither changes nor keeps the frames", untouched},
		{"empty", "sending no frame does nothing", func(ctx context.Context, k *Harness) error {
			h := serve(ctx, k.Links)
			defer h.abandon()
			v, r, err := h.both(ctx, k)
			if err != nil {
				return err
			}
			sent := make(chan error, 1)
			go func() {
				sent <- errors.Join(v[0].link.Send(v[0].ctx, &wfm.Frames{}), v[0].link.Send(v[0].ctx, frames("seen\n")))
			}()
			return errors.Join(r[0].expect(ctx, "seen\n"), <-sent, h.end(ctx, v[:]...))
		}},
		{"independent", "a receiver that takes nothing holds up no other", independent},
	}
}

func content(ctx context.Context, k *Harness) error {
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	runs := [][]string{{"x"}, {"a\n", "b\r\n", "c\r", "\x00\x00\x00"}, {noise(1, 900), noise(2, 1), noise(3, 1400)}}
	for i := range 40 {
		runs = append(runs, []string{fmt.Sprintf("%d|", i), noise(byte(i), 10+i)})
	}
	errs := conform.Parallel(4, func(n int) error {
		i, send := n/2, n%2 == 0
		for _, run := range runs {
			var err error
			if send {
				err = v[i].link.Send(v[i].ctx, frames(run...))
			} else {
				err = r[i].expect(ctx, run...)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	return errors.Join(append(errs, h.end(ctx, v[:]...))...)
}

func untouched(ctx context.Context, k *Harness) error {
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	const text = "28;bob;7001\r\n"
	f := frames(text, text)
	before := &wfm.Frames{Bytes: bytes.Clone(f.Bytes), Ends: slices.Clone(f.Ends)}
	sent := make(chan error, 1)
	go func() {
		err := v[0].link.Send(v[0].ctx, f)
		if !bytes.Equal(f.Bytes, before.Bytes) || !slices.Equal(f.Ends, before.Ends) {
			err = errors.Join(err, errors.New("the frames were changed"))
		}
		clear(f.Bytes) // the next batch is written over this one
		sent <- err
	}()
	return errors.Join(r[0].expect(ctx, text, text), <-sent, h.end(ctx, v[:]...))
}

func independent(ctx context.Context, k *Harness) error {
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	stuck, cancel := context.WithCancel(ctx)
	defer cancel()
	full := make(chan struct{})
	var sends atomic.Int64
	go func() {
		defer close(full)
		frame := frames(noise(7, 1300))
		// Much more than the buffers of both systems, or until the link gives the receiver up.
		for range 20_000 {
			if stuck.Err() != nil || v[0].link.Send(v[0].ctx, frame) != nil {
				return
			}
			sends.Add(1)
		}
	}()
	for before := int64(-1); before != sends.Load(); { // until it hangs, or has ended
		before = sends.Load()
		time.Sleep(50 * time.Millisecond)
	}
	errs := conform.Parallel(2, func(n int) error {
		for i := range 200 {
			text := fmt.Sprintf("change %d\n", i)
			var err error
			if n == 0 {
				err = v[1].link.Send(v[1].ctx, frames(text))
			} else {
				err = r[1].expect(ctx, text)
			}
			if err != nil {
				return fmt.Errorf("the other receiver: %w", err)
			}
		}
		return nil
	})
	cancel()
	err = r[0].Close()
	h.stop()
	<-full
	return errors.Join(append(errs, err, h.end(ctx, v[:]...))...)
}
