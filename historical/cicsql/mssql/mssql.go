package mssql

import (
	"database/sql"
	"errors"
	"strings"

	driver "github.com/microsoft/go-mssqldb"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

// Open makes a pool for a DSN of github.com/microsoft/go-mssqldb, such as
//
//	sqlserver://user:password@host:1433?database=I3_IC&encrypt=true
//
// It does not connect, and the pool is unlimited; a limit must allow cicsql.MinConnections. Errors
// do not show the DSN, which holds a password. The caller closes the pool.
func Open(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error) {
	if dsn.IsZero() {
		return nil, cicsql.Dialect{}, wfm.Problem{Field: "dsn", Reason: "is empty",
			Remedy: "write sqlserver://user:password@host?database=I3_IC"}
	}
	connector, err := driver.NewConnector(dsn.Reveal())
	// The driver takes any word for a DSN, and would look for a server on this machine.
	if err == nil && !strings.ContainsRune(dsn.Reveal(), '=') && !strings.Contains(dsn.Reveal(), "://") {
		err = errors.New("it names nothing")
	}
	if err != nil {
		// The driver's message may quote the DSN.
		return nil, cicsql.Dialect{}, wfm.Problem{Field: "dsn", Reason: "is not a DSN of SQL Server",
			Remedy: "write sqlserver://user:password@host?database=I3_IC, with reserved characters in the password percent-encoded"}
	}
	return sql.OpenDB(connector), cicsql.SQLServer(), nil
}
