package icwsserver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// Playback lets a CIC live through the history of a simulated centre: statuses, log-ins, activations and what is in the
// queues, event by event, at the second in which each happened. One goroutine at a time may use it.
type Playback struct {
	cic    *CIC
	window wfm.Window
	events []event
	next   int // of events

	// An instant t of the centre is shown to clients as base + (t-from)/speed; with speed 0 as itself.
	base, from time.Time
	speed      float64
	sought     bool // and not run since
}

// FromCentre makes a CIC of one site of a simulated centre, at the start of its first day, and the playback
// of its history. Users have extensions from 8001 on. All of them are in a workgroup without a queue: the centre's
// master workgroup, or MasterWorkgroup where it has none.
func FromCentre(centre *cicsim.Centre, site wfm.Site) (*CIC, *Playback, error) {
	return FromCentreWithClock(centre, site, nil)
}

// FromCentreWithClock is FromCentre with a clock of the server; nil means time.Now.
func FromCentreWithClock(centre *cicsim.Centre, site wfm.Site, now func() time.Time) (*CIC, *Playback, error) {
	if !slices.ContainsFunc(centre.Sites(), func(s cicsim.SiteInfo) bool { return s.ID == site }) {
		return nil, nil, wfm.Problem{Field: "site", Value: fmt.Sprint(int(site)), Reason: "is not one of the centre", Remedy: "use one of its config"}
	}
	cfg := Config{Now: now}
	for _, s := range centre.Statuses() {
		cfg.Statuses = append(cfg.Statuses, wfm.StatusDefinition{Key: s.Key, Text: string(s.Key), Group: s.Group, ACD: s.AllowsACD, ACW: s.ACW, DND: s.DND})
	}
	members := make(map[wfm.Workgroup][]wfm.AgentID)
	master := Workgroup{Name: cmp.Or(centre.Config().MasterWorkgroup, MasterWorkgroup)}
	first := make(map[wfm.AgentID]cicsim.State)
	for _, s := range centre.States() {
		if _, seen := first[s.Agent]; !seen {
			first[s.Agent] = s
		}
	}
	for _, a := range centre.Agents() {
		if a.Site != site {
			continue
		}
		s := first[a.ID]
		cfg.Users = append(cfg.Users, User{ID: a.ID, Extension: fmt.Sprint(8001 + len(cfg.Users)), LoggedIn: s.LoggedIn, Status: s.Status.Key,
			StatusChanged: s.Span.Start.Time()})
		master.Members = append(master.Members, a.ID)
		for _, w := range a.Workgroups {
			members[w] = append(members[w], a.ID)
		}
	}
	for _, w := range centre.Workgroups() {
		cfg.Workgroups = append(cfg.Workgroups, Workgroup{Name: w, Queue: true, Members: members[w]})
	}
	cfg.Workgroups = append(cfg.Workgroups, master)
	cic, err := NewCIC(cfg)
	if err != nil {
		return nil, nil, err
	}
	return cic, &Playback{cic: cic, window: centre.Window(), events: history(centre, site)}, nil
}

// Window is the time that the history covers.
func (p *Playback) Window() wfm.Window { return p.window }

// Events is how many events the history has.
func (p *Playback) Events() int { return len(p.events) }

// After is how many of them come after an instant of the centre.
func (p *Playback) After(from time.Time) int { return len(p.events) - p.index(from) }

// index is that of the first event after an instant.
func (p *Playback) index(from time.Time) int {
	return sort.Search(len(p.events), func(i int) bool { return p.events[i].at.Time().After(from) })
}

// Step lives through everything up to and including until, as fast as possible, in the calling goroutine.
// Clients see the instants of the centre. It says how many events there were.
func (p *Playback) Step(until time.Time) (int, error) {
	n := 0
	for ; p.next < len(p.events) && !p.events[p.next].at.Time().After(until); n++ {
		if err := p.apply(&p.events[p.next]); err != nil {
			return n, err
		}
		p.next++
	}
	return n, nil
}

