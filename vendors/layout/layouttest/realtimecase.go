package layouttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// realTimeCase is case.yaml of a real-time feed.
type realTimeCase struct {
	About    string           `yaml:"about"`
	Settings realTimeSettings `yaml:"settings"`
	// Now is the time of every step that has none of its own.
	Now   time.Time  `yaml:"now"`
	Steps []stepFile `yaml:"steps"`
	// Skipped lists, in order, a part of the message of every agent who is not written.
	Skipped []string `yaml:"skipped"`
	// Error lists parts of the message where the settings must be refused.
	Error  []string `yaml:"error"`
	Advice []string `yaml:"advice"`
}

type realTimeSettings struct {
	Location        string            `yaml:"location"`
	Level           string            `yaml:"level"`
	Preset          string            `yaml:"preset"`
	Identify        string            `yaml:"identify"`
	Names           map[string]string `yaml:"names"`
	Values          map[string]string `yaml:"values"`
	UpdateFrequency string            `yaml:"update-frequency"`
	Heartbeat       string            `yaml:"heartbeat"`
	Refresh         string            `yaml:"refresh"`
	Statuses        statusesFile      `yaml:"statuses"`
}

type statusesFile struct {
	Statuses   map[string]codeFile `yaml:"statuses"`
	Groups     map[string]codeFile `yaml:"groups"`
	Activities map[string]codeFile `yaml:"activities"`
	Unmapped   string              `yaml:"unmapped"`
	Default    codeFile            `yaml:"default"`
}

type codeFile struct {
	Code   string `yaml:"code"`
	Reason string `yaml:"reason"`
}

// stepFile is one call of the session; exactly one of the kinds is set.
type stepFile struct {
	Now       time.Time       `yaml:"now"`
	Snapshot  []realTimeState `yaml:"snapshot"`
	Changes   []changeFile    `yaml:"changes"`
	Health    string          `yaml:"health"`
	Heartbeat bool            `yaml:"heartbeat"`
}

type changeFile struct {
	Before realTimeState `yaml:"before"`
	Now    realTimeState `yaml:"now"`
	Until  time.Time     `yaml:"until"` // that of Now, where it is not given
	Merged int           `yaml:"merged"`
}

type realTimeState struct {
	Agent      string    `yaml:"agent"`
	Extension  string    `yaml:"extension"`
	Server     string    `yaml:"server"`
	LoggedIn   bool      `yaml:"logged-in"`
	Status     string    `yaml:"status"`
	Text       string    `yaml:"text"`
	Group      string    `yaml:"group"`
	Activity   string    `yaml:"activity"`
	Since      time.Time `yaml:"since"`
	Workgroup  string    `yaml:"workgroup"`
	Workgroups []string  `yaml:"workgroups"`
}

func readRealTimeCase(dir string) (*realTimeCase, error) {
	c := new(realTimeCase)
	data, err := os.ReadFile(filepath.Join(dir, "case.yaml"))
	if err != nil {
		return c, err
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	return c, dec.Decode(c)
}

func (s realTimeSettings) settings(dir string) (vendors.RTASettings, error) {
	out := vendors.RTASettings{Level: s.Level, Preset: s.Preset, Identify: vendors.Identifier(s.Identify), Values: s.Values,
		Statuses: vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{}, ByGroup: map[wfm.StatusGroup]vendors.Code{},
			ByActivity: map[wfm.AgentActivity]vendors.Code{}, Unmapped: vendors.UnmappedRule(s.Statuses.Unmapped), Default: vendors.Code(s.Statuses.Default)},
		Names: map[wfm.AgentID]string{}}
	var err error
	if s.Location != "" {
		if out.Location, err = time.LoadLocation(s.Location); err != nil {
			return out, err
		}
	}
	for _, d := range []struct {
		text string
		dst  **time.Duration
	}{{s.UpdateFrequency, &out.UpdateFrequency}, {s.Heartbeat, &out.Heartbeat}, {s.Refresh, &out.Refresh}} {
		if d.text == "" {
			continue
		}
		v, err := time.ParseDuration(d.text)
		if err != nil {
			return out, err
		}
		*d.dst = &v
	}
	for user, name := range s.Names {
		out.Names[wfm.AgentID(user)] = name
	}
	for key, code := range s.Statuses.Statuses {
		out.Statuses.ByStatus[wfm.StatusKey(key)] = vendors.Code(code)
	}
	for group, code := range s.Statuses.Groups {
		out.Statuses.ByGroup[wfm.StatusGroup(group)] = vendors.Code(code)
	}
	for name, code := range s.Statuses.Activities {
		a, ok := wfm.ParseAgentActivity(name)
		if !ok {
			return out, fmt.Errorf("%q is no activity", name)
		}
		out.Statuses.ByActivity[a] = vendors.Code(code)
	}
	files, err := filepath.Glob(filepath.Join(dir, "layouts", "*.yaml"))
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			return out, err
		}
		out.Layout = &vendors.File{Name: filepath.Base(f), Data: data}
	}
	return out, err
}

func (s realTimeState) state() (wfm.AgentState, error) {
	a, ok := wfm.ParseAgentActivity(s.Activity)
	if !ok && s.Activity != "" {
		return wfm.AgentState{}, fmt.Errorf("%q is no activity", s.Activity)
	}
	out := wfm.AgentState{Agent: wfm.AgentID(s.Agent), Extension: s.Extension, Server: s.Server, LoggedIn: s.LoggedIn, Activity: a, Since: s.Since,
		Status:    wfm.StatusDefinition{Key: wfm.StatusKey(s.Status), Text: s.Text, Group: wfm.StatusGroup(s.Group)},
		Workgroup: wfm.Workgroup(s.Workgroup)}
	for _, g := range s.Workgroups {
		out.Workgroups = append(out.Workgroups, wfm.Workgroup(g))
	}
	return out, nil
}

func states(list []realTimeState) ([]wfm.AgentState, error) {
	var out []wfm.AgentState
	for _, s := range list {
		one, err := s.state()
		if err != nil {
			return out, err
		}
		out = append(out, one)
	}
	return out, nil
}

func changes(list []changeFile) ([]wfm.StatusChange, error) {
	var out []wfm.StatusChange
	for _, c := range list {
		pair, err := states([]realTimeState{c.Before, c.Now})
		if err != nil {
			return out, err
		}
		one := wfm.StatusChange{Before: pair[0], Until: c.Until, Now: pair[1], Merged: c.Merged}
		if one.Until.IsZero() {
			one.Until = one.Now.Since
		}
		out = append(out, one)
	}
	return out, nil
}

func healthByName(name string) (wfm.FeedHealth, bool) {
	for _, h := range []wfm.FeedHealth{wfm.FeedNormal, wfm.FeedUnavailable, wfm.FeedShutdown} {
		if h.String() == name {
			return h, true
		}
	}
	return 0, false
}
