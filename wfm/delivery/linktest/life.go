package linktest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

// lifeCases are about the beginning and the end of links.
func lifeCases() []testCase {
	return []testCase{
		{"farewell", "when the service stops, the handlers' contexts end with context.Canceled as their cause, and a farewell still arrives", farewell},
		{"waits", "Serve returns only after the handlers, and then calls nobody", waits},
		{"again", "links can be served again after Serve has returned", func(ctx context.Context, k *Harness) error {
			for range 2 {
				h := serve(ctx, k.Links)
				defer h.abandon()
				v, r, err := h.both(ctx, k)
				if err != nil {
					return err
				}
				if err := h.end(ctx, v[:]...); err != nil {
					return err
				}
				if k.Connectionless {
					continue
				}
				if err := errors.Join(r[0].Close(), r[1].Close()); err != nil {
					return err
				}
			}
			return nil
		}},
		{"once at a time", "a second Serve at the same time is refused", func(ctx context.Context, k *Harness) error {
			h := serve(ctx, k.Links)
			defer h.abandon()
			v, _, err := h.both(ctx, k)
			if err != nil {
				return err
			}
			second := serve(ctx, k.Links)
			select {
			case err = <-second.served:
			case <-time.After(20 * time.Second):
				second.stop()
				return errors.New("the second Serve runs beside the first")
			}
			if err == nil {
				return errors.New("the second Serve returned no error")
			}
			return h.end(ctx, v[:]...)
		}},
		{"gone", "a receiver that goes away ends its handler's context, with a cause that is not context.Canceled, and no other handler's", gone},
		{"returns", "a receiver that comes back gets a new link", func(ctx context.Context, k *Harness) error {
			return reconnect(ctx, k, func(v *visit, r *reader) error {
				if err := r.Close(); err != nil {
					return err
				}
				if err := ended(ctx, v); err != nil {
					return err
				}
				v.leave <- v.ctx.Err()
				return nil
			}, true)
		}},
		{"given up", "after a handler's error Failed is told of it, the link is closed, and a new one is made", func(ctx context.Context, k *Harness) error {
			return reconnect(ctx, k, func(v *visit, r *reader) error {
				v.leave <- errGiveUp
				if k.Connectionless {
					return nil
				}
				if b, err := r.take(ctx, 1); err == nil {
					return fmt.Errorf("the link still sends: %q", b)
				}
				return r.Close()
			}, false)
		}},
	}
}

var errGiveUp = &wfm.Error{Op: "test", Kind: wfm.Unavailable, Retry: true, Err: errors.New("the handler gives up")}

func ended(ctx context.Context, v *visit) error {
	select {
	case <-v.ctx.Done():
		return nil
	case <-ctx.Done():
		return errors.New("the handler's context did not end")
	}
}

func farewell(ctx context.Context, k *Harness) error {
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	h.stop()
	errs := conform.Parallel(4, func(n int) error {
		i := n / 2
		if n%2 == 1 {
			return r[i].expect(ctx, "shutdown\n", "bye\n")
		}
		if err := ended(ctx, v[i]); err != nil {
			return err
		}
		if cause := context.Cause(v[i].ctx); cause != context.Canceled { // exactly this one
			return fmt.Errorf("the cause is %w", cause)
		}
		return v[i].link.Send(v[i].ctx, frames("shutdown\n", "bye\n"))
	})
	return errors.Join(append(errs, h.end(ctx, v[:]...))...)
}

func waits(ctx context.Context, k *Harness) error {
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, _, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	h.stop()
	v[0].leave <- nil
	select {
	case err := <-h.served:
		h.served <- err
		return fmt.Errorf("serve returned before a handler: %w", err)
	case <-time.After(200 * time.Millisecond):
	}
	return h.end(ctx, v[1])
}

func gone(ctx context.Context, k *Harness) error {
	if k.Connectionless {
		return conform.Skip{Reason: "these links cannot notice that a receiver is gone"}
	}
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	if err := r[0].Close(); err != nil {
		return err
	}
	if err := ended(ctx, v[0]); err != nil {
		return err
	}
	if cause := context.Cause(v[0].ctx); cause == context.Canceled { // exactly this one
		return errors.New("the cause is that of the service's stop")
	}
	if v[1].ctx.Err() != nil {
		return errors.New("the other receiver's context has ended too")
	}
	v[0].leave <- nil
	f, err := h.failure(ctx)
	if err != nil || f.err == nil || f.where == "" {
		return errors.Join(err, fmt.Errorf("failed was told %+v", f))
	}
	return h.end(ctx, v[1])
}

// failure waits for a call of Failed.
func (h *host) failure(ctx context.Context) (failure, error) {
	select {
	case f := <-h.failed:
		return f, nil
	case <-ctx.Done():
		return failure{}, errors.New("failed was not told")
	}
}

// reconnect loses the first receiver's link and proves that a new one is made.
func reconnect(ctx context.Context, k *Harness, lose func(*visit, *reader) error, needsLoss bool) error {
	if needsLoss && k.Connectionless {
		return conform.Skip{Reason: "these links cannot notice that a receiver is gone"}
	}
	h := serve(ctx, k.Links)
	defer h.abandon()
	v, r, err := h.both(ctx, k)
	if err != nil {
		return err
	}
	if err := lose(v[0], r[0]); err != nil {
		return err
	}
	f, err := h.failure(ctx)
	if err != nil {
		return err
	}
	if !needsLoss && !errors.Is(f.err, errGiveUp) {
		return fmt.Errorf("failed was told: %w", f.err)
	}
	back := r[0]
	if !k.Connectionless {
		fresh, err := k.Connect(ctx, 0)
		if err != nil {
			return fmt.Errorf("connect again: %w", err)
		}
		back = &reader{Receiver: fresh, messages: k.Messages}
	}
	again, err := h.next(ctx)
	if err != nil {
		return err
	}
	errs := conform.Parallel(2, func(n int) error {
		if n == 0 {
			return again.link.Send(again.ctx, frames("snapshot\n"))
		}
		return back.expect(ctx, "snapshot\n")
	})
	return errors.Join(append(errs, h.end(ctx, again, v[1]))...)
}
