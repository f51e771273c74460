package cicsql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/wfm"
)

type codedError struct {
	code int
	text string
}

func (e codedError) Error() string { return e.text }
func (e codedError) Code() int     { return e.code }

func TestErrorsAreClassed(t *testing.T) {
	type want struct {
		kind  wfm.Kind
		retry bool
	}
	for _, c := range []struct {
		dialect cicsql.Dialect
		err     error
		want    want
	}{
		{cicsql.SQLServer(), numberedError{208, "mssql: Invalid object name 'IWrkgrpQueueStats'."}, want{wfm.NotFound, false}},
		{cicsql.SQLServer(), fmt.Errorf("wrapped: %w", numberedError{229, "mssql: The SELECT permission was denied"}), want{wfm.NoPermission, false}},
		{cicsql.SQLServer(), numberedError{18456, "mssql: login error"}, want{wfm.NoPermission, false}},
		{cicsql.SQLServer(), numberedError{4060, "mssql: Cannot open database"}, want{wfm.NotFound, false}},
		{cicsql.SQLServer(), numberedError{1205, "mssql: deadlock victim"}, want{wfm.Unavailable, true}},
		{cicsql.SQLServer(), numberedError{99999, "mssql: something new"}, want{wfm.Unclassified, true}},
		{cicsql.SQLServer(), fmt.Errorf("dial: %w", context.DeadlineExceeded), want{wfm.Unavailable, true}},
		{cicsql.SQLServer(), &net.OpError{Op: "dial", Err: errors.New("refused")}, want{wfm.Unavailable, true}},
		{cicsql.Oracle(), errors.New("ORA-00942: table or view does not exist"), want{wfm.NotFound, false}},
		{cicsql.Oracle(), errors.New("ORA-01031: insufficient privileges"), want{wfm.NoPermission, false}},
		{cicsql.Oracle(), errors.New("ORA-01017: invalid username/password"), want{wfm.NoPermission, false}},
		{cicsql.Oracle(), errors.New("ORA-12514: TNS:listener does not currently know of service"), want{wfm.Unavailable, true}},
		{cicsql.Oracle(), io.ErrUnexpectedEOF, want{wfm.Unavailable, true}},
		{cicsql.SQLite(), codedError{1, "SQL logic error: no such table: x (1)"}, want{wfm.NotFound, false}},
		{cicsql.SQLite(), codedError{5, "database is locked (5)"}, want{wfm.Unavailable, true}},
		{cicsql.SQLite(), codedError{26, "file is not a database (26)"}, want{wfm.BadData, false}},
	} {
		t.Run(c.dialect.String()+" "+c.err.Error(), func(t *testing.T) {
			check := func(err error) {
				var e *wfm.Error
				require.True(t, errors.As(err, &e), err)
				require.Equal(t, c.want, want{e.Kind, e.Retry})
				require.ErrorIs(t, err, c.err)
				if e.Kind != wfm.Unclassified {
					require.NotEmpty(t, e.Remedy)
				}
			}
			q := historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")}
			refused := &fakeDB{connectErr: c.err}
			r, err := cicsql.New(refused.open(t), c.dialect, cicsql.Options{})
			require.NoError(t, err)
			_, err = read(t.Context(), r, q)
			check(err)
			_, err = r.Inspect(t.Context(), q)
			check(err)

			late := &fakeDB{answer: func(query string, _ []any) (fakeRows, error) {
				return fakeRows{columns: []string{"a"}, err: c.err}, nil
			}}
			r, err = cicsql.New(late.open(t), c.dialect, cicsql.Options{})
			require.NoError(t, err)
			_, err = read(t.Context(), r, q)
			check(err)
		})
	}
}

// serverDB answers as a server does that holds one row of one workgroup.
func serverDB(columns []string, row []driver.Value, clock time.Time) *fakeDB {
	return &fakeDB{answer: func(query string, _ []any) (fakeRows, error) {
		upper := strings.ToUpper(query)
		switch {
		case strings.Contains(upper, "SYSUTCDATETIME"), strings.Contains(upper, "SYSTIMESTAMP"):
			return fakeRows{columns: []string{""}, rows: [][]driver.Value{{clock}}}, nil
		case strings.Contains(upper, "1 = 0"):
			return fakeRows{columns: columns}, nil
		case strings.Contains(upper, "NENTEREDACD") && !strings.Contains(upper, "GROUP BY"):
			return fakeRows{columns: make([]string, len(row)), rows: [][]driver.Value{row}}, nil
		}
		n := strings.Count(query[:max(strings.Index(upper, " FROM "), 0)], ",") + 1
		return fakeRows{columns: make([]string, n)}, nil
	}}
}

func TestValuesAsServersGiveThem(t *testing.T) {
	columns := []string{"CNAME", "CREPORTGROUP", "CHKEY3", "CHKEY4", "DINTERVALSTART", "DINTERVALSTARTUTC", "NDURATION", "I3TIMESTAMPGMT", "SITEID", "NENTEREDACD"}
	utc := instant(t, ten)
	labelled := time.Date(2026, 1, 15, 10, 0, 0, 0, time.FixedZone("session", -5*3600)) // a driver's label on a column without a zone
	for name, c := range map[string]struct {
		dialect cicsql.Dialect
		row     []driver.Value
	}{
		"SQL Server": {cicsql.SQLServer(), []driver.Value{"Sales", int64(1), utc.Add(time.Hour), utc, nil, int64(900), int64(12)}},
		"Oracle":     {cicsql.Oracle(), []driver.Value{"Sales", "1", utc, labelled, nil, "900", "12"}},
		"bytes":      {cicsql.SQLServer(), []driver.Value{[]byte("Sales"), []byte("1"), utc, utc, nil, []byte("900.0"), []byte("1.2E1")}},
		"floats":     {cicsql.Oracle(), []driver.Value{"Sales", 1.0, utc, utc, nil, 900.0, 12.0}},
	} {
		t.Run(name, func(t *testing.T) {
			db := serverDB(columns, c.row, utc)
			r, err := cicsql.New(db.open(t), c.dialect, cicsql.Options{})
			require.NoError(t, err)
			out, err := read(t.Context(), r, historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")})
			require.NoError(t, err)
			require.Equal(t, []string{"15T10:00:00Z Sales 12"}, out.of(wfm.GrainQueue))
			require.Equal(t, 15*time.Minute, out.rows[0].Duration)
			require.Equal(t, wfm.Site(1), out.rows[0].Site)
			for _, s := range db.statements {
				for _, a := range s.args {
					require.NotContains(t, []string{"time.Time"}, fmt.Sprintf("%T", a), "times are bound as text")
				}
				require.NotContains(t, s.text, "NOLOCK")
			}
		})
	}
}

func TestClockOffset(t *testing.T) {
	columns := []string{"cName", "cReportGroup", "cHKey3", "cHKey4", "dIntervalStart", "dIntervalStartUTC", "nDuration", "SiteId", "nEnteredAcd"}
	now := instant(t, "2026-01-15T12:00:00Z")
	for _, d := range []cicsql.Dialect{cicsql.SQLServer(), cicsql.Oracle()} {
		db := serverDB(columns, nil, now.Add(-90*time.Second))
		r, err := cicsql.New(db.open(t), d, cicsql.Options{Now: func() time.Time { return now }})
		require.NoError(t, err)
		in, err := r.Inspect(t.Context(), historical.Query{Window: window(t, ten, quarter), Needs: needQueue(nil, "nEnteredAcd")})
		require.NoError(t, err)
		require.True(t, in.ClockKnown)
		require.Equal(t, -90*time.Second, in.ClockOffset)
	}
}
