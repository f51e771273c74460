package ledgertest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
)

// lateFence checks the lease and changes the ledger afterwards, or checks what it should not.
type lateFence struct {
	*broken
	lease ledger.Lease
	check func(ctx context.Context, l ledger.Lease) error
}

func (f lateFence) look(ctx context.Context, feed string) error {
	if err := ledger.CheckFenced(f.lease, feed); err != nil {
		return err
	}
	return f.check(ctx, f.lease)
}

func (f lateFence) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	if err := f.look(ctx, k.Feed); err != nil {
		return ledger.Entry{}, err
	}
	return f.Memory.Begin(ctx, k, d)
}

func (f lateFence) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	if err := f.look(ctx, k.Feed); err != nil {
		return err
	}
	return f.Memory.Commit(ctx, k, r)
}

func (f lateFence) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	if err := f.look(ctx, feed); err != nil {
		return err
	}
	return f.Memory.SetWatermark(ctx, feed, t)
}

// passed tells whether the feed passed to another holder.
func passed(m *ledger.Memory, ctx context.Context, l ledger.Lease) error {
	var lost *ledger.LostError
	if err := m.Held(ctx, l); !errors.As(err, &lost) || lost.Now.Token == l.Token && lost.Now.Holder == l.Holder {
		return nil
	}
	return lost
}

