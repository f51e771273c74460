package main

import (
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

// remarksDrawn is how many of a server's remarks, the latest, a table shows.
const remarksDrawn = 3

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
	b.WriteString("\x1b[?7l") // wide characters must not wrap a line: the table would move
	if v.started {
		b.WriteString("\x1b[H")
	} else {
		v.started = true
		b.WriteString("\x1b[2J\x1b[H")
	}
	above := 0
	line := func(format string, a ...any) {
		text := []rune(fmt.Sprintf(format, a...))
		b.WriteString(string(text[:min(len(text), max(width-1, 1))]) + "\x1b[K\n")
		above++
	}
	for _, h := range v.servers {
		line("%s %s", clean(h.Server), healthText(h))
		for _, r := range h.Remarks[max(len(h.Remarks)-remarksDrawn, 0):] {
			line("  remark: %s", clean(r))
		}
	}
	line("%d agents, %d changes, %s UTC", len(v.agents), v.changes, now.UTC().Format(time.TimeOnly))
	line("%-20s %-8s %-24s %-12s %9s  %s", "AGENT", "EXT", "STATUS", "ACTIVITY", "FOR", "WORKGROUPS")
	room := max(height-above-2, 1) // below are the line that counts the others, and the cursor's
	for i := range v.agents[:min(room, len(v.agents))] {
		s := &v.agents[i]
		line("%-20s %-8s %-24s %-12s %9s  %s", clean(string(s.Agent)), clean(s.Extension), clean(string(s.Status.Key)), s.Activity,
			max(now.Sub(s.Since), 0).Truncate(time.Second), groupText(s))
	}
	if more := len(v.agents) - room; more > 0 {
		line("… and %d more", more)
	}
	b.WriteString("\x1b[J\x1b[?7h")
	_, err := io.WriteString(v.out, b.String())
	return err
}

func (v *tableView) end() error { return nil }
