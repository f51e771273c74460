package vendors_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// tally is an adapter of one's own in plain Go: a line per workgroup with offered, handled and AHT.
type tally struct{}

func (tally) Info() vendors.Info {
	return vendors.Info{Name: "tally", Title: "Tally", Presets: []vendors.Preset{
		{Name: "tally", Title: "Calls per interval", Module: "historical", Evidence: vendors.Documented, Sources: []string{"Tally's manual"}}}}
}

func (tally) Needs() wfm.Needs {
	return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(append(wfm.AHT.Needs(), wfm.NEnteredAcd)...)}}
}

func (tally) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	r := reports[0] // Needs().WholeDays is not set, so each interval comes alone
	file := wfm.Artifact{Kind: "tally", Name: r.Interval.Start.Format("20060102T1504Z") + ".txt", Interval: r.Interval, Revision: r.Revision}
	for _, q := range r.Queues {
		file.Bytes = fmt.Appendf(file.Bytes, "%q %s %s %s\n", q.Workgroup, whole(wfm.Offered, q.Counts), whole(wfm.Handled, q.Counts), whole(wfm.AHT, q.Counts))
		file.Rows++
	}
	return []wfm.Artifact{file}, nil
}

// whole is a derived value without decimals, or "-" where a counter is missing in the database or the denominator is zero.
func whole(d wfm.Derived, c wfm.Counts) string {
	if n, ok := d.Of(c).Scaled(0); ok {
		return fmt.Sprint(n)
	}
	return "-"
}

// An adapter of your own may be plain Go. Most are a layout file instead: see vendors/layout.
func ExampleHistoricalEncoder() {
	var encoder vendors.HistoricalEncoder = tally{}
	set := encoder.Needs().Queue.Counters
	values := make([]int64, set.Len())
	values[set.Index(wfm.NEnteredAcd)], values[set.Index(wfm.NAnsweredAcd)] = 5, 4
	values[set.Index(wfm.TTalkAcd)], values[set.Index(wfm.TAcw)] = 700, 102
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	files, err := encoder.EncodeHistorical(context.Background(), []wfm.Report{{
		Interval: wfm.Window{Start: start, End: start.Add(30 * time.Minute)}, Revision: 1,
		Queues: []wfm.Record{{Workgroup: "Sales", Counts: wfm.NewCounts(set, values)}},
	}})
	if err != nil {
		panic(err)
	}
	fmt.Printf("%s: %s", files[0].Name, files[0].Bytes)
	// Output: 20260302T0900Z.txt: "Sales" 5 4 201
}
