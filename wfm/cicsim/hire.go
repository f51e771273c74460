package cicsim

import (
	"cmp"
	"math/rand/v2"
	"slices"

	"github.com/cicwfm/cicwfm/wfm"
)

// streams keep the draws of one concern from moving those of another.
const (
	streamHire uint64 = iota + 1
	streamArrivals
	streamWork
	streamServer
	streamDelivery
	streamRecord
)

func newRand(seed, stream uint64, site int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream<<16|uint64(site)))
}

// shift is a working day: seconds after local midnight. An end beyond a day is the next morning.
type shift struct{ start, end int }

const hour = 3600

// newHire is an agent with the rhythm of its days.
type newHire struct {
	Agent
	shift  shift
	groups []int // positions of Workgroups in the centre's list, same order
}

// hire spreads the agents over sites, workgroups and shifts.
func hire(cfg Config, workgroups []wfm.Workgroup) []newHire {
	rng := newRand(cfg.Seed, streamHire, 0)
	shifts := [...]shift{{13 * hour / 2, 15 * hour}, {8 * hour, 33 * hour / 2}, {9 * hour, 35 * hour / 2},
		{10 * hour, 37 * hour / 2}, {12 * hour, 41 * hour / 2}, {8 * hour, 13 * hour}, {9 * hour, 18 * hour}}
	var all []newHire
	for i := range cfg.Agents {
		nth := i / len(cfg.Sites) // of its site
		h := newHire{Agent: Agent{ID: agentName(i, cfg.OddNames), Site: cfg.Sites[i%len(cfg.Sites)].ID},
			shift: shifts[rng.IntN(len(shifts))]}
		switch {
		case nth%10 == 6:
			h.shift = shift{22 * hour, 30 * hour} // the night
			h.groups = some(rng, len(workgroups), 4)
		case nth%10 == partDay && len(workgroups) > partDay:
			h.shift = shift{10 * hour, 14 * hour}
			h.groups = []int{partDay}
		default:
			h.groups = some(rng, len(workgroups), 1+rng.IntN(3))
			if home := nth % len(workgroups); home != partDay && !slices.Contains(h.groups, home) {
				h.groups = append(h.groups, home) // so that every queue has somebody
			}
		}
		slices.SortFunc(h.groups, func(a, b int) int { return cmp.Compare(workgroups[a], workgroups[b]) })
		for _, g := range h.groups {
			h.Workgroups = append(h.Workgroups, workgroups[g])
		}
		all = append(all, h)
	}
	return all
}

// some draws up to k different workgroups, never the one that works part of the day.
func some(rng *rand.Rand, n, k int) []int {
	var list []int
	for _, g := range rng.Perm(n) {
		if g != partDay && len(list) < k {
			list = append(list, g)
		}
	}
	return list
}
