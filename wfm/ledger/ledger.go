// Package ledger remembers what was delivered, so that nothing is lost and nothing is sent twice.
//
// Its place in the flow:
//
//	a vendor's encoder ─ wfm.Artifact ─▶ Ledger.Begin ─▶ delivery.Transport ─▶ Ledger.Commit
//
// Begin is durable before the first byte leaves; Commit follows the effect. After a crash an
// entry is either absent (nothing was sent), begun (perhaps sent: probe, or send the same again)
// or delivered (skip).
//
// Several instances of a service stand in for each other by Leases: whoever has the lease of a feed
// runs it, and writes through Fenced, so that one that was paused and wakes too late changes nothing.
package ledger

import (
	"context"
	"iter"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Key names one artifact of one feed. Two artifacts with one key are the same delivery. What its
// texts may hold is checked by Check.
type Key struct {
	Feed     string     // neither begins nor ends with a blank
	Kind     string     // the layout that made it
	Period   wfm.Window // UTC; the interval or day that the artifact covers
	Part     int        // several artifacts of one kind and period
	Revision int        // 1 for the first version
	Name     string     // file name
}

// Status says how far a delivery is.
type Status uint8

// The states of a delivery.
const (
	Begun     Status = iota + 1 // intent is durable; the bytes may or may not have left
	Delivered                   // confirmed
)

// Entry is one line of the ledger.
type Entry struct {
	Key     Key
	Digest  wfm.Digest
	Status  Status
	Receipt delivery.Receipt // of a delivered entry
	// BegunAt and DeliveredAt come from the ledger's clock, in UTC.
	BegunAt, DeliveredAt time.Time
}

// Ledger is safe for concurrent use, also by several processes where it is kept in a database.
type Ledger interface {
	// Begin records the intent to deliver and is durable when it returns. If the key is known with
	// the same digest it returns that entry unchanged: Delivered means skip, Begun means that an
	// earlier attempt was cut off. If the key is known with another digest the error is a
	// *wfm.Error of kind wfm.Conflict and nothing changes.
	Begin(ctx context.Context, key Key, digest wfm.Digest) (Entry, error)
	// Commit marks a begun entry as delivered. Committing twice is no error; committing what was
	// never begun is. The receipt is kept as Stored returns it; the first one stands.
	Commit(ctx context.Context, key Key, receipt delivery.Receipt) error
	// Entries yields the entries of a feed whose period starts in the window, ordered by period
	// start, kind, part and revision. A non-nil error is the last thing yielded.
	Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[Entry, error]
}

// Progress remembers per feed up to when all closed intervals were dealt with, also those that had
// nothing to deliver. Ledgers that last implement it.
type Progress interface {
	// Watermark returns the end of the last interval of an unbroken run; ok is false for a feed
	// that never set one.
	Watermark(ctx context.Context, feed string) (t time.Time, ok bool, err error)
	// SetWatermark is durable when it returns. The watermark never moves back: a time before the one
	// that stands changes nothing and is no error, so that a slower process cannot undo what another
	// one did.
	SetWatermark(ctx context.Context, feed string, t time.Time) error
}
