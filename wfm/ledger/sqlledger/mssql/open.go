package mssql

import (
	"context"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlserver"
)

// Options of a ledger in SQL Server. Only DSN is required.
type Options struct {
	// DSN is one of github.com/microsoft/go-mssqldb, such as
	//
	//	sqlserver://user:password@host:1433?database=I3_IC&encrypt=true
	//
	// A log-on may take 30 s, or longer where it sets a longer "dial timeout" or "connection timeout".
	DSN wfm.Secret
	// Schema is where the tables are; "" is the default schema of the login.
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
	connector, err := sqlserver.Connector(o.DSN)
	if err != nil {
		return nil, err
	}
	return sqlledger.Open(ctx, connector, Dialect(), o.MaxConnections, sqlledger.Options{Schema: o.Schema, NoMigrate: o.NoMigrate, Now: o.Now})
}
