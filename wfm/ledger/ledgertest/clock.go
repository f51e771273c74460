package ledgertest

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// clockSet moves the clock of the store. Two never hold a feed by token, nobody waits for longer than the
// time to live, and a holder that lives keeps its feed where the clock went back.
func clockSet(ctx context.Context, b *bench) error {
	if b.leases == nil {
		return noLeases
	}
	if b.subject.Move == nil {
		return conform.Skip{Reason: "the clock of the store cannot be set (Subject.Move)"}
	}
	const ttl = time.Minute
	leases := map[int64]ledger.Lease{}
	for n, step := range []struct {
		why          string
		move         time.Duration
		asks, has    string
		token        int64
		fencedAreOld int64 // leases up to this token may no longer write
	}{
		{"a free feed", 0, "a", "a", 1, 0},
		{"set back; the holder may live, so its time counts anew", -2 * time.Hour, "b", "a", 1, 0},
		{"and it does", ttl / 2, "a", "a", 1, 0},
		{"so that it keeps the feed", ttl / 2, "b", "a", 1, 0},
		{"until it no longer asks", ttl, "b", "b", 2, 1},
		{"set back: the token counts for the fence, not the clock", -2 * time.Hour, "b", "b", 2, 1},
		{"set forward: a living holder loses the feed", 3 * time.Hour, "c", "c", 3, 2},
		{"set back after it was given back, which stands", -2 * time.Hour, "d", "d", 4, 3},
	} {
		if step.asks == "d" {
			if err := b.leases.Release(ctx, leases[3]); err != nil {
				return err
			}
		}
		b.subject.Move(step.move)
		l, err := b.acquire(ctx, b.feed, step.asks, ttl, step.has, step.token)
		if err != nil {
			return fmt.Errorf("%s: %w", step.why, err)
		}
		leases[l.Token] = l
		for token, l := range leases {
			err := b.leases.Fenced(l).SetWatermark(ctx, b.feed, b.key(n).Period.End)
			if old := token <= step.fencedAreOld; old != ledger.IsLost(err) || !old && err != nil {
				return fmt.Errorf("%s: writing under token %d returned %v", step.why, token, err)
			}
		}
	}
	return nil
}
