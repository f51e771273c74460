package cicsql

import (
	"context"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/historical"
	"github.com/cicwfm/cicwfm/wfm"
)

// contactStream reads single contacts by their start or by their end.
type contactStream struct {
	cursor
	rd   *reading
	plan *contactPlan
	pos  contactColumns

	groups, agents *interner
	out            historical.Row
	contact        wfm.Contact // the one of the row
	silent         bool        // the other way of reading makes the remarks on the current row
}

func (r *Reader) openContacts(ctx context.Context, rd *reading, p *contactPlan) (stream, error) {
	stmt, pos := r.selectContacts(p, rd.query.Window)
	c, err := r.openCursor(ctx, "read "+p.view.name+" ("+p.grain.String()+")", stmt, pos.columns)
	if err != nil {
		return nil, err
	}
	return &contactStream{cursor: c, rd: rd, plan: p, pos: pos,
		groups: newInterner(func(e *interned) { e.keep = !nobody(e.name) && p.workgroups.has(e.name) }),
		agents: newInterner(func(e *interned) { e.keep = !nobody(e.name) })}, nil
}

// nobody tells whether a name stands for none: empty or the sentinel.
func nobody(name string) bool { return name == "" || name == "-" }

func (s *contactStream) row() *historical.Row { return &s.out }
func (s *contactStream) key() int64           { return s.out.Start.UnixMilli() }

func (s *contactStream) next(ctx context.Context) (bool, error) {
	for {
		ok, err := s.advance(ctx)
		if !ok {
			return false, err
		}
		if s.take() {
			return true, nil
		}
	}
}

// take makes a row of the scanned contact; false if it is left out.
func (s *contactStream) take() bool {
	if d, state := toInt(s.cells[s.pos.direction]); state != isNumber || (d != directionIn && d != directionIntercomIn) {
		return false
	}
	group, fault := s.lookUp(s.groups, s.pos.group, colLastGroup)
	if fault == "" && !group.keep {
		return false
	}
	// What cannot be told is told at the window's start, so that the remark has an interval.
	at := s.rd.query.Window.Start
	began, badStart := instantIn(colBegan, s.cells[s.pos.began])
	ended, badEnd := instantIn(colEnded, s.cells[s.pos.ended])
	assigned, readable := began, badStart == ""
	if s.plan.grain == wfm.GrainEnded {
		assigned, readable = ended, badEnd == ""
		s.silent = s.rd.query.Needs.Begun && badStart == "" && s.rd.query.Window.Contains(began)
	}
	if readable {
		// The statement compares whole seconds.
		if at = assigned; !s.rd.query.Window.Contains(at) {
			return false
		}
	}
	switch {
	case badStart != "":
		fault = badStart
	case badEnd != "":
		fault = badEnd
	case ended.Before(began):
		fault = "the contact ends " + ended.Format(stampForm) + ", before it begins"
	case fault == "":
		fault = s.fill(group, began, ended)
	}
	if fault != "" {
		s.bad(at, fault, leftOut)
		return false
	}
	s.medium(at)
	s.durations(at)
	s.remark(at)
	s.out = historical.Row{Grain: s.plan.grain, Site: s.contact.Site, Start: assigned, Contact: &s.contact}
	return true
}

const stampForm = "2006-01-02T15:04:05.000Z07:00"

// instantIn reads a UTC column; fault says why it cannot be.
func instantIn(column string, cell any) (t time.Time, fault string) {
	s, ok, err := parseTime(cell)
	switch {
	case err != nil:
		return t, column + " " + err.Error()
	case !ok:
		return t, column + " is NULL"
	}
	return s.utc(), ""
}

// fill sets all of the contact but its medium and its durations; fault says what cannot be read.
func (s *contactStream) fill(group *interned, began, ended time.Time) (fault string) {
	id, isText := toShortText(s.cells[s.pos.id])
	if !isText || id == "" {
		return colContact + " is NULL, empty, too long or no text"
	}
	site, siteState := toInt(s.cells[s.pos.site])
	seq, seqState := toInt(s.cells[s.pos.seq])
	switch {
	case siteState != isNumber:
		return badValue(colSite, s.cells[s.pos.site])
	case seqState == notNumber || seq > 1<<31-1 || (seqState == isNumber && seq < 0):
		return badValue(colSeq, s.cells[s.pos.seq])
	case seqState == isNull:
		seq = 0 // its default
	}
	agent, fault := s.lookUp(s.agents, s.pos.agent, colLastAgent)
	if fault != "" {
		return fault
	}
	connected, err := isConnected(s.cells[s.pos.connected])
	if err != nil {
		return colConnected + " " + err.Error()
	}
	s.contact = wfm.Contact{ID: id, Site: wfm.Site(site), Seq: int(seq), Workgroup: wfm.Workgroup(group.name),
		Start: began, End: ended, Handled: connected && agent.keep}
	if agent.keep {
		s.contact.Agent = wfm.AgentID(agent.name)
	}
	return ""
}

