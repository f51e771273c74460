package icws_test

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// The client against the simulated CIC, which knows the API from its documents and not from the client.

// servers are how CICs differ, or may differ where no document says.
var servers = map[string]icwsserver.Options{
	"stream":                 {},
	"polling":                {Features: map[string]int{"messaging": 1}},
	"adding, 404, 206":       {AddUsers: true, RejectUnknownUsers: true, PartialContent: true, NoHeartbeat: true},
	"polling, adding, 404":   {AddUsers: true, RejectUnknownUsers: true, Features: map[string]int{"messaging": 1}},
	"one notice in a second": {PerSecond: true},
}

// simulate runs the pair of a simulated CIC on loopback and returns options of a client of it.
func simulate(t *testing.T, cfg icwsserver.Config, opt icwsserver.Options) (*icwsserver.Pair, icws.Options) {
	cic, err := icwsserver.NewCIC(cfg)
	require.NoError(t, err)
	opt.User, opt.Password = "svc_rta", wfm.NewSecret(password)
	pair, err := icwsserver.NewPair(cic, opt)
	require.NoError(t, err)
	primary, backup := httptest.NewServer(pair.Primary), httptest.NewServer(pair.Backup)
	pair.Primary.SetAddress(primary.Listener.Addr().String())
	pair.Backup.SetAddress(backup.Listener.Addr().String())
	t.Cleanup(func() {
		pair.Close()
		for _, s := range []*httptest.Server{primary, backup} {
			s.CloseClientConnections()
			s.Close()
		}
	})
	o := options(primary.URL)
	o.PollEvery, o.RoundWait = 5*time.Millisecond, 10*time.Millisecond
	return pair, o
}

func TestTheClientKeepsTheRulesOfSources(t *testing.T) {
	for name, opt := range servers {
		for _, queues := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", queues ", queues), func(t *testing.T) {
				t.Parallel()
				pair, o := simulate(t, icwsserver.Plain(230, 3), opt)
				require.NoError(t, pair.CIC().PutInteraction("agent0002", icwsserver.Interaction{ID: "1", State: "C", Workgroup: "Team 02"}))
				q := rta.Query{Workgroups: []wfm.Workgroup{"team 01", "WFM rta"}, Queues: queues}
				require.NoError(t, rtatest.Check(t.Context(), q, func() (rta.Source, error) { return newClient(t, o), nil }))
				require.Zero(t, pair.Stats().Sessions, "every session is logged off")
				require.Zero(t, pair.Stats().Overlaps)
			})
		}
	}
}

// following is a stream of one simulated CIC with a watcher whose changes are checked and remembered.
type following struct {
	t      *testing.T
	pair   *icwsserver.Pair
	stream *rta.Stream
	watch  *rta.Watcher
	groups []wfm.Workgroup
	buf    []wfm.StatusChange
	known  map[wfm.AgentID]wfm.AgentState
	events []string
}

func follow(t *testing.T, pair *icwsserver.Pair, o icws.Options, groups ...wfm.Workgroup) *following {
	f := &following{t: t, pair: pair, groups: groups, known: map[wfm.AgentID]wfm.AgentState{}}
	var err error
	f.stream, err = rta.NewStream(rta.Options{Servers: []rta.Server{{Name: "cic", Source: newClient(t, o)}},
		Query: rta.Query{Workgroups: groups, Queues: true}, Times: rta.Times{Backoff: 5 * time.Millisecond, MaxBackoff: 20 * time.Millisecond}})
	require.NoError(t, err)
	f.watch, err = f.stream.Watch(rta.WatchOptions{Level: wfm.LevelVerbose})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- f.stream.Run(ctx) }()
	t.Cleanup(func() { cancel(); require.NoError(t, <-done) })
	require.Eventually(t, func() bool { return f.stream.Health()[0].State == rta.ServerUp }, time.Minute, time.Millisecond)
	for _, s := range f.watch.Snapshot() {
		f.known[s.Agent] = s
	}
	return f
}

// take drains the watcher: each change begins where the one before ended.
func (f *following) take() {
	f.buf = f.watch.Drain(f.buf)
	for i := range f.buf {
		c := &f.buf[i]
		before := f.known[c.Now.Agent]
		require.True(f.t, before.Same(&c.Before), "%+v does not follow %+v", c, before)
		f.events = append(f.events, fmt.Sprintf("%s %s", c.Event(), c.Now.Agent))
		if c.Now.InAdherence() {
			f.known[c.Now.Agent] = c.Now
		} else {
			delete(f.known, c.Now.Agent)
		}
	}
}

