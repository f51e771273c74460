package cicsql_test

import (
	"database/sql"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
)

// benchRows is how many rows the benchmarks read; CICWFM_BENCH_ROWS overrides it.
func benchRows(b *testing.B) int {
	b.Helper()
	n := 200_000
	if v := os.Getenv("CICWFM_BENCH_ROWS"); v != "" {
		var err error
		n, err = strconv.Atoi(v)
		require.NoError(b, err)
	}
	return n
}

const benchGroups = 50

// benchFixture writes rows of fifty workgroups, quarter by quarter.
func benchFixture(b *testing.B) (*fixture, wfm.Window) {
	b.Helper()
	f := newFixture(b, shape{})
	tx, err := f.db.Begin()
	require.NoError(b, err)
	stmt, err := tx.Prepare("INSERT INTO " + queues + " (cName, cReportGroup, cHKey3, cHKey4, dIntervalStart, dIntervalStartUTC, nDuration, I3TimeStampGMT, SiteId, nEnteredAcd, nAnsweredAcd, nAbandonedAcd, tTalkAcd, tAcw) VALUES (?, '*', '*', '*', ?, ?, 900, ?, 1, ?, ?, ?, ?, ?)")
	require.NoError(b, err)
	begin := instant(b, "2020-01-01T00:00:00Z")
	n := benchRows(b)
	at := begin
	for i := range n {
		at = begin.Add(time.Duration(i/benchGroups) * 15 * time.Minute)
		utc := at.Format(time.DateTime)
		_, err := stmt.Exec("Workgroup "+strconv.Itoa(i%benchGroups), at.In(f.zone).Format(time.DateTime), utc, utc, i%300, i%280, i%20, i%90000, i%4000)
		require.NoError(b, err)
	}
	require.NoError(b, stmt.Close())
	require.NoError(b, tx.Commit())
	f.exec("CREATE INDEX starts ON " + queues + " (dIntervalStart)")
	// Whole days, so that the statement is the one of BenchmarkBareScan.
	return f, wfm.Window{Start: begin, End: at.Truncate(24*time.Hour).AddDate(0, 0, 1)}
}

var benchCounters = set("nEnteredAcd", "nAnsweredAcd", "nAbandonedAcd", "tTalkAcd", "tAcw")

