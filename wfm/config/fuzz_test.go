package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
)

// FuzzParse: whatever the text, each problem is one line with a remedy, and what is read without a problem is written and read back to
// the same.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/cases/*/config.yaml")
	require.NoError(f, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add(config.Example())
	f.Fuzz(func(t *testing.T, text []byte) {
		c, err := config.Parse("config.yaml", text)
		if err != nil {
			for _, e := range flat(err) {
				var p wfm.Problem
				require.True(t, errors.As(e, &p), "%T %v", e, e)
				require.NotEmpty(t, p.Remedy, "%v", e)
				require.False(t, strings.ContainsAny(e.Error(), "\n\r"), "%q", e)
			}
		}
		if c == nil {
			require.Error(t, err)
			return
		}
		written := c.YAML()
		again, againErr := config.Parse("config.yaml", written)
		if err == nil {
			require.NoError(t, againErr, "%s", written)
			require.Equal(t, string(written), string(again.YAML()))
			_, err = config.Parse("config.yaml", c.Commented())
			require.NoError(t, err)
		}
	})
}
