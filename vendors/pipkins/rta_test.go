package pipkins_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/pipkins"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// statusMap is that of a site; there are no public codes.
func statusMap() vendors.StatusMap {
	return vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentACDTalk: {Code: "2"}, wfm.AgentLoggedOff: {Code: "9"}},
		Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "1", Reason: "7"}}
}

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", pipkins.NewRealTime) }

func TestRealTimeRoundTrip(t *testing.T) {
	own := func(s *wfm.AgentState) string {
		if s.Activity == wfm.AgentACDTalk {
			return "2"
		}
		return "1"
	}
	avaya := func(s *wfm.AgentState) string {
		if s.Activity == wfm.AgentACDTalk {
			return "30"
		}
		return "20"
	}
	for _, c := range []struct {
		settings vendors.RTASettings
		code     func(*wfm.AgentState) string
	}{
		{vendors.RTASettings{Statuses: statusMap()}, own},
		{vendors.RTASettings{Statuses: statusMap(), Values: map[string]string{"delimiter": "TAB", "encoding": "UTF-16LE", "terminator": "NUL"}}, own},
		{vendors.RTASettings{Statuses: statusMap(), Preset: "status-fixed"}, own},
		{vendors.RTASettings{Statuses: statusMap(), Preset: "status-fixed", Values: map[string]string{"gap": " ", "align": "right",
			"longAgentIds": "truncate"}}, own},
		{vendors.RTASettings{Preset: "status-avaya"}, avaya},
	} {
		enc, err := pipkins.NewRealTime(c.settings)
		require.NoError(t, err)
		layouttest.RoundTripRealTime(t, enc, "status", c.code)
	}
}

func TestNoAllocations(t *testing.T) {
	for _, preset := range []string{"status", "status-fixed", "status-avaya"} {
		s := vendors.RTASettings{Preset: preset, Statuses: statusMap()}
		if preset == "status-avaya" {
			s.Statuses = vendors.StatusMap{}
		}
		enc, err := pipkins.NewRealTime(s)
		require.NoError(t, err)
		layouttest.NoAllocations(t, enc)
	}
}

func BenchmarkChanges(b *testing.B) {
	for _, preset := range []string{"status", "status-fixed", "status-avaya"} {
		b.Run(preset, func(b *testing.B) {
			enc, err := pipkins.NewRealTime(vendors.RTASettings{Preset: preset, Statuses: statusMap()})
			require.NoError(b, err)
			layouttest.BenchmarkChanges(b, enc)
		})
	}
}

func FuzzFrames(f *testing.F) {
	var encoders []vendors.RTAEncoder
	for _, s := range []vendors.RTASettings{{Statuses: statusMap()}, {Statuses: statusMap(), Preset: "status-fixed"}, {Preset: "status-avaya"}} {
		enc, err := pipkins.NewRealTime(s)
		require.NoError(f, err)
		encoders = append(encoders, enc)
	}
	layouttest.FuzzFrames(f, encoders, layouttest.FrameSeeds(f, "testdata")...)
}
