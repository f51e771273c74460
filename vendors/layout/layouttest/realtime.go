package layouttest

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

const realTimePrefix = "rta-"

// RunRealTime runs every case below dir whose name begins with rta-, with encoders made by newEncoder.
func RunRealTime(t *testing.T, dir string, newEncoder func(vendors.RTASettings) (vendors.RTAEncoder, error)) {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(dir, realTimePrefix+"*", "case.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, cases, "no cases in %s", dir)
	for _, c := range cases {
		t.Run(filepath.Base(filepath.Dir(c)), func(t *testing.T) { runRealTimeCase(t, filepath.Dir(c), newEncoder) })
	}
}

func runRealTimeCase(t *testing.T, dir string, newEncoder func(vendors.RTASettings) (vendors.RTAEncoder, error)) {
	c, err := readRealTimeCase(dir)
	require.NoError(t, err)
	settings, err := c.Settings.settings(dir)
	require.NoError(t, err)
	enc, err := newEncoder(settings)
	if err != nil {
		require.NotEmpty(t, c.Error, "unexpected error: %v", err)
		for _, part := range c.Error {
			require.ErrorContains(t, err, part)
		}
		return
	}
	require.Empty(t, c.Error, "an error is expected")
	if len(c.Advice) > 0 {
		a, ok := vendors.Find[vendors.Advisor](enc)
		require.True(t, ok, "encoder gives no advice")
		for _, part := range c.Advice {
			require.Contains(t, strings.Join(a.Advice(), "\n"), part)
		}
	}
	files, all, skipped := c.write(t, enc.NewSession())
	require.Equal(t, len(c.Skipped), len(skipped), "skipped agents: %v", skipped)
	for i, part := range c.Skipped {
		require.ErrorContains(t, skipped[i], part)
	}
	files["decoded.txt"] = []byte(decodeAll(t, enc, all))
	compareFrames(t, filepath.Join(dir, "expected"), files)
}

// write makes the calls of the case and returns a file per frame, all bytes, and who was skipped.
func (c *realTimeCase) write(t *testing.T, s vendors.Session) (files map[string][]byte, all []byte, skipped []error) {
	t.Helper()
	files = map[string][]byte{}
	var f wfm.Frames
	for i, step := range c.Steps {
		f.Reset()
		now := c.Now
		if !step.Now.IsZero() {
			now = step.Now
		}
		var err error
		var name string
		switch {
		case step.Snapshot != nil:
			name = "snapshot"
			list, bad := states(step.Snapshot)
			require.NoError(t, bad)
			err = s.AppendSnapshot(&f, now.UTC(), list)
		case step.Changes != nil:
			name = "changes"
			list, bad := changes(step.Changes)
			require.NoError(t, bad)
			err = s.AppendChanges(&f, now.UTC(), list)
		case step.Health != "":
			name = step.Health
			h, ok := healthByName(step.Health)
			require.True(t, ok, "health %q", step.Health)
			err = s.(vendors.HealthSession).AppendHealth(&f, now.UTC(), h)
		case step.Heartbeat:
			name = "heartbeat"
			err = s.(vendors.HeartbeatSession).AppendHeartbeat(&f, now.UTC())
		default:
			t.Fatalf("step %d does nothing", i+1)
		}
		list, other := vendors.SkippedIn(err)
		require.NoError(t, other)
		for _, one := range list {
			skipped = append(skipped, one)
		}
		n := 0
		for frame := range f.All() {
			n++
			files[fmt.Sprintf("%02d-%s.%d", i+1, name, n)] = bytes.Clone(frame)
		}
		all = append(all, f.Bytes...)
	}
	return files, all, skipped
}

// decodeAll reads the frames at once and byte by byte, which must give the same, and returns it as text.
func decodeAll(t *testing.T, enc vendors.RTAEncoder, all []byte) string {
	t.Helper()
	dec, ok := vendors.Find[vendors.RTADecoder](enc)
	require.True(t, ok, "the encoder reads nothing")
	var whole, single []vendors.Decoded
	r := dec.NewFrameReader()
	require.NoError(t, r.Read(all, func(d vendors.Decoded) { whole = append(whole, d) }))
	require.Zero(t, r.Pending(), "bytes are left over")
	r = dec.NewFrameReader()
	one := iotest.OneByteReader(bytes.NewReader(all))
	var b [1]byte
	for {
		if _, err := one.Read(b[:]); err != nil {
			break
		}
		require.NoError(t, r.Read(b[:], func(d vendors.Decoded) { single = append(single, d) }))
	}
	require.Zero(t, r.Pending())
	require.Equal(t, whole, single, "what is read depends on how the bytes come")
	var text strings.Builder
	for _, d := range whole {
		require.NoError(t, d.Err)
		fmt.Fprintf(&text, "%s %s agent=%q extension=%q workgroup=%q code=%q reason=%q", d.Record, d.Event, d.Agent, d.Extension, d.Workgroup,
			d.Code, d.Reason)
		if !d.Time.IsZero() {
			text.WriteString(" time=" + d.Time.Format(time.RFC3339))
		}
		for _, field := range d.Fields {
			fmt.Fprintf(&text, "\n\t%s=%s", field.Name, field.Value)
		}
		text.WriteString("\n")
	}
	return text.String()
}

// compareFrames compares frames with the folder, or writes it.
func compareFrames(t *testing.T, dir string, files map[string][]byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.RemoveAll(dir))
		require.NoError(t, os.MkdirAll(dir, 0o755))
		for name, data := range files {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
		}
		return
	}
	var want, got []string
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		want = append(want, e.Name())
	}
	for name := range files {
		got = append(got, name)
	}
	slices.Sort(got)
	require.Equal(t, want, got, "names of the frames")
	for _, name := range got {
		expected, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		if diff := cmp.Diff(string(expected), string(files[name])); diff != "" {
			t.Errorf("%s differs (-want +got):\n%s", name, diff)
		}
	}
}
