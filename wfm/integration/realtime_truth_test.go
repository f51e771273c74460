package integration_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// The codes that the receivers of this test get for what comes from log-in and queue; statuses have
// codes of their own, from 200 on.
var queueCodes = map[wfm.AgentActivity]vendors.Code{
	wfm.AgentLoggedOff: {Code: "27"}, wfm.AgentACDTalk: {Code: "101"}, wfm.AgentACDHold: {Code: "102"},
	wfm.AgentNonACDTalk: {Code: "103"}, wfm.AgentDialling: {Code: "104"}, wfm.AgentAlerting: {Code: "105"},
}

// truth is what the simulated CIC did, per agent, as codes: worked out from the changes of the simulator
// alone, by a definition that shares nothing with the library's.
type truth struct {
	verbose bool
	codes   map[wfm.StatusKey]string
	mu      sync.Mutex
	last    map[wfm.AgentID]string
	calls   map[wfm.AgentID]int // interactions before
	list    map[wfm.AgentID][]fact
}

// fact is one state of the truth. Several says that the agent has, or had just before, more than one interaction: which of them
// decides among equals hangs on when each began, and the simulated hour runs faster than any clock by which
// the library could know. So the change from one to the other may show or not.
type fact struct {
	code    string
	several bool
}

func (tr *truth) take(c icwsserver.Change) {
	if c.Agent.ID != "" {
		tr.put(&c.Agent)
	}
}

func (tr *truth) put(a *icwsserver.AgentView) {
	code, contact := tr.code(a)
	key := fmt.Sprint(code, a.Status, a.StatusChanged.Unix(), a.LoggedIn, contact)
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if tr.last[a.ID] != key {
		tr.last[a.ID] = key
		tr.list[a.ID] = append(tr.list[a.ID], fact{code, tr.verbose && max(len(a.Interactions), tr.calls[a.ID]) > 1})
	}
	tr.calls[a.ID] = len(a.Interactions)
}

func (tr *truth) code(a *icwsserver.AgentView) (code, contact string) {
	if !a.LoggedIn {
		return "27", ""
	}
	if tr.verbose {
		// In this order: the first kind of which there is one.
		for _, kind := range []struct {
			states, code string
			acd          bool
			any          bool
		}{{"C", "101", true, false}, {"HX", "102", true, false}, {"C", "103", false, false}, {"HX", "103", false, false}, {"RS", "104", false, true}, {"AO", "105", false, true}} {
			var found []icwsserver.Interaction
			for _, in := range a.Interactions {
				if in.State != "" && strings.Contains(kind.states, in.State) && (kind.any || (in.Workgroup != "") == kind.acd) {
					found = append(found, in)
				}
			}
			if len(found) > 0 {
				slices.SortFunc(found, func(a, b icwsserver.Interaction) int {
					if c := a.At.Compare(b.At); c != 0 {
						return c
					}
					return strings.Compare(a.ID, b.ID)
				})
				return kind.code, found[0].ID
			}
		}
	}
	return tr.codes[a.Status], ""
}

func (tr *truth) of(agent wfm.AgentID) []fact {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.list[agent])
}

// compare checks what the receivers heard since the last comparison. Exact: each change once, in
// order. Otherwise: in order, none invented, none twice, save the snapshot of a new connection.
func (h *house) compare(exact bool) error {
	var list []error
	for i, tr := range h.truths {
		r, conn := h.heard[i], h.conns[i]
		r.mu.Lock()
		list = append(list, r.bad...)
		r.mu.Unlock()
		for _, a := range h.agents {
			want, got, mark := tr.of(a), r.of(a), h.marks[i][a]
			if err := follows(want, mark[0], got[mark[1]:], conn, exact); err != nil {
				list = append(list, fmt.Errorf("receiver %d, agent %q: %w", i, a, err))
			}
			h.marks[i][a] = [2]int{len(want), len(got)}
			if len(got) > 0 {
				h.conns[i] = max(h.conns[i], got[len(got)-1].conn)
			}
		}
	}
	return errors.Join(list[:min(len(list), 5)]...)
}

func follows(want []fact, from int, got []heard, conn int, exact bool) error {
	at := from - 1 // the index of the state that the receiver knows
	optional := func(i int) bool {
		return i < len(want) && i > 0 && want[i].code == want[i-1].code && (want[i].several || want[i-1].several)
	}
	for n, g := range got {
		if g.conn > conn {
			conn, at = g.conn, max(from-2, -1) // a snapshot may repeat what is known
		}
		if at >= 0 && want[at].code == g.code && want[at].several && (at+1 == len(want) || want[at+1].code != g.code) {
			continue
		}
		next := at + 1
		for exact && optional(next) && want[next].code != g.code {
			at, next = at+1, next+1
		}
		for next < len(want) && want[next].code != g.code {
			next++
		}
		if next >= len(want) || exact && next != at+1 {
			return fmt.Errorf("the truth since then is %v, it heard %v: number %d does not fit", after(want, max(from-1, 0)), got, n+1)
		}
		at = next
	}
	for optional(at + 1) {
		at++
	}
	if exact && at != len(want)-1 {
		return fmt.Errorf("the truth since then is %v, it heard only %v", after(want, max(from-1, 0)), got)
	}
	return nil
}
