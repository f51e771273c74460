package gmt_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/gmt"
	"github.com/cicwfm/cicwfm/wfm"
)

// One agent file of a quarter of an hour, in the site's form of the date.
func ExampleNew() {
	enc, err := gmt.New(vendors.Settings{Presets: []string{"agent"}, Values: map[string]string{"datePattern": "MM/DD/YYYY", "lineEnd": "LF"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	set := enc.Needs().Agent.Counters
	values := make([]int64, set.Len())
	for c, v := range map[wfm.Counter]int64{wfm.NAnsweredAcd: 5, wfm.TTalkAcd: 187, wfm.TAcw: 43, wfm.TAgentAvailable: 208, wfm.TAgentLoggedIn: 445} {
		values[set.Index(c)] = v
	}
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{
		Interval: wfm.Window{Start: start, End: start.Add(15 * time.Minute)}, Revision: 1,
		Agents: []wfm.Record{{Agent: "alice", Counts: wfm.NewCounts(set, values)}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", files[0].Name, files[0].Bytes)
	// Output:
	// gmt_agent_20260302_1400.csv
	// Date,Time,Minutes,Agent,Handled,TalkTime,HoldTime,WorkTime,AvailableTime,NotReadyTime,OtherCallTime,LoginTime
	// 03/02/2026,14:00,15,alice,5,187,0,43,208,0,0,445
}

// An agent goes to lunch: one message, by the site's codes.
func ExampleNewRealTime() {
	enc, err := gmt.NewRealTime(vendors.RTASettings{Level: "minimal", Statuses: vendors.StatusMap{
		ByStatus:   map[wfm.StatusKey]vendors.Code{"At Lunch": {Code: "5", Reason: "31"}},
		ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"}, wfm.AgentLoggedOff: {Code: "0"}},
		Unmapped:   vendors.UseDefault, Default: vendors.Code{Code: "9"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	before := wfm.AgentState{Agent: "alice", LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available", ACD: true},
		Activity: wfm.AgentAvailable, Since: at.Add(-time.Hour), Workgroups: []wfm.Workgroup{"GMT RTA"}}
	now := before
	now.Status, now.Activity, now.Since = wfm.StatusDefinition{Key: "At Lunch"}, wfm.AgentUnavailable, at
	var f wfm.Frames
	if err := enc.NewSession().AppendChanges(&f, at, []wfm.StatusChange{{Before: before, Until: at, Now: now}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(f.Bytes))
	// Output:
	// 2026-03-02T14:00:00Z|alice|5|31|0
}
