package layout_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

const exampleLayout = `
layout: calls
version: 1
settings:
  - {name: switch, example: "1", remark: number of the switch in the WFM product}
file: {name: "calls_{switch}_{start:YYYYMMDD_HHmm}.csv"}
rows: {kind: delimited, delimiter: ";", quoting: rfc4180}
media: Call
sections:
  - grain: queue
    defaults: {missing: blank, undefined: blank}
    head: [{columns: true}]
    columns:
      - {name: Queue, value: workgroup}
      - {name: From, value: intervalStart, format: "YYYY-MM-DD HH:mm"}
      - {name: Offered, value: offered}
      - {name: AHT, value: aht, unit: seconds, precision: 1}
      - {name: Lost, expr: nAbandonedAcd + nFlowOutAcd}
`

// A site's own layout, written and read back.
func Example() {
	l, err := layout.Parse(vendors.File{Name: "calls.yaml", Data: []byte(exampleLayout)})
	if err != nil {
		fmt.Println(err) // every problem, with line and remedy
		return
	}
	enc, err := layout.NewHistorical(vendors.Info{Name: "mine"}, vendors.Settings{
		Length: wfm.HalfHour, Values: map[string]string{"switch": "7"}}, l)
	if err != nil {
		fmt.Println(err)
		return
	}

	// The host hands over reports that hold what Needs asks for.
	set := enc.Needs().Queue.Counters
	values := make([]int64, set.Len())
	for c, v := range map[wfm.Counter]int64{wfm.NEnteredAcd: 15, wfm.NAnsweredAcd: 14, wfm.NAbandonedAcd: 1, wfm.TTalkAcd: 2800, wfm.TAcw: 427} {
		values[set.Index(c)] = v
	}
	start := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	report := wfm.Report{Interval: wfm.Window{Start: start, End: start.Add(30 * time.Minute)}, Revision: 1,
		Queues: []wfm.Record{{Workgroup: `Sales; "EU"`, Media: wfm.Call, Counts: wfm.NewCounts(set, values)}}}

	files, err := enc.EncodeHistorical(context.Background(), []wfm.Report{report})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%s\n%s", files[0].Name, files[0].Bytes)

	doc, err := enc.Codecs()[0].Decode(files[0].Bytes)
	if err != nil {
		fmt.Println(err)
		return
	}
	aht, _ := doc.Sections[0].Rows[0].Field("AHT")
	fmt.Println("AHT in tenths of a second:", aht.Number)
	// Output:
	// calls_7_20260302_1400.csv
	// Queue;From;Offered;AHT;Lost
	// "Sales; ""EU""";2026-03-02 14:00;15;230.5;1
	// AHT in tenths of a second: 2305
}

// Every problem of a layout file is told at once.
func ExampleParse() {
	_, err := layout.Parse(vendors.File{Name: "calls.yaml", Data: []byte(`
layout: calls
version: 1
colour: red
file: {name: "calls.csv"}
rows: {kind: delimited, delimiter: ";"}
sections:
  - grain: queue
    columns:
      - {name: Talk, value: tTalkAcd, unit: percent, missing: blank}
`)})
	fmt.Println(err)
	// Output:
	// calls.yaml:4: layout file.colour is not a known key; use one of default, evidence, file, foot, head, layout, media, module, repeated-hour, restatement, rows, sections, settings, site-defined, sources, title, version
	// calls.yaml:10: sections[1].columns[1].unit "percent" does not suit "tTalkAcd"; use seconds, milliseconds, minutes or hours
}
