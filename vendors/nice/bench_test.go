package nice_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/nice"
)

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, nice.New) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, nice.New) }
