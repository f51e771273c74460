package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// view is a way to show the stream.
type view interface {
	health(rta.ServerHealth) error
	snapshot([]wfm.AgentState) error
	change(*wfm.StatusChange) error
	draw(now time.Time) error // again and again, in the clock of the server
	end() error
}

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
	Since      time.Time       `json:"since"`
	Workgroups []wfm.Workgroup `json:"workgroups"`
	What       string          `json:"what,omitempty"`
}

type healthLine struct {
	Event    string    `json:"event"`
	Server   string    `json:"server"`
	State    string    `json:"state"`
	Host     string    `json:"host,omitempty"`
	Since    time.Time `json:"since"`
	Reason   string    `json:"reason,omitempty"`
	SkewMS   int64     `json:"skew_ms"`
	Agents   int       `json:"agents"`
	Connects int       `json:"connects"`
	Remarks  []string  `json:"remarks,omitempty"`
}

func lineOf(event string, s *wfm.AgentState) agentLine {
	groups := s.Workgroups
	if groups == nil {
		groups = []wfm.Workgroup{}
	}
	return agentLine{Event: event, Server: s.Server, Agent: s.Agent, Extension: s.Extension, Status: s.Status.Key, LoggedIn: s.LoggedIn,
		Activity: s.Activity.String(), Workgroup: s.Workgroup, Since: s.Since.UTC(), Workgroups: groups}
}

func (v *jsonView) write(line any) error {
	b, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = v.out.Write(append(b, '\n'))
	return err
}

func (v *jsonView) health(h rta.ServerHealth) error {
	return v.write(healthLine{"health", h.Server, h.State.String(), h.Host, h.Since.UTC(), h.Reason, h.Skew.Milliseconds(), h.Agents, h.Connects, h.Remarks})
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

// lineView writes a line for each piece of news.
type lineView struct{ out io.Writer }

func (v *lineView) health(h rta.ServerHealth) error {
	if _, err := fmt.Fprintf(v.out, "%s  server %s %s\n", h.Since.UTC().Format(time.TimeOnly), clean(h.Server), healthText(h)); err != nil {
		return err
	}
	for _, r := range h.Remarks {
		if _, err := fmt.Fprintf(v.out, "          remark: %s\n", r); err != nil {
			return err
		}
	}
	return nil
}

func (v *lineView) snapshot(all []wfm.AgentState) error {
	for i := range all {
		if _, err := fmt.Fprintf(v.out, "%s  %s\n", all[i].Since.UTC().Format(time.TimeOnly), agentText(&all[i])); err != nil {
			return err
		}
	}
	return nil
}

func (v *lineView) change(c *wfm.StatusChange) error {
	_, err := fmt.Fprintf(v.out, "%s  %s  (%s)\n", c.Now.Since.UTC().Format(time.TimeOnly), agentText(&c.Now), c.Event())
	return err
}

func (v *lineView) draw(time.Time) error { return nil }
func (v *lineView) end() error           { return nil }

// tableView draws a table into a terminal, again when something changed.
type tableView struct {
	out     io.Writer
	size    func() (width, height int)
	servers []rta.ServerHealth
	agents  []wfm.AgentState // sorted by id
	changes int
	started bool
}

func (v *tableView) health(h rta.ServerHealth) error {
	if i := slices.IndexFunc(v.servers, func(o rta.ServerHealth) bool { return o.Server == h.Server }); i >= 0 {
		v.servers[i] = h
	} else {
		v.servers = append(v.servers, h)
	}
	return nil
}

func (v *tableView) snapshot(all []wfm.AgentState) error {
	v.agents = slices.Clone(all)
	return nil
}

func (v *tableView) change(c *wfm.StatusChange) error {
	v.changes++
	i, found := slices.BinarySearchFunc(v.agents, c.Now.Agent, func(s wfm.AgentState, id wfm.AgentID) int { return strings.Compare(string(s.Agent), string(id)) })
	switch {
	case c.Event() == wfm.EventLeft:
		if found {
			v.agents = slices.Delete(v.agents, i, i+1)
		}
	case found:
		v.agents[i] = c.Now
	default:
		v.agents = slices.Insert(v.agents, i, c.Now)
	}
	return nil
}

func (v *tableView) draw(now time.Time) error {
	width, height := v.size()
	var b strings.Builder
	if v.started {
		b.WriteString("\x1b[H")
	} else {
		v.started = true
		b.WriteString("\x1b[2J\x1b[H")
	}
	line := func(format string, a ...any) {
		text := []rune(fmt.Sprintf(format, a...))
		b.WriteString(string(text[:min(len(text), max(width-1, 1))]) + "\x1b[K\n")
	}
	for _, h := range v.servers {
		line("%s %s", clean(h.Server), healthText(h))
	}
	line("%d agents, %d changes, %s UTC", len(v.agents), v.changes, now.UTC().Format(time.TimeOnly))
	line("%-20s %-8s %-24s %-12s %9s  %s", "AGENT", "EXT", "STATUS", "ACTIVITY", "FOR", "WORKGROUPS")
	room := max(height-len(v.servers)-4, 1)
	for i := range v.agents[:min(room, len(v.agents))] {
		s := &v.agents[i]
		line("%-20s %-8s %-24s %-12s %9s  %s", clean(string(s.Agent)), clean(s.Extension), clean(string(s.Status.Key)), s.Activity,
			max(now.Sub(s.Since), 0).Truncate(time.Second), groupText(s))
	}
	if more := len(v.agents) - room; more > 0 {
		line("… and %d more", more)
	}
	b.WriteString("\x1b[J")
	_, err := io.WriteString(v.out, b.String())
	return err
}

func (v *tableView) end() error { return nil }

func healthText(h rta.ServerHealth) string {
	text := h.State.String()
	if h.Host != "" {
		text += " at " + clean(h.Host)
	}
	if h.Reason != "" {
		text += ": " + h.Reason
	}
	return wfm.OneLine(text)
}

func agentText(s *wfm.AgentState) string {
	return fmt.Sprintf("%-16s %-20s %-12s %s", clean(string(s.Agent)), clean(string(s.Status.Key)), s.Activity, groupText(s))
}

func groupText(s *wfm.AgentState) string {
	names := make([]string, len(s.Workgroups))
	for i, g := range s.Workgroups {
		names[i] = clean(string(g))
		if g == s.Workgroup && g != "" {
			names[i] += "*"
		}
	}
	return strings.Join(names, ", ")
}

// clean keeps names of foreign systems from steering the terminal.
func clean(s string) string { return wfm.OneLine(s) }