// Run puts the CIC into its state at an instant of the centre and lives on from there, speed seconds of the centre in
// each second, until the history or ctx ends. Clients see present times: the instant `from` is the moment of the
// call, and everything before and after it is as far from that as speed makes it. The events of one second of the centre
// come together. It returns the error of ctx, or nil at the end of the history; then it may be called again.
func (p *Playback) Run(ctx context.Context, speed float64, from time.Time) error {
	if !p.sought || !p.from.Equal(from) || p.speed != speed {
		if err := p.Seek(from, speed); err != nil {
			return err
		}
	}
	p.sought = false
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for p.next < len(p.events) {
		at := p.events[p.next].at.Time()
		timer.Reset(p.shown(at).Sub(p.cic.now()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
		}
		if _, err := p.Step(at); err != nil {
			return err
		}
	}
	return nil
}

// Seek puts the CIC into its state at an instant of the centre, as Run does, and stays there. A Run with the same
// speed and instant goes on from it.
func (p *Playback) Seek(from time.Time, speed float64) error {
	if !(speed > 0) {
		return wfm.Problem{Field: "speed", Value: fmt.Sprint(speed), Reason: "is not positive", Remedy: "use 1 for real time"}
	}
	p.base, p.from, p.speed, p.sought = p.cic.now(), from, speed, true
	return p.jump(from)
}

// shown is when an instant of the centre happens for the clients.
func (p *Playback) shown(t time.Time) time.Time {
	if p.speed == 0 {
		return t
	}
	return p.base.Add(time.Duration(float64(t.Sub(p.from)) / p.speed))
}

// jump brings the CIC into the state of an instant without living through what was before: the last state of
// each user and activation, and the way of each interaction that is still there.
func (p *Playback) jump(to time.Time) error {
	c := p.cic
	for _, i := range c.live() {
		if err := c.EndInteraction(i, time.Time{}); err != nil {
			return err
		}
	}
	p.next = p.index(to)
	past := p.events[:p.next]
	last := make(map[string]*event)
	since := make(map[wfm.AgentID]cicsim.Instant) // of the last status, whatever the log-in did in it
	for i := range past {
		e := &past[i]
		if before := last[e.thing()]; e.status != "" && (before == nil || before.status != e.status) {
			since[e.user] = e.at
		}
		last[e.thing()] = e
	}
	for i := range past {
		e := &past[i]
		now := last[e.thing()]
		var err error
		switch {
		case e.status != "" && now == e:
			err = unlessGone(c.restore(e.user, e.status, e.on, p.shown(since[e.user].Time())))
		case e.status == "" && (now == e || now.interaction.ID != "" && now.on):
			err = p.apply(e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// become sets a state as the history has it.
func (c *CIC) become(id wfm.AgentID, key wfm.StatusKey, on bool, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, s, err := c.userAndStatus(id, key)
	if err != nil {
		return err
	}
	c.setState(u, s, on, at)
	return nil
}

// restore sets a state with its beginning, also where only that is another.
func (c *CIC) restore(id wfm.AgentID, key wfm.StatusKey, on bool, since time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, s, err := c.userAndStatus(id, key)
	if err != nil {
		return err
	}
	if s == u.status && !u.statusChanged.Equal(since) {
		u.statusChanged = since
		c.userChanged(u, propStatusChanged, since)
	}
	c.setState(u, s, on, since)
	return nil
}

// apply lets one event happen. What others took out of the CIC (a user, a workgroup, a membership, a status, an
// interaction) has no history any more: events about it are passed over.
func (p *Playback) apply(e *event) error {
	at := p.shown(e.at.Time())
	c := p.cic
	var err error
	switch {
	case e.status != "":
		err = c.become(e.user, e.status, e.on, at)
	case e.interaction.ID == "":
		c.activate(e.user, e.interaction.Workgroup, e.on)
	case e.on:
		in := e.interaction
		in.At = at
		err = c.PutInteraction(e.user, in)
	default:
		err = c.EndInteraction(e.interaction.ID, at)
	}
	return unlessGone(err)
}

// unlessGone drops an error that says that something is not there.
func unlessGone(err error) error {
	if err != nil && wfm.KindOf(err) == wfm.NotFound {
		return nil
	}
	return err
}

// activate sets the activation of a user who is still a member.
func (c *CIC) activate(id wfm.AgentID, name wfm.Workgroup, on bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if u, w := c.users[fold(id)], c.workgroups[fold(name)]; u != nil && w != nil && slices.Contains(u.groups, w) {
		c.setActivation(u, w, on)
		c.endDoomed()
	}
}

// live returns the ids of all interactions.
func (c *CIC) live() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	list := make([]string, 0, len(c.interactions))
	for id := range c.interactions {
		list = append(list, id)
	}
	slices.Sort(list)
	return list
}

// PlayForever runs the history from an instant, again and again, until ctx ends, whose error it returns.
func (p *Playback) PlayForever(ctx context.Context, speed float64, from time.Time) error {
	if p.After(from) == 0 {
		return wfm.Problem{Field: "from", Value: from.String(), Reason: "has nothing of the history after it", Remedy: "start earlier"}
	}
	for {
		if err := p.Run(ctx, speed, from); err != nil {
			return err
		}
	}
}
