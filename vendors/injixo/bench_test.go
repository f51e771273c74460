package injixo_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/injixo"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
)

func BenchmarkEncode(b *testing.B) { layouttest.Benchmark(b, injixo.New) }

// BenchmarkAgainst compares with what the standard library offers.
func BenchmarkAgainst(b *testing.B) { layouttest.BenchmarkAgainst(b, injixo.New) }
