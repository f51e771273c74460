package cicsql

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// statsStream reads one statistics grain. One row of the database may become several: presence, the
// total, and its medium.
type statsStream struct {
	cursor
	rd    *reading
	plan  *statsPlan
	pos   positions
	clock resolver

	who, groups, media *interner

	values    []int64 // of the row, by position in the counter set
	thin      []int64 // the same with agent times missing, for records that are summed over rows
	thinTotal bool
	thinMedia bool

	pending uint8 // what the current row of the database has still to become
	medium  int
	out     historical.Row
	base    historical.Row
	unix    int64
	present map[siteStart]struct{}
}

const (
	asPresence uint8 = 1 << iota
	asTotal
	asMedia
)

type siteStart struct {
	site  wfm.Site
	start int64
}

func (r *Reader) openStats(ctx context.Context, rd *reading, sp *statsPlan) (stream, error) {
	stmt, pos := r.selectStats(sp, rd.query.Window)
	c, err := r.openCursor(ctx, "read "+sp.view.name+" ("+sp.grain.String()+")", stmt, pos.columns)
	if err != nil {
		return nil, err
	}
	s := &statsStream{cursor: c, rd: rd, plan: sp, pos: pos, clock: resolver{rd: rd, view: sp.view, zone: r.opts.Zone}}
	s.who = newInterner(func(e *interned) { e.keep = sp.who.has(e.name) })
	s.groups = newInterner(func(e *interned) { e.keep = sp.workgroups.has(e.name) && e.name != "-" })
	s.media = newInterner(sp.wanted)
	s.values = make([]int64, sp.columns.Counters.Len())
	s.thin = make([]int64, len(s.values))
	for _, counter := range sp.columns.Counters.List() {
		if isAgentTime(counter) {
			s.thinTotal = s.thinTotal || !sp.levels.totalOne
			s.thinMedia = s.thinMedia || !sp.levels.mediaOne
		}
	}
	s.base.Grain = sp.grain
	if sp.presence {
		s.present = make(map[siteStart]struct{})
	}
	return s, nil
}

func (s *statsStream) row() *historical.Row { return &s.out }
func (s *statsStream) key() int64           { return s.unix * 1000 }

func (s *statsStream) next(ctx context.Context) (bool, error) {
	for s.pending == 0 {
		ok, err := s.advance(ctx)
		if !ok {
			return false, err
		}
		if err := s.take(); err != nil {
			return false, err
		}
	}
	s.emit()
	return true, nil
}

// take decides what the scanned row becomes, if anything.
func (s *statsStream) take() error {
	duration, state := toInt(s.cells[s.pos.duration])
	site, siteState := toInt(s.cells[s.pos.site])
	at, bad, err := s.clock.start(s.cell(s.pos.utc), s.cells[s.pos.start], s.cell(s.pos.sent), max(duration, 0))
	if err != nil {
		return err
	}
	if bad != "" {
		s.bad(s.rd.query.Window.Start, 0, bad, leftOut)
		return nil
	}
	if !s.clock.inWindow(at, wfm.Site(site)) {
		return nil
	}
	start := time.Unix(at.unix, 0).UTC()
	switch {
	case siteState != isNumber:
		s.bad(start, 0, badValue(colSite, s.cells[s.pos.site]), leftOut)
		return nil
	case state != isNumber || duration < 0 || duration > longestRow:
		s.bad(start, wfm.Site(site), badValue(colDuration, s.cells[s.pos.duration]), leftOut)
		return nil
	}
	s.base.Site, s.base.Start, s.base.Duration = wfm.Site(site), start, time.Duration(duration)*time.Second
	s.unix = at.unix
	if s.present != nil {
		s.notePresence(siteStart{wfm.Site(site), at.unix})
	}
	who := s.who.get(s.cells[s.pos.name])
	if who == nil || !who.keep {
		return nil
	}
	s.base.Workgroup, s.base.Agent = "", wfm.AgentID(who.name)
	if s.plan.grain == wfm.GrainQueue {
		s.base.Workgroup, s.base.Agent = wfm.Workgroup(who.name), ""
	}
	if s.pos.group >= 0 {
		group := s.groups.get(s.cells[s.pos.group])
		if group == nil || !group.keep {
			return nil
		}
		s.base.Workgroup = wfm.Workgroup(group.name)
	}
	return s.takeValues()
}

