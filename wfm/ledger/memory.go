package ledger

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Memory is a ledger that forgets when the process ends: for tests, and for programs in which
// delivering everything again after a restart is right. It implements Ledger, Progress, Leases,
// Pruner and Lister.
type Memory struct {
	now func() time.Time

	mu         sync.Mutex
	feeds      map[string]*memoryFeed
	watermarks map[string]time.Time
	leases     map[string]*memoryLease
}

// memoryFeed holds the entries of one feed, by key ID, and in the order of Entries.
type memoryFeed struct {
	byID    map[string]*Entry
	ordered []*Entry
}

var (
	_ Ledger   = (*Memory)(nil)
	_ Progress = (*Memory)(nil)
	_ Leases   = (*Memory)(nil)
	_ Pruner   = (*Memory)(nil)
	_ Lister   = (*Memory)(nil)
)

// NewMemory makes an empty ledger. now is its clock; nil means time.Now.
func NewMemory(now func() time.Time) *Memory {
	if now == nil {
		now = time.Now
	}
	return &Memory{now: now, feeds: map[string]*memoryFeed{}, watermarks: map[string]time.Time{}, leases: map[string]*memoryLease{}}
}

// Begin records the intent to deliver.
func (m *Memory) Begin(ctx context.Context, key Key, digest wfm.Digest) (Entry, error) {
	return m.begin(ctx, key, digest, nil)
}

// begin is Begin under a lease; nil stands for none.
func (m *Memory) begin(ctx context.Context, key Key, digest wfm.Digest, under *Lease) (Entry, error) {
	if err := cmp.Or(ctx.Err(), key.Check()); err != nil {
		return Entry{}, err
	}
	key = key.UTC()
	id := key.ID()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(under, key.Feed); err != nil {
		return Entry{}, err
	}
	f := m.feeds[key.Feed]
	if f == nil {
		f = &memoryFeed{byID: map[string]*Entry{}}
		m.feeds[key.Feed] = f
	}
	if known, ok := f.byID[id]; ok {
		if known.Digest != digest {
			return Entry{}, ConflictError(*known, digest)
		}
		return *known, nil
	}
	e := &Entry{Key: key, Digest: digest, Status: Begun, BegunAt: m.clock()}
	f.byID[id] = e
	at, _ := slices.BinarySearchFunc(f.ordered, e, compareEntries)
	f.ordered = slices.Insert(f.ordered, at, e)
	return *e, nil
}

// compareEntries is the order of Entries, made total by what Compare leaves open.
func compareEntries(a, b *Entry) int {
	return cmp.Or(Compare(a.Key, b.Key), a.Key.Period.End.Compare(b.Key.Period.End), cmp.Compare(a.Key.Name, b.Key.Name))
}

// Commit marks a begun entry as delivered. A second commit changes nothing.
func (m *Memory) Commit(ctx context.Context, key Key, receipt delivery.Receipt) error {
	return m.commit(ctx, key, receipt, nil)
}

func (m *Memory) commit(ctx context.Context, key Key, receipt delivery.Receipt, under *Lease) error {
	if err := cmp.Or(ctx.Err(), key.Check()); err != nil {
		return err
	}
	key = key.UTC()
	id := key.ID()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(under, key.Feed); err != nil {
		return err
	}
	f := m.feeds[key.Feed]
	if f == nil || f.byID[id] == nil {
		return NotBegunError(key)
	}
	if e := f.byID[id]; e.Status != Delivered {
		e.Status, e.Receipt, e.DeliveredAt = Delivered, Stored(receipt), m.clock()
	}
	return nil
}

// Entries yields what the ledger holds at the moment when the loop begins; it holds no lock while
// the loop runs.
func (m *Memory) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for _, e := range m.snapshot(feed, w) {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := ctx.Err(); err != nil {
			yield(Entry{}, err)
		}
	}
}

func (m *Memory) snapshot(feed string, w wfm.Window) []Entry {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.feeds[feed]
	if f == nil {
		return nil
	}
	from, _ := slices.BinarySearchFunc(f.ordered, w.Start, func(e *Entry, t time.Time) int { return e.Key.Period.Start.Compare(t) })
	var list []Entry
	for _, e := range f.ordered[from:] {
		if !w.Contains(e.Key.Period.Start) {
			break
		}
		list = append(list, *e)
	}
	return list
}

// Watermark returns the end of the last interval of an unbroken run.
func (m *Memory) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	if err := ctx.Err(); err != nil {
		return time.Time{}, false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.watermarks[feed]
	return t, ok, nil
}

// SetWatermark moves the watermark forward; an earlier time changes nothing.
func (m *Memory) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	return m.setWatermark(ctx, feed, t, nil)
}

func (m *Memory) setWatermark(ctx context.Context, feed string, t time.Time, under *Lease) error {
	if err := cmp.Or(ctx.Err(), CheckFeed(feed)); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(under, feed); err != nil {
		return err
	}
	if old, ok := m.watermarks[feed]; !ok || t.After(old) {
		m.watermarks[feed] = t.UTC().Round(0)
	}
	return nil
}

// Prune removes delivered entries whose period ended before t.
func (m *Memory) Prune(ctx context.Context, feed string, t time.Time) (int, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.feeds[feed]
	if f == nil {
		return 0, nil
	}
	before := len(f.ordered)
	f.ordered = slices.DeleteFunc(f.ordered, func(e *Entry) bool {
		old := e.Status == Delivered && e.Key.Period.End.Before(t)
		if old {
			delete(f.byID, e.Key.ID())
		}
		return old
	})
	return before - len(f.ordered), nil
}
