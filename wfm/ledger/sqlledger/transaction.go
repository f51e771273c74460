package sqlledger

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// write runs a change in a transaction, under a lease where there is one; do tells whether it changed
// anything. Where another process inserted the row between our look and our insert, it is done again.
func (l *Ledger) write(ctx context.Context, under *ledger.Lease, do func(*sql.Tx) (changed bool, err error)) error {
	once := func() error {
		return l.inTransaction(ctx, func(tx *sql.Tx) error {
			changed, err := do(tx)
			if err != nil || under == nil {
				return err
			}
			return l.fence(ctx, tx, *under, changed)
		})
	}
	err := once()
	if err != nil && l.dialect.Fault(err).Object == RowExists {
		err = once()
	}
	return err
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

// queryer is a database, or a transaction on it.
type queryer interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec runs a statement and returns how many rows it changed.
func (l *Ledger) exec(ctx context.Context, q queryer, s statement, v values) (int64, error) {
	done, err := q.ExecContext(ctx, s.text, l.arguments(s, v)...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

func (l *Ledger) queryRow(ctx context.Context, q queryer, s statement, v values) *sql.Row {
	return q.QueryRowContext(ctx, s.text, l.arguments(s, v)...)
}

func (l *Ledger) arguments(s statement, v values) []any {
	list := make([]any, len(s.args))
	for i, name := range s.args {
		switch name {
		case "now":
			list[i] = stamp(l.now())
		case "after":
			list[i] = stamp(l.now().Add(time.Duration(v["ttl"].(int64)) * time.Millisecond))
		default:
			list[i] = v[name]
		}
	}
	return list
}

// fail gives an error of the driver its decision; errors that carry one stay as they are.
func (l *Ledger) fail(ctx context.Context, op string, err error) error {
	var decided *wfm.Error
	var problem wfm.Problem
	if err == nil || errors.As(err, &decided) || errors.As(err, &problem) || ledger.IsLost(err) {
		return err
	}
	if cause := ctx.Err(); cause != nil {
		return &wfm.Error{Op: op, Kind: wfm.LossOfInterest, Err: cause}
	}
	f := l.dialect.Fault(err)
	if f == (Fault{}) {
		f.Retry = true // as with every error that says nothing
		if isLost(err) {
			f.Kind, f.Remedy = wfm.Unavailable, "check that the database server runs and can be reached"
		}
	}
	return &wfm.Error{Op: op, Kind: f.Kind, Retry: f.Retry, Remedy: f.Remedy, Err: err}
}

// isLost recognises what the loss of a connection looks like through any driver. The caller's
// context has not ended, so that a deadline is the driver's own.
func isLost(err error) bool {
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, sql.ErrConnDone)
}
