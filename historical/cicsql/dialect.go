package cicsql

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
)

// Dialect is how a database spells SQL and which errors it gives. Get one from [SQLServer], [Oracle]
// or [SQLite]; the zero Dialect is refused by [New].
type Dialect struct{ kind dialectKind }

type dialectKind uint8

const (
	noDialect dialectKind = iota
	sqlServer
	oracle
	sqlite
)

// SQLServer is Microsoft SQL Server.
func SQLServer() Dialect { return Dialect{sqlServer} }

// Oracle is Oracle Database.
func Oracle() Dialect { return Dialect{oracle} }

// SQLite is SQLite 3, for simulated databases and copies. Times are text: YYYY-MM-DD HH:MM:SS, with
// a T in the middle, with fractions or without seconds.
func SQLite() Dialect { return Dialect{sqlite} }

// String names the database product.
func (d Dialect) String() string {
	return [...]string{"no dialect", "SQL Server", "Oracle", "SQLite"}[d.kind]
}

// maxIn is the longest IN list. SQL Server takes 2,100 parameters in a statement, Oracle 1,000 items in
// a list; SQLite takes more than it is given here.
func (d Dialect) maxIn() int {
	if d.kind == oracle {
		return 1000
	}
	return 1900
}

// foldsUnicode tells whether LOWER knows letters beyond ASCII.
func (d Dialect) foldsUnicode() bool { return d.kind != sqlite }

// quote quotes an identifier that checkIdentifier has passed.
func (d Dialect) quote(name string) string {
	if d.kind == sqlServer {
		return "[" + strings.ReplaceAll(name, "]", "]]") + "]"
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

// object makes the identifier of a view or table as the database stores it. Oracle folds what is
// written without quotation marks to upper case, and so does this; "x" stands for exactly x.
func (d Dialect) object(name string) string {
	if d.kind != oracle {
		return name
	}
	if len(name) > 2 && name[0] == '"' && name[len(name)-1] == '"' {
		return name[1 : len(name)-1]
	}
	return strings.ToUpper(name)
}

// checkIdentifier refuses what cannot be a name, before it comes near a statement.
func (d Dialect) checkIdentifier(field, name string) error {
	bare := d.object(name)
	bad := ""
	switch {
	case bare == "":
		bad = "is empty"
	case len(bare) > 128:
		bad = "is longer than 128 bytes"
	case strings.ContainsFunc(bare, unicode.IsControl):
		bad = "holds a control character"
	case strings.ContainsAny(bare, `";'`):
		bad = "holds a quotation mark or a semicolon"
	default:
		return nil
	}
	return wfm.Problem{Field: field, Value: name, Reason: bad, Remedy: "give the plain name, without schema and brackets"}
}

// placeholder is the n-th bind parameter, counted from one.
func (d Dialect) placeholder(n int) string {
	switch d.kind {
	case sqlServer:
		return "@p" + strconv.Itoa(n)
	case oracle:
		return ":" + strconv.Itoa(n)
	}
	return "?" + strconv.Itoa(n)
}

// timeText is the text that is bound for a time. ISO 8601 with a T is the one form that SQL Server
// reads alike under every language setting; a time.Time would arrive as datetimeoffset, to which the
// column would be converted row by row, past its index.
func (d Dialect) timeText(wall int64) string {
	if d.kind == sqlServer {
		return time.Unix(wall, 0).UTC().Format("2006-01-02T15:04:05")
	}
	return time.Unix(wall, 0).UTC().Format(time.DateTime)
}

// timeColumn selects a time column. SQLite's driver would try several layouts on every value of a
// column declared DATETIME; as text the reader parses it once.
func (d Dialect) timeColumn(column string) string {
	if d.kind == sqlite {
		return "CAST(" + column + " AS TEXT)"
	}
	return column
}

// plusSeconds adds the seconds of an expression to a time.
func (d Dialect) plusSeconds(column, seconds string) string {
	switch d.kind {
	case sqlServer:
		return "DATEADD(second, " + seconds + ", " + column + ")"
	case oracle:
		return "(" + column + " + " + seconds + " / 86400)"
	}
	return "DATETIME(" + column + ", (" + seconds + ") || ' seconds')"
}

// notBefore is the later of a time and a bound, which must be bound twice.
func (d Dialect) notBefore(column string, bound func() string) string {
	if d.kind == oracle {
		return "GREATEST(" + column + ", " + bound() + ")"
	}
	return "CASE WHEN " + column + " < " + bound() + " THEN " + bound() + " ELSE " + column + " END"
}

// sum adds a column in 64 bits; SQL Server adds int in 32.
func (d Dialect) sum(condition, column string) string {
	if d.kind == sqlServer {
		column = "CAST(" + column + " AS bigint)"
	}
	return "COALESCE(SUM(CASE WHEN " + condition + " THEN " + column + " END), 0)"
}

// clock is a query for the server's time in UTC, or "".
func (d Dialect) clock() string {
	switch d.kind {
	case sqlServer:
		return "SELECT SYSUTCDATETIME()"
	case oracle:
		return "SELECT SYS_EXTRACT_UTC(SYSTIMESTAMP) FROM DUAL"
	}
	return ""
}
