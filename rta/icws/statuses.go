package icws

import (
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// definitions are the status messages of the server. Their ids are case-insensitive.
type definitions struct {
	byFold map[string]wfm.StatusDefinition
	// spelled finds a status by the exact spelling of messages, so that a usual message costs no allocation.
	spelled map[string]wfm.StatusDefinition
}

const maxStatuses = 10_000 // a bound against a hostile server; sites have dozens

func (d *definitions) set(list []statusMessage) {
	if d.byFold == nil {
		d.byFold = map[string]wfm.StatusDefinition{}
	}
	for _, s := range list {
		if s.ID != "" && len(d.byFold) < maxStatuses {
			d.byFold[fold(s.ID)] = wfm.StatusDefinition{Key: wfm.StatusKey(s.ID), Text: s.Text, Group: wfm.StatusGroup(s.Group),
				ACD: s.ACD, ACW: s.ACW, DND: s.DND}
		}
	}
	d.spelled = map[string]wfm.StatusDefinition{}
}

func (d *definitions) remove(ids []string) {
	for _, id := range ids {
		delete(d.byFold, fold(id))
	}
	d.spelled = map[string]wfm.StatusDefinition{}
}

// of returns the status of an id. One that is not defined has only its key.
func (d *definitions) of(id []byte) wfm.StatusDefinition {
	if s, ok := d.spelled[string(id)]; ok {
		return s
	}
	s, ok := d.byFold[fold(string(id))]
	if !ok {
		s = wfm.StatusDefinition{Key: wfm.StatusKey(id)}
	}
	if d.spelled == nil {
		d.spelled = map[string]wfm.StatusDefinition{}
	}
	if len(d.spelled) < maxStatuses {
		d.spelled[string(id)] = s
	}
	return s
}

func (d *definitions) list() []wfm.StatusDefinition {
	list := make([]wfm.StatusDefinition, 0, len(d.byFold))
	for _, s := range d.byFold {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b wfm.StatusDefinition) int { return strings.Compare(string(a.Key), string(b.Key)) })
	return list
}

