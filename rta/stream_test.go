package rta_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	available = wfm.StatusDefinition{Key: "Available", Group: "Available", ACD: true}
	lunch     = wfm.StatusDefinition{Key: "At lunch", Group: "Break"}
	followUp  = wfm.StatusDefinition{Key: "Follow up", Group: "Followup", ACW: true}
	sales     = []wfm.Workgroup{"Sales"}
	both      = []wfm.Workgroup{"Sales", "Service"}
)

// at is a time of the bubble's day: synctest begins at midnight of 1 January 2000, UTC.
func at(clock string) time.Time {
	t, err := time.Parse("15:04:05", clock)
	if err != nil {
		panic(err)
	}
	return time.Date(2000, 1, 1, t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

func facts(agent wfm.AgentID, status wfm.StatusDefinition, since string) rta.Facts {
	return rta.Facts{Agent: agent, Workgroups: sales, LoggedIn: true, Status: status, StatusSince: at(since), Interactions: []rta.Interaction{}}
}

// bench is a stream under test with its servers and one watcher.
type bench struct {
	t       *testing.T
	ctx     context.Context
	stream  *rta.Stream
	servers []*rtatest.Source
	watch   *rta.Watcher
	buf     []wfm.StatusChange
}

// run tests a stream of n servers under a fake clock.
func run(t *testing.T, n int, o rta.WatchOptions, test func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		b := &bench{t: t, ctx: ctx}
		var opt rta.Options
		opt.Query = rta.Query{Workgroups: both, Queues: true}
		for i := range n {
			src := rtatest.NewSource()
			b.servers = append(b.servers, src)
			opt.Servers = append(opt.Servers, rta.Server{Name: fmt.Sprintf("cic%d", i+1), Source: src})
		}
		var err error
		b.stream, err = rta.NewStream(opt)
		require.NoError(t, err)
		b.watch, err = b.stream.Watch(o)
		require.NoError(t, err)
		done := make(chan error, 1)
		go func() { done <- b.stream.Run(ctx) }()
		test(b)
		cancel()
		require.NoError(t, <-done)
	})
}

func (b *bench) emit(server int, events ...rta.Event) {
	b.t.Helper()
	require.NoError(b.t, b.servers[server].Emit(b.ctx, events...))
}

func (b *bench) tell(server int, list ...rta.Facts) {
	for i := range list {
		b.emit(server, rta.Event{Kind: rta.Agent, Facts: &list[i]})
	}
}

// seen drains the watcher and shows each change in one line.
func (b *bench) seen() []string {
	b.buf = b.watch.Drain(b.buf)
	lines := []string{}
	for i := range b.buf {
		c := &b.buf[i]
		line := fmt.Sprintf("%s %s %s %s since %s", c.Event(), c.Now.Agent, c.Now.Status.Key, c.Now.Activity, c.Now.Since.Format("15:04:05"))
		if c.Now.Workgroup != "" {
			line += " for " + string(c.Now.Workgroup)
		}
		if c.Merged > 0 {
			line += fmt.Sprintf(" merged %d", c.Merged)
		}
		lines = append(lines, line)
	}
	return lines
}

