package cicsim_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		_, err := cicsim.New(cicsim.Config{Seed: 1})
		require.NoError(b, err)
	}
}

func BenchmarkWriteDB(b *testing.B) {
	c, err := cicsim.New(cicsim.Config{Seed: 1})
	require.NoError(b, err)
	for b.Loop() {
		_, err := c.WriteDB(context.Background(), openDB(b))
		require.NoError(b, err)
	}
}

func BenchmarkWriteStatistics(b *testing.B) {
	const rows = 50_000
	for b.Loop() {
		_, err := cicsim.WriteStatistics(context.Background(), openDB(b), cicsim.Config{Seed: 1}, rows)
		require.NoError(b, err)
	}
	b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkTruthQueue(b *testing.B) {
	c, err := cicsim.New(cicsim.Config{Seed: 1})
	require.NoError(b, err)
	truth, hour := c.Truth(), c.Window()
	hour.Start = hour.Start.Add(10 * 3600e9)
	hour.End = hour.Start.Add(3600e9)
	b.ReportAllocs()
	for b.Loop() {
		require.Positive(b, truth.Queue("Sales", wfm.AllMedia, hour).Get(wfm.NEnteredAcd))
	}
}
