package vendortest

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// told looks that something is appended for each step that must be told, and with a reader for whom.
func (k *kit) told(_ context.Context, enc vendors.RTAEncoder) error {
	all, err := tellable(enc, 3)
	if err != nil {
		return err
	}
	session := enc.NewSession()
	var problems []error
	for _, step := range lifeOf(all) {
		w, err := write(func(f *wfm.Frames) error { return step.call(session, f) })
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		if step.must == "" || slices.ContainsFunc(w.skipped, func(s *vendors.Skipped) bool { return s.Agent == step.must }) {
			continue
		}
		if w.Len() == 0 {
			problems = append(problems, fmt.Errorf("%s of agent %s gives no frame and no *vendors.Skipped", step.name, step.must))
		}
	}
	return errors.Join(append(problems, everyAgent(enc, all))...)
}

// everyAgent reads a snapshot and counts the records of each agent by the fan-out. Without a reader the frames must grow with the agents.
func everyAgent(enc vendors.RTAEncoder, all []wfm.AgentState) error {
	outside := slices.Clone(all)
	extra := sampleStates(len(all)*3 + 1)[len(all)*3]
	extra.Workgroups = nil
	full, err := snapshot(enc.NewSession(), all)
	if err != nil {
		return err
	}
	more, err := snapshot(enc.NewSession(), append(outside, extra))
	if err != nil {
		return err
	}
	if err := sameFrames(full.Frames, more.Frames); err != nil {
		return fmt.Errorf("an agent without a workgroup is not in adherence, and a snapshot tells of it: %w", err)
	}
	if decoded, ok, err := read(enc, full.Bytes, len(full.Bytes)); err != nil || ok {
		return errors.Join(err, count(enc, all, decoded))
	}
	for i := range all {
		fewer, err := snapshot(enc.NewSession(), slices.Delete(slices.Clone(all), i, i+1))
		if err != nil {
			return err
		}
		alone, err := snapshot(enc.NewSession(), all[i:i+1])
		if err != nil {
			return err
		}
		if len(fewer.Bytes) >= len(full.Bytes) || alone.Len() == 0 {
			return fmt.Errorf("a snapshot does not tell of agent %s", all[i].Agent)
		}
	}
	return nil
}

// count holds the records of a snapshot against the fan-out.
func count(enc vendors.RTAEncoder, all []wfm.AgentState, decoded []vendors.Decoded) error {
	records := 0
	for _, d := range decoded {
		if d.Agent != "" || d.Extension != "" {
			records++
		}
	}
	want := 0
	for _, s := range all {
		if enc.Traits().FanOut == vendors.PerWorkgroup {
			want += len(s.Workgroups)
		} else {
			want++
		}
	}
	if records < want {
		return fmt.Errorf("a snapshot of %d agents has %d records of agents; by FanOut %q there are %d", len(all), records, enc.Traits().FanOut, want)
	}
	return nil
}

// manyAgents is more than any CIC server has users logged on.
const manyAgents = 10_000

func (k *kit) many(_ context.Context, enc vendors.RTAEncoder) error {
	all := sampleStates(manyAgents)
	w, err := snapshot(enc.NewSession(), all)
	if err != nil {
		return err
	}
	unmapped := map[wfm.AgentID]bool{}
	for _, s := range w.skipped {
		if !s.Unmapped {
			return fmt.Errorf("of %d agents one cannot be written: %w", manyAgents, s)
		}
		unmapped[s.Agent] = true
	}
	all = slices.DeleteFunc(all, func(s wfm.AgentState) bool { return unmapped[s.Agent] })
	decoded, ok, err := read(enc, w.Bytes, len(w.Bytes))
	if err != nil {
		return err
	}
	if ok {
		return count(enc, all, decoded)
	}
	if len(w.Bytes) < len(all) {
		return fmt.Errorf("%d agents make %d bytes", len(all), len(w.Bytes))
	}
	return nil
}
