package rta_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/wfm"
)

func (b *bench) options(servers ...int) (list []rta.Server) {
	for _, i := range servers {
		list = append(list, rta.Server{Name: fmt.Sprintf("cic%d", i+1), Source: b.servers[i]})
	}
	return list
}

func (b *bench) snapshot(server int, list ...rta.Facts) {
	b.t.Helper()
	b.emit(server, rta.Event{Kind: rta.Connected, Host: "host"})
	b.tell(server, list...)
	b.emit(server, rta.Event{Kind: rta.Synced})
}

func TestUpdateLeavesAloneWhatStays(t *testing.T) {
	run(t, 2, rta.WatchOptions{Servers: []string{"cic1"}}, func(b *bench) {
		b.snapshot(0, facts("anna", available, "00:00:00"))
		b.snapshot(1, facts("bert", available, "00:00:00"))
		require.NoError(t, b.stream.Update(b.options(0), rta.Query{Workgroups: both, Queues: true}))
		require.Len(t, b.stream.Health(), 1, "the server that is no longer named is gone")
		b.seen()
		b.tell(0, facts("anna", lunch, "00:00:01"))
		require.Len(t, b.seen(), 1)
		require.Equal(t, 1, b.stream.Health()[0].Connects, "the session is the one it was")
	})
}

func TestUpdateOfTheQueryConnectsAnewAndSaysOnlyWhatDiffers(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.snapshot(0, facts("anna", available, "00:00:00"), facts("bert", available, "00:00:00"))
		b.seen()
		q := rta.Query{Workgroups: []wfm.Workgroup{"Sales", "Service", "Night"}, Queues: true}
		require.NoError(t, b.stream.Update(b.options(0), q))
		synctest.Wait()
		require.Equal(t, wfm.FeedNormal, b.watch.Health(), "no news while it connects anew")
		require.Empty(t, b.seen())
		b.snapshot(0, facts("anna", lunch, "00:00:05"), facts("bert", available, "00:00:00"))
		require.Equal(t, []string{"change anna At lunch unavailable since 00:00:05"}, b.seen())
		<-b.servers[0].Queries()
		require.Equal(t, q, <-b.servers[0].Queries())
		require.Equal(t, 2, b.stream.Health()[0].Connects)
	})
}

func TestUpdateOfASourceAndANewServer(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.snapshot(0, facts("anna", available, "00:00:00"))
		b.seen()
		b.servers = append(b.servers, rtatest.NewSource(), rtatest.NewSource())
		q := rta.Query{Workgroups: both, Queues: true}
		require.NoError(t, b.stream.Update([]rta.Server{{Name: "cic1", Source: b.servers[1]}, {Name: "cic2", Source: b.servers[2]}}, q))
		synctest.Wait()
		b.snapshot(1, facts("anna", available, "00:00:00"))
		b.snapshot(2, facts("cleo", available, "00:00:07"))
		require.Empty(t, b.seen(), "nothing differs, and the new server is none of this watcher's")
		w, err := b.stream.Watch(rta.WatchOptions{})
		require.NoError(t, err)
		require.Len(t, w.Snapshot(), 2)
		w.Close()
	})
}

func TestUpdateTellsThatTheAgentsOfARemovedServerLeft(t *testing.T) {
	run(t, 2, rta.WatchOptions{}, func(b *bench) {
		b.snapshot(0, facts("anna", available, "00:00:00"))
		b.snapshot(1, facts("bert", available, "00:00:00"))
		b.seen()
		require.NoError(t, b.stream.Update(b.options(0), rta.Query{Workgroups: both, Queues: true}))
		lines := b.seen()
		require.Len(t, lines, 1)
		require.Contains(t, lines[0], "left bert")
		require.Equal(t, wfm.FeedNormal, b.watch.Health(), "the server is not missed")
	})
}

// Places of removed servers are used again as soon as nobody looks at them: a service that is reconfigured every
// day for years does not run out of them.
func TestUpdateManyTimes(t *testing.T) {
	run(t, 1, rta.WatchOptions{Servers: []string{"cic1"}}, func(b *bench) {
		q := rta.Query{Workgroups: both, Queues: true}
		for i := range 200 {
			src := rtatest.NewSource()
			name := fmt.Sprintf("day %d", i)
			require.NoError(t, b.stream.Update(append(b.options(0), rta.Server{Name: name, Source: src}), q))
			w, err := b.stream.Watch(rta.WatchOptions{Servers: []string{name}})
			require.NoError(t, err)
			fact := facts(wfm.AgentID(fmt.Sprintf("agent %d", i)), available, "00:00:00")
			require.NoError(t, src.Emit(b.ctx, rta.Event{Kind: rta.Connected}, rta.Event{Kind: rta.Agent, Facts: &fact}, rta.Event{Kind: rta.Synced}))
			require.Len(t, w.Snapshot(), 1)
			w.Close()
			time.Sleep(time.Second)
		}
		require.Len(t, b.stream.Health(), 2)
	})
}

func TestUpdateRefusesWhatCannotBe(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		err := b.stream.Update([]rta.Server{{Name: "cic1", Source: b.servers[0]}, {Name: "cic1", Source: b.servers[0]}, {}}, rta.Query{})
		require.ErrorContains(t, err, "stands twice")
		require.ErrorContains(t, err, "without name or source")
		require.ErrorContains(t, err, "names no workgroup")
		require.Equal(t, 1, len(b.stream.Health()))
		var many []rta.Server
		for i := range 64 {
			many = append(many, rta.Server{Name: fmt.Sprint(i), Source: idle{}})
		}
		require.ErrorContains(t, b.stream.Update(many, rta.Query{Workgroups: both}), "too many, with those that watchers still see")
		b.watch.Close()
	})
}

// idle is a source that tells nothing. It cannot be compared.
type idle struct{ _ []int }

func (idle) Run(ctx context.Context, _ rta.Query, _ func(rta.Event) error) error {
	<-ctx.Done()
	return ctx.Err()
}

// The order of feeds in a configuration decides that of workgroups in the query, and says nothing new.
func TestUpdateIgnoresTheOrderOfWorkgroups(t *testing.T) {
	run(t, 1, rta.WatchOptions{}, func(b *bench) {
		b.snapshot(0, facts("anna", available, "00:00:00"))
		require.NoError(t, b.stream.Update(b.options(0), rta.Query{Workgroups: []wfm.Workgroup{"SERVICE", "Sales"}, Queues: true}))
		synctest.Wait()
		require.Equal(t, rta.ServerUp, b.stream.Health()[0].State, "the session is the one it was")
	})
}
