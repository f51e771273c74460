package sqlledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Options of a ledger. The zero value is right for a database that the service may make tables in.
type Options struct {
	// Schema is where the tables are; "" is the login's default schema.
	Schema string
	// NoMigrate says that an administrator makes the tables, by the text that Script returns. New
	// then changes no table, and says what lacks.
	NoMigrate bool
	// Now is the clock for BegunAt and DeliveredAt; nil means time.Now. Leases go by the clock of
	// the server, and by this one where the database has none (SQLite).
	Now func() time.Time
	// OwnDB makes Close close the database.
	OwnDB bool
}

// Ledger is a ledger in a SQL database. It implements ledger.Ledger, ledger.Progress, ledger.Leases,
// ledger.Pruner and ledger.Lister, and is safe for concurrent use, also by several processes.
type Ledger struct {
	db      *sql.DB
	dialect Dialect
	options Options
	sql     statements
}

var (
	_ ledger.Ledger   = (*Ledger)(nil)
	_ ledger.Progress = (*Ledger)(nil)
	_ ledger.Leases   = (*Ledger)(nil)
	_ ledger.Pruner   = (*Ledger)(nil)
	_ ledger.Lister   = (*Ledger)(nil)
)

// New makes a ledger over an open database and brings its tables to the version that this release
// knows, or with Options.NoMigrate only looks at them. A database of a newer release is refused and
// not changed.
func New(ctx context.Context, db *sql.DB, dialect Dialect, o Options) (*Ledger, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	prefix, err := dialect.Prefix(o.Schema)
	if err != nil {
		return nil, err
	}
	l := &Ledger{db: db, dialect: dialect, options: o, sql: newStatements(dialect, prefix)}
	if err := l.prepare(ctx); err != nil {
		return nil, l.fail(ctx, "open the ledger", err)
	}
	return l, nil
}

// Close releases the database where the ledger owns it. The ledger cannot be used afterwards.
func (l *Ledger) Close() error {
	if !l.options.OwnDB {
		return nil
	}
	return l.fail(context.Background(), "close the ledger", l.db.Close())
}

// Begin records the intent to deliver and is durable when it returns.
func (l *Ledger) Begin(ctx context.Context, key ledger.Key, digest wfm.Digest) (ledger.Entry, error) {
	return l.begin(ctx, key, digest, nil)
}

// begin is Begin under a lease; nil stands for none.
func (l *Ledger) begin(ctx context.Context, key ledger.Key, digest wfm.Digest, under *ledger.Lease) (ledger.Entry, error) {
	if err := cmp.Or(key.Check(), checkFenced(under, key.Feed)); err != nil {
		return ledger.Entry{}, err
	}
	e := ledger.Entry{Key: key.UTC(), Digest: digest, Status: ledger.Begun, BegunAt: l.now()}
	var known ledger.Entry
	err := l.write(ctx, under, func(tx *sql.Tx) (changed bool, err error) {
		known, err = l.lookUp(ctx, tx, e.Key)
		if !errors.Is(err, sql.ErrNoRows) {
			return false, err
		}
		known = e
		_, err = l.exec(ctx, tx, l.sql.insert, values{"id": e.Key.ID(), "feed": l.dialect.Text(e.Key.Feed), "kind": l.dialect.Text(e.Key.Kind),
			"start": stamp(e.Key.Period.Start), "end": stamp(e.Key.Period.End), "part": e.Key.Part, "revision": e.Key.Revision,
			"name": l.dialect.Text(e.Key.Name), "digest": digest.String(), "status": int(ledger.Begun), "at": stamp(e.BegunAt)})
		return true, err
	})
	if err != nil {
		return ledger.Entry{}, l.fail(ctx, "begin "+wfm.Quote(key.Name), err)
	}
	if known.Digest != digest {
		return ledger.Entry{}, ledger.ConflictError(known, digest)
	}
	return known, nil
}

// Commit marks a begun entry as delivered and is durable when it returns. A second commit changes
// nothing: the first receipt stands.
func (l *Ledger) Commit(ctx context.Context, key ledger.Key, receipt delivery.Receipt) error {
	return l.commit(ctx, key, receipt, nil)
}

func (l *Ledger) commit(ctx context.Context, key ledger.Key, receipt delivery.Receipt, under *ledger.Lease) error {
	if err := cmp.Or(key.Check(), checkFenced(under, key.Feed)); err != nil {
		return err
	}
	key, receipt = key.UTC(), ledger.Stored(receipt)
	unknown := false
	err := l.write(ctx, under, func(tx *sql.Tx) (bool, error) {
		n, err := l.exec(ctx, tx, l.sql.commit, values{"status": int(ledger.Delivered), "where": l.dialect.Text(receipt.Where),
			"bytes": receipt.Bytes, "at": stamp(l.now()), "id": key.ID(), "begun": int(ledger.Begun)})
		if err != nil || n > 0 {
			return true, err
		}
		_, err = l.lookUp(ctx, tx, key)
		if unknown = errors.Is(err, sql.ErrNoRows); unknown {
			err = nil
		}
		return false, err
	})
	if err == nil && unknown {
		return ledger.NotBegunError(key)
	}
	return l.fail(ctx, "commit "+wfm.Quote(key.Name), err)
}

func (l *Ledger) lookUp(ctx context.Context, tx *sql.Tx, key ledger.Key) (ledger.Entry, error) {
	_, e, err := scanEntry(l.queryRow(ctx, tx, l.sql.lookUp, values{"id": key.ID()}), key.Feed)
	return e, err
}

// Watermark returns the end of the last interval of an unbroken run.
func (l *Ledger) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	var text string
	err := l.queryRow(ctx, l.db, l.sql.watermark, values{"feed": l.dialect.Text(feed)}).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	t, parseErr := time.Parse(stampLayout, text)
	if err = cmp.Or(err, parseErr); err != nil {
		return time.Time{}, false, l.fail(ctx, "read the progress of feed "+wfm.Quote(feed), err)
	}
	return t, true, nil
}

// SetWatermark moves the watermark forward and is durable when it returns; an earlier time changes
// nothing.
func (l *Ledger) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	return l.setWatermark(ctx, feed, t, nil)
}

func (l *Ledger) setWatermark(ctx context.Context, feed string, t time.Time, under *ledger.Lease) error {
	if err := cmp.Or(ledger.CheckFeed(feed), checkFenced(under, feed)); err != nil {
		return err
	}
	v := values{"feed": l.dialect.Text(feed), "through": stamp(t)}
	err := l.write(ctx, under, func(tx *sql.Tx) (bool, error) {
		var old string
		err := l.queryRow(ctx, tx, l.sql.watermark, v).Scan(&old)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = l.exec(ctx, tx, l.sql.firstWatermark, v)
			return true, err
		case err == nil && old < stamp(t):
			_, err = l.exec(ctx, tx, l.sql.moveWatermark, v) // looks again, since another may have been quicker
			return true, err
		}
		return false, err
	})
	return l.fail(ctx, "store the progress of feed "+wfm.Quote(feed), err)
}

func (l *Ledger) now() time.Time { return l.options.Now().UTC().Round(0) }
