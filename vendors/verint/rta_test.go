package verint_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", verint.NewRealTime) }

func TestRealTimeRoundTrip(t *testing.T) {
	for _, settings := range []vendors.RTASettings{
		{},
		{Preset: "event6"},
		{Values: map[string]string{"encoding": "UTF-16LE", "terminator": "NUL", "timePattern": "unixms", "delimiter": ";"}},
		{Values: map[string]string{"encoding": "UTF-16BE", "terminator": "CRLF", "timePattern": "DD/MM/YYYY HH:mm:ss", "workgroupField": "member"}},
	} {
		enc, err := verint.NewRealTime(settings)
		require.NoError(t, err)
		layouttest.RoundTripRealTime(t, enc, "agent", func(s *wfm.AgentState) string {
			if s.Activity == wfm.AgentACDTalk {
				return "2"
			}
			return "1"
		})
	}
}

func TestNoAllocations(t *testing.T) {
	for _, preset := range []string{"event", "event6"} {
		enc, err := verint.NewRealTime(vendors.RTASettings{Preset: preset})
		require.NoError(t, err)
		layouttest.NoAllocations(t, enc)
	}
}

func BenchmarkChanges(b *testing.B) {
	enc, err := verint.NewRealTime(vendors.RTASettings{})
	require.NoError(b, err)
	layouttest.BenchmarkChanges(b, enc)
}

// BenchmarkFramesAgainst compares with what the standard library offers.
func BenchmarkFramesAgainst(b *testing.B) {
	layouttest.BenchmarkFramesAgainst(b, verint.NewRealTime, vendors.RTASettings{Preset: "event"}, vendors.RTASettings{Preset: "event6"})
}

func FuzzFrames(f *testing.F) {
	var encoders []vendors.RTAEncoder
	for _, s := range []vendors.RTASettings{{}, {Preset: "event6"}, {Values: map[string]string{"encoding": "UTF-16LE"}}} {
		enc, err := verint.NewRealTime(s)
		require.NoError(f, err)
		encoders = append(encoders, enc)
	}
	layouttest.FuzzFrames(f, encoders, layouttest.FrameSeeds(f, "testdata")...)
}

// An agent of two workgroups goes to lunch: one event per workgroup.
func ExampleNewRealTime() {
	enc, err := verint.NewRealTime(vendors.RTASettings{Level: "verbose"})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	before := wfm.AgentState{Agent: "alice", LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available", ACD: true},
		Activity: wfm.AgentAvailable, Since: at.Add(-time.Hour), Workgroups: []wfm.Workgroup{"Sales", "Service"}}
	now := before
	now.Status, now.Activity, now.Since = wfm.StatusDefinition{Key: "At Lunch"}, wfm.AgentUnavailable, at

	session := enc.NewSession()
	var f wfm.Frames
	if err := session.AppendChanges(&f, at, []wfm.StatusChange{{Before: before, Until: at, Now: now}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(string(f.Bytes))

	// What a receiver understands.
	decoder, _ := vendors.Find[vendors.RTADecoder](enc)
	err = decoder.NewFrameReader().Read(f.Bytes, func(d vendors.Decoded) {
		fmt.Println(d.Event, d.Agent, d.Code, d.Reason, d.Time.Format(time.TimeOnly))
	})
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// 28|alice||2026-03-02T14:00:00Z|5||||At Lunch|0
	// 28|alice||2026-03-02T14:00:00Z|5||||At Lunch|0
	// change alice 5 At Lunch 14:00:00
	// change alice 5 At Lunch 14:00:00
}