func TestSnapshotThenChanges(t *testing.T) {
	run(t, 1, rta.WatchOptions{Level: wfm.LevelVerbose}, func(b *bench) {
		require.Empty(t, b.watch.Snapshot())
		require.Equal(t, wfm.FeedUnavailable, b.watch.Health())
		b.emit(0, rtatest.Told("a", facts("bob", lunch, "00:00:00"), facts("Ann", available, "00:00:00"))...)
		require.Equal(t, wfm.FeedNormal, b.watch.Health())
		list := b.watch.Snapshot()
		require.Len(t, list, 2)
		require.Equal(t, wfm.AgentState{Agent: "Ann", Server: "cic1", LoggedIn: true, Status: available, Activity: wfm.AgentAvailable,
			Since: at("00:00:00"), Workgroups: sales}, list[0])
		require.Empty(t, b.seen(), "a snapshot forgets what waits")

		b.tell(0, facts("ann", lunch, "00:01:00"), facts("bob", lunch, "00:00:00"))
		require.Equal(t, []string{"change ann At lunch unavailable since 00:01:00"}, b.seen())
		b.tell(0, facts("ann", lunch, "00:02:00"))
		require.Equal(t, []string{"change ann At lunch unavailable since 00:02:00"}, b.seen(), "entered anew is a change")
		off := facts("bob", lunch, "00:00:00")
		off.LoggedIn, off.LoginSince = false, at("00:03:00")
		b.tell(0, off)
		require.Equal(t, []string{"log-off bob At lunch logged off since 00:03:00"}, b.seen())
		b.tell(0, facts("bob", available, "00:04:00"))
		require.Equal(t, []string{"log-on bob Available available since 00:04:00"}, b.seen())
		more := facts("bob", available, "00:04:00")
		more.Workgroups = both
		b.tell(0, more)
		require.Equal(t, []string{"regrouped bob Available available since 00:04:00"}, b.seen())
		time.Sleep(5 * time.Minute)
		b.emit(0, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "BOB"}})
		require.Equal(t, []string{"left bob Available available since 00:05:00"}, b.seen())
		b.emit(0, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "BOB"}})
		require.Empty(t, b.seen())
		b.tell(0, facts("bob", available, "00:04:00"))
		require.Equal(t, []string{"entered bob Available available since 00:04:00"}, b.seen())
	})
}

func TestActivitiesOfInteractions(t *testing.T) {
	call := func(id string, state rta.InteractionState, group wfm.Workgroup, since string) rta.Interaction {
		i := rta.Interaction{ID: id, State: state, Workgroup: group}
		if since != "" {
			i.Since = at(since)
		}
		return i
	}
	steps := []struct {
		clock             string
		status            wfm.StatusDefinition
		since             string
		calls             []rta.Interaction
		off, min, verbose string
	}{
		{"00:00:10", available, "00:00:00", []rta.Interaction{call("1", rta.InteractionAlerting, "Sales", "00:00:10")},
			"", "", "change ann Available alerting since 00:00:10 for Sales"},
		{"00:00:15", available, "00:00:00", []rta.Interaction{call("1", rta.InteractionTalk, "Sales", "00:00:15")},
			"", "change ann Available acd talk since 00:00:15 for Sales", "change ann Available acd talk since 00:00:15 for Sales"},
		{"00:01:00", available, "00:00:00", []rta.Interaction{call("1", rta.InteractionHeld, "Sales", "00:01:00"), call("2", rta.InteractionDialling, "", "00:01:00")},
			"", "", "change ann Available acd hold since 00:01:00 for Sales"},
		{"00:02:00", available, "00:00:00", []rta.Interaction{call("1", rta.InteractionTalk, "Sales", "00:02:00")},
			"", "", "change ann Available acd talk since 00:02:00 for Sales"},
		{"00:03:00", lunch, "00:03:00", []rta.Interaction{call("1", rta.InteractionTalk, "Sales", "00:02:00")},
			"change ann At lunch unavailable since 00:03:00", "change ann At lunch acd talk since 00:03:00 for Sales", "change ann At lunch acd talk since 00:03:00 for Sales"},
		{"00:04:00", lunch, "00:03:00", nil,
			"", "change ann At lunch unavailable since 00:04:00", "change ann At lunch unavailable since 00:04:00"},
		{"00:05:00", followUp, "00:05:00", nil,
			"change ann Follow up acw since 00:05:00", "change ann Follow up acw since 00:05:00", "change ann Follow up acw since 00:05:00"},
		{"00:06:00", followUp, "00:05:00", []rta.Interaction{call("3", rta.InteractionDialling, "", "00:06:00")},
			"", "", "change ann Follow up dialling since 00:06:00"},
		{"00:06:30", followUp, "00:05:00", []rta.Interaction{call("3", rta.InteractionTalk, "", "")},
			"", "change ann Follow up non-acd talk since 00:06:30", "change ann Follow up non-acd talk since 00:06:30"},
		{"00:07:00", followUp, "00:05:00", []rta.Interaction{call("3", rta.InteractionTalk, "", ""), call("4", rta.OtherInteraction, "Sales", "00:07:00")},
			"", "", ""},
		{"00:08:00", available, "00:08:00", nil,
			"change ann Available available since 00:08:00", "change ann Available available since 00:08:00", "change ann Available available since 00:08:00"},
	}
	for _, level := range []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose} {
		t.Run(level.String(), func(t *testing.T) {
			run(t, 1, rta.WatchOptions{Level: level}, func(b *bench) {
				b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
				b.watch.Snapshot()
				for _, s := range steps {
					time.Sleep(time.Until(at(s.clock)))
					f := facts("ann", s.status, s.since)
					f.Interactions = append(f.Interactions, s.calls...)
					b.tell(0, f)
					want := []string{}
					if text := []string{s.off, s.min, s.verbose}[level]; text != "" {
						want = append(want, text)
					}
					require.Equal(t, want, b.seen(), s.clock)
				}
			})
		})
	}
}

