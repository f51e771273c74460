package icwsserver

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// CIC is the live state of one CIC server, which the two hosts of a switchover pair share: status
// messages, users, workgroups, interactions and activations. Whoever changes it (a test, a Playback, a
// Load, a client) is told to every subscribed session in the order of the changes.
//
// It is safe for concurrent use. Names are found whatever their letter case; unknown ones are an
// error of kind wfm.NotFound. Times given as zero mean now.
type CIC struct {
	now     func() time.Time
	started time.Time

	mu           sync.Mutex // guards everything below, and the sessions of all hosts except their queues
	users        map[string]*user
	workgroups   map[string]*workgroup
	statuses     map[string]*status
	statusOrder  []*status
	interactions map[string]*interaction
	passwords    map[string]wfm.Secret
	seq          uint64 // of changes
	observers    []*observer
	general      []listener // subscriptions that are not kept at the things they watch
	doomed       []*session // fell behind while a change was told
}

type user struct {
	User
	key, quoted    string // folded id; id as JSON
	subject        string // of messages about the user
	loggedIn       bool
	status         *status
	statusChanged  time.Time
	phoneSet       bool // by SetOnPhone
	onPhone        bool
	onPhoneChanged time.Time
	notes, forward string
	until          *until
	modified       time.Time
	groups         []*workgroup // sorted by name; replaced, never changed
	names          []wfm.Workgroup
	active         map[*workgroup]bool
	interactions   []*interaction
	watchers       []*statusSubscription
	queueWatchers  []*queueSubscription
}

type workgroup struct {
	name          wfm.Workgroup
	key           string
	queue         bool
	members       []*user // sorted by id
	queueWatchers []*queueSubscription
}

type status struct {
	wfm.StatusDefinition
	key, quoted string
}

// until is the end that a user foretold for a status.
type until struct {
	UntilDateTime string `json:"untilDateTime"`
	HasDate       bool   `json:"hasDate"`
	HasTime       bool   `json:"hasTime"`
}

// fold makes names comparable: CIC ignores the letter case of ids.
func fold[S ~string](name S) string { return strings.ToLower(string(name)) }

func unknown(what, name string) error {
	return &wfm.Error{Op: "simulated CIC", Kind: wfm.NotFound, Err: wfm.Problem{Field: what, Value: name, Reason: "is not known"}}
}

func (c *CIC) user(id wfm.AgentID) (*user, error) {
	if u := c.users[fold(id)]; u != nil {
		return u, nil
	}
	return nil, unknown("user", string(id))
}

func (c *CIC) workgroup(name wfm.Workgroup) (*workgroup, error) {
	if w := c.workgroups[fold(name)]; w != nil {
		return w, nil
	}
	return nil, unknown("workgroup", string(name))
}

func (c *CIC) status(key wfm.StatusKey) (*status, error) {
	if s := c.statuses[fold(key)]; s != nil {
		return s, nil
	}
	return nil, unknown("status", string(key))
}

func (c *CIC) userAndStatus(id wfm.AgentID, key wfm.StatusKey) (*user, *status, error) {
	u, err := c.user(id)
	if err != nil {
		return nil, nil, err
	}
	s, err := c.status(key)
	return u, s, err
}

// at gives the zero time its meaning.
func (c *CIC) at(t time.Time) time.Time {
	if t.IsZero() {
		return c.now()
	}
	return t
}

// SetStatus puts a user into a status since at, logged in or not. Setting the present status again is no change.
// It ends the notes and the "until" of the status before.
func (c *CIC) SetStatus(id wfm.AgentID, key wfm.StatusKey, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, s, err := c.userAndStatus(id, key)
	if err != nil {
		return err
	}
	c.setState(u, s, u.loggedIn, c.at(at))
	return nil
}

// LogOn logs a user on; the status stays as it was.
func (c *CIC) LogOn(id wfm.AgentID, at time.Time) error { return c.setLogin(id, true, at) }

// LogOff logs a user off; the status stays as it was.
func (c *CIC) LogOff(id wfm.AgentID, at time.Time) error { return c.setLogin(id, false, at) }

func (c *CIC) setLogin(id wfm.AgentID, on bool, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return err
	}
	c.setState(u, u.status, on, c.at(at))
	return nil
}

// setState changes status and log-in together, as one change.
func (c *CIC) setState(u *user, s *status, loggedIn bool, at time.Time) {
	var changed properties
	if s != u.status {
		changed |= propStatusID | propStatusChanged
		u.status, u.statusChanged = s, at
		if u.notes != "" {
			changed |= propNotes
		}
		if u.forward != "" {
			changed |= propForward
		}
		if u.until != nil {
			changed |= propUntil
		}
		u.notes, u.forward, u.until = "", "", nil
	}
	if loggedIn != u.loggedIn {
		changed |= propLoggedIn | propStations
		u.loggedIn = loggedIn
	}
	c.userChanged(u, changed, at)
}

// SetOnPhone says that a user has, or no longer has, a connected call that no queue shows. A user is
// on the phone while this is set or a call in the user's queue is connected or held.
func (c *CIC) SetOnPhone(id wfm.AgentID, on bool, at time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	u, err := c.user(id)
	if err != nil {
		return err
	}
	u.phoneSet = on
	c.updatePhone(u, c.at(at))
	return nil
}

func (c *CIC) updatePhone(u *user, at time.Time) {
	on := u.phoneSet || slices.ContainsFunc(u.interactions, func(i *interaction) bool { return i.onPhone() })
	if on == u.onPhone {
		return
	}
	u.onPhone, u.onPhoneChanged = on, at
	c.userChanged(u, propOnPhone|propOnPhoneChanged, at)
}

// userChanged tells subscribers and observers that some properties of a user are others.
func (c *CIC) userChanged(u *user, changed properties, at time.Time) {
	if changed == 0 {
		return
	}
	c.publishStatus(u, changed)
	kind := ChangedStatus
	if changed&propOnPhone != 0 {
		kind = ChangedPhone
	}
	c.observe(kind, u, nil, false, at)
	c.endDoomed()
}

// SetPassword lets a user of the CIC, or any other name, log on to the server with this password, beside
// the account of Options.
func (c *CIC) SetPassword(name string, password wfm.Secret) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passwords[fold(name)] = password
}

// endDoomed ends sessions that fell behind while a change was told.
func (c *CIC) endDoomed() {
	for len(c.doomed) > 0 {
		s := c.doomed[0]
		c.doomed = c.doomed[1:]
		s.end()
	}
}

// listener is a subscription that hears of every change of its kind.
type listener interface{ subscription }

// attach and detach keep the listeners in the order of their subscription.
func (c *CIC) attach(l listener) { c.general = append(c.general, l) }
func (c *CIC) detach(l listener) { c.general = remove(c.general, l) }

// remove drops a value from a slice that others may be ranging over.
func remove[T comparable](list []T, v T) []T {
	i := slices.Index(list, v)
	if i < 0 {
		return list
	}
	return slices.Concat(list[:i], list[i+1:])
}
