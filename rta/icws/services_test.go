package icws_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestFeatures(t *testing.T) {
	f := newFake(t, nil)
	c := newClient(t, options(f.URL))
	want := []string{"I3_FEATURE_ICWS_SDK", "I3_FEATURE_X"}
	got, err := c.Features(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, 1, f.requests("POST connection"))
	require.Equal(t, 1, f.requests("DELETE connection"), "a short session of its own")

	w := watch(t, c, sales)
	w.until("synced")
	got, err = c.Features(t.Context())
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.Equal(t, 2, f.requests("POST connection"), "the session of Run")

	f.on("GET configuration/feature-licenses", reply(403, `{"message":"no right"}`))
	_, err = c.Features(t.Context())
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err), "unknown, which is not unlicensed")
	f.on("GET configuration/feature-licenses", reply(500, ``))
	_, err = c.Features(t.Context())
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
}

func TestInspect(t *testing.T) {
	f := newFake(t, nil)
	f.members["Sales"] = append(f.members["Sales"], "ghost")
	c := newClient(t, options(f.URL))
	q := rta.Query{Workgroups: []wfm.Workgroup{"sales", "wfm rta", "Marketing"}}
	look := func() rta.Inspection {
		i, err := c.Inspect(t.Context(), q)
		require.NoError(t, err)
		require.Equal(t, "2020 R1", i.Version)
		require.Equal(t, map[wfm.Workgroup]int{"Sales": 3, "WFM RTA": 2}, i.Members)
		require.Subset(t, i.Workgroups, []wfm.Workgroup{"Sales", "WFM RTA"})
		require.True(t, slices.IsSorted(i.Workgroups))
		require.Equal(t, 4, i.Agents)
		require.Equal(t, 3, i.Told)
		require.Len(t, i.Statuses, 3)
		require.Contains(t, strings.Join(i.Remarks, "\n"), `"Marketing"`)
		return i
	}
	look()
	watch(t, c, sales).until("synced")
	look()
	require.Equal(t, 2, f.requests("POST connection"))
}

// Whoever asks at whatever time, there is one session.
func TestNeverTwoSessions(t *testing.T) {
	f := newFake(t, nil)
	var mu sync.Mutex
	open, most := 0, 0
	count := func(what string, by int) {
		f.on(what, func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			open += by
			most = max(most, open)
			mu.Unlock()
			f.answer(w, r, what, nil)
		})
	}
	count("POST connection", 1)
	count("DELETE connection", -1)
	c := newClient(t, options(f.URL))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			_, err := c.Features(t.Context())
			if err != nil {
				require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "the session of Run may end meanwhile: %v", err)
			}
		})
	}
	for range 3 {
		all.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			_ = c.Run(ctx, sales, func(rta.Event) error { return nil })
		})
	}
	all.Wait()
	require.Equal(t, 1, most)
	require.Zero(t, open)
}

// Times that the server does not tell again outlive a reconnect, so that agents who did not change are not seen to.
func TestTimesOutliveTheSession(t *testing.T) {
	f := newFake(t, nil)
	c := newClient(t, options(f.URL))
	q := sales
	q.Queues = true
	w := watch(t, c, q)
	w.until("synced")
	held := `"interactionsAdded":[{"interactionId":"77","attributes":{"Eic_State":"H","Eic_WorkgroupName":"Sales"}}]`
	for i := 1; i <= 3; i++ {
		id := fmt.Sprintf("wfm-%d", i)
		if strings.Contains(f.body("PUT messaging/subscriptions/queues/"+id), `"agent1"`) {
			f.push(queueMessage(true, id, held))
		}
		f.on("PUT messaging/subscriptions/queues/"+id, func(w http.ResponseWriter, r *http.Request) {
			rest := `"interactionsAdded":[]`
			if strings.Contains(f.body("PUT messaging/subscriptions/queues/"+id), `"agent1"`) {
				rest = held
			}
			f.push(queueMessage(false, id, rest))
			reply(200, "")(w, r)
		})
	}
	w.until("queue=[77 3 SALES]")
	f.mu.Lock()
	f.status["agent1"] = userJSON("agent1", "available", "20210706T193229Z", false)
	f.mu.Unlock()
	f.push(users(true, `{"userId":"agent1","statusId":"available","loggedIn":false}`))
	w.until("login=false")
	w.mu.Lock()
	before := w.agents["agent1"]
	since := before.Interactions[0].Since
	w.mu.Unlock()
	require.False(t, before.LoginSince.IsZero())
	time.Sleep(1100 * time.Millisecond) // the server's clock must show another second
	f.dropStreams()
	w.ends()
	w = watch(t, c, q)
	w.until("synced")
	require.Equal(t, before.LoginSince, w.agents["agent1"].LoginSince)
	require.Equal(t, since, w.agents["agent1"].Interactions[0].Since)
}

func TestTenThousandAgents(t *testing.T) {
	if testing.Short() {
		t.Skip("10,000 agents take seconds: left out by -short")
	}
	f := newFake(t, nil)
	var many []string
	for i := range 10_000 {
		id := fmt.Sprintf("user%05d", i)
		many = append(many, id)
		f.extension[id] = id[4:]
		f.status[id] = userJSON(id, "Available", "20210706T193229Z", true)
	}
	f.members["Sales"] = many
	w := watch(t, newClient(t, options(f.URL)), rta.Query{Workgroups: []wfm.Workgroup{"Sales"}, Queues: true})
	w.until("synced")
	require.Len(t, w.agents, 10_000)
	require.Equal(t, "09999", w.agents["user09999"].Extension)
	require.NotNil(t, w.agents["user00000"].Interactions)
}
