package integration

import (
	"fmt"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// Destination is one of several places that the files of a feed go to.
type Destination struct {
	// Name identifies the destination within its feed, in the ledger for ever. One may be without a name: it goes on
	// where the same feed stood with that Transport alone.
	Name      string
	Transport delivery.Transport
}

// LedgerFeed is the name of a feed's destination in the ledger: that of the feed for a
// destination without a name, else both.
func LedgerFeed(feed, destination string) string {
	if destination == "" {
		return feed
	}
	return feed + " -> " + destination
}

// destinations returns where the files go, a sole Transport as one without a name.
func (f *HistoricalFeed) destinations() []Destination {
	if f.Destinations == nil {
		return []Destination{{Transport: f.Transport}}
	}
	return f.Destinations
}

func (f *HistoricalFeed) destinationProblems() (list []error) {
	where := fmt.Sprintf("feed %q", f.Name)
	bad := func(field, value, reason, remedy string) {
		list = append(list, wfm.Problem{Where: where, Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	switch {
	case f.Transport != nil && f.Destinations != nil:
		bad("Transport", "", "stands beside Destinations", "use one of the two")
	case f.Transport == nil && len(f.Destinations) == 0:
		bad("Transport", "", "is missing", "for example filedrop.New")
	}
	names := map[string]bool{}
	for _, d := range f.Destinations {
		if d.Transport == nil {
			bad("Destinations", d.Name, "has no transport", "for example filedrop.New")
		}
		if names[d.Name] {
			bad("Destinations", d.Name, "stands twice", "names are unique within a feed")
		}
		names[d.Name] = true
	}
	return list
}

// lanes makes what the service works on: each destination is read for, encoded and delivered on its own, so that one that
// is away holds up no other, and a restatement is decided by what that destination has.
func lanes(f HistoricalFeed) (list []*feed) {
	for _, d := range f.destinations() {
		lane := &feed{HistoricalFeed: f, destination: d.Name, key: LedgerFeed(f.Name, d.Name), past: newPast()}
		lane.Transport = d.Transport
		lane.status = FeedStatus{Name: f.Name, Destination: d.Name, Module: string(license.Historical)}
		if f.Encoder != nil {
			lane.status.Vendor = f.Encoder.Info().Name
		}
		list = append(list, lane)
	}
	return list
}

// attrs name the lane in a log.
func (f *feed) attrs() []any {
	if f.destination == "" {
		return []any{"feed", f.Name}
	}
	return []any{"feed", f.Name, "destination", f.destination}
}
