package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// What the demo simulates. Zone and intervals have no irregularity, so that each interval of each feed is expected once.
const (
	demoAhead   = 12 * time.Hour     // how far the database is ahead of the clock
	demoLag     = 24 * time.Hour     // how far the slowest feed may be behind before the clock waits for it
	demoKept    = 4 * 24 * time.Hour // how long rows and files are kept behind the slowest feed
	demoRows    = 1_000_000          // numbers of rows that a day may use
	demoDay     = 24 * time.Hour     // a day of UTC
	demoLength  = wfm.HalfHour       // of the feeds' intervals
	demoStarted = "2026-03-02 00:00" // a Monday
)

// demoStart is the first instant of the simulated centre.
func demoStart() time.Time { return time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) }

// demoData is the reporting database of the demo, written a day at a time, ahead of the clock, and forgotten behind the feeds.
type demoData struct {
	db      *sql.DB
	through time.Time // everything before is written
	cut     time.Time // rows before are gone
}

func demoCentre(day time.Time) (*cicsim.Centre, error) {
	return cicsim.New(cicsim.Config{Seed: 1, Start: day, Sites: []cicsim.SiteConfig{{ID: 1, Zone: "UTC", Interval: 15 * time.Minute}},
		Workgroups: 4, Agents: 20, Contacts: 600, Schema: cicsim.Schema{Idle: cicsim.ZeroIdle,
			FirstStatisticsSet: 1 + int64(day.Sub(demoStart())/demoDay)*demoRows}})
}

// openDemoData makes the database with its first day. Readers go on while it is written to.
func openDemoData(ctx context.Context, path string) (*demoData, error) {
	dsn := url.URL{Scheme: "file", Opaque: url.PathEscape(filepath.ToSlash(path)), RawQuery: "_pragma=journal_mode(wal)&_pragma=synchronous(off)&_pragma=busy_timeout(10000)"}
	db, err := sql.Open("sqlite", dsn.String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	d := &demoData{db: db, through: demoStart(), cut: demoStart()}
	if err := d.write(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return d, nil
}

// write adds the next day.
func (d *demoData) write(ctx context.Context) error {
	centre, err := demoCentre(d.through)
	if err != nil {
		return err
	}
	if d.through.After(demoStart()) { // each day brings its list of members
		if _, err := d.db.ExecContext(ctx, "DELETE FROM UserWorkgroups"); err != nil {
			return err
		}
	}
	if _, err := centre.WriteDB(ctx, d.db); err != nil {
		return err
	}
	d.through = centre.Window().End
	return nil
}

// forget removes rows that began before t.
func (d *demoData) forget(ctx context.Context, t time.Time) error {
	if t.Sub(d.cut) < demoDay {
		return nil
	}
	for table, column := range map[string]string{"IWrkgrpQueueStats": "dIntervalStartUTC", "IAgentQueueStats": "dIntervalStartUTC",
		"AgentActivityLog": "StatusDateTimeGMT", "AgentQueueActivationHist": "ActivationDateTimeGMT", "InteractionSummary": "StartDateTimeUTC"} {
		if _, err := d.db.ExecContext(ctx, fmt.Sprintf("DELETE FROM %s WHERE %s < ?", table, column), t.UTC().Format(time.DateTime)); err != nil {
			return err
		}
	}
	d.cut = t
	// The log ahead of the database would grow where somebody always reads. Where it cannot be emptied now it is emptied the next day.
	_, err := d.db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	return err
}
