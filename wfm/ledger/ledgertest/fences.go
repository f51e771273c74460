package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// fenceCases are about what a lease permits.
func fenceCases() []testCase {
	return []testCase{
		{"fenced", "under a lease Begin, Commit and SetWatermark do what they do without one, also when the lease merely ended", func(ctx context.Context, b *bench) error {
			l, err := b.acquire(ctx, b.feed, "one", brief, "one", 1)
			if err != nil {
				return err
			}
			f := b.leases.Fenced(l)
			for n := range 2 {
				e, err := f.Begin(ctx, b.key(n), one)
				if err := cmp.Or(err, expect(e, b.key(n), one, ledger.Begun, delivery.Receipt{})); err != nil {
					return err
				}
				if err := cmp.Or(f.Commit(ctx, b.key(n), there), f.SetWatermark(ctx, b.feed, b.key(n).Period.End), b.at(ctx, b.feed, b.key(n).Period.End)); err != nil {
					return err
				}
				if e, err = f.Begin(ctx, b.key(n), one); err != nil || e.Status != ledger.Delivered {
					return fmt.Errorf("begin of a delivered key under a lease: %s, %v", e.Status, err)
				}
				if _, err = f.Begin(ctx, b.key(n), other); wfm.KindOf(err) != wfm.Conflict {
					return fmt.Errorf("another digest under a lease returned %v, want kind conflict", err)
				}
				if err := b.wait(ctx, past); err != nil { // the second round is after its end
					return err
				}
			}
			if err := f.Commit(ctx, b.key(9), there); err == nil || ledger.IsLost(err) {
				return fmt.Errorf("commit of an unknown key under a lease returned %v", err)
			}
			list, err := b.list(ctx, b.feed, wide)
			return cmp.Or(err, matches(list, []ledger.Key{b.key(0), b.key(1)}))
		}},
		{"fence", "Begin, Commit and SetWatermark under a lease that passed to another holder are a *LostError and change nothing; reading goes on", fence},
		{"fence after release", "a lease that was given back and that another took fences as well", func(ctx context.Context, b *bench) error {
			first, err := b.acquire(ctx, b.feed, "one", long, "one", 1)
			if err != nil {
				return err
			}
			if err := b.leases.Release(ctx, first); err != nil {
				return err
			}
			if _, err := b.acquire(ctx, b.feed, "other", long, "other", 2); err != nil {
				return err
			}
			_, err = b.leases.Fenced(first).Begin(ctx, b.key(0), one)
			return lostTo(err, first, "other")
		}},
		{"fence of none", "under a lease that was never granted everything that writes is a *LostError", func(ctx context.Context, b *bench) error {
			if _, err := b.acquire(ctx, b.feed+" x", "one", long, "one", 1); err != nil {
				return err
			}
			l := ledger.Lease{Feed: b.feed, Holder: "one", Token: 1}
			_, err := b.leases.Fenced(l).Begin(ctx, b.key(0), one)
			if err := lostTo(err, l, ""); err != nil {
				return err
			}
			forged := ledger.Lease{Feed: b.feed + " x", Holder: "other", Token: 1}
			err = b.leases.Fenced(forged).SetWatermark(ctx, forged.Feed, b.key(0).Period.End)
			return lostTo(err, forged, "one")
		}},
		{"fence of one feed", "a fenced ledger refuses to write for another feed than the lease's", func(ctx context.Context, b *bench) error {
			l, err := b.acquire(ctx, b.feed+" mine", "one", long, "one", 1)
			if err != nil {
				return err
			}
			f := b.leases.Fenced(l)
			_, begin := f.Begin(ctx, b.key(0), one)
			for what, err := range map[string]error{"begin": begin, "commit": f.Commit(ctx, b.key(0), there), "set watermark": f.SetWatermark(ctx, b.feed, b.key(0).Period.End)} {
				if wfm.KindOf(err) != wfm.BadConfig || ledger.IsLost(err) {
					return fmt.Errorf("%s for another feed returned %v, want a wfm.Problem", what, err)
				}
			}
			list, err := b.list(ctx, b.feed, wide)
			return cmp.Or(err, matches(list, nil))
		}},
		{"fence at once", "what a holder began before the feed passed on is there for the next holder, and nothing is added afterwards", fenceAtOnce},
	}
}

