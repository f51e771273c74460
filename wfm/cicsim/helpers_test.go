package cicsim_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

var (
	viewNames  = []string{"IWrkgrpQueueStats", "IAgentQueueStats"}
	tableNames = []string{"AgentActivityLog", "AgentQueueActivationHist", "IAgentQueueStats", "IWrkgrpQueueStats", "InteractionSummary", "UserWorkgroups"}
)

// openDB opens an empty database that lives as long as the test.
func openDB(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "i3_ic.db")+"?_pragma=synchronous(off)&_pragma=journal_mode(memory)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// write simulates a centre and writes everything.
func write(t testing.TB, cfg cicsim.Config) (*cicsim.Centre, *sql.DB) {
	t.Helper()
	c, err := cicsim.New(cfg)
	require.NoError(t, err)
	db := openDB(t)
	_, err = c.WriteDB(context.Background(), db)
	require.NoError(t, err)
	return c, db
}

// small keeps a test quick, also under the race detector.
func small(cfg cicsim.Config) cicsim.Config {
	cfg.Workgroups, cfg.Agents, cfg.Contacts = 5, 14, 700
	if raceEnabled {
		cfg.Contacts = 200
	}
	return cfg
}

// queryInt asks for one number.
func queryInt(t testing.TB, db *sql.DB, query string, args ...any) int64 {
	t.Helper()
	var n sql.NullInt64
	require.NoError(t, db.QueryRow(query, args...).Scan(&n), query)
	return n.Int64
}

// columns lists the columns of a table as they are declared.
func columns(t testing.TB, db *sql.DB, table string) []string {
	t.Helper()
	rows, err := db.Query("SELECT name FROM pragma_table_info('" + table + "')")
	require.NoError(t, err)
	defer rows.Close()
	var list []string
	for rows.Next() {
		var name string
		require.NoError(t, rows.Scan(&name))
		list = append(list, name)
	}
	require.NoError(t, rows.Err())
	return list
}

// counters lists the counters that a table has.
func counters(t testing.TB, db *sql.DB, table string) []wfm.Counter {
	t.Helper()
	var list []wfm.Counter
	for _, name := range columns(t, db, table) {
		if c, ok := wfm.CounterByColumn(name); ok {
			list = append(list, c)
		}
	}
	return list
}

// sqlRow is a row of a view as a plain reader sees it.
type sqlRow struct {
	name, group, k3, k4 string
	site                wfm.Site
	start, length       int64
	v                   map[wfm.Counter]int64
}

// readRows reads rows by plain SQL, in order of start.
func readRows(t testing.TB, db *sql.DB, table, where string) []sqlRow {
	t.Helper()
	list := counters(t, db, table)
	var b strings.Builder
	for _, c := range list {
		fmt.Fprintf(&b, ", %s", c)
	}
	started := "dIntervalStartUTC"
	if !slices.Contains(columns(t, db, table), started) {
		started = "dIntervalStart" // for servers in UTC
	}
	rows, err := db.Query("SELECT cName, cReportGroup, cHKey3, cHKey4, SiteId, nDuration, " +
		"CAST(strftime('%s', " + started + ") AS INTEGER) AS started" + b.String() + " FROM " + table + " WHERE " + where + " ORDER BY started")
	require.NoError(t, err)
	defer rows.Close()
	var all []sqlRow
	values := make([]int64, len(list))
	for rows.Next() {
		r := sqlRow{v: map[wfm.Counter]int64{}}
		to := []any{&r.name, &r.group, &r.k3, &r.k4, &r.site, &r.length, &r.start}
		for i := range values {
			to = append(to, &values[i])
		}
		require.NoError(t, rows.Scan(to...))
		for i, c := range list {
			r.v[c] = values[i]
		}
		all = append(all, r)
	}
	require.NoError(t, rows.Err())
	return all
}

// fold adds up the rows that start in a window, as any reader would.
func fold(rows []sqlRow, w wfm.Window) map[wfm.Counter]int64 {
	sum := map[wfm.Counter]int64{}
	first := true
	i, _ := slices.BinarySearchFunc(rows, w.Start.Unix(), func(r sqlRow, at int64) int { return int(r.start - at) })
	for ; i < len(rows) && rows[i].start < w.End.Unix(); i++ {
		for c, v := range rows[i].v {
			switch c.Fold() {
			case wfm.FoldMax:
				sum[c] = max(sum[c], v)
			case wfm.FoldFirst:
				if first {
					sum[c] = v
				}
			case wfm.FoldLast:
				sum[c] = v
			default:
				sum[c] += v
			}
		}
		first = false
	}
	return sum
}

// dump returns all rows of all tables as text.
func dump(t testing.TB, db *sql.DB) string {
	t.Helper()
	var b strings.Builder
	for _, table := range tableNames {
		rows, err := db.Query("SELECT * FROM " + table)
		require.NoError(t, err)
		names, err := rows.Columns()
		require.NoError(t, err)
		for rows.Next() {
			values, to := make([]any, len(names)), make([]any, len(names))
			for i := range values {
				to[i] = &values[i]
			}
			require.NoError(t, rows.Scan(to...))
			fmt.Fprintln(&b, table, values)
		}
		require.NoError(t, rows.Err())
		require.NoError(t, rows.Close())
	}
	return b.String()
}

// silent tells whether a window touches a lost span of a site.
func silent(s cicsim.SiteInfo, w wfm.Window) bool {
	return slices.ContainsFunc(s.Silent, w.Overlaps)
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
