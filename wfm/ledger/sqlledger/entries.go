package sqlledger

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// pageRows is how many entries are read at once: enough that a round trip does not count, few
// enough that memory stays flat whatever the window.
const pageRows = 500

// Entries yields the entries of a feed in order. It reads page by page and holds no connection
// while the loop body runs.
func (l *Ledger) Entries(ctx context.Context, feed string, w wfm.Window) iter.Seq2[ledger.Entry, error] {
	return func(yield func(ledger.Entry, error) bool) {
		var after *cursor
		for {
			page, last, err := l.page(ctx, feed, w, after)
			if err != nil {
				yield(ledger.Entry{}, l.fail(ctx, "read the entries of feed "+wfm.Quote(feed), err))
				return
			}
			for _, e := range page {
				if err := ctx.Err(); err != nil {
					yield(ledger.Entry{}, err)
					return
				}
				if !yield(e, nil) {
					return
				}
			}
			if len(page) < pageRows {
				return
			}
			after = &last
		}
	}
}

// cursor is the place of the last entry of a page in the order of Entries; the key's ID makes the
// order total.
type cursor struct {
	start, kind    string
	part, revision int
	id             string
}

// page reads what follows a cursor. The first page has none, and a statement without one: an empty
// text would be NULL in Oracle, and nothing is more than NULL.
func (l *Ledger) page(ctx context.Context, feed string, w wfm.Window, after *cursor) (page []ledger.Entry, last cursor, err error) {
	s, v := l.sql.firstPage, values{"feed": l.dialect.Text(feed), "from": stamp(w.Start), "to": stamp(w.End)}
	if after != nil {
		s = l.sql.nextPage
		v["from"], v["kind"], v["part"], v["revision"], v["id"] = after.start, l.dialect.Text(after.kind), after.part, after.revision, after.id
	}
	rows, err := l.db.QueryContext(ctx, s.text, l.arguments(s, v)...)
	if err != nil {
		return nil, last, err
	}
	defer rows.Close()
	for rows.Next() {
		id, e, err := scanEntry(rows, feed)
		if err != nil {
			return nil, last, err
		}
		page = append(page, e)
		last = cursor{stamp(e.Key.Period.Start), e.Key.Kind, e.Key.Part, e.Key.Revision, id}
	}
	return page, last, rows.Err()
}

// scanEntry reads the columns entryColumns.
func scanEntry(row interface{ Scan(...any) error }, feed string) (id string, e ledger.Entry, err error) {
	e.Key.Feed = feed
	var start, end, digest, begun string
	var where, delivered sql.NullString
	var size sql.NullInt64
	if err = row.Scan(&id, &e.Key.Kind, &start, &end, &e.Key.Part, &e.Key.Revision, &e.Key.Name, &digest, &e.Status,
		&where, &size, &begun, &delivered); err != nil {
		return "", ledger.Entry{}, err
	}
	e.Receipt.Where, e.Receipt.Bytes = where.String, size.Int64
	for _, f := range []struct {
		text string
		to   *time.Time
	}{{start, &e.Key.Period.Start}, {end, &e.Key.Period.End}, {begun, &e.BegunAt}, {delivered.String, &e.DeliveredAt}} {
		if f.text == "" {
			continue
		}
		if *f.to, err = time.Parse(stampLayout, f.text); err != nil {
			return "", ledger.Entry{}, damaged(id, err)
		}
	}
	if e.Digest, err = wfm.ParseDigest(digest); err != nil {
		return "", ledger.Entry{}, damaged(id, err)
	}
	return id, e, nil
}

func damaged(id string, err error) error {
	return &wfm.Error{Op: "read ledger entry " + id, Kind: wfm.BadData, Err: fmt.Errorf("the row was changed by hand: %w", err),
		Remedy: "restore the ledger from a backup"}
}
