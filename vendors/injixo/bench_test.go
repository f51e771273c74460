package injixo_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
)

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, withNumber) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, withNumber) }
