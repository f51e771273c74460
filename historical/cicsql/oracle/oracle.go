package oracle

import (
	"database/sql"
	"net/url"
	"strings"

	goora "github.com/sijms/go-ora/v2"

	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

// prefetch is how many rows a round trip brings; the driver's own default is 25.
const prefetch = "1000"

// connectTimeout bounds, in seconds, how long a silent server is waited for, where the DSN does not.
const connectTimeout = "60"

// Open makes a pool for a DSN of github.com/sijms/go-ora/v2, such as
//
//	oracle://user:password@host:1521/service
//
// It does not connect, and the pool is unlimited; a limit must allow cicsql.MinConnections. It sets
// PREFETCH_ROWS and CONNECT TIMEOUT where the DSN does not. Errors do not show the DSN, which holds
// a password. The caller closes the pool.
func Open(dsn wfm.Secret) (*sql.DB, cicsql.Dialect, error) {
	problem := wfm.Problem{Field: "dsn", Reason: "is not a DSN of Oracle",
		Remedy: "write oracle://user:password@host:1521/service, with reserved characters in the password percent-encoded"}
	if dsn.IsZero() {
		problem.Reason = "is empty"
		return nil, cicsql.Dialect{}, problem
	}
	// Checked here, because the driver would quote the whole DSN in its error when it connects.
	u, err := url.Parse(dsn.Reveal())
	if err != nil || u.Scheme != "oracle" || u.Host == "" {
		return nil, cicsql.Dialect{}, problem
	}
	settings, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, cicsql.Dialect{}, problem
	}
	if !has(settings, "PREFETCH_ROWS") {
		settings.Set("PREFETCH_ROWS", prefetch)
	}
	if !has(settings, "CONNECT TIMEOUT") && !has(settings, "CONNECTION TIMEOUT") {
		settings.Set("CONNECT TIMEOUT", connectTimeout)
	}
	u.RawQuery = settings.Encode()
	return sql.OpenDB(goora.NewConnector(u.String())), cicsql.Oracle(), nil
}

// has tells whether a setting is in the DSN; the driver ignores case.
func has(settings url.Values, name string) bool {
	for key := range settings {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}
