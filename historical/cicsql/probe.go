package cicsql

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// knownMedia are the media types by which the media column is recognised, as seen in published SQL
// and in the maker's list of interaction types.
func knownMedia() []string {
	return []string{"call", "chat", "email", "email interaction", "callback", "sms", "fax", "generic", "generic object",
		"generic interaction", "web collaboration", "instant question", "work item", "workitem", "social", "social media",
		"social conversation", "social direct message", "monitor"}
}

const (
	probeSpan = 7 * 24 * time.Hour  // looked at around the window
	probeBack = 35 * 24 * time.Hour // looked at before the newest row, where the window does not tell
)

// hierarchyKey tells detections apart. A backfill over years meets changed hierarchies, so a
// finding holds for a month of windows.
type hierarchyKey struct {
	view  string
	month int
	media string
}

// need is what a query wants of one grain of a view.
type need struct {
	grain   wfm.Grain
	columns wfm.Columns
}

// hierarchy finds out the levels of a statistics view, once per month of windows. The lock is a
// channel, so that one who waits for a slow database can still be cancelled.
func (r *Reader) hierarchy(ctx context.Context, v *view, w wfm.Window, needs []need) (*hierarchy, error) {
	media := r.mediaNames(needs)
	key := hierarchyKey{v.name, w.Start.UTC().Year()*12 + int(w.Start.UTC().Month()), strings.Join(media, "\x00")}
	select {
	case r.lock <- struct{}{}:
		defer func() { <-r.lock }()
	case <-ctx.Done():
		return nil, r.fail(ctx, "detect the roll-up levels of "+v.name, ctx.Err())
	}
	sufficient := func(h *hierarchy) bool {
		return !h.empty && !slices.ContainsFunc(needs, func(n need) bool {
			_, err := h.choose(n.grain, n.columns)
			return err != nil
		})
	}
	if h, ok := r.detected[key]; ok && sufficient(h) {
		return h, nil
	}
	h, err := r.detect(ctx, v, w, media, sufficient)
	if err != nil {
		return nil, err
	}
	if !h.empty {
		if len(r.detected) > 1000 {
			clear(r.detected)
		}
		r.detected[key] = h
	}
	r.log.InfoContext(ctx, "roll-up levels", "view", v.name, "levels", h.list(), "media column", h.mediaColumn(), "how", h.why)
	return h, nil
}

func (h *hierarchy) mediaColumn() string {
	if h.media < 0 {
		return "none"
	}
	return keyColumns[h.media]
}

