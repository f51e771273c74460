package icwsserver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

func (w *world) set(user, status string) {
	w.t.Helper()
	require.NoError(w.t, w.cic.SetStatus(wfm.AgentID(user), wfm.StatusKey(status), time.Time{}))
}

// streaming is a client with an open stream that has read its first message.
func (w *world) streaming() (*client, *stream) {
	w.t.Helper()
	c := w.dial()
	c.watch([]string{"agent0001", "agent0002"}, "statusChanged", "loggedIn")
	s := c.stream()
	require.False(w.t, *s.next().Delta)
	return c, s
}

func TestStream(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{Ping: 20 * time.Millisecond})
	c, s := w.streaming()
	require.Equal(t, ":ping", s.line())
	w.set("agent0001", "At lunch")
	require.Equal(t, "At lunch", s.next().statuses(t)[0]["statusId"])
	newer := c.stream()
	_ = s.end()
	w.set("agent0001", "Available")
	require.Equal(t, "Available", newer.next().statuses(t)[0]["statusId"])
	require.EqualValues(t, 1, w.pair.Stats().Overlaps)
	c.do("DELETE", "connection", nil)
	_ = newer.end()
	require.Zero(t, w.pair.Stats().Sessions)
}

func TestOldServersPoll(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{Features: map[string]int{"messaging": 1}})
	c := w.dial()
	a := c.request("GET", "/icws/"+c.sid+"/messaging/messages", http.Header{"Accept": {"text/event-stream"}}, nil)
	require.Equal(t, "[]", string(a.body))
	require.Contains(t, a.header.Get("Content-Type"), "icws")
}

func TestSwitchover(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	b := w.client(w.backup.URL)
	a := b.logOn(account, password)
	require.Equal(t, http.StatusServiceUnavailable, a.status)
	require.JSONEq(t, `{"errorId":"error.server.notAcceptingConnections","message":"This Session Manager is not currently accepting connections.","alternateHostList":["`+
		w.primary.Listener.Addr().String()+`"]}`, string(a.body))
	c, s := w.streaming()
	w.pair.Switchover()
	m := s.next()
	require.Equal(t, "connection:connectionStateChangeMessage", m.kind())
	require.Equal(t, 2, m.New)
	require.True(t, *m.Again)
	_ = s.end()
	require.Equal(t, 401, c.do("GET", "messaging/messages", nil).status)
	require.Equal(t, 503, w.client(w.primary.URL).logOn(account, password).status)
	require.Equal(t, 201, b.logOn(account, password).status)
	require.Same(t, w.pair.Backup, w.pair.Active())

	w.pair.Kill() // back, the backup dead
	_, err := w.client(w.backup.URL).try("GET", "/icws/connection/version", http.Header{}, nil)
	require.Error(t, err)
	require.Equal(t, 201, w.client(w.primary.URL).logOn(account, password).status)
	w.pair.Switchover()
	require.Equal(t, 201, w.client(w.backup.URL).logOn(account, password).status, "it is back")
}

func TestDownIsToldToPollersToo(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	c := w.dial()
	w.pair.Down(false)
	state := c.do("GET", "connection", nil).fields(t)
	require.EqualValues(t, 2, state["connectionState"])
	require.Equal(t, false, state["shouldReconnect"])
	require.Equal(t, 401, c.do("GET", "status/status-messages", nil).status)
	list := c.poll()
	require.Len(t, list, 1)
	require.False(t, *list[0].Again)
	require.Equal(t, 401, c.do("GET", "messaging/messages", nil).status)
}

func TestDroppedStreamBreaksInTheMiddle(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	c, s := w.streaming()
	w.pair.DropStreams()
	line := s.line()
	require.False(t, json.Valid([]byte(strings.TrimPrefix(line, "data: "))), line)
	require.ErrorContains(t, s.end(), "unexpected EOF")
	s = c.stream() // the session is still there
	w.set("agent0001", "At lunch")
	require.Equal(t, "At lunch", s.next().statuses(t)[0]["statusId"])
}

