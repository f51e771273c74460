// Package standin is a database/sql driver for tests of dialects whose server is not here: it runs the
// statements of the dialect on SQLite, after rewriting what SQLite spells otherwise. It proves that
// the statements and their arguments fit together and that the traps of the server which it
// imitates are avoided; it proves nothing about the server itself.
package standin

import (
	"context"
	"database/sql/driver"
	"errors"
	"path/filepath"
	"strings"
	"sync"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Server is a driver.Connector. Its fields are set before the first connection.
type Server struct {
	// Rewrite makes SQLite's spelling of a statement.
	Rewrite func(query string) string
	// Argument changes what is bound, as the server would read it.
	Argument func(any) any
	// Refuse returns the error of the server for what stood in the way. It is called with NoObject
	// for each statement before it runs; nil lets it run.
	Refuse func(o sqlledger.Object, query string) error
	// ConnectError fails every connection.
	ConnectError error

	inner driver.Connector
	mu    sync.Mutex
	log   []Statement
}

// Statement is one that reached the server.
type Statement struct {
	Text string
	Args []any
}

// Open makes the store in a folder.
func (s *Server) Open(folder string) (*Server, error) {
	var err error
	s.inner, err = sqlite.NewConnector("file:" + filepath.ToSlash(filepath.Join(folder, "server.db")) +
		"?_txlock=immediate&_busy_timeout=10000&_synchronous=OFF&_error_rc=1&_pragma=journal_mode(WAL)")
	if err != nil {
		return nil, err
	}
	// The first connection changes the file to write-ahead logging, which waits for nobody: it must have the file for itself.
	first, err := s.inner.Connect(context.Background())
	if err != nil {
		return nil, err
	}
	return s, first.Close()
}

// Log returns what reached the server since the last call.
func (s *Server) Log() []Statement {
	s.mu.Lock()
	defer s.mu.Unlock()
	log := s.log
	s.log = nil
	return log
}

// Driver is needed by the interface only.
func (s *Server) Driver() driver.Driver { return s.inner.Driver() }

// Connect opens a connection.
func (s *Server) Connect(ctx context.Context) (driver.Conn, error) {
	if s.ConnectError != nil {
		return nil, s.ConnectError
	}
	c, err := s.inner.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return conn{c, s}, nil
}

type conn struct {
	driver.Conn
	server *Server
}

func (c conn) prepare(query string, args []driver.NamedValue) (string, []driver.NamedValue, error) {
	s := c.server
	logged := Statement{Text: query}
	changed := make([]driver.NamedValue, len(args))
	for i, a := range args {
		logged.Args = append(logged.Args, a.Value)
		if s.Argument != nil {
			a.Value = s.Argument(a.Value)
		}
		changed[i] = a
	}
	s.mu.Lock()
	s.log = append(s.log, logged)
	s.mu.Unlock()
	return s.Rewrite(query), changed, s.Refuse(sqlledger.NoObject, query)
}

// translate makes the server's error of SQLite's.
func (c conn) translate(err error, query string) error {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return err
	}
	o := sqlledger.NoObject
	switch {
	case e.Code() == codes.SQLITE_CONSTRAINT_PRIMARYKEY:
		o = sqlledger.RowExists
	case strings.Contains(e.Error(), "already exists"):
		o = sqlledger.ObjectExists
	case strings.Contains(e.Error(), "no such table"):
		o = sqlledger.ObjectMissing
	default:
		return err
	}
	return c.server.Refuse(o, query)
}

func (c conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	text, args, err := c.prepare(query, args)
	if err != nil {
		return nil, err
	}
	r, err := c.Conn.(driver.ExecerContext).ExecContext(ctx, text, args)
	return r, c.translate(err, query)
}

func (c conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	text, args, err := c.prepare(query, args)
	if err != nil {
		return nil, err
	}
	r, err := c.Conn.(driver.QueryerContext).QueryContext(ctx, text, args)
	return r, c.translate(err, query)
}

func (c conn) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	return c.Conn.(driver.ConnBeginTx).BeginTx(ctx, o)
}
