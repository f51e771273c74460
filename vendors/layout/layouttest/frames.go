package layouttest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
)

// SampleChanges makes a change of every sample state: half a minute later in another status.
func SampleChanges(n int) []wfm.StatusChange {
	list := make([]wfm.StatusChange, n)
	for i, s := range SampleStates(n) {
		list[i] = wfm.StatusChange{Before: s, Now: s}
		list[i].Now.Since = s.Since.Add(30 * time.Second)
		list[i].Now.Status.Key, list[i].Now.Activity, list[i].Now.Workgroup = "Break", wfm.AgentUnavailable, ""
		list[i].Until = list[i].Now.Since
	}
	return list
}

// NoAllocations fails where a change costs memory once a session is warm.
func NoAllocations(t *testing.T, enc vendors.RTAEncoder) {
	t.Helper()
	s, list := enc.NewSession(), SampleChanges(100)
	var f wfm.Frames
	require.NoError(t, s.AppendChanges(&f, SampleTime(), list))
	require.NotZero(t, f.Len())
	require.Zero(t, testing.AllocsPerRun(100, func() {
		f.Reset()
		if err := s.AppendChanges(&f, SampleTime(), list); err != nil {
			t.Error(err)
		}
	}), "allocations in a hundred changes")
}

// BenchmarkChanges writes changes of 10,000 agents, one by one, in one session.
func BenchmarkChanges(b *testing.B, enc vendors.RTAEncoder) {
	b.Helper()
	s, list := enc.NewSession(), SampleChanges(10000)
	var f wfm.Frames
	require.NoError(b, s.AppendChanges(&f, SampleTime(), list))
	b.SetBytes(int64(len(f.Bytes) / len(list)))
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		f.Reset()
		if err := s.AppendChanges(&f, SampleTime(), list[i:i+1]); err != nil {
			b.Fatal(err)
		}
		i = (i + 1) % len(list)
	}
}

// FuzzFrames feeds foreign bytes to the readers of encoders: no panic, no more memory kept than a frame, and the
// same records whether the bytes come at once or in two parts.
func FuzzFrames(f *testing.F, encoders []vendors.RTAEncoder, seeds ...[]byte) {
	f.Helper()
	for i := range encoders {
		for _, seed := range seeds {
			f.Add(i, seed, len(seed)/2)
		}
	}
	f.Fuzz(func(t *testing.T, which int, data []byte, at int) {
		dec, ok := vendors.Find[vendors.RTADecoder](encoders[uint(which)%uint(len(encoders))])
		require.True(t, ok)
		at = int(uint(at) % uint(len(data)+1))
		read := func(parts ...[]byte) (list []vendors.Decoded, failed bool) {
			r := dec.NewFrameReader()
			for _, p := range parts {
				failed = r.Read(p, func(d vendors.Decoded) { list = append(list, d) }) != nil
			}
			require.LessOrEqual(t, r.Pending(), len(data))
			return list, failed
		}
		whole, failed := read(data)
		parts, failedToo := read(data[:at], data[at:])
		require.Equal(t, failed, failedToo)
		require.Equal(t, len(whole), len(parts))
		for i := range whole {
			require.Equal(t, whole[i].Record, parts[i].Record)
			require.Equal(t, whole[i].Fields, parts[i].Fields)
		}
	})
}

// FrameSeeds reads the expected frames of all real-time cases below dir, as a corpus for FuzzFrames.
func FrameSeeds(t testing.TB, dir string) [][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, realTimePrefix+"*", "expected", "*"))
	require.NoError(t, err)
	var list [][]byte
	for _, name := range files {
		if strings.HasSuffix(name, "decoded.txt") {
			continue
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		list = append(list, data)
	}
	require.NotEmpty(t, list)
	return list
}
