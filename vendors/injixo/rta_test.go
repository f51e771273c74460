package injixo_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

func configuration() map[string]string {
	return map[string]string{"integrationConfigurationId": "8431"}
}

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", injixo.NewRealTime) }

func TestRealTimeRoundTrip(t *testing.T) {
	for record, settings := range map[string]vendors.RTASettings{
		"running": {Values: configuration()},
		"status":  {Preset: "socket"},
	} {
		enc, err := injixo.NewRealTime(settings)
		require.NoError(t, err)
		layouttest.RoundTripRealTime(t, enc, record, func(s *wfm.AgentState) string { return string(s.Status.Key) })
	}
}

// TestBodiesAreJSON looks at the bodies with the decoder of the standard library alone.
func TestBodiesAreJSON(t *testing.T) {
	enc, err := injixo.NewRealTime(vendors.RTASettings{Values: configuration()})
	require.NoError(t, err)
	states := layouttest.SampleStates(10000)
	states[3].Agent = "a\"}],\\\n\x00\u2028\xff😀"
	var f wfm.Frames
	require.NoError(t, enc.NewSession().AppendSnapshot(&f, layouttest.SampleTime(), states))
	require.Greater(t, f.Len(), 1, "a large snapshot is several requests")
	total := 0
	for frame := range f.All() {
		require.LessOrEqual(t, len(frame), 262144)
		var body struct {
			Data []struct{ AgentIdentifier, ActivityIdentifier, StartTime string }
			Meta struct {
				IntegrationConfigurationId int
				ExternalSystem             string
			}
		}
		require.NoError(t, json.Unmarshal(frame, &body))
		require.Equal(t, 8431, body.Meta.IntegrationConfigurationId)
		require.Equal(t, "CIC", body.Meta.ExternalSystem)
		total += len(body.Data)
		if total == len(body.Data) {
			require.Equal(t, "a\"}],\\\n\x00\u2028\ufffd😀", body.Data[3].AgentIdentifier)
		}
	}
	require.Equal(t, len(states), total)
}

func TestNoAllocations(t *testing.T) {
	for _, s := range []vendors.RTASettings{{Values: configuration()}, {Preset: "socket"}} {
		enc, err := injixo.NewRealTime(s)
		require.NoError(t, err)
		layouttest.NoAllocations(t, enc)
	}
}

func BenchmarkChanges(b *testing.B) {
	enc, err := injixo.NewRealTime(vendors.RTASettings{Values: configuration()})
	require.NoError(b, err)
	layouttest.BenchmarkChanges(b, enc)
}

// BenchmarkFramesAgainst compares with what the standard library offers.
func BenchmarkFramesAgainst(b *testing.B) {
	layouttest.BenchmarkFramesAgainst(b, injixo.NewRealTime, vendors.RTASettings{Values: configuration()},
		vendors.RTASettings{Preset: "socket"})
}

func FuzzFrames(f *testing.F) {
	var encoders []vendors.RTAEncoder
	for _, s := range []vendors.RTASettings{{Values: configuration()}, {Preset: "socket"}} {
		enc, err := injixo.NewRealTime(s)
		require.NoError(f, err)
		encoders = append(encoders, enc)
	}
	layouttest.FuzzFrames(f, encoders, layouttest.FrameSeeds(f, "testdata")...)
}

// The request body of a change. The status key is the activity, which injixo maps.
func ExampleNewRealTime() {
	enc, err := injixo.NewRealTime(vendors.RTASettings{Values: map[string]string{"integrationConfigurationId": "8431"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC)
	before := wfm.AgentState{Agent: "bob", LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available", ACD: true},
		Activity: wfm.AgentAvailable, Since: at.Add(-time.Hour), Workgroups: []wfm.Workgroup{"Everybody"}}
	now := before
	now.Status, now.Activity, now.Since = wfm.StatusDefinition{Key: "At Lunch"}, wfm.AgentUnavailable, at
	var f wfm.Frames
	if err := enc.NewSession().AppendChanges(&f, at, []wfm.StatusChange{{Before: before, Until: at, Now: now}}); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(string(f.Bytes))
	// Output:
	// {"data":[{"agentIdentifier":"bob","activityIdentifier":"At Lunch","startTime":"2026-03-02T14:00:00Z"}],"meta":{"integrationConfigurationId":8431,"externalSystem":"CIC"}}
}

// TestSettingsInsideTheBody: a name may hold quotes, and a number is one that JSON has.
func TestSettingsInsideTheBody(t *testing.T) {
	enc, err := injixo.NewRealTime(vendors.RTASettings{Values: map[string]string{"integrationConfigurationId": "8431", "externalSystem": `My "old" C\IC","x":"`}})
	require.NoError(t, err)
	var f wfm.Frames
	require.NoError(t, enc.NewSession().AppendSnapshot(&f, layouttest.SampleTime(), layouttest.SampleStates(1)))
	var body struct {
		Data []map[string]string
		Meta map[string]any
	}
	require.NoError(t, json.Unmarshal(f.Bytes, &body))
	require.Equal(t, map[string]any{"integrationConfigurationId": 8431.0, "externalSystem": `My "old" C\IC","x":"`}, body.Meta)
	require.Equal(t, []map[string]string{{"agentIdentifier": "agent00000", "activityIdentifier": "Available", "startTime": "2026-03-02T14:00:00Z"}}, body.Data)
	decoded, _ := layouttest.WriteAndRead(t, enc, layouttest.SampleStates(1), layouttest.SampleTime())
	require.Len(t, decoded, 1)
	for _, bad := range []string{"007", "+5", "1.5", "x", ""} {
		_, err = injixo.NewRealTime(vendors.RTASettings{Values: map[string]string{"integrationConfigurationId": bad}})
		require.ErrorContains(t, err, "setting integrationConfigurationId", bad)
		require.ErrorContains(t, err, "is not a whole number; write digits only, without leading zeros", bad)
	}
}
