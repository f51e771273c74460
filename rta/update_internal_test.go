package rta

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// handed is a source whose events come from the test.
type handed struct{ events chan Event }

func (h *handed) Run(ctx context.Context, _ Query, emit func(Event) error) error {
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case e := <-h.events:
			if err := emit(e); err != nil {
				return err
			}
		}
	}
}

// An event that waits for the stream's lock while Update takes its server out must not bring the server back.
func TestUpdateDropsTheEventThatIsUnderWay(t *testing.T) {
	src := &handed{make(chan Event)}
	other := &handed{make(chan Event)}
	q := Query{Workgroups: []wfm.Workgroup{"Sales"}}
	s, err := NewStream(Options{Servers: []Server{{"one", src}, {"other", other}}, Query: q})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	defer func() { cancel(); require.NoError(t, <-done) }()
	w, err := s.Watch(WatchOptions{})
	require.NoError(t, err)
	defer w.Close()
	src.events <- Event{Kind: Connected}
	src.events <- Event{Kind: Agent, Facts: &Facts{Agent: "anna", LoggedIn: true, Workgroups: q.Workgroups}}
	require.Eventually(t, func() bool { return s.Health()[0].Agents == 1 }, time.Minute, time.Millisecond)
	s.mu.Lock()
	src.events <- Event{Kind: Synced}
	time.Sleep(50 * time.Millisecond) // it waits for the lock
	s.remove(0)
	s.mu.Unlock()
	require.Eventually(t, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return !s.servers[0].following
	}, time.Minute, time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	require.False(t, s.servers[0].settled)
	require.NotEqual(t, ServerUp, s.servers[0].health.State)
}

// Each set of servers that somebody once looked at costs work with every event.
func TestUpdateForgetsSetsOfServersThatNobodyLooksAt(t *testing.T) {
	q := Query{Workgroups: []wfm.Workgroup{"Sales"}}
	var servers []Server
	for i := range 6 {
		servers = append(servers, Server{fmt.Sprint(i), &handed{}})
	}
	s, err := NewStream(Options{Servers: servers, Query: q})
	require.NoError(t, err)
	for set := 1; set < 1<<len(servers); set++ {
		var names []string
		for i, srv := range servers {
			if set&(1<<i) != 0 {
				names = append(names, srv.Name)
			}
		}
		w, err := s.Watch(WatchOptions{Servers: names})
		require.NoError(t, err)
		require.NoError(t, s.Update(servers, q))
		w.Close()
	}
	require.LessOrEqual(t, len(s.groups), 2)
}
