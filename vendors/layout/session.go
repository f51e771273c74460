package layout

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// session is one connection of a feed. It implements [vendors.Session], [vendors.HealthSession] and
// [vendors.HeartbeatSession]; without a record for them the latter two append nothing.
type session struct {
	rt     *RealTime
	wire   *wire
	agents *identities
	row    row
	moment moment
	off    wfm.AgentState // of an agent who left
	health wfm.FeedHealth // that was told last
	memory scratch

	frameStart int
	records    int // of the open batch
	open       bool
	footSize   int
	sequence   int64
	problems   []error
}

func newSession(rt *RealTime) *session {
	s := &session{rt: rt, wire: rt.wire, agents: newIdentities(&rt.identity, rt.wire)}
	s.row.moment = &s.moment
	s.moment.now = time.Unix(1e9, 0).UTC()
	s.footSize = s.wire.lineSize(s.wire.foot, &s.row)
	for _, r := range s.wire.records {
		s.wire.codec.prepare(&s.memory, r.section, &s.row) // frames have no interval: what is fixed stays
	}
	return s
}

// AppendSnapshot implements [vendors.Session]. Agents without a workgroup are not in adherence and left out.
func (s *session) AppendSnapshot(f *wfm.Frames, now time.Time, all []wfm.AgentState) error {
	told := s.rt.told(tellSnapshot)
	for i := range all {
		a := &all[i]
		if !a.InAdherence() {
			continue
		}
		s.moment = moment{event: onlyLoggedIn(told, a), now: now, at: since(a, now), state: a}
		s.tell(f, a.Workgroups, nil)
	}
	return s.end(f)
}

// AppendChanges implements [vendors.Session].
func (s *session) AppendChanges(f *wfm.Frames, now time.Time, changes []wfm.StatusChange) error {
	for i := range changes {
		c := &changes[i]
		if !s.renamed(c) {
			s.change(f, now, c)
			continue
		}
		// For the receiver these are two agents: one goes, another comes.
		if c.Before.Extension != "" {
			gone := *c
			gone.Now, gone.Now.Workgroups = c.Before, nil
			s.change(f, now, &gone)
		}
		s.change(f, now, &wfm.StatusChange{Now: c.Now})
	}
	return s.end(f)
}

// renamed tells whether an agent who stays in adherence is identified by an extension that is another now.
func (s *session) renamed(c *wfm.StatusChange) bool {
	return s.rt.identity.identify == vendors.IdentifyExtension && c.Before.Extension != c.Now.Extension &&
		c.Before.InAdherence() && c.Now.InAdherence()
}

func (s *session) change(f *wfm.Frames, now time.Time, c *wfm.StatusChange) {
	event := c.Event()
	// Set in place, not anew as a whole: what else a record shows is set in prepare, tell and append.
	m := &s.moment
	m.event, m.now, m.at, m.state, m.before = s.rt.toldChange(event), now, since(&c.Now, now), &c.Now, &c.Before
	if m.beforeAt, m.untilAt, m.merged = c.Before.Since, c.Until, c.Merged; c.Until.IsZero() {
		m.untilAt = now
	}
	groups, except := c.Now.Workgroups, []wfm.Workgroup(nil)
	switch event {
	case wfm.EventEntered:
		s.moment.event = onlyLoggedIn(s.moment.event, &c.Now)
	case wfm.EventRegrouped:
		if c.Before.Extension == c.Now.Extension || !s.wire.extensions {
			except = c.Before.Workgroups
		}
	case wfm.EventLeft:
		defer s.agents.forget(c.Now.Agent)
		if !c.Before.InAdherence() {
			return // came and went while the receiver was slow: it knows nothing of the agent
		}
		groups = c.Before.Workgroups
		s.moment.at = now
		if !c.Until.After(c.Before.Since) {
			s.moment.untilAt = now // the state went on until the agent left
		}
		s.off = c.Now
		s.off.Extension = c.Before.Extension // by which the receiver knows the agent
		s.moment.state = &s.off
		if s.moment.event == wfm.EventLogOff.String() {
			if !c.Before.LoggedIn {
				return
			}
			s.off.LoggedIn, s.off.Activity, s.off.Workgroup, s.off.Since = false, wfm.AgentLoggedOff, "", now
		}
	}
	if s.moment.untilAt.Before(s.moment.beforeAt) {
		s.moment.untilAt = s.moment.beforeAt // the clocks of two servers: no state ends before it began
	}
	s.tell(f, groups, except)
}