// differs compares what is known with the truth.
func (f *following) differs() error {
	f.take()
	members := 0
	for _, a := range f.pair.CIC().Agents() {
		var in []wfm.Workgroup
		for _, g := range a.Workgroups {
			if slices.ContainsFunc(f.groups, func(o wfm.Workgroup) bool { return strings.EqualFold(string(o), string(g)) }) {
				in = append(in, g)
			}
		}
		s, ok := f.known[a.ID]
		if len(in) == 0 {
			if ok {
				return fmt.Errorf("%s is still in adherence", a.ID)
			}
			continue
		}
		members++
		switch {
		case !ok:
			return fmt.Errorf("%s is not in adherence", a.ID)
		case len(s.Workgroups) != len(in):
			return fmt.Errorf("%s is in %q, not %q", a.ID, s.Workgroups, in)
		case s.Extension != a.Extension:
			return fmt.Errorf("%s has extension %q, not %q", a.ID, s.Extension, a.Extension)
		case s.LoggedIn != a.LoggedIn || !strings.EqualFold(string(s.Status.Key), string(a.Status)):
			return fmt.Errorf("%s is in %q (%t), not %q (%t)", a.ID, s.Status.Key, s.LoggedIn, a.Status, a.LoggedIn)
		}
		talks := slices.ContainsFunc(a.Interactions, func(i icwsserver.Interaction) bool { return i.State == "C" })
		if shown := s.Activity == wfm.AgentACDTalk || s.Activity == wfm.AgentNonACDTalk; a.LoggedIn && talks != shown {
			return fmt.Errorf("%s is in activity %s, of %+v", a.ID, s.Activity, a.Interactions)
		}
	}
	if len(f.known) != members {
		return fmt.Errorf("%d agents are known of %d", len(f.known), members)
	}
	return nil
}

func (f *following) settle(what string) {
	f.t.Helper()
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if err = f.differs(); err == nil {
			return
		}
	}
	require.NoError(f.t, err, "after %s: %+v; %q", what, f.stream.Health(), f.events)
}

func TestMembershipIsFollowedEndToEnd(t *testing.T) {
	for name, opt := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pair, o := simulate(t, icwsserver.Plain(230, 3), opt)
			cic := pair.CIC()
			f := follow(t, pair, o, "team 01", "TEAM 02")
			f.settle("the start")
			shown := func(what string, want ...string) {
				t.Helper()
				f.settle(what)
				slices.Sort(f.events)
				slices.Sort(want)
				require.Equal(t, want, slices.Compact(f.events), what)
				f.events = nil
			}
			f.events = nil
			outside := wfm.AgentID("")
			for _, a := range cic.Agents() {
				if !slices.Contains(a.Workgroups, "Team 01") && !slices.Contains(a.Workgroups, "Team 02") {
					outside = a.ID
					break
				}
			}
			require.NotEmpty(t, outside)

			require.NoError(t, cic.PutInteraction(outside, icwsserver.Interaction{ID: "7", State: "C", Workgroup: "Team 03"}))
			require.NoError(t, cic.AddMember("Team 01", outside))
			shown("one enters who talks", "entered "+string(outside))
			require.Equal(t, wfm.AgentACDTalk, f.known[outside].Activity)
			require.NoError(t, cic.EndInteraction("7", time.Time{}))
			shown("the talk ends", "change "+string(outside))
			require.NoError(t, cic.AddMember("Team 02", outside))
			shown("a second workgroup", "regrouped "+string(outside))
			require.NoError(t, cic.SetExtension(outside, "99"))
			shown("another extension", "regrouped "+string(outside))
			require.NoError(t, cic.RemoveMember("Team 02", outside))
			shown("the second is left", "regrouped "+string(outside))
			require.NoError(t, cic.RemoveMember("Team 01", outside))
			shown("the first is left", "left "+string(outside))
			require.NoError(t, cic.SetStatus(outside, "Follow up", time.Time{}))
			require.NoError(t, cic.AddMember("Team 01", outside))
			shown("the first is entered again", "entered "+string(outside))

			require.NoError(t, cic.AddUser(icwsserver.User{ID: "Zoë/ä b", Extension: "77", LoggedIn: true}))
			require.NoError(t, cic.AddMember("Team 02", "zoë/ä B"))
			shown("a new user", "entered Zoë/ä b")
			require.NoError(t, cic.SetStatus("Zoë/ä b", "Follow up", time.Time{}))
			shown("the new user's status", "change Zoë/ä b")
			require.NoError(t, cic.RemoveUser("Zoë/ä b"))
			shown("the user is deleted", "left Zoë/ä b")

			definition := f.known[outside].Status
			definition.ACW, definition.ACD, definition.Group = false, true, "Else"
			require.NoError(t, cic.DefineStatus(definition))
			f.settle("another definition")
			require.Eventually(t, func() bool { f.take(); return f.known[outside].Status.Group == "Else" }, time.Minute, time.Millisecond)
			require.Equal(t, wfm.AgentAvailable, f.known[outside].Activity)
			f.events = nil

			var gone []string
			for _, a := range cic.Agents() {
				if slices.Contains(a.Workgroups, "Team 02") && !slices.Contains(a.Workgroups, "Team 01") {
					gone = append(gone, "left "+string(a.ID))
				}
			}
			require.NoError(t, cic.RemoveWorkgroup("Team 02"))
			f.settle("a workgroup is deleted")
			for _, g := range gone {
				require.Contains(t, f.events, g)
			}
			require.Equal(t, 1, f.stream.Health()[0].Connects, "all in one session")
			require.Equal(t, len(f.known), f.stream.Health()[0].Agents)
			require.Zero(t, pair.Stats().Overlaps)
		})
	}
}

