package main

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// lineView writes a line for each piece of news.
type lineView struct {
	out  io.Writer
	told map[[2]string]bool // remarks, by server
}

func (v *lineView) health(h rta.ServerHealth) error {
	if _, err := fmt.Fprintf(v.out, "%s  server %s %s\n", h.Since.UTC().Format(time.TimeOnly), clean(h.Server), healthText(h)); err != nil {
		return err
	}
	for _, r := range h.Remarks {
		key := [2]string{h.Server, r}
		if v.told[key] {
			continue
		}
		if v.told == nil {
			v.told = make(map[[2]string]bool)
		}
		v.told[key] = true
		if _, err := fmt.Fprintf(v.out, "          remark: %s\n", clean(r)); err != nil {
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

func healthText(h rta.ServerHealth) string {
	text := h.State.String()
	if h.Host != "" {
		text += " at " + clean(h.Host)
	}
	if h.Reason != "" {
		text += ": " + clean(h.Reason)
	}
	return text
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

// steers tells characters that steer a terminal, or hide or turn the text around them.
func steers(r rune) bool {
	return r >= 0x7f && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) || r == '\u2028' || r == '\u2029'
}

// clean keeps names of foreign systems from steering the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if steers(r) {
			return -1
		}
		return r
	}, wfm.OneLine(s))
}
