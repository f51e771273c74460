package filedrop_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
)

func TestFolderFaults(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	for name, c := range map[string]struct {
		dir, want string
		kind      wfm.Kind
		retry     bool
	}{
		"missing":       {filepath.Join(dir, "missing"), "mount the share", wfm.NotFound, true},
		"a file":        {file, "it is not a folder", wfm.BadConfig, false},
		"below a file":  {filepath.Join(file, "x"), "correct the path", wfm.BadConfig, false},
		"name too long": {filepath.Join(dir, strings.Repeat("x", 300)), "", wfm.Unavailable, true},
	} {
		t.Run(name, func(t *testing.T) {
			if runtime.GOOS == "windows" && (name == "below a file" || name == "name too long") {
				t.Skip("Windows reports a path below a file, or one too long, as a path that does not exist")
			}
			d := newDrop(t, c.dir, filedrop.Options{})
			_, deliverErr := d.Deliver(t.Context(), call("x"))
			_, _, probeErr := d.Probe(t.Context(), call("x"))
			_, cleanErr := d.CleanPartials(t.Context(), 0)
			for _, err := range []error{d.Check(t.Context()), deliverErr, probeErr, cleanErr} {
				require.ErrorContains(t, err, c.want)
				require.ErrorContains(t, err, wfm.Quote(c.dir))
				require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
				retry, _ := wfm.ShouldRetry(err)
				require.Equal(t, c.retry, retry, "%v", err)
			}
		})
	}
}

func TestNoRight(t *testing.T) {
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		t.Skip("the account may write everywhere: needs a Unix account other than root")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	d := newDrop(t, dir, filedrop.Options{})
	_, err := d.Deliver(t.Context(), call("x"))
	for _, err := range []error{err, d.Check(t.Context())} {
		require.Equal(t, wfm.NoPermission, wfm.KindOf(err), "%v", err)
		require.ErrorContains(t, err, "give the service's account the right")
	}
}

// TestFullDisk uses the device that is always full, as the place that a partial file leads to
// cannot be one: it checks how the system's error is told.
func TestFullDisk(t *testing.T) {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("this system has no /dev/full")
	}
	defer f.Close()
	_, err = f.Write([]byte("x"))
	require.Error(t, err)
	err = filedrop.Failed("deliver", err)
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	require.ErrorContains(t, err, "free space on the disk")
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
}
