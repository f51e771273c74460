package vendors_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
)

func TestOnlyRefusesWhatHasNoEffect(t *testing.T) {
	beat := time.Minute
	s := vendors.RTASettings{Level: "off", Heartbeat: &beat, Names: nil, Preset: "states"}
	require.NoError(t, s.Only("Level", "Heartbeat", "Preset"))
	err := s.Only("Level")
	require.ErrorContains(t, err, "setting Heartbeat has no effect on this product; take it out")
	require.ErrorContains(t, err, "setting Preset")
	require.NotContains(t, err.Error(), "setting Names")
	require.NoError(t, vendors.Settings{}.Only())
	require.ErrorContains(t, vendors.Settings{Values: map[string]string{"a": "b"}}.Only("Location"), "setting Values")
}
