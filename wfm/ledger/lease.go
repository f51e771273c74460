package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Lease is the right to run a feed, until it ends or is given back.
type Lease struct {
	Feed   string
	Holder string // who has it
	// Token grows by one each time that the feed passes to another holder; the first is 1. It is
	// what fences: whoever shows an older one is refused.
	Token int64
	// Until is when it ends, in UTC, by the clock of the store. Holders count the time to live from
	// before they asked, by their own clock, since the two may differ.
	Until time.Time
}

// MaxTTL is the longest time to live of a lease.
const MaxTTL = 24 * time.Hour

// Leases is implemented by ledgers that several instances of a service share. It decides which
// instance runs a feed. The store decides alone, by one clock and its unique keys; instances never
// talk to each other. A clock of the store that is set may hand a feed over too early or, by the
// time to live, too late; it never lets two holders write, since only the token counts there.
type Leases interface {
	// Acquire makes holder the one that runs the feed until ttl from now, where nobody else has it,
	// or prolongs what holder has; Lease.Holder of the result tells whether it succeeded, and else
	// who has it. A lease that ended goes to whoever asks first, under a new token; its own holder
	// prolongs it under the old token as long as nobody else did. One that was given back has ended.
	// Holder is a name that no other process has and that no later one takes again; ttl is more than
	// zero and at most MaxTTL, and counts in whole milliseconds, rounded up.
	//
	// Where the clock of the store went back past the moment at which the standing lease was asked
	// for, the lease counts anew, with its time to live, from the first Acquire that finds it so.
	Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (Lease, error)
	// Release ends a lease before its time. One that passed to another holder stays as it is, which
	// is no error.
	Release(ctx context.Context, l Lease) error
	// Held returns a *LostError where the feed passed to another holder, or where the lease has ended
	// or was given back, and nil where it holds at this moment.
	Held(ctx context.Context, l Lease) error
	// Fenced returns the same ledger under a lease: Begin, Commit and SetWatermark of the lease's feed
	// return a *LostError and change nothing where the feed passed to another holder. The check and
	// the change are one transaction: what a holder changed is there for the next one as soon as that
	// one has its lease, and nothing is added afterwards. A lease that merely ended, and went to
	// nobody, does no harm here. Another feed than the lease's is refused with a wfm.Problem.
	// Entries and Watermark only read, and need no lease.
	Fenced(l Lease) FencedLedger
	// Holders returns the lease of each feed that ever had one, ended ones too, ordered by feed
	// (bytewise).
	Holders(ctx context.Context) ([]Lease, error)
}

// FencedLedger is a ledger under a lease.
type FencedLedger interface {
	Ledger
	Progress
}

// LostError says that a lease no longer holds. It may be tried again under a new lease.
type LostError struct {
	Lease Lease // that was shown
	Now   Lease // that stands; zero where none does
}

// Error names both holders.
func (e *LostError) Error() string {
	if e.Now.Holder == "" || e.Now.Holder == e.Lease.Holder {
		return fmt.Sprintf("the lease %d of feed %s has ended", e.Lease.Token, wfm.Quote(e.Lease.Feed))
	}
	return fmt.Sprintf("feed %s passed to %s (lease %d, ours was %d)", wfm.Quote(e.Lease.Feed), wfm.Quote(e.Now.Holder), e.Now.Token, e.Lease.Token)
}

// IsLost tells whether an error says that a lease no longer holds.
func IsLost(err error) bool {
	var lost *LostError
	return errors.As(err, &lost)
}

// CheckLease refuses what cannot be asked for. Ledgers call it in Acquire.
func CheckLease(feed, holder string, ttl time.Duration) error {
	var problems []error
	bad := func(field, value, reason string) {
		problems = append(problems, wfm.Problem{Where: "lease", Field: field, Value: value, Reason: reason})
	}
	if reason := badLabel(feed, MaxFeed); reason != "" {
		bad("feed", feed, reason)
	}
	if reason := badLabel(holder, MaxHolder); reason != "" {
		bad("holder", holder, reason)
	}
	switch {
	case ttl <= 0:
		bad("time to live", ttl.String(), "is not more than zero")
	case ttl > MaxTTL:
		bad("time to live", ttl.String(), "is more than "+MaxTTL.String())
	}
	return errors.Join(problems...)
}

// CheckFenced refuses another feed than the lease's. Fenced ledgers call it in each call that writes.
func CheckFenced(l Lease, feed string) error {
	if feed == l.Feed {
		return nil
	}
	return wfm.Problem{Where: "ledger", Field: "feed", Value: feed, Reason: "is not the one of the lease, which is " + wfm.Quote(l.Feed),
		Remedy: "acquire a lease for each feed"}
}

// WholeMilliseconds rounds a time to live up, as stores count it.
func WholeMilliseconds(ttl time.Duration) int64 {
	return int64((ttl + time.Millisecond - 1) / time.Millisecond)
}

// Pruner is implemented by ledgers that can forget.
type Pruner interface {
	// Prune removes delivered entries of a feed whose period ended before t, and returns how many,
	// also with an error. What was begun and never confirmed stays, and so do watermarks and leases.
	// A backfill of a period that was pruned delivers it anew, since nothing is known of it: hosts
	// prune only what lies before every look-back. It works in small transactions, so that a feed is
	// never held up for long.
	Prune(ctx context.Context, feed string, t time.Time) (int, error)
}
