package cicsql

import (
	"context"
	"database/sql"
	"errors"
	"iter"
	"log/slog"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// Reader reads the reporting database. It is safe for concurrent use. It keeps the columns of the
// views for its lifetime and their roll-up levels for each month of windows: make a new reader after an
// upgrade of the database.
type Reader struct {
	db   *sql.DB
	d    Dialect
	opts Options
	log  *slog.Logger

	mu    sync.Mutex
	views [numObjects]*view

	lock     chan struct{} // held while detecting; guards detected
	detected map[hierarchyKey]*hierarchy
}

var (
	_ historical.Source    = (*Reader)(nil)
	_ historical.Ordered   = (*Reader)(nil)
	_ historical.Inspector = (*Reader)(nil)
)

// New makes a reader on a pool, which stays the caller's to close and must allow [MinConnections]
// connections. It does not connect. The error joins every wfm.Problem of the settings.
func New(db *sql.DB, d Dialect, o Options) (*Reader, error) {
	if db == nil {
		return nil, wfm.Problem{Field: "db", Reason: "is nil", Remedy: "open the database first"}
	}
	if d.kind == noDialect {
		return nil, wfm.Problem{Field: "Dialect", Reason: "is not set", Remedy: "use cicsql.SQLServer, cicsql.Oracle or cicsql.SQLite"}
	}
	o = o.withDefaults()
	if err := errors.Join(checkPool(db), o.check(d)); err != nil {
		return nil, err
	}
	return &Reader{db: db, d: d, opts: o, log: o.Logger, lock: make(chan struct{}, 1),
		detected: make(map[hierarchyKey]*hierarchy)}, nil
}

// Slack returns how far a row may start before the latest one already yielded. The server sorts by
// local time, so the autumn clock change, and nothing else, puts rows out of order. Sites in
// different time zones need a reader each: a row beyond the slack is an error, not a silent loss.
func (r *Reader) Slack() time.Duration { return r.opts.Slack }

// Rows reads a query as historical.Source says. Before the first row the roll-up levels are compared,
// so that diagnostics of an interval come before its rows. Errors are *wfm.Error, or join
// wfm.Problem where a setting is wrong.
func (r *Reader) Rows(ctx context.Context, q historical.Query) iter.Seq2[historical.Row, error] {
	return func(yield func(historical.Row, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel() // ends the statements at the server, also when the consumer stops early
		if err := r.read(ctx, q, yield); err != nil {
			yield(historical.Row{}, err)
		}
	}
}

func (r *Reader) read(ctx context.Context, q historical.Query, yield func(historical.Row, error) bool) error {
	if !q.Window.Start.Before(q.Window.End) {
		return wfm.Problem{Field: "window", Value: q.Window.String(), Reason: "ends where or before it starts", Remedy: "give an end after the start"}
	}
	if err := checkPool(r.db); err != nil { // it may have been limited since New
		return err
	}
	rd := r.newReading(q)
	p, err := r.plan(ctx, rd)
	if err != nil {
		return err
	}
	for _, pair := range p.pairs {
		if err := r.reconcile(ctx, rd, pair); err != nil {
			return err
		}
	}
	streams, err := r.open(ctx, rd, p)
	defer func() {
		for _, s := range streams {
			s.close()
		}
	}()
	if err != nil {
		return err
	}
	return r.merge(ctx, streams, yield)
}

func (r *Reader) open(ctx context.Context, rd *reading, p *plan) (streams []stream, err error) {
	add := func(s stream, err error) error {
		if err == nil {
			streams = append(streams, s)
		}
		return err
	}
	if p.presence != nil {
		if err := add(r.openPresence(ctx, rd, p.presence)); err != nil {
			return streams, err
		}
	}
	for _, sp := range p.stats {
		if err := add(r.openStats(ctx, rd, sp)); err != nil {
			return streams, err
		}
	}
	if p.activity != nil {
		if err := add(r.openActivity(ctx, rd, p.activity)); err != nil {
			return streams, err
		}
	}
	for _, cp := range p.contacts {
		if err := add(r.openContacts(ctx, rd, cp)); err != nil {
			return streams, err
		}
	}
	return streams, nil
}

func (r *Reader) statement() *statement { return &statement{d: r.d} }

func (r *Reader) query(ctx context.Context, op string, s *statement) (*sql.Rows, error) {
	text := s.text.String()
	r.log.DebugContext(ctx, "query", "op", op, slog.String("sql", text), "parameters", len(s.args))
	rows, err := r.db.QueryContext(ctx, text, s.args...)
	if err != nil {
		return nil, r.fail(ctx, op, err)
	}
	return rows, nil
}

// window adds the condition that a statistics row starts in a window. It may let rows beside the window
// through, never the other way round; the reader looks again at each.
func (r *Reader) window(s *statement, v *view, w wfm.Window) {
	start, utc := v.col(colStart), v.col(colStartUTC)
	lo, hi := w.Start.Unix(), ceilUnix(w.End)
	if v.has(colStartUTC) {
		// Local time is within a day of UTC, so an index on dIntervalStart serves in any case.
		s.add(s.atLeast(start, lo-day), " AND ", s.before(start, hi+day))
		s.add(" AND (", s.isNull(utc), " OR (", s.atLeast(s.plain(utc), lo), " AND ", s.before(s.plain(utc), hi), "))")
		return
	}
	// Three hours cover a clock change on either side.
	const margin = 3 * 60 * 60
	s.add(s.atLeast(start, wallUnix(w.Start, r.opts.Zone)-margin), " AND ", s.before(start, wallUnix(w.End, r.opts.Zone)+margin))
}

// near adds the condition that a row starts within a day of a window, whatever its zone.
func (r *Reader) near(s *statement, v *view, w wfm.Window) {
	start := v.col(colStart)
	s.add(s.atLeast(start, w.Start.Unix()-day), " AND ", s.before(start, ceilUnix(w.End)+day))
}

// site limits a statement to the configured site.
func (r *Reader) site(s *statement, v *view) {
	if r.opts.Site != nil && v.has(colSite) {
		s.add(" AND ", v.col(colSite), " = ", s.bind(int64(*r.opts.Site)))
	}
}

func ceilUnix(t time.Time) int64 {
	if t.Nanosecond() > 0 {
		return t.Unix() + 1
	}
	return t.Unix()
}

// wallUnix is what the clocks of a zone show, as seconds since 1970.
func wallUnix(t time.Time, zone *time.Location) int64 {
	if zone == nil {
		zone = time.UTC
	}
	_, offset := t.In(zone).Zone()
	return t.Unix() + int64(offset)
}
