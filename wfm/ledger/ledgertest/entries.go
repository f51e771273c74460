package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// entryCases are about Begin and Commit of single entries.
func entryCases() []testCase {
	return []testCase{
		{"begin", "Begin of an unknown key returns a begun entry with that key and digest", func(ctx context.Context, b *bench) error {
			e, err := b.begin(ctx, b.key(0), one)
			return cmp.Or(err, expect(e, b.key(0), one, ledger.Begun, delivery.Receipt{}),
				b.sole(ctx, b.key(0), one, ledger.Begun, delivery.Receipt{}))
		}},
		{"begin again", "Begin of a known key with the same digest returns the entry unchanged and adds none", beginAgain},
		{"begin delivered", "Begin of a delivered key with the same digest returns the delivered entry, which means skip", func(ctx context.Context, b *bench) error {
			if _, err := b.begin(ctx, b.key(0), one); err != nil {
				return err
			}
			if err := b.ledger.Commit(ctx, b.key(0), there); err != nil {
				return err
			}
			e, err := b.begin(ctx, b.key(0), one)
			return cmp.Or(err, expect(e, b.key(0), one, ledger.Delivered, there))
		}},
		{"conflict", "Begin of a known key with another digest is a *wfm.Error of kind wfm.Conflict that no retry mends, and changes nothing", conflict},
		{"commit unknown", "Commit of a key that was never begun is an error and adds nothing", func(ctx context.Context, b *bench) error {
			if err := b.ledger.Commit(ctx, b.key(0), there); err == nil {
				return errors.New("commit of an unknown key succeeded")
			}
			list, err := b.list(ctx, b.feed, wide)
			if err == nil && len(list) > 0 {
				err = errors.New("the refused commit left an entry")
			}
			return err
		}},
		{"commit twice", "Commit of a delivered key is no error and leaves the entry delivered", func(ctx context.Context, b *bench) error {
			if _, err := b.begin(ctx, b.key(0), one); err != nil {
				return err
			}
			for range 2 {
				if err := b.ledger.Commit(ctx, b.key(0), there); err != nil {
					return err
				}
			}
			return b.sole(ctx, b.key(0), one, ledger.Delivered, there)
		}},
		{"identity", "keys that differ in any field, in letter case or in blanks are different entries", identity},
		{"zones", "a period counts by its instants, whatever the location of its times", func(ctx context.Context, b *bench) error {
			k := b.key(0)
			k.Period.Start = k.Period.Start.In(time.FixedZone("there", 3600))
			k.Period.End = k.Period.End.In(time.FixedZone("elsewhere", -7200))
			e, err := b.begin(ctx, k, one)
			if err := cmp.Or(err, expect(e, b.key(0), one, ledger.Begun, delivery.Receipt{})); err != nil {
				return err
			}
			return cmp.Or(b.ledger.Commit(ctx, b.key(0), there), b.sole(ctx, b.key(0), one, ledger.Delivered, there))
		}},
		{"text", "text comes back as it was given: quotes, SQL, Unicode, as long as ledger.MaxName permits", text},
		{"refused keys", "Begin and Commit refuse what Key.Check refuses, and change nothing", refusedKeys},
		{"long receipt", "a receipt is kept as ledger.Stored returns it, and is never refused", longReceipt},
		{"same key at once", "goroutines that begin one key get one entry; of two digests one wins and the other is a conflict", sameKeyAtOnce},
		{"many keys at once", "goroutines that begin and commit different keys lose none", manyKeysAtOnce},
		{"cancelled", "with a context that has ended every call fails and changes nothing", cancelled},
	}
}

func beginAgain(ctx context.Context, b *bench) error {
	first, err := b.begin(ctx, b.key(0), one)
	if err != nil {
		return err
	}
	for range 2 {
		again, err := b.begin(ctx, b.key(0), one)
		if err := cmp.Or(err, expect(again, b.key(0), one, ledger.Begun, delivery.Receipt{})); err != nil {
			return err
		}
		if !again.BegunAt.Equal(first.BegunAt) {
			return fmt.Errorf("BegunAt moved from %v to %v", first.BegunAt, again.BegunAt)
		}
	}
	return b.sole(ctx, b.key(0), one, ledger.Begun, delivery.Receipt{})
}

