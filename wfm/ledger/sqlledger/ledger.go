package sqlledger

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// Options of a ledger. The zero value is right.
type Options struct {
	// Now is the clock for BegunAt and DeliveredAt; nil means time.Now.
	Now func() time.Time
	// OwnDB makes Close close the database.
	OwnDB bool
}

// Ledger is a ledger in a SQL database. It implements ledger.Ledger and ledger.Progress and is
// safe for concurrent use, also by several processes.
type Ledger struct {
	db      *sql.DB
	dialect Dialect
	options Options
	sql     statements
}

var (
	_ ledger.Ledger   = (*Ledger)(nil)
	_ ledger.Progress = (*Ledger)(nil)
)

// New makes a ledger over an open database and brings its tables to the version that this release
// knows. A database of a newer release is refused and not changed.
func New(ctx context.Context, db *sql.DB, dialect Dialect, o Options) (*Ledger, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	l := &Ledger{db: db, dialect: dialect, options: o, sql: newStatements(dialect)}
	if err := l.migrate(ctx); err != nil {
		return nil, l.fail("open the ledger", err)
	}
	return l, nil
}

// Close releases the database where the ledger owns it. The ledger cannot be used afterwards.
func (l *Ledger) Close() error {
	if !l.options.OwnDB {
		return nil
	}
	return l.fail("close the ledger", l.db.Close())
}

// Begin records the intent to deliver and is durable when it returns.
func (l *Ledger) Begin(ctx context.Context, key ledger.Key, digest wfm.Digest) (ledger.Entry, error) {
	if err := key.Check(); err != nil {
		return ledger.Entry{}, err
	}
	e := ledger.Entry{Key: key.UTC(), Digest: digest, Status: ledger.Begun, BegunAt: l.now()}
	var known ledger.Entry
	begin := func(tx *sql.Tx) error {
		var err error
		known, err = l.lookUp(ctx, tx, e.Key)
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		known = e
		_, err = tx.ExecContext(ctx, l.sql.insert, e.Key.ID(), e.Key.Feed, e.Key.Kind, stamp(e.Key.Period.Start),
			stamp(e.Key.Period.End), e.Key.Part, e.Key.Revision, e.Key.Name, digest.String(), int(ledger.Begun), stamp(e.BegunAt))
		return err
	}
	err := l.inTransaction(ctx, begin)
	if l.dialect.Duplicate(err) { // another process was quicker between our look and our insert
		err = l.inTransaction(ctx, begin)
	}
	if err != nil {
		return ledger.Entry{}, l.fail("begin "+wfm.Quote(key.Name), err)
	}
	if known.Digest != digest {
		return ledger.Entry{}, ledger.ConflictError(known, digest)
	}
	return known, nil
}

// Commit marks a begun entry as delivered and is durable when it returns. A second commit changes
// nothing: the first receipt stands.
func (l *Ledger) Commit(ctx context.Context, key ledger.Key, receipt delivery.Receipt) error {
	if err := key.Check(); err != nil {
		return err
	}
	key = key.UTC()
	err := l.inTransaction(ctx, func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, l.sql.commit, int(ledger.Delivered), receipt.Where, receipt.Bytes,
			stamp(l.now()), key.ID(), int(ledger.Begun))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n > 0 {
			return err
		}
		_, err = l.lookUp(ctx, tx, key)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return ledger.NotBegunError(key)
	}
	return l.fail("commit "+wfm.Quote(key.Name), err)
}

func (l *Ledger) lookUp(ctx context.Context, tx *sql.Tx, key ledger.Key) (ledger.Entry, error) {
	_, e, err := scanEntry(tx.QueryRowContext(ctx, l.sql.lookUp, key.ID()), key.Feed)
	return e, err
}

// Watermark returns the end of the last interval of an unbroken run.
func (l *Ledger) Watermark(ctx context.Context, feed string) (time.Time, bool, error) {
	var text string
	err := l.db.QueryRowContext(ctx, l.sql.watermark, feed).Scan(&text)
	if errors.Is(err, sql.ErrNoRows) {
		return time.Time{}, false, nil
	}
	t, parseErr := time.Parse(stampLayout, text)
	if err = cmp.Or(err, parseErr); err != nil {
		return time.Time{}, false, l.fail("read the progress of feed "+wfm.Quote(feed), err)
	}
	return t, true, nil
}

// SetWatermark moves the watermark forward and is durable when it returns; an earlier time changes
// nothing.
func (l *Ledger) SetWatermark(ctx context.Context, feed string, t time.Time) error {
	if err := checkFeed(feed); err != nil {
		return err
	}
	set := func(tx *sql.Tx) error {
		var old string
		err := tx.QueryRowContext(ctx, l.sql.watermark, feed).Scan(&old)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			_, err = tx.ExecContext(ctx, l.sql.firstWatermark, feed, stamp(t))
		case err == nil && old < stamp(t):
			_, err = tx.ExecContext(ctx, l.sql.moveWatermark, stamp(t), feed, stamp(t))
		}
		return err
	}
	err := l.inTransaction(ctx, set)
	if l.dialect.Duplicate(err) {
		err = l.inTransaction(ctx, set)
	}
	return l.fail("store the progress of feed "+wfm.Quote(feed), err)
}

func (l *Ledger) inTransaction(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return cmp.Or(err, tx.Rollback())
	}
	return tx.Commit()
}

func (l *Ledger) now() time.Time { return l.options.Now().UTC().Round(0) }

// fail gives an error of the driver its decision; errors that carry one stay as they are.
func (l *Ledger) fail(op string, err error) error {
	var decided *wfm.Error
	if err == nil || errors.As(err, &decided) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: err}
	}
	f := l.dialect.Fault(err)
	return &wfm.Error{Op: op, Kind: f.Kind, Retry: f.Retry, Remedy: f.Remedy, Err: err}
}

func checkFeed(feed string) error {
	if feed == "" || strings.ToValidUTF8(feed, "") != feed {
		return wfm.Problem{Where: "ledger", Field: "feed", Value: feed, Reason: "is empty or not valid UTF-8"}
	}
	return nil
}