// applyDefinitions takes a statusMessagesMessage, or the list of GET as a full one.
func (m *monitor) applyDefinitions(full bool, added, changed []statusMessage, removed []string) error {
	if full {
		m.defs.byFold = nil
	}
	m.defs.set(added)
	m.defs.set(changed)
	m.defs.remove(removed)
	list := m.defs.list()
	if m.defsTold && slices.Equal(list, m.lastDefs) {
		return nil
	}
	m.defsTold, m.lastDefs = true, list
	if err := m.emit(rta.Event{Kind: rta.Statuses, Statuses: slices.Clone(list)}); err != nil {
		return err
	}
	for _, a := range m.agents {
		if now := m.defs.of([]byte(a.facts.Status.Key)); a.told && now != a.facts.Status {
			a.facts.Status = now
			if err := m.tell(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// applyUsers takes a userStatusMessage.
func (m *monitor) applyUsers(full bool, list []userStatus) error {
	if full {
		m.gen++
	}
	for i := range list {
		u := &list[i]
		a := m.find(u.User.bytes())
		if a == nil || len(u.Status.bytes()) == 0 {
			continue // just left, or no answer to what we asked
		}
		a.version++
		a.gen = m.gen
		var err error
		if full {
			err = m.load(a, u, false)
		} else {
			err = m.merge(a, u)
		}
		if err != nil {
			return err
		}
	}
	if !full || !m.usersSubscribed {
		return nil
	}
	m.firstUsers = true
	missing := 0
	for _, a := range m.agents {
		switch {
		case a.held:
			m.ask(a)
		case a.told && a.gen != m.gen:
			// The full update replaces what its subscription said, so this agent's deltas mean
			// nothing any more. Their last facts stay until the server is asked.
			a.told = false
			missing++
			m.ask(a)
		}
	}
	m.resubscribe = m.resubscribe || missing > maxAsks
	return nil
}

// load takes all that is told of an agent. certain says that it is the answer to a question, which is
// newer than anything before; otherwise a status older than the known one is a message in the wrong order.
func (m *monitor) load(a *agent, u *userStatus, certain bool) error {
	if !u.LoggedIn.set {
		a.held = true // a status without log-in says nothing
		return nil
	}
	f := &a.facts
	if a.told && !certain && u.Changed.set && u.Changed.t.Before(f.StatusSince) {
		m.ask(a)
		return nil
	}
	before, was := *f, a.told
	f.Status = m.defs.of(u.Status.bytes())
	switch {
	case u.Changed.set:
		f.StatusSince = u.Changed.t
	case !was || before.Status != f.Status:
		f.StatusSince = m.s.serverNow()
	}
	f.LoggedIn = u.LoggedIn.on
	f.OnPhone, f.OnPhoneSince = u.OnPhone.on, u.OnPhoneChanged.t
	m.takeStation(f, u)
	if before.LoggedIn != f.LoggedIn && (was || a.emitted) {
		f.LoginSince = m.loginTime(u)
	} else if past, ok := m.past.logins[f.Agent]; ok && !was && !a.emitted && past.on == f.LoggedIn && past.status == f.Status.Key && past.since.Equal(f.StatusSince) {
		f.LoginSince = past.login
	}
	if a.held {
		a.held = false
		m.askUnless(a, certain)
	}
	a.told = true
	if a.emitted && sameFacts(&before, f) {
		return nil
	}
	return m.tell(a)
}

func (m *monitor) askUnless(a *agent, certain bool) {
	if !certain {
		m.ask(a)
	}
}

// merge takes what changed of an agent. What could also be a message in the wrong order is confirmed by a question.
func (m *monitor) merge(a *agent, u *userStatus) error {
	if !a.told {
		a.held = true
		if m.firstUsers {
			m.ask(a)
		}
		return nil
	}
	f := &a.facts
	before := *f
	status := m.defs.of(u.Status.bytes())
	another := status.Key != f.Status.Key
	switch {
	case u.Changed.set && u.Changed.t.Before(f.StatusSince):
		m.ask(a) // an old message: nothing of it can be trusted
		return nil
	case u.Changed.set:
		if another && u.Changed.t.Equal(f.StatusSince) {
			m.ask(a) // two changes within CIC's resolution of a second: either may be the later
		}
		f.Status, f.StatusSince = status, u.Changed.t
	case another:
		// The time of change is left out where it is the same as before. That can only be true
		// shortly after it.
		m.ask(a)
		if m.s.serverNow().Sub(f.StatusSince) <= 3*time.Second {
			f.Status = status
		}
	}
	if u.LoggedIn.set && u.LoggedIn.on != f.LoggedIn {
		f.LoggedIn, f.LoginSince = u.LoggedIn.on, m.loginTime(u)
		m.ask(a) // it carries no time by which a wrong order would show
	}
	switch changed := u.OnPhoneChanged; {
	case changed.set && changed.t.Before(f.OnPhoneSince):
		m.ask(a)
	default:
		if u.OnPhone.set {
			f.OnPhone = u.OnPhone.on
		}
		if changed.set {
			f.OnPhoneSince = changed.t
		}
	}
	m.takeStation(f, u)
	if a.emitted && sameFacts(&before, f) {
		return nil
	}
	return m.tell(a)
}

// loginTime is when a change of loggedIn took place: with the status, which CIC changes at log-in and
// log-off, or else now.
func (m *monitor) loginTime(u *userStatus) time.Time {
	now := m.s.serverNow()
	if d := now.Sub(u.Changed.t); u.Changed.set && d > -5*time.Second && d < 5*time.Second {
		return u.Changed.t
	}
	return now
}

func (m *monitor) takeStation(f *rta.Facts, u *userStatus) {
	if m.c.opt.Extension == ExtensionOfStation && u.Stations.set && f.Extension != string(u.Stations.first.bytes()) {
		f.Extension = u.Stations.first.String()
	}
}

// sameFacts compares what user statuses tell.
func sameFacts(a, b *rta.Facts) bool {
	return a.Status == b.Status && a.StatusSince.Equal(b.StatusSince) && a.LoggedIn == b.LoggedIn && a.LoginSince.Equal(b.LoginSince) &&
		a.OnPhone == b.OnPhone && a.OnPhoneSince.Equal(b.OnPhoneSince) && a.Extension == b.Extension
}
