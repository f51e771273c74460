package sqlconn_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm/sqlconn"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlconntest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// deaf is a driver that never looks at a context: each operation sends a byte and waits for one.
type deaf struct {
	dial    sqlconn.Dialer
	address string
	logOns  int // round trips of a log-on
}

func (d deaf) Driver() driver.Driver { return nil }

func (d deaf) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := d.dial.DialContext(ctx, "tcp", d.address)
	if err != nil {
		return nil, err
	}
	for range d.logOns {
		if err := trip(c); err != nil {
			return nil, err // and leaves the socket open
		}
	}
	return deafConn{c}, nil
}

func trip(c net.Conn) error {
	if _, err := c.Write([]byte{1}); err != nil {
		return err
	}
	_, err := io.ReadFull(c, make([]byte, 1))
	return err
}

type deafConn struct{ c net.Conn }

func (c deafConn) Close() error                             { return errors.Join(trip(c.c), c.c.Close()) }
func (c deafConn) Begin() (driver.Tx, error)                { return nil, errors.New("not used") }
func (c deafConn) Prepare(string) (driver.Stmt, error)      { return deafStmt{c}, trip(c.c) }
func (c deafConn) Ping(context.Context) error               { return trip(c.c) }
func (c deafConn) ResetSession(context.Context) error       { return nil }
func (c deafConn) CheckNamedValue(*driver.NamedValue) error { return nil }
func (c deafConn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return deafTx(c), trip(c.c)
}

type deafTx struct{ c net.Conn }

func (t deafTx) Commit() error   { return trip(t.c) }
func (t deafTx) Rollback() error { return trip(t.c) }

type deafStmt struct{ c deafConn }

func (s deafStmt) Close() error  { return nil }
func (s deafStmt) NumInput() int { return -1 }
func (s deafStmt) Exec([]driver.Value) (driver.Result, error) {
	return driver.ResultNoRows, trip(s.c.c)
}
func (s deafStmt) Query([]driver.Value) (driver.Rows, error) { return deafRows(s), trip(s.c.c) }

type deafRows struct{ c deafConn }

func (r deafRows) Columns() []string { return []string{"a"} }
func (r deafRows) Close() error      { return nil }
func (r deafRows) Next(to []driver.Value) error {
	to[0] = int64(1)
	return trip(r.c.c)
}

// answers so many trips.
func answers(trips int) func(net.Conn) {
	return func(c net.Conn) {
		b := make([]byte, 1)
		for range trips {
			if _, err := io.ReadFull(c, b); err != nil {
				return
			}
			if _, err := c.Write(b); err != nil {
				return
			}
		}
	}
}