func TestEveryRuleOfLeasesCanFail(t *testing.T) {
	mustFail(t, map[string]breach{
		"whoever asks gets it": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				if err == nil && l.Holder != holder {
					_ = b.Memory.Release(ctx, l)
					return b.Memory.Acquire(ctx, feed, holder, ttl)
				}
				return l, err
			}
		}, []string{"lease refused", "lease ended", "lease at once"}},
		"a refusal says that it worked": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				l.Holder = holder
				return l, err
			}
		}, []string{"lease refused", "lease lasts|lease ended", "lease at once"}},
		"a refusal prolongs": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				if err == nil && l.Holder != holder {
					return b.Memory.Acquire(ctx, feed, l.Holder, ttl)
				}
				return l, err
			}
		}, []string{"lease refused"}},
		"the token stays": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				l.Token = min(l.Token, 1)
				return l, err
			}
		}, []string{"lease ended", "lease tokens"}},
		"the token grows with each call": {func(b *broken) {
			var mu sync.Mutex
			n := int64(0)
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				mu.Lock()
				defer mu.Unlock()
				n++
				l.Token = n
				return l, err
			}
		}, []string{"lease prolonged", "lease resumed", "lease refused"}},
		"it is not prolonged": {func(b *broken) {
			var mu sync.Mutex
			first := map[string]ledger.Lease{}
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				mu.Lock()
				defer mu.Unlock()
				if old, ok := first[feed]; ok && old.Token == l.Token {
					return old, err
				}
				first[feed] = l
				return l, err
			}
		}, []string{"lease prolonged"}},
		"it never ends": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				if ttl > 0 && ttl < time.Minute {
					ttl = time.Hour
				}
				return b.Memory.Acquire(ctx, feed, holder, ttl)
			}
		}, []string{"lease ended", "fence"}},
		"a clock set back holds the feed": {func(b *broken) {
			var mu sync.Mutex
			until := map[string]ledger.Lease{}
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				mu.Lock()
				defer mu.Unlock()
				before := until[feed]
				list, _ := b.Memory.Holders(ctx)
				for _, l := range list { // what stands is looked at without regard to the clock
					if l.Feed == feed && l.Holder != holder && l.Until.Before(before.Until) {
						return l, nil
					}
				}
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				until[feed] = l
				return l, err
			}
		}, []string{"lease and clock"}},
		"local time": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				l.Until = l.Until.In(time.FixedZone("here", 3600))
				return l, err
			}
		}, []string{"lease"}},
		"nothing is checked": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, feed, holder, ttl)
				if wfm.KindOf(err) == wfm.BadConfig {
					err = nil
				}
				return l, err
			}
		}, []string{"lease arguments"}},
		"feeds fold case": {func(b *broken) {
			b.acquire = func(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				l, err := b.Memory.Acquire(ctx, strings.ToLower(feed), holder, ttl)
				l.Feed = feed
				return l, err
			}
		}, []string{"lease per feed"}},
		"look, then take": {func(b *broken) {
			var mu sync.Mutex
			leases := map[string]ledger.Lease{}
			b.acquire = func(_ context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				mu.Lock()
				l := leases[feed]
				mu.Unlock()
				if l.Holder != "" && l.Holder != holder && l.Until.After(time.Now()) {
					return l, nil
				}
				time.Sleep(5 * time.Millisecond)
				l = ledger.Lease{Feed: feed, Holder: holder, Token: l.Token + 1, Until: time.Now().Add(ttl).UTC()}
				mu.Lock()
				leases[feed] = l
				mu.Unlock()
				return l, nil
			}
		}, []string{"lease at once"}},
		"release does nothing": {func(b *broken) {
			b.release = func(context.Context, ledger.Lease) error { return nil }
		}, []string{"lease released", "lease tokens"}},
		"release of any lease": {func(b *broken) {
			b.release = func(ctx context.Context, l ledger.Lease) error {
				list, err := b.Memory.Holders(ctx)
				for _, now := range list {
					if now.Feed == l.Feed {
						err = b.Memory.Release(ctx, now)
					}
				}
				return err
			}
		}, []string{"lease released"}},
		"release twice is an error": {func(b *broken) {
			b.release = func(ctx context.Context, l ledger.Lease) error {
				return errors.Join(b.Memory.Held(ctx, l), b.Memory.Release(ctx, l))
			}
		}, []string{"lease released", "lease unknown"}},
		"held looks at the token only": {func(b *broken) {
			b.held = func(ctx context.Context, l ledger.Lease) error { return passed(b.Memory, ctx, l) }
		}, []string{"lease ended", "lease released"}},
		"held says something else": {func(b *broken) {
			b.held = func(ctx context.Context, l ledger.Lease) error {
				if err := b.Memory.Held(ctx, l); err != nil {
					return errors.New("no")
				}
				return nil
			}
		}, []string{"lease ended", "lease released", "lease unknown"}},
		"held knows of no lease": {func(b *broken) {
			b.held = func(_ context.Context, l ledger.Lease) error { return &ledger.LostError{Lease: l} }
		}, []string{"lease", "lease lasts|lease ended"}},
		"context ignored": {func(b *broken) {
			b.acquire = func(_ context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
				return b.Memory.Acquire(context.Background(), feed, holder, ttl)
			}
		}, []string{"lease cancelled"}},
		"holders in any order": {func(b *broken) {
			b.holders = func(ctx context.Context) ([]ledger.Lease, error) {
				list, err := b.Memory.Holders(ctx)
				slices.Reverse(list)
				return list, err
			}
		}, []string{"holders"}},
		"holders of the past": {func(b *broken) {
			b.holders = func(ctx context.Context) ([]ledger.Lease, error) {
				list, err := b.Memory.Holders(ctx)
				return append(list, ledger.Lease{Feed: list[len(list)-1].Feed, Holder: "one", Token: 1, Until: time.Now().UTC()}), err
			}
		}, []string{"holders"}},
		"no fence": {func(b *broken) {
			b.fenced = func(ledger.Lease) ledger.FencedLedger { return b.Memory }
		}, []string{"fence", "fence after release", "fence of none", "fence of one feed", "fence at once"}},
		"a fence before the change": {func(b *broken) {
			b.fenced = func(l ledger.Lease) ledger.FencedLedger {
				return lateFence{b, l, func(ctx context.Context, l ledger.Lease) error {
					err := passed(b.Memory, ctx, l)
					time.Sleep(20 * time.Millisecond)
					return err
				}}
			}
		}, []string{"fence at once"}},
		"a fence that goes by the clock": {func(b *broken) {
			b.fenced = func(l ledger.Lease) ledger.FencedLedger {
				return lateFence{b, l, b.Memory.Held}
			}
		}, []string{"fenced"}},
		"a fence that lets delivered keys pass": {func(b *broken) {
			b.fenced = func(l ledger.Lease) ledger.FencedLedger { return deliveredPass{b.Memory.Fenced(l), b.Memory} }
		}, []string{"fence"}},
		"prune takes what was begun": {func(b *broken) {
			b.prune = func(ctx context.Context, feed string, t time.Time) (int, error) {
				for e := range b.Memory.Entries(ctx, feed, everything()) {
					if e.Status == ledger.Begun {
						_ = b.Memory.Commit(ctx, e.Key, delivery.Receipt{})
					}
				}
				return b.Memory.Prune(ctx, feed, t)
			}
		}, []string{"prune"}},
		"prune takes what ends at the time": {func(b *broken) {
			b.prune = func(ctx context.Context, feed string, t time.Time) (int, error) {
				return b.Memory.Prune(ctx, feed, t.Add(time.Nanosecond))
			}
		}, []string{"prune"}},
		"prune takes every feed": {func(b *broken) {
			b.prune = func(ctx context.Context, feed string, t time.Time) (int, error) {
				_, _ = b.Memory.Prune(ctx, feed+" B", t)
				return b.Memory.Prune(ctx, feed, t)
			}
		}, []string{"prune"}},
		"prune does not count": {func(b *broken) {
			b.prune = func(ctx context.Context, feed string, t time.Time) (int, error) {
				_, err := b.Memory.Prune(ctx, feed, t)
				return 0, err
			}
		}, []string{"prune", "prune many"}},
		"prune stops early": {func(b *broken) {
			b.prune = func(ctx context.Context, feed string, t time.Time) (int, error) {
				kept := 0
				var late []ledger.Entry
				for e := range b.Memory.Entries(ctx, feed, everything()) {
					if kept++; kept > 200 {
						late = append(late, e)
					}
				}
				n, err := b.Memory.Prune(ctx, feed, t)
				for _, e := range late {
					_, _ = b.Memory.Begin(ctx, e.Key, e.Digest)
				}
				return n, err
			}
		}, []string{"prune many"}},
		"prune ignores its context": {func(b *broken) {
			b.prune = func(_ context.Context, feed string, t time.Time) (int, error) {
				return b.Memory.Prune(context.Background(), feed, t)
			}
		}, []string{"prune cancelled"}},
	})
}

