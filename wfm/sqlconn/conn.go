package sqlconn

import (
	"context"
	"database/sql/driver"
	"errors"
	"sync/atomic"
	"time"
)

// conn forwards to the driver's connection, and watches the context of each operation. It has all
// optional methods of database/sql; where the driver lacks one, it answers as database/sql would without.
type conn struct {
	driver.Conn
	sockets *sockets
	grace   time.Duration
	ended   atomic.Bool // the context of an operation ended
}

var (
	_ driver.QueryerContext     = (*conn)(nil)
	_ driver.ExecerContext      = (*conn)(nil)
	_ driver.ConnPrepareContext = (*conn)(nil)
	_ driver.ConnBeginTx        = (*conn)(nil)
	_ driver.Pinger             = (*conn)(nil)
	_ driver.SessionResetter    = (*conn)(nil)
	_ driver.Validator          = (*conn)(nil)
	_ driver.NamedValueChecker  = (*conn)(nil)
)

// watch begins an operation. The function that it returns ends it; an error that comes of the cut is
// the context's.
func (c *conn) watch(ctx context.Context) func(error) error {
	release := c.sockets.watch(ctx, c.grace)
	return func(err error) error {
		if !release() {
			return err
		}
		c.ended.Store(true)
		return c.reason(ctx, err)
	}
}

// reason is why an operation failed: the end of its context, where the connection was cut for that.
func (c *conn) reason(ctx context.Context, err error) error {
	if err != nil && ctx.Err() != nil && c.sockets.isCut() {
		return ctx.Err()
	}
	return err
}

func (c *conn) Ping(ctx context.Context) error {
	p, ok := c.Conn.(driver.Pinger)
	if !ok {
		return nil
	}
	return c.watch(ctx)(p.Ping(ctx))
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	e, ok := c.Conn.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	end := c.watch(ctx)
	r, err := e.ExecContext(ctx, query, args)
	return r, end(err)
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	q, ok := c.Conn.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	return c.query(ctx, func() (driver.Rows, error) { return q.QueryContext(ctx, query, args) })
}

func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	end := c.watch(ctx)
	var s driver.Stmt
	var err error
	if p, ok := c.Conn.(driver.ConnPrepareContext); ok {
		s, err = p.PrepareContext(ctx, query)
	} else {
		s, err = c.Conn.Prepare(query)
	}
	if err = end(err); err != nil {
		return nil, err
	}
	return &stmt{Stmt: s, conn: c}, nil
}

func (c *conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	b, ok := c.Conn.(driver.ConnBeginTx)
	if !ok {
		return nil, errors.New("the driver cannot begin a transaction with a context")
	}
	end := c.watch(ctx)
	t, err := b.BeginTx(ctx, o)
	if err = end(err); err != nil {
		return nil, err
	}
	return &tx{Tx: t, conn: c, ctx: ctx}, nil
}

func (c *conn) ResetSession(ctx context.Context) error {
	if c.sockets.isCut() {
		return driver.ErrBadConn
	}
	r, ok := c.Conn.(driver.SessionResetter)
	if !ok {
		return nil
	}
	return c.watch(ctx)(r.ResetSession(ctx))
}

// IsValid tells whether the connection may serve again. A driver that does not say so itself, as
// go-ora, has told the server to stop when a context ended; what the server answers to that is not
// to be found in the answer to the next statement.
func (c *conn) IsValid() bool {
	if c.sockets.isCut() {
		return false
	}
	if v, ok := c.Conn.(driver.Validator); ok {
		return v.IsValid()
	}
	return !c.ended.Load()
}

func (c *conn) CheckNamedValue(v *driver.NamedValue) error {
	if n, ok := c.Conn.(driver.NamedValueChecker); ok {
		return n.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

func (c *conn) Close() error {
	timer := time.AfterFunc(c.grace, c.sockets.cut)
	defer timer.Stop()
	err := c.Conn.Close()
	c.sockets.cut()
	return err
}

// tx ends with the context that it began with.
type tx struct {
	driver.Tx
	conn *conn
	ctx  context.Context
}

func (t *tx) Commit() error {
	return t.conn.watch(t.ctx)(t.Tx.Commit())
}

func (t *tx) Rollback() error {
	return t.conn.watch(t.ctx)(t.Tx.Rollback())
}