func open(t *testing.T, s *sqlconntest.Server, logOns int, l sqlconn.Limits) *sql.DB {
	t.Helper()
	db := sql.OpenDB(sqlconn.Guard(l, func(d sqlconn.Dialer) driver.Connector { return deaf{d, s.Address, logOns} }))
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func TestLogOnEndsWithItsContext(t *testing.T) {
	for trips := range 3 {
		s := sqlconntest.Listen(t, answers(trips))
		sqlconntest.Ends(t, open(t, s, 3, sqlconn.Limits{}).PingContext)
		s.Left(t)
		sqlconntest.Limited(t, open(t, s, 3, sqlconn.Limits{LogOn: 50 * time.Millisecond}).PingContext(t.Context()))
		s.Left(t)
	}
}

func TestErrorsOfTheDriverStay(t *testing.T) {
	s := sqlconntest.Listen(t, func(c net.Conn) { _ = c.Close() })
	err := open(t, s, 1, sqlconn.Limits{}).PingContext(t.Context())
	var network *net.OpError
	require.True(t, errors.Is(err, io.EOF) || errors.As(err, &network), "%v", err)
	s.Left(t)
}

func TestOperationsEndWithTheirContexts(t *testing.T) {
	exec := func(ctx context.Context, db *sql.DB) error { _, err := db.ExecContext(ctx, "x", 1); return err }
	read := func(ctx context.Context, db *sql.DB) error {
		rows, err := db.QueryContext(ctx, "x")
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		return errors.Join(rows.Err(), rows.Close())
	}
	transact := func(ctx context.Context, db *sql.DB) error {
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		return tx.Commit()
	}
	for name, c := range map[string]struct {
		trips int
		run   func(context.Context, *sql.DB) error
	}{
		"ping":      {0, func(ctx context.Context, db *sql.DB) error { return db.PingContext(ctx) }},
		"prepare":   {0, exec},
		"exec":      {1, exec},
		"query":     {1, read},
		"third row": {4, read},
		"begin":     {0, transact},
		"commit":    {1, transact},
	} {
		t.Run(name, func(t *testing.T) {
			s := sqlconntest.Listen(t, answers(c.trips))
			db := open(t, s, 0, sqlconn.Limits{Grace: 50 * time.Millisecond})
			sqlconntest.Ends(t, func(ctx context.Context) error { return c.run(ctx, db) })
			s.Left(t)
		})
	}
}

func TestRollbackOfALostTransaction(t *testing.T) {
	s := sqlconntest.Listen(t, answers(1))
	db := open(t, s, 0, sqlconn.Limits{Grace: 50 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	_, err := db.BeginTx(ctx, nil)
	require.NoError(t, err)
	cancel() // database/sql rolls back, to which the server says nothing
	s.Left(t)
}

func TestCloseOfASilentServer(t *testing.T) {
	s := sqlconntest.Listen(t, answers(1))
	db := open(t, s, 0, sqlconn.Limits{Grace: 50 * time.Millisecond})
	require.NoError(t, db.PingContext(t.Context()))
	begin := time.Now()
	require.Error(t, db.Close(), "the driver took no leave")
	require.Less(t, time.Since(begin), 30*time.Second)
	s.Left(t)
}

func TestGraceSavesTheConnectionOfAnAnsweringServer(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := sqlconntest.Listen(t, func(c net.Conn) {
		answers(1)(c)
		_, _ = io.ReadFull(c, make([]byte, 1))
		cancel()
		time.Sleep(20 * time.Millisecond)
		_, _ = c.Write([]byte{1})
		answers(1 << 20)(c)
	})
	c, err := sqlconn.Guard(sqlconn.Limits{Grace: time.Minute}, func(d sqlconn.Dialer) driver.Connector { return deaf{d, s.Address, 0} }).Connect(t.Context())
	require.NoError(t, err)
	p := c.(driver.Pinger)
	require.NoError(t, p.Ping(t.Context()))
	require.True(t, c.(driver.Validator).IsValid())
	require.NoError(t, p.Ping(ctx), "the answer came within the grace")
	require.Error(t, ctx.Err())
	require.NoError(t, p.Ping(t.Context()), "the socket is whole")
	require.False(t, c.(driver.Validator).IsValid(), "the driver does not say that it may serve again")
	require.NoError(t, c.Close())
	s.Left(t)
}

func TestManyOperationsOnOneConnection(t *testing.T) {
	s := sqlconntest.Listen(t, answers(1<<20))
	db := open(t, s, 1, sqlconn.Limits{})
	for range 200 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		require.NoError(t, db.PingContext(ctx))
		var a int
		require.NoError(t, db.QueryRowContext(ctx, "x").Scan(&a))
		cancel() // after the end, so that it may not touch the connection
	}
	require.EqualValues(t, 1, s.Accepted.Load())
}

func TestADriverThatDialsByItselfIsRefused(t *testing.T) {
	sqlconn.Guard(sqlconn.Limits{}, func(d sqlconn.Dialer) driver.Connector {
		_, err := d.DialContext(t.Context(), "tcp", "127.0.0.1:9")
		require.ErrorContains(t, err, "without the context of a log-on")
		return deaf{}
	})
}

func BenchmarkPing(b *testing.B) {
	s := sqlconntest.Listen(b, answers(1<<30))
	for name, guarded := range map[string]bool{"guarded": true, "bare": false} {
		b.Run(name, func(b *testing.B) {
			c, err := sqlconn.Guard(sqlconn.Limits{}, func(d sqlconn.Dialer) driver.Connector { return deaf{d, s.Address, 0} }).Connect(b.Context())
			require.NoError(b, err)
			p := c.(driver.Pinger)
			if !guarded {
				raw, err := net.Dial("tcp", s.Address)
				require.NoError(b, err)
				p = deafConn{raw}
				defer raw.Close()
			}
			for b.Loop() {
				require.NoError(b, p.Ping(b.Context()))
			}
			require.NoError(b, c.Close())
		})
	}
}
