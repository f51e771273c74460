package vendortest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// A spot is a place of a state in which a name of CIC stands.
type spot struct {
	name string
	put  func(s *wfm.AgentState, text string)
}

func spots() []spot {
	return []spot{
		{"the agent", func(s *wfm.AgentState, text string) { s.Agent = wfm.AgentID(text) }},
		{"the extension", func(s *wfm.AgentState, text string) { s.Extension = text }},
		{"the status", func(s *wfm.AgentState, text string) {
			s.Status.Key, s.Status.Text, s.Status.Group = wfm.StatusKey(text), text, wfm.StatusGroup(text)
		}},
		{"the workgroup", func(s *wfm.AgentState, text string) {
			s.Workgroups, s.Workgroup = []wfm.Workgroup{wfm.Workgroup(text)}, wfm.Workgroup(text)
		}},
	}
}

// hostileFrames puts each name in each spot of one agent of three, and compares with a plain name there, or where the agent
// is skipped, with the other two alone.
func (k *kit) hostileFrames(_ context.Context, enc vendors.RTAEncoder) error {
	all, err := tellable(enc, 3)
	if err != nil {
		return err
	}
	others := []wfm.AgentState{all[0], all[2]}
	alone, err := connection(enc, others, nil)
	if err != nil {
		return err
	}
	var problems []error
	for _, spot := range spots() {
		with := func(text string) (written, error) {
			odd := all[1]
			spot.put(&odd, text)
			states := append(slices.Clone(others), odd)
			slices.SortFunc(states, func(a, b wfm.AgentState) int { return cmp.Compare(a.Agent, b.Agent) })
			return connection(enc, states, &odd)
		}
		want, err := with(plainName)
		if err != nil {
			return err
		}
		left := readings(decodeText(want.Bytes), plainName)
		for _, name := range hostileNames() {
			got, err := with(name)
			if err == nil {
				if len(got.skipped) != len(want.skipped) {
					err = framesUnharmed(enc, alone, got, others, nil) // what it says of the agent is its reason
				} else {
					err = framesUnharmed(enc, want, got, others, &left)
				}
			}
			if err != nil {
				problems = append(problems, fmt.Errorf("with %s as %s: %w", wfm.Quote(name), spot.name, err))
			}
		}
	}
	return some(problems)
}

// connection writes a snapshot and then, of one agent, a change.
func connection(enc vendors.RTAEncoder, states []wfm.AgentState, odd *wfm.AgentState) (written, error) {
	session := enc.NewSession()
	w, err := snapshot(session, states)
	if err != nil || odd == nil {
		return w, err
	}
	next := *odd
	next.Since = present()
	_, other := vendors.SkippedIn(session.AppendChanges(&w.Frames, present(), []wfm.StatusChange{changeTo(*odd, next)}))
	return w, errors.Join(other, wholeFrames(&w.Frames, 0))
}

// framesUnharmed compares frames with those of a plain name: as many frames, ends, records and fields, and the same
// records of the other agents.
func framesUnharmed(enc vendors.RTAEncoder, want, got written, others []wfm.AgentState, left *[]reading) error {
	if want.Len() != got.Len() {
		return fmt.Errorf("%d frames instead of %d", got.Len(), want.Len())
	}
	decoded, ok, err := read(enc, got.Bytes, len(got.Bytes))
	if err != nil {
		return err
	}
	if ok {
		plain, _, err := read(enc, want.Bytes, len(want.Bytes))
		if err != nil {
			return err
		}
		return sameRecords(plain, decoded, others)
	}
	if n := want.Len(); n > 0 {
		end := want.Bytes[len(want.Bytes)-1:]
		if bytes.Count(want.Bytes, end) == n && bytes.Count(got.Bytes, end) != n {
			return fmt.Errorf("%q, which ends frames, stands inside one", end)
		}
	}
	if left == nil {
		return nil
	}
	remaining, err := survivors(*left, decodeText(want.Bytes), decodeText(got.Bytes))
	if err != nil {
		return err
	}
	*left = remaining
	return nil
}

func sameRecords(want, got []vendors.Decoded, others []wfm.AgentState) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d records instead of %d", len(got), len(want))
	}
	key := func(d vendors.Decoded) string { return fmt.Sprint(d.Record, len(d.Fields)) }
	var a, b []string
	for i := range want {
		a, b = append(a, key(want[i])), append(b, key(got[i]))
	}
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		return errors.New("records have other names or numbers of fields")
	}
	for _, s := range others {
		x, y := recordsOf(want, s.Agent), recordsOf(got, s.Agent)
		if !slices.Equal(x, y) {
			return fmt.Errorf("agent %s is told as %v instead of %v", s.Agent, y, x)
		}
	}
	return nil
}

func recordsOf(list []vendors.Decoded, agent wfm.AgentID) (texts []string) {
	for _, d := range list {
		if d.Agent == string(agent) {
			texts = append(texts, fmt.Sprintf("%s %s %q %q %q %q %s", d.Record, d.Event, d.Extension, d.Workgroup, d.Code, d.Reason, d.Time))
		}
	}
	return texts
}
