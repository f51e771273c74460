// Package ledgertest proves that a ledger keeps the promises of the ledger package. Whoever writes
// a ledger of their own runs it:
//
//	func TestLedger(t *testing.T) {
//		path := filepath.Join(t.TempDir(), "ledger.db")
//		ledgertest.Run(t, ledgertest.Subject{
//			Open:    func(ctx context.Context) (ledger.Ledger, error) { return mine.Open(ctx, path) },
//			Durable: true,
//		})
//	}
//
// Its place in the flow: beside it. Each case proves one rule of the contract; a failure names the
// rule, so that it says what to change. Cases about ledger.Progress, ledger.Leases, ledger.Pruner and ledger.Lister
// are skipped, with the reason, where the ledger does not implement them.
package ledgertest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Subject is the ledger under test.
type Subject struct {
	// Open opens the ledger. It is called once for each case and, where Durable is set, again after
	// the ledger was closed; every call is about the same store. What earlier cases left there does
	// no harm: each case has feeds of its own. A ledger that implements io.Closer is closed.
	Open func(ctx context.Context) (ledger.Ledger, error)
	// Durable says that the store outlives the ledger.
	Durable bool
	// Move sets the clock of the store forward or back, for ledgers whose clock a test can set. With nil
	// the kit waits by the clock of this machine, and does not try what happens to leases when the clock
	// of the store is set.
	Move func(d time.Duration)
}

// Check runs all cases and returns what failed, joined; nil means that every rule holds. It needs
// no testing.T, so that a program can check a site's own database.
func Check(ctx context.Context, s Subject) error { return conform.Check(ctx, s.cases()) }

// Run is Check with a subtest for each case.
func Run(t *testing.T, s Subject) {
	t.Helper()
	conform.Run(t, s.cases())
}

func (s Subject) cases() []conform.Case {
	var list []conform.Case
	for _, c := range slices.Concat(entryCases(), listCases(), lastingCases(), leaseCases(), fenceCases(), pruneCases(), watermarkCases()) {
		list = append(list, conform.Case{Name: c.name, Rule: c.rule, Run: func(ctx context.Context) (err error) {
			b := &bench{subject: s, feed: "ledgertest " + c.name + " " + rand.Text()}
			if err := b.open(ctx); err != nil {
				return err
			}
			defer func() { err = errors.Join(err, b.close()) }()
			return c.run(ctx, b)
		}})
	}
	return list
}

type testCase struct {
	name, rule string
	run        func(ctx context.Context, b *bench) error
}

// bench is the open ledger of one case.
type bench struct {
	subject Subject
	ledger  ledger.Ledger
	leases  ledger.Leases // the same ledger, where it has leases
	feed    string
}

func (b *bench) open(ctx context.Context) error {
	l, err := b.subject.Open(ctx)
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	b.ledger = l
	b.leases, _ = l.(ledger.Leases)
	return nil
}

func (b *bench) close() error {
	if c, ok := b.ledger.(io.Closer); ok {
		if err := c.Close(); err != nil {
			return fmt.Errorf("close: %w", err)
		}
	}
	return nil
}

// key is the key of the n-th quarter of an hour of a day.
func (b *bench) key(n int) ledger.Key {
	start := time.Date(2018, 10, 28, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 15 * time.Minute)
	return ledger.Key{Feed: b.feed, Kind: "call", Period: wfm.Window{Start: start, End: start.Add(15 * time.Minute)},
		Revision: 1, Name: fmt.Sprintf("call_%03d.txt", n)}
}

var (
	wide  = wfm.Window{Start: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC), End: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}
	one   = wfm.DigestOf([]byte("one"))
	other = wfm.DigestOf([]byte("other"))
	there = delivery.Receipt{Where: `\\server\share\call.txt`, Bytes: 3}
)

// wait lets d pass by the clock of the store.
func (b *bench) wait(ctx context.Context, d time.Duration) error {
	if b.subject.Move != nil {
		b.subject.Move(d)
		return nil
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

func (b *bench) list(ctx context.Context, feed string, w wfm.Window) ([]ledger.Entry, error) {
	var list []ledger.Entry
	for e, err := range b.ledger.Entries(ctx, feed, w) {
		if err != nil {
			return nil, fmt.Errorf("entries: %w", err)
		}
		list = append(list, e)
	}
	return list, nil
}

// begin begins and refuses an error.
func (b *bench) begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	e, err := b.ledger.Begin(ctx, k, d)
	if err != nil {
		return e, fmt.Errorf("begin %s: %w", wfm.Quote(k.Name), err)
	}
	return e, nil
}

// expect compares an entry with what it must be. Its clock readings must be set and in UTC.
func expect(e ledger.Entry, k ledger.Key, d wfm.Digest, s ledger.Status, r delivery.Receipt) error {
	switch {
	case !sameKey(e.Key, k):
		return fmt.Errorf("the entry has key %s, want %s", show(e.Key), show(k))
	case e.Key.Period.Start.Location() != time.UTC || e.Key.Period.End.Location() != time.UTC:
		return fmt.Errorf("the period of the entry is not in UTC")
	case e.Digest != d:
		return fmt.Errorf("the entry has digest %.12s, want %.12s", e.Digest, d)
	case e.Status != s:
		return fmt.Errorf("the entry is %s, want %s", e.Status, s)
	case e.Receipt != r:
		return fmt.Errorf("the entry has receipt %+v, want %+v", e.Receipt, r)
	case e.BegunAt.IsZero() || e.BegunAt.Location() != time.UTC:
		return fmt.Errorf("BegunAt is %v, want an instant in UTC", e.BegunAt)
	case e.DeliveredAt.IsZero() == (s == ledger.Delivered):
		return fmt.Errorf("DeliveredAt of a %s entry is %v", s, e.DeliveredAt)
	}
	return nil
}

func sameKey(a, b ledger.Key) bool {
	same := a.Period.Start.Equal(b.Period.Start) && a.Period.End.Equal(b.Period.End)
	a.Period, b.Period = wfm.Window{}, wfm.Window{}
	return same && a == b
}

func show(k ledger.Key) string {
	return fmt.Sprintf("{%s %s %s part %d revision %d %s}", wfm.Quote(k.Feed), wfm.Quote(k.Kind), k.Period, k.Part, k.Revision, wfm.Quote(k.Name))
}

// sole checks that the feed has this entry and no other.
func (b *bench) sole(ctx context.Context, k ledger.Key, d wfm.Digest, s ledger.Status, r delivery.Receipt) error {
	list, err := b.list(ctx, k.Feed, wide)
	if err != nil {
		return err
	}
	if len(list) != 1 {
		return fmt.Errorf("the feed has %d entries, want 1", len(list))
	}
	return expect(list[0], k, d, s, r)
}
