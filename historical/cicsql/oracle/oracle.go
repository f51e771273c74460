package oracle

import (
	"database/sql"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
	connect "github.com/cicwfm/cicwfm/wfm/sqlconn/oracle"
)

// prefetch is how many rows a round trip brings; the driver's own default is 25.
const prefetch = 1000

// Open makes a pool for a DSN of github.com/sijms/go-ora/v2, such as
//
//	oracle://user:password@host:1521/service
//
// It does not connect, and the pool is unlimited; a limit must allow cicsql.MinConnections. Where the
// DSN does not, it sets PREFETCH_ROWS, and TIMEOUT to ten minutes: the driver, which also calls it CONNECT
// TIMEOUT, waits that long for each part of an answer. A log-on ends with its context, and after 30 s
// at the latest unless the DSN sets a longer time-out. Errors do not show the DSN, which holds a
// password. The caller closes the pool.
func Open(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error) {
	connector, err := connect.Connector(dsn, connect.Options{PrefetchRows: prefetch})
	if err != nil {
		return nil, cicsql.Dialect{}, err
	}
	return sql.OpenDB(connector), cicsql.Oracle(), nil
}
