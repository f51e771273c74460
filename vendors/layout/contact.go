package layout

import (
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// milliseconds is the unit of the times of contacts, which no counter has. A column of one must say its unit, for the statistics
// beside it are in seconds.
const milliseconds = wfm.Unit(255)

// contacts returns the list of a report behind the rows of a grain; ok is false for the other grains.
func (g grain) contacts(r *wfm.Report) (list []wfm.Contact, ok bool) {
	switch g {
	case grainBegun:
		return r.Begun, true
	case grainEnded:
		return r.Ended, true
	}
	return nil, false
}

// isContacts tells whether a row is one contact.
func (g grain) isContacts() bool { return g == grainBegun || g == grainEnded }

// hasMedia tells whether the rows of a grain are about media, so that a section may choose some.
func (g grain) hasMedia() bool {
	_, ok := g.statistics()
	return ok || g.isContacts()
}

// eachContact gives the places of the contacts of the section's media.
func (s *section) eachContact(list []wfm.Contact, at rowPlace, yield func(rowPlace) bool) bool {
	if slices.Contains(s.media, wfm.AllMedia) {
		return at.upTo(len(list), yield)
	}
	for i := range list {
		if !s.isAbout(list[i].Media) {
			continue
		}
		if at.item = int32(i); !yield(at) {
			return false
		}
	}
	return true
}

func (r *row) fillContact(c *wfm.Contact) {
	r.contact, r.window = c, wfm.Window{Start: c.Start, End: c.End}
	r.workgroup, r.agent, r.media = string(c.Workgroup), string(c.Agent), string(c.Media)
}

// contactSources are what a column of grain contacts-begun or contacts-ended can show beside workgroup, agent, media and the times
// of the file. Durations have the names of their columns in InteractionSummary and are in milliseconds, as there.
func contactSources() []source {
	grains := []grain{grainBegun, grainEnded}
	at := func(name string, f func(c *wfm.Contact) time.Time) source {
		return instant(source{name: name, grains: grains, at: func(r *row) time.Time { return f(r.contact) }})
	}
	count := func(name string, f func(c *wfm.Contact) int64) source {
		return source{name: name, grains: grains, count: true, number: func(r *row) int64 { return f(r.contact) }}
	}
	took := func(name string, f func(t *wfm.ContactTimes) int64) source {
		return source{name: name, grains: grains, millis: true, number: func(r *row) int64 { return f(&r.contact.Times) }}
	}
	return []source{
		{name: "contactId", grains: grains, text: func(r *row) string { return r.contact.ID }},
		count("contactSite", func(c *wfm.Contact) int64 { return int64(c.Site) }),
		count("contactSeq", func(c *wfm.Contact) int64 { return int64(c.Seq) }),
		at("contactStart", func(c *wfm.Contact) time.Time { return c.Start }),
		at("contactEnd", func(c *wfm.Contact) time.Time { return c.End }),
		{name: "handled", grains: grains, flag: func(r *row) bool { return r.contact.Handled }},
		took("tIVRWait", func(t *wfm.ContactTimes) int64 { return t.TIVRWait }),
		took("tQueueWait", func(t *wfm.ContactTimes) int64 { return t.TQueueWait }),
		took("tAlert", func(t *wfm.ContactTimes) int64 { return t.TAlert }),
		took("tConnected", func(t *wfm.ContactTimes) int64 { return t.TConnected }),
		took("tHeld", func(t *wfm.ContactTimes) int64 { return t.THeld }),
		took("tConference", func(t *wfm.ContactTimes) int64 { return t.TConference }),
		took("tExternal", func(t *wfm.ContactTimes) int64 { return t.TExternal }),
		took("tACW", func(t *wfm.ContactTimes) int64 { return t.TACW }),
	}
}
