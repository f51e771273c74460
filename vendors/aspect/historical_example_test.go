package aspect_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/aspect"
	"github.com/cicwfm/cicwfm/wfm"
)

// The Basic report of a half hour; its name shows the end of the interval.
func ExampleNew() {
	enc, err := aspect.New(vendors.Settings{Length: wfm.HalfHour, Presets: []string{"basic"}, Values: map[string]string{"lineEnd": "LF"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	set := enc.Needs().Queue.Counters
	values := make([]int64, set.Len())
	for c, v := range map[wfm.Counter]int64{wfm.NEnteredAcd: 15, wfm.NAnsweredAcd: 14, wfm.NAbandonedAcd: 1,
		wfm.NAnsweredAcdSvcLvl1: 12, wfm.TAnsweredAcd: 168, wfm.TTalkAcd: 2800, wfm.TAcw: 420} {
		values[set.Index(c)] = v
	}
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{
		Interval: wfm.Window{Start: start, End: start.Add(30 * time.Minute)}, Revision: 1,
		Queues: []wfm.Record{{Workgroup: "Sales", Counts: wfm.NewCounts(set, values)}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", files[0].Name, files[0].Bytes)
	// Output:
	// aspect_basic_20260302_1430.csv
	// Date,Time,Minutes,Queue,Offered,Handled,Abandoned,InThreshold,TalkTime,WorkTime,AnswerDelay,AbandonDelay
	// 2026-03-02,14:00,30,Sales,15,14,1,12,2800,420,168,0
}
