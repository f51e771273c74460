package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// watermarkCases are about the list of all feeds.
func watermarkCases() []testCase {
	return []testCase{
		{"all watermarks", "Watermarks has each feed that set one, with the time that stands, in UTC and in the bytewise order of feeds; Begin alone and a lease make none", allWatermarks},
		{"all watermarks after prune", "Prune leaves the watermark of a feed in the list", func(ctx context.Context, b *bench) error {
			p, err := b.pruner()
			if _, can := b.ledger.(ledger.Lister); err == nil && !can {
				err = errNoLister()
			}
			if err := cmp.Or(err, b.beginAll(ctx, []ledger.Key{b.key(0)})); err != nil {
				return err
			}
			marks, err := b.progress()
			if err := cmp.Or(err, b.ledger.Commit(ctx, b.key(0), there)); err != nil {
				return err
			}
			if err := marks.SetWatermark(ctx, b.feed, b.key(0).Period.End); err != nil {
				return err
			}
			if n, err := p.Prune(ctx, b.feed, b.key(9).Period.End); err != nil || n != 1 {
				return errors.Join(fmt.Errorf("prune removed %d entries, want 1", n), err)
			}
			return b.listed(ctx, ledger.Watermark{Feed: b.feed, Through: b.key(0).Period.End})
		}},
		{"all watermarks cancelled", "with a context that has ended Watermarks fails", func(ctx context.Context, b *bench) error {
			l, ok := b.ledger.(ledger.Lister)
			if !ok {
				return errNoLister()
			}
			ended, cancel := context.WithCancel(ctx)
			cancel()
			if _, err := l.Watermarks(ended); err == nil {
				return errors.New("it succeeded")
			}
			return nil
		}},
	}
}

func errNoLister() error { return conform.Skip{Reason: "the ledger does not implement ledger.Lister"} }

func allWatermarks(ctx context.Context, b *bench) error {
	marks, err := b.progress()
	if _, can := b.ledger.(ledger.Lister); err == nil && !can {
		err = errNoLister()
	}
	if err != nil {
		return err
	}
	var want []ledger.Watermark
	there := time.FixedZone("there", -3*3600)
	for n, name := range []string{" Z", " _", " a", " \u00e9"} { // in the order of bytes
		t := b.key(n).Period.End
		if err := cmp.Or(marks.SetWatermark(ctx, b.feed+name, t.In(there)), marks.SetWatermark(ctx, b.feed+name, t.Add(-time.Hour))); err != nil {
			return err
		}
		want = append(want, ledger.Watermark{Feed: b.feed + name, Through: t})
	}
	if _, err := b.begin(ctx, b.key(0), one); err != nil {
		return err
	}
	if b.leases != nil {
		if _, err := b.leases.Acquire(ctx, b.feed+" leased", "a", time.Minute); err != nil {
			return err
		}
	}
	return b.listed(ctx, want...)
}

// listed checks the watermarks of the feeds of this case. The store may have those of others, too.
func (b *bench) listed(ctx context.Context, want ...ledger.Watermark) error {
	list, err := b.ledger.(ledger.Lister).Watermarks(ctx)
	if err != nil {
		return err
	}
	if !slices.IsSortedFunc(list, func(a, b ledger.Watermark) int { return strings.Compare(a.Feed, b.Feed) }) {
		return errors.New("the list is not in the order of feeds")
	}
	list = slices.DeleteFunc(list, func(w ledger.Watermark) bool { return !strings.HasPrefix(w.Feed, b.feed) })
	if len(list) != len(want) {
		return fmt.Errorf("%d feeds have watermarks, want %d", len(list), len(want))
	}
	for i, w := range list {
		if w.Feed != want[i].Feed || !w.Through.Equal(want[i].Through) {
			return fmt.Errorf("watermark %d is %v of feed %q, want %v of %q", i, w.Through, w.Feed, want[i].Through, want[i].Feed)
		}
		if w.Through.Location() != time.UTC {
			return errors.New("the watermark is not in UTC")
		}
	}
	return nil
}
