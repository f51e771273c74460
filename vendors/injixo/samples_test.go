package injixo_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
)

func TestSamples(t *testing.T) { layouttest.RunSamples(t, "testdata/samples", injixo.New) }
