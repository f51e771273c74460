package cicsim

import (
	"cmp"
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Summary says how many rows a write added to each table.
type Summary map[string]int

// WriteDB creates the tables in an SQLite database and fills them with everything that ever
// arrives, in one transaction. It holds all rows in memory meanwhile, about 5 MB for a day of
// the default centre.
func (c *Centre) WriteDB(ctx context.Context, db *sql.DB) (Summary, error) {
	return c.NewWriter(db).writeThrough(ctx, never)
}

// Writer fills a database step by step, as time goes by.
type Writer struct {
	c     *Centre
	db    *sql.DB
	since Instant // everything that arrived up to here is written
	begun bool
	most  int // statistics rows; 0 means all
}

// NewWriter starts with an empty database. A Writer is for one goroutine; the database stays the
// caller's.
func (c *Centre) NewWriter(db *sql.DB) *Writer { return &Writer{c: c, db: db} }

// WriteThrough adds the rows that arrived after the call before and up to asOf, in order of their
// arrival and in one transaction: either all or none. The first call also creates the tables and
// writes UserWorkgroups. An asOf before that of the call before adds nothing.
func (w *Writer) WriteThrough(ctx context.Context, asOf time.Time) (Summary, error) {
	return w.writeThrough(ctx, At(asOf))
}

func (w *Writer) writeThrough(ctx context.Context, through Instant) (Summary, error) {
	tx, err := w.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, writeError("begin", err)
	}
	defer tx.Rollback()
	sum := Summary{}
	tables := map[string]table{}
	for _, t := range w.c.cfg.Schema.tables() {
		tables[t.name] = t
		if !w.begun {
			if err := t.create(ctx, tx); err != nil {
				return nil, err
			}
		}
	}
	arrived := func(t Instant) bool { return t > w.since && t <= through }
	steps := []struct {
		table string
		fill  func(in *inserter) error
	}{
		{tableMembers, w.members},
		{tableActivation, func(in *inserter) error { return w.c.fillActivations(in, arrived) }},
		{tableActivityLog, func(in *inserter) error { return w.c.fillLog(in, arrived) }},
		{tableContacts, func(in *inserter) error { return w.c.fillContacts(in, arrived) }},
	}
	for _, step := range steps {
		if _, ok := tables[step.table]; !ok {
			continue // of another edition
		}
		in := newInserter(ctx, tx, tables[step.table])
		if err := step.fill(in); err != nil {
			return nil, err
		}
		if err := in.close(); err != nil {
			return nil, err
		}
		sum[step.table] = in.rows
	}
	views := [...]*inserter{newInserter(ctx, tx, tables[tableQueueStats]), newInserter(ctx, tx, tables[tableAgentStats])}
	if err := w.c.fillStats(views[:], arrived, w.most); err != nil {
		return nil, err
	}
	for _, in := range views {
		if err := in.close(); err != nil {
			return nil, err
		}
		sum[in.table.name] = in.rows
	}
	if err := tx.Commit(); err != nil {
		return nil, writeError("commit", err)
	}
	w.begun, w.since = true, max(w.since, through)
	return sum, nil
}

// Settled returns when the last row has arrived, of whichever table. It works out every row; ask once.
func (c *Centre) Settled() time.Time {
	last := c.window.End
	for _, r := range c.statRows() {
		last = max(last, r.arrived)
	}
	for _, r := range c.logRows() {
		last = max(last, r.arrived)
	}
	for _, r := range c.contactRows() {
		last = max(last, r.arrived)
	}
	return last.Time()
}

// Tables returns the names of the tables of a summary, sorted.
func (s Summary) Tables() []string { return slices.Sorted(maps.Keys(s)) }

