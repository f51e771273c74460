package nice_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/nice"
	"github.com/cicwfm/cicwfm/wfm"
)

// The TotalView file of one interval, its first section. Tabs are shown as arrows.
func ExampleNew() {
	enc, err := nice.New(vendors.Settings{Length: wfm.HalfHour, Values: map[string]string{"answeredBucket": "2"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	set := enc.Needs().Queue.Counters
	values := make([]int64, set.Len())
	for c, v := range map[wfm.Counter]int64{wfm.NEnteredAcd: 12, wfm.NAnsweredAcd: 11, wfm.NAbandonedAcd: 1,
		wfm.NAnsweredAcdSvcLvl1: 7, wfm.NAnsweredAcdSvcLvl2: 2, wfm.TAnsweredAcd: 88, wfm.TTalkAcd: 2310, wfm.TAcw: 430} {
		values[set.Index(c)] = v
	}
	start := time.Date(2018, 10, 22, 10, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{
		Interval: wfm.Window{Start: start, End: start.Add(30 * time.Minute)}, Revision: 1,
		Queues: []wfm.Record{{Workgroup: "6687", Counts: wfm.NewCounts(set, values)}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(files[0].Name)
	section, _, _ := strings.Cut(string(files[0].Bytes), "Agent-Contact Type Report")
	for line := range strings.Lines(section) {
		fmt.Println(strings.TrimRight(strings.ReplaceAll(line, "\t", "→"), " \r\n"))
	}
	// Output:
	// 102218.1000
	// Contact Type Report
	// 10/22/18 10:00
	// CT Received Handled Aban Ans-Gos Aba-Gos HandleTime WorkTime Distributed Q-Delay Srlvl
	// 6687→12→11→1→9→0→2310→430→0→88→0→
	// End Contact Type Report
}

// An agent logs on and is available, in Avaya's state numbers.
func ExampleNewRealTime() {
	enc, err := nice.NewRealTime(vendors.RTASettings{Preset: "status-avaya"})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	before := wfm.AgentState{Agent: "alice", Status: wfm.StatusDefinition{Key: "Gone Home"}, Activity: wfm.AgentLoggedOff,
		Since: at.Add(-time.Hour), Workgroups: []wfm.Workgroup{"IEX RTA"}}
	now := before
	now.LoggedIn, now.Status, now.Activity, now.Since = true, wfm.StatusDefinition{Key: "Available", ACD: true}, wfm.AgentAvailable, at
	var f wfm.Frames
	if err := enc.NewSession().AppendChanges(&f, at, []wfm.StatusChange{{Before: before, Until: at, Now: now}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(f.Bytes))
	// Output:
	// 2026-03-02T14:00:00Z|alice|100||0
	// 2026-03-02T14:00:00Z|alice|20||0
}
