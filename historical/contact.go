package historical

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// isContact tells whether rows of a grain are single contacts.
func isContact(g wfm.Grain) bool { return g == wfm.GrainBegun || g == wfm.GrainEnded }

// instantOf is what puts a contact into an interval.
func instantOf(g wfm.Grain, c *wfm.Contact) time.Time {
	if g == wfm.GrainEnded {
		return c.End
	}
	return c.Start
}

// checkContact refuses a row of a contact that breaks the contract of a source.
func (a *Aggregator) checkContact(r *Row) error {
	bad := func(reason, remedy string) error { return rowError(r, wfm.BadData, reason, remedy) }
	c := r.Contact
	switch {
	case !a.o.Needs.Wants(r.Grain):
		return bad("the query does not ask for it", "the source must answer the query's Needs")
	case c == nil:
		return bad("the row has no contact", "the source must set Contact in rows of this grain")
	case r.Duration != 0 || !instantOf(r.Grain, c).Equal(r.Start):
		return bad(fmt.Sprintf("the row has a start of its own or a length; the contact lasts from %s to %s", c.Start.UTC().Format(time.RFC3339Nano),
			c.End.UTC().Format(time.RFC3339Nano)), "Start must be the instant that puts the contact into an interval, and Duration zero")
	case c.End.Before(c.Start):
		return bad("the contact ends before it starts", "the source must leave out such contacts")
	case c.Workgroup == "" || c.Site != r.Site:
		return bad(fmt.Sprintf("the contact is of the workgroup %s and site %d", wfm.Quote(string(c.Workgroup)), c.Site),
			"the source must leave out contacts without a workgroup, and repeat the contact's site in the row")
	}
	return nil
}

// addContact keeps a contact in its slot. It tells of no statistics, so a site that wrote none in the interval stays a gap; but
// a site that has contacts is expected to write them.
func (a *Aggregator) addContact(s *slot, r *Row) {
	a.seen[r.Site] = true
	c := *r.Contact
	c.Start, c.End = c.Start.UTC(), c.End.UTC()
	list := s.contactList(r.Grain)
	*list = append(*list, c)
}

func (s *slot) contactList(g wfm.Grain) *[]wfm.Contact {
	if g == wfm.GrainEnded {
		return &s.ended
	}
	return &s.begun
}

// contacts returns those of a slot in order. Rows of one query are unique by site, ID and Seq, so one that comes again (as a
// reader without locks may see it) is dropped with a remark: it counts once. Where the two differ the
// first in order stays, so that the order of rows has no meaning.
func (a *Aggregator) contacts(s *slot, g wfm.Grain) []wfm.Contact {
	all := *s.contactList(g)
	if len(all) == 0 {
		return nil
	}
	list := slices.Clone(all)
	slices.SortFunc(list, func(x, y wfm.Contact) int {
		if order := compareKeys(&x, &y); order != 0 {
			return order
		}
		return compareAll(&x, &y)
	})
	kept := list[:1]
	for i := range list[1:] {
		c, last := list[i+1], &kept[len(kept)-1]
		if compareKeys(&c, last) != 0 {
			kept = append(kept, c)
			continue
		}
		detail := "came twice; it counts once"
		if compareAll(&c, last) != 0 {
			detail = "came twice and not alike; the first in order counts"
		}
		a.Note(wfm.Diagnostic{Kind: wfm.BadRow, At: instantOf(g, &c), Site: c.Site, Subject: c.ID,
			Detail: fmt.Sprintf("%s: the contact (Seq %d) of workgroup %s %s", g, c.Seq, wfm.Quote(string(c.Workgroup)), detail)})
	}
	slices.SortFunc(kept, wfm.CompareContacts)
	return slices.Clip(kept)
}

func compareKeys(x, y *wfm.Contact) int {
	return cmp.Or(cmp.Compare(x.Site, y.Site), cmp.Compare(x.ID, y.ID), cmp.Compare(x.Seq, y.Seq))
}

// compareAll is an order in which only contacts that are alike throughout are equal.
func compareAll(x, y *wfm.Contact) int {
	a, b := &x.Times, &y.Times
	return cmp.Or(wfm.CompareContacts(*x, *y), cmp.Compare(x.Agent, y.Agent), cmp.Compare(x.Media, y.Media), rank(x.Handled)-rank(y.Handled),
		cmp.Compare(a.TIVRWait, b.TIVRWait), cmp.Compare(a.TQueueWait, b.TQueueWait), cmp.Compare(a.TAlert, b.TAlert),
		cmp.Compare(a.TConnected, b.TConnected), cmp.Compare(a.THeld, b.THeld), cmp.Compare(a.TConference, b.TConference),
		cmp.Compare(a.TExternal, b.TExternal), cmp.Compare(a.TACW, b.TACW))
}