// AppendHealth implements [vendors.HealthSession].
func (s *session) AppendHealth(f *wfm.Frames, now time.Time, h wfm.FeedHealth) error {
	s.health = h
	return s.feed(f, now, h.String())
}

// AppendHeartbeat implements [vendors.HeartbeatSession].
func (s *session) AppendHeartbeat(f *wfm.Frames, now time.Time) error {
	event := s.rt.told(tellHeartbeat)
	if event == tellHealth {
		event = s.health.String()
	}
	return s.feed(f, now, event)
}

func (s *session) feed(f *wfm.Frames, now time.Time, event string) error {
	s.moment = moment{event: event, now: now, at: now}
	for _, r := range s.wire.byEvent[event] {
		if err := s.append(f, r); err != nil {
			s.problems = append(s.problems, &wfm.Error{Op: "write record " + r.name, Kind: wfm.BadData, Err: err})
		}
	}
	return s.end(f)
}

// onlyLoggedIn turns a log-on of an agent who is not logged in into a change.
func onlyLoggedIn(told string, a *wfm.AgentState) string {
	if told == wfm.EventLogOn.String() && !a.LoggedIn {
		return wfm.EventChange.String()
	}
	return told
}

// since is when a state began; now where that is not known.
func since(a *wfm.AgentState, now time.Time) time.Time {
	if a.Since.IsZero() {
		return now
	}
	return a.Since
}

// tell writes the records of the moment: one per workgroup that except does not hold, or one.
func (s *session) tell(f *wfm.Frames, groups, except []wfm.Workgroup) {
	m := &s.moment
	for _, r := range s.wire.byEvent[m.event] {
		if !s.prepare(r) {
			continue
		}
		if s.wire.spec.traits.FanOut == vendors.PerUser {
			m.workgroup = string(m.state.Workgroup)
			if err := s.append(f, r); err != nil {
				s.skip(false, reasonOf(err))
			}
			continue
		}
		told := false
		for _, g := range groups {
			if slices.Contains(except, g) {
				continue
			}
			m.member, m.workgroup = string(g), ""
			if s.wire.spec.member || m.state.Workgroup != "" && strings.EqualFold(string(m.state.Workgroup), string(g)) {
				m.workgroup = string(g)
			}
			if err := s.append(f, r); err != nil && !told {
				told = true // once is enough for an agent of many workgroups
				s.skip(false, reasonOf(err))
			}
		}
	}
}

// prepare fills what the record shows of the agent; false where something is missing.
func (s *session) prepare(r *record) bool {
	m := &s.moment
	var ok bool
	if r.code {
		if m.code, ok = s.rt.codes.Of(m.state); !ok {
			s.skip(true, "has no code")
			return false
		}
	}
	if r.before && (m.before == nil || !m.before.InAdherence() || m.beforeAt.IsZero()) {
		s.skip(false, "the state before is not known")
		return false
	}
	if r.beforeCode {
		if m.beforeCode, ok = s.rt.codes.Of(m.before); !ok {
			s.skip(true, "the status before, "+wfm.Quote(string(m.before.Status.Key))+", has no code")
			return false
		}
	}
	var reason string
	if r.agent {
		if m.agent, reason = s.agents.of(m.state); reason != "" {
			s.skip(false, reason)
			return false
		}
	}
	if r.extension {
		if m.extension, reason = s.wire.spec.extension.apply(m.state.Extension, "extension"); reason != "" {
			s.skip(false, reason)
			return false
		}
	}
	return true
}

