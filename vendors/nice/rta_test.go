package nice_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
	"github.com/cicwfm/cicwfm/vendors/nice"
)

var realTime = layouttest.SiteStatus{New: nice.NewRealTime}

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", nice.NewRealTime) }

func TestRealTimeRoundTrip(t *testing.T) { realTime.RoundTrip(t) }

func TestNoAllocations(t *testing.T) { realTime.NoAllocations(t) }

func BenchmarkChanges(b *testing.B) { realTime.Benchmark(b) }

// BenchmarkFramesAgainst compares with what the standard library offers.
func BenchmarkFramesAgainst(b *testing.B) { realTime.BenchmarkAgainst(b) }

func FuzzFrames(f *testing.F) { realTime.Fuzz(f) }
