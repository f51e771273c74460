package ledger

import (
	"cmp"
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// memoryLease is the lease of a feed, and what it takes to see that the clock went back.
type memoryLease struct {
	Lease
	granted time.Time
	ttl     time.Duration // 0 of one that was given back
}

// Acquire makes holder the one that runs the feed, or prolongs what it has.
func (m *Memory) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (Lease, error) {
	if err := cmp.Or(ctx.Err(), CheckLease(feed, holder, ttl)); err != nil {
		return Lease{}, err
	}
	ttl = time.Duration(WholeMilliseconds(ttl)) * time.Millisecond
	m.mu.Lock()
	defer m.mu.Unlock()
	now := m.clock()
	l := m.leases[feed]
	if l == nil {
		l = &memoryLease{Lease: Lease{Feed: feed}}
		m.leases[feed] = l
	}
	if l.Holder != holder {
		if l.granted.After(now) { // the clock went back
			l.granted, l.Until = now, now.Add(l.ttl)
		}
		if l.Until.After(now) {
			return l.Lease, nil
		}
		l.Holder, l.Token = holder, l.Token+1
	}
	l.granted, l.ttl, l.Until = now, ttl, now.Add(ttl)
	return l.Lease, nil
}

// Release ends a lease before its time.
func (m *Memory) Release(ctx context.Context, l Lease) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if now := m.clock(); m.stands(l) && m.leases[l.Feed].Until.After(now) {
		m.leases[l.Feed].Until, m.leases[l.Feed].ttl = now, 0
	}
	return nil
}

// Held tells whether a lease holds at this moment.
func (m *Memory) Held(ctx context.Context, l Lease) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stands(l) && m.leases[l.Feed].Until.After(m.clock()) {
		return nil
	}
	return m.lost(l)
}

// Holders returns the lease of each feed.
func (m *Memory) Holders(ctx context.Context) ([]Lease, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []Lease
	for _, l := range m.leases {
		list = append(list, l.Lease)
	}
	slices.SortFunc(list, func(a, b Lease) int { return strings.Compare(a.Feed, b.Feed) })
	return list, nil
}

// clock is for times that are kept: a monotonic reading would hide that the clock was set.
func (m *Memory) clock() time.Time { return m.now().UTC().Round(0) }

// stands tells whether the feed did not pass to another holder.
func (m *Memory) stands(l Lease) bool {
	now := m.leases[l.Feed]
	return now != nil && now.Token == l.Token && now.Holder == l.Holder
}

func (m *Memory) lost(l Lease) error {
	e := &LostError{Lease: l}
	if now := m.leases[l.Feed]; now != nil {
		e.Now = now.Lease
	}
	return e
}

// fence refuses what a lease does not permit. The lock that the caller holds makes check and change
// one.
func (m *Memory) fence(under *Lease, feed string) error {
	if under == nil {
		return nil
	}
	if err := CheckFenced(*under, feed); err != nil {
		return err
	}
	if !m.stands(*under) {
		return m.lost(*under)
	}
	return nil
}

// Fenced returns the same ledger under a lease.
func (m *Memory) Fenced(l Lease) FencedLedger { return memoryFenced{m, l} }

// memoryFenced forwards what only reads, so that nothing else of the ledger shows through it.
type memoryFenced struct {
	ledger *Memory
	lease  Lease
}

func (f memoryFenced) Begin(ctx context.Context, key Key, digest wfm.Digest) (Entry, error) {
	return f.ledger.begin(ctx, key, digest, &f.lease)
}

func (f memoryFenced) Commit(ctx context.Context, key Key, receipt delivery.Receipt) error {
	return f.ledger.commit(ctx, key, receipt, &f.lease)
}

func (f memoryFenced) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[Entry, error] {
	return f.ledger.Entries(ctx, feed, w)
}

func (f memoryFenced) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	return f.ledger.Watermark(ctx, feed)
}

func (f memoryFenced) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	return f.ledger.setWatermark(ctx, feed, t, &f.lease)
}