func TestExpiredSessions(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	c, s := w.streaming()
	w.pair.ExpireSessions()
	_ = s.end()
	require.Equal(t, 401, c.do("GET", "connection", nil).status)
}

func TestSilenceAndSlowness(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{Ping: 10 * time.Millisecond})
	c, s := w.streaming()
	start := time.Now()
	w.pair.Silence(300 * time.Millisecond)
	time.Sleep(30 * time.Millisecond) // a ping may be under way
	for len(s.lines) > 0 {
		<-s.lines
	}
	w.set("agent0001", "At lunch")
	s.quiet(150 * time.Millisecond)
	require.Equal(t, 200, c.do("GET", "connection", nil).status)
	require.GreaterOrEqual(t, time.Since(start), 300*time.Millisecond, "requests hang")
	require.Equal(t, "At lunch", s.next().statuses(t)[0]["statusId"], "nothing is lost")

	w.pair.Silence(time.Hour)
	w.set("agent0001", "Available")
	time.Sleep(30 * time.Millisecond) // the stream waits for the end of it
	w.pair.Silence(0)
	require.Equal(t, "Available", s.next().statuses(t)[0]["statusId"], "silence can be lifted")

	w.pair.Slow(80*time.Millisecond, time.Minute)
	start = time.Now()
	c.do("GET", "connection", nil)
	require.GreaterOrEqual(t, time.Since(start), 80*time.Millisecond)
	w.pair.Slow(0, 0)
}

func TestRefusal(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{Alternates: []string{"cic-b"}})
	c := w.dial()
	w.pair.Refuse503(time.Minute)
	a := c.do("GET", "connection", nil)
	require.Equal(t, 503, a.status)
	require.Equal(t, "error.server.unavailable", a.fields(t)["errorId"])
	a = w.client(w.primary.URL).logOn(account, password)
	require.Equal(t, 503, a.status)
	require.Equal(t, []any{"cic-b"}, a.fields(t)["alternateHostList"])
	w.pair.Refuse503(0)
	require.Equal(t, 200, c.do("GET", "connection", nil).status, "the session lived on")
}

func TestCutMessages(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	c, s := w.streaming()
	w.pair.CutJSON(1)
	w.set("agent0001", "At lunch")
	w.set("agent0001", "Available")
	require.False(t, json.Valid([]byte(strings.TrimPrefix(s.line(), "data: "))))
	require.Equal(t, "Available", s.next().statuses(t)[0]["statusId"])
	s.cancel()
	_ = s.end()
	require.Empty(t, c.poll(), "takes the place of the stream")
	w.pair.CutJSON(1)
	w.set("agent0001", "At lunch")
	a := c.do("GET", "messaging/messages", nil)
	require.Equal(t, 200, a.status)
	require.False(t, json.Valid(a.body))
	require.Empty(t, c.poll(), "it is lost")
}

func TestUnknownDuplicatedAndReorderedMessages(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	_, s := w.streaming()
	w.pair.UnknownMessages(1)
	w.set("agent0001", "At lunch")
	require.Equal(t, "simulator:neverHeardOfMessage", s.next().kind())
	m := s.next()
	require.NotEmpty(t, m.Rest)
	require.Equal(t, "At lunch", m.statuses(t)[0]["statusId"])

	w.pair.Duplicate(1)
	w.set("agent0001", "Available")
	require.Equal(t, s.next(), s.next())

	w.pair.Reorder(1)
	w.set("agent0001", "At lunch")
	s.quiet(30 * time.Millisecond)
	w.set("agent0002", "Follow up")
	require.Equal(t, "agent0002", s.next().statuses(t)[0]["userId"])
	require.Equal(t, "agent0001", s.next().statuses(t)[0]["userId"])

	w.pair.Reorder(1)
	w.set("agent0001", "Available")
	w.set("agent0001", "In a meeting")
	require.Equal(t, "Available", s.next().statuses(t)[0]["statusId"], "one user's changes keep their order")
	require.Equal(t, "In a meeting", s.next().statuses(t)[0]["statusId"])
	w.pair.Reorder(1)
	w.set("agent0001", "Available")
	require.Equal(t, "Available", s.next().statuses(t)[0]["statusId"], "after a second")

	w.pair.FullUpdates()
	m = s.next()
	require.False(t, *m.Delta)
	require.Len(t, m.statuses(t), 2)
}

