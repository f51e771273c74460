package cicsql_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	driver "modernc.org/sqlite"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/historical/cicsql"
	"github.com/cicwfm/cicwfm/historical/cicsql/sqlite"
	"github.com/cicwfm/cicwfm/wfm"
)

// A day of one workgroup, from a database that has only local times.
func Example() {
	dir, err := os.MkdirTemp("", "cicsql")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "I3_IC.db")
	if err := writeExample(file); err != nil {
		fmt.Println(err)
		return
	}

	db, dialect, err := sqlite.Open(file) // or mssql.Open, oracle.Open with a DSN
	if err != nil {
		fmt.Println(err)
		return
	}
	defer db.Close()
	zone, err := time.LoadLocation("Europe/Berlin") // where the CIC server stands
	if err != nil {
		fmt.Println(err)
		return
	}
	reader, err := cicsql.New(db, dialect, cicsql.Options{Zone: zone})
	if err != nil {
		fmt.Println(err)
		return
	}
	query := historical.Query{
		Window:     wfm.Window{Start: time.Date(2026, 1, 14, 23, 0, 0, 0, time.UTC), End: time.Date(2026, 1, 15, 23, 0, 0, 0, time.UTC)},
		Workgroups: []wfm.Workgroup{"Sales"},
		Needs:      wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NEnteredAcd, wfm.NAnsweredAcd)}},
		Diagnose:   func(d wfm.Diagnostic) { fmt.Println(d) },
	}
	for row, err := range reader.Rows(context.Background(), query) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if row.Grain == wfm.GrainQueue {
			fmt.Println(row.Start.Format(time.RFC3339), row.Workgroup, row.Values)
		}
	}
	// Output:
	// 2026-01-15T09:00:00Z: roll-up mismatch, site 1, "Sales": IWrkgrpQueueStats: nEnteredAcd is 12 in (*,*,*) and adds up to 11 in (cReportGroup,cHKey3,*)
	// 2026-01-15T09:00:00Z Sales [12 10]
}

func writeExample(file string) error {
	connector, err := driver.NewConnector("file:" + file)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	_, err = db.Exec(`
CREATE TABLE IWrkgrpQueueStats (cName TEXT, cReportGroup TEXT, cHKey3 TEXT, cHKey4 TEXT, dIntervalStart DATETIME,
  nDuration INT, I3TimeStampGMT DATETIME, SiteId SMALLINT, nEnteredAcd INT, nAnsweredAcd INT);
INSERT INTO IWrkgrpQueueStats VALUES
  ('Sales', '*', '*', '*',       '2026-01-15 10:00:00', 1800, '2026-01-15 09:30:02', 1, 12, 10),
  ('Sales', '4711', 'Call', '*', '2026-01-15 10:00:00', 1800, '2026-01-15 09:30:02', 1, 8, 7),
  ('Sales', '-', 'Chat', '*',    '2026-01-15 10:00:00', 1800, '2026-01-15 09:30:02', 1, 3, 3)`)
	return err
}
