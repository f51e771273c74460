package vendortest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// present is the time of the samples.
func present() time.Time { return time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC) }

// sampleStatuses are statuses that every CIC server has.
func sampleStatuses() []wfm.StatusDefinition {
	return []wfm.StatusDefinition{
		{Key: "Available", Text: "Available", Group: "Available", ACD: true},
		{Key: "At Lunch", Text: "At Lunch", Group: "Break"},
		{Key: "Follow Up", Text: "Follow Up", Group: "Followup", ACW: true},
	}
}

// sampleStates are those of n agents of up to three workgroups, sorted.
func sampleStates(n int) []wfm.AgentState {
	statuses := sampleStatuses()
	activities := []wfm.AgentActivity{wfm.AgentAvailable, wfm.AgentUnavailable, wfm.AgentAfterCall}
	groups := []wfm.Workgroup{"Team1", "Team2", "Team3"}
	list := make([]wfm.AgentState, n)
	for i := range list {
		list[i] = wfm.AgentState{Agent: plain(i).agent, Extension: fmt.Sprint(10000 + i), Server: "one", LoggedIn: true, Status: statuses[i%3],
			Activity: activities[i%3], Since: present().Add(-time.Duration(60+i%600) * time.Second), Workgroups: slices.Clone(groups[:1+i%3])}
	}
	return list
}

// in puts an agent into the n-th of the sample statuses at a time.
func in(s wfm.AgentState, n int, since time.Time) wfm.AgentState {
	other := sampleStates(n + 1)[n]
	s.Status, s.Activity, s.Since, s.LoggedIn, s.Workgroup = other.Status, other.Activity, since, true, ""
	return s
}

func loggedOff(s wfm.AgentState, since time.Time) wfm.AgentState {
	s.LoggedIn, s.Activity, s.Since, s.Workgroup = false, wfm.AgentLoggedOff, since, ""
	return s
}

// changeTo is the change of an agent to a state.
func changeTo(before, now wfm.AgentState) wfm.StatusChange {
	return wfm.StatusChange{Before: before, Until: now.Since, Now: now}
}

// rtaSettings are those of the harness, with identifiers for the kit's agents where they are mapped.
func (k *kit) rtaSettings() vendors.RTASettings {
	s := k.RTASettings
	if s.Identify == vendors.IdentifyMapped {
		s.Names = maps.Clone(s.Names)
		if s.Names == nil {
			s.Names = map[wfm.AgentID]string{}
		}
		for i := range manyAgents {
			s.Names[plain(i).agent] = string(plain(i).agent)
		}
	}
	return s
}

// written is what one call appended.
type written struct {
	wfm.Frames
	skipped []*vendors.Skipped
}

// write makes one call of a session into empty frames, and holds what a link relies on.
func write(call func(f *wfm.Frames) error) (written, error) {
	var w written
	err := call(&w.Frames)
	skipped, other := vendors.SkippedIn(err)
	w.skipped = skipped
	return w, errors.Join(other, wholeFrames(&w.Frames, 0))
}

// wholeFrames checks that every byte belongs to a frame that was ended.
func wholeFrames(f *wfm.Frames, from int) error {
	at := from
	for _, end := range f.Ends {
		if end <= from {
			continue
		}
		if end <= at || end > len(f.Bytes) {
			return fmt.Errorf("Frames.Ends is %v for %d bytes: ends must rise and lie in Bytes", f.Ends, len(f.Bytes))
		}
		at = end
	}
	if at != len(f.Bytes) {
		return fmt.Errorf("%d bytes stand behind the last frame: call Frames.End, or Drop where a record fails", len(f.Bytes)-at)
	}
	return nil
}

// tellable are n agents whom a snapshot tells, because their statuses have codes. The others of the samples are left out.
func tellable(enc vendors.RTAEncoder, n int) ([]wfm.AgentState, error) {
	all := sampleStates(3 * n)
	w, err := snapshot(enc.NewSession(), all)
	if err != nil {
		return nil, err
	}
	var list []wfm.AgentState
	for _, s := range all {
		if len(list) < n && !slices.ContainsFunc(w.skipped, func(k *vendors.Skipped) bool { return k.Agent == s.Agent }) {
			list = append(list, s)
		}
	}
	if len(list) < n {
		return nil, fmt.Errorf("too few agents are told (%w); give RTASettings a status map with codes for Available, At Lunch and Follow Up", w.skipped[0])
	}
	return list, nil
}

