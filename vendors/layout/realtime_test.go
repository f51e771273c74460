package layout_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// newRealTime makes an encoder of the layout of a case.
func newRealTime(s vendors.RTASettings) (vendors.RTAEncoder, error) {
	l, err := layout.ChooseRealTime(s, nil)
	if err != nil {
		return nil, err
	}
	rt, err := layout.NewRealTime(vendors.Info{Name: "test"}, s, l)
	if err != nil {
		return nil, err
	}
	return rt, nil
}

// fuzzFrames binds an accepted layout of module rta and reads back what its session writes.
func fuzzFrames(t *testing.T, l *layout.Layout, values map[string]string) {
	rt, err := layout.NewRealTime(vendors.Info{Name: "fuzz"}, vendors.RTASettings{Values: values,
		Statuses: vendors.StatusMap{Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "1"}}}, l)
	if err != nil {
		return // a feed can be refused for reasons that no layout shows, such as a list of names that it lacks
	}
	layouttest.WriteAndRead(t, rt, layouttest.SampleStates(3), layouttest.SampleTime())
}

func TestRealTimeNeedsItsModule(t *testing.T) {
	l, err := layout.Parse(vendors.File{Name: "x.yaml", Data: []byte(exampleLayout)})
	require.NoError(t, err)
	_, err = layout.NewRealTime(vendors.Info{}, vendors.RTASettings{}, l)
	require.ErrorContains(t, err, "is not that of a real-time feed")
}

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata/cases", newRealTime) }

// caseEncoders makes an encoder of every layout of the real-time cases, by case.
func caseEncoders(t testing.TB) map[string]vendors.RTAEncoder {
	t.Helper()
	files, err := filepath.Glob("testdata/cases/rta-*/layouts/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	encoders := map[string]vendors.RTAEncoder{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		enc, err := newRealTime(vendors.RTASettings{Layout: &vendors.File{Name: name, Data: data}})
		require.NoError(t, err)
		encoders[filepath.Base(filepath.Dir(filepath.Dir(name)))] = enc
	}
	return encoders
}

// TestRealTimeRoundTrip: whatever the framing, what sessions write is read as it was meant.
func TestRealTimeRoundTrip(t *testing.T) {
	encoders := caseEncoders(t)
	for _, name := range []string{"rta-fixed", "rta-length-big", "rta-objects", "rta-json"} {
		t.Run(name, func(t *testing.T) {
			layouttest.RoundTripRealTime(t, encoders[name], "agent", func(s *wfm.AgentState) string {
				if s.Activity == wfm.AgentACDTalk {
					return "2"
				}
				return "7"
			})
		})
	}
}

func TestRealTimeAllocatesNothing(t *testing.T) {
	encoders := caseEncoders(t)
	for _, name := range []string{"rta-fixed", "rta-length-big", "rta-objects", "rta-json"} {
		t.Run(name, func(t *testing.T) { layouttest.NoAllocations(t, encoders[name]) })
	}
}

func FuzzFrames(f *testing.F) {
	encoders := caseEncoders(f)
	var list []vendors.RTAEncoder
	for _, name := range slices.Sorted(maps.Keys(encoders)) {
		list = append(list, encoders[name])
	}
	layouttest.FuzzFrames(f, list, layouttest.FrameSeeds(f, "testdata/cases")...)
}
