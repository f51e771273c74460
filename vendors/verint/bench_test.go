package verint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
)

func BenchmarkEncode(b *testing.B) {
	enc, err := verint.New(vendors.Settings{})
	require.NoError(b, err)
	layouttest.Benchmark(b, enc)
}

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) {
	enc, err := verint.New(vendors.Settings{})
	require.NoError(b, err)
	layouttest.BenchmarkAgainst(b, enc)
}
