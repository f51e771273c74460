package vendortest

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
)

func (k *kit) realTimeCases() []conform.Case {
	return []conform.Case{
		{Name: "rta traits", Rule: "Traits are defined, the same in every call and of every encoder, and Level is one of Levels", Run: k.withFrames(k.traits)},
		{Name: "rta levels", Rule: "each queue-state level of Levels can be chosen, and every other one is refused", Run: k.levels},
		{Name: "rta snapshot and changes", Rule: "a snapshot tells every agent in adherence, and each change of an agent is told after it", Run: k.withFrames(k.told)},
		{Name: "rta sessions", Rule: "sessions of one encoder do not know of each other, and may run at the same time", Run: k.withFrames(k.sessions)},
		{Name: "rta input", Rule: "states and changes are neither changed nor kept", Run: k.withFrames(k.inputStates)},
		{Name: "rta unmapped", Rule: "a status without a code is a *vendors.Skipped with Unmapped, as CheckStatuses foretells, and the frames of all other agents are whole",
			Run: k.unmapped},
		{Name: "rta time in state", Rule: "a time in state is never negative, also where a state begins after now by the clock of another server", Run: k.withFrames(k.negative)},
		{Name: "rta append", Rule: "frames are appended: what stands before them stays as it is, and Frames.Ends with it", Run: k.withFrames(k.appended)},
		{Name: "rta delimited", Rule: "frames are delimited by themselves: a receiver reads the same records however the bytes come, and no frame needs the next",
			Run: k.withFrames(k.delimited)},
		{Name: "rta heartbeat", Rule: "where Traits.Heartbeat is set, sessions append a heartbeat; every health is told or passed over without an error",
			Run: k.withFrames(k.heartbeat)},
		{Name: "rta hostile names", Rule: "no name of CIC breaks a record or adds a field, and the records of other agents stay as they are", Run: k.withFrames(k.hostileFrames)},
		{Name: "rta many agents", Rule: "ten thousand agents are told in one snapshot", Run: k.withFrames(k.many)},
	}
}

// withFrames gives a case an encoder.
func (k *kit) withFrames(run func(context.Context, vendors.RTAEncoder) error) func(context.Context) error {
	return func(ctx context.Context) error {
		enc, err := k.realTime()
		if err != nil {
			return err
		}
		return run(ctx, enc)
	}
}

func (k *kit) traits(_ context.Context, enc vendors.RTAEncoder) error {
	t := enc.Traits()
	if _, _, err := k.life(enc.NewSession(), sampleStates(3)); err != nil {
		return err
	}
	other, err := k.realTime()
	if err != nil {
		return err
	}
	var problems []error
	for _, again := range []vendors.Traits{enc.Traits(), other.Traits()} {
		if !reflect.DeepEqual(t, again) {
			problems = append(problems, fmt.Errorf("the Traits are %+v first and %+v then", t, again))
		}
	}
	if t.FanOut != vendors.PerUser && t.FanOut != vendors.PerWorkgroup {
		problems = append(problems, fmt.Errorf("FanOut is %s, which is none", wfm.Quote(string(t.FanOut))))
	}
	if !slices.Contains(t.Levels, t.Level) {
		problems = append(problems, fmt.Errorf("the Level %s is not among Levels %v", t.Level, t.Levels))
	}
	for name, d := range map[string]time.Duration{"UpdateFrequency": t.UpdateFrequency, "Refresh": t.Refresh, "Heartbeat": t.Heartbeat} {
		if d < 0 {
			problems = append(problems, fmt.Errorf("%s is %s", name, d))
		}
	}
	return errors.Join(problems...)
}

func (k *kit) levels(context.Context) error {
	enc, err := k.realTime()
	if err != nil {
		return err
	}
	permitted := enc.Traits().Levels
	var problems []error
	for _, name := range []string{"off", "minimal", "verbose", "everything"} {
		s := k.rtaSettings()
		s.Level = name
		enc, err := k.RealTime(s)
		level, unknown := wfm.ParseQueueLevel(name)
		may := unknown == nil && slices.Contains(permitted, level)
		switch {
		case may && err != nil:
			problems = append(problems, fmt.Errorf("level %s is among Levels and refused: %w", name, err))
		case may && enc.Traits().Level != level:
			problems = append(problems, fmt.Errorf("level %s was chosen, and Traits say %s", name, enc.Traits().Level))
		case !may && err == nil:
			problems = append(problems, fmt.Errorf("level %s is not among Levels and taken; use vendors.ChooseLevel", name))
		}
	}
	return errors.Join(problems...)
}