func TestWithoutQueueContentsThePhoneDecides(t *testing.T) {
	run(t, 1, rta.WatchOptions{Level: wfm.LevelMinimal}, func(b *bench) {
		f := facts("ann", available, "00:00:00")
		f.Interactions = nil
		b.emit(0, rtatest.Told("a", f)...)
		b.watch.Snapshot()
		f.OnPhone, f.OnPhoneSince = true, at("00:01:00")
		b.tell(0, f)
		require.Equal(t, []string{"change ann Available non-acd talk since 00:01:00"}, b.seen())
		f.OnPhone, f.OnPhoneSince = false, at("00:02:00")
		b.tell(0, f)
		require.Equal(t, []string{"change ann Available available since 00:02:00"}, b.seen())
	})
}

func TestAfterAReconnectOnlyDifferencesGoOut(t *testing.T) {
	run(t, 1, rta.WatchOptions{Level: wfm.LevelVerbose}, func(b *bench) {
		held := facts("ann", available, "00:00:00")
		held.Interactions = []rta.Interaction{{ID: "7", State: rta.InteractionHeld, Workgroup: "Sales", Since: at("00:00:30")}}
		b.emit(0, rtatest.Told("a", held, facts("bob", available, "00:00:00"), facts("cid", available, "00:00:00"), facts("dan", lunch, "00:00:00"))...)
		b.watch.Snapshot()
		require.NoError(t, b.servers[0].Lose(b.ctx, &wfm.Error{Op: "read", Kind: wfm.Unavailable, Retry: true, Err: errors.New("switchover")}))
		synctest.Wait()
		require.Equal(t, wfm.FeedNormal, b.watch.Health(), "a short break is no news")
		h := b.stream.Health()[0]
		require.Equal(t, []any{rta.ServerSwitchingOver, "read: switchover"}, []any{h.State, h.Reason})

		held.Interactions[0].Since = time.Time{} // the new server cannot say since when
		b.emit(0, rtatest.Told("b", held, facts("bob", lunch, "00:00:02"), facts("dan", lunch, "00:00:01"))...)
		lines := b.seen()
		require.Len(t, lines, 3)
		require.Equal(t, []string{"change bob At lunch unavailable since 00:00:02", "change dan At lunch unavailable since 00:00:01"}, lines[:2])
		require.Contains(t, lines[2], "left cid Available available since 00:00:0", "the second of the reconnect, whose wait is drawn")
		h = b.stream.Health()[0]
		require.Equal(t, []any{rta.ServerUp, "b", 2, 3, ""}, []any{h.State, h.Host, h.Connects, h.Agents, h.Reason})
	})
}

func TestHealthOfALostServer(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
		<-b.watch.Ready()
		require.NoError(t, b.servers[0].Lose(b.ctx, &wfm.Error{Op: "log on", Kind: wfm.NoPermission, Retry: true, After: 10 * time.Minute}))
		<-b.watch.Ready()
		for b.watch.Health() == wfm.FeedNormal {
			<-b.watch.Ready()
		}
		require.Equal(t, 5*time.Second, time.Since(at("00:00:00")))
		<-b.watch.Ready()
		h := b.stream.Health()[0]
		require.Equal(t, []any{rta.ServerDown, 150 * time.Second, 10 * time.Minute, "log on: no permission"},
			[]any{h.State, time.Since(at("00:00:00")), h.Next.Sub(at("00:00:00")), h.Reason})
		require.Len(t, b.watch.Snapshot(), 1, "the last states stay")
		<-b.servers[0].Queries()
		<-b.servers[0].Queries()
		require.Equal(t, 10*time.Minute, time.Since(at("00:00:00")), "the error says how long to wait")
	})
}

