package icws_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

const usersPut = "PUT messaging/subscriptions/status/user-statuses"

func TestMembersEnterAndLeave(t *testing.T) {
	f := newFake(t, nil)
	w := watch(t, newClient(t, options(f.URL)), sales)
	w.until("synced")
	require.JSONEq(t, `{"configurationIds":["Sales","WFM RTA"],"properties":["members"],"rightsFilter":"view"}`,
		f.body("PUT messaging/subscriptions/configuration/workgroups/wfm-workgroups"))
	require.Equal(t, 1, f.requests("GET configuration/workgroups"))

	f.mu.Lock()
	f.members["Sales"] = []string{"agent1", "agent4"} // agent2 stays through WFM RTA
	f.members["WFM RTA"] = []string{"agent2"}         // agent3 leaves
	f.status["agent4"] = userJSON("agent4", "Follow Up", "20210706T200000Z", false)
	f.extension["agent4"] = "8104"
	f.mu.Unlock()
	f.push(`{"__type":"urn:inin.com:configuration.people:workgroupsMessage","isDelta":true,"subscriptionId":"wfm-workgroups","changed":[{"configurationId":{"id":"Sales"},"members":[]}]}`)
	events := w.until("agent4")
	require.Contains(t, events, "gone agent3")
	require.Contains(t, events, `agent agent4 8104 "Follow Up" 20:00:00 login=false acd=false`)
	require.NotContains(t, strings.Join(events, "\n"), "gone agent1", "the gap between DELETE and PUT is not an end")
	w.mu.Lock()
	require.Equal(t, []wfm.Workgroup{"WFM RTA"}, w.agents["agent2"].Workgroups)
	w.mu.Unlock()
	require.Equal(t, 1, f.requests("DELETE messaging/subscriptions/status/user-statuses"))
	var in struct {
		UserIDs []string `json:"userIds"`
	}
	require.NoError(t, json.Unmarshal([]byte(f.body(usersPut)), &in))
	require.ElementsMatch(t, []string{"agent1", "agent2", "agent4"}, in.UserIDs)

	f.push(`{"__type":"urn:inin.com:configuration.people:usersMessage","isDelta":true,"subscriptionId":"wfm-users","changed":[{"configurationId":{"id":"agent4"},"extension":null}]}`)
	w.until(`agent agent4  "Follow Up"`)
}

func TestWorkgroupsAreNotVisible(t *testing.T) {
	f := newFake(t, nil)
	f.on("PUT messaging/subscriptions/configuration/workgroups/wfm-workgroups", reply(403, `{"message":"no right"}`))
	o := options(f.URL)
	o.MembersEvery = 300 * time.Millisecond
	q := rta.Query{Workgroups: []wfm.Workgroup{"Sales", "Marketing"}}
	w := watch(t, newClient(t, o), q)
	all := strings.Join(w.until("synced"), "\n")
	require.Contains(t, all, `remark workgroup "Marketing" does not exist`)
	require.Contains(t, all, `remark changes of workgroup members are noticed only every 300ms`)
	f.mu.Lock()
	f.members["Sales"] = []string{"agent2"}
	f.mu.Unlock()
	w.until("gone agent1")

	f.on("GET configuration/workgroups", reply(403, `{"message":"no right"}`))
	err := watch(t, newClient(t, options(f.URL)), q).ends()
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	require.ErrorContains(t, err, "right to view the workgroups")
}

func TestNobodyToWatch(t *testing.T) {
	f := newFake(t, nil)
	w := watch(t, newClient(t, options(f.URL)), rta.Query{Workgroups: []wfm.Workgroup{"Marketing"}})
	w.until("synced")
	require.Zero(t, f.requests(usersPut), "the list of user ids must not be empty")
}

func TestUnknownUserIsSiftedOut(t *testing.T) {
	f := newFake(t, nil)
	f.members["Sales"] = []string{"agent1", "ghost", "agent2", "phantom"}
	f.on(usersPut, func(w http.ResponseWriter, r *http.Request) {
		body := f.body(usersPut)
		if strings.Contains(body, "ghost") || strings.Contains(body, "phantom") {
			reply(404, `{"message":"unknown user"}`)(w, r)
			return
		}
		f.answer(w, r, usersPut, []byte(body))
	})
	w := watch(t, newClient(t, options(f.URL)), sales)
	all := strings.Join(w.until("synced"), "\n")
	for _, part := range []string{`"ghost"`, `"phantom"`, "agent agent1", "agent agent2", "agent agent3", "no status of 2 of 5 agents"} {
		require.Contains(t, all, part)
	}
	require.NotContains(t, all, "agent ghost")
	require.Contains(t, f.body(usersPut), "agent3")
}

