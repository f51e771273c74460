package layouttest

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// SiteStatus proves the real-time half of an adapter whose frames are site-defined throughout. Those adapters ship the
// same three presets: status (delimited), status-fixed, and status-avaya, which has the codes of an Avaya switch.
// New is the adapter's constructor.
type SiteStatus struct {
	New func(vendors.RTASettings) (vendors.RTAEncoder, error)
}

// SiteStatuses is the status map of a site; there are no public codes.
func SiteStatuses() vendors.StatusMap {
	return vendors.StatusMap{ByActivity: map[wfm.AgentActivity]vendors.Code{wfm.AgentACDTalk: {Code: "2"}, wfm.AgentLoggedOff: {Code: "9"}},
		Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "1", Reason: "7"}}
}

// presets are the settings of a feed with each preset.
func (SiteStatus) presets() []vendors.RTASettings {
	return []vendors.RTASettings{{Preset: "status", Statuses: SiteStatuses()}, {Preset: "status-fixed", Statuses: SiteStatuses()}, {Preset: "status-avaya"}}
}

// RoundTrip reads back what the presets write, also with other settings than their defaults.
func (s SiteStatus) RoundTrip(t *testing.T) {
	code := func(talk, other string) func(*wfm.AgentState) string {
		return func(s *wfm.AgentState) string {
			if s.Activity == wfm.AgentACDTalk {
				return talk
			}
			return other
		}
	}
	own, avaya := code("2", "1"), code("30", "20")
	for _, c := range []struct {
		settings vendors.RTASettings
		code     func(*wfm.AgentState) string
	}{
		{vendors.RTASettings{Statuses: SiteStatuses()}, own},
		{vendors.RTASettings{Statuses: SiteStatuses(), Values: map[string]string{"delimiter": "TAB", "encoding": "UTF-16LE", "terminator": "NUL"}}, own},
		{vendors.RTASettings{Statuses: SiteStatuses(), Preset: "status-fixed"}, own},
		{vendors.RTASettings{Statuses: SiteStatuses(), Preset: "status-fixed", Values: map[string]string{"gap": " ", "align": "right",
			"longAgentIds": "truncate"}}, own},
		{vendors.RTASettings{Preset: "status-avaya"}, avaya},
	} {
		enc, err := s.New(c.settings)
		require.NoError(t, err)
		RoundTripRealTime(t, enc, "status", c.code)
	}
}

// NoAllocations shows that a change costs none, with each preset.
func (s SiteStatus) NoAllocations(t *testing.T) {
	for _, settings := range s.presets() {
		enc, err := s.New(settings)
		require.NoError(t, err)
		NoAllocations(t, enc)
	}
}

// Benchmark measures changes with each preset.
func (s SiteStatus) Benchmark(b *testing.B) {
	for _, settings := range s.presets() {
		b.Run(settings.Preset, func(b *testing.B) {
			enc, err := s.New(settings)
			require.NoError(b, err)
			BenchmarkChanges(b, enc)
		})
	}
}

// BenchmarkAgainst compares each preset with what the standard library offers.
func (s SiteStatus) BenchmarkAgainst(b *testing.B) { BenchmarkFramesAgainst(b, s.New, s.presets()...) }

// Fuzz reads hostile frames with each preset, beginning with the golden ones in testdata.
func (s SiteStatus) Fuzz(f *testing.F) {
	var encoders []vendors.RTAEncoder
	for _, settings := range s.presets() {
		enc, err := s.New(settings)
		require.NoError(f, err)
		encoders = append(encoders, enc)
	}
	FuzzFrames(f, encoders, FrameSeeds(f, "testdata")...)
}
