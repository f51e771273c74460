package gmt_test

import (
	"testing"

	"github.com/cicwfm/cicwfm/vendors/gmt"
	"github.com/cicwfm/cicwfm/vendors/layout/layouttest"
)

var realTime = layouttest.SiteStatus{New: gmt.NewRealTime}

func TestRealTimeGolden(t *testing.T) { layouttest.RunRealTime(t, "testdata", gmt.NewRealTime) }

func TestRealTimeRoundTrip(t *testing.T) { realTime.RoundTrip(t) }

func TestNoAllocations(t *testing.T) { realTime.NoAllocations(t) }

func BenchmarkChanges(b *testing.B) { realTime.Benchmark(b) }

// BenchmarkFramesAgainst compares with what the standard library offers.
func BenchmarkFramesAgainst(b *testing.B) { realTime.BenchmarkAgainst(b) }

func FuzzFrames(f *testing.F) { realTime.Fuzz(f) }