// Agents come, go, work and are disturbed by every fault, at random: in the end everything is as it is.
func TestTheTruthIsFoundUnderFaults(t *testing.T) {
	faults := []func(p *icwsserver.Pair){(*icwsserver.Pair).Switchover, (*icwsserver.Pair).Kill, (*icwsserver.Pair).DropStreams, (*icwsserver.Pair).ExpireSessions,
		(*icwsserver.Pair).FullUpdates, func(p *icwsserver.Pair) { p.CutJSON(1) }, func(p *icwsserver.Pair) { p.Duplicate(10) },
		func(p *icwsserver.Pair) { p.Reorder(10) }, func(p *icwsserver.Pair) { p.UnknownMessages(5) }, func(p *icwsserver.Pair) { p.Down(true) }}
	for seed, name := range slices.Sorted(maps.Keys(servers)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			pair, o := simulate(t, icwsserver.Plain(40, 3), servers[name])
			cic := pair.CIC()
			f := follow(t, pair, o, "Team 01", "Team 02")
			statuses := icwsserver.DefaultStatuses()
			for round := range 12 {
				if round%2 == 1 {
					faults[r.IntN(len(faults))](pair)
				}
				for range 60 {
					id := wfm.AgentID(fmt.Sprintf("agent%04d", 1+r.IntN(40)))
					group := wfm.Workgroup(fmt.Sprintf("Team %02d", 1+r.IntN(3)))
					call := fmt.Sprint("call ", id)
					var err error
					switch r.IntN(8) {
					case 0:
						err = cic.AddMember(group, id)
					case 1:
						err = cic.RemoveMember(group, id)
					case 2:
						err = cic.LogOff(id, time.Time{})
					case 3:
						err = cic.LogOn(id, time.Time{})
					case 4:
						err = cic.PutInteraction(id, icwsserver.Interaction{ID: call, State: string("ACHRO"[r.IntN(5)]), Workgroup: group})
					case 5:
						if e := cic.EndInteraction(call, time.Time{}); wfm.KindOf(e) != wfm.NotFound {
							err = e
						}
					default:
						err = cic.SetStatus(id, statuses[r.IntN(len(statuses))].Key, time.Time{})
					}
					require.NoError(t, err)
					if r.IntN(4) == 0 {
						time.Sleep(time.Duration(r.IntN(8)) * time.Millisecond)
					}
					f.take()
				}
				f.settle(fmt.Sprint("round ", round))
			}
			require.Zero(t, pair.Stats().Overlaps)
		})
	}
}
