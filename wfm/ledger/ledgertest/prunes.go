package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// pruneCases are about forgetting.
func pruneCases() []testCase {
	return []testCase{
		{"prune", "Prune removes the delivered entries of the feed whose period ended before the time, and nothing else, and counts them", prune},
		{"prune many", "Prune removes each of many entries, however few it takes at a time", func(ctx context.Context, b *bench) error {
			p, err := b.pruner()
			if err != nil {
				return err
			}
			const many = 430
			for n := range many {
				k := b.key(0)
				k.Name = fmt.Sprintf("%d.txt", n)
				if _, err := b.begin(ctx, k, one); err != nil {
					return err
				}
				if err := b.ledger.Commit(ctx, k, there); err != nil {
					return err
				}
			}
			n, err := p.Prune(ctx, b.feed, b.key(1).Period.End)
			if err != nil || n != many {
				return errors.Join(fmt.Errorf("prune removed %d of %d", n, many), err)
			}
			list, err := b.list(ctx, b.feed, wide)
			return cmp.Or(err, matches(list, nil))
		}},
		{"prune cancelled", "with a context that has ended Prune fails and removes nothing", func(ctx context.Context, b *bench) error {
			p, err := b.pruner()
			if err := cmp.Or(err, b.beginAll(ctx, []ledger.Key{b.key(0)})); err != nil {
				return err
			}
			if err := b.ledger.Commit(ctx, b.key(0), there); err != nil {
				return err
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := p.Prune(ended, b.feed, b.key(9).Period.End); err == nil {
				return errors.New("prune succeeded")
			}
			return b.sole(ctx, b.key(0), one, ledger.Delivered, there)
		}},
	}
}

func (b *bench) pruner() (ledger.Pruner, error) {
	p, ok := b.ledger.(ledger.Pruner)
	if !ok {
		return nil, conform.Skip{Reason: "the ledger does not implement ledger.Pruner"}
	}
	return p, nil
}

func prune(ctx context.Context, b *bench) error {
	p, err := b.pruner()
	if err != nil {
		return err
	}
	elsewhere := b.key(0)
	elsewhere.Feed += " B"
	keys := []ledger.Key{b.key(0), b.key(1), b.key(2), b.key(3), elsewhere}
	if err := b.beginAll(ctx, keys); err != nil {
		return err
	}
	for _, n := range []int{0, 2, 3, 4} { // 1 is never confirmed
		if err := b.ledger.Commit(ctx, keys[n], there); err != nil {
			return err
		}
	}
	marks, progress := b.ledger.(ledger.Progress)
	if progress {
		if err := marks.SetWatermark(ctx, b.feed, b.key(0).Period.End); err != nil {
			return err
		}
	}
	for _, want := range []int{1, 0} { // the period of 2 ends at the time, not before it
		n, err := p.Prune(ctx, b.feed, b.key(2).Period.End)
		if err != nil || n != want {
			return errors.Join(fmt.Errorf("prune removed %d entries, want %d", n, want), err)
		}
	}
	list, err := b.list(ctx, b.feed, wide)
	if err := cmp.Or(err, matches(list, keys[1:4])); err != nil {
		return err
	}
	if list, err = b.list(ctx, elsewhere.Feed, wide); err != nil || len(list) != 1 {
		return errors.Join(fmt.Errorf("the other feed has %d entries, want 1", len(list)), err)
	}
	if progress {
		if err := b.at(ctx, b.feed, b.key(0).Period.End); err != nil {
			return err
		}
	}
	e, err := b.begin(ctx, b.key(0), other) // nothing is known of it any more
	if err == nil && e.Status != ledger.Begun {
		err = fmt.Errorf("a pruned key is %s", e.Status)
	}
	return err
}
