package integration

import (
	"context"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// send delivers: the intent is durable before the first byte leaves, the commit follows the effect. before is the newest
// entry of the same file, if there is one.
func (s *Service) send(ctx context.Context, f *feed, o *Outcome, before ledger.Entry) error {
	key := ledger.Key{Feed: f.key, Kind: o.Artifact.Kind, Period: o.Artifact.Interval, Part: o.Artifact.Part,
		Revision: o.Artifact.Revision, Name: o.Artifact.Name}
	entry, err := f.ledger.Begin(ctx, key, o.Digest)
	if err != nil {
		return fmt.Errorf("record the intent to deliver %s: %w", wfm.Quote(key.Name), err)
	}
	if entry.Status == ledger.Delivered {
		o.Action, o.Receipt = Skipped, entry.Receipt
		return nil
	}
	if before.Status == ledger.Begun {
		if err := f.expel(ctx, o, before); err != nil {
			return fmt.Errorf("end an earlier attempt at %s: %w", wfm.Quote(before.Key.Name), err)
		}
	}
	landed := false
	if prober, ok := f.Transport.(delivery.Prober); ok {
		if o.Receipt, landed, err = prober.Probe(ctx, o.Artifact); err != nil {
			return fmt.Errorf("look for an earlier attempt at %s: %w", wfm.Quote(key.Name), err)
		}
	}
	if !landed {
		if o.Receipt, err = f.deliver(ctx, o.Artifact); err != nil {
			return fmt.Errorf("deliver %s: %w", wfm.Quote(key.Name), err)
		}
	}
	if err := f.ledger.Commit(ctx, key, o.Receipt); err != nil {
		return fmt.Errorf("record the delivery of %s: %w", wfm.Quote(key.Name), err)
	}
	return nil
}

// expel ends for good what an earlier holder of the lease may still be doing: it can be paused with its last look at
// the lease behind it and the rename before it.
func (f *feed) expel(ctx context.Context, o *Outcome, before ledger.Entry) error {
	fencer, ok := f.Transport.(delivery.Fencer)
	if !ok || f.tenure == nil {
		return nil
	}
	earlier := wfm.Artifact{Name: before.Key.Name}
	if before.Digest == o.Digest {
		earlier.Bytes = o.Artifact.Bytes // so that what this holder left itself is spared, and overwritten
	}
	_, err := fencer.Expel(ctx, earlier, f.tenure.get().Token)
	return err
}

// deliver delivers under the lease, if there is one.
func (f *feed) deliver(ctx context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	if f.tenure == nil {
		return f.Transport.Deliver(ctx, a)
	}
	fence := delivery.Fence{Token: f.tenure.get().Token, Held: f.tenure.held}
	if fencer, ok := f.Transport.(delivery.Fencer); ok {
		return fencer.DeliverFenced(ctx, a, fence)
	}
	if err := fence.Still(ctx); err != nil {
		return delivery.Receipt{}, err
	}
	return f.Transport.Deliver(ctx, a)
}
