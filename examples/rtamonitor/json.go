package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// jsonView writes one object a line.
type jsonView struct{ out io.Writer }

type agentLine struct {
	Event      string          `json:"event"`
	Server     string          `json:"server"`
	Agent      wfm.AgentID     `json:"agent"`
	Extension  string          `json:"extension,omitempty"`
	Status     wfm.StatusKey   `json:"status"`
	LoggedIn   bool            `json:"loggedIn"`
	Activity   string          `json:"activity"`
	Workgroup  wfm.Workgroup   `json:"workgroup,omitempty"` // that the agent handles something of
	Since      string          `json:"since"`
	Workgroups []wfm.Workgroup `json:"workgroups"`
	What       string          `json:"what,omitempty"`
}

// healthLine has the keys of an agentLine too, for readers that expect them in every line: Status is the
// server's state, and what only agents have is null or empty.
type healthLine struct {
	Event      string          `json:"event"`
	Server     string          `json:"server"`
	Agent      *wfm.AgentID    `json:"agent"`
	Status     string          `json:"status"`
	LoggedIn   *bool           `json:"loggedIn"`
	Activity   *string         `json:"activity"`
	Since      string          `json:"since"`
	Workgroups []wfm.Workgroup `json:"workgroups"`
	Host       string          `json:"host,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	SkewMS     int64           `json:"skew_ms"`
	Agents     int             `json:"agents"`
	Connects   int             `json:"connects"`
	Remarks    []string        `json:"remarks,omitempty"`
}

// stamp writes a time as RFC 3339 in UTC, which knows no year beyond 9999: a server may name one.
func stamp(t time.Time) string {
	if t = t.UTC(); t.Year() > 9999 {
		t = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
	}
	return t.Format(time.RFC3339Nano)
}

func lineOf(event string, s *wfm.AgentState) agentLine {
	groups := s.Workgroups
	if groups == nil {
		groups = []wfm.Workgroup{}
	}
	return agentLine{Event: event, Server: s.Server, Agent: s.Agent, Extension: s.Extension, Status: s.Status.Key, LoggedIn: s.LoggedIn,
		Activity: s.Activity.String(), Workgroup: s.Workgroup, Since: stamp(s.Since), Workgroups: groups}
}

func (v *jsonView) write(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = v.out.Write(append(visible(b), '\n'))
	return err
}

// visible escapes what encoding/json leaves as it is but terminals obey or text editors hide: DEL, the control characters
// beyond ASCII, and those that turn the direction of text.
func visible(b []byte) []byte {
	if !bytes.ContainsFunc(b, steers) {
		return b
	}
	var out []byte
	for _, r := range string(b) {
		if !steers(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, u := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, "\\u%04x", u)
		}
	}
	return out
}

func (v *jsonView) health(h rta.ServerHealth) error {
	return v.write(healthLine{Event: "health", Server: h.Server, Status: h.State.String(), Since: stamp(h.Since), Workgroups: []wfm.Workgroup{},
		Host: h.Host, Reason: h.Reason, SkewMS: h.Skew.Milliseconds(), Agents: h.Agents, Connects: h.Connects, Remarks: h.Remarks})
}

func (v *jsonView) snapshot(all []wfm.AgentState) error {
	for i := range all {
		if err := v.write(lineOf("snapshot", &all[i])); err != nil {
			return err
		}
	}
	return nil
}

func (v *jsonView) change(c *wfm.StatusChange) error {
	line := lineOf("change", &c.Now)
	line.What = c.Event().String()
	return v.write(line)
}

func (v *jsonView) draw(time.Time) error { return nil }
func (v *jsonView) end() error           { return nil }