func TestPagesAndStations(t *testing.T) {
	f := newFake(t, nil)
	var many []string
	for i := range 450 {
		id := fmt.Sprintf("user%03d", i)
		many = append(many, id)
		f.extension[id] = "9" + id[4:]
		f.status[id] = userJSON(id, "Available", "20210706T193229Z", true)
	}
	f.members["Sales"] = many
	w := watch(t, newClient(t, options(f.URL)), sales)
	w.until("synced")
	require.Equal(t, "9449", w.agents["user449"].Extension)
	require.Len(t, w.agents, 452)
	require.Equal(t, 3, f.requests("GET configuration/users"))

	o := options(f.URL)
	o.Extension = icws.ExtensionOfStation
	w.cancel()
	w.ends()
	w = watch(t, newClient(t, o), sales)
	w.until("synced")
	require.Equal(t, "st-user449", w.agents["user449"].Extension)
}

func TestDeltasInTheWrongOrder(t *testing.T) {
	f := newFake(t, nil)
	o := options(f.URL)
	w := watch(t, newClient(t, o), sales)
	w.until("synced")
	set := func(status string, changed string, loggedIn bool) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.status["agent1"] = userJSON("agent1", status, changed, loggedIn)
	}

	// Two deltas change places: the older one says nothing; what it would have said is asked for.
	set("Follow Up", "20210706T200002Z", false)
	f.push(users(true, `{"userId":"agent1","statusId":"Follow Up","statusChanged":"20210706T200002Z"}`),
		users(true, `{"userId":"agent1","statusId":"Do Not disturb","statusChanged":"20210706T200001Z","loggedIn":false}`))
	require.Equal(t, []string{`agent agent1 8101 "Follow Up" 20:00:02 login=true acd=false`}, w.until("agent1"))
	require.Equal(t, []string{`agent agent1 8101 "Follow Up" 20:00:02 login=false acd=false`}, w.until("agent1"))

	// A log-in that is overtaken by the log-off: no time tells, but the question does.
	f.push(users(true, `{"userId":"agent1","statusId":"Follow Up","loggedIn":true}`))
	require.Equal(t, []string{`agent agent1 8101 "Follow Up" 20:00:02 login=true acd=false`}, w.until("agent1"))
	require.Equal(t, []string{`agent agent1 8101 "Follow Up" 20:00:02 login=false acd=false`}, w.until("agent1"))

	// Duplicates say nothing.
	d := users(true, `{"userId":"agent1","statusId":"Available","statusChanged":"20210706T200003Z","loggedIn":true}`)
	set("Available", "20210706T200003Z", true)
	f.push(d, d, d)
	require.Equal(t, []string{`agent agent1 8101 "Available" 20:00:03 login=true acd=true`}, w.until("agent1"))
	w.quiet(time.Second)
}

func TestDeltaBeforeTheFirstFullUpdate(t *testing.T) {
	f := newFake(t, nil)
	f.on(usersPut, func(w http.ResponseWriter, r *http.Request) {
		f.push(users(true, `{"userId":"agent1","statusId":"Follow Up","statusChanged":"20210706T200002Z"}`))
		f.answer(w, r, usersPut, []byte(f.body(usersPut)))
		f.mu.Lock()
		defer f.mu.Unlock()
		f.status["agent1"] = userJSON("agent1", "Follow Up", "20210706T200002Z", true)
	})
	w := watch(t, newClient(t, options(f.URL)), sales)
	require.Contains(t, strings.Join(w.until("synced"), "\n"), `agent agent1 8101 "Available" 19:32:29`)
	w.until(`agent agent1 8101 "Follow Up" 20:00:02`)
}

func TestFullUpdateWithoutSomeAgents(t *testing.T) {
	f := newFake(t, nil)
	w := watch(t, newClient(t, options(f.URL)), sales)
	w.until("synced")
	f.mu.Lock()
	f.status["agent2"] = userJSON("agent2", "Follow Up", "20210706T210000Z", true)
	f.mu.Unlock()
	f.push(users(false, userJSON("agent1", "Follow Up", "20210706T200000Z", true)),
		users(true, `{"userId":"agent2","statusId":"Do Not disturb"}`))
	require.Equal(t, []string{`agent agent1 8101 "Follow Up" 20:00:00 login=true acd=false`}, w.until("agent1"))
	require.Equal(t, []string{`agent agent2 8102 "Follow Up" 21:00:00 login=true acd=false`}, w.until("agent2"), "asked for, not merged")
	w.quiet(time.Second)
}

func TestDefinitionsChange(t *testing.T) {
	f := newFake(t, nil)
	w := watch(t, newClient(t, options(f.URL)), sales)
	w.until("synced")
	f.push(`{"__type":"urn:inin.com:status:statusMessagesMessage","isDelta":true,"statusMessagesChanged":[{"statusId":"AVAILABLE","messageText":"x","groupTag":"g","isAcdStatus":false}],"statusMessagesRemoved":["follow up"]}`)
	require.Equal(t, "statuses 2", w.until("statuses")[0])
	for range 3 {
		require.Contains(t, w.until("agent")[0], `"AVAILABLE" 19:32:29 login=true acd=false`)
	}
}

