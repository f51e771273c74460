package injixo_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestXlinkRoundTrip compares every figure of files that were read back with the definitions.
func TestXlinkRoundTrip(t *testing.T) {
	derived := func(d wfm.Derived, decimals int) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (int64, bool) { return d.Of(c).Scaled(decimals) }
	}
	enc, err := injixo.New(vendors.Settings{Presets: []string{"xlink-8x8", "xlink-ipscape", "xlink-ipfx"}})
	require.NoError(t, err)
	layouttest.RoundTrip(t, enc, layouttest.Figures{
		"Offered": derived(wfm.Offered, 0), "Answered": derived(wfm.Handled, 0), "Abandoned": derived(wfm.Abandoned, 0),
		"AHT": derived(wfm.AHT, 0), "ASA": derived(wfm.ASA, 0), "SLA": derived(wfm.ServiceLevel3, 2),
		"Calls Offered": derived(wfm.Offered, 0), "Calls Answered": derived(wfm.Handled, 0), "Calls Abandoned": derived(wfm.Abandoned, 0),
		"Average Handle Time": derived(wfm.AHT, 0), "Average Speed of Answer": derived(wfm.ASA, 0), "Service Level": derived(wfm.ServiceLevel3, 2),
		"CallsOffered": derived(wfm.Offered, 0), "CallsAbandoned": derived(wfm.Abandoned, 0), "AvgAnswerTime": derived(wfm.ASA, 0),
		"AvgCallTime": derived(wfm.AverageTalk, 0), "AvgWrapupTime": derived(wfm.AverageACW, 0), "SLA_percent": derived(wfm.ServiceLevel3, 2)})
}

func FuzzXlink(f *testing.F) {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"xlink-8x8", "xlink-ipscape", "xlink-ipfx", "xlink-activity"}})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
