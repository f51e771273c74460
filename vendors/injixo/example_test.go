package injixo_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/wfm"
)

// Agent statuses with the site's own word for logged-off agents.
func ExampleNew() {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"status"}, Values: map[string]string{"loggedOff": "absent"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	start := time.Date(2022, 4, 22, 8, 30, 0, 0, time.UTC)
	change := start.Add(4*time.Minute + 29*time.Second)
	interval := wfm.Window{Start: start, End: start.Add(15 * time.Minute)}
	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{{Interval: interval, Revision: 1,
		Activity: []wfm.Activity{{Agent: "816", States: []wfm.StateSpan{
			{Window: wfm.Window{Start: start, End: change}, Status: "Gone home"},
			{Window: wfm.Window{Start: change, End: interval.End}, Status: "Available", LoggedIn: true},
		}}}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", files[0].Name, files[0].Bytes)
	// Output:
	// injixo_status_20220422_0830.csv
	// StartDate;StartTime;AgentID;AgentActivityID
	// 2022-04-22;08:30:00;816;absent;
	// 2022-04-22;08:34:29;816;Available;
}
