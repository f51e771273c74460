package ledgertest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/ledgertest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// broken is a good ledger with some calls replaced.
type broken struct {
	*ledger.Memory
	begin   func(context.Context, ledger.Key, wfm.Digest) (ledger.Entry, error)
	commit  func(context.Context, ledger.Key, delivery.Receipt) error
	entries func(context.Context, string, wfm.Window) iter.Seq2[ledger.Entry, error]
	mark    func(context.Context, string) (time.Time, bool, error)
	set     func(context.Context, string, time.Time) error
	acquire func(context.Context, string, string, time.Duration) (ledger.Lease, error)
	release func(context.Context, ledger.Lease) error
	held    func(context.Context, ledger.Lease) error
	fenced  func(ledger.Lease) ledger.FencedLedger
	holders func(context.Context) ([]ledger.Lease, error)
	prune   func(context.Context, string, time.Time) (int, error)
}

func (b *broken) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	if b.begin != nil {
		return b.begin(ctx, k, d)
	}
	return b.Memory.Begin(ctx, k, d)
}

func (b *broken) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	if b.commit != nil {
		return b.commit(ctx, k, r)
	}
	return b.Memory.Commit(ctx, k, r)
}

func (b *broken) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
	if b.entries != nil {
		return b.entries(ctx, feed, w)
	}
	return b.Memory.Entries(ctx, feed, w)
}

func (b *broken) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	if b.mark != nil {
		return b.mark(ctx, feed)
	}
	return b.Memory.Watermark(ctx, feed)
}

func (b *broken) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	if b.set != nil {
		return b.set(ctx, feed, t)
	}
	return b.Memory.SetWatermark(ctx, feed, t)
}

func (b *broken) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
	if b.acquire != nil {
		return b.acquire(ctx, feed, holder, ttl)
	}
	return b.Memory.Acquire(ctx, feed, holder, ttl)
}

func (b *broken) Release(ctx context.Context, l ledger.Lease) error {
	if b.release != nil {
		return b.release(ctx, l)
	}
	return b.Memory.Release(ctx, l)
}

func (b *broken) Held(ctx context.Context, l ledger.Lease) error {
	if b.held != nil {
		return b.held(ctx, l)
	}
	return b.Memory.Held(ctx, l)
}

func (b *broken) Fenced(l ledger.Lease) ledger.FencedLedger {
	if b.fenced != nil {
		return b.fenced(l)
	}
	return b.Memory.Fenced(l)
}

func (b *broken) Holders(ctx context.Context) ([]ledger.Lease, error) {
	if b.holders != nil {
		return b.holders(ctx)
	}
	return b.Memory.Holders(ctx)
}

func (b *broken) Prune(ctx context.Context, feed string, t time.Time) (int, error) {
	if b.prune != nil {
		return b.prune(ctx, feed, t)
	}
	return b.Memory.Prune(ctx, feed, t)
}

// list collects what the good ledger would yield.
func (b *broken) list(ctx context.Context, feed string, w wfm.Window) (list []ledger.Entry) {
	for e, err := range b.Memory.Entries(ctx, feed, w) {
		if err == nil {
			list = append(list, e)
		}
	}
	return list
}

func replay(list []ledger.Entry) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		for _, e := range list {
			if !yield(e, nil) {
				return
			}
		}
	}
}

// breach breaks a rule, and names the cases that must say so, among others.
type breach struct {
	breaks func(b *broken)
	fails  []string
}

