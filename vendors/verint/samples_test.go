package verint_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
)

func TestSamples(t *testing.T) { layouttest.RunSamples(t, "testdata/samples", verint.New) }
