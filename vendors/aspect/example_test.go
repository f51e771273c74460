package aspect_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/aspect"
	"github.com/cicwfm/cicwfm/wfm"
)

// A snapshot of one agent who talks to a customer of the workgroup Sales.
func ExampleNewRealTime() {
	enc, err := aspect.NewRealTime(vendors.RTASettings{Level: "minimal",
		Statuses: vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentAvailable: {Code: "1"}, wfm.AgentACDTalk: {Code: "2"},
			wfm.AgentLoggedOff: {Code: "9"}}, Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "5", Reason: "1"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	now := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	var f wfm.Frames
	err = enc.NewSession().AppendSnapshot(&f, now, []wfm.AgentState{{Agent: "alice", Extension: "7001", LoggedIn: true,
		Activity: wfm.AgentACDTalk, Since: now.Add(-42 * time.Second), Workgroup: "Sales", Workgroups: []wfm.Workgroup{"Sales", "Service"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for line := range strings.Lines(string(f.Bytes)) {
		fmt.Println(strings.TrimRight(line, " \n"))
	}
	// Output:
	// __1772460000__
	//   7001  2               Sales   42     alice
	//   7001  2                       42     alice
}
