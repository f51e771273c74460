// Package sqlserver makes guarded connectors to SQL Server.
//
// Its place in the flow:
//
//	DSN ─▶ sqlserver.Connector ─▶ sql.OpenDB (cicsql/mssql, sqlledger/mssql)
package sqlserver

import (
	"database/sql/driver"
	"strings"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn"
)

// Connector reads a DSN of github.com/microsoft/go-mssqldb, without connecting. Errors do not show it,
// as it holds a password. A log-on may take 30 s, or longer where the DSN sets a longer "dial timeout" or
// "connection timeout".
func Connector(dsn wfm.Secret) (driver.Connector, error) {
	return connector(dsn, sqlconn.Limits{})
}

func connector(dsn wfm.Secret, l sqlconn.Limits) (driver.Connector, error) {
	problem := wfm.Problem{Field: "dsn", Reason: "is empty", Remedy: "write sqlserver://user:password@host?database=I3_IC"}
	if dsn.IsZero() {
		return nil, problem
	}
	config, err := msdsn.Parse(dsn.Reveal())
	// The driver takes any word for a DSN, and would look for a server on this machine. Its message
	// may quote the DSN.
	if err != nil || !strings.ContainsRune(dsn.Reveal(), '=') && !strings.Contains(dsn.Reveal(), "://") {
		problem.Reason = "is not a DSN of SQL Server"
		problem.Remedy += ", with reserved characters in the password percent-encoded"
		return nil, problem
	}
	if l.LogOn == 0 {
		l.LogOn = max(sqlconn.LogOn, config.DialTimeout, config.ConnTimeout)
	}
	l.KeepAlive = config.KeepAlive
	return sqlconn.Guard(l, func(d sqlconn.Dialer) driver.Connector {
		c := mssql.NewConnectorConfig(config)
		c.Dialer = d
		return c
	}), nil
}
