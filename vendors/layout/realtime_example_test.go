package layout_test

import (
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

const exampleFrames = `
layout: statuses
version: 1
module: rta
settings:
  - {name: site, example: "1", remark: number of the site in the WFM product}
codes: {unmapped: status-key, activities: {logged off: OFF}}
events: {snapshot: change, entered: change, left: log-off}
frame: {framing: terminator, terminator: CRLF}
rows: {kind: delimited, delimiter: ","}
records:
  - name: status
    when: [change, log-on, log-off]
    columns:
      - {name: Site, text: "{site}"}
      - {name: Event, value: event, map: {change: C, log-on: I, log-off: O}}
      - {name: Agent, value: agent}
      - {name: Code, value: code}
      - {name: Since, value: changeTime, format: unix}
  - {name: alive, when: [heartbeat], columns: [{name: Text, text: ALIVE}]}
`

// A site's own real-time layout: written, and read as a receiver reads it.
func ExampleNewRealTime() {
	l, err := layout.Parse(vendors.File{Name: "statuses.yaml", Data: []byte(exampleFrames)})
	if err != nil {
		fmt.Println(err) // every problem, with line and remedy
		return
	}
	rt, err := layout.NewRealTime(vendors.Info{Name: "mine"}, vendors.RTASettings{Values: map[string]string{"site": "7"}}, l)
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	before := wfm.AgentState{Agent: "alice", LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available", ACD: true},
		Activity: wfm.AgentAvailable, Since: at.Add(-time.Hour), Workgroups: []wfm.Workgroup{"Sales"}}
	now := before
	now.LoggedIn, now.Activity, now.Since = false, wfm.AgentLoggedOff, at

	session := rt.NewSession()
	var f wfm.Frames
	if err := session.AppendSnapshot(&f, at, []wfm.AgentState{before}); err != nil {
		fmt.Println(err)
	}
	if err := session.AppendChanges(&f, at, []wfm.StatusChange{{Before: before, Until: at, Now: now}}); err != nil {
		fmt.Println(err)
	}
	fmt.Printf("%q\n", f.Bytes)

	err = rt.NewFrameReader().Read(f.Bytes, func(d vendors.Decoded) {
		fmt.Println(d.Record, d.Event, d.Agent, d.Code, d.Time.Format(time.TimeOnly))
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// "7,C,alice,Available,1772456400\r\n7,O,alice,OFF,1772460000\r\n"
	// status change alice Available 13:00:00
	// status log-off alice OFF 14:00:00
}
