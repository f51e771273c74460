package injixo_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestGolden(t *testing.T) { layouttest.Run(t, "testdata", injixo.New) }

// TestRoundTrip compares every figure of files that were read back with the definitions.
func TestRoundTrip(t *testing.T) {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"contact", "status"}})
	require.NoError(t, err)
	derived := func(d wfm.Derived) func(wfm.Counts) (int64, bool) {
		return func(c wfm.Counts) (int64, bool) { return d.Of(c).Scaled(0) }
	}
	layouttest.RoundTrip(t, enc, layouttest.Figures{"IncomingCalls": derived(wfm.Offered), "AnsweredCalls": derived(wfm.Handled),
		"AHT": derived(wfm.AHT)})
}

func FuzzDecode(f *testing.F) {
	enc, err := injixo.New(vendors.Settings{Presets: []string{"contact", "status"}})
	require.NoError(f, err)
	layouttest.FuzzDecode(f, layouttest.Codecs(f, enc), layouttest.Seeds(f, "testdata")...)
}
