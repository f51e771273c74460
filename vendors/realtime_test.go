package vendors_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func TestChooseLevel(t *testing.T) {
	permitted := []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal}
	for name, want := range map[string]wfm.QueueLevel{"": wfm.LevelOff, "off": wfm.LevelOff, "Minimal": wfm.LevelMinimal} {
		level, err := vendors.ChooseLevel(name, permitted)
		require.NoError(t, err)
		require.Equal(t, want, level)
	}
	_, err := vendors.ChooseLevel("verbose", permitted)
	require.EqualError(t, err, `queue-state level "verbose" is not permitted for this product; use off or minimal`)
	_, err = vendors.ChooseLevel("loud", permitted)
	require.ErrorContains(t, err, "use off, minimal or verbose")
}

func TestSkippedIn(t *testing.T) {
	a, b := &vendors.Skipped{Agent: "a", Status: "s", Reason: "has no code"}, &vendors.Skipped{Agent: "b\n", Reason: "is long"}
	other := errors.New("other")
	list, rest := vendors.SkippedIn(errors.Join(a, errors.Join(other, b), nil))
	require.Equal(t, []*vendors.Skipped{a, b}, list)
	require.ErrorIs(t, rest, other)
	require.EqualError(t, a, `agent "a" in status "s": has no code`)
	require.NotContains(t, b.Error(), "\n")

	list, rest = vendors.SkippedIn(nil)
	require.Empty(t, list)
	require.NoError(t, rest)
	wrapped := fmt.Errorf("wrapped: %w", other)
	_, rest = vendors.SkippedIn(wrapped)
	require.ErrorIs(t, rest, other)
}

func TestRegistryRealTime(t *testing.T) {
	r, err := vendors.NewRegistry(vendors.Entry{Info: vendors.Info{Name: "files"}}, vendors.Entry{Info: vendors.Info{Name: "both"},
		RealTime: func(s vendors.RTASettings) (vendors.RTAEncoder, error) { return nil, errors.New("level " + s.Level) }})
	require.NoError(t, err)
	_, err = r.RealTime("files", vendors.RTASettings{})
	require.ErrorContains(t, err, "has no real-time module")
	_, err = r.RealTime("BOTH", vendors.RTASettings{Level: "off"})
	require.EqualError(t, err, "level off")
	_, err = r.RealTime("none", vendors.RTASettings{})
	require.ErrorContains(t, err, "use one of both, files")
	_, err = r.Historical("both", vendors.Settings{})
	require.ErrorContains(t, err, "has no historical module")
}
