package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// lastingCases are about what outlives the ledger, and about Progress.
func lastingCases() []testCase {
	return []testCase{
		{"reopen", "what Begin and Commit returned is there after the ledger was closed and opened again", reopen},
		{"no watermark", "a feed that never set a watermark has none, which is no error", func(ctx context.Context, b *bench) error {
			p, err := b.progress()
			if err != nil {
				return err
			}
			t, ok, err := p.Watermark(ctx, b.feed)
			if err == nil && (ok || !t.IsZero()) {
				err = fmt.Errorf("a feed that set no watermark has %v, %t", t, ok)
			}
			return err
		}},
		{"watermark", "the watermark is what was set, in UTC and for its feed only, and never moves back", watermark},
		{"watermark at once", "of many goroutines that set a watermark the latest time stands", watermarkAtOnce},
		{"watermark lasts", "a watermark is there after the ledger was closed and opened again", func(ctx context.Context, b *bench) error {
			p, err := b.progress()
			if err := cmp.Or(err, b.durable()); err != nil {
				return err
			}
			t := b.key(5).Period.End
			if err := cmp.Or(p.SetWatermark(ctx, b.feed, t), b.close(), b.open(ctx)); err != nil {
				return err
			}
			return b.at(ctx, b.feed, t)
		}},
	}
}

func (b *bench) durable() error {
	if !b.subject.Durable {
		return conform.Skip{Reason: "the ledger does not claim to last (Subject.Durable)"}
	}
	return nil
}

func (b *bench) progress() (ledger.Progress, error) {
	p, ok := b.ledger.(ledger.Progress)
	if !ok {
		return nil, conform.Skip{Reason: "the ledger does not implement ledger.Progress"}
	}
	return p, nil
}

func reopen(ctx context.Context, b *bench) error {
	if err := cmp.Or(b.durable(), b.beginAll(ctx, []ledger.Key{b.key(0), b.key(1)})); err != nil {
		return err
	}
	if err := b.ledger.Commit(ctx, b.key(1), there); err != nil {
		return err
	}
	before, err := b.list(ctx, b.feed, wide)
	if err := cmp.Or(err, b.close(), b.open(ctx)); err != nil {
		return err
	}
	after, err := b.list(ctx, b.feed, wide)
	if err != nil {
		return err
	}
	if len(after) != 2 {
		return fmt.Errorf("%d entries after opening again, want 2", len(after))
	}
	for i := range after {
		if !after[i].BegunAt.Equal(before[i].BegunAt) || !after[i].DeliveredAt.Equal(before[i].DeliveredAt) {
			return errors.New("the clock readings of an entry changed by closing and opening")
		}
	}
	return cmp.Or(expect(after[0], b.key(0), one, ledger.Begun, delivery.Receipt{}),
		expect(after[1], b.key(1), one, ledger.Delivered, there))
}

// at checks the watermark of a feed.
func (b *bench) at(ctx context.Context, feed string, want time.Time) error {
	p, err := b.progress()
	if err != nil {
		return err
	}
	t, ok, err := p.Watermark(ctx, feed)
	switch {
	case err != nil:
		return err
	case !ok || !t.Equal(want):
		return fmt.Errorf("the watermark is %v, %t, want %v", t, ok, want)
	case t.Location() != time.UTC:
		return errors.New("the watermark is not in UTC")
	}
	return nil
}

func watermark(ctx context.Context, b *bench) error {
	p, err := b.progress()
	if err != nil {
		return err
	}
	t := b.key(8).Period.End
	elsewhere := time.FixedZone("there", 5*3600+1800)
	for _, step := range []struct {
		feed      string
		set, want time.Time
	}{
		{b.feed, t, t},
		{b.feed, t, t},
		{b.feed, t.Add(-time.Hour), t},
		{b.feed + " A", t.Add(-time.Hour), t.Add(-time.Hour)},
		{b.feed + " a", t.Add(time.Hour), t.Add(time.Hour)},
		{b.feed, t.Add(15 * time.Minute).In(elsewhere), t.Add(15 * time.Minute)},
		{b.feed, t.Add(20 * time.Minute).Add(-time.Hour).In(elsewhere), t.Add(15 * time.Minute)},
	} {
		if err := cmp.Or(p.SetWatermark(ctx, step.feed, step.set), b.at(ctx, step.feed, step.want)); err != nil {
			return fmt.Errorf("after setting %v: %w", step.set, err)
		}
	}
	return b.at(ctx, b.feed+" A", t.Add(-time.Hour))
}

func watermarkAtOnce(ctx context.Context, b *bench) error {
	p, err := b.progress()
	if err != nil {
		return err
	}
	const rounds, many = 6, 16 // several rounds, because the latest time may come last by chance
	for round := range rounds {
		feed := fmt.Sprintf("%s round %d", b.feed, round)
		errs := conform.Parallel(many, func(i int) error {
			return p.SetWatermark(ctx, feed, b.key((i*7+round)%many).Period.End)
		})
		if err := cmp.Or(errors.Join(errs...), b.at(ctx, feed, b.key(many-1).Period.End)); err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
	}
	return nil
}
