package icws_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestSnapshotThenChanges(t *testing.T) {
	for _, mode := range []string{"stream", "poll", "asked to poll"} {
		t.Run(mode, func(t *testing.T) {
			f := newFake(t, nil)
			o := options(f.URL)
			if mode == "poll" {
				f.features = `[{"featureId":"messaging","version":1}]`
			}
			o.Polling = mode == "asked to poll"
			w := watch(t, newClient(t, o), sales)
			events := w.until("synced")
			require.Equal(t, "connected", events[0])
			require.Equal(t, "statuses 3", events[1])
			agents := events[2 : len(events)-1]
			slices.Sort(agents)
			require.Equal(t, []string{
				`agent agent1 8101 "Available" 19:32:29 login=true acd=true`,
				`agent agent2 8102 "Available" 19:32:29 login=true acd=true`,
				`agent agent3 8103 "Available" 19:32:29 login=true acd=true`}, agents)
			require.Equal(t, []wfm.Workgroup{"SALES", "WFM RTA"}, w.agents["agent2"].Workgroups)
			require.JSONEq(t, `["statusId","statusChanged","loggedIn","onPhone","onPhoneChanged"]`,
				between(f.body("PUT messaging/subscriptions/status/user-statuses"), `"userStatusProperties":`, "}"))

			f.push(users(true, `{"userId":"agent1","statusId":"DO NOT DISTURB","statusChanged":"20210706T193500Z"}`),
				`{"__type":"urn:inin.com:new:thing","isDelta":true,"state":"x","added":7,"userStatusList":"no"}`,
				users(true, `{"userId":"agent1","statusId":"Do Not disturb","onPhone":true,"onPhoneChanged":"20210706T193600Z"}`),
				users(true, `{"userId":"stranger","statusId":"Available"}`))
			require.Equal(t, []string{`agent agent1 8101 "Do Not disturb" 19:35:00 login=true acd=false`}, w.until("agent1"))
			require.Equal(t, []string{`agent agent1 8101 "Do Not disturb" 19:35:00 login=true acd=false`}, w.until("agent1"))
			w.mu.Lock()
			require.True(t, w.agents["agent1"].OnPhone)
			w.mu.Unlock()
			w.quiet(100 * time.Millisecond)
		})
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	return s[:strings.LastIndex(s, to)]
}

func TestDown(t *testing.T) {
	for _, c := range []struct {
		message string
		after   time.Duration
	}{
		{`{"__type":"urn:inin.com:connection:connectionStateChangeMessage","isDelta":true,"previousConnectionState":1,"newConnectionState":2,"reason":"Switchover"}`, 0},
		{`{"__type":"urn:inin.com:connection:connectionStateChangeMessage","isDelta":true,"previousConnectionState":1,"newConnectionState":2,"reason":"by admin","shouldReconnect":false}`, 5 * time.Minute},
	} {
		f := newFake(t, nil)
		w := watch(t, newClient(t, options(f.URL)), sales)
		w.until("synced")
		f.push(c.message)
		err := w.ends()
		retry, after := wfm.ShouldRetry(err)
		require.True(t, retry)
		require.Equal(t, c.after, after, "%v", err)
		require.Zero(t, f.requests("DELETE connection"))
	}
}

func TestLostSessions(t *testing.T) {
	f := newFake(t, nil)
	c := newClient(t, options(f.URL))

	t.Run("dropped stream", func(t *testing.T) {
		w := watch(t, c, sales)
		w.until("synced")
		f.dropStreams()
		err := w.ends()
		require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
		retry, _ := wfm.ShouldRetry(err)
		require.True(t, retry)
		require.Equal(t, 1, f.requests("DELETE connection"), "one session only")
	})
	t.Run("401 tells the reason", func(t *testing.T) {
		c := newClient(t, options(f.URL))
		w := watch(t, c, sales)
		w.until("synced")
		f.on("GET connection", reply(200, `{"connectionState":2,"reason":"logged off","shouldReconnect":false}`))
		f.on("GET messaging/messages", reply(401, `{"errorId":"error.request.connection.authenticationFailure","errorCode":-2147221499}`))
		defer f.on("GET messaging/messages", nil)
		defer f.on("GET connection", nil)
		f.dropStreams()
		w.ends()
		err := watch(t, c, sales).ends()
		require.ErrorContains(t, err, "logged off")
		_, after := wfm.ShouldRetry(err)
		require.Equal(t, 5*time.Minute, after)
	})
	t.Run("context", func(t *testing.T) {
		before := f.requests("DELETE connection")
		w := watch(t, c, sales)
		w.until("synced")
		w.cancel()
		require.ErrorIs(t, w.ends(), context.Canceled)
		require.Equal(t, before+1, f.requests("DELETE connection"))
	})
	t.Run("emit's error is returned", func(t *testing.T) {
		err := c.Run(t.Context(), sales, func(e rta.Event) error {
			if e.Kind == rta.Agent {
				return errStop
			}
			return nil
		})
		require.Equal(t, errStop, err)
	})
	t.Run("malformed", func(t *testing.T) {
		for _, bad := range []string{`{"userStatusList":[{"userId":5}],"isDelta":true,"__type":"urn:inin.com:status:userStatusMessage"}`, `{"__type":"urn:inin.com:status:userSt`, `[]`, `null`, `{"__type":"urn:inin.com:status:userStatusMessage","isDelta":"x","userStatusList":{}}`, "\x00"} {
			w := watch(t, c, sales)
			w.until("synced")
			t.Logf("%q", bad)
			f.push(bad)
			err := w.ends()
			require.Equal(t, wfm.BadData, wfm.KindOf(err), bad)
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
		}
	})
}

func TestSwitchover(t *testing.T) {
	backup := newFake(t, nil)
	primary := newFake(t, nil)
	hostPort := func(f *fake) string { return strings.TrimPrefix(f.URL, "http://") }
	refuse := func(f, other *fake) {
		f.on("POST connection", reply(503, `{"errorId":"error.server.notAcceptingConnections","message":"not currently accepting","alternateHostList":["`+hostPort(other)+`","bad host/","`+hostPort(f)+`"]}`))
	}
	refuse(backup, primary)
	c := newClient(t, options(backup.URL)) // only the backup is configured
	w := watch(t, c, sales)
	w.until("synced")
	require.Equal(t, 1, backup.requests("POST connection"))
	require.Equal(t, 1, primary.requests("POST connection"))

	refuse(primary, backup)
	backup.on("POST connection", nil)
	primary.dropStreams()
	w.ends()
	w = watch(t, c, sales)
	w.until("synced")
	require.Equal(t, 2, primary.requests("POST connection"), "the last good one is tried first")
	require.Equal(t, 2, backup.requests("POST connection"))

	refuse(backup, primary)
	backup.dropStreams()
	w.ends()
	err := watch(t, c, sales).ends()
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, after := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.GreaterOrEqual(t, after, 40*time.Millisecond)
	require.Equal(t, 3, primary.requests("POST connection"), "each host once in a round")
}

// The error table of the API, by status and code.
func TestRefusedLogOn(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		body   string
		kind   wfm.Kind
		long   bool
	}{
		{"bad password", 400, `{"errorId":"error.request.connection.authenticationFailure","errorCode":-2147221503,"message":"The authentication process failed."}`, wfm.NoPermission, true},
		{"bad password, no code", 400, `{"errorId":"error.request.connection.authenticationFailure"}`, wfm.NoPermission, true},
		{"TLS expected", 400, "Client sent an HTTP request to an HTTPS server.\n", wfm.BadConfig, false},
		{"other 400", 400, `{"errorId":"-2147221496","errorCode":-2147221496}`, wfm.BadConfig, true},
		{"401", 401, `{"errorId":"error.request.connection.authenticationFailure","errorCode":-2147221499}`, wfm.NoPermission, true},
		{"403", 403, `{}`, wfm.NoPermission, true},
		{"404", 404, `<html>`, wfm.NotFound, false},
		{"405", 405, ``, wfm.Unsupported, false},
		{"410", 410, ``, wfm.NotFound, false},
		{"generic", 500, `{"errorCode":-2147467259,"errorId":5,"message":["x"]}`, wfm.Unavailable, false},
		{"503", 503, `{"errorId":"error.server.notAcceptingConnections"}`, wfm.Unavailable, false},
		{"redirect", 302, ``, wfm.BadData, false},
		{"cut", 201, `{"sessionId":"a`, wfm.BadData, false},
		{"no session", 201, `{}`, wfm.BadData, false},
		{"odd session", 201, `{"sessionId":"a\nb","csrfToken":"c"}`, wfm.BadData, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			f, other := newFake(t, nil), newFake(t, nil)
			other.on("POST connection", reply(503, `{}`))
			f.on("POST connection", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Location", other.URL)
				reply(c.status, c.body)(w, r)
			})
			err := watch(t, newClient(t, options(f.URL)), sales).ends()
			require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
			retry, after := wfm.ShouldRetry(err)
			require.True(t, retry)
			require.Equal(t, c.long, after == 5*time.Minute, "%v", after)
			require.Zero(t, other.requests("POST connection"))
		})
	}
}

