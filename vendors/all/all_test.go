package all_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func Example() {
	registry, err := all.Registry()
	if err != nil {
		fmt.Println(err)
		return
	}
	enc, err := registry.Historical("injixo", vendors.Settings{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(registry.Names(), enc.Info().Title)
	// Output: [aspect gmt injixo nice pipkins verint] injixo
}

// TestEveryAdapter holds what every adapter of the registry must keep: it says what it is and how
// well that is known, and each of its presets can be chosen.
func TestEveryAdapter(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	for _, name := range registry.Names() {
		e, err := registry.Entry(name)
		require.NoError(t, err)
		require.NotEmpty(t, e.Info.Title)
		require.NotEmpty(t, e.Info.Products)
		require.NotEmpty(t, e.Info.Presets)
		for _, p := range e.Info.Presets {
			require.NotEmpty(t, p.Title, "%s %s", name, p.Name)
			require.NotEmpty(t, p.Sources, "%s %s", name, p.Name)
			require.NotEmpty(t, p.SiteDefined, "%s %s", name, p.Name)
			if p.Module == "rta" {
				enc, err := registry.RealTime(name, vendors.RTASettings{Preset: p.Name, Statuses: anyStatus(), Values: required(name, p.Name)})
				require.NoError(t, err, "%s %s", name, p.Name)
				require.Equal(t, e.Info, enc.Info())
				checkSession(t, enc)
				continue
			}
			enc, err := registry.Historical(name, vendors.Settings{Presets: []string{p.Name}, Values: required(name, p.Name)})
			require.NoError(t, err, "%s %s", name, p.Name)
			require.Equal(t, e.Info, enc.Info())
		}
		if e.Historical != nil {
			_, err = registry.Historical(name, vendors.Settings{})
			require.NoError(t, err)
		}
		if e.RealTime != nil {
			_, err = registry.RealTime(name, vendors.RTASettings{Statuses: anyStatus(), Values: required(name, "agent-statuses")})
			require.NoError(t, err)
		}
	}
}

// anyStatus maps every status to a code that every product takes.
func anyStatus() vendors.StatusMap {
	return vendors.StatusMap{Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "1"}}
}

// required are the settings of a preset that have no default.
func required(vendor, preset string) map[string]string {
	if vendor == "injixo" && (preset == "agent-statuses" || preset == "contact-events") {
		return map[string]string{"integrationConfigurationId": "1"}
	}
	return nil
}

// checkSession holds what the host relies on: sessions have every capability, and a snapshot can be read back.
func checkSession(t *testing.T, enc vendors.RTAEncoder) {
	t.Helper()
	session := enc.NewSession()
	require.Implements(t, (*vendors.HealthSession)(nil), session)
	require.Implements(t, (*vendors.HeartbeatSession)(nil), session)
	mapper, ok := vendors.Find[vendors.Mapper](enc)
	require.True(t, ok)
	unmapped, err := mapper.CheckStatuses([]wfm.StatusDefinition{{Key: "Available", ACD: true}})
	require.NoError(t, err)
	require.LessOrEqual(t, len(unmapped), 1)
	read, skipped := layouttest.WriteAndRead(t, enc, layouttest.SampleStates(10), layouttest.SampleTime())
	require.Empty(t, skipped)
	require.GreaterOrEqual(t, len(read), 10)
}

// TestTraits holds the real-time presets to what the PureConnect WFM manual says of each product.
func TestTraits(t *testing.T) {
	registry, err := all.Registry()
	require.NoError(t, err)
	every, two := []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose}, []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal}
	for _, c := range []struct {
		vendor, preset string
		want           vendors.Traits
	}{
		{"verint", "event", vendors.Traits{FanOut: vendors.PerWorkgroup, Levels: every}},
		{"verint", "event6", vendors.Traits{FanOut: vendors.PerWorkgroup, Levels: every}},
		{"aspect", "status", vendors.Traits{FanOut: vendors.PerWorkgroup, UpdateFrequency: 10 * time.Second, Levels: every}},
		{"aspect", "observed-2014", vendors.Traits{FanOut: vendors.PerWorkgroup, Heartbeat: 10 * time.Second, Levels: every}},
		{"injixo", "agent-statuses", vendors.Traits{FanOut: vendors.PerUser, UpdateFrequency: time.Second, Levels: two, MasterWorkgroup: true}},
		{"injixo", "socket", vendors.Traits{FanOut: vendors.PerUser, Levels: two, MasterWorkgroup: true}},
	} {
		enc, err := registry.RealTime(c.vendor, vendors.RTASettings{Preset: c.preset, Statuses: anyStatus(), Values: required(c.vendor, c.preset)})
		require.NoError(t, err)
		require.Equal(t, c.want, enc.Traits(), "%s %s", c.vendor, c.preset)
	}
}