func (s *session) skip(unmapped bool, reason string) {
	s.problems = append(s.problems, &vendors.Skipped{Agent: s.moment.state.Agent, Status: s.moment.state.Status.Key,
		Unmapped: unmapped, Reason: reason})
}

var errNoRoom = errors.New("does not fit into a frame with its head and foot")

// append writes one record of the moment: a frame of its own, or a part of the open batch.
func (s *session) append(f *wfm.Frames, r *record) (err error) {
	s.moment.sequence = s.sequence + 1
	if s.wire.frame.batch == batchSeparate {
		if f.Bytes, err = s.unit(f.Bytes, r); err == nil {
			f.End()
			s.sequence++
		}
		return err
	}
	for {
		if !s.open {
			if err = s.begin(f); err != nil {
				return err
			}
		}
		mark := len(f.Bytes)
		if s.wire.frame.batch == batchDocument {
			if s.records > 0 && len(r.section.columns) > 0 {
				f.Bytes = append(f.Bytes, recordSeparator)
			}
			if len(r.section.columns) > 0 {
				f.Bytes, err = s.wire.codec.appendRow(f.Bytes, &s.memory, r.section, &s.row)
			}
		} else if len(r.section.columns) > 0 {
			f.Bytes, err = s.unit(f.Bytes, r)
		}
		if err != nil {
			f.Bytes = f.Bytes[:mark]
			return err
		}
		if len(f.Bytes)-s.frameStart+s.footSize <= s.wire.frame.max {
			s.records++
			s.sequence++
			return nil
		}
		f.Bytes = f.Bytes[:mark]
		if s.records == 0 {
			return errNoRoom
		}
		s.close(f)
	}
}

// unit writes a record and its framing.
func (s *session) unit(dst []byte, r *record) ([]byte, error) {
	start := len(dst)
	dst, err := s.wire.codec.appendRow(s.wire.beginUnit(dst), &s.memory, r.section, &s.row)
	if err != nil {
		return dst[:start], err
	}
	return s.wire.endUnit(dst, start, &s.memory)
}

// begin opens a batch.
func (s *session) begin(f *wfm.Frames) (err error) {
	s.open, s.records, s.frameStart = true, 0, len(f.Bytes)
	switch {
	case s.wire.frame.batch == batchDocument:
		f.Bytes = s.wire.head.appendTo(s.wire.beginUnit(f.Bytes), &s.row)
	case s.wire.head != nil:
		start := len(f.Bytes)
		f.Bytes = s.wire.head.append(s.wire.beginUnit(f.Bytes), &s.row)
		if f.Bytes, err = s.wire.endUnit(f.Bytes, start, &s.memory); err != nil {
			s.open = false
			f.Drop()
		}
	}
	return err
}

// close ends the open batch; one without records is dropped.
func (s *session) close(f *wfm.Frames) {
	var err error
	if s.open && s.records > 0 {
		switch {
		case s.wire.frame.batch == batchDocument:
			f.Bytes = s.wire.foot.appendTo(f.Bytes, &s.row)
			f.Bytes, err = s.wire.endUnit(f.Bytes, s.frameStart, &s.memory)
		case s.wire.foot != nil:
			start := len(f.Bytes)
			f.Bytes = s.wire.foot.append(s.wire.beginUnit(f.Bytes), &s.row)
			f.Bytes, err = s.wire.endUnit(f.Bytes, start, &s.memory)
		}
		if err != nil {
			s.problems = append(s.problems, &wfm.Error{Op: "write layout " + s.wire.layout.Name(), Kind: wfm.BadData, Err: err})
		} else {
			f.End()
		}
	}
	if s.open {
		f.Drop()
	}
	s.open = false
}

// end finishes a call: it keeps nothing of the caller's.
func (s *session) end(f *wfm.Frames) error {
	s.close(f)
	s.moment, s.off = moment{}, wfm.AgentState{}
	if len(s.problems) == 0 {
		return nil
	}
	err := errors.Join(s.problems...)
	clear(s.problems)
	s.problems = s.problems[:0]
	return err
}
