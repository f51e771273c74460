package cicsql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// verdict is what a server's error means for the host.
type verdict struct {
	kind   wfm.Kind
	retry  bool
	remedy string
}

const (
	remedyView   = "check Database, Schema and the names of the views in the settings, and that this is the CIC reporting database"
	remedyGrant  = "let the database administrator grant SELECT on the reporting views to the account of this feed"
	remedyLogin  = "check user name and password, and that the account is not locked or expired"
	remedyReach  = "check that the database server runs and can be reached at the configured address"
	remedyColumn = "the view lacks a column or has changed; check that it is CIC's own view and restart the feed after an upgrade of the database"
)

// fail makes the error of a database operation: classed, with a remedy and a decision, and without
// any part of the DSN, which the reader does not know.
func (r *Reader) fail(ctx context.Context, op string, err error) error {
	var done *wfm.Error
	if errors.As(err, &done) {
		return err
	}
	e := &wfm.Error{Op: op, Err: err}
	if cause := ctx.Err(); cause != nil {
		e.Kind, e.Err = wfm.LossOfInterest, cause
		return e
	}
	v := classify(r.d, err)
	e.Kind, e.Retry, e.Remedy = v.kind, v.retry, v.remedy
	if v.retry && v.kind == wfm.Unavailable {
		e.After = 10 * time.Second
	}
	return e
}

// classify reads a driver's error by number where it has one, without importing a driver. The caller
// has looked at its context before.
func classify(d Dialect, err error) verdict {
	if v, ok := classifyNumber(d, err); ok {
		return v
	}
	var network net.Error
	switch {
	// The caller's context has not ended, so a deadline here is the driver's own time-out.
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &network), errors.Is(err, driver.ErrBadConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, sql.ErrConnDone):
		return verdict{wfm.Unavailable, true, remedyReach}
	}
	return verdict{wfm.Unclassified, true, ""}
}

func classifyNumber(d Dialect, err error) (verdict, bool) {
	switch d.kind {
	case sqlServer:
		var numbered interface{ SQLErrorNumber() int32 }
		if errors.As(err, &numbered) {
			return sqlServerError(numbered.SQLErrorNumber())
		}
	case oracle:
		// The driver's message begins with the code in each of its error types.
		if code := oracleCode().FindStringSubmatch(err.Error()); code != nil {
			return oracleError(strings.TrimLeft(code[1], "0"))
		}
	case sqlite:
		var coded interface{ Code() int }
		code := -1
		if errors.As(err, &coded) {
			code = coded.Code() & 0xff
		}
		return sqliteError(code, err.Error())
	}
	return verdict{}, false
}

func sqlServerError(number int32) (verdict, bool) {
	switch number {
	case 208, 2812: // invalid object name
		return verdict{wfm.NotFound, false, remedyView}, true
	case 207: // invalid column name
		return verdict{wfm.NotFound, false, remedyColumn}, true
	case 911, 4060: // no such database, or not open to this login
		return verdict{wfm.NotFound, false, "check the name of the database, and that the login has a user in it"}, true
	case 229, 230, 300, 916: // permission denied
		return verdict{wfm.NoPermission, false, remedyGrant}, true
	case 18452, 18456, 18486, 18487, 18488: // login failed
		return verdict{wfm.NoPermission, false, remedyLogin}, true
	case 1205, 1222: // deadlock victim, lock time-out
		return verdict{wfm.Unavailable, true, "another session holds locks; the read is tried again"}, true
	case -2, 233, 921, 922, 927, 6005, 10053, 10054, 10060, 17142, 40197, 40501, 40613: // time-out, starting, stopping, connection lost
		return verdict{wfm.Unavailable, true, remedyReach}, true
	}
	return verdict{}, false
}

func oracleCode() *regexp.Regexp { return regexp.MustCompile(`\bORA-(\d{1,5})`) }

func oracleError(code string) (verdict, bool) {
	switch code {
	case "942", "4043": // Oracle gives the same answer where the right is missing
		return verdict{wfm.NotFound, false, "check Schema and the names of the views in the settings; Oracle answers alike where the view is not there and where SELECT on it is not granted"}, true
	case "904":
		return verdict{wfm.NotFound, false, remedyColumn}, true
	case "1031", "41900":
		return verdict{wfm.NoPermission, false, remedyGrant}, true
	case "1017", "1045", "28000", "28001", "1005":
		return verdict{wfm.NoPermission, false, remedyLogin}, true
	case "12514", "12505": // the listener does not know the service, which is so while a database starts
		return verdict{wfm.Unavailable, true, "check the service name; a database that is starting gives the same answer"}, true
	case "1555": // snapshot too old
		return verdict{wfm.Unavailable, true, "read smaller windows, or let the undo retention be raised"}, true
	case "60", "54", "30006":
		return verdict{wfm.Unavailable, true, "another session holds locks; the read is tried again"}, true
	case "1033", "1034", "1089", "1090", "1092", "3113", "3114", "3135", "12154", "12170", "12516", "12520", "12528", "12537", "12541", "12543", "12545", "12564", "12570":
		return verdict{wfm.Unavailable, true, remedyReach}, true
	}
	return verdict{}, false
}

// sqliteError reads primary result codes; missing objects have no code of their own.
func sqliteError(code int, message string) (verdict, bool) {
	switch {
	case strings.Contains(message, "no such table"), strings.Contains(message, "unknown database"):
		return verdict{wfm.NotFound, false, remedyView}, true
	case strings.Contains(message, "no such column"):
		return verdict{wfm.NotFound, false, remedyColumn}, true
	}
	switch code {
	case 5, 6: // busy, locked
		return verdict{wfm.Unavailable, true, "another process writes to the file; the read is tried again"}, true
	case 14: // cannot open
		return verdict{wfm.NotFound, false, "check the path of the database file and the rights to it"}, true
	case 11, 26: // corrupt, not a database
		return verdict{wfm.BadData, false, "the file is not a sound SQLite database"}, true
	case 3, 8, 23: // permission, read-only, authorization
		return verdict{wfm.NoPermission, false, "check the rights to the database file and its folder"}, true
	case 10: // I/O
		return verdict{wfm.Unavailable, true, "check the disk of the database file"}, true
	}
	return verdict{}, false
}