func queueMessage(delta bool, id, rest string) string {
	return fmt.Sprintf(`{"__type":"urn:inin.com:queues:queueContentsMessage","isDelta":%t,"subscriptionId":%q,%s}`, delta, id, rest)
}

func TestQueues(t *testing.T) {
	f := newFake(t, nil)
	q := sales
	q.Queues = true
	w := watch(t, newClient(t, options(f.URL)), q)
	events := w.until("synced")
	require.Contains(t, events, `agent agent1 8101 "Available" 19:32:29 login=true acd=true queue=`)
	require.Len(t, events, 2+3+1)
	watchOf := ""
	for i := 1; i <= 3; i++ {
		if id := fmt.Sprintf("wfm-%d", i); strings.Contains(f.body("PUT messaging/subscriptions/queues/"+id), `"agent1"`) {
			watchOf = id
		}
	}
	now := time.Now().UTC()
	push := func(rest string) { f.push(queueMessage(true, watchOf, rest)) }
	push(`"interactionsAdded":[{"interactionId":"77","attributes":{"EIC_STATE":"A","eic_workgroupname":"sales"}}]`)
	require.Contains(t, w.until("agent1")[0], "queue=[77 1 SALES]")
	push(`"interactionsChanged":[{"interactionId":"77","attributes":{"Eic_State":"C","Eic_ConnectTime":"` + now.Add(-time.Second).Format("20060102T150405") + `"}}]`)
	require.Contains(t, w.until("agent1")[0], "queue=[77 2 SALES]")
	w.mu.Lock()
	require.Equal(t, now.Add(-time.Second).Truncate(time.Second), w.agents["agent1"].Interactions[0].Since)
	w.mu.Unlock()
	f.push(queueMessage(true, "foreign", `"interactionsAdded":[{"interactionId":"78","attributes":{"Eic_State":"A"}}]`))
	push(`"interactionsChanged":[{"interactionId":"77","attributes":{"Eic_State":"I"}}]`)
	require.True(t, strings.HasSuffix(w.until("agent1")[0], "queue="), "ended")
	push(`"interactionsRemoved":["77"]`)
	w.until("agent1")

	// The message that removes comes before the one that adds: the queue is watched anew.
	push(`"interactionsRemoved":["79"]`)
	push(`"interactionsAdded":[{"interactionId":"79","attributes":{"Eic_State":"R"}}]`)
	require.Contains(t, w.until("agent1")[0], "queue=[79 4 ]")
	require.True(t, strings.HasSuffix(w.until("agent1")[0], "queue="))
	require.Eventually(t, func() bool { return f.requests("DELETE messaging/subscriptions/queues/"+watchOf) == 1 }, time.Minute, 10*time.Millisecond)

	w.cancel()
	w.ends()
}

func TestQueuesInChunks(t *testing.T) {
	f := newFake(t, nil)
	f.status["agent3"] = userJSON("agent3", "Available", "20210706T193229Z", true)
	o := options(f.URL)
	o.QueuesPerSubscription = 10
	q := sales
	q.Queues = true
	w := watch(t, newClient(t, o), q)
	w.until("synced")
	f.push(queueMessage(true, "wfm-1", `"interactionsAdded":[{"interactionId":"77","attributes":{"Eic_State":"H","Eic_UserName":"AGENT2"}}]`))
	require.Equal(t, []string{`agent agent2 8102 "Available" 19:32:29 login=true acd=true queue=[77 3 ]`}, w.until("queue=["))
}

func TestQueuesAreRefused(t *testing.T) {
	f := newFake(t, nil)
	for i := 1; i <= 3; i++ {
		f.on(fmt.Sprintf("PUT messaging/subscriptions/queues/wfm-%d", i), reply(403, `{"message":"no"}`))
	}
	q := sales
	q.Queues = true
	all := strings.Join(watch(t, newClient(t, options(f.URL)), q).until("synced"), "\n")
	require.Contains(t, all, "only onPhone tells")
	require.Contains(t, all, "agent agent3")
	require.NotContains(t, all, "queue=")

	f = newFake(t, nil)
	f.features = `[{"featureId":"messaging","version":2}]`
	require.Contains(t, strings.Join(watch(t, newClient(t, options(f.URL)), q).until("synced"), "\n"), "no queue subscriptions")
}

