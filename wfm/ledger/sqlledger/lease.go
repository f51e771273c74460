package sqlledger

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Acquire makes holder the one that runs the feed, or prolongs what it has.
func (l *Ledger) Acquire(ctx context.Context, feed, holder string, ttl time.Duration) (ledger.Lease, error) {
	if err := ledger.CheckLease(feed, holder, ttl); err != nil {
		return ledger.Lease{}, err
	}
	v := values{"feed": l.dialect.Text(feed), "holder": l.dialect.Text(holder), "ttl": ledger.WholeMilliseconds(ttl)}
	var standing leaseRow
	err := l.write(ctx, nil, func(tx *sql.Tx) (bool, error) {
		taken, err := l.exec(ctx, tx, l.sql.acquire, v)
		if err != nil {
			return false, err
		}
		standing, err = l.standing(ctx, tx, feed)
		if errors.Is(err, sql.ErrNoRows) {
			if _, err = l.exec(ctx, tx, l.sql.firstLease, v); err != nil {
				return false, err
			}
			standing, err = l.standing(ctx, tx, feed)
		}
		if err != nil || taken > 0 || !standing.ahead || standing.Holder == holder {
			return true, err
		}
		// The clock went back. Without this nobody could have the feed until it is again what it was.
		recount := values{"feed": l.dialect.Text(feed), "token": standing.Token, "ttl": standing.ttl}
		if _, err = l.exec(ctx, tx, l.sql.recount, recount); err != nil {
			return true, err
		}
		if _, err = l.exec(ctx, tx, l.sql.acquire, v); err != nil { // one that was given back has now ended
			return true, err
		}
		standing, err = l.standing(ctx, tx, feed)
		return true, err
	})
	return standing.Lease, l.fail(ctx, "acquire the lease of feed "+wfm.Quote(feed), err)
}

// Release ends a lease before its time.
func (l *Ledger) Release(ctx context.Context, lease ledger.Lease) error {
	_, err := l.exec(ctx, l.db, l.sql.release, l.leaseValues(lease))
	return l.fail(ctx, "release the lease of feed "+wfm.Quote(lease.Feed), err)
}

// Held tells whether a lease holds at this moment.
func (l *Ledger) Held(ctx context.Context, lease ledger.Lease) error {
	standing, err := l.standing(ctx, l.db, lease.Feed)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return &ledger.LostError{Lease: lease}
	case err != nil:
		return l.fail(ctx, "look at the lease of feed "+wfm.Quote(lease.Feed), err)
	case standing.Token != lease.Token, standing.Holder != lease.Holder, !standing.alive:
		return &ledger.LostError{Lease: lease, Now: standing.Lease}
	}
	return nil
}

// Holders returns the lease of each feed.
func (l *Ledger) Holders(ctx context.Context) ([]ledger.Lease, error) {
	list, err := l.holders(ctx)
	if err != nil {
		return nil, l.fail(ctx, "read the leases", err)
	}
	slices.SortFunc(list, func(a, b ledger.Lease) int { return strings.Compare(a.Feed, b.Feed) })
	return list, nil
}

func (l *Ledger) holders(ctx context.Context) ([]ledger.Lease, error) {
	rows, err := l.db.QueryContext(ctx, l.sql.holders.text)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []ledger.Lease
	for rows.Next() {
		var lease ledger.Lease
		var until string
		if err := rows.Scan(&lease.Feed, &lease.Holder, &lease.Token, &until); err != nil {
			return nil, err
		}
		if lease.Until, err = leaseEnd(lease.Feed, until); err != nil {
			return nil, err
		}
		list = append(list, lease)
	}
	return list, rows.Err()
}

// leaseRow is a lease with what the server's clock says of it.
type leaseRow struct {
	ledger.Lease
	ttl   int64 // milliseconds; 0 of one that was given back
	ahead bool  // it was granted at a time that the clock has not reached
	alive bool
}

// standing reads the lease of a feed; sql.ErrNoRows says that it never had one.
func (l *Ledger) standing(ctx context.Context, q queryer, feed string) (leaseRow, error) {
	r := leaseRow{Lease: ledger.Lease{Feed: feed}}
	var until string
	var ahead, alive int
	err := l.queryRow(ctx, q, l.sql.lease, values{"feed": l.dialect.Text(feed)}).Scan(&r.Holder, &r.Token, &until, &r.ttl, &ahead, &alive)
	if err != nil {
		return leaseRow{}, err
	}
	r.ahead, r.alive = ahead != 0, alive != 0
	r.Until, err = leaseEnd(feed, until)
	return r, err
}

func leaseEnd(feed, text string) (time.Time, error) {
	t, err := time.Parse(stampLayout, text)
	if err != nil {
		return time.Time{}, &wfm.Error{Op: "read the lease of feed " + wfm.Quote(feed), Kind: wfm.BadData, Err: err,
			Remedy: "set ends_at of the row in " + LeasesTable + " to 0001-01-01T00:00:00.000000000Z, and leave its token"}
	}
	return t, nil
}

func (l *Ledger) leaseValues(lease ledger.Lease) values {
	return values{"feed": l.dialect.Text(lease.Feed), "holder": l.dialect.Text(lease.Holder), "token": lease.Token}
}
