package integration_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/csv"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/metrics"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// The pipeline benchmarks read quarter-hour rows of 100 workgroups from SQLite and make half-hour
// files. CICWFM_BENCH_ROWS sets how many rows (default 100,000); a figure worth quoting needs
// 1,000,000:
//
//	CICWFM_BENCH_ROWS=1000000 go test -run '^$' -bench Pipeline -benchtime 3x -timeout 60m ./wfm/integration
const benchWorkgroups = 100

type benchData struct {
	path   string
	rows   int
	window wfm.Window
}

// benchFile writes the rows at full width: every counter of IWrkgrpQueueStats in 4.x.
func benchFile(b *testing.B) benchData {
	b.Helper()
	d := benchData{path: filepath.Join(b.TempDir(), "cic.db"), rows: 100_000}
	if v := os.Getenv("CICWFM_BENCH_ROWS"); v != "" {
		var err error
		d.rows, err = strconv.Atoi(v)
		require.NoError(b, err)
	}
	db, err := sql.Open("sqlite", d.path+"?_pragma=synchronous(off)&_pragma=journal_mode(off)")
	require.NoError(b, err)
	defer db.Close()
	var names, picks []string
	for i, c := range queueCounters() {
		names = append(names, c.String())
		if c == wfm.TAgentLoggedIn || slices.Contains(wfm.LoggedInParts(), c) {
			picks = append(picks, "0") // the identity must hold, or every row is a remark
			continue
		}
		picks = append(picks, fmt.Sprintf("(i*%d)%%%d", 7+i, 40+i))
	}
	_, err = db.Exec(`CREATE TABLE IWrkgrpQueueStats (cName nvarchar(50), cReportGroup nvarchar(50), cHKey3 nvarchar(50), cHKey4 nvarchar(50),
		dIntervalStart DATETIME, dIntervalStartUTC DATETIME, nDuration int, I3TimeStampGMT DATETIME, SiteId smallint, ` + strings.Join(names, " int, ") + ` int);
		CREATE INDEX starts ON IWrkgrpQueueStats (dIntervalStart)`)
	require.NoError(b, err)
	begin := utc("2020-01-01T00:00:00Z")
	at := fmt.Sprintf("datetime(%d + i/%d*900, 'unixepoch')", begin.Unix(), benchWorkgroups)
	_, err = db.Exec(fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i+1 < %d)
		INSERT INTO IWrkgrpQueueStats SELECT printf('Workgroup %%03d', i%%%d), '*', '*', '*', %s, %s, 900, %s, 1, %s FROM n`,
		d.rows, benchWorkgroups, at, at, at, strings.Join(picks, ",")))
	require.NoError(b, err)
	days := wfm.Grid{Length: wfm.Day}
	d.window = days.Widen(wfm.Window{Start: begin, End: begin.Add(time.Duration(d.rows/benchWorkgroups) * 15 * time.Minute)})
	return d
}

func queueCounters() (list []wfm.Counter) {
	for c, info := range wfm.Counters() {
		if info.Views == wfm.InBoth && info.Edition != wfm.OnlyLegacy {
			list = append(list, c)
		}
	}
	return list
}

// benchEncoders are one vendor's columns, and a layout with every counter.
func benchEncoders(b *testing.B) map[string]vendors.HistoricalEncoder {
	b.Helper()
	s := vendors.Settings{Length: wfm.HalfHour, Presets: []string{"contact"}}
	vendor, err := injixo.New(s)
	require.NoError(b, err)
	var text strings.Builder
	text.WriteString("layout: wide\nversion: 1\ntitle: every counter\nfile: {name: \"wide_{start:YYYYMMDD_HHmm}.csv\"}\nrepeated-hour: sum\n" +
		"rows: {kind: delimited, delimiter: \";\", quoting: rfc4180}\nsections:\n  - name: queues\n    grain: queue\n    defaults: {missing: blank, undefined: blank}\n    columns:\n" +
		"      - {name: Queue, value: workgroup}\n      - {name: Time, value: intervalStart, format: \"YYYY-MM-DD HH:mm\"}\n")
	for _, c := range queueCounters() {
		fmt.Fprintf(&text, "      - {name: %s, value: %s}\n", c, c)
	}
	l, err := layout.Parse(vendors.File{Name: "wide.yaml", Data: []byte(text.String())})
	require.NoError(b, err)
	wide, err := layout.NewHistorical(vendors.Info{Name: "wide"}, vendors.Settings{Length: wfm.HalfHour}, l)
	require.NoError(b, err)
	return map[string]vendors.HistoricalEncoder{"vendor": vendor, "wide": wide}
}

func (d benchData) open(b *testing.B) (*sql.DB, *cicsql.Reader) {
	b.Helper()
	db, dialect, err := sqlite.Open(d.path)
	require.NoError(b, err)
	r, err := cicsql.New(db, dialect, cicsql.Options{})
	require.NoError(b, err)
	return db, r
}

// BenchmarkPipeline compares, on the same rows in the same run:
//
//	scan      rows.Scan of the reader's own statement, into typed variables: the floor
//	library   read, fold and encode, one after the other
//	service   the same as a backfill with two workers, with ledger and transport in memory
//	by-hand   SELECT … SUM(…) … GROUP BY in the database, and encoding/csv
func BenchmarkPipeline(b *testing.B) {
	d := benchFile(b)
	encoders := benchEncoders(b)
	for _, width := range []string{"vendor", "wide"} {
		encoder := encoders[width]
		needs := encoder.Needs()
		statement := d.statement(b, needs.Queue.Counters)
		for _, c := range []struct {
			name string
			run  func(*testing.B, *sql.DB, *cicsql.Reader) (rows int)
		}{
			{"scan", func(b *testing.B, db *sql.DB, _ *cicsql.Reader) int {
				return d.scan(b, db, statement, needs.Queue.Counters)
			}},
			{"library", func(b *testing.B, _ *sql.DB, r *cicsql.Reader) int { return d.library(b, r, encoder) }},
			{"service", func(b *testing.B, _ *sql.DB, r *cicsql.Reader) int { return d.service(b, r, encoder) }},
			{"by-hand", func(b *testing.B, db *sql.DB, _ *cicsql.Reader) int { return d.byHand(b, db, needs.Queue.Counters) }},
		} {
			b.Run(width+"/"+c.name, func(b *testing.B) {
				db, r := d.open(b)
				defer db.Close()
				b.ReportAllocs()
				var peak float64
				for b.Loop() {
					rows := 0
					peak = max(peak, heapDuring(func() { rows = c.run(b, db, r) }))
					require.Positive(b, rows)
				}
				b.ReportMetric(float64(d.rows*b.N)/b.Elapsed().Seconds(), "rows/s")
				b.ReportMetric(peak, "peak-heap-MB")
			})
		}
	}
}

// heapDuring returns the most heap in MB that was in use while f ran.
func heapDuring(f func()) float64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	stop, done := make(chan struct{}), make(chan float64)
	go func() {
		var most uint64
		tick := time.NewTicker(10 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				metrics.Read(sample)
				most = max(most, sample[0].Value.Uint64())
			case <-stop:
				done <- float64(most) / 1e6
				return
			}
		}
	}()
	f()
	close(stop)
	return <-done
}

// statements keeps the statements that a reader logs.
type statements struct {
	slog.Handler
	sql []string
}

func (s *statements) Enabled(context.Context, slog.Level) bool { return true }
func (s *statements) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "sql" {
			s.sql = append(s.sql, a.Value.String())
		}
		return true
	})
	return nil
}

// statement returns the very statement that the reader runs for the counters.
func (d benchData) statement(b *testing.B, set *wfm.CounterSet) string {
	b.Helper()
	db, dialect, err := sqlite.Open(d.path)
	require.NoError(b, err)
	defer db.Close()
	log := &statements{Handler: slog.DiscardHandler}
	r, err := cicsql.New(db, dialect, cicsql.Options{Logger: slog.New(log), Reconcile: cicsql.ReconcileOff})
	require.NoError(b, err)
	for _, err := range r.Rows(b.Context(), historical.Query{Window: d.window, Needs: wfm.Needs{Queue: wfm.Columns{Counters: set}}}) {
		require.NoError(b, err)
		break
	}
	for _, text := range log.sql {
		if strings.Contains(text, set.At(0).String()) && strings.Contains(text, "ORDER BY") {
			return text
		}
	}
	b.Fatalf("the reader logged no statement with ORDER BY among %q", log.sql)
	return ""
}

func (d benchData) scan(b *testing.B, db *sql.DB, statement string, set *wfm.CounterSet) (n int) {
	from, to := d.window.Start.Format(time.DateOnly), d.window.End.Format(time.DateOnly)
	before, after := d.window.Start.AddDate(0, 0, -1).Format(time.DateOnly), d.window.End.AddDate(0, 0, 1).Format(time.DateOnly)
	rows, err := db.QueryContext(b.Context(), statement, before, after, from, to)
	require.NoError(b, err)
	defer rows.Close()
	var name, startUTC string
	var start, sent sql.NullString // local times, only where there is no UTC
	var site, duration int64
	dest := []any{&name, &site, &start, &startUTC, &sent, &duration}
	values := make([]int64, set.Len())
	for i := range values {
		dest = append(dest, &values[i])
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		n++
	}
	require.NoError(b, rows.Err())
	require.Equal(b, d.rows, n)
	return n
}

func (d benchData) library(b *testing.B, r *cicsql.Reader, encoder vendors.HistoricalEncoder) (rows int) {
	agg, err := historical.NewAggregator(historical.AggregatorOptions{Grid: wfm.Grid{Length: wfm.HalfHour}, Window: d.window, Needs: encoder.Needs()})
	require.NoError(b, err)
	write := func(until time.Time) {
		for report := range agg.Close(until) {
			files, err := encoder.EncodeHistorical(b.Context(), []wfm.Report{report})
			if err != nil {
				b.Fatal(err)
			}
			for _, f := range files {
				rows += f.Rows
			}
		}
	}
	border := d.window.Start
	for row, err := range r.Rows(b.Context(), historical.Query{Window: d.window, Needs: encoder.Needs(), Diagnose: agg.Note}) {
		if err == nil {
			err = agg.Add(row)
		}
		if err != nil {
			b.Fatal(err)
		}
		if at := row.Start.Add(-r.Slack()); !at.Before(border) {
			write(at)
			border = at.Add(30 * time.Minute)
		}
	}
	write(d.window.End)
	return rows
}

type discard struct{}

func (discard) Deliver(_ context.Context, a wfm.Artifact) (delivery.Receipt, error) {
	return delivery.Receipt{Where: "nowhere", Bytes: int64(len(a.Bytes))}, nil
}

func (d benchData) service(b *testing.B, r *cicsql.Reader, encoder vendors.HistoricalEncoder) int {
	s, err := integration.New(integration.Options{Ledger: ledger.NewMemory(time.Now), Licence: licensed(b),
		Historical: []integration.HistoricalFeed{{Name: "bench", Servers: []integration.Server{{Name: "cic1", Source: r}}, Encoder: encoder,
			Transport: discard{}, Grid: wfm.Grid{Length: wfm.HalfHour}}}})
	require.NoError(b, err)
	res, err := s.Backfill(b.Context(), "bench", d.window, integration.BackfillOptions{Workers: 2})
	require.NoError(b, err)
	return res.Rows
}

func (d benchData) byHand(b *testing.B, db *sql.DB, set *wfm.CounterSet) (n int) {
	var sums []string
	for _, c := range set.List() {
		sums = append(sums, "SUM("+c.String()+")")
	}
	rows, err := db.QueryContext(b.Context(), `SELECT strftime('%s', dIntervalStartUTC)/1800*1800 AS slot, cName, `+strings.Join(sums, ", ")+
		` FROM IWrkgrpQueueStats WHERE dIntervalStart >= ? AND dIntervalStart < ? AND cReportGroup = '*' AND cHKey3 = '*' AND cHKey4 = '*' GROUP BY slot, cName ORDER BY slot, cName`,
		d.window.Start.Format(time.DateOnly), d.window.End.Format(time.DateOnly))
	require.NoError(b, err)
	defer rows.Close()
	var slot, last int64
	var name string
	dest := []any{&slot, &name}
	values := make([]int64, set.Len())
	for i := range values {
		dest = append(dest, &values[i])
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	w.Comma = ';'
	record := make([]string, 0, len(dest))
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		if slot != last { // a file of its own for each interval
			last = slot
			w.Flush()
			file.Reset()
		}
		record = append(record[:0], name, time.Unix(slot, 0).UTC().Format("2006-01-02 15:04"))
		for _, v := range values {
			record = append(record, strconv.FormatInt(v, 10))
		}
		if err := w.Write(record); err != nil {
			b.Fatal(err)
		}
		n++
	}
	w.Flush()
	require.NoError(b, rows.Err())
	return n
}
