package cicsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	driver "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	queues   = "IWrkgrpQueueStats"
	agents   = "IAgentQueueStats"
	activity = "AgentActivityLog"
	members  = "UserWorkgroups"
	contacts = "InteractionSummary"
)

// counterColumns are the counters of the test tables.
var counterColumns = []string{"nEnteredAcd", "nAnsweredAcd", "nAbandonedAcd", "tTalkAcd", "tAcw", "nStartWaitAlertAcdCalls",
	"tAgentLoggedIn", "tAgentOnAcdCall", "tAgentOnOtherAcdCall", "tAgentInAcw", "tAgentOnNonAcdCall", "tAgentAvailable",
	"tAgentDnd", "tAgentNotAvailable", "tStatusGroupBreak"}

// contactColumns are those of InteractionSummary that are read, and some that are not.
const contactColumns = "InteractionIDKey CHAR(18), SiteID SMALLINT, SeqNo TINYINT, StartDateTimeUTC DATETIME2(3), StartDTOffset INT, Direction TINYINT, " +
	"MediaType TINYINT, ConnectedDateTimeUTC DATETIME2(3), TerminatedDateTimeUTC DATETIME2(3), LastLocalUserId TEXT, LastAssignedWorkgroupID TEXT, " +
	"tIVRWait INT, tQueueWait INT, tAlert INT, tConnected INT, tHeld INT, tConference INT, tExternal INT, tACW INT"

// fixture is a reporting database in a SQLite file.
type fixture struct {
	t     testing.TB
	path  string
	db    *sql.DB
	noUTC bool // the tables are those before 4.0
	zone  *time.Location
	days  string // layout of times
}

type shape struct {
	noUTC    bool
	without  []string // tables that are not there
	layout   string
	counters []string
}

func newFixture(t testing.TB, s shape) *fixture {
	t.Helper()
	f := &fixture{t: t, path: filepath.Join(t.TempDir(), "I3_IC.db"), noUTC: s.noUTC, zone: berlin(t), days: s.layout}
	if f.days == "" {
		f.days = time.DateTime
	}
	connector, err := driver.NewConnector("file:" + f.path + "?_pragma=synchronous(0)&_pragma=journal_mode(MEMORY)")
	require.NoError(t, err)
	f.db = sql.OpenDB(connector)
	f.db.SetMaxOpenConns(1)
	t.Cleanup(func() { f.db.Close() })
	if s.counters == nil {
		s.counters = counterColumns
	}
	keys := "cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, cType CHAR(1), dIntervalStart DATETIME, nDuration INT, I3TimeStampGMT DATETIME, SiteId SMALLINT"
	if !s.noUTC {
		keys += ", dIntervalStartUTC DATETIME"
	}
	for _, c := range s.counters {
		keys += ", " + c + " INT"
	}
	for table, columns := range map[string]string{
		queues: keys, agents: keys,
		activity: "UserId TEXT, StatusDateTime DATETIME, StatusDateTimeGMT DATETIME, ChangedLoggedIn SMALLINT, StatusKey TEXT, StatusGroup TEXT, LoggedIn SMALLINT, EndDateTime DATETIME, EndDateTimeGMT DATETIME, StateDuration INT, SeqNo SMALLINT, SiteId SMALLINT",
		members:  "UserId TEXT, WorkGroup TEXT, QueueFlag TEXT, SiteId SMALLINT",
		contacts: contactColumns,
	} {
		if !slices.Contains(s.without, table) {
			f.exec("CREATE TABLE " + table + " (" + columns + ")")
		}
	}
	return f
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	return zone
}

func (f *fixture) exec(query string, args ...any) {
	f.t.Helper()
	_, err := f.db.Exec(query, args...)
	require.NoError(f.t, err)
}

type values map[string]any

func (f *fixture) insert(table string, v values) {
	f.t.Helper()
	names := slices.Sorted(maps.Keys(v))
	args := make([]any, len(names))
	for i, n := range names {
		args[i] = v[n]
	}
	f.exec(fmt.Sprintf("INSERT INTO %s (%s) VALUES (%s?)", table, strings.Join(names, ","), strings.Repeat("?,", len(names)-1)), args...)
}

// stat inserts a statistics row that starts at an instant (RFC 3339). keys are cReportGroup, cHKey3 and
// cHKey4; more overrides any column.
func (f *fixture) stat(table, name, keys, at string, more values) {
	f.t.Helper()
	begin := instant(f.t, at)
	k := strings.Split(keys, ",")
	require.Len(f.t, k, 3)
	v := values{"cName": name, "cReportGroup": k[0], "cHKey3": k[1], "cHKey4": k[2], "nDuration": 900, "SiteId": 1,
		"dIntervalStart": begin.In(f.zone).Format(f.days), "I3TimeStampGMT": begin.Add(902 * time.Second).UTC().Format(f.days)}
	if !f.noUTC {
		v["dIntervalStartUTC"] = begin.UTC().Format(f.days)
	}
	maps.Copy(v, more)
	f.insert(table, v)
}