func TestOneAgentOnTwoServers(t *testing.T) {
	run(t, 2, rta.WatchOptions{}, func(b *bench) {
		one, two := facts("ann", available, "00:00:10"), facts("ANN", lunch, "00:00:20")
		two.LoggedIn, two.Workgroups = false, []wfm.Workgroup{"Service"}
		b.emit(0, rtatest.Told("a", one)...)
		b.emit(1, rtatest.Told("b", two)...)
		list := b.watch.Snapshot()
		require.Len(t, list, 1)
		require.Equal(t, []any{"cic1", wfm.AgentAvailable, both}, []any{list[0].Server, list[0].Activity, list[0].Workgroups}, "where the agent is logged in")
		two.StatusSince = at("00:00:30")
		b.tell(1, two)
		require.Empty(t, b.seen(), "what the other server says does not matter")
		one.LoggedIn, one.LoginSince = false, at("00:00:40")
		b.tell(0, one)
		require.Equal(t, []string{"log-off ann Available logged off since 00:00:40"}, b.seen())
		two.LoggedIn, two.LoginSince, two.Status, two.StatusSince = true, at("00:00:50"), followUp, at("00:00:50")
		b.tell(1, two)
		require.Equal(t, []string{"log-on ANN Follow up acw since 00:00:50"}, b.seen())
		one.LoggedIn, one.LoginSince = true, at("00:01:00")
		b.tell(0, one)
		require.Equal(t, []string{"change ann Available available since 00:01:00"}, b.seen(), "the later change breaks ties")

		alone, err := b.stream.Watch(rta.WatchOptions{Servers: []string{"cic2"}})
		require.NoError(t, err)
		defer alone.Close()
		list = alone.Snapshot()
		require.Equal(t, []any{wfm.AgentID("ANN"), wfm.AgentAfterCall}, []any{list[0].Agent, list[0].Activity})
		b.emit(1, rta.Event{Kind: rta.AgentGone, Facts: &two})
		require.Len(t, alone.Drain(nil), 1)
		require.Equal(t, []string{"regrouped ann Available available since 00:01:00"}, b.seen())
	})
}

func TestAgentsOfAServerAppearTogether(t *testing.T) {
	run(t, 2, rta.WatchOptions{}, func(b *bench) {
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
		require.Equal(t, []string{"entered ann Available available since 00:00:00"}, b.seen())
		told := rtatest.Told("b", facts("ann", lunch, "00:00:10"), facts("bob", available, "00:00:00"))
		b.emit(1, told[:len(told)-1]...)
		require.Empty(t, b.seen(), "half a server is none")
		b.emit(1, told[len(told)-1])
		require.Equal(t, []string{"change ann At lunch unavailable since 00:00:10", "entered bob Available available since 00:00:00"}, b.seen())
	})
}

func TestWorkgroupsOfAWatcher(t *testing.T) {
	run(t, 1, rta.WatchOptions{Workgroups: []wfm.Workgroup{"SERVICE"}}, func(b *bench) {
		f := facts("ann", available, "00:00:00")
		b.emit(0, rtatest.Told("a", f)...)
		require.Empty(t, b.watch.Snapshot())
		b.tell(0, facts("ann", lunch, "00:01:00"))
		require.Empty(t, b.seen())
		f.Workgroups = both
		b.tell(0, f)
		require.Equal(t, []string{"entered ann Available available since 00:00:00"}, b.seen())
		require.Equal(t, []wfm.Workgroup{"Service"}, b.buf[0].Now.Workgroups)
		f.Workgroups = sales
		b.tell(0, f)
		require.Equal(t, []string{"left ann Available available since 00:00:00"}, b.seen())
	})
}