func conflict(ctx context.Context, b *bench) error {
	if _, err := b.begin(ctx, b.key(0), one); err != nil {
		return err
	}
	for _, status := range []ledger.Status{ledger.Begun, ledger.Delivered} {
		receipt := delivery.Receipt{}
		if status == ledger.Delivered {
			receipt = there
			if err := b.ledger.Commit(ctx, b.key(0), receipt); err != nil {
				return err
			}
		}
		_, err := b.ledger.Begin(ctx, b.key(0), other)
		if wfm.KindOf(err) != wfm.Conflict {
			return fmt.Errorf("begin with another digest over a %s entry returned %v, want kind conflict", status, err)
		}
		if retry, _ := wfm.ShouldRetry(err); retry {
			return errors.New("the conflict asks for a retry")
		}
		if err := b.sole(ctx, b.key(0), one, status, receipt); err != nil {
			return fmt.Errorf("after the conflict: %w", err)
		}
	}
	return nil
}

func identity(ctx context.Context, b *bench) error {
	base := b.key(0)
	keys := []ledger.Key{base}
	vary := func(change func(*ledger.Key)) {
		k := base
		change(&k)
		keys = append(keys, k)
	}
	vary(func(k *ledger.Key) { k.Kind = "agent" })
	vary(func(k *ledger.Key) { k.Kind = "CALL" })
	vary(func(k *ledger.Key) { k.Period.Start = k.Period.Start.Add(-time.Hour) })
	vary(func(k *ledger.Key) { k.Period.End = k.Period.End.Add(time.Hour) })
	vary(func(k *ledger.Key) { k.Part = 1 })
	vary(func(k *ledger.Key) { k.Revision = 2 })
	vary(func(k *ledger.Key) { k.Name = "CALL_000.TXT" })
	vary(func(k *ledger.Key) { k.Name += " " })
	vary(func(k *ledger.Key) { k.Name = "caf\u00e9" })
	vary(func(k *ledger.Key) { k.Name = "cafe\u0301" })
	vary(func(k *ledger.Key) { k.Kind, k.Name = "call"+k.Name[:1], k.Name[1:] })
	for _, k := range keys {
		e, err := b.begin(ctx, k, wfm.DigestOf([]byte(show(k))))
		if err := cmp.Or(err, expect(e, k, wfm.DigestOf([]byte(show(k))), ledger.Begun, delivery.Receipt{})); err != nil {
			return err
		}
	}
	if err := b.ledger.Commit(ctx, base, there); err != nil {
		return err
	}
	list, err := b.list(ctx, b.feed, wide)
	if err != nil {
		return err
	}
	if len(list) != len(keys) {
		return fmt.Errorf("%d keys made %d entries", len(keys), len(list))
	}
	for _, e := range list {
		if (e.Status == ledger.Delivered) != sameKey(e.Key, base) {
			return fmt.Errorf("after the commit of %s, %s is %s", show(base), show(e.Key), e.Status)
		}
	}
	return nil
}

func text(ctx context.Context, b *bench) error {
	for n, s := range hostileTexts() {
		k := b.key(n)
		k.Name, k.Kind = s, strings.ToValidUTF8(s[:min(len(s), ledger.MaxKind)], "")
		k.Feed += " " + strings.TrimSpace(strings.ToValidUTF8(s[:min(len(s), ledger.MaxFeed-len(k.Feed)-1)], ""))
		e, err := b.begin(ctx, k, one)
		if err := cmp.Or(err, expect(e, k, one, ledger.Begun, delivery.Receipt{})); err != nil {
			return err
		}
		receipt := delivery.Receipt{Where: s, Bytes: 1 << 40}
		if err := b.ledger.Commit(ctx, k, receipt); err != nil {
			return fmt.Errorf("commit %s: %w", wfm.Quote(s), err)
		}
		if err := b.sole(ctx, k, one, ledger.Delivered, receipt); err != nil {
			return err
		}
	}
	return nil
}