// longestRow is the longest nDuration that is believed: CIC's interval may be a day.
const longestRow = 366 * day

func (s *statsStream) takeValues() error {
	become := asTotal
	if s.pos.media >= 0 {
		medium := s.media.get(s.cells[s.pos.media])
		switch {
		case medium == nil:
			return nil
		case medium.index >= 0:
			become, s.medium = asMedia, medium.index
			if s.plan.levels.shared() {
				become |= asTotal
			}
		case medium.index == noMedia && !s.plan.levels.shared():
			return nil
		}
	}
	if !s.plan.levels.wantTotal {
		become &^= asTotal
	}
	for i, at := range s.pos.counters {
		if at < 0 {
			s.values[i] = wfm.Missing
			continue
		}
		n, state := toInt(s.cells[at])
		if state == notNumber {
			// The row counts with what can be read; a zero in its place would be a lie.
			s.bad(s.base.Start, s.base.Site, badValue(s.plan.columns.Counters.At(i).String(), s.cells[at]), "the counter is missing")
			n = wfm.Missing
		}
		s.values[i] = n
	}
	if s.pos.identity != nil {
		s.checkIdentity()
	}
	s.pending |= become
	return nil
}

func (s *statsStream) cell(at int) any {
	if at < 0 {
		return nil
	}
	return s.cells[at]
}

func (s *statsStream) notePresence(k siteStart) {
	if _, ok := s.present[k]; ok {
		return
	}
	if len(s.present) >= maxRemarks {
		clear(s.present)
	}
	s.present[k] = struct{}{}
	s.pending |= asPresence
}

// emit makes the next of the rows that the current row of the database becomes.
func (s *statsStream) emit() {
	bit := s.pending & -s.pending
	s.pending &^= bit
	if bit == asPresence {
		s.out = historical.Row{Grain: wfm.GrainPresence, Site: s.base.Site, Start: s.base.Start, Duration: s.base.Duration}
		return
	}
	s.out = s.base
	s.out.Values = s.values
	thin := s.thinTotal
	if bit == asMedia {
		s.out.Media, thin = s.plan.media[s.medium], s.thinMedia
	}
	if thin {
		for i := range s.values {
			if s.thin[i] = s.values[i]; isAgentTime(s.plan.columns.Counters.At(i)) {
				s.thin[i] = wfm.Missing
			}
		}
		s.out.Values = s.thin
	}
}

// checkIdentity compares tAgentLoggedIn with the sum of its parts, which CIC documents as exact.
func (s *statsStream) checkIdentity() {
	var sum int64
	for _, at := range s.pos.identity[1:] {
		n, state := toInt(s.cells[at])
		if state != isNumber {
			return
		}
		sum += n
	}
	if whole, state := toInt(s.cells[s.pos.identity[0]]); state == isNumber && whole != sum {
		s.rd.query.Diagnose(wfm.Diagnostic{Kind: wfm.IdentityMismatch, At: s.base.Start, Site: s.base.Site, Subject: s.subject(),
			Detail: fmt.Sprintf("%s: tAgentLoggedIn is %d, the sum of its seven parts is %d", s.plan.view.name, whole, sum)})
	}
}

func (s *statsStream) subject() string {
	if s.plan.grain == wfm.GrainQueue {
		return string(s.base.Workgroup)
	}
	return string(s.base.Agent)
}

const leftOut = "the row is left out"

func (s *statsStream) bad(at time.Time, site wfm.Site, reason, consequence string) {
	subject, _ := toText(s.cells[s.pos.name])
	s.rd.query.Diagnose(wfm.Diagnostic{Kind: wfm.BadRow, At: at, Site: site, Subject: subject,
		Detail: s.plan.view.name + ": " + reason + "; " + consequence})
}

func badValue(column string, cell any) string {
	if cell == nil {
		return column + " is NULL"
	}
	if b, ok := cell.([]byte); ok {
		cell = string(b)
	}
	return column + " " + wfm.Quote(fmt.Sprint(cell)) + " is no whole number in range"
}