func TestBadPasswordAsksNoOtherHost(t *testing.T) {
	f, other := newFake(t, nil), newFake(t, nil)
	f.on("POST connection", reply(400, `{"errorCode":-2147221503}`))
	require.Error(t, watch(t, newClient(t, options(f.URL, other.URL)), sales).ends())
	require.Zero(t, other.requests("POST connection"))
}

// Whoever wants a session while the account is refused gets the refusal that is known: one wrong password, one attempt.
func TestARefusedAccountIsNotAskedForAgain(t *testing.T) {
	f := newFake(t, nil)
	f.on("POST connection", reply(400, `{"errorCode":-2147221503}`))
	o := options(f.URL)
	o.RefusedWait = time.Hour
	c := newClient(t, o)
	for range 3 {
		_, err := c.Features(t.Context())
		require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
		_, err = c.Inspect(t.Context(), sales)
		require.ErrorContains(t, err, "correct user or password")
		err = watch(t, c, sales).ends()
		_, after := wfm.ShouldRetry(err)
		require.True(t, after > 0 && after <= o.RefusedWait, "%v", after)
	}
	require.Equal(t, 1, f.requests("POST connection"))

	// After the wait it is.
	o.RefusedWait = time.Millisecond
	c = newClient(t, o)
	_, err := c.Features(t.Context())
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	f.on("POST connection", nil)
	time.Sleep(o.RefusedWait)
	w := watch(t, c, sales)
	w.until("synced")

	f.push(`{"__type":"urn:inin.com:connection:connectionStateChangeMessage","isDelta":true,"newConnectionState":2,"shouldReconnect":false}`)
	require.Error(t, w.ends())
	_, err = c.Features(t.Context())
	require.ErrorContains(t, err, "asks not to reconnect")
	require.Equal(t, 3, f.requests("POST connection"))
}

func TestNewJoinsProblems(t *testing.T) {
	_, err := icws.New(icws.Options{URLs: []string{"ftp://x", "https://u:pw-in-url@h", "https://{host}/{host}", "https://ok"}, Extension: "moon", PollEvery: -1, CA: []byte("x")})
	for _, part := range []string{"ftp://x", "holds an account", "more than once", "user is missing", "password is missing", "moon", "poll every", "CA "} {
		require.ErrorContains(t, err, part)
	}
	require.NotContains(t, err.Error(), "pw-in-url")
}
