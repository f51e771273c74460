package sqlledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"time"
)

// Open opens a ledger in a database server, over a pool of so many connections; 0 means 8. Connections that are not used for five
// minutes are closed. The ledger owns the pool, whatever Options.OwnDB says: close the ledger when done.
func Open(ctx context.Context, connector driver.Connector, dialect Dialect, maxConnections int, o Options) (*Ledger, error) {
	if maxConnections <= 0 {
		maxConnections = 8
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(maxConnections)
	db.SetMaxIdleConns(maxConnections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	o.OwnDB = true
	l, err := New(ctx, db, dialect, o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return l, nil
}
