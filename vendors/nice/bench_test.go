package nice_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/nice"
)

func BenchmarkEncode(b *testing.B) {
	for _, preset := range []string{"totalview-a", "totalview-b", "contact-history"} {
		b.Run(preset, func(b *testing.B) {
			enc, err := nice.New(vendors.Settings{Presets: []string{preset}})
			require.NoError(b, err)
			layouttest.Benchmark(b, enc)
		})
	}
}

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) {
	for _, preset := range []string{"totalview-a", "totalview-b", "contact-history"} {
		b.Run(preset, func(b *testing.B) {
			enc, err := nice.New(vendors.Settings{Presets: []string{preset}})
			require.NoError(b, err)
			layouttest.BenchmarkAgainst(b, enc)
		})
	}
}
