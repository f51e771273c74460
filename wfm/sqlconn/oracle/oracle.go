// Package oracle makes guarded connectors to Oracle Database.
//
// Its place in the flow:
//
//	DSN ─▶ oracle.Connector ─▶ sql.OpenDB (cicsql/oracle, sqlledger/oracle)
package oracle

import (
	"database/sql/driver"
	"net/url"
	"strconv"
	"strings"
	"time"

	goora "github.com/sijms/go-ora/v2"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/sqlconn"
)

// readLimit is how many seconds the driver waits for each part of an answer where the DSN does not
// say: ten minutes. What the driver calls the time-out of connecting is that of every read, so that it must
// let the server sort the rows of a long query; the log-on has a limit of its own.
const readLimit = 600

// Options of a connector.
type Options struct {
	// PrefetchRows is how many rows a round trip brings where the DSN does not say; 0 leaves it to the
	// driver.
	PrefetchRows int
	// Session wraps the driver's connector, to prepare each session within the time of its log-on; nil
	// leaves it as it is.
	Session func(driver.Connector) driver.Connector
}

// Connector reads a DSN of github.com/sijms/go-ora/v2, without connecting. Errors do not show it, as
// it holds a password. A log-on may take 30 s, or longer where the DSN sets a longer time-out.
func Connector(dsn wfm.Secret, o Options) (driver.Connector, error) {
	return connector(dsn, o, sqlconn.Limits{})
}

func connector(dsn wfm.Secret, o Options, l sqlconn.Limits) (driver.Connector, error) {
	full, timeout, err := complete(dsn, o.PrefetchRows)
	if err != nil {
		return nil, err
	}
	if l.LogOn == 0 {
		l.LogOn = max(sqlconn.LogOn, timeout)
	}
	return sqlconn.Guard(l, func(d sqlconn.Dialer) driver.Connector {
		c := goora.NewConnector(full)
		c.(*goora.OracleConnector).Dialer(d)
		if o.Session != nil {
			return o.Session(c)
		}
		return c
	}), nil
}

// complete checks a DSN and adds what it lacks; timeout is its own, or zero.
func complete(dsn wfm.Secret, prefetch int) (full string, timeout time.Duration, err error) {
	problem := wfm.Problem{Field: "dsn", Reason: "is empty",
		Remedy: "write oracle://user:password@host:1521/service, with reserved characters in the password percent-encoded"}
	if dsn.IsZero() {
		return "", 0, problem
	}
	problem.Reason = "is not a DSN of Oracle"
	// Checked here, because the driver would quote the whole DSN in its error when it connects.
	u, err := url.Parse(dsn.Reveal())
	if err != nil || u.Scheme != "oracle" || u.Host == "" {
		return "", 0, problem
	}
	settings, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return "", 0, problem
	}
	if _, ok := find(settings, "PREFETCH_ROWS"); !ok && prefetch > 0 {
		settings.Set("PREFETCH_ROWS", strconv.Itoa(prefetch))
	}
	if text, ok := find(settings, "TIMEOUT", "CONNECT TIMEOUT", "CONNECTION TIMEOUT"); !ok {
		settings.Set("TIMEOUT", strconv.Itoa(readLimit))
	} else if seconds, err := strconv.ParseUint(text, 10, 31); err != nil {
		return "", 0, wfm.Problem{Field: "dsn", Reason: "has a time-out that is no number of seconds", Remedy: "write CONNECT TIMEOUT in whole seconds"}
	} else {
		timeout = time.Duration(seconds) * time.Second
	}
	u.RawQuery = settings.Encode()
	return u.String(), timeout, nil
}

// find reads the first of some names for one setting; the driver ignores case.
func find(settings url.Values, names ...string) (string, bool) {
	for key, v := range settings {
		for _, name := range names {
			if strings.EqualFold(key, name) && len(v) > 0 {
				return v[0], true
			}
		}
	}
	return "", false
}
