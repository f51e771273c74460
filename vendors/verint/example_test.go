package verint_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
)

// One call report of a half hour.
func ExampleNew() {
	enc, err := verint.New(vendors.Settings{Length: wfm.HalfHour, Presets: []string{"call"},
		Values: map[string]string{"serviceLevelBucket": "2"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	set := enc.Needs().Queue.Counters
	values := make([]int64, set.Len())
	for c, v := range map[wfm.Counter]int64{wfm.NEnteredAcd: 15, wfm.NAnsweredAcd: 14, wfm.NAbandonedAcd: 1,
		wfm.NAnsweredAcdSvcLvl1: 7, wfm.NAnsweredAcdSvcLvl2: 5, wfm.TAnsweredAcd: 168, wfm.TTalkAcd: 2800, wfm.TAcw: 420} {
		values[set.Index(c)] = v
	}
	start := time.Date(2020, 5, 25, 8, 0, 0, 0, time.UTC)
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{
		Interval: wfm.Window{Start: start, End: start.Add(30 * time.Minute)}, Revision: 1,
		Queues: []wfm.Record{{Workgroup: "My Inbound Queue", Media: wfm.Call, Counts: wfm.NewCounts(set, values)}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(files[0].Name)
	for line := range strings.Lines(string(files[0].Bytes)) {
		fmt.Println(strings.TrimRight(line, " \n"))
	}
	// Output:
	// verint_call_stats_report_2020_05_25_08.00.txt
	// ReportDate TimeInterval Queue                                              Calls    SL   ASA     AHT   Abd
	// 25/05/2020 08:00-08:30  My Inbound Queue                                      15    80    12     230     1
}