func fence(ctx context.Context, b *bench) error {
	first, err := b.acquire(ctx, b.feed, "one", brief, "one", 1)
	if err != nil {
		return err
	}
	old := b.leases.Fenced(first)
	for n := range 2 {
		if _, err := old.Begin(ctx, b.key(n), one); err != nil {
			return err
		}
	}
	mark := b.key(0).Period.End
	if err := cmp.Or(old.Commit(ctx, b.key(0), there), old.SetWatermark(ctx, b.feed, mark), b.wait(ctx, past)); err != nil {
		return err
	}
	second, err := b.acquire(ctx, b.feed, "other", long, "other", 2)
	if err != nil {
		return err
	}
	for _, c := range []struct {
		what string
		do   func() error
	}{
		{"begin of a new key", func() error { _, err := old.Begin(ctx, b.key(5), one); return err }},
		{"begin of a begun key", func() error { _, err := old.Begin(ctx, b.key(1), one); return err }},
		{"begin of a delivered key", func() error { _, err := old.Begin(ctx, b.key(0), one); return err }},
		{"commit", func() error { return old.Commit(ctx, b.key(1), there) }},
		{"commit of a delivered key", func() error { return old.Commit(ctx, b.key(0), there) }},
		{"set watermark", func() error { return old.SetWatermark(ctx, b.feed, mark.Add(time.Hour)) }},
		{"set watermark back", func() error { return old.SetWatermark(ctx, b.feed, mark.Add(-time.Hour)) }},
	} {
		if err := lostTo(c.do(), first, "other"); err != nil {
			return fmt.Errorf("%s: %w", c.what, err)
		}
	}
	list, err := b.list(ctx, b.feed, wide)
	if err := cmp.Or(err, matches(list, []ledger.Key{b.key(0), b.key(1)}), b.at(ctx, b.feed, mark)); err != nil {
		return err
	}
	if list[1].Status != ledger.Begun {
		return errors.New("the refused commit changed the entry")
	}
	if t, ok, err := old.Watermark(ctx, b.feed); err != nil || !ok || !t.Equal(mark) {
		return fmt.Errorf("the watermark under the old lease is %v, %t, %v", t, ok, err)
	}
	for _, err := range old.Entries(ctx, b.feed, wide) {
		if err != nil {
			return fmt.Errorf("entries under the old lease: %w", err)
		}
	}
	fresh := b.leases.Fenced(second)
	if _, err := fresh.Begin(ctx, b.key(1), one); err != nil {
		return err
	}
	return cmp.Or(fresh.Commit(ctx, b.key(1), there), fresh.SetWatermark(ctx, b.feed, mark.Add(time.Hour)))
}

// fenceAtOnce lets one holder write while another takes the feed. What the first one began with success
// must be in the list that the second one reads once it has the lease: had it come later, both would
// have delivered.
func fenceAtOnce(ctx context.Context, b *bench) error {
	l, err := b.acquire(ctx, b.feed, "process 0", long, "process 0", 1)
	if err != nil {
		return err
	}
	const rounds, keys = 12, 4
	for round := range rounds {
		if err := b.leases.Release(ctx, l); err != nil { // it ended, which fences nothing as yet
			return err
		}
		begun := make([]error, keys)
		var seen []ledger.Entry
		var next ledger.Lease
		name := func(i int) ledger.Key {
			k := b.key(round)
			k.Name = fmt.Sprintf("%d of round %d", i, round)
			return k
		}
		errs := conform.Parallel(keys+1, func(i int) (err error) {
			if i < keys {
				_, begun[i] = b.leases.Fenced(l).Begin(ctx, name(i), one)
				return nil
			}
			time.Sleep(time.Duration(round) * 300 * time.Microsecond) // so that it comes at each step of a begin
			if next, err = b.acquire(ctx, b.feed, fmt.Sprintf("process %d", round+1), long, fmt.Sprintf("process %d", round+1), l.Token+1); err != nil {
				return err
			}
			if seen, err = b.list(ctx, b.feed, wide); err != nil {
				return err
			}
			late := name(keys) // however the others fell: this one surely comes too late
			if _, err := b.leases.Fenced(l).Begin(ctx, late, one); !ledger.IsLost(err) {
				return fmt.Errorf("%s was begun after another had the lease, and the error is %v, want a *ledger.LostError", late.Name, err)
			}
			return nil
		})
		if err := errors.Join(errs...); err != nil {
			return err
		}
		after, err := b.list(ctx, b.feed, wide)
		if err != nil {
			return err
		}
		for i, err := range begun {
			is := func(e ledger.Entry) bool { return e.Key.Name == name(i).Name }
			switch there := slices.ContainsFunc(after, is); {
			case err == nil && !slices.ContainsFunc(seen, is):
				return fmt.Errorf("%s began under the old lease although another had the new one", strings.ToLower(name(i).Name))
			case err != nil && !ledger.IsLost(err):
				return fmt.Errorf("begin: %w", err)
			case err != nil && there:
				return errors.New("a refused begin left an entry")
			}
		}
		l = next
	}
	return nil
}
