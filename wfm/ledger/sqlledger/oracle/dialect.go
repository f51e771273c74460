package oracle

import (
	_ "embed" // the script
	"fmt"
	"regexp"
	"strings"
	"unicode"

	goora "github.com/sijms/go-ora/v2"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Dialect returns Oracle's dialect, for ledgers over a *sql.DB that the caller opened with a
// connector from Binary.
func Dialect() sqlledger.Dialect { return dialect{} }

type dialect struct{}

//go:embed wfmtables.oracle.sql
var script string

func (dialect) Name() string             { return "Oracle" }
func (dialect) Script() string           { return strings.ReplaceAll(script, "\r\n", "\n") }
func (dialect) CommitsDDL() bool         { return true }
func (dialect) Placeholder(n int) string { return fmt.Sprintf(":%d", n) }

// Text binds in the national character set, which knows every letter, whatever the database's own.
func (dialect) Text(s string) any { return goora.NVarChar(s) }

// Limit works in every version; FETCH FIRST would need 12c.
func (dialect) Limit(query string, rows int) string {
	return fmt.Sprintf("SELECT * FROM (%s) WHERE ROWNUM <= %d", query, rows)
}

// Prefix quotes the schema.
func (dialect) Prefix(schema string) (string, error) {
	bare := strings.ToUpper(schema)
	if len(schema) > 1 && schema[0] == '"' && schema[len(schema)-1] == '"' {
		bare = schema[1 : len(schema)-1]
	}
	reason := ""
	switch {
	case schema == "":
		return "", nil
	case bare == "":
		reason = "is empty"
	case len(bare) > 128:
		reason = "is longer than 128 bytes"
	case strings.ContainsFunc(bare, unicode.IsControl):
		reason = "holds a control character"
	case strings.ContainsAny(bare, `";'.`), strings.Contains(bare, "*/"):
		reason = "holds a quotation mark, a point or a semicolon"
	default:
		return `"` + bare + `".`, nil
	}
	return "", wfm.Problem{Field: "Schema", Value: schema, Reason: reason, Remedy: "give the plain name of the tables' owner, such as WFM"}
}

// Now is a stamp of nine digits after the point, of which the server fills as many as it has.
func (dialect) Now() string { return stamp("SYSTIMESTAMP") }

func (dialect) After(milliseconds string) string {
	return stamp("SYSTIMESTAMP + NUMTODSINTERVAL(" + milliseconds + " / 1000, 'SECOND')")
}

func stamp(instant string) string {
	return `TO_CHAR(SYS_EXTRACT_UTC(` + instant + `), 'YYYY-MM-DD"T"HH24:MI:SS.FF9"Z"')`
}

const (
	remedyGrant = "let the database administrator grant the rights that the head of wfmtables.oracle.sql lists"
	remedyLogin = "check user name and password, and that the account is not locked or expired"
	remedyReach = "check that the database server runs and can be reached at the configured address"
	remedyMake  = "let an administrator run wfmtables.oracle.sql as the owner in the settings, and grant the rights that its head lists"
	remedySpace = "let the database administrator add space or quota in the account's tablespace"
)

// Fault goes by the code in the message: the driver's message begins with it in each of its error types.
func (dialect) Fault(err error) sqlledger.Fault {
	code := regexp.MustCompile(`\bORA-(\d{1,5})`).FindStringSubmatch(err.Error())
	if code == nil {
		return sqlledger.Fault{}
	}
	switch strings.TrimLeft(code[1], "0") {
	case "1":
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Object: sqlledger.RowExists, Remedy: "another process wrote the same row; it is tried again"}
	case "955", "1408": // a name that is used, a list of columns that has an index
		return sqlledger.Fault{Kind: wfm.BadConfig, Object: sqlledger.ObjectExists,
			Remedy: "an object of that name is there, but no ledger: give the ledger a schema of its own"}
	case "942", "4043": // the same where the right is missing
		return sqlledger.Fault{Kind: wfm.NotFound, Object: sqlledger.ObjectMissing, Remedy: remedyMake}
	case "904":
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: remedyMake}
	case "1918", "1435": // no such user
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: "check Schema: there is no such account that could own the tables"}
	case "1031", "41900":
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: remedyGrant}
	case "1950", "1536", "1652", "1653", "1654", "1658", "1691": // no quota, no room to extend
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: remedySpace}
	case "1017", "1045", "28000", "28001", "1005":
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: remedyLogin}
	case "16000": // open for reading only
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: "name a database that can be written, not a standby"}
	case "12514", "12505": // the listener does not know the service, which is so while a database starts
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: "check the service name; a database that is starting gives the same answer"}
	case "60", "54", "4021", "14411", "30006": // deadlock, busy, another DDL
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: "another session holds locks; it is tried again"}
	case "1033", "1034", "1089", "1090", "1092", "3113", "3114", "3135", "12154", "12170", "12516", "12520", "12528", "12537", "12541", "12543", "12545", "12564", "12570":
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: remedyReach}
	}
	return sqlledger.Fault{Retry: true}
}