// longestName bounds the texts of a contact: CIC's own are at most 100 characters long.
const longestName = 1000

// lookUp finds a name; the fault says why it cannot be one.
func (s *contactStream) lookUp(in *interner, at int, column string) (e *interned, fault string) {
	if length(s.cells[at]) > longestName {
		return nil, column + " " + wfm.Quote(headOf(s.cells[at])) + " is too long"
	}
	if e = in.get(s.cells[at]); e == nil {
		return nil, column + " is not text"
	}
	return e, ""
}

func length(cell any) int {
	switch c := cell.(type) {
	case string:
		return len(c)
	case []byte:
		return len(c)
	}
	return 0
}

// headOf is the beginning of a text that is too long to be kept.
func headOf(cell any) string {
	switch c := cell.(type) {
	case string:
		return strings.Clone(c[:min(len(c), longestName)])
	case []byte:
		return string(c[:min(len(c), longestName)])
	}
	return ""
}

// toShortText reads a text of bounded length, as a string of its own. The blanks that fill a char column are left out.
func toShortText(cell any) (string, bool) {
	if length(cell) > longestName {
		return "", false
	}
	switch c := cell.(type) {
	case string:
		return strings.Clone(strings.TrimRight(c, " ")), true
	case []byte:
		return strings.TrimRight(string(c), " "), true
	}
	return "", cell == nil
}

// isConnected tells whether a contact was ever connected: the column has a time, and not the first day of 1970, which stands for
// none in local time, as in CallDetail_viw.
func isConnected(cell any) (bool, error) {
	if cell == "" { // a copy in SQLite may have it for NULL
		return false, nil
	}
	t, ok, err := parseTime(cell)
	if err != nil || !ok {
		return false, err
	}
	return distance(t.wall-t.offset, 0) > day, nil
}

// durations reads the times of the contact. One that is absent, NULL or negative is missing; so is one that is no number, which
// is remarked upon.
func (s *contactStream) durations(at time.Time) {
	t := &s.contact.Times
	for i, to := range [...]*int64{&t.TIVRWait, &t.TQueueWait, &t.TAlert, &t.TConnected, &t.THeld, &t.TConference, &t.TExternal, &t.TACW} {
		*to = wfm.Missing
		if s.pos.times[i] < 0 {
			continue
		}
		cell := s.cells[s.pos.times[i]]
		n, state := toInt(cell)
		switch {
		case state == isNumber && n >= 0:
			*to = n
		case state == notNumber:
			s.bad(at, badValue(contactTimes()[i], cell), "the time is missing")
		}
	}
}

// medium sets the medium. A number without a name and NULL are unknown; so is what is no number, which is remarked upon.
func (s *contactStream) medium(at time.Time) {
	var readable bool
	if s.contact.Media, readable = mediumOf(s.cells[s.pos.media]); !readable {
		s.bad(at, badValue(colMediaType, s.cells[s.pos.media]), "the medium is "+string(unknownMedium))
	}
}

const unknownMedium wfm.MediaType = "Unknown"

// mediumOf names a value of MediaType as the maker's list of interaction types does; false where it is no number.
func mediumOf(cell any) (wfm.MediaType, bool) {
	n, state := toInt(cell)
	switch n {
	case 0:
		return wfm.Call, true
	case 1:
		return wfm.Chat, true
	case 2:
		return "SMS", true
	case 4:
		return "Generic", true
	case 5:
		return wfm.Email, true
	case 6:
		return "Callback", true
	case 7:
		return "Instant Question", true
	case 8:
		return "Web Collaboration", true
	case 11:
		return "Monitor", true
	case 21:
		return "Fax", true
	case 22:
		return "Work Item", true
	}
	return unknownMedium, state != notNumber
}

// remark makes the diagnostic about a contact of the future.
func (s *contactStream) remark(at time.Time) {
	if at.Unix() > s.rd.future {
		s.rd.once(remark{wfm.FutureRow, contactTable, at.Unix()}, wfm.Diagnostic{Site: s.contact.Site, Subject: s.plan.view.name,
			Detail: "the contact lies after the time at which it was read: check the clocks of the CIC server and of this host"})
	}
}

func (s *contactStream) bad(at time.Time, reason, consequence string) {
	if s.silent {
		return
	}
	site, state := toInt(s.cells[s.pos.site])
	if state != isNumber {
		site = 0
	}
	s.rd.query.Diagnose(wfm.Diagnostic{Kind: wfm.BadRow, At: at, Site: wfm.Site(site), Subject: headOf(s.cells[s.pos.id]),
		Detail: s.plan.view.name + ": " + reason + "; " + consequence})
}
