package integration_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/rtatest"
	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// A refresh comes after the changes that waited for the next batch: the snapshot alone would not say that bob left.
func TestRealTimeRefreshSwallowsNoChange(t *testing.T) {
	r := &reader{name: "a"}
	traits := vendors.Traits{UpdateFrequency: 10 * time.Second, Refresh: 15 * time.Second}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", traits, &receivers{list: []*reader{r}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		c.begin(0, told("ann", available), told("bob", available))
		require.Len(t, r.read(), 3)
		time.Sleep(12 * time.Second)
		require.NoError(t, c.servers[0].Emit(c.ctx, rta.Event{Kind: rta.AgentGone, Facts: &rta.Facts{Agent: "bob"}}))
		c.tell(0, told("ann", lunch))
		require.Empty(t, r.read())
		time.Sleep(3 * time.Second)
		require.Equal(t, []string{"left bob 1", "change ann 5", "is ann 5"}, r.read())
	}))
}

// A receiver that was slow, and one that gets batches, hear that all is well after the changes that a reconnect brought.
func TestRealTimeRecoveryIsToldAfterItsChanges(t *testing.T) {
	slow, batched := &reader{name: "slow"}, &reader{name: "batched"}
	feeds := []integration.RealTimeFeed{wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{slow}}),
		wordFeed(t, "two", vendors.Traits{UpdateFrequency: time.Hour}, &receivers{list: []*reader{batched}})}
	require.NoError(t, runRealTime(t, 1, realTimeGate, feeds, func(c *centre) {
		c.begin(0, told("ann", available), told("bob", available))
		slow.read()
		batched.read()
		require.NoError(t, c.servers[0].Lose(c.ctx, &wfm.Error{Op: "read", Retry: true, After: 10 * time.Second, Err: errors.New("switchover")}))
		time.Sleep(6 * time.Second)
		require.Equal(t, []string{"unavailable"}, slow.read())
		require.Equal(t, []string{"unavailable"}, batched.read())
		again := rtatest.Told("host", told("ann", lunch), told("bob", lunch))
		slow.stuck = make(chan struct{})
		require.NoError(t, c.servers[0].Emit(c.ctx, again[:3]...))
		synctest.Wait() // the first change is being sent
		require.NoError(t, c.servers[0].Emit(c.ctx, again[3:]...))
		synctest.Wait()
		close(slow.stuck)
		require.Equal(t, []string{"change ann 5", "change bob 5", "normal"}, slow.read())
		require.Equal(t, []string{"change ann 5", "change bob 5", "normal"}, batched.read())
	}))
}

// A server that takes long to tell its agents has told its statuses: the rule for those without a code holds.
func TestRealTimeUnmappedStatusesOfAServerThatIsSlow(t *testing.T) {
	r := &reader{name: "a"}
	feed := wordFeed(t, "one", vendors.Traits{}, &receivers{list: []*reader{r}})
	feed.Encoder = newWords(t, vendors.Traits{}, vendors.StatusMap{ByStatus: map[wfm.StatusKey]vendors.Code{"available": {Code: "1"}}})
	require.NoError(t, runRealTime(t, 1, realTimeGate, []integration.RealTimeFeed{feed}, func(c *centre) {
		list := rtatest.Told("host", told("ann", available), told("bob", lunch))
		require.NoError(t, c.servers[0].Emit(c.ctx, list[:len(list)-1]...))
		time.Sleep(11 * time.Second)
		require.Empty(t, r.read())
		require.Equal(t, "refused", c.service.Status().RealTime[0].State)
		require.NoError(t, c.servers[0].Emit(c.ctx, rta.Event{Kind: rta.Statuses, Statuses: []wfm.StatusDefinition{available}}, rta.Event{Kind: rta.Synced}))
		require.Equal(t, []string{"normal", "is ann 1"}, r.read())
	}))
}