// TestEveryRuleCanFail breaks one rule at a time and expects the case that proves it to say so.
func TestEveryRuleCanFail(t *testing.T) {
	mustFail(t, map[string]breach{
		"begin returns nothing": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				_, err := b.Memory.Begin(ctx, k, d)
				return ledger.Entry{}, err
			}
		}, []string{"begin", "begin again", "begin delivered"}},
		"begin moves the clock": {func(b *broken) {
			var calls atomic.Int64
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				e, err := b.Memory.Begin(ctx, k, d)
				e.BegunAt = e.BegunAt.Add(time.Duration(calls.Add(1)))
				return e, err
			}
		}, []string{"begin again", "same key at once"}},
		"a conflict is swallowed": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				e, err := b.Memory.Begin(ctx, k, d)
				if wfm.KindOf(err) == wfm.Conflict {
					return ledger.Entry{Key: k.UTC(), Digest: d, Status: ledger.Begun, BegunAt: time.Now().UTC()}, nil
				}
				return e, err
			}
		}, []string{"conflict", "same key at once"}},
		"a conflict asks for a retry": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				e, err := b.Memory.Begin(ctx, k, d)
				var conflict *wfm.Error
				if errors.As(err, &conflict) {
					conflict.Retry = true
				}
				return e, err
			}
		}, []string{"conflict"}},
		"commit of anything": {func(b *broken) {
			b.commit = func(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
				if err := b.Memory.Commit(ctx, k, r); wfm.KindOf(err) != wfm.NotFound {
					return err
				}
				return nil
			}
		}, []string{"commit unknown"}},
		"commit once only": {func(b *broken) {
			seen := sync.Map{}
			b.commit = func(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
				if _, twice := seen.LoadOrStore(k, true); twice {
					return errors.New("already committed")
				}
				return b.Memory.Commit(ctx, k, r)
			}
		}, []string{"commit twice"}},
		"commit does nothing": {func(b *broken) {
			b.commit = func(context.Context, ledger.Key, delivery.Receipt) error { return nil }
		}, []string{"commit unknown", "begin delivered", "commit twice", "many keys at once"}},
		"names fold case": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				k.Name = strings.ToLower(k.Name)
				return b.Memory.Begin(ctx, k, d)
			}
		}, []string{"identity"}},
		"names are cut": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				k.Name = k.Name[:min(len(k.Name), 255)]
				return b.Memory.Begin(ctx, k, d)
			}
		}, []string{"text"}},
		"zones count": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				if k.Period.Start.Location() != time.UTC {
					k.Name += " elsewhere"
				}
				return b.Memory.Begin(ctx, k, d)
			}
		}, []string{"zones"}},
		"the second of two at once wins": {func(b *broken) {
			begun := sync.Map{} // a ledger that looks and inserts without a lock
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				e := ledger.Entry{Key: k.UTC(), Digest: d, Status: ledger.Begun, BegunAt: time.Now().UTC()}
				known, ok := begun.Load(k.ID())
				if ok {
					return known.(ledger.Entry), nil
				}
				time.Sleep(5 * time.Millisecond)
				begun.Store(k.ID(), e)
				_, _ = b.Memory.Begin(ctx, k, d)
				return e, nil
			}
		}, []string{"same key at once"}},
		"context ignored": {func(b *broken) {
			b.begin = func(_ context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				return b.Memory.Begin(context.Background(), k, d)
			}
		}, []string{"cancelled"}},
		"entries end silently": {func(b *broken) {
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				return func(yield func(ledger.Entry, error) bool) { replay(b.list(ctx, feed, w))(yield) }
			}
		}, []string{"cancelled"}},
		"reversed": {func(b *broken) {
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				list := b.list(ctx, feed, w)
				slices.Reverse(list)
				return replay(list)
			}
		}, []string{"order", "window", "many entries"}},
		"window closed at the end": {func(b *broken) {
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				w.End = w.End.Add(time.Nanosecond)
				return b.Memory.Entries(ctx, feed, w)
			}
		}, []string{"window"}},
		"feeds fold case": {func(b *broken) {
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				return replay(slices.Concat(b.list(ctx, feed, w), b.list(ctx, strings.ToUpper(feed[len(feed)-1:])+feed, w),
					b.list(ctx, feed[:len(feed)-1]+strings.ToUpper(feed[len(feed)-1:]), w)))
			}
		}, []string{"feeds"}},
		"a page's last entry is lost": {func(b *broken) {
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				list := b.list(ctx, feed, w)
				if len(list) > 500 {
					list = slices.Delete(list, 500, 501)
				}
				return replay(list)
			}
		}, []string{"many entries"}},
		"locked while a loop runs": {func(b *broken) {
			var mu sync.RWMutex
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				for !mu.TryLock() {
					if ctx.Err() != nil {
						return ledger.Entry{}, ctx.Err()
					}
					time.Sleep(time.Millisecond)
				}
				defer mu.Unlock()
				return b.Memory.Begin(ctx, k, d)
			}
			b.entries = func(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
				return func(yield func(ledger.Entry, error) bool) {
					mu.RLock()
					defer mu.RUnlock()
					b.Memory.Entries(ctx, feed, w)(yield)
				}
			}
		}, []string{"loop"}},
		"watermark from nowhere": {func(b *broken) {
			b.mark = func(ctx context.Context, feed string) (time.Time, bool, error) {
				t, _, err := b.Memory.Watermark(ctx, feed)
				return t, true, err
			}
		}, []string{"no watermark"}},
		"watermark moves back": {func(b *broken) {
			var mu sync.Mutex
			marks := map[string]time.Time{}
			b.set = func(_ context.Context, feed string, t time.Time) error {
				mu.Lock()
				defer mu.Unlock()
				marks[feed] = t.UTC()
				return nil
			}
			b.mark = func(_ context.Context, feed string) (time.Time, bool, error) {
				mu.Lock()
				defer mu.Unlock()
				t, ok := marks[feed]
				return t, ok, nil
			}
		}, []string{"watermark", "watermark at once"}},
		"too long a kind": {func(b *broken) {
			b.begin = func(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
				k.Kind = k.Kind[:min(len(k.Kind), ledger.MaxKind)]
				return b.Memory.Begin(ctx, k, d)
			}
		}, []string{"refused keys"}},
		"too long a receipt": {func(b *broken) {
			b.commit = func(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
				if ledger.Stored(r) != r {
					return errors.New("value too large for the column")
				}
				return b.Memory.Commit(ctx, k, r)
			}
		}, []string{"long receipt"}},
		"a panic": {func(b *broken) {
			b.commit = func(context.Context, ledger.Key, delivery.Receipt) error { panic("not written yet") }
		}, []string{"commit twice"}},
	})
}

