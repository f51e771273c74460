package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Fenced returns the same ledger under a lease.
func (l *Ledger) Fenced(lease ledger.Lease) ledger.FencedLedger { return fenced{l, lease} }

// fenced forwards what only reads, so that nothing else of the ledger shows through it.
type fenced struct {
	ledger *Ledger
	lease  ledger.Lease
}

func (f fenced) Begin(ctx context.Context, key ledger.Key, digest wfm.Digest) (ledger.Entry, error) {
	return f.ledger.begin(ctx, key, digest, &f.lease)
}

func (f fenced) Commit(ctx context.Context, key ledger.Key, receipt delivery.Receipt) error {
	return f.ledger.commit(ctx, key, receipt, &f.lease)
}

func (f fenced) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
	return f.ledger.Entries(ctx, feed, w)
}

func (f fenced) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	return f.ledger.Watermark(ctx, feed)
}

func (f fenced) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	return f.ledger.setWatermark(ctx, feed, t, &f.lease)
}

func checkFenced(under *ledger.Lease, feed string) error {
	if under == nil {
		return nil
	}
	return ledger.CheckFenced(*under, feed)
}

// fence is the last step of a transaction under a lease. After a change it locks the lease's row
// until the commit, so that the feed cannot pass to another holder before the change is there. It
// comes last because the lock is then held for one round trip only. What changed nothing needs no
// lock, and so costs no write.
func (l *Ledger) fence(ctx context.Context, tx *sql.Tx, lease ledger.Lease, changed bool) error {
	var n int64
	var err error
	if changed {
		n, err = l.exec(ctx, tx, l.sql.fence, l.leaseValues(lease))
	} else {
		err = l.queryRow(ctx, tx, l.sql.unfenced, l.leaseValues(lease)).Scan(&n)
	}
	if err != nil || n > 0 {
		return err
	}
	now, err := l.standing(ctx, tx, lease.Feed)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	return &ledger.LostError{Lease: lease, Now: now.Lease}
}
