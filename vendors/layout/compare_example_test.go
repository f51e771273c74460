package layout_test

import (
	"fmt"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/wfm"
)

// A site compares a file of its own product with a layout, and takes the change that makes it fit.
func ExamplePropose() {
	l, err := layout.Parse(vendors.File{Name: "calls.yaml", Data: []byte(`
layout: calls
version: 1
file: {name: "calls_{start:YYYYMMDD_HHmm}.csv"}
rows: {kind: delimited, delimiter: ";"}
sections:
  - grain: queue
    defaults: {missing: blank, undefined: blank}
    head: [{columns: true}]
    columns:
      - {name: Queue, value: workgroup}
      - {name: Start, value: intervalStart, format: "YYYY-MM-DD HH:mm"}
      - {name: AHT, value: aht, unit: seconds} # talk, hold and after-call work
`)})
	if err != nil {
		fmt.Println(err)
		return
	}
	sample := []byte("Queue;Start;AHT\nSales;2025-03-03 10:00;230512\nSupport;2025-03-03 10:00;184030\n")
	settings := vendors.Settings{Length: wfm.HalfHour}
	report, err := layout.Compare(l, settings, sample)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(report)
	if proposal, ok, _ := layout.Propose(l, settings, sample); ok {
		fmt.Print(proposal)
	}
	// Output:
	// the sample does not fit layout calls
	// 2 of 2 records can be read
	// unit of column AHT: figures such as 230512, 184030 are of a magnitude that suits another unit, in intervals of 30m; expected "seconds"; found "milliseconds"
	// a changed layout makes the sample fit:
	// - column AHT.unit becomes "milliseconds" instead of "seconds"
}