func TestASlowWatcherSeesTheLatestState(t *testing.T) {
	const limit = 4
	run(t, 1, rta.WatchOptions{Backlog: limit}, func(b *bench) {
		agents := []wfm.AgentID{"a", "b", "c"}
		var list []rta.Facts
		for _, a := range agents {
			list = append(list, facts(a, available, "00:00:00"))
		}
		b.emit(0, rtatest.Told("a", list...)...)
		before := b.watch.Snapshot()
		statuses := []wfm.StatusDefinition{lunch, available}
		for i := range 1000 {
			for _, a := range agents {
				f := facts(a, statuses[i%2], "00:00:00")
				f.StatusSince = f.StatusSince.Add(time.Duration(i+1) * time.Second)
				b.tell(0, f)
			}
		}
		waiting, merged := b.watch.Waiting()
		require.Equal(t, []int{limit, 3000 - limit}, []int{waiting, int(merged)}, "bounded by backlog and agents")
		shown := b.watch.Drain(nil)
		total := 0
		last := map[wfm.AgentID]wfm.AgentState{}
		for _, s := range before {
			last[s.Agent] = s
		}
		for _, c := range shown {
			prev := last[c.Now.Agent]
			require.True(t, prev.Same(&c.Before), "each change begins where the one before ended")
			require.False(t, c.Until.After(c.Now.Since))
			last[c.Now.Agent] = c.Now
			total += c.Merged + 1
		}
		require.Equal(t, 3000, total)
		for _, s := range b.watch.Snapshot() {
			require.Equal(t, s, last[s.Agent])
		}
		b.tell(0, facts("a", followUp, "02:00:00"))
		require.Equal(t, []string{"change a Follow up acw since 02:00:00"}, b.seen(), "afterwards nothing is merged")
	})
}

func TestUpdates(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
		var got []string
		go func() {
			b.tell(0, facts("ann", lunch, "00:01:00"))
			_ = b.servers[0].Lose(b.ctx, nil)
		}()
		for u := range b.watch.Updates(b.ctx) {
			switch {
			case u.Change != nil:
				got = append(got, "change")
			case u.Snapshot != nil:
				got = append(got, fmt.Sprint("snapshot ", len(u.Snapshot)))
			default:
				got = append(got, u.Health[0].State.String())
			}
			if len(got) == 4 {
				break
			}
			synctest.Wait()
		}
		require.Equal(t, []string{"up", "snapshot 1", "change", "switching over"}, got)
	})
}

func TestAServerWithoutLicenceIsForgotten(t *testing.T) {
	run(t, 2, rta.WatchOptions{}, func(b *bench) {
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"), facts("bob", available, "00:00:00"))...)
		b.emit(1, rtatest.Told("b", facts("bob", lunch, "00:00:10"))...)
		b.watch.Snapshot()
		require.Equal(t, []int{2, 1}, []int{b.stream.Health()[0].Agents, b.stream.Health()[1].Agents})
		unlicensed := &wfm.Error{Op: "start the session", Kind: wfm.NotLicensed, Retry: true, After: time.Minute}
		require.NoError(t, b.servers[0].Lose(b.ctx, unlicensed))
		synctest.Wait()
		require.Equal(t, []string{"left ann Available available since 00:00:00"}, b.seen(), "bob is known to the other server")
		require.Len(t, b.watch.Snapshot(), 1)
		require.Equal(t, []any{rta.ServerDown, 0, "start the session: not licensed"},
			[]any{b.stream.Health()[0].State, b.stream.Health()[0].Agents, b.stream.Health()[0].Reason})
		require.Equal(t, []wfm.StatusDefinition{lunch}, b.stream.Statuses(nil))
		time.Sleep(10 * time.Second)
		require.Equal(t, wfm.FeedNormal, b.watch.Health(), "it is not missed")

		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
		require.Equal(t, []string{"entered ann Available available since 00:00:00"}, b.seen())
		require.NoError(t, b.servers[0].Lose(b.ctx, unlicensed))
		require.NoError(t, b.servers[1].Lose(b.ctx, unlicensed))
		synctest.Wait()
		require.Empty(t, b.watch.Snapshot())
		require.Equal(t, wfm.FeedUnavailable, b.watch.Health(), "nobody is left")
	})
}

