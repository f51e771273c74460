package mssql

import (
	_ "embed" // the script
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
)

// Dialect returns SQL Server's dialect, for ledgers over a *sql.DB that the caller opened.
func Dialect() sqlledger.Dialect { return dialect{} }

type dialect struct{}

//go:embed wfmtables.mssql.sql
var script string

func (dialect) Name() string             { return "SQL Server" }
func (dialect) Script() string           { return strings.ReplaceAll(script, "\r\n", "\n") }
func (dialect) CommitsDDL() bool         { return false }
func (dialect) Placeholder(n int) string { return fmt.Sprintf("@p%d", n) }
func (dialect) Text(s string) any        { return s } // the driver sends nvarchar

// Limit needs SQL Server 2012, as TOP would need the head of the query.
func (dialect) Limit(query string, rows int) string {
	return fmt.Sprintf("%s OFFSET 0 ROWS FETCH NEXT %d ROWS ONLY", query, rows)
}

// Prefix quotes the schema. Names are taken as they are written.
func (dialect) Prefix(schema string) (string, error) {
	reason := ""
	switch {
	case schema == "":
		return "", nil
	case len(schema) > 128:
		reason = "is longer than 128 bytes"
	case strings.ContainsFunc(schema, unicode.IsControl):
		reason = "holds a control character"
	case strings.ContainsAny(schema, `[]"';.`), strings.Contains(schema, "*/"):
		reason = "holds a bracket, a quotation mark, a point or a semicolon"
	default:
		return "[" + schema + "].", nil
	}
	return "", wfm.Problem{Field: "Schema", Value: schema, Reason: reason, Remedy: "give the plain name of the schema, such as wfm"}
}

// Now is a stamp. Style 121 always writes seven digits after the point, the finest that the server has.
func (dialect) Now() string { return stamp("SYSUTCDATETIME()") }

// After adds milliseconds; DATEADD takes no bigint, and wfm/ledger permits no more than a day.
func (dialect) After(milliseconds string) string {
	return stamp("DATEADD(millisecond, CAST(" + milliseconds + " AS int), SYSUTCDATETIME())")
}

func stamp(instant string) string {
	return "REPLACE(CONVERT(nvarchar(27), " + instant + ", 121), N' ', N'T') + N'00Z'"
}

const (
	remedyGrant = "let the database administrator grant the rights that the head of wfmtables.mssql.sql lists"
	remedyLogin = "check user name and password, and that the account is not locked or expired"
	remedyReach = "check that the database server runs and can be reached at the configured address"
	remedyMake  = "let an administrator run wfmtables.mssql.sql in the database and schema of the settings"
	remedySpace = "let the database administrator free or add space for the database and its log"
)

func (dialect) Fault(err error) sqlledger.Fault {
	var numbered interface{ SQLErrorNumber() int32 }
	if !errors.As(err, &numbered) {
		return sqlledger.Fault{}
	}
	switch numbered.SQLErrorNumber() {
	case 2627, 2601: // primary key, unique index
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Object: sqlledger.RowExists, Remedy: "another process wrote the same row; it is tried again"}
	case 2714, 1913: // object, index
		return sqlledger.Fault{Kind: wfm.BadConfig, Object: sqlledger.ObjectExists,
			Remedy: "an object of that name is there, but no ledger: give the ledger a schema of its own"}
	case 208, 4902, 1088: // invalid object name, cannot find the object; the same where it may not be seen
		return sqlledger.Fault{Kind: wfm.NotFound, Object: sqlledger.ObjectMissing, Remedy: remedyMake}
	case 207: // invalid column name
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: remedyMake}
	case 2760, 2759: // no such schema, or no right to it
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: "let an administrator make the schema of the settings, and let the account alter it"}
	case 911, 4060: // no such database, or not open to this login
		return sqlledger.Fault{Kind: wfm.NotFound, Remedy: "check the name of the database, and that the login has a user in it"}
	case 229, 230, 262, 300, 916: // permission denied
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: remedyGrant}
	case 18452, 18456, 18486, 18487, 18488: // login failed
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: remedyLogin}
	case 3906, 3908: // the database is read-only
		return sqlledger.Fault{Kind: wfm.NoPermission, Remedy: "name a database that can be written, not a read-only copy"}
	case 1101, 1105, 9002: // no space in the file group or the log
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: remedySpace}
	case 1205, 1222: // deadlock victim, lock time-out
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: "another session holds locks; it is tried again"}
	case -2, 233, 921, 922, 927, 6005, 10053, 10054, 10060, 17142, 40197, 40501, 40613: // time-out, starting, stopping, connection lost
		return sqlledger.Fault{Kind: wfm.Unavailable, Retry: true, Remedy: remedyReach}
	}
	return sqlledger.Fault{Retry: true}
}
