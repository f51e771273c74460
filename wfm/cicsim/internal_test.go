package cicsim

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// TestCounterTable fails when package wfm gets a counter that the rows here have no place for.
func TestCounterTable(t *testing.T) {
	n := 0
	for range wfm.Counters() {
		n++
	}
	require.Equal(t, n, numCounters)
}

// TestEveryCounterHasOneDefinition checks that no counter is defined twice.
func TestEveryCounterHasOneDefinition(t *testing.T) {
	seen := map[wfm.Counter]bool{}
	for _, d := range legCounters {
		require.False(t, seen[d.counter], d.counter)
		seen[d.counter] = true
	}
}
