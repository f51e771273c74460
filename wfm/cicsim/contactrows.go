package cicsim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// contactTable is InteractionSummary.
func contactTable() table {
	t := table{name: tableContacts, indexed: []string{"StartDateTimeUTC", "TerminatedDateTimeUTC"}}
	add := func(kind string, names ...string) {
		for _, n := range names {
			t.columns = append(t.columns, column{n, kind})
		}
	}
	add("char(18) not null", "InteractionIDKey")
	add("smallint not null", "SiteID")
	add("tinyint not null", "SeqNo")
	add("bigint", "InteractionID")
	add("datetime2(3)", "StartDateTimeUTC")
	add("int", "StartDTOffset")
	add("tinyint", "Direction", "ConnectionType", "MediaType")
	add("nvarchar(50)", "RemoteID", "DNIS_LocalID")
	add("datetime2(3)", "InitiatedDateTimeUTC", "ConnectedDateTimeUTC", "TerminatedDateTimeUTC")
	add("nvarchar(50)", "LastLocalUserId", "LastAssignedWorkgroupID", "FirstAssignedAcdSkillSet")
	add("bigint", "LineDuration")
	add("numeric(18)", "tDialing", "tIVRWait", "tQueueWait", "tAlert", "tConnected", "tHeld", "tConference", "tExternal", "tACW")
	add("int", "nIVR", "nQueueWait", "nTalk", "nConference", "nHeld", "nTransfer", "nExternal")
	return t
}

// contactRow is one row of InteractionSummary: times in milliseconds since 1970, nil for NULL.
type contactRow struct {
	site          *site
	number        int // of the interaction in the centre
	record        record
	start, end    int64
	connected     any
	direction     int
	connection    int
	media         wfm.MediaType
	dnis, skill   string
	agent, group  any
	wait, alert   int64
	talk, held    int64
	acw           any
	queues, talks int
	holds, moves  int
	sent, arrived Instant
}

// The values of Direction and ConnectionType.
const (
	dirIn = iota + 1
	dirOut
	_
	dirIntercomOut
	dirIntercomIn

	connectionExternal = 1
	connectionIntercom = 2
)

// rowDelay is how long after the end of a contact its row is written.
const rowDelay = 60

