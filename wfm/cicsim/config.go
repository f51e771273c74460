package cicsim

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Config describes a centre. The zero value is a plain one: one site in UTC that writes half
// hours, 8 workgroups, 40 agents and about 3000 contacts on Monday, 2 March 2026, and nothing
// irregular.
type Config struct {
	// Seed decides everything that is drawn. The same Config gives the same centre.
	Seed uint64
	// Start is read for its date alone: the simulation begins at midnight of this day in the zone
	// of the first site.
	Start time.Time
	Days  int // calendar days of the first site; 0 means 1
	// Sites write into one database. Nil means one site 1 in UTC with half hours.
	Sites      []SiteConfig
	Workgroups int // 0 means 8; every site has them all
	Agents     int // 0 means 40; shared among the sites
	// Contacts is roughly how many enter on a working day, all sites together; 0 means 3000.
	Contacts int
	Media    []wfm.MediaType // nil means Call, Chat and Email
	// AnswerThresholds and AbandonThresholds are the upper bounds, in seconds and included, of the six
	// service-level buckets. A wait beyond the last is in none. Zero means 10, 20 … 60 and
	// 5, 10, 20, 30, 60, 120.
	AnswerThresholds, AbandonThresholds [6]int
	// MasterWorkgroup, if set, is a workgroup without a queue that has every agent as a member.
	MasterWorkgroup wfm.Workgroup

	// OddNames gives workgroups, agents, skills and one status names with quotes, umlauts, commas,
	// semicolons and spaces.
	OddNames bool
	// Restarts is how often each site's server stops for some minutes, at most once a day.
	Restarts int
	// LateRows makes one interval in ten, and one state and contact in twenty, arrive hours after it was sent, and
	// adds outages of the database in which everything waits.
	LateRows bool
	// SilentSpans is how many spans of two to four intervals of each site are lost for good.
	SilentSpans int

	Schema Schema
}

// SiteConfig is one CIC server (or switchover pair).
type SiteConfig struct {
	ID wfm.Site
	// Zone is the IANA name of the server's zone; empty means UTC.
	Zone string
	// Interval is the server's statistics interval: a divisor or multiple of an hour, from five
	// minutes to a day. Zero means 30 minutes, CIC's default.
	Interval time.Duration
}

// AllIrregularities is a centre with everything odd at once over the spring change of clocks: two
// sites in different zones with different intervals in one database, restarts, lost and late
// rows, odd names, a master workgroup, mixed letter case and a StatisticsSet that starts
// negative.
func AllIrregularities(seed uint64) Config {
	return Config{
		Seed: seed, Start: time.Date(2026, 3, 28, 0, 0, 0, 0, time.UTC), Days: 2,
		Sites: []SiteConfig{
			{ID: 1, Zone: "Europe/Berlin", Interval: 30 * time.Minute},
			{ID: 2, Zone: "America/New_York", Interval: 15 * time.Minute},
		},
		MasterWorkgroup: "WFM Status, all", OddNames: true, Restarts: 2, LateRows: true, SilentSpans: 1,
		Schema: Schema{MixedCaseMedia: true, Fractions: true, LoggedOffRows: true, QueueFlagText: true,
			FirstStatisticsSet: -5000},
	}
}

func (c Config) withDefaults() Config {
	if c.Start.IsZero() {
		c.Start = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	}
	orDefault(&c.Days, 1)
	if c.Sites == nil {
		c.Sites = []SiteConfig{{ID: 1}}
	}
	sites := make([]SiteConfig, len(c.Sites))
	for i, s := range c.Sites {
		orDefault(&s.Interval, 30*time.Minute)
		sites[i] = s
	}
	c.Sites = sites
	orDefault(&c.Workgroups, 8)
	orDefault(&c.Agents, 40)
	orDefault(&c.Contacts, 3000)
	if c.Media == nil {
		c.Media = []wfm.MediaType{wfm.Call, wfm.Chat, wfm.Email}
	}
	orDefault(&c.AnswerThresholds, [6]int{10, 20, 30, 40, 50, 60})
	orDefault(&c.AbandonThresholds, [6]int{5, 10, 20, 30, 60, 120})
	c.Schema = c.Schema.withDefaults()
	return c
}

func orDefault[T comparable](v *T, def T) {
	var zero T
	if *v == zero {
		*v = def
	}
}

// validate returns every problem of a config with defaults, and the locations of its sites.
func (c Config) validate() ([]*time.Location, error) {
	var errs []error
	bad := func(field, value, reason, remedy string) {
		errs = append(errs, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	atLeast := func(field string, v, least, most int) {
		if v < least || v > most {
			bad(field, strconv.Itoa(v), "is out of range", fmt.Sprintf("use %d to %d", least, most))
		}
	}
	atLeast("Days", c.Days, 1, 3660)
	atLeast("Workgroups", c.Workgroups, 1, maxWorkgroups)
	atLeast("Sites", len(c.Sites), 1, 100)
	atLeast("Agents", c.Agents, len(c.Sites), 5000)
	atLeast("Contacts", c.Contacts, 1, 5_000_000)
	atLeast("Restarts", c.Restarts, 0, c.Days)
	atLeast("SilentSpans", c.SilentSpans, 0, 100)
	atLeast("Media", len(c.Media), 1, 50)
	for i, m := range c.Media {
		if m == wfm.AllMedia || m == "*" || m == "-" {
			bad("Media", string(m), "is a sentinel of the statistics views", "name a medium such as Call")
		}
		for _, o := range c.Media[:i] {
			if m.Is(o) {
				bad("Media", string(m), "is named twice", "name each medium once")
			}
		}
	}
	for _, t := range []struct {
		field string
		list  [6]int
	}{{"AnswerThresholds", c.AnswerThresholds}, {"AbandonThresholds", c.AbandonThresholds}} {
		for i := range t.list {
			if t.list[i] <= 0 || i > 0 && t.list[i] <= t.list[i-1] {
				bad(t.field, fmt.Sprint(t.list), "does not rise from above zero", "give six rising numbers of seconds")
				break
			}
		}
	}
	locations := make([]*time.Location, len(c.Sites))
	seen := map[wfm.Site]bool{}
	for i, s := range c.Sites {
		where := fmt.Sprintf("Sites[%d]", i)
		if seen[s.ID] {
			bad(where+".ID", strconv.Itoa(int(s.ID)), "is used twice", "give each site its own number")
		}
		seen[s.ID] = true
		if s.ID < 0 || s.ID > 32767 {
			bad(where+".ID", strconv.Itoa(int(s.ID)), "does not fit the column SiteId (smallint)", "use 0 to 32767")
		}
		if !validInterval(s.Interval) {
			bad(where+".Interval", s.Interval.String(), "is no interval of this simulation",
				"use a divisor of an hour from 5m, or a multiple of an hour that divides a day")
		}
		loc, err := time.LoadLocation(s.Zone)
		if err != nil {
			bad(where+".Zone", s.Zone, "is not a known time zone", "use an IANA name such as Europe/Berlin")
			continue
		}
		locations[i] = loc
	}
	return locations, errors.Join(append(errs, c.Schema.problems()...)...)
}

func validInterval(d time.Duration) bool {
	switch {
	case d < 5*time.Minute || d%time.Second != 0:
		return false
	case d <= time.Hour:
		return time.Hour%d == 0
	}
	return d%time.Hour == 0 && (24*time.Hour)%d == 0
}
