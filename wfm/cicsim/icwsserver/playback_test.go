package icwsserver_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

func centre(t testing.TB) *cicsim.Centre {
	t.Helper()
	c, err := cicsim.New(cicsim.Config{Seed: 3, Agents: 20, Contacts: 1200, Workgroups: 4, OddNames: true, Restarts: 1})
	require.NoError(t, err)
	return c
}

// shown is what a client that applies every message believes.
type shown struct {
	status       map[string]string
	loggedIn     map[string]bool
	phone        map[string]bool
	interactions map[string]map[string]any
	changes      map[string][]string
}

func newShown() *shown {
	return &shown{map[string]string{}, map[string]bool{}, map[string]bool{}, map[string]map[string]any{}, map[string][]string{}}
}

func (s *shown) apply(t *testing.T, m msg) {
	switch m.kind() {
	case "status:userStatusMessage":
		for _, u := range m.statuses(t) {
			id := u["userId"].(string)
			s.status[id] = u["statusId"].(string)
			if v, has := u["loggedIn"]; has {
				s.loggedIn[id] = v.(bool)
			}
			if v, has := u["onPhone"]; has {
				s.phone[id] = v.(bool)
			}
			if *m.Delta {
				s.changes[id] = append(s.changes[id], s.key(id))
			}
		}
	case "queues:queueContentsMessage":
		for _, i := range m.IAdded {
			s.interactions[i["interactionId"].(string)] = i["attributes"].(map[string]any)
		}
		for _, i := range m.IChanged {
			for k, v := range i["attributes"].(map[string]any) {
				s.interactions[i["interactionId"].(string)][k] = v
			}
		}
		for _, id := range m.IRemoved {
			delete(s.interactions, id)
		}
	}
}

func (s *shown) key(id string) string {
	return key(s.status[id], s.loggedIn[id], s.phone[id])
}

func key(status string, loggedIn, phone bool) string {
	return status + map[bool]string{true: " in", false: " out"}[loggedIn] + map[bool]string{true: " phone", false: ""}[phone]
}

// TestEveryChangeArrivesOnceAndInOrder plays a day of a centre and compares what a client
// got with the truth, change by change.
func TestEveryChangeArrivesOnceAndInOrder(t *testing.T) {
	sim := centre(t)
	cic, play, err := icwsserver.FromCentre(sim, 1)
	require.NoError(t, err)
	truth := map[string][]string{}
	seq := uint64(0)
	seen := map[icwsserver.ChangeKind]int{}
	w := serve(t, cic, icwsserver.Options{})
	stop := cic.Observe(func(c icwsserver.Change) {
		if seq != 0 {
			require.Equal(t, seq+1, c.Seq)
		}
		seq = c.Seq
		seen[c.Kind]++
		if c.Kind == icwsserver.ChangedStatus || c.Kind == icwsserver.ChangedPhone {
			id := string(c.Agent.ID)
			truth[id] = append(truth[id], key(string(c.Agent.Status), c.Agent.LoggedIn, c.Agent.OnPhone))
		}
	})
	defer stop()
	var users []string
	var queues []map[string]any
	for _, a := range cic.Agents() {
		users = append(users, string(a.ID))
		queues = append(queues, map[string]any{"queueType": 1, "queueName": string(a.ID)})
	}
	c := w.dial()
	c.watch(users, "statusChanged", "loggedIn", "onPhone")
	require.Equal(t, 200, c.do("PUT", "messaging/subscriptions/queues/q", map[string]any{"queueIds": queues,
		"attributeNames": []string{"Eic_State", "Eic_UserName", "Eic_WorkgroupName"}}).status)
	believed := newShown()
	states := map[any]bool{}
	for at := play.Window().Start; !at.After(play.Window().End); at = at.Add(10 * time.Minute) {
		_, err := play.Step(at)
		require.NoError(t, err)
		for _, m := range c.poll() {
			believed.apply(t, m)
			for _, i := range believed.interactions {
				states[i["Eic_State"]] = true
			}
		}
		for _, a := range cic.Agents() {
			require.Equal(t, key(string(a.Status), a.LoggedIn, a.OnPhone), believed.key(string(a.ID)))
			for _, i := range a.Interactions {
				require.Equal(t, map[string]any{"Eic_State": i.State, "Eic_UserName": string(a.ID), "Eic_WorkgroupName": string(i.Workgroup)}, believed.interactions[i.ID])
			}
		}
	}
	require.Equal(t, truth, believed.changes)
	require.Greater(t, seen[icwsserver.ChangedStatus], 500)
	require.Greater(t, seen[icwsserver.ChangedPhone], 500)
	require.Greater(t, seen[icwsserver.ChangedInteraction], 2000)
	for _, state := range []string{"A", "C", "H"} {
		require.True(t, states[state], state)
	}
}

// TestStatusesAgreeWithTheHistory compares the CIC with the states of the centre at some instants.
func TestStatusesAgreeWithTheHistory(t *testing.T) {
	sim := centre(t)
	stepped, play, err := icwsserver.FromCentre(sim, 1)
	require.NoError(t, err)
	for at := play.Window().Start; at.Before(play.Window().End); at = at.Add(47 * time.Minute) {
		_, err := play.Step(at)
		require.NoError(t, err)
		now := cicsim.At(at)
		for _, s := range sim.States() {
			if s.Span.Start <= now && (now < s.Span.End || s.Span.End == 0) {
				a, err := stepped.Agent(s.Agent)
				require.NoError(t, err)
				require.Equal(t, s.Status.Key, a.Status)
				require.Equal(t, s.LoggedIn, a.LoggedIn)
			}
		}
		for _, a := range stepped.Agents() {
			talking := slices.ContainsFunc(sim.Contacts(), func(c cicsim.Contact) bool {
				return c.Media.Is(wfm.Call) && slices.ContainsFunc(c.Legs, func(l cicsim.Leg) bool {
					return l.Agent == a.ID && l.Talk.Start != 0 && l.Talk.Start <= now && (now < l.Talk.End || l.Talk.End == 0)
				})
			}) || slices.ContainsFunc(sim.PersonalCalls(), func(c cicsim.PersonalCall) bool {
				return c.Agent == a.ID && c.Talk.Start <= now && (now < c.Talk.End || c.Talk.End == 0)
			})
			require.Equal(t, talking, a.OnPhone, "%s at %s", a.ID, at)
		}
	}
}

