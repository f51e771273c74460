package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Cases in which a lease must hold give it an hour; those in which it must end give it so little that
// waiting is no burden, and wait for longer.
const (
	long  = time.Hour
	brief = 150 * time.Millisecond
	past  = 400 * time.Millisecond
)

var noLeases = conform.Skip{Reason: "the ledger does not implement ledger.Leases"}

// leaseCases are about who has a lease.
func leaseCases() []testCase {
	return []testCase{
		{"lease", "Acquire of a feed that nobody has makes the asker its holder, under token 1, until ttl from now in UTC", func(ctx context.Context, b *bench) error {
			l, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			if err != nil {
				return err
			}
			if l.Until.IsZero() || l.Until.Location() != time.UTC {
				return fmt.Errorf("the lease ends at %v, want an instant in UTC", l.Until)
			}
			return b.held(ctx, l)
		}},
		{"lease refused", "Acquire of a feed that another has returns the standing lease, and changes nothing", func(ctx context.Context, b *bench) error {
			l, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			if err != nil {
				return err
			}
			for range 2 {
				now, err := b.acquire(ctx, b.feed, "other", 2*long, "one", 1)
				if err != nil {
					return err
				}
				if !now.Until.Equal(l.Until) {
					return fmt.Errorf("the refused call moved the end from %v to %v", l.Until, now.Until)
				}
			}
			return b.held(ctx, l)
		}},
		{"lease prolonged", "Acquire by the holder moves the end to ttl from now and leaves the token", prolonged},
		{"lease ended", "a lease that ended goes to whoever asks, under the next token; who had it is then refused", func(ctx context.Context, b *bench) error {
			first, err := b.acquire(ctx, b.feed, "one", brief, "one", 1)
			if err != nil {
				return err
			}
			if err := b.wait(ctx, past); err != nil {
				return err
			}
			if err := b.lost(ctx, first, "one"); err != nil {
				return fmt.Errorf("after its end: %w", err)
			}
			second, err := b.acquire(ctx, b.feed, "other", long, "other", 2)
			if err != nil {
				return err
			}
			if err := b.lost(ctx, first, "other"); err != nil {
				return fmt.Errorf("after another took it: %w", err)
			}
			if _, err = b.acquire(ctx, b.feed, "one", long, "other", 2); err != nil {
				return err
			}
			return b.held(ctx, second)
		}},
		{"lease resumed", "the holder of a lease that ended prolongs it under the old token as long as nobody else asked", func(ctx context.Context, b *bench) error {
			if _, err := b.acquire(ctx, b.feed, "one", brief, "one", 1); err != nil {
				return err
			}
			if err := b.wait(ctx, past); err != nil {
				return err
			}
			l, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			if err != nil {
				return err
			}
			return b.held(ctx, l)
		}},
		{"lease released", "Release ends a lease at once, for its own token only; a second one is no error", released},
		{"lease tokens", "the token grows by one each time that the feed passes, also back to an earlier holder's host", func(ctx context.Context, b *bench) error {
			for n := int64(1); n <= 5; n++ {
				holder := fmt.Sprintf("host %d process %d", n%2, n)
				l, err := b.acquire(ctx, b.feed, holder, long, holder, n)
				if err != nil {
					return err
				}
				if err := b.leases.Release(ctx, l); err != nil {
					return err
				}
			}
			return nil
		}},
		{"lease per feed", "each feed has a lease of its own; letter case in feeds and holders counts", func(ctx context.Context, b *bench) error {
			a, err := b.acquire(ctx, b.feed+" a", "one", long, "one", 1)
			if err != nil {
				return err
			}
			if _, err := b.acquire(ctx, b.feed+" A", "other", long, "other", 1); err != nil {
				return err
			}
			if _, err := b.acquire(ctx, b.feed+" a", "ONE", long, "one", 1); err != nil {
				return err
			}
			return b.held(ctx, a)
		}},
		{"lease unknown", "Held of a lease that no feed ever had is a *LostError, and Release of one no error", func(ctx context.Context, b *bench) error {
			if b.leases == nil {
				return noLeases
			}
			l := ledger.Lease{Feed: b.feed, Holder: "one", Token: 1}
			if err := b.leases.Release(ctx, l); err != nil {
				return fmt.Errorf("release: %w", err)
			}
			return b.lost(ctx, l, "")
		}},
		{"lease arguments", "Acquire refuses what CheckLease refuses", func(ctx context.Context, b *bench) error {
			if b.leases == nil {
				return noLeases
			}
			for _, c := range []struct {
				feed, holder string
				ttl          time.Duration
			}{{"", "one", long}, {b.feed, "", long}, {b.feed, "one", 0}, {b.feed, "one", -long}, {b.feed, "one", 2 * ledger.MaxTTL}, {b.feed, "one ", long}} {
				if l, err := b.leases.Acquire(ctx, c.feed, c.holder, c.ttl); wfm.KindOf(err) != wfm.BadConfig {
					return fmt.Errorf("Acquire(%q, %q, %s) returned %+v, %v, want kind bad configuration", c.feed, c.holder, c.ttl, l, err)
				}
			}
			_, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			return err
		}},
		{"holders", "Holders returns one lease for each feed that ever had one, ended ones too, ordered by feed", holders},
		{"lease cancelled", "with a context that has ended Acquire, Held and Holders fail, and nobody has the feed", func(ctx context.Context, b *bench) error {
			if b.leases == nil {
				return noLeases
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := b.leases.Acquire(ended, b.feed, "one", long); err == nil {
				return errors.New("acquire succeeded")
			}
			l, err := b.acquire(ctx, b.feed, "other", long, "other", 1)
			if err != nil {
				return err
			}
			if err := b.leases.Held(ended, l); err == nil || ledger.IsLost(err) {
				return fmt.Errorf("held returned %v, want the end of the context", err)
			}
			if _, err := b.leases.Holders(ended); err == nil {
				return errors.New("holders succeeded")
			}
			if err := b.leases.Release(ended, l); err == nil {
				return errors.New("release succeeded")
			}
			return b.held(ctx, l)
		}},
		{"lease lasts", "a lease is there after the ledger was closed and opened again", func(ctx context.Context, b *bench) error {
			if err := b.durable(); err != nil {
				return err
			}
			l, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			if err != nil {
				return err
			}
			if err := errors.Join(b.close(), b.open(ctx)); err != nil {
				return err
			}
			if _, err := b.acquire(ctx, b.feed, "other", long, "one", 1); err != nil {
				return err
			}
			return b.held(ctx, l)
		}},
		{"lease and clock", "where the clock of the store is set, only the token counts for the fence, and nobody waits for longer than the time to live", clockSet},
		{"lease at once", "of many that ask at once for a feed that nobody has, or whose lease ended, one gets it and all are told who", leaseAtOnce},
	}
}

// acquire asks for a lease and checks who has it afterwards.
func (b *bench) acquire(ctx context.Context, feed, holder string, ttl time.Duration, want string, token int64) (ledger.Lease, error) {
	if b.leases == nil {
		return ledger.Lease{}, noLeases
	}
	l, err := b.leases.Acquire(ctx, feed, holder, ttl)
	if err != nil {
		return l, fmt.Errorf("acquire: %w", err)
	}
	if l.Feed != feed || l.Holder != want || l.Token != token {
		return l, fmt.Errorf("%q asked for feed %q, and the lease is %+v, want holder %q and token %d", holder, feed, l, want, token)
	}
	return l, nil
}

func (b *bench) held(ctx context.Context, l ledger.Lease) error {
	if err := b.leases.Held(ctx, l); err != nil {
		return fmt.Errorf("held: %w", err)
	}
	return nil
}

// lost checks that a lease holds no longer, and who has the feed now.
func (b *bench) lost(ctx context.Context, l ledger.Lease, now string) error {
	return lostTo(b.leases.Held(ctx, l), l, now)
}

func lostTo(err error, l ledger.Lease, now string) error {
	var lost *ledger.LostError
	switch {
	case !errors.As(err, &lost):
		return fmt.Errorf("the error is %v, want a *ledger.LostError", err)
	case lost.Lease != l:
		return fmt.Errorf("the error is about lease %+v, want %+v", lost.Lease, l)
	case lost.Now.Holder != now:
		return fmt.Errorf("the error says that %q has the feed, want %q", lost.Now.Holder, now)
	}
	return nil
}

func prolonged(ctx context.Context, b *bench) error {
	first, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
	if err != nil {
		return err
	}
	longer, err := b.acquire(ctx, b.feed, "one", 3*long, "one", 1)
	if err != nil {
		return err
	}
	if d := longer.Until.Sub(first.Until); d < long || d > 3*long {
		return fmt.Errorf("an hour became three, and the end moved by %s", d)
	}
	shorter, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
	if err != nil {
		return err
	}
	if d := longer.Until.Sub(shorter.Until); d < long || d > 3*long {
		return fmt.Errorf("three hours became one, and the end moved back by %s", d)
	}
	// Earlier copies of the same lease hold as well: the token counts.
	return errors.Join(b.held(ctx, first), b.held(ctx, longer), b.held(ctx, shorter))
}

func released(ctx context.Context, b *bench) error {
	first, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
	if err != nil {
		return err
	}
	for range 2 {
		if err := b.leases.Release(ctx, first); err != nil {
			return fmt.Errorf("release: %w", err)
		}
		if err := b.lost(ctx, first, "one"); err != nil {
			return fmt.Errorf("after the release: %w", err)
		}
	}
	if _, err := b.acquire(ctx, b.feed, "one", long, "one", 1); err != nil {
		return fmt.Errorf("its own holder takes it up again: %w", err)
	}
	if err := b.leases.Release(ctx, first); err != nil {
		return err
	}
	second, err := b.acquire(ctx, b.feed, "other", long, "other", 2)
	if err != nil {
		return err
	}
	if err := b.leases.Release(ctx, first); err != nil {
		return fmt.Errorf("release of a lease that passed on: %w", err)
	}
	return b.held(ctx, second)
}

func holders(ctx context.Context, b *bench) error {
	var want []string
	for _, name := range []string{"b", "a", "Z"} {
		l, err := b.acquire(ctx, b.feed+" "+name, "one", long, "one", 1)
		if err != nil {
			return err
		}
		want = append(want, l.Feed)
		if name == "a" {
			if err := b.leases.Release(ctx, l); err != nil {
				return err
			}
		}
	}
	if _, err := b.acquire(ctx, b.feed+" a", "other", long, "other", 2); err != nil {
		return err
	}
	slices.Sort(want)
	list, err := b.leases.Holders(ctx)
	if err != nil {
		return fmt.Errorf("holders: %w", err)
	}
	var got []string
	for _, l := range list {
		if !strings.HasPrefix(l.Feed, b.feed) {
			continue // what other cases left
		}
		got = append(got, l.Feed)
		holder, token := "one", int64(1)
		if strings.HasSuffix(l.Feed, " a") {
			holder, token = "other", 2
		}
		if l.Holder != holder || l.Token != token || l.Until.IsZero() || l.Until.Location() != time.UTC {
			return fmt.Errorf("the lease of %q is %+v, want holder %q, token %d and an end in UTC", l.Feed, l, holder, token)
		}
	}
	if !slices.Equal(got, want) {
		return fmt.Errorf("the feeds are %q, want %q", got, want)
	}
	return nil
}

func leaseAtOnce(ctx context.Context, b *bench) error {
	if b.leases == nil {
		return noLeases
	}
	const many = 8
	for token := int64(1); token <= 3; token++ {
		leases := make([]ledger.Lease, many)
		errs := conform.Parallel(many, func(i int) (err error) {
			leases[i], err = b.leases.Acquire(ctx, b.feed, fmt.Sprintf("process %d of round %d", i, token), long)
			return err
		})
		if err := errors.Join(errs...); err != nil {
			return err
		}
		winners := 0
		for i, l := range leases {
			if l.Holder == fmt.Sprintf("process %d of round %d", i, token) {
				winners++
			}
			if l.Holder != leases[0].Holder || l.Token != token {
				return fmt.Errorf("one was told %+v, another %+v, want one holder and token %d", leases[0], l, token)
			}
		}
		if winners != 1 {
			return fmt.Errorf("%d of %d got the lease, want 1", winners, many)
		}
		if err := b.leases.Release(ctx, leases[0]); err != nil {
			return err
		}
	}
	return nil
}
