package cicsim

import (
	"cmp"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Centre is a contact centre whose days have been simulated. It is immutable and safe for
// concurrent use.
type Centre struct {
	cfg         Config
	window      Span
	sites       []*site
	workgroups  []wfm.Workgroup
	statuses    []Status
	contacts    []Contact
	calls       []PersonalCall
	states      []State
	activations []Activation
	agents      []Agent
}

// New simulates a centre. Its error joins every problem of the config.
func New(cfg Config) (*Centre, error) {
	cfg = cfg.withDefaults()
	locations, err := cfg.validate()
	if err != nil {
		return nil, err
	}
	y, m, d := cfg.Start.Date()
	day := wfm.Grid{Length: wfm.Day, Location: locations[0]}
	first := day.Slot(time.Date(y, m, d, 12, 0, 0, 0, locations[0]))
	last := day.Slot(time.Date(y, m, d+cfg.Days-1, 12, 0, 0, 0, locations[0]))
	c := &Centre{
		cfg: cfg, window: Span{At(first.Start), At(last.End)},
		workgroups: workgroupNames(cfg), statuses: statusList(cfg),
	}
	agents := hire(cfg, c.workgroups)
	for i := range cfg.Sites {
		s := newSite(c, i, locations[i], agents)
		s.run()
		s.drawRecords(newRand(cfg.Seed, streamRecord, i))
		c.collect(s)
		c.sites = append(c.sites, s)
	}
	c.sort()
	return c, nil
}

// collect copies what happened at a site.
func (c *Centre) collect(s *site) {
	for _, contact := range s.contacts {
		contact.ID = len(c.contacts) + 1
		c.contacts = append(c.contacts, *contact)
	}
	c.calls = append(c.calls, s.calls...)
	c.states = append(c.states, s.states...)
	c.activations = append(c.activations, s.activations...)
	for _, a := range s.agents {
		c.agents = append(c.agents, a.Agent)
	}
}

func (c *Centre) sort() {
	slices.SortStableFunc(c.states, func(a, b State) int {
		return cmp.Or(cmp.Compare(a.Agent, b.Agent), cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(a.Seq, b.Seq))
	})
	slices.SortStableFunc(c.agents, func(a, b Agent) int { return cmp.Compare(a.ID, b.ID) })
}

// Config returns the configuration with its defaults filled in.
func (c *Centre) Config() Config { return c.cfg }

// Window returns the time that was simulated.
func (c *Centre) Window() wfm.Window {
	return wfm.Window{Start: c.window.Start.Time(), End: c.window.End.Time()}
}

// Sites returns the sites in the order of the config.
func (c *Centre) Sites() []SiteInfo {
	list := make([]SiteInfo, len(c.sites))
	for i, s := range c.sites {
		list[i] = SiteInfo{ID: s.id, Location: s.loc, Interval: s.interval, Down: windows(s.down), Silent: windows(s.silent)}
	}
	return list
}

func windows(spans []Span) []wfm.Window {
	list := make([]wfm.Window, len(spans))
	for i, s := range spans {
		list[i] = wfm.Window{Start: s.Start.Time(), End: s.End.Time()}
	}
	return list
}

// Workgroups returns the workgroups with queues, sorted; each site has them all.
func (c *Centre) Workgroups() []wfm.Workgroup { return slices.Sorted(slices.Values(c.workgroups)) }

// Statuses returns the status messages of the centre.
func (c *Centre) Statuses() []Status { return slices.Clone(c.statuses) }

// Agents returns all agents, sorted by id. Ids are unique over the sites.
func (c *Centre) Agents() []Agent { return slices.Clone(c.agents) }

// Contacts returns all ACD contacts, by site and there in order of their arrival. The caller must not change
// their legs.
func (c *Centre) Contacts() []Contact { return slices.Clone(c.contacts) }

// PersonalCalls returns all calls that came through no queue, by site and there in order of their start.
func (c *Centre) PersonalCalls() []PersonalCall { return slices.Clone(c.calls) }

// States returns all states of all agents, by agent and there in order. Each agent's states
// cover the whole window without a gap.
func (c *Centre) States() []State { return slices.Clone(c.states) }

// Activations returns all changes of activation, by site and there in order. Each agent starts the window
// with one for each of its workgroups.
func (c *Centre) Activations() []Activation { return slices.Clone(c.activations) }