func everything() wfm.Window {
	return wfm.Window{Start: time.Unix(0, 0), End: time.Unix(1<<40, 0)}
}

// deliveredPass looks a key up before it looks at the lease.
type deliveredPass struct {
	ledger.FencedLedger
	plain *ledger.Memory
}

func (d deliveredPass) Begin(ctx context.Context, k ledger.Key, digest wfm.Digest) (ledger.Entry, error) {
	for e := range d.plain.Entries(ctx, k.Feed, everything()) {
		if e.Key.Name == k.Name && e.Status == ledger.Delivered {
			return e, nil
		}
	}
	return d.FencedLedger.Begin(ctx, k, digest)
}

// bare has nothing beyond the Ledger.
type bare struct{ l ledger.Ledger }

func (b bare) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	return b.l.Begin(ctx, k, d)
}
func (b bare) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	return b.l.Commit(ctx, k, r)
}
func (b bare) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
	return b.l.Entries(ctx, feed, w)
}

// TestWhatIsMissingIsSkipped runs the kit on a ledger without progress, leases and pruning.
func TestWhatIsMissingIsSkipped(t *testing.T) {
	require.NoError(t, ledgertest.Check(t.Context(), ledgertest.Subject{
		Open: func(context.Context) (ledger.Ledger, error) { return bare{ledger.NewMemory(nil)}, nil }}))
}