func (k *kit) sessions(_ context.Context, enc vendors.RTAEncoder) error {
	all := sampleStates(6)
	want, _, err := k.life(enc.NewSession(), all)
	if err != nil {
		return err
	}
	// One after the other, step by step, with another session that is elsewhere.
	var f wfm.Frames
	one, other := enc.NewSession(), enc.NewSession()
	steps := lifeOf(all)
	elsewhere := lifeOf(sampleStates(9)[3:])
	for i, step := range steps {
		var away wfm.Frames
		_ = elsewhere[len(steps)-1-i].call(other, &away) // what it skips is no matter
		_ = step.call(one, &f)
	}
	if err := sameFrames(want, f); err != nil {
		return fmt.Errorf("a session writes otherwise beside another one: %w", err)
	}
	return errors.Join(conform.Parallel(8, func(int) error {
		got, _, err := k.life(enc.NewSession(), all)
		if err != nil {
			return err
		}
		return sameFrames(want, got)
	})...)
}

func (k *kit) inputStates(_ context.Context, enc vendors.RTAEncoder) error {
	all := sampleStates(3)
	want, _, err := k.life(enc.NewSession(), all)
	if err != nil {
		return err
	}
	if !reflect.DeepEqual(all, sampleStates(3)) {
		return errors.New("the states were changed")
	}
	var f wfm.Frames
	session := enc.NewSession()
	for i := range lifeOf(all) {
		mine := sampleStates(3) // of this call alone
		step := lifeOf(mine)[i]
		_ = step.call(session, &f)
		for j := range mine {
			for n := range mine[j].Workgroups {
				mine[j].Workgroups[n] = "scribbled"
			}
			mine[j] = wfm.AgentState{Agent: "scribbled"}
		}
	}
	if err := sameFrames(want, f); err != nil {
		return fmt.Errorf("states were changed after a call, and a later one shows it: %w", err)
	}
	return nil
}

// minus is a negative number: one whose sign does not stand between the parts of a date.
var minus = regexp.MustCompile(`(?:^|[^0-9A-Za-z])-[0-9]`)

func (k *kit) negative(_ context.Context, enc vendors.RTAEncoder) error {
	all, err := tellable(enc, 3)
	if err != nil {
		return err
	}
	negatives := func(now time.Time) (int, error) {
		session := enc.NewSession()
		w, err := write(func(f *wfm.Frames) error {
			if err := session.AppendSnapshot(f, now, all); err != nil {
				return err
			}
			next := in(all[0], 0, present())
			return session.AppendChanges(f, now, []wfm.StatusChange{changeTo(all[0], next)})
		})
		if err != nil {
			return 0, err
		}
		n := len(minus.FindAllString(decodeText(w.Bytes), -1))
		decoded, _, err := read(enc, w.Bytes, len(w.Bytes))
		for _, d := range decoded {
			for _, f := range d.Fields {
				if minus.MatchString(f.Value) {
					n++
				}
			}
		}
		return n, err
	}
	usual, err := negatives(present())
	if err != nil {
		return err
	}
	early, err := negatives(present().Add(-3 * time.Hour)) // before any of the states began
	if err != nil {
		return err
	}
	if early > usual {
		return errors.New("where now lies before Since, a negative number is written; write 0")
	}
	return nil
}

func (k *kit) heartbeat(_ context.Context, enc vendors.RTAEncoder) error {
	all := sampleStates(3)
	session := enc.NewSession()
	if _, err := snapshot(session, all); err != nil {
		return err
	}
	beats, ok := session.(vendors.HeartbeatSession)
	wanted := enc.Traits().Heartbeat > 0
	if !ok && wanted {
		return errors.New("Traits.Heartbeat is set, and sessions are no vendors.HeartbeatSession")
	}
	if ok {
		w, err := write(func(f *wfm.Frames) error { return beats.AppendHeartbeat(f, present()) })
		if err != nil {
			return fmt.Errorf("heartbeat: %w", err)
		}
		if wanted && w.Len() == 0 {
			return errors.New("Traits.Heartbeat is set, and a heartbeat appends no frame")
		}
	}
	if tells, ok := session.(vendors.HealthSession); ok {
		for _, h := range []wfm.FeedHealth{wfm.FeedNormal, wfm.FeedUnavailable, wfm.FeedShutdown} {
			if _, err := write(func(f *wfm.Frames) error { return tells.AppendHealth(f, present(), h) }); err != nil {
				return fmt.Errorf("health %s: %w", h, err)
			}
		}
	}
	return nil
}
