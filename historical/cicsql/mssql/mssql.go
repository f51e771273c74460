package mssql

import (
	"database/sql"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn/sqlserver"
)

// Open makes a pool for a DSN of github.com/microsoft/go-mssqldb, such as
//
//	sqlserver://user:password@host:1433?database=I3_IC&encrypt=true
//
// It does not connect, and the pool is unlimited; a limit must allow cicsql.MinConnections. A log-on
// ends with its context, and after 30 s at the latest unless the DSN sets a longer "dial timeout" or
// "connection timeout". Errors do not show the DSN, which holds a password. The caller closes the pool.
func Open(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error) {
	connector, err := sqlserver.Connector(dsn)
	if err != nil {
		return nil, cicsql.Dialect{}, err
	}
	return sql.OpenDB(connector), cicsql.SQLServer(), nil
}