func snapshot(s vendors.Session, all []wfm.AgentState) (written, error) {
	return write(func(f *wfm.Frames) error { return s.AppendSnapshot(f, present(), all) })
}

// step is one call of a session's life.
type step struct {
	name string
	call func(s vendors.Session, f *wfm.Frames) error
	// must says that an agent is to be heard of, unless skipped.
	must wfm.AgentID
}

// lifeOf are the calls of a connection on which everything happens that can, to three agents or more.
func lifeOf(all []wfm.AgentState) []step {
	a, b, c := all[0], all[1], all[2]
	now := present()
	changes := func(name string, must wfm.AgentID, list ...wfm.StatusChange) step {
		return step{name, func(s vendors.Session, f *wfm.Frames) error { return s.AppendChanges(f, now, list) }, must}
	}
	other := in(a, 1, now.Add(-40*time.Second))
	if other.Status == a.Status {
		other = in(a, 0, now.Add(-40*time.Second))
	}
	handles := a
	handles.Activity, handles.Workgroup, handles.Since = wfm.AgentACDTalk, a.Workgroups[0], now.Add(-30*time.Second)
	regrouped := handles
	regrouped.Workgroups = []wfm.Workgroup{"Team1", "Team9"}
	moved := regrouped
	moved.Extension = "19999"
	off, on := loggedOff(b, now.Add(-20*time.Second)), in(b, 0, now.Add(-10*time.Second))
	outside := c
	outside.Workgroups = nil
	fresh := sampleStates(len(all)*3 + 1)[len(all)*3]
	nobody := fresh
	nobody.Workgroups = nil
	merged := changeTo(on, loggedOff(on, now.Add(-time.Second)))
	merged.Merged, merged.Until = 3, now.Add(-5*time.Second)
	back := changeTo(loggedOff(on, now.Add(-time.Second)), in(b, 0, now))
	back.Merged = 2
	return []step{
		{"snapshot", func(s vendors.Session, f *wfm.Frames) error { return s.AppendSnapshot(f, now, all) }, a.Agent},
		changes("a status", a.Agent, changeTo(a, other)),
		changes("a contact", a.Agent, changeTo(other, handles)),
		changes("other workgroups", "", changeTo(handles, regrouped)),
		changes("another extension", "", changeTo(regrouped, moved)),
		changes("log-off", "", changeTo(b, off)),
		changes("log-on", b.Agent, changeTo(off, on)),
		changes("left", "", changeTo(c, outside)),
		changes("entered", "", changeTo(nobody, fresh)),
		changes("entered again", "", changeTo(outside, c)),
		changes("several merged", "", merged),
		changes("merged across a log-on", "", back),
		changes("a batch", a.Agent, changeTo(moved, in(moved, 0, now)), changeTo(fresh, in(fresh, 0, now))),
		changes("nothing", ""),
		{"refresh", func(s vendors.Session, f *wfm.Frames) error { return s.AppendSnapshot(f, now, all) }, a.Agent},
		{"empty snapshot", func(s vendors.Session, f *wfm.Frames) error { return s.AppendSnapshot(f, now, nil) }, ""},
	}
}

// life makes all calls of lifeOf and returns everything that was appended.
func (k *kit) life(s vendors.Session, all []wfm.AgentState) (wfm.Frames, []*vendors.Skipped, error) {
	var f wfm.Frames
	var skipped []*vendors.Skipped
	for _, step := range lifeOf(all) {
		from := len(f.Bytes)
		list, other := vendors.SkippedIn(step.call(s, &f))
		if err := errors.Join(other, wholeFrames(&f, from)); err != nil {
			return f, nil, fmt.Errorf("%s: %w", step.name, err)
		}
		skipped = append(skipped, list...)
	}
	return f, skipped, nil
}
