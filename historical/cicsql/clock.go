package cicsql

import (
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

const futureTolerance = 5 * time.Minute

// reading is one run of a query: what its streams share. It belongs to the consumer's goroutine.
type reading struct {
	query  historical.Query
	future int64 // starts after this lie in the future
	told   map[remark]struct{}
}

// remark is a diagnostic that is made once per view and start.
type remark struct {
	kind  wfm.DiagnosticKind
	view  objectID
	start int64
}

const maxRemarks = 1 << 14

func (r *Reader) newReading(q historical.Query) *reading {
	if q.Diagnose == nil {
		q.Diagnose = func(wfm.Diagnostic) {}
	}
	q.Window = wfm.Window{Start: q.Window.Start.UTC(), End: q.Window.End.UTC()}
	return &reading{query: q, future: r.opts.Now().Add(futureTolerance).Unix(), told: make(map[remark]struct{})}
}

func (rd *reading) once(k remark, d wfm.Diagnostic) {
	if _, ok := rd.told[k]; ok {
		return
	}
	if len(rd.told) >= maxRemarks {
		clear(rd.told)
	}
	rd.told[k] = struct{}{}
	d.Kind, d.At = k.kind, time.Unix(k.start, 0).UTC()
	rd.query.Diagnose(d)
}

// textCache remembers the last time text, because neighbouring rows share it.
type textCache struct {
	text  string
	stamp stamp
}

func (c *textCache) parse(cell any) (stamp, bool, error) {
	t, ok := cell.(string)
	if !ok {
		return parseTime(cell)
	}
	if t == c.text && t != "" {
		return c.stamp, true, nil
	}
	s, err := parseTimeText(t)
	if err == nil {
		c.text, c.stamp = t, s
	}
	return s, err == nil, err
}

// resolver turns the time columns of a view into UTC.
type resolver struct {
	rd   *reading
	view *view
	zone *time.Location

	utc, local, sent textCache
	wall             int64 // the wall clock that resolution belongs to
	resolution       wfm.Resolution
	resolved         bool
}

// start is a resolved start. kind says what has to be remarked if the row belongs to the window.
type start struct {
	unix   int64
	remark bool
	kind   wfm.DiagnosticKind
}

// start resolves the start of a statistics row. bad says why the row cannot be used; err ends the read.
func (c *resolver) start(utcCell, localCell, sentCell any, duration int64) (s start, bad string, err error) {
	if utcCell != nil {
		t, ok, err := c.utc.parse(utcCell)
		if err != nil {
			return s, colStartUTC + " " + err.Error(), nil
		}
		if ok {
			return start{unix: t.wall - t.offset}, "", nil
		}
	}
	t, ok, perr := c.local.parse(localCell)
	if perr != nil {
		return s, colStart + " " + perr.Error(), nil
	}
	if !ok {
		return s, colStart + " is NULL", nil
	}
	if c.zone == nil {
		return s, "", zoneMissing(c.view.name, colStartUTC+" is NULL")
	}
	res := c.resolve(t.wall)
	s.unix = res.First.Unix()
	switch res.Kind {
	case wfm.Never:
		s.remark, s.kind = true, wfm.SkippedHour
	case wfm.Twice:
		sent, ok, perr := c.sent.parse(sentCell)
		first, second := res.First.Unix(), res.Second.Unix()
		began := sent.wall - sent.offset - duration // a row is sent when its interval ends
		switch near, far := distance(began, first), distance(began, second); {
		case perr != nil || !ok || near == far:
			s.remark, s.kind = true, wfm.AmbiguousHour
		case far < near:
			s.unix = second
		}
	}
	return s, "", nil
}

func (c *resolver) resolve(wall int64) wfm.Resolution {
	if !c.resolved || c.wall != wall {
		c.resolution, c.wall, c.resolved = wfm.ResolveLocal(time.Unix(wall, 0).UTC(), c.zone), wall, true
	}
	return c.resolution
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// inWindow tells whether a start belongs to the query, and makes the remarks on it if so.
func (c *resolver) inWindow(s start, site wfm.Site) bool {
	w := c.rd.query.Window
	if s.unix < w.Start.Unix() || s.unix >= ceilUnix(w.End) {
		return false
	}
	if at := time.Unix(s.unix, 0); !w.Contains(at) {
		return false
	}
	if s.remark {
		detail := "the clock of the zone " + c.zone.String() + " never shows " + time.Unix(c.wall, 0).UTC().Format(time.DateTime) +
			": it is taken as the end of the skipped hour; check Zone"
		if s.kind == wfm.AmbiguousHour {
			detail = "the clock shows " + time.Unix(c.wall, 0).UTC().Format(time.DateTime) + " twice and " + colSent +
				" does not tell which: the first is taken"
		}
		c.rd.once(remark{s.kind, c.view.object, s.unix}, wfm.Diagnostic{Site: site, Subject: c.view.name, Detail: detail})
	}
	if s.unix > c.rd.future {
		c.rd.once(remark{wfm.FutureRow, c.view.object, s.unix}, wfm.Diagnostic{Site: site, Subject: c.view.name,
			Detail: "the row starts after it was read: check Zone, the time zone of the CIC server, and the clocks"})
	}
	return true
}

func zoneMissing(view, why string) error {
	return wfm.Problem{Where: view, Field: "Zone", Reason: fmt.Sprintf("is not set, and %s", why),
		Remedy: "set Zone to the time zone of the CIC server"}
}