// contactRows are all rows of InteractionSummary that ever reach the database, in order of arrival. A contact has one when it is
// over, unless the server stopped meanwhile. So have the calls that came through no queue.
func (c *Centre) contactRows() []contactRow {
	var list []contactRow
	if c.cfg.Schema.Edition != Edition4x {
		return nil
	}
	number := len(c.contacts)
	for i, s := range c.sites {
		post := newMail(s, i)
		send := func(r contactRow, end Instant) {
			r.sent, r.arrived = post.dispatch(end+rowDelay, 20)
			if !slices.ContainsFunc(s.silent, func(lost Span) bool { return lost.contains(end) }) {
				list = append(list, r)
			}
		}
		for j := range c.contacts {
			if contact := &c.contacts[j]; contact.Site == s.id {
				if end := contact.finished(); end != 0 {
					send(queuedRow(s, contact, end), end)
				}
			}
		}
		for j := range c.calls {
			call := &c.calls[j]
			cut := slices.ContainsFunc(s.down, func(d Span) bool { return d.Start == call.Talk.End })
			if call.Site == s.id && call.Talk.End != 0 && !cut {
				send(personalRow(s, call, number+j+1), call.Talk.End)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b contactRow) int { return cmp.Compare(a.arrived, b.arrived) })
	return list
}

// finished is the second in which the contact was over; zero where it was not, or where the server stopped.
func (c *Contact) finished() Instant {
	switch l := &c.Legs[len(c.Legs)-1]; {
	case l.Outcome == Abandoned:
		return l.Left
	case l.Outcome == Answered && (l.Finish == LocalDisconnect || l.Finish == RemoteDisconnect):
		return l.Talk.End
	}
	return 0
}

// queuedRow makes the row of a contact that came through a queue, adding up its legs.
func queuedRow(s *site, c *Contact, end Instant) contactRow {
	r := contactRow{site: s, number: c.ID, record: c.record, direction: dirIn, connection: connectionExternal, media: c.Media, dnis: c.DNIS, skill: c.Skill,
		start: int64(c.Legs[0].Entered)*1000 - c.record.menus, end: int64(end)*1000 + c.record.tail}
	switch c.Direction {
	case InternToExtern:
		r.direction = dirOut
	case InternToIntern:
		r.direction, r.connection = dirIntercomIn, connectionIntercom
	}
	agent, tail := wfm.AgentID(""), &r.wait
	var acw Instant
	for i := range c.Legs {
		l := &c.Legs[i]
		var rang Instant
		for _, a := range l.Alerts {
			rang += a.Ring.End - a.Ring.Start
		}
		r.wait += int64(l.Left-l.Entered-rang) * 1000
		r.alert += int64(rang) * 1000
		r.queues++
		switch n := len(l.Alerts); {
		case l.Outcome == Answered:
			var held Instant
			for _, h := range l.Holds {
				held += h.End - h.Start
			}
			r.talk += int64(l.Talk.End-l.Talk.Start-held) * 1000
			r.held += int64(held) * 1000
			r.holds += len(l.Holds)
			if r.talks++; r.connected == nil {
				r.connected = int64(l.Talk.Start) * 1000
			}
			if l.Finish == TransferWithin || l.Finish == TransferOut {
				r.moves++
			}
			if l.ACW.End != 0 && !l.ACWCut && l.ACW.End <= end+rowDelay { // known when the row is written
				acw += l.ACW.End - l.ACW.Start
			}
			agent, tail = l.Agent, &r.talk
		case l.Outcome == Abandoned && n > 0 && l.Alerts[n-1].Ring.End == l.Left:
			agent, tail = l.Alerts[n-1].Agent, &r.alert
		default:
			tail = &r.wait
		}
	}
	*tail += c.record.tail
	if acw > 0 {
		r.acw = int64(acw) * 1000
	}
	r.agent, r.group = nameOf(string(agent), c.record), string(c.Legs[len(c.Legs)-1].Workgroup)
	if r.connected == nil {
		r.connected = c.record.neverConnected(s, agent != "", r.start)
	}
	return r
}

// personalRow makes the row of a call that came through no queue.
func personalRow(s *site, c *PersonalCall, number int) contactRow {
	r := contactRow{site: s, number: number, record: c.record, media: wfm.Call, dnis: noWorkgroup, skill: noWorkgroup, talks: 1,
		start: int64(c.Talk.Start) * 1000, end: int64(c.Talk.End)*1000 + c.record.tail, connection: connectionExternal}
	r.record.menus = 0
	r.connected, r.talk = r.start, r.end-r.start
	switch {
	case c.Direction == ExternToIntern:
		r.direction = dirIn
	case c.Direction == InternToExtern:
		r.direction = dirOut
	case c.Received:
		r.direction, r.connection = dirIntercomIn, connectionIntercom
	default:
		r.direction, r.connection = dirIntercomOut, connectionIntercom
	}
	r.agent, r.group = string(c.Agent), nameOf("", c.record)
	return r
}

// nameOf spells a name, or that there is none.
func nameOf(name string, r record) any {
	switch {
	case name != "":
		return name
	case r.nobody == asNull:
		return nil
	case r.nobody == asSentinel:
		return noWorkgroup
	}
	return ""
}

// neverConnected spells that no agent took the contact.
func (r record) neverConnected(s *site, rang bool, start int64) any {
	switch {
	case r.unconnected == asSentinel:
		_, offset := time.Unix(0, 0).In(s.loc).Zone()
		return int64(offset) * 1000
	case r.unconnected == asOther && !rang:
		return start
	}
	return nil
}

// mediaCode is the value of MediaType.
func mediaCode(m wfm.MediaType) int {
	for code, name := range map[int]wfm.MediaType{0: wfm.Call, 1: wfm.Chat, 2: "SMS", 4: "Generic", 5: wfm.Email, 6: "Callback", 7: "Instant Question",
		8: "Web Collaboration", 11: "Monitor", 21: "Fax", 22: "Work Item"} {
		if m.Is(name) {
			return code
		}
	}
	return 255
}

// milliText formats a datetime2(3).
func milliText(milli any) any {
	if milli == nil {
		return nil
	}
	return time.UnixMilli(milli.(int64)).UTC().Format("2006-01-02 15:04:05.000")
}

// fillContacts writes InteractionSummary. The key is a number of ten digits, unique in the centre and in days around it, and the local date.
func (c *Centre) fillContacts(in *inserter, arrived func(Instant) bool) error {
	day := int64(c.window.Start) / 86400 % 1000
	for _, r := range c.contactRows() {
		if !arrived(r.arrived) {
			continue
		}
		start := time.UnixMilli(r.start).In(r.site.loc)
		_, offset := start.Zone()
		id := day*1e7 + int64(r.number)
		err := in.add(fmt.Sprintf("%010d%s", id, start.Format("20060102")), int(r.site.id), r.record.seq, id,
			milliText(r.start), offset*1000, r.direction, r.connection, mediaCode(r.media), nil, r.dnis,
			milliText(r.start), milliText(r.connected), milliText(r.end), r.agent, r.group, r.skill, r.end-r.start,
			nil, r.record.menus, r.wait, r.alert, r.talk, r.held, 0, nil, r.acw,
			one(r.record.menus > 0), r.queues, r.talks, 0, r.holds, r.moves, 0)
		if err != nil {
			return err
		}
	}
	return nil
}
