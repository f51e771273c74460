package cicsql

import (
	"context"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// presenceStream reads for which intervals a site wrote statistics at all, whichever the workgroup.
type presenceStream struct {
	cursor
	clock resolver
	out   historical.Row
	unix  int64
	hasUT bool
}

// selectPresence builds the statement: one row per site, start and length. The send time is kept
// only where it has to decide between the two instants of a local time.
func (r *Reader) selectPresence(v *view, w wfm.Window) (*statement, int) {
	s := r.statement()
	columns := []string{v.col(colSite), v.col(colDuration), v.col(colStart)}
	shown := []string{columns[0], columns[1], s.d.timeColumn(columns[2])}
	utc := "NULL"
	if v.has(colStartUTC) {
		utc = v.col(colStartUTC)
		columns, shown = append(columns, utc), append(shown, s.d.timeColumn(utc))
	}
	if v.has(colSent) {
		sent := v.col(colSent)
		if v.has(colStartUTC) {
			sent = "CASE WHEN " + utc + " IS NULL THEN " + sent + " END"
		}
		columns, shown = append(columns, sent), append(shown, s.d.timeColumn(sent))
	}
	s.add("SELECT ", strings.Join(shown, ", "), " FROM ", v.table, " WHERE ")
	r.window(s, v, w)
	r.site(s, v)
	s.add(" GROUP BY ", strings.Join(columns, ", "), " ORDER BY ", v.col(colStart))
	return s, len(columns)
}

func (r *Reader) openPresence(ctx context.Context, rd *reading, v *view) (*presenceStream, error) {
	stmt, n := r.selectPresence(v, rd.query.Window)
	c, err := r.openCursor(ctx, "read "+v.name+" (presence)", stmt, n)
	if err != nil {
		return nil, err
	}
	return &presenceStream{cursor: c, clock: resolver{rd: rd, view: v, zone: r.opts.Zone}, hasUT: v.has(colStartUTC)}, nil
}

func (s *presenceStream) row() *historical.Row { return &s.out }
func (s *presenceStream) key() int64           { return s.unix * 1000 }

func (s *presenceStream) next(ctx context.Context) (bool, error) {
	for {
		ok, err := s.advance(ctx)
		if !ok {
			return false, err
		}
		utc, sent := any(nil), any(nil)
		rest := s.cells[3:]
		if s.hasUT {
			utc, rest = rest[0], rest[1:]
		}
		if len(rest) > 0 {
			sent = rest[0]
		}
		site, siteState := toInt(s.cells[0])
		duration, state := toInt(s.cells[1])
		at, bad, err := s.clock.start(utc, s.cells[2], sent, max(duration, 0))
		if err != nil {
			return false, err
		}
		// Rows that cannot be used are reported by the stream that would have used them.
		if bad != "" || siteState != isNumber || state != isNumber || duration < 0 || duration > longestRow {
			continue
		}
		if !s.clock.inWindow(at, wfm.Site(site)) {
			continue
		}
		s.unix = at.unix
		s.out = historical.Row{Grain: wfm.GrainPresence, Site: wfm.Site(site), Start: time.Unix(at.unix, 0).UTC(),
			Duration: time.Duration(duration) * time.Second}
		return true, nil
	}
}
