package integration_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// faults are what can be ordered between two steps; each returns after it was ordered.
var faults = []struct {
	name  string
	order func(h *house, r *rand.Rand)
}{
	{"switchover", func(h *house, _ *rand.Rand) { h.pair.Switchover() }},
	{"the primary dies", func(h *house, _ *rand.Rand) { h.pair.Kill() }},
	{"dropped stream", func(h *house, _ *rand.Rand) { h.pair.DropStreams() }},
	{"silence", func(h *house, _ *rand.Rand) { h.pair.Silence(600 * time.Millisecond) }},
	{"expired session", func(h *house, _ *rand.Rand) { h.pair.ExpireSessions() }},
	{"503", func(h *house, _ *rand.Rand) { h.pair.DropStreams(); h.pair.Refuse503(100 * time.Millisecond) }},
	{"slow", func(h *house, _ *rand.Rand) { h.pair.Slow(2*time.Millisecond, 50*time.Millisecond) }},
	{"cut JSON", func(h *house, r *rand.Rand) { h.pair.CutJSON(1 + r.IntN(3)) }},
	{"unknown messages", func(h *house, r *rand.Rand) { h.pair.UnknownMessages(1 + r.IntN(20)) }},
	{"duplicated messages", func(h *house, r *rand.Rand) { h.pair.Duplicate(1 + r.IntN(20)) }},
	{"reordered messages", func(h *house, r *rand.Rand) { h.pair.Reorder(1 + r.IntN(20)) }},
	{"full updates", func(h *house, _ *rand.Rand) { h.pair.FullUpdates() }},
	{"down", func(h *house, _ *rand.Rand) { h.pair.Down(true) }},
	{"a receiver hangs up", func(h *house, r *rand.Rand) { h.heard[r.IntN(2)].cut() }},
}

// TestAccountingUnderFaults lives through an hour of 500 agents with every fault there is, at random.
// In quiet minutes each receiver gets every change exactly once; in minutes with a fault none
// that did not happen, none twice, all in order; and in the end always the truth.
func TestAccountingUnderFaults(t *testing.T) {
	seeds, agents, workers := 20, 500, 4
	if testing.Short() {
		seeds, agents = 3, 60
	}
	gate := make(chan struct{}, workers)
	var wg sync.WaitGroup
	defer wg.Wait()
	for seed := range uint64(seeds) {
		wg.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) { account(t, seed, agents) })
		})
	}
}

func account(t *testing.T, seed uint64, agents int) {
	r := rand.New(rand.NewPCG(seed, 1))
	h := newHouse(t, seed, agents, seed%5 == 4)
	defer h.stop()
	h.settle(t, "the start")
	require.NoError(t, h.compare(false), "the first snapshot")
	changes := 0
	order := r.Perm(len(faults))
	for minute := range 120 { // half minutes
		what, exact := "a quiet half minute", true
		if minute%6 == 3 {
			f := faults[order[minute/6%len(faults)]]
			what, exact = f.name, false
			h.step(t, 5*time.Second)
			f.order(h, r)
		}
		h.step(t, 30*time.Second)
		if exact {
			h.caughtUp()
		} else {
			time.Sleep(time.Duration(r.IntN(50)) * time.Millisecond)
			h.step(t, 10*time.Second)
			h.connected(t, what)
		}
		before := changes
		for i, tr := range h.truths {
			for _, a := range h.agents {
				changes += len(tr.of(a)) - h.marks[i][a][0]
			}
		}
		require.NoError(t, h.compare(exact), "%s, at %s, of %d changes\n%s", what, time.Unix(h.clock.Load(), 0).UTC(), changes-before, tail(h.log.String()))
	}
	t.Logf("%d changes", changes)
	require.Greater(t, changes, agents*10)
	noSecrets(t, h.log.String(), fmt.Sprintf("%+v", h.service.Status()))
}

func noSecrets(t *testing.T, texts ...string) {
	for _, text := range texts {
		require.NotContains(t, text, "s3cr3t")
		require.NotContains(t, text, "icws_", "a cookie")
	}
}
