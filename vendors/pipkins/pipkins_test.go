package pipkins_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/pipkins"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// TestRealTimeAlone holds the adapter to the original product, which serves Pipkins in real time alone.
func TestRealTimeAlone(t *testing.T) {
	e, err := pipkins.Entry()
	require.NoError(t, err)
	require.Nil(t, e.Historical)
	require.NotNil(t, e.RealTime)
	for _, p := range e.Info.Presets {
		require.Equal(t, "rta", p.Module)
		require.Equal(t, vendors.SiteDefined, p.Evidence)
	}
	registry, err := vendors.NewRegistry(e)
	require.NoError(t, err)
	_, err = registry.Historical("pipkins", vendors.Settings{})
	require.ErrorContains(t, err, "pipkins")
}

func TestTraits(t *testing.T) {
	every := []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose}
	for _, preset := range []string{"status", "status-fixed", "status-avaya"} {
		for value, master := range map[string]bool{"": false, "true": true} {
			s := vendors.RTASettings{Preset: preset, Statuses: layouttest.SiteStatuses()}
			if value != "" {
				s.Values = map[string]string{"masterWorkgroup": value}
			}
			enc, err := pipkins.NewRealTime(s)
			require.NoError(t, err)
			require.Equal(t, vendors.Traits{FanOut: vendors.PerUser, Levels: every, MasterWorkgroup: master}, enc.Traits())
		}
	}
}