func refusedKeys(ctx context.Context, b *bench) error {
	bad := b.key(0)
	bad.Kind = strings.Repeat("k", ledger.MaxKind+1)
	if _, err := b.ledger.Begin(ctx, bad, one); wfm.KindOf(err) != wfm.BadConfig {
		return fmt.Errorf("begin of a kind that is too long returned %v, want kind bad configuration", err)
	}
	if err := b.ledger.Commit(ctx, bad, there); wfm.KindOf(err) != wfm.BadConfig {
		return fmt.Errorf("commit of a kind that is too long returned %v, want kind bad configuration", err)
	}
	bad = b.key(0)
	bad.Feed += " "
	if _, err := b.ledger.Begin(ctx, bad, one); wfm.KindOf(err) != wfm.BadConfig {
		return fmt.Errorf("begin of a feed that ends in a blank returned %v, want kind bad configuration", err)
	}
	list, err := b.list(ctx, b.feed, wide)
	if err == nil && len(list) > 0 {
		err = errors.New("a refused key left an entry")
	}
	return err
}

func longReceipt(ctx context.Context, b *bench) error {
	for n, where := range []string{"", strings.Repeat("\u6771\u4eac", ledger.MaxWhere), "\xff\xfe"} {
		if _, err := b.begin(ctx, b.key(n), one); err != nil {
			return err
		}
		r := delivery.Receipt{Where: where, Bytes: int64(n)}
		if err := b.ledger.Commit(ctx, b.key(n), r); err != nil {
			return fmt.Errorf("commit with the receipt %s: %w", wfm.Quote(where), err)
		}
		e, err := b.begin(ctx, b.key(n), one)
		if err := cmp.Or(err, expect(e, b.key(n), one, ledger.Delivered, ledger.Stored(r))); err != nil {
			return err
		}
	}
	return nil
}

func sameKeyAtOnce(ctx context.Context, b *bench) error {
	const each = 16
	entries := make([]ledger.Entry, 2*each)
	digests := [2]wfm.Digest{one, other}
	errs := conform.Parallel(len(entries), func(i int) (err error) {
		entries[i], err = b.ledger.Begin(ctx, b.key(0), digests[i%2])
		return err
	})
	list, err := b.list(ctx, b.feed, wide)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("one key made %d entries", len(list))
	}
	for i, err := range errs {
		switch {
		case digests[i%2] != list[0].Digest:
			if wfm.KindOf(err) != wfm.Conflict {
				return fmt.Errorf("the digest that lost got %v, want a conflict", err)
			}
		case err != nil:
			return fmt.Errorf("the digest that won got %w", err)
		case !entries[i].BegunAt.Equal(list[0].BegunAt):
			return errors.New("two callers got two entries")
		}
	}
	return nil
}

func manyKeysAtOnce(ctx context.Context, b *bench) error {
	const workers, each = 8, 12
	errs := conform.Parallel(workers, func(w int) error {
		for i := range each {
			k := b.key(w*each + i)
			if _, err := b.begin(ctx, k, one); err != nil {
				return err
			}
			if err := b.ledger.Commit(ctx, k, there); err != nil {
				return err
			}
		}
		return nil
	})
	if err := errors.Join(errs...); err != nil {
		return err
	}
	list, err := b.list(ctx, b.feed, wide)
	if err != nil {
		return err
	}
	if len(list) != workers*each {
		return fmt.Errorf("%d entries, want %d", len(list), workers*each)
	}
	for n, e := range list {
		if err := expect(e, b.key(n), one, ledger.Delivered, there); err != nil {
			return err
		}
	}
	return nil
}

func cancelled(ctx context.Context, b *bench) error {
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.ledger.Begin(ended, b.key(0), one); err == nil {
		return errors.New("begin succeeded")
	}
	if list, err := b.list(ctx, b.feed, wide); err != nil || len(list) > 0 {
		return errors.Join(errors.New("begin left an entry"), err)
	}
	if _, err := b.begin(ctx, b.key(0), one); err != nil {
		return err
	}
	if err := b.ledger.Commit(ended, b.key(0), there); err == nil {
		return errors.New("commit succeeded")
	}
	if _, err := b.list(ended, b.feed, wide); err == nil {
		return errors.New("entries ended without an error, as if it had yielded all")
	}
	return b.sole(ctx, b.key(0), one, ledger.Begun, delivery.Receipt{})
}
