package rta_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

// flood is a source of n agents that tells b.N changes as fast as they are taken.
type flood struct {
	agents int
	begin  func()
	count  int
	done   chan struct{}
}

func (s *flood) Run(ctx context.Context, q rta.Query, emit func(rta.Event) error) error {
	list := make([]rta.Facts, s.agents)
	if err := emit(rta.Event{Kind: rta.Connected, Host: "flood"}); err != nil {
		return err
	}
	for i := range list {
		list[i] = facts(wfm.AgentID(fmt.Sprintf("agent%05d", i)), available, "00:00:00")
		if err := emit(rta.Event{Kind: rta.Agent, Facts: &list[i]}); err != nil {
			return err
		}
	}
	if err := emit(rta.Event{Kind: rta.Synced}); err != nil {
		return err
	}
	s.begin()
	statuses := []wfm.StatusDefinition{lunch, available}
	for i := range s.count {
		f := &list[i%len(list)]
		f.Status, f.StatusSince = statuses[i/len(list)%2], f.StatusSince.Add(time.Second)
		if err := emit(rta.Event{Kind: rta.Agent, Facts: f}); err != nil {
			return err
		}
	}
	close(s.done)
	<-ctx.Done()
	return ctx.Err()
}

// BenchmarkStream is the cost of one change from facts to six watchers, who drain as they can.
func BenchmarkStream(b *testing.B) {
	ctx, cancel := context.WithCancel(b.Context())
	src := &flood{agents: 10_000, count: b.N, done: make(chan struct{}), begin: func() { b.ReportAllocs(); b.ResetTimer() }}
	stream, err := rta.NewStream(rta.Options{Servers: []rta.Server{{Name: "a", Source: src}}, Query: rta.Query{Workgroups: both, Queues: true}})
	require.NoError(b, err)
	ended := make(chan struct{})
	for range 6 {
		w, err := stream.Watch(rta.WatchOptions{Level: wfm.LevelVerbose})
		require.NoError(b, err)
		go func() {
			var buf []wfm.StatusChange
			for {
				select {
				case <-w.Ready():
					buf = w.Drain(buf)
				case <-ctx.Done():
					ended <- struct{}{}
					return
				}
			}
		}()
	}
	finished := make(chan error)
	go func() { finished <- stream.Run(ctx) }()
	<-src.done
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
	cancel()
	require.NoError(b, <-finished)
	for range 6 {
		<-ended
	}
}

// BenchmarkMemoryPerAgent is what one agent costs in a stream with six watchers at rest.
func BenchmarkMemoryPerAgent(b *testing.B) {
	for range b.N {
		before := heap()
		ctx, cancel := context.WithCancel(b.Context())
		src := &flood{agents: 10_000, done: make(chan struct{}), begin: func() {}}
		stream, err := rta.NewStream(rta.Options{Servers: []rta.Server{{Name: "a", Source: src}}, Query: rta.Query{Workgroups: both}})
		require.NoError(b, err)
		var watchers []*rta.Watcher
		for range 6 {
			w, err := stream.Watch(rta.WatchOptions{Level: wfm.LevelVerbose, Workgroups: sales})
			require.NoError(b, err)
			watchers = append(watchers, w)
		}
		finished := make(chan error)
		go func() { finished <- stream.Run(ctx) }()
		<-src.done
		for _, w := range watchers {
			w.Snapshot()
		}
		b.ReportMetric(float64(heap()-before)/10_000, "B/agent")
		runtime.KeepAlive(watchers)
		cancel()
		require.NoError(b, <-finished)
	}
}

func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
