package icwsserver

import (
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// MasterWorkgroup is the name of the workgroup without a queue that has every user, where a
// configuration or a centre names no other.
const MasterWorkgroup wfm.Workgroup = "WFM RTA"

// Config describes a CIC at its start.
type Config struct {
	// Statuses are the status messages; nil means DefaultStatuses.
	Statuses   []wfm.StatusDefinition
	Workgroups []Workgroup
	Users      []User
	// Now is the clock of the server; nil means time.Now. Clients see it truncated to seconds.
	Now func() time.Time
}

// User is a CIC user at the start.
type User struct {
	ID wfm.AgentID
	// Name is the display name; empty means the id.
	Name      string
	Extension string
	// Station is where the user sits while logged in; empty means the extension.
	Station  string
	LoggedIn bool
	// Status is the id of a status message, letter case ignored; empty means the first one.
	Status wfm.StatusKey
	// StatusChanged is when the status began; zero means the start of the CIC.
	StatusChanged time.Time
}

// Workgroup is a workgroup at the start. Members are activated in it if it has a queue.
type Workgroup struct {
	Name    wfm.Workgroup
	Queue   bool
	Members []wfm.AgentID
}

// DefaultStatuses are status messages with the names of Interaction Designer and CIC's five groups. Their
// attributes are this simulator's choice, as those of a new CIC are not documented.
func DefaultStatuses() []wfm.StatusDefinition {
	return []wfm.StatusDefinition{
		{Key: "Available", Text: "Available", Group: "Available", ACD: true},
		{Key: "Gone home", Text: "Gone home", Group: "Unavailable"},
		{Key: "Follow up", Text: "Follow up", Group: "Followup", ACW: true},
		{Key: "ACD - Agent not answering", Text: "ACD - Agent not answering", Group: "Unavailable"},
		{Key: "At lunch", Text: "At lunch", Group: "Break"},
		{Key: "In a meeting", Text: "In a meeting", Group: "Unavailable"},
		{Key: "At a training session", Text: "At a training session", Group: "Training"},
		{Key: "Do not disturb", Text: "Do not disturb", Group: "Unavailable", DND: true},
	}
}

// Plain is a CIC of so many users, agent0001 and on, logged in and available, spread over so many workgroups with
// queues, Team 01 and on (every third user is in two), and all of them in MasterWorkgroup.
func Plain(users, workgroups int) Config {
	var cfg Config
	for i := range workgroups {
		cfg.Workgroups = append(cfg.Workgroups, Workgroup{Name: wfm.Workgroup(fmt.Sprintf("Team %02d", i+1)), Queue: true})
	}
	master := Workgroup{Name: MasterWorkgroup}
	for i := range users {
		u := User{ID: wfm.AgentID(fmt.Sprintf("agent%04d", i+1)), Extension: fmt.Sprint(8001 + i), LoggedIn: true}
		cfg.Users = append(cfg.Users, u)
		master.Members = append(master.Members, u.ID)
		if workgroups > 0 {
			home := &cfg.Workgroups[i%workgroups]
			home.Members = append(home.Members, u.ID)
			if other := &cfg.Workgroups[(i+1)%workgroups]; i%3 == 0 && other != home {
				other.Members = append(other.Members, u.ID)
			}
		}
	}
	cfg.Workgroups = append(cfg.Workgroups, master)
	return cfg
}

// NewCIC starts a CIC. Its error joins every problem of the configuration.
func NewCIC(cfg Config) (*CIC, error) {
	c := &CIC{now: cfg.Now, users: make(map[string]*user), workgroups: make(map[string]*workgroup),
		statuses: make(map[string]*status), interactions: make(map[string]*interaction), passwords: make(map[string]wfm.Secret)}
	if c.now == nil {
		c.now = time.Now
	}
	c.started = c.now()
	if cfg.Statuses == nil {
		cfg.Statuses = DefaultStatuses()
	}
	var errs []error
	if len(cfg.Statuses) == 0 {
		errs = append(errs, wfm.Problem{Field: "statuses", Reason: "are none", Remedy: "define at least one status message"})
		return nil, errors.Join(errs...)
	}
	for _, s := range cfg.Statuses {
		errs = append(errs, c.DefineStatus(s))
	}
	for _, u := range cfg.Users {
		errs = append(errs, c.AddUser(u))
	}
	for _, w := range cfg.Workgroups {
		errs = append(errs, c.AddWorkgroup(w))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return c, nil
}
