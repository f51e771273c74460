package oracle

import (
	"context"
	"database/sql/driver"
	"errors"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	connect "github.com/cicwfm/cicwfm/wfm/sqlconn/oracle"
)

// Options of a ledger in Oracle. Only DSN is required.
type Options struct {
	// DSN is one of github.com/sijms/go-ora/v2, such as
	//
	//	oracle://user:password@host:1521/service
	//
	// A log-on may take 30 s, or longer where it sets a longer time-out. TIMEOUT, which the driver also
	// calls CONNECT TIMEOUT and which limits the wait for each part of an answer, is ten minutes where it
	// sets none.
	DSN wfm.Secret
	// Schema is where the tables are; "" is the schema of the account. It is folded to upper case as
	// Oracle does it; write "name" with quotation marks for exactly that name.
	Schema string
	// NoMigrate says that an administrator makes the tables; see sqlledger.Options.
	NoMigrate bool
	// MaxConnections limits the pool; 0 means 8.
	MaxConnections int
	// Now is the clock for BegunAt and DeliveredAt; nil means time.Now. Leases go by the server's.
	Now func() time.Time
}

// Open connects and opens the ledger. Errors do not show the DSN, which holds a password. Close the
// ledger when done.
func Open(ctx context.Context, o Options) (*sqlledger.Ledger, error) {
	connector, err := connect.Connector(o.DSN, connect.Options{Session: Binary})
	if err != nil {
		return nil, err
	}
	return sqlledger.Open(ctx, connector, Dialect(), o.MaxConnections, sqlledger.Options{Schema: o.Schema, NoMigrate: o.NoMigrate, Now: o.Now})
}

// Binary wraps a connector so that text compares and sorts by code point in each session. The
// driver sets the session's language, and with it Oracle's linguistic order, after which no index would
// serve and a page of entries could begin in the wrong place. Whoever opens the database for Dialect
// wraps the connector.
func Binary(c driver.Connector) driver.Connector { return binary{c} }

type binary struct{ driver.Connector }

func (b binary) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := b.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	e, ok := c.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(errors.New("the driver cannot run statements"), c.Close())
	}
	if _, err := e.ExecContext(ctx, `ALTER SESSION SET NLS_COMP = BINARY NLS_SORT = BINARY`, nil); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}
