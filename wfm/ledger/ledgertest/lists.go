package ledgertest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// listCases are about Entries.
func listCases() []testCase {
	return []testCase{
		{"order", "Entries come by period start, kind (bytewise), part and revision, whatever the order in which they were begun", order},
		{"window", "Entries has those whose period starts in the half-open window, and no others", window},
		{"feeds", "Entries has one feed only: letter case, blanks and wildcards in its name count", feeds},
		{"many entries", "Entries yields each entry of a large window once", manyEntries},
		{"loop", "a loop over Entries may call the ledger, may stop early and may be run again", loop},
	}
}

// shuffled returns the keys in an order that is wrong but the same in every run.
func shuffled(keys []ledger.Key) []ledger.Key {
	keys = slices.Clone(keys)
	r := rand.New(rand.NewPCG(1, 2))
	r.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys
}

func (b *bench) beginAll(ctx context.Context, keys []ledger.Key) error {
	for _, k := range keys {
		if _, err := b.begin(ctx, k, one); err != nil {
			return err
		}
	}
	return nil
}

// matches compares a list with keys, in order.
func matches(list []ledger.Entry, keys []ledger.Key) error {
	for i, e := range list[:min(len(list), len(keys))] {
		if !sameKey(e.Key, keys[i]) {
			return fmt.Errorf("entry %d is %s, want %s", i, show(e.Key), show(keys[i]))
		}
	}
	if len(list) != len(keys) {
		return fmt.Errorf("%d entries, want %d", len(list), len(keys))
	}
	return nil
}

func order(ctx context.Context, b *bench) error {
	var keys []ledger.Key
	for start := range 3 {
		for _, kind := range []string{"Zeta", "agent", "call", "\u00e9quipe"} {
			for part := range 3 {
				for _, revision := range []int{1, 2, 10} {
					k := b.key(start)
					k.Kind, k.Part, k.Revision = kind, part, revision
					keys = append(keys, k)
				}
			}
		}
	}
	if err := b.beginAll(ctx, shuffled(keys)); err != nil {
		return err
	}
	list, err := b.list(ctx, b.feed, wide)
	return cmp.Or(err, matches(list, keys))
}

func window(ctx context.Context, b *bench) error {
	keys := []ledger.Key{b.key(0), b.key(1), b.key(2), b.key(3)}
	long := b.key(0)
	long.Name, long.Kind = "day.txt", "day"
	long.Period.End = long.Period.Start.Add(24 * time.Hour)
	if err := b.beginAll(ctx, append(slices.Clone(keys), long)); err != nil {
		return err
	}
	for from := range 4 {
		for to := from; to < 4; to++ {
			w := wfm.Window{Start: keys[from].Period.Start, End: keys[to].Period.Start}
			want := slices.Clone(keys[from:to])
			if from == 0 && to > 0 {
				want = slices.Insert(want, 1, long)
			}
			list, err := b.list(ctx, b.feed, w)
			if err := cmp.Or(err, matches(list, want)); err != nil {
				return fmt.Errorf("window %s: %w", w, err)
			}
		}
	}
	// The zone of a bound does not matter.
	there := time.FixedZone("there", -5*3600)
	w := wfm.Window{Start: keys[1].Period.Start.In(there), End: keys[3].Period.Start.In(there)}
	list, err := b.list(ctx, b.feed, w)
	return cmp.Or(err, matches(list, keys[1:3]))
}

func feeds(ctx context.Context, b *bench) error {
	names := []string{b.feed + " a", b.feed + " A", b.feed + "  a", b.feed + " _", b.feed + " %"}
	for n, name := range names {
		k := b.key(n)
		k.Feed = name
		if _, err := b.begin(ctx, k, one); err != nil {
			return err
		}
	}
	for n, name := range names {
		want := b.key(n)
		want.Feed = name
		list, err := b.list(ctx, name, wide)
		if err := cmp.Or(err, matches(list, []ledger.Key{want})); err != nil {
			return fmt.Errorf("feed %s: %w", wfm.Quote(name), err)
		}
	}
	list, err := b.list(ctx, b.feed+" none", wide)
	return cmp.Or(err, matches(list, nil))
}

func manyEntries(ctx context.Context, b *bench) error {
	var keys []ledger.Key
	for n := range 1201 {
		k := b.key(n / 3) // three to a period, so that a page may end among equals
		k.Name = fmt.Sprintf("%d.txt", n)
		keys = append(keys, k)
	}
	if err := b.beginAll(ctx, shuffled(keys)); err != nil {
		return err
	}
	seen := map[string]bool{}
	previous := ledger.Key{}
	for e, err := range b.ledger.Entries(ctx, b.feed, wide) {
		if err != nil {
			return err
		}
		if ledger.Compare(previous, e.Key) > 0 {
			return fmt.Errorf("%s came after %s", show(e.Key), show(previous))
		}
		if seen[e.Key.Name] {
			return fmt.Errorf("%s came twice", show(e.Key))
		}
		seen[e.Key.Name], previous = true, e.Key
	}
	if len(seen) != len(keys) {
		return fmt.Errorf("%d entries, want %d", len(seen), len(keys))
	}
	return nil
}

func loop(ctx context.Context, b *bench) error {
	if err := b.beginAll(ctx, []ledger.Key{b.key(0), b.key(1), b.key(2)}); err != nil {
		return err
	}
	entries := b.ledger.Entries(ctx, b.feed, wide)
	for e, err := range entries {
		if err != nil {
			return err
		}
		inside, cancel := context.WithTimeout(ctx, 20*time.Second)
		err := b.ledger.Commit(inside, e.Key, there)
		if err == nil {
			_, err = b.begin(inside, e.Key, one)
		}
		cancel()
		if err != nil {
			return fmt.Errorf("a call within the loop: %w", err)
		}
		break
	}
	n := 0
	for e, err := range entries {
		if err != nil {
			return err
		}
		if (e.Status == ledger.Delivered) != (n == 0) {
			return errors.New("the second loop does not show what the first one did")
		}
		n++
	}
	if n != 3 {
		return fmt.Errorf("the second loop yielded %d entries, want 3", n)
	}
	return nil
}

func hostileTexts() []string {
	return []string{
		`O'Brien "quoted" \ /`, `'; DROP TABLE wfm_ledger_entries; --`, "100% _ ? @p1 :1 $1",
		"Kundenservice M\u00fcnchen \u2013 \u6771\u4eac \U0001F4DE", "tab\tand\nline", " blanks ", "NULL", "0", "1e5",
		strings.Repeat("M\u00fcnchen\U0001F4DE", ledger.MaxName/12),
	}
}
