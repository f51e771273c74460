package aspect_test

import (
	"strings"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/aspect"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func statusMap() vendors.StatusMap {
	return vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentACDTalk: {Code: "20"}, wfm.AgentLoggedOff: {Code: "99"}},
		Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "10", Reason: "1"}}
}

func TestGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", aspect.NewRealTime) }

func TestRoundTrip(t *testing.T) {
	for _, settings := range []vendors.RTASettings{
		{Statuses: statusMap()},
		{Statuses: statusMap(), Values: map[string]string{"encoding": "UTF-16LE", "gap": " ", "align": "left", "terminator": "CRLF"}},
		{Statuses: statusMap(), Values: map[string]string{"longAgentIds": "truncate", "agentId": "extension"}},
		{Statuses: statusMap(), Preset: "observed-2014"},
	} {
		enc, err := aspect.NewRealTime(settings)
		require.NoError(t, err)
		if settings.Values["agentId"] == "extension" {
			layouttest.WriteAndRead(t, enc, layouttest.SampleStates(50), layouttest.SampleTime())
			continue
		}
		layouttest.RoundTripRealTime(t, enc, "status", func(s *wfm.AgentState) string {
			if s.Activity == wfm.AgentACDTalk {
				return "20"
			}
			return "10"
		})
	}
}

// TestTheObservedRecordHas51Characters checks the one wire that was seen, apart from the layout.
func TestTheObservedRecordHas51Characters(t *testing.T) {
	enc, err := aspect.NewRealTime(vendors.RTASettings{Preset: "observed-2014", Statuses: statusMap()})
	require.NoError(t, err)
	var f wfm.Frames
	require.NoError(t, enc.NewSession().AppendSnapshot(&f, layouttest.SampleTime(), layouttest.SampleStates(40)))
	require.Equal(t, 1, f.Len())
	lines := strings.Split(strings.TrimSuffix(string(f.Bytes), "\n"), "\n")
	require.Regexp(t, `^__\d{10}__$`, lines[0])
	for _, line := range lines[1:] {
		require.Len(t, line, 51)
	}
}

func TestNoAllocations(t *testing.T) {
	for _, preset := range []string{"status", "observed-2014"} {
		enc, err := aspect.NewRealTime(vendors.RTASettings{Preset: preset, Statuses: statusMap()})
		require.NoError(t, err)
		layouttest.NoAllocations(t, enc)
	}
}

func BenchmarkChanges(b *testing.B) {
	enc, err := aspect.NewRealTime(vendors.RTASettings{Statuses: statusMap()})
	require.NoError(b, err)
	layouttest.BenchmarkChanges(b, enc)
}

// BenchmarkFramesAgainst compares with what the standard library offers.
func BenchmarkFramesAgainst(b *testing.B) {
	layouttest.BenchmarkFramesAgainst(b, aspect.NewRealTime, vendors.RTASettings{Preset: "status", Statuses: statusMap()},
		vendors.RTASettings{Preset: "observed-2014", Statuses: statusMap()})
}

func FuzzFrames(f *testing.F) {
	var encoders []vendors.RTAEncoder
	for _, s := range []vendors.RTASettings{{}, {Preset: "observed-2014"}, {Values: map[string]string{"encoding": "UTF-16BE"}}} {
		enc, err := aspect.NewRealTime(s)
		require.NoError(f, err)
		encoders = append(encoders, enc)
	}
	layouttest.FuzzFrames(f, encoders, layouttest.FrameSeeds(f, "testdata")...)
}
