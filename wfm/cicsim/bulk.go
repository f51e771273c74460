package cicsim

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// WriteStatistics fills an empty SQLite database with n statistics rows in one transaction per
// day, for benchmarks: one plain day of the config's centre in UTC, in all tables, whose
// statistics rows are then repeated day after day, the database itself copying them. Each day is
// whole and consistent in itself, at full width; the last one is cut at n. It says how many rows
// each table has.
//
// Of the config, Seed, Start, Workgroups, Agents, Contacts, Media, the thresholds and Schema
// count; sites, days and irregularities do not.
func WriteStatistics(ctx context.Context, db *sql.DB, cfg Config, n int) (Summary, error) {
	if n < 1 {
		return nil, wfm.Problem{Field: "n", Value: strconv.Itoa(n), Reason: "is no number of rows", Remedy: "give 1 or more"}
	}
	cfg.Sites, cfg.Days = nil, 1
	cfg.Restarts, cfg.SilentSpans, cfg.LateRows = 0, 0, false
	c, err := New(cfg)
	if err != nil {
		return nil, err
	}
	w := c.NewWriter(db)
	w.most = n
	sum, err := w.writeThrough(ctx, never)
	if err != nil {
		return nil, err
	}
	first := [...]int{sum[tableQueueStats], sum[tableAgentStats]}
	left := n - first[0] - first[1]
	for day := 1; left > 0; day++ {
		took, err := c.repeatDay(ctx, db, day, first, left)
		if err != nil {
			return nil, err
		}
		for i, name := range []string{tableQueueStats, tableAgentStats} {
			sum[name] += took[i]
			left -= took[i]
		}
	}
	return sum, nil
}

// repeatDay copies the rows of the first day to a later one.
func (c *Centre) repeatDay(ctx context.Context, db *sql.DB, day int, first [2]int, most int) (took [2]int, err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return took, writeError("begin", err)
	}
	defer tx.Rollback()
	s := c.cfg.Schema
	format := "%Y-%m-%d %H:%M:%S"
	if s.Fractions {
		format = "%Y-%m-%d %H:%M:%f"
	}
	for view, t := range s.tables()[:2] {
		names, picks := make([]string, len(t.columns)), make([]string, len(t.columns))
		for i, col := range t.columns {
			names[i], picks[i] = col.name, col.name
			switch {
			case col.kind == "datetime":
				picks[i] = fmt.Sprintf("strftime('%s', %s, '+%d days')", format, col.name, day)
			case strings.EqualFold(col.name, "StatisticsSet"):
				picks[i] = fmt.Sprintf("%s + %d", col.name, day*(first[0]+first[1]))
			}
		}
		rows := min(first[view], most-took[0])
		_, err := tx.ExecContext(ctx, fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE rowid <= %d",
			t.name, strings.Join(names, ","), strings.Join(picks, ","), t.name, rows))
		if err != nil {
			return took, writeError("insert into "+t.name, err)
		}
		took[view] = rows
	}
	if err := tx.Commit(); err != nil {
		return took, writeError("commit", err)
	}
	return took, nil
}