// mustFail goes by a clock that stands still while anybody has something to do: who sleeps between a look and a change is
// overtaken for sure, however busy the machine is.
func mustFail(t *testing.T, breaches map[string]breach) {
	for name, c := range breaches {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var clock clock
				err := ledgertest.Check(t.Context(), ledgertest.Subject{Move: clock.move, Open: func(context.Context) (ledger.Ledger, error) {
					b := &broken{Memory: ledger.NewMemory(clock.now)}
					c.breaks(b)
					return b, nil
				}})
				require.Error(t, err)
				for _, want := range c.fails {
					require.Regexp(t, `(?m)^`+want+`: .*\(rule: .+\)$`, err.Error())
				}
			})
		})
	}
}

// clock goes on by itself, and further when it is told to.
type clock struct{ ahead atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

func (c *clock) move(d time.Duration) { c.ahead.Add(int64(d)) }

// TestForgettingIsFound claims that a ledger lasts which does not.
func TestForgettingIsFound(t *testing.T) {
	var clock clock
	err := ledgertest.Check(t.Context(), ledgertest.Subject{Durable: true, Move: clock.move,
		Open: func(context.Context) (ledger.Ledger, error) { return ledger.NewMemory(clock.now), nil }})
	require.ErrorContains(t, err, "reopen: 0 entries")
	require.ErrorContains(t, err, "watermark lasts: ")
	require.ErrorContains(t, err, "lease lasts: ")
}

func TestOpenErrorIsReported(t *testing.T) {
	boom := errors.New("no database")
	err := ledgertest.Check(t.Context(), ledgertest.Subject{
		Open: func(context.Context) (ledger.Ledger, error) { return nil, boom }})
	require.ErrorIs(t, err, boom)
}