func (w *Writer) members(in *inserter) error {
	if w.begun {
		return nil
	}
	c := w.c
	flag := func(queue bool) any {
		switch {
		case c.cfg.Schema.QueueFlagText && queue:
			return "Y"
		case c.cfg.Schema.QueueFlagText:
			return "N"
		}
		return one(queue)
	}
	stamp := c.cfg.Schema.timeText(c.window.Start, time.UTC)
	for _, a := range c.agents {
		for _, g := range a.Workgroups {
			if err := in.add(string(a.ID), string(g), flag(true), stamp, int(a.Site), 0); err != nil {
				return err
			}
		}
		if m := c.cfg.MasterWorkgroup; m != "" {
			if err := in.add(string(a.ID), string(m), flag(false), stamp, int(a.Site), 0); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *Centre) fillActivations(in *inserter, arrived func(Instant) bool) error {
	s := c.cfg.Schema
	locations := map[wfm.Site]*time.Location{}
	for _, site := range c.sites {
		locations[site.id] = site.loc
	}
	list := slices.Clone(c.activations)
	slices.SortStableFunc(list, func(a, b Activation) int { return cmp.Compare(a.At, b.At) })
	for _, a := range list {
		if !arrived(a.At + 2) {
			continue
		}
		if err := in.add(string(a.Agent), string(a.Workgroup), s.timeText(a.At, locations[a.Site]), s.timeText(a.At, time.UTC),
			one(a.Active), 1, string(a.Agent), s.timeText(a.At+1, time.UTC), int(a.Site), 0); err != nil {
			return err
		}
	}
	return nil
}

func (c *Centre) fillLog(in *inserter, arrived func(Instant) bool) error {
	s := c.cfg.Schema
	for _, r := range c.logRows() {
		if !arrived(r.arrived) {
			continue
		}
		err := in.add(string(r.Agent), s.timeText(r.Span.Start, r.site.loc), s.timeText(r.Span.Start, time.UTC),
			one(r.ChangedStatus), one(r.ChangedGroup), one(r.ChangedLoggedIn), one(r.ChangedACD),
			string(r.Status.Key), string(r.Status.Group), one(r.LoggedIn), one(r.Status.AllowsACD),
			one(r.Status.DND), one(r.Status.ACW), s.timeText(r.Span.End, r.site.loc), s.timeText(r.Span.End, time.UTC),
			int64(r.Span.End-r.Span.Start), r.Seq, s.timeText(r.sent, time.UTC), int(r.Site), 0)
		if err != nil {
			return err
		}
	}
	return nil
}

// fillStats writes the rows of both views, at most so many unless that is zero. StatisticsSet
// rises in order of arrival.
func (c *Centre) fillStats(views []*inserter, arrived func(Instant) bool, most int) error {
	s := c.cfg.Schema
	counters := [...][]wfm.Counter{s.counters(queueView), s.counters(agentView)}
	var args []any
	for i, r := range c.statRows() {
		if !arrived(r.arrived) || most > 0 && i >= most {
			continue
		}
		args = args[:0]
		if s.Edition == Edition4x {
			args = append(args, s.FirstStatisticsSet+int64(i))
		}
		args = append(args, r.name, r.keys[0], r.keys[1], r.keys[2], cType(r.view), s.timeText(r.span.Start, r.site.loc))
		switch s.UTC {
		case UTCFilled:
			args = append(args, s.timeText(r.span.Start, time.UTC))
		case UTCNull:
			args = append(args, nil)
		}
		args = append(args, int64(r.span.End-r.span.Start))
		if s.Edition == Edition4x {
			args = append(args, c.cfg.AnswerThresholds[1])
		}
		for _, counter := range counters[r.view] {
			args = append(args, int64(r.values[counter]))
		}
		args = append(args, nil, nil, nil, nil, nil, nil, s.timeText(r.sent, time.UTC), int(r.site.id), 0)
		if err := views[r.view].add(args...); err != nil {
			return err
		}
	}
	return nil
}

// cType fills a column whose codes are not documented; a reader must not depend on it.
func cType(view int) string { return [...]string{"W", "A"}[view] }
