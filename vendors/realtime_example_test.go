package vendors_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// ticker is a real-time adapter of one's own in plain Go: a line per state.
type ticker struct{ codes *vendors.StatusCodes }

func (ticker) Info() vendors.Info {
	return vendors.Info{Name: "ticker", Title: "Ticker", Presets: []vendors.Preset{
		{Name: "states", Title: "States", Module: "rta", Evidence: vendors.Documented, Sources: []string{"Ticker's manual"}}}}
}

func (ticker) Traits() vendors.Traits {
	return vendors.Traits{FanOut: vendors.PerUser, Levels: []wfm.QueueLevel{wfm.LevelOff}}
}

func (t ticker) NewSession() vendors.Session { return t } // it keeps nothing between calls

func (t ticker) AppendSnapshot(f *wfm.Frames, _ time.Time, all []wfm.AgentState) error {
	var skipped []error
	for i := range all {
		if all[i].InAdherence() {
			skipped = append(skipped, t.append(f, &all[i]))
		}
	}
	return errors.Join(skipped...)
}

func (t ticker) AppendChanges(f *wfm.Frames, _ time.Time, changes []wfm.StatusChange) error {
	var skipped []error
	for i := range changes {
		if changes[i].Event() != wfm.EventLeft {
			skipped = append(skipped, t.append(f, &changes[i].Now))
		}
	}
	return errors.Join(skipped...)
}

func (t ticker) append(f *wfm.Frames, s *wfm.AgentState) error {
	code, ok := t.codes.Of(s)
	if !ok {
		return &vendors.Skipped{Agent: s.Agent, Status: s.Status.Key, Unmapped: true, Reason: "has no code"}
	}
	f.Bytes = fmt.Appendf(f.Bytes, "%d %q %s\n", s.Since.Unix(), s.Agent, code.Code)
	f.End()
	return nil
}

// An adapter of your own may be plain Go. Most are a layout file instead: see vendors/layout.
func ExampleRTAEncoder() {
	codes, err := vendors.NewStatusCodes(nil, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"Available": {Code: "A"}}, Unmapped: vendors.SkipUnmapped})
	if err != nil {
		fmt.Println(err)
		return
	}
	var encoder vendors.RTAEncoder = ticker{codes}
	since := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	var f wfm.Frames
	err = encoder.NewSession().AppendSnapshot(&f, since, []wfm.AgentState{
		{Agent: "alice", Status: wfm.StatusDefinition{Key: "Available"}, Since: since, Workgroups: []wfm.Workgroup{"Sales"}},
		{Agent: "bob", Status: wfm.StatusDefinition{Key: "Lunch"}, Since: since, Workgroups: []wfm.Workgroup{"Sales"}}})
	fmt.Print(string(f.Bytes))
	fmt.Println(err)
	// Output:
	// 1772460000 "alice" A
	// agent "bob" in status "Lunch": has no code
}
