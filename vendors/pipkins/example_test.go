package pipkins_test

import (
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/pipkins"
	"github.com/cicwfm/cicwfm/wfm"
)

// A snapshot in fixed columns; the site's codes, and a size of its own for the agent.
func ExampleNewRealTime() {
	enc, err := pipkins.NewRealTime(vendors.RTASettings{Preset: "status-fixed",
		Values: map[string]string{"gap": " ", "agentWidth": "8"},
		Statuses: vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentACDTalk: {Code: "2"}, wfm.AgentLoggedOff: {Code: "0"}},
			Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "9"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	var f wfm.Frames
	err = enc.NewSession().AppendSnapshot(&f, now, []wfm.AgentState{{Agent: "alice", LoggedIn: true, Activity: wfm.AgentACDTalk,
		Since: now.Add(-42 * time.Second), Workgroups: []wfm.Workgroup{"Sales"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(f.Bytes))
	// Output:
	// 20260302135918 alice    2             42
}
