package deliverytest

import (
	"context"
	"errors"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// fenceCases are about transports to which two instances deliver in turn.
func fenceCases() []testCase {
	return []testCase{
		{"fence held", "a fenced delivery whose lease holds is a delivery", func(ctx context.Context, h *Harness) error {
			f, err := h.fencer()
			if err != nil {
				return err
			}
			asked := 0
			a := artifact("call.txt", noise(11, 70_000))
			receipt, err := f.DeliverFenced(ctx, a, delivery.Fence{Token: 7, Held: func(context.Context) error { asked++; return nil }})
			if err != nil {
				return err
			}
			if asked != 1 || receipt.Bytes != 70_000 || receipt.Where == "" {
				return fmt.Errorf("the fence was asked %d times, the receipt is %+v", asked, receipt)
			}
			return h.holds(ctx, map[string][]byte{"call.txt": a.Bytes})
		}},
		{"fence lost", "where the lease is lost nothing becomes visible, nothing is left, and the error is Held's", func(ctx context.Context, h *Harness) error {
			f, err := h.fencer()
			if err != nil {
				return err
			}
			if err := h.deliver(ctx, artifact("call.txt", []byte("the other's"))); err != nil {
				return err
			}
			lost := errors.New("the lease is lost")
			_, err = f.DeliverFenced(ctx, artifact("call.txt", []byte("mine")), delivery.Fence{Token: 7, Held: func(context.Context) error { return lost }})
			if !errors.Is(err, lost) {
				return fmt.Errorf("the delivery returned %v", err)
			}
			return h.holds(ctx, map[string][]byte{"call.txt": []byte("the other's")})
		}},
		{"expelled", "a holder whose partial file was expelled after its last look at the lease makes nothing visible", expelled},
	}
}

// expelled lets the next holder take over at the worst moment: between the look at the lease and the rename.
func expelled(ctx context.Context, h *Harness) error {
	f, err := h.fencer()
	if err != nil {
		return err
	}
	a, other := artifact("call.txt", noise(12, 70_000)), artifact("call.txt2", []byte("untouched"))
	if err := h.deliver(ctx, other); err != nil {
		return err
	}
	takeOver := func(ctx context.Context) error {
		for _, step := range []struct {
			what  string
			of    wfm.Artifact
			token int64
			want  int
		}{
			{"of another file", other, 8, 0},
			{"under its own token", a, 7, 0},
			{"of the file, under a later token", a, 8, 1},
		} {
			n, err := f.Expel(ctx, step.of, step.token)
			if err != nil {
				return fmt.Errorf("expel %s: %w", step.what, err)
			}
			if n != step.want {
				return fmt.Errorf("expel %s removed %d partial files; want %d, as Held is asked after all is written under Fence.PartialName and before the rename; "+
					"a destination that has no rename cannot keep this: leave delivery.Fencer out", step.what, n, step.want)
			}
		}
		return nil
	}
	var took error
	_, err = f.DeliverFenced(ctx, a, delivery.Fence{Token: 7, Held: func(ctx context.Context) error { took = takeOver(ctx); return nil }})
	if took != nil {
		return took
	}
	if err == nil {
		return errors.New("the delivery of the earlier holder succeeded")
	}
	if err := h.holds(ctx, map[string][]byte{"call.txt2": other.Bytes}); err != nil {
		return err
	}
	if _, err := f.DeliverFenced(ctx, a, delivery.Fence{Token: 8}); err != nil {
		return err
	}
	return h.holds(ctx, map[string][]byte{"call.txt": a.Bytes, "call.txt2": other.Bytes})
}

func (h *Harness) fencer() (delivery.Fencer, error) {
	f, ok := h.Transport.(delivery.Fencer)
	if !ok {
		return nil, conform.Skip{Reason: "the transport does not implement delivery.Fencer: " +
			"two instances can deliver one file twice, with the same bytes, where one was paused"}
	}
	return f, nil
}
