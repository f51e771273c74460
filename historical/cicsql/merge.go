package cicsql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// stream is one cursor.
type stream interface {
	// next moves to the next row; false at the end.
	next(ctx context.Context) (bool, error)
	// row is the current row, valid until next.
	row() *historical.Row
	// key is the time by which the row is ordered, in milliseconds since 1970.
	key() int64
	name() string
	close()
}

// cursor is what streams share: rows of any columns, scanned without reflection.
type cursor struct {
	r     *Reader
	op    string
	rows  *sql.Rows
	cells []any
	dest  []any
}

func (r *Reader) openCursor(ctx context.Context, op string, s *statement, columns int) (cursor, error) {
	rows, err := r.query(ctx, op, s)
	if err != nil {
		return cursor{}, err
	}
	c := cursor{r: r, op: op, rows: rows, cells: make([]any, columns), dest: make([]any, columns)}
	for i := range c.cells {
		c.dest[i] = &c.cells[i]
	}
	return c, nil
}

// each runs a statement and hands over the cells of every row, which are valid until it returns.
func (r *Reader) each(ctx context.Context, op string, s *statement, columns int, take func(cells []any)) error {
	c, err := r.openCursor(ctx, op, s, columns)
	if err != nil {
		return err
	}
	defer c.close()
	for {
		ok, err := c.advance(ctx)
		if err != nil || !ok {
			return err
		}
		take(c.cells)
	}
}

// texts runs a statement of one text column and returns its values; NULL is left out.
func (r *Reader) texts(ctx context.Context, op string, s *statement) (list []string, err error) {
	err = r.each(ctx, op, s, 1, func(cells []any) {
		if text, ok := toText(cells[0]); ok {
			list = append(list, text)
		}
	})
	return list, err
}

// advance reads the next row into the cells.
func (c *cursor) advance(ctx context.Context) (bool, error) {
	if !c.rows.Next() {
		if err := errors.Join(c.rows.Err(), ctx.Err()); err != nil {
			return false, c.r.fail(ctx, c.op, err)
		}
		return false, nil
	}
	if err := c.rows.Scan(c.dest...); err != nil {
		return false, c.r.fail(ctx, c.op, err)
	}
	return true, nil
}

func (c *cursor) close()       { c.rows.Close() }
func (c *cursor) name() string { return c.op }

// merge yields the rows of all streams by start. There are seven streams at most, so the earliest is
// found by looking at each.
func (r *Reader) merge(ctx context.Context, streams []stream, yield func(historical.Row, error) bool) error {
	live := slices.Clone(streams)
	for i := 0; i < len(live); {
		ok, err := live[i].next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			live = slices.Delete(live, i, i+1)
			continue
		}
		i++
	}
	var latest int64
	slack, first := r.opts.Slack.Milliseconds(), true
	for len(live) > 0 {
		earliest := 0
		for i := 1; i < len(live); i++ {
			if live[i].key() < live[earliest].key() {
				earliest = i
			}
		}
		s := live[earliest]
		switch k := s.key(); {
		case first || k > latest:
			latest, first = k, false
		case k < latest-slack:
			return outOfOrder(s, k, latest)
		}
		if err := ctx.Err(); err != nil {
			return r.fail(ctx, s.name(), err)
		}
		if !yield(*s.row(), nil) {
			return nil
		}
		ok, err := s.next(ctx)
		if err != nil {
			return err
		}
		if !ok {
			live = slices.Delete(live, earliest, earliest+1)
		}
	}
	return nil
}

func outOfOrder(s stream, at, latest int64) error {
	return &wfm.Error{Op: s.name(), Kind: wfm.BadData,
		Err: fmt.Errorf("site %d: a row that starts at %s comes after one that starts at %s", s.row().Site,
			time.UnixMilli(at).UTC().Format(time.RFC3339), time.UnixMilli(latest).UTC().Format(time.RFC3339)),
		Remedy: "check Zone; sites in different time zones need a reader each (set Site); in a SQLite file all times of a column need one form"}
}