// mediaNames are the media types to recognise, in lower case, sorted.
func (r *Reader) mediaNames(needs []need) []string {
	names := knownMedia()
	for _, m := range r.opts.Media {
		names = append(names, strings.ToLower(string(m)))
	}
	for _, n := range needs {
		for _, m := range n.columns.Media {
			if m != wfm.AllMedia {
				names = append(names, strings.ToLower(string(m)))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (r *Reader) detect(ctx context.Context, v *view, w wfm.Window, media []string, sufficient func(*hierarchy) bool) (*hierarchy, error) {
	if v.override != nil {
		return v.override, nil
	}
	near := wfm.Window{Start: w.Start.Add(-24 * time.Hour), End: w.End.Add(24 * time.Hour)}
	if far := w.End.Add(-probeSpan); near.Start.Before(far) {
		near.Start = far
	}
	h, err := r.probe(ctx, v, near, media)
	if err != nil || sufficient(h) {
		return h, err
	}
	newest, ok, err := r.newest(ctx, v)
	if err != nil || !ok {
		return h, err
	}
	wide := wfm.Window{Start: newest.Add(-probeBack), End: newest.Add(24 * time.Hour)}
	wider, err := r.probe(ctx, v, wide, media)
	if err != nil || wider.empty {
		return h, err
	}
	return wider, nil
}

// probe looks at the levels and the media column in a window, with one query that returns at most
// eight rows.
func (r *Reader) probe(ctx context.Context, v *view, w wfm.Window, media []string) (*hierarchy, error) {
	s := r.probeStatement(v, w, media)
	op := "detect the roll-up levels of " + v.name
	rows, err := r.query(ctx, op, s)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	h := &hierarchy{media: -1, why: "detected from rows between " + w.Start.UTC().Format(time.DateOnly) + " and " + w.End.UTC().Format(time.DateOnly)}
	var known, filled [len(keyColumns)]int64
	cells := make([]any, 3*len(keyColumns))
	dest := make([]any, len(cells))
	for i := range cells {
		dest[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, r.fail(ctx, op, err)
		}
		var m mask
		var n [9]int64
		for i := range cells {
			n[i], _ = toInt(cells[i])
		}
		for i := range keyColumns {
			if n[i] == 1 {
				m |= 1 << i
			}
			known[i] += max(n[3+i], 0)
			filled[i] += max(n[6+i], 0)
		}
		h.masks = append(h.masks, m)
	}
	if err := rows.Err(); err != nil {
		return nil, r.fail(ctx, op, err)
	}
	h.media = mediaIndex(v, known, filled)
	if len(h.masks) == 0 {
		h.empty, h.why = true, "the view has no rows near the window"
	}
	h.sort()
	return h, nil
}

// mediaIndex picks the key column with the largest share of media types. In the agent view
// cReportGroup is the workgroup, even one that is named Chat.
func mediaIndex(v *view, known, filled [len(keyColumns)]int64) int {
	best := -1
	for i := range keyColumns {
		if known[i] == 0 || (v.agents && i == 0) {
			continue
		}
		// Compare shares as fractions: known/filled is larger, or equal with more rows.
		if best < 0 || known[i]*filled[best] > known[best]*filled[i] ||
			(known[i]*filled[best] == known[best]*filled[i] && known[i] > known[best]) {
			best = i
		}
	}
	return best
}

func (r *Reader) probeStatement(v *view, w wfm.Window, media []string) *statement {
	s := r.statement()
	var group []string
	s.add("SELECT ")
	for _, c := range keyColumns {
		group = append(group, "CASE WHEN "+v.col(c)+" = '*' THEN 1 ELSE 0 END")
	}
	s.add(strings.Join(group, ", "))
	for _, c := range keyColumns {
		s.add(", SUM(CASE WHEN ", s.in(v.col(c), media), " THEN 1 ELSE 0 END)")
	}
	for _, c := range keyColumns {
		s.add(", SUM(CASE WHEN ", v.col(c), " NOT IN ('*', '-') THEN 1 ELSE 0 END)")
	}
	s.add(" FROM ", v.table, " WHERE ")
	r.near(s, v, w)
	r.site(s, v)
	s.add(" GROUP BY ", strings.Join(group, ", "))
	return s
}

// newest returns the start of the newest row, roughly: as if local time were UTC.
func (r *Reader) newest(ctx context.Context, v *view) (time.Time, bool, error) {
	s := r.statement()
	s.add("SELECT ", s.d.timeColumn("MAX("+v.col(colStart)+")"), " FROM ", v.table)
	if r.opts.Site != nil {
		s.add(" WHERE ", v.col(colSite), " = ", s.bind(int64(*r.opts.Site)))
	}
	op := "find the newest row of " + v.name
	rows, err := r.query(ctx, op, s)
	if err != nil {
		return time.Time{}, false, err
	}
	defer rows.Close()
	var cell any
	if rows.Next() {
		if err := rows.Scan(&cell); err != nil {
			return time.Time{}, false, r.fail(ctx, op, err)
		}
	}
	if err := rows.Err(); err != nil {
		return time.Time{}, false, r.fail(ctx, op, err)
	}
	wall, ok, err := parseTime(cell)
	if err != nil {
		return time.Time{}, false, &wfm.Error{Op: op, Kind: wfm.BadData, Err: fmt.Errorf("%s: %w", colStart, err)}
	}
	return time.Unix(wall.wall, 0).UTC(), ok, nil
}