func TestAgentsAreCountedAsTheyComeAndGo(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		agents := func() int { return b.stream.Health()[0].Agents }
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"))...)
		b.tell(0, facts("bob", available, "00:00:00"), facts("bob", lunch, "00:00:01"))
		require.Equal(t, 2, agents())
		b.emit(0, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "Ann"}}, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "Ann"}})
		require.Equal(t, 1, agents())
		b.emit(0, rtatest.Told("a", facts("cid", available, "00:00:00"))...)
		require.Equal(t, 1, agents(), "bob was not told again")
	})
}

func TestRefreshSwallowsNoChange(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.emit(0, rtatest.Told("a", facts("ann", available, "00:00:00"), facts("bob", available, "00:00:00"))...)
		b.watch.Snapshot()
		b.emit(0, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "bob"}})
		b.tell(0, facts("ann", lunch, "00:00:01"))
		changes, present := b.watch.Refresh(b.buf)
		require.Len(t, changes, 2)
		require.Equal(t, []any{wfm.EventLeft, wfm.AgentID("bob")}, []any{changes[0].Event(), changes[0].Now.Agent})
		require.Len(t, present, 1)
		require.True(t, present[0].Same(&changes[1].Now))
		require.Empty(t, b.seen())
	})
}

func TestRemarksAndStatuses(t *testing.T) {
	run(t, 2, rta.WatchOptions{}, func(b *bench) {
		for i := range 30 {
			b.emit(0, rta.Event{Kind: rta.Remark, Text: fmt.Sprint("remark\n", i/2)})
		}
		require.Len(t, b.stream.Health()[0].Remarks, 15)
		other := available
		other.Key, other.Group = "AVAILABLE", "Other"
		b.emit(0, rta.Event{Kind: rta.Statuses, Statuses: []wfm.StatusDefinition{available}})
		b.emit(1, rta.Event{Kind: rta.Statuses, Statuses: []wfm.StatusDefinition{lunch, other}})
		require.Equal(t, []wfm.StatusDefinition{available, lunch}, b.stream.Statuses(nil))
		require.Equal(t, []wfm.StatusDefinition{lunch, other}, b.stream.Statuses([]string{"cic2"}))
	})
}

func TestProblemsOfOptions(t *testing.T) {
	src := rtatest.NewSource()
	_, err := rta.NewStream(rta.Options{})
	require.ErrorContains(t, err, "0 CIC servers")
	require.ErrorContains(t, err, "Query.Workgroups names no workgroup")
	_, err = rta.NewStream(rta.Options{Query: rta.Query{Workgroups: sales}, Servers: []rta.Server{{Name: "a", Source: src}, {Name: "a", Source: src}, {}}})
	require.ErrorContains(t, err, `Servers "a" stands twice`)
	require.ErrorContains(t, err, "without name or source")
	s, err := rta.NewStream(rta.Options{Query: rta.Query{Workgroups: sales}, Servers: []rta.Server{{Name: "a", Source: src}}})
	require.NoError(t, err)
	_, err = s.Watch(rta.WatchOptions{Servers: []string{"b"}})
	require.ErrorContains(t, err, `"b" is no server of the stream`)
	_, err = s.Watch(rta.WatchOptions{Servers: []string{}})
	require.Error(t, err)
}

// scripted tells two agents and then waits: the smallest source that keeps the rules.
type scripted struct{ broken bool }

func (s scripted) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	list := rtatest.Told("a", facts("ann", available, "00:00:00"), facts("bob", lunch, "00:00:00"))
	if s.broken {
		slices.Reverse(list)
	}
	for _, e := range list {
		if err := emit(e); err != nil && !s.broken {
			return err
		}
	}
	<-ctx.Done()
	return ctx.Err()
}

func TestTheKitTellsGoodSourcesFromBadOnes(t *testing.T) {
	q := rta.Query{Workgroups: both, Queues: true}
	require.NoError(t, rtatest.Check(t.Context(), q, func() (rta.Source, error) { return scripted{}, nil }))
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	err := rtatest.Check(ctx, q, func() (rta.Source, error) { return scripted{broken: true}, nil })
	require.ErrorContains(t, err, "(rule: Run returns the error of emit, at once)")
	require.ErrorContains(t, err, "(rule: a session says Connected")
}
