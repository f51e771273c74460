package cicsql_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"sync"
	"testing"
)

// fakeDB stands for a server that is not here. answer gets each statement and its parameters.
type fakeDB struct {
	mu         sync.Mutex
	statements []fakeStatement
	connectErr error
	answer     func(query string, args []any) (fakeRows, error)
}

type fakeStatement struct {
	text string
	args []any
}

type fakeRows struct {
	columns []string
	rows    [][]driver.Value
	err     error // after the last row
}

func (f *fakeDB) open(t testing.TB) *sql.DB {
	t.Helper()
	db := sql.OpenDB(f)
	t.Cleanup(func() { db.Close() })
	return db
}

func (f *fakeDB) Connect(context.Context) (driver.Conn, error) {
	if f.connectErr != nil {
		return nil, f.connectErr
	}
	return fakeConn{f}, nil
}
func (f *fakeDB) Driver() driver.Driver { return nil }

type fakeConn struct{ db *fakeDB }

func (c fakeConn) Prepare(string) (driver.Stmt, error) { return nil, errors.New("not prepared here") }
func (c fakeConn) Close() error                        { return nil }
func (c fakeConn) Begin() (driver.Tx, error)           { return nil, errors.New("no transactions here") }

func (c fakeConn) QueryContext(ctx context.Context, query string, named []driver.NamedValue) (driver.Rows, error) {
	args := make([]any, len(named))
	for i, a := range named {
		args[i] = a.Value
	}
	c.db.mu.Lock()
	c.db.statements = append(c.db.statements, fakeStatement{query, args})
	c.db.mu.Unlock()
	rows, err := c.db.answer(query, args)
	if err != nil {
		return nil, err
	}
	return &fakeCursor{rows: rows}, nil
}

type fakeCursor struct {
	rows fakeRows
	at   int
}

func (c *fakeCursor) Columns() []string { return c.rows.columns }
func (c *fakeCursor) Close() error      { return nil }
func (c *fakeCursor) Next(dest []driver.Value) error {
	if c.at >= len(c.rows.rows) {
		if c.rows.err != nil {
			return c.rows.err
		}
		return io.EOF
	}
	copy(dest, c.rows.rows[c.at])
	c.at++
	return nil
}
