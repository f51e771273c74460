package layout_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/stretchr/testify/require"
)

// newEncoder makes an encoder of the layouts of a case.
func newEncoder(s vendors.Settings) (vendors.HistoricalEncoder, error) {
	layouts, err := layout.Choose(s, nil)
	if err != nil {
		return nil, err
	}
	return layout.NewHistorical(vendors.Info{Name: "test"}, s, layouts...)
}

func TestGolden(t *testing.T) { layouttest.Run(t, "testdata/cases", newEncoder) }

// TestBadLayouts compares the messages for broken layouts: testdata/bad/x.yaml with x.txt.
func TestBadLayouts(t *testing.T) {
	files, err := filepath.Glob("testdata/bad/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		t.Run(filepath.Base(f), func(t *testing.T) {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			_, err = layout.Parse(vendors.File{Name: filepath.Base(f), Data: data})
			require.Error(t, err)
			golden := strings.TrimSuffix(f, ".yaml") + ".txt"
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				require.NoError(t, os.WriteFile(golden, []byte(err.Error()+"\n"), 0o644))
			}
			want, readErr := os.ReadFile(golden)
			require.NoError(t, readErr)
			require.Equal(t, string(want), err.Error()+"\n")
		})
	}
}
