package layouttest

import (
	"fmt"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// SampleTime is the present of the samples.
func SampleTime() time.Time { return time.Date(2026, 3, 2, 14, 0, 0, 0, time.UTC) }

// SampleStates makes the states of n agents of three workgroups, sorted.
func SampleStates(n int) []wfm.AgentState {
	groups := []wfm.Workgroup{"Sales", "Service", "Support"}
	activities := []wfm.AgentActivity{wfm.AgentAvailable, wfm.AgentACDTalk, wfm.AgentUnavailable, wfm.AgentAfterCall}
	keys := []wfm.StatusKey{"Available", "Available", "At Lunch", "Follow Up"}
	list := make([]wfm.AgentState, n)
	for i := range list {
		list[i] = wfm.AgentState{Agent: wfm.AgentID(fmt.Sprintf("agent%05d", i)), Extension: fmt.Sprint(7000 + i), Server: "one", LoggedIn: true,
			Status: wfm.StatusDefinition{Key: keys[i%4]}, Activity: activities[i%4], Since: SampleTime().Add(-time.Duration(i%600) * time.Second),
			Workgroups: groups[:1+i%3]}
		if list[i].Activity == wfm.AgentACDTalk {
			list[i].Workgroup = "Sales"
		}
	}
	return list
}

// TB is what testing.T and rapid.T have in common.
type TB interface {
	require.TestingT
	Helper()
}

// WriteAndRead writes a snapshot and reads it back, which must give no record with an error and leave
// no byte; it returns what was read and who was skipped.
func WriteAndRead(t TB, enc vendors.RTAEncoder, states []wfm.AgentState, now time.Time) ([]vendors.Decoded, []*vendors.Skipped) {
	t.Helper()
	var f wfm.Frames
	skipped, other := vendors.SkippedIn(enc.NewSession().AppendSnapshot(&f, now, states))
	require.NoError(t, other)
	return readAll(t, enc, f.Bytes, len(f.Bytes)), skipped
}

// readAll reads bytes in parts of the given size.
func readAll(t TB, enc vendors.RTAEncoder, b []byte, part int) []vendors.Decoded {
	t.Helper()
	dec, ok := vendors.Find[vendors.RTADecoder](enc)
	require.True(t, ok, "the encoder reads nothing")
	r := dec.NewFrameReader()
	var list []vendors.Decoded
	for len(b) > 0 {
		n := min(max(part, 1), len(b))
		require.NoError(t, r.Read(b[:n], func(d vendors.Decoded) { list = append(list, d) }))
		b = b[n:]
	}
	require.Zero(t, r.Pending(), "bytes are left over")
	for _, d := range list {
		require.NoError(t, d.Err, "%q", d.Raw)
	}
	return list
}

// RoundTripRealTime writes random states with arbitrary names, reads them back in parts, and compares what both
// sides know: every record that was written is read, and names without hostile characters, codes and times are the same.
// record is the name of the layout's record of an agent, code what a state's code must be.
func RoundTripRealTime(t *testing.T, enc vendors.RTAEncoder, record string, code func(*wfm.AgentState) string) {
	t.Helper()
	rapid.Check(t, func(t *rapid.T) {
		states := drawStates(t)
		now := SampleTime()
		var f wfm.Frames
		skipped, other := vendors.SkippedIn(enc.NewSession().AppendSnapshot(&f, now, states))
		require.NoError(t, other)
		left := map[wfm.AgentID]bool{}
		for _, s := range skipped {
			left[s.Agent] = true
		}
		var read []vendors.Decoded
		for _, d := range readAll(t, enc, f.Bytes, rapid.IntRange(1, 64).Draw(t, "part")) {
			if d.Record == record {
				read = append(read, d)
			}
		}
		for i := range states {
			s := &states[i]
			if left[s.Agent] {
				continue
			}
			n := 1
			if enc.Traits().FanOut == vendors.PerWorkgroup {
				n = len(s.Workgroups)
			}
			require.GreaterOrEqual(t, len(read), n, "records of agent %q", s.Agent)
			for _, d := range read[:n] {
				if plain(string(s.Agent)) {
					require.Equal(t, string(s.Agent), d.Agent)
				}
				require.Equal(t, code(s), d.Code)
				if !d.Time.IsZero() {
					require.True(t, s.Since.Equal(d.Time), "%s and %s", s.Since, d.Time)
				}
			}
			read = read[n:]
		}
		require.Empty(t, read, "records of nobody")
	})
}

func plain(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

func drawStates(t *rapid.T) []wfm.AgentState {
	name := rapid.OneOf(rapid.StringMatching("[a-z0-9]{1,10}"), rapid.StringN(1, 12, 40))
	list := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) wfm.AgentState {
		s := wfm.AgentState{Agent: wfm.AgentID(name.Draw(t, "agent")), Extension: rapid.StringMatching("[0-9]{0,6}").Draw(t, "extension"),
			LoggedIn: true, Status: wfm.StatusDefinition{Key: "Available"}, Activity: wfm.AgentAvailable,
			Since:      SampleTime().Add(-time.Duration(rapid.IntRange(0, 200000).Draw(t, "seconds")) * time.Second),
			Workgroups: []wfm.Workgroup{"A", "B", "C"}[:rapid.IntRange(1, 3).Draw(t, "workgroups")]}
		if rapid.Bool().Draw(t, "talks") {
			s.Activity, s.Workgroup = wfm.AgentACDTalk, "A"
		}
		return s
	}), 0, 8, func(s wfm.AgentState) wfm.AgentID { return s.Agent })
	return list.Draw(t, "states")
}
