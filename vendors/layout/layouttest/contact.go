package layouttest

import (
	"fmt"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// contactFile is a single contact, in the blocks contacts-begun and contacts-ended of a case.
type contactFile struct {
	ID        string    `yaml:"id"`
	Site      wfm.Site  `yaml:"site"`
	Seq       int       `yaml:"seq"`
	Workgroup string    `yaml:"workgroup"`
	Agent     string    `yaml:"agent"`
	Media     string    `yaml:"media"` // Call where it is left out
	Start     time.Time `yaml:"start"`
	End       time.Time `yaml:"end"`
	Handled   bool      `yaml:"handled"`
	// Times are the columns of InteractionSummary in milliseconds; those not named are zero.
	Times   map[string]int64 `yaml:"times"`
	Missing []string         `yaml:"missing"` // columns that the database lacks
}

// timeByColumn finds a duration of a contact by its column.
func timeByColumn(t *wfm.ContactTimes, column string) (*int64, error) {
	at, ok := map[string]*int64{"tIVRWait": &t.TIVRWait, "tQueueWait": &t.TQueueWait, "tAlert": &t.TAlert, "tConnected": &t.TConnected,
		"tHeld": &t.THeld, "tConference": &t.TConference, "tExternal": &t.TExternal, "tACW": &t.TACW}[column]
	if !ok {
		return nil, fmt.Errorf("%q is no duration of InteractionSummary", column)
	}
	return at, nil
}

func (c contactFile) contact() (wfm.Contact, error) {
	media := wfm.MediaType(c.Media)
	if media == wfm.AllMedia {
		media = wfm.Call
	}
	out := wfm.Contact{ID: c.ID, Site: c.Site, Seq: c.Seq, Workgroup: wfm.Workgroup(c.Workgroup), Agent: wfm.AgentID(c.Agent), Media: media,
		Start: c.Start.UTC(), End: c.End.UTC(), Handled: c.Handled}
	for column, v := range c.Times {
		at, err := timeByColumn(&out.Times, column)
		if err != nil {
			return out, err
		}
		*at = v
	}
	for _, column := range c.Missing {
		at, err := timeByColumn(&out.Times, column)
		if err != nil {
			return out, err
		}
		*at = wfm.Missing
	}
	return out, nil
}

// contacts makes the contacts of a report, in its order. Each must begin, or end, in the interval or its repetition.
func contacts(from []contactFile, r *wfm.Report, at func(*wfm.Contact) time.Time) ([]wfm.Contact, error) {
	var list []wfm.Contact
	for _, f := range from {
		c, err := f.contact()
		if err != nil {
			return nil, err
		}
		if t := at(&c); !r.Interval.Contains(t) && !r.Repeated.Contains(t) {
			return nil, fmt.Errorf("contact %q does not belong to %s", f.ID, r.Interval)
		}
		list = append(list, c)
	}
	slices.SortFunc(list, wfm.CompareContacts)
	return list, nil
}

func contactStart(c *wfm.Contact) time.Time { return c.Start }
func contactEnd(c *wfm.Contact) time.Time   { return c.End }