func (f *fixture) state(user, from, to string, more values) {
	f.t.Helper()
	begin, end := instant(f.t, from), instant(f.t, to)
	v := values{"UserId": user, "StatusDateTime": begin.In(f.zone).Format(f.days), "StatusDateTimeGMT": begin.Format(f.days),
		"EndDateTimeGMT": end.Format(f.days), "EndDateTime": end.In(f.zone).Format(f.days), "StateDuration": int(end.Sub(begin).Seconds()),
		"StatusKey": "Available", "StatusGroup": "Available", "LoggedIn": 1, "ChangedLoggedIn": 0, "SeqNo": 0, "SiteId": 1}
	maps.Copy(v, more)
	f.insert(activity, v)
}

// contact inserts a contact from one time of the database to another.
func (f *fixture) contact(id string, from, to any, more values) {
	f.t.Helper()
	v := values{"InteractionIDKey": id, "SiteID": 1, "SeqNo": 0, "StartDateTimeUTC": from, "StartDTOffset": 3600000, "Direction": 1, "MediaType": 0,
		"ConnectedDateTimeUTC": from, "TerminatedDateTimeUTC": to, "LastLocalUserId": "anna", "LastAssignedWorkgroupID": "Sales",
		"tIVRWait": 1, "tQueueWait": 2, "tAlert": 3, "tConnected": 4, "tHeld": 5, "tConference": 6, "tExternal": 7, "tACW": 8}
	maps.Copy(v, more)
	f.insert(contacts, v)
}

func instant(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at.UTC()
}

func window(t testing.TB, from, to string) wfm.Window {
	t.Helper()
	return wfm.Window{Start: instant(t, from), End: instant(t, to)}
}

// reader opens the file as a program would.
func (f *fixture) reader(o cicsql.Options) *cicsql.Reader {
	f.t.Helper()
	db, dialect, err := sqlite.Open(f.path)
	require.NoError(f.t, err)
	f.t.Cleanup(func() { db.Close() })
	if o.Now == nil {
		o.Now = func() time.Time { return time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC) }
	}
	r, err := cicsql.New(db, dialect, o)
	require.NoError(f.t, err)
	return r
}

// result is what a read gave.
type result struct {
	rows        []historical.Row
	diagnostics []wfm.Diagnostic
}

func read(ctx context.Context, r *cicsql.Reader, q historical.Query) (result, error) {
	var out result
	q.Diagnose = func(d wfm.Diagnostic) { out.diagnostics = append(out.diagnostics, d) }
	for row, err := range r.Rows(ctx, q) {
		if err != nil {
			return out, err
		}
		row.Values = slices.Clone(row.Values)
		if row.Contact != nil {
			kept := *row.Contact
			row.Contact = &kept
		}
		out.rows = append(out.rows, row)
	}
	return out, nil
}

func (f *fixture) read(o cicsql.Options, q historical.Query) result {
	f.t.Helper()
	out, err := read(f.t.Context(), f.reader(o), q)
	require.NoError(f.t, err)
	return out
}

// of returns the rows of a grain, one line each: start, site, names, medium and values.
func (r result) of(g wfm.Grain) []string {
	var list []string
	for _, row := range r.rows {
		if row.Grain != g {
			continue
		}
		line := row.Start.Format("02T15:04:05Z07:00")
		for _, part := range []string{string(row.Workgroup), string(row.Agent), string(row.Media)} {
			if part != "" {
				line += " " + part
			}
		}
		for _, v := range row.Values {
			if v == wfm.Missing {
				line += " -"
			} else {
				line += fmt.Sprintf(" %d", v)
			}
		}
		if g == wfm.GrainActivity {
			line += fmt.Sprintf(" %s %s/%s %t %t %d", row.Duration, row.State.Key, row.State.Group, row.State.LoggedIn, row.State.ChangedLoggedIn, row.State.Seq)
		}
		list = append(list, line)
	}
	return list
}

func (r result) kinds() []string {
	var list []string
	for _, d := range r.diagnostics {
		list = append(list, d.Kind.String())
	}
	return list
}

func set(columns ...string) *wfm.CounterSet {
	var list []wfm.Counter
	for _, c := range columns {
		counter, ok := wfm.CounterByColumn(c)
		if !ok {
			panic("no counter " + c)
		}
		list = append(list, counter)
	}
	return wfm.NewCounterSet(list...)
}

func needQueue(media []wfm.MediaType, columns ...string) wfm.Needs {
	return wfm.Needs{Queue: wfm.Columns{Counters: set(columns...), Media: media}}
}