// BenchmarkReader reads everything through the reader, without the second query that reconciles.
func BenchmarkReader(b *testing.B) {
	f, w := benchFixture(b)
	for name, mode := range map[string]cicsql.Reconcile{"plain": cicsql.ReconcileOff, "reconciled": cicsql.ReconcileOn} {
		b.Run(name, func(b *testing.B) {
			db, dialect, err := sqlite.Open(f.path)
			require.NoError(b, err)
			defer db.Close()
			r, err := cicsql.New(db, dialect, cicsql.Options{Reconcile: mode})
			require.NoError(b, err)
			q := historical.Query{Window: w, Needs: wfm.Needs{Queue: wfm.Columns{Counters: benchCounters}}}
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for row, err := range r.Rows(b.Context(), q) {
					if err != nil {
						b.Fatal(err)
					}
					if row.Grain == wfm.GrainQueue {
						n++
					}
				}
				require.Equal(b, benchRows(b), n)
			}
			b.ReportMetric(float64(benchRows(b)*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkBareScan runs the statement that the reader runs and does nothing but Scan.
func BenchmarkBareScan(b *testing.B) {
	f, w := benchFixture(b)
	db, _, err := sqlite.Open(f.path)
	require.NoError(b, err)
	defer db.Close()
	const query = `SELECT "cName", "SiteId", CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("dIntervalStart" AS TEXT) END, CAST("dIntervalStartUTC" AS TEXT), CASE WHEN ("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') THEN CAST("I3TimeStampGMT" AS TEXT) END, "nDuration", "nEnteredAcd", "nAnsweredAcd", "nAbandonedAcd", "tTalkAcd", "tAcw" FROM "IWrkgrpQueueStats" WHERE "dIntervalStart" >= ? AND "dIntervalStart" < ? AND (("dIntervalStartUTC" IS NULL OR +"dIntervalStartUTC" = '') OR (+"dIntervalStartUTC" >= ? AND +"dIntervalStartUTC" < ?)) AND "cReportGroup" = '*' AND "cHKey3" = '*' AND "cHKey4" = '*' ORDER BY "dIntervalStart"`
	from, to := w.Start.Format(time.DateOnly), w.End.Format(time.DateOnly)
	before, after := w.Start.AddDate(0, 0, -1).Format(time.DateOnly), w.End.AddDate(0, 0, 1).Format(time.DateOnly)
	dests := map[string]func() []any{
		"any": func() []any {
			cells := make([]any, 11)
			dest := make([]any, len(cells))
			for i := range cells {
				dest[i] = &cells[i]
			}
			return dest
		},
		"typed": func() []any {
			dest := make([]any, 11)
			for i := range dest {
				if dest[i] = new(int64); i == 0 || (i >= 2 && i <= 4) {
					dest[i] = new(sql.NullString)
				}
			}
			return dest
		},
	}
	for name, make := range dests {
		b.Run(name, func(b *testing.B) {
			dest := make()
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				rows, err := db.QueryContext(b.Context(), query, before, after, from, to)
				require.NoError(b, err)
				for rows.Next() {
					if err := rows.Scan(dest...); err != nil {
						b.Fatal(err)
					}
					n++
				}
				require.NoError(b, rows.Close())
				require.Equal(b, benchRows(b), n)
			}
			b.ReportMetric(float64(benchRows(b)*b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkContacts reads single contacts by their start: the driver allocates for each text and number, the reader for the ID
// alone.
func BenchmarkContacts(b *testing.B) {
	f := newFixture(b, shape{})
	tx, err := f.db.Begin()
	require.NoError(b, err)
	stmt, err := tx.Prepare("INSERT INTO " + contacts + " (InteractionIDKey, SiteID, SeqNo, StartDateTimeUTC, Direction, MediaType, ConnectedDateTimeUTC, TerminatedDateTimeUTC, " +
		"LastLocalUserId, LastAssignedWorkgroupID, tIVRWait, tQueueWait, tAlert, tConnected, tHeld, tConference, tExternal, tACW) VALUES (?, 1, 0, ?, ?, 0, ?, ?, ?, ?, 1, 2, 3, 4, 5, 0, NULL, 6)")
	require.NoError(b, err)
	begin, n := instant(b, "2020-01-01T00:00:00Z"), benchRows(b)/4
	const form = "2006-01-02 15:04:05.000"
	for i := range n {
		at := begin.Add(time.Duration(i) * 1234 * time.Millisecond)
		_, err := stmt.Exec(strconv.Itoa(1e9+i)+"20200101", at.Format(form), 1+i%2, at.Format(form), at.Add(time.Minute).Format(form),
			"agent"+strconv.Itoa(i%200), "Workgroup "+strconv.Itoa(i%benchGroups))
		require.NoError(b, err)
	}
	require.NoError(b, stmt.Close())
	require.NoError(b, tx.Commit())
	f.exec("CREATE INDEX begins ON " + contacts + " (StartDateTimeUTC)")
	r := f.reader(cicsql.Options{})
	q := historical.Query{Window: wfm.Window{Start: begin, End: begin.AddDate(0, 0, 30)}, Needs: wfm.Needs{Begun: true}}
	b.ReportAllocs()
	for b.Loop() {
		got := 0
		for row, err := range r.Rows(b.Context(), q) {
			if err != nil {
				b.Fatal(err)
			}
			if row.Contact != nil {
				got++
			}
		}
		require.Equal(b, n/2, got, "every second one is outbound")
	}
	b.ReportMetric(float64(n/2*b.N)/b.Elapsed().Seconds(), "contacts/s")
}
