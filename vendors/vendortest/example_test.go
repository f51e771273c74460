package vendortest_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/vendortest"
	"github.com/cicwfm/cicwfm/wfm"
)

// tally is an adapter with a fault: its names have the time of day alone.
type tally struct{}

func (tally) Info() vendors.Info {
	return vendors.Info{Name: "tally", Title: "Tally", Presets: []vendors.Preset{
		{Name: "tally", Title: "Calls", Module: "historical", Evidence: vendors.Documented, Sources: []string{"Tally's manual"}}}}
}

func (tally) Needs() wfm.Needs {
	return wfm.Needs{Queue: wfm.Columns{Counters: wfm.NewCounterSet(wfm.NAnsweredAcd)}}
}

func (tally) EncodeHistorical(_ context.Context, reports []wfm.Report) ([]wfm.Artifact, error) {
	r := reports[0]
	file := wfm.Artifact{Kind: "tally", Name: r.Interval.Start.Format("tally_1504Z.txt"), Interval: r.Interval, Revision: r.Revision}
	for _, q := range r.Queues {
		answered := "-"
		if n := q.Counts.Get(wfm.NAnsweredAcd); n != wfm.Missing {
			answered = fmt.Sprint(n)
		}
		file.Bytes = fmt.Appendf(file.Bytes, "%q %s\n", q.Workgroup, answered)
		file.Rows++
	}
	return []wfm.Artifact{file}, nil
}

// A program checks an adapter that it was given. In a test it is vendortest.Run(t, h).
func ExampleCheck() {
	err := vendortest.Check(context.Background(), vendortest.Harness{
		Historical: func(vendors.Settings) (vendors.HistoricalEncoder, error) { return tally{}, nil }})
	for line := range strings.Lines(err.Error()) {
		if name, _, _ := strings.Cut(line, ": "); strings.HasPrefix(name, "historical") {
			fmt.Println(name)
		}
	}
	// Output:
	// historical names of a year
	// historical clock changes
}

// A wrapper around an adapter, such as one that counts, keeps every capability by Unwrap.
func ExampleWrapped() {
	h := vendortest.Wrapped(vendortest.Harness{
		Historical: func(vendors.Settings) (vendors.HistoricalEncoder, error) { return tally{}, nil }})
	enc, err := h.Historical(vendors.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, direct := enc.(tally)
	inner, found := vendors.Find[tally](enc)
	fmt.Println(direct, found, inner.Info().Title)
	// Output: false true Tally
}
