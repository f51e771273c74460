package nice_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/nice"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestTraits holds the real-time presets to what the PureConnect WFM manual says of the product.
func TestTraits(t *testing.T) {
	for _, preset := range []string{"status", "status-fixed", "status-avaya"} {
		enc, err := nice.NewRealTime(vendors.RTASettings{Preset: preset, Statuses: layouttest.SiteStatuses()})
		require.NoError(t, err)
		require.Equal(t, vendors.Traits{FanOut: vendors.PerUser, Levels: []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose}, MasterWorkgroup: true},
			enc.Traits(), preset)
	}
}