func TestClientThatFallsBehindIsEnded(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{QueueBound: 10})
	c := w.dial()
	c.watch([]string{"agent0001"})
	load := icwsserver.NewLoad(w.cic, 1)
	for range 100 {
		load.Next()
	}
	require.Equal(t, 401, c.do("GET", "messaging/messages", nil).status)
	require.Zero(t, w.pair.Stats().Sessions)
}

func TestControl(t *testing.T) {
	w := newWorld(t, 2, icwsserver.Options{})
	control := httptest.NewServer(w.pair.Control())
	t.Cleanup(control.Close)
	o := w.client(control.URL)
	post := func(path string) answer { return o.request("POST", path, http.Header{}, nil) }
	c, s := w.streaming()
	for _, path := range []string{"/status?user=agent0001&status=at%20lunch", "/logoff?user=agent0001", "/logon?user=agent0001", "/phone?user=agent0001",
		"/phone?user=agent0001&on=false", "/member?workgroup=team%2003&user=agent0001", "/member?workgroup=team%2003&user=agent0001&remove=true",
		"/silence?for=0s", "/slow?by=1ms&for=1ms", "/refuse?for=0s", "/cut?n=0", "/unknown?n=0", "/duplicate?n=0", "/reorder?n=0", "/full", "/drop"} {
		a := post(path)
		require.Equal(t, 200, a.status, path)
		require.JSONEq(t, `{"ok":true}`, string(a.body))
	}
	require.Equal(t, "At lunch", s.next().statuses(t)[0]["statusId"])
	require.Equal(t, false, s.next().statuses(t)[0]["loggedIn"])
	require.Equal(t, true, s.next().statuses(t)[0]["loggedIn"])
	var agents []icwsserver.AgentView
	o.request("GET", "/agents", http.Header{}, nil).into(t, &agents)
	require.Equal(t, w.cic.Agents()[1].ID, agents[1].ID)
	require.Equal(t, wfm.StatusKey("At lunch"), agents[0].Status)
	require.Equal(t, 200, post("/down?reconnect=false").status)
	require.Equal(t, 401, c.do("GET", "status/status-messages", nil).status)
	require.Equal(t, 200, post("/expire").status)
	require.Equal(t, 200, post("/switchover").status)
	require.Same(t, w.pair.Backup, w.pair.Active())
	require.Equal(t, 200, post("/switchover?kill=true").status)
	require.Same(t, w.pair.Primary, w.pair.Active())

	for path, parameter := range map[string]string{"/status?user=agent0001": "status", "/status?status=Available": "user", "/status?user=x&status=Available": "x",
		"/silence": "for", "/silence?for=x": "for", "/slow?by=1s": "for", "/slow?for=1s&by=-1s": "by", "/cut?n=x": "n", "/down?reconnect=maybe": "reconnect",
		"/member?user=agent0001": "workgroup", "/phone?user=agent0001&on=x": "on", "/switchover?kill=x": "kill", "/refuse?for=25h": "for"} {
		a := post(path)
		require.Equal(t, 400, a.status, path)
		require.Contains(t, a.fields(t)["error"], parameter)
	}
	single, err := icwsserver.New(w.cic, icwsserver.Options{})
	require.NoError(t, err)
	r := httptest.NewRecorder()
	single.Control().ServeHTTP(r, httptest.NewRequest("POST", "/switchover", nil))
	require.Equal(t, 400, r.Code)
	require.Contains(t, o.request("GET", "/stats", http.Header{}, nil).fields(t), "logOns")
}
