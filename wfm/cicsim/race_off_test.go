//go:build !race

package cicsim_test

// raceEnabled keeps the long comparisons out of runs with the race detector.
const raceEnabled = false
