package faulttest_test

import (
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/internal/faultnet"
)

// faultsVariable is "all" for every step.
const faultsVariable = "CICWFM_TEST_FAULTS"

// atOnce is how many runs there are at a time against one server: they mostly wait for stalls.
const atOnce = 16

// TestFaultsAtEachStep lets the network fail at each step of a run of deliveries, in each way.
func TestFaultsAtEachStep(t *testing.T) {
	t.Parallel()
	var sums totals
	turns := newTurns(10)
	began := time.Now()
	t.Run("servers", func(t *testing.T) {
		for _, s := range sites() {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				matrix(t, s, turns, &sums)
			})
		}
	})
	t.Logf("totals after %s:\n%s", time.Since(began).Round(time.Second), &sums)
}

func matrix(t *testing.T, s site, turns turns, sums *totals) {
	r := s.run(t)
	r.turns = turns
	undisturbed, steps, err := r.try(t.Context(), trial{})
	for i := 0; i < 3 && undisturbed.Slow > 0; i++ { // a busy machine exceeds the short time limits by itself
		undisturbed, steps, err = r.try(t.Context(), trial{})
	}
	require.NoError(t, err)
	require.Equal(t, tally{Runs: 1, Delivered: len(artifacts())}, undisturbed)
	require.Greater(t, steps, 20)
	trials := plan(steps)
	t.Logf("an undisturbed run has %d steps; %d runs with a fault follow", steps, len(trials))
	queue := make(chan trial)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for c := range queue {
				sum, _, err := r.try(t.Context(), c)
				sums.add(r.name, c.fault.String(), sum)
				if err == nil && sum.Delivered != len(artifacts()) {
					t.Errorf("%s: %d entries were committed", c, sum.Delivered)
				}
				if err != nil {
					t.Errorf("%s: %v", c, err)
				}
				if err := r.last(keep); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, c := range trials {
		queue <- c
	}
	close(queue)
	workers.Wait()
	require.NoError(t, r.last(0))
}

// plan chooses the trials: every fault at every step, what follows it in turns, or as many as the time permits, spread over faults, steps and variants.
func plan(steps int) (trials []trial) {
	// Where the count of steps varies, the last may come later.
	last := steps + 2
	if os.Getenv(faultsVariable) == "all" {
		for step := 1; step <= last; step++ {
			for i, fault := range faultnet.Faults() {
				if fault != faultnet.Slow || step%8 == 1 {
					trials = append(trials, trial{fault, step, (step+i)%2 == 0})
				}
			}
		}
		return trials
	}
	many := 12
	if testing.Short() {
		many = 6
	}
	for i := range many {
		faults := faultnet.Faults()
		trials = append(trials, trial{faults[i%len(faults)], 1 + i*last/many, i/len(faults)%2 == 1})
	}
	return trials
}