func TestRunShowsPresentTimes(t *testing.T) {
	sim := centre(t)
	synctest.Test(t, func(t *testing.T) {
		noon := sim.Window().Start.Add(12 * time.Hour)
		reference, step, err := icwsserver.FromCentre(sim, 1)
		require.NoError(t, err)
		_, err = step.Step(noon.Add(time.Hour))
		require.NoError(t, err)

		cic, play, err := icwsserver.FromCentre(sim, 1)
		require.NoError(t, err)
		ctx, cancel := context.WithCancel(t.Context())
		base := time.Now()
		done := make(chan error, 1)
		go func() { done <- play.PlayForever(ctx, 60, noon) }()
		time.Sleep(time.Minute) // an hour of the centre
		synctest.Wait()
		changed := 0
		for i, a := range reference.Agents() {
			b := cic.Agents()[i]
			want := base.Add(a.StatusChanged.Sub(noon) / 60)
			require.WithinDuration(t, want, b.StatusChanged, time.Microsecond, a.ID)
			if b.StatusChanged.After(base) {
				changed++
			}
			a.StatusChanged, b.StatusChanged, a.OnPhoneChanged, b.OnPhoneChanged = time.Time{}, time.Time{}, time.Time{}, time.Time{}
			ids := func(list []icwsserver.Interaction) (ids []string) {
				for _, i := range list {
					ids = append(ids, i.ID+i.State)
				}
				slices.Sort(ids)
				return ids
			}
			require.Equal(t, ids(a.Interactions), ids(b.Interactions))
			a.Interactions, b.Interactions = nil, nil
			require.Equal(t, a, b)
		}
		require.Positive(t, changed)
		time.Sleep(12 * time.Minute) // beyond the end: it begins again
		synctest.Wait()
		cancel()
		require.ErrorIs(t, <-done, context.Canceled)
	})
}

// TestHistoryGoesOnWithoutWhatWasRemoved: who leaves a workgroup, or is deleted, in the middle of the day must not end it.
func TestHistoryGoesOnWithoutWhatWasRemoved(t *testing.T) {
	sim := centre(t)
	cic, play, err := icwsserver.FromCentre(sim, 1)
	require.NoError(t, err)
	_, err = play.Step(play.Window().Start.Add(9 * time.Hour))
	require.NoError(t, err)
	agents := cic.Agents()
	for _, a := range agents[:5] {
		for _, g := range a.Workgroups {
			require.NoError(t, cic.RemoveMember(g, a.ID))
		}
	}
	require.NoError(t, cic.RemoveUser(agents[5].ID))
	require.NoError(t, cic.RemoveStatus("At lunch"))
	require.NoError(t, cic.RemoveWorkgroup(sim.Workgroups()[0]))
	_, err = play.Step(play.Window().End)
	require.NoError(t, err)
	require.Zero(t, play.After(play.Window().End))
	require.NoError(t, play.Seek(play.Window().Start.Add(10*time.Hour), 1), "nor the day after it")
	for _, a := range cic.Agents()[:5] {
		require.Empty(t, a.Workgroups, "nobody comes back")
	}
}

func TestPlaybackRefusesNonsense(t *testing.T) {
	sim := centre(t)
	_, _, err := icwsserver.FromCentre(sim, 7)
	require.ErrorContains(t, err, "site")
	cic, play, err := icwsserver.FromCentre(sim, 1)
	require.NoError(t, err)
	require.Contains(t, cic.Workgroups(), icwsserver.MasterWorkgroup)
	require.ErrorContains(t, play.Run(t.Context(), 0, play.Window().Start), "speed")
	require.ErrorContains(t, play.PlayForever(t.Context(), 1, play.Window().End.Add(time.Hour)), "from")
	require.Positive(t, play.Events())
	require.ErrorContains(t, icwsserver.NewLoad(cic, 1).Run(t.Context(), 0), "load")
}

func TestLoadIsDeterministicAndOneChangeAStep(t *testing.T) {
	sequence := func(seed uint64) (list []string) {
		cic, err := icwsserver.NewCIC(icwsserver.Plain(30, 2))
		require.NoError(t, err)
		cic.Observe(func(c icwsserver.Change) {
			list = append(list, string(c.Agent.ID)+key(string(c.Agent.Status), c.Agent.LoggedIn, false))
		})
		load := icwsserver.NewLoad(cic, seed)
		for range 500 {
			load.Next()
		}
		return list
	}
	require.Len(t, sequence(1), 500)
	require.Equal(t, sequence(1), sequence(1))
	require.NotEqual(t, sequence(1), sequence(2))
	synctest.Test(t, func(t *testing.T) {
		cic, err := icwsserver.NewCIC(icwsserver.Plain(30, 2))
		require.NoError(t, err)
		n := 0
		cic.Observe(func(icwsserver.Change) { n++ })
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		require.ErrorIs(t, icwsserver.NewLoad(cic, 1).Run(ctx, 200), context.DeadlineExceeded)
		require.InDelta(t, 2000, n, 5)
	})
}