// A queue that could not be watched at first is watched later, in the same session.
func TestQueueWatchIsTriedAgain(t *testing.T) {
	f := newFake(t, nil)
	f.on("PUT messaging/subscriptions/queues/wfm-2", reply(500, ``))
	for i := 4; i < 10; i++ {
		id := fmt.Sprint("wfm-", i)
		f.on("PUT messaging/subscriptions/queues/"+id, func(w http.ResponseWriter, _ *http.Request) {
			f.push(queueMessage(false, id, `"interactionsAdded":[{"interactionId":"77","attributes":{"Eic_State":"C"}}]`))
			reply(200, "")(w, nil)
		})
	}
	q := sales
	q.Queues = true
	w := watch(t, newClient(t, options(f.URL)), q)
	require.Contains(t, strings.Join(w.until("synced"), "\n"), "queue contents of some agents cannot be watched")
	w.until("queue=[77 2 ]")
}

func TestSilence(t *testing.T) {
	f := newFake(t, nil)
	o := options(f.URL)
	o.SilenceTimeout = time.Second
	w := watch(t, newClient(t, o), sales)
	w.until("synced")
	err := w.ends()
	require.ErrorContains(t, err, "has said nothing for", "this server sends keep-alives")
	require.Equal(t, 1, f.requests("GET connection"), "probed")

	// One that sends none is made to speak, and stays.
	quiet := newFake(t, nil)
	quiet.on("GET messaging/messages", func(w http.ResponseWriter, r *http.Request) {
		quiet.stream(mute{w}, r)
	})
	o.URLs = []string{quiet.URL}
	w = watch(t, newClient(t, o), sales)
	w.until("synced")
	require.Eventually(t, func() bool {
		return quiet.requests("DELETE messaging/subscriptions/status/status-messages") >= 2
	}, time.Minute, 10*time.Millisecond)
	quiet.push(users(true, `{"userId":"agent1","statusId":"Follow Up","statusChanged":"20210706T200002Z"}`))
	w.until("agent1")
	quiet.on("PUT messaging/subscriptions/status/status-messages", reply(200, ``))
	require.ErrorContains(t, w.ends(), "has said nothing for")
}

// mute keeps the keep-alives of a fake to itself.
type mute struct{ http.ResponseWriter }

func (m mute) WriteString(s string) (int, error) { return m.Write([]byte(s)) }

func (m mute) Write(b []byte) (int, error) {
	if strings.HasPrefix(string(b), ":") {
		return len(b), nil
	}
	return m.ResponseWriter.Write(b)
}
func (m mute) Unwrap() http.ResponseWriter { return m.ResponseWriter }

var _ io.StringWriter = mute{}

func TestHeartbeatOnlyWhereKnown(t *testing.T) {
	for _, status := range []int{204, 404, 405, 410} {
		f := newFake(t, nil)
		f.on("POST messaging/heartbeat", reply(status, ""))
		o := options(f.URL)
		o.HeartbeatEvery = 10 * time.Millisecond
		began := time.Now()
		w := watch(t, newClient(t, o), sales)
		w.until("synced")
		sent := func() int { return f.requests("POST messaging/heartbeat") }
		if status == 204 {
			require.Eventually(t, func() bool { return sent() >= 3 }, time.Minute, time.Millisecond)
			n := sent() // before the clock is read
			require.LessOrEqual(t, n, int(time.Since(began)/o.HeartbeatEvery)+1, "not more often than it is said")
			continue
		}
		require.Eventually(t, func() bool { return sent() == 1 }, time.Minute, time.Millisecond, status)
		time.Sleep(30 * o.HeartbeatEvery)
		require.Equal(t, 1, sent(), status)
	}
}

// A server that answers the stream with something that does not end is found out like a silent one.
func TestStreamThatHangs(t *testing.T) {
	for _, status := range []int{200, 500} {
		f := newFake(t, nil)
		f.on("GET messaging/messages", func(w http.ResponseWriter, r *http.Request) {
			reply(status, "[")(w, r)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		})
		o := options(f.URL)
		o.SilenceTimeout, o.SyncTimeout = 300*time.Millisecond, 100*time.Millisecond
		err := watch(t, newClient(t, o), sales).ends()
		require.ErrorContains(t, err, "has said nothing for", status)
	}
}

func TestServerThatDoesNotStreamAfterAll(t *testing.T) {
	for _, status := range []int{404, 406, 200} {
		f := newFake(t, nil)
		f.on("GET messaging/messages", func(w http.ResponseWriter, r *http.Request) {
			if status != 200 && r.Header.Get("Accept") == "text/event-stream" {
				reply(status, "")(w, r)
				return
			}
			r.Header.Set("Accept", "application/json")
			f.answer(w, r, "GET messaging/messages", nil)
		})
		watch(t, newClient(t, options(f.URL)), sales).until("synced")
		f.CloseClientConnections()
	}
}

func startTLS(h http.Handler) *httptest.Server { return httptest.NewTLSServer(h) }
