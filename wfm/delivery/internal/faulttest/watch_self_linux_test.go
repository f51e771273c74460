package faulttest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// TestWatcherSees: what the other tests hold to never happen would be seen.
func TestWatcherSees(t *testing.T) {
	const name = "call_2.txt"
	partial := delivery.PartialName(name, wfm.DigestOf([]byte("whole")))
	write := func(t *testing.T, path, content string) {
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	}
	for what, c := range map[string]struct {
		do    func(t *testing.T, dir string)
		want  string
		twice int
	}{
		"whole, renamed": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, partial), "whole")
			require.NoError(t, os.Rename(filepath.Join(dir, partial), filepath.Join(dir, name)))
		}, "", 0},
		"renamed twice": {func(t *testing.T, dir string) {
			for range 2 {
				write(t, filepath.Join(dir, partial), "whole")
				require.NoError(t, os.Rename(filepath.Join(dir, partial), filepath.Join(dir, name)))
			}
		}, "", 1},
		"partial, renamed": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, partial), "who")
			require.NoError(t, os.Rename(filepath.Join(dir, partial), filepath.Join(dir, name)))
		}, "had 3 bytes under its final name", 0},
		"written in place": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, name), "whole") }, "was created under its final name", 0},
		"changed in place": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, partial), "whole")
			require.NoError(t, os.Rename(filepath.Join(dir, partial), filepath.Join(dir, name)))
			write(t, filepath.Join(dir, name), "whole")
		}, "was changed under its final name", 0},
		"removed": {func(t *testing.T, dir string) {
			write(t, filepath.Join(dir, partial), "whole")
			require.NoError(t, os.Rename(filepath.Join(dir, partial), filepath.Join(dir, name)))
			require.NoError(t, os.Remove(filepath.Join(dir, name)))
		}, "was taken away", 0},
		"a stranger": {func(t *testing.T, dir string) { write(t, filepath.Join(dir, "other.txt"), "") }, "a stranger", 0},
	} {
		t.Run(what, func(t *testing.T) {
			w, err := newWatcher()
			require.NoError(t, err)
			defer func() { require.NoError(t, w.close()) }()
			f := &watched{dir: t.TempDir(), whole: map[string][][]byte{name: {[]byte("whole")}}}
			require.NoError(t, w.watch(f))
			c.do(t, f.dir)
			twice, err := w.verdict(f)
			require.Equal(t, c.twice, twice)
			if c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}
