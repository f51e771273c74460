package verint_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/verint"
)

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, verint.New) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, verint.New) }
