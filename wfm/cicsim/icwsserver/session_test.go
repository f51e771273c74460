package icwsserver_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

func TestLogOn(t *testing.T) {
	w := newWorld(t, 3, icwsserver.Options{})
	c := w.client(w.primary.URL)
	a := c.logOn(account, password)
	require.Equal(t, http.StatusCreated, a.status)
	require.NotEmpty(t, a.header.Get("Set-Cookie"))
	require.Equal(t, "/icws/"+c.sid+"/connection", a.header.Get("Location"))
	require.Equal(t, "application/vnd.inin.icws+json", a.header.Get("Content-Type"))
	body := a.fields(t)
	require.Equal(t, c.sid, body["sessionId"])
	require.Equal(t, c.csrf, body["csrfToken"])
	require.Equal(t, []any{w.backup.Listener.Addr().String()}, body["alternateHostList"])
	require.Contains(t, body["features"], map[string]any{"featureId": "messaging", "version": 2.0})
	require.IsType(t, "", body["version"].(map[string]any)["majorVersion"])
	_, err := time.Parse("20060102T150405Z", body["serverTimeInfo"].(map[string]any)["serverUtcTime"].(string))
	require.NoError(t, err)

	a = c.do("GET", "connection", nil)
	require.Equal(t, http.StatusOK, a.status)
	require.JSONEq(t, `{"connectionState":1}`, string(a.body))
	require.Equal(t, 200, c.do("POST", "messaging/heartbeat", nil).status)
	status := c.do("GET", "connection/switchover-status", nil).fields(t)
	require.Equal(t, w.primary.Listener.Addr().String(), status["primaryHost"])
	require.Equal(t, 200, c.do("DELETE", "connection", nil).status)
	a = c.do("GET", "connection", nil)
	require.Equal(t, http.StatusUnauthorized, a.status)
	require.Equal(t, `ICWS realm="ICWS" location="/ICWS/connection"`, a.header.Get("WWW-Authenticate"))
	require.EqualValues(t, -2147221499, a.fields(t)["errorCode"])
}

func TestPartsNotAskedForAreLeftOut(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{})
	c := w.client(w.primary.URL)
	body := c.request("POST", "/icws/connection", http.Header{"Accept-Language": {"en-us"}}, map[string]string{
		"__type": "urn:inin.com:connection:icAuthConnectionRequestSettings", "applicationName": "a", "userID": strings.ToUpper(account), "password": password}).fields(t)
	for _, gated := range []string{"features", "version", "serverTimeInfo"} {
		require.NotContains(t, body, gated)
	}
}

func TestRefusedLogOns(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{})
	w.cic.SetPassword("Agent0001", wfm.NewSecret("own"))
	c := w.client(w.primary.URL)
	require.Equal(t, http.StatusCreated, c.logOn("agent0001", "own").status)
	a := c.logOn(account, "wrong")
	require.Equal(t, http.StatusBadRequest, a.status)
	require.Equal(t, "error.request.connection.authenticationFailure", a.fields(t)["errorId"])
	require.EqualValues(t, -2147221503, a.fields(t)["errorCode"])
	require.Equal(t, http.StatusBadRequest, c.logOn("", "").status)

	language := http.Header{"Accept-Language": {"en-us"}}
	require.Equal(t, http.StatusBadRequest, c.request("POST", "/icws/connection", http.Header{}, "{}").status)
	for body, property := range map[string]string{
		`{"applicationName":"a"}`: "__type", `{"__type":"urn:inin.com:connection:other"}`: "__type",
		`{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","userID":"a","password":"b"}`:          "applicationName",
		`{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"a","password":"b"}`: "userID",
		`{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":"a","userID":"b"}`:   "password",
		`{"__type":"urn:inin.com:connection:icAuthConnectionRequestSettings","applicationName":1}`:                  "applicationName",
	} {
		a := c.request("POST", "/icws/connection", language, body)
		require.Equal(t, http.StatusBadRequest, a.status)
		require.Equal(t, property, a.fields(t)["propertyName"], body)
	}
	for _, body := range []string{"", "[]", "{", strings.Repeat("[", 100000), strings.Repeat(" ", 9<<20)} {
		require.Equal(t, http.StatusBadRequest, c.request("POST", "/icws/connection", language, body).status)
	}
}

func TestSessionChecks(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{NoHeartbeat: true})
	c := w.dial()
	good := c.csrf
	c.csrf = "wrong"
	a := c.do("GET", "status/status-messages", nil)
	require.Equal(t, 401, a.status)
	require.EqualValues(t, 2, a.fields(t)["errorCode"])
	require.Equal(t, 200, c.do("GET", "messaging/messages", nil).status, "messages need no token")
	c.csrf = good
	require.Equal(t, 200, c.do("GET", "status/status-messages", nil).status)

	stranger := w.client(w.primary.URL) // without the cookie
	stranger.sid, stranger.csrf = c.sid, c.csrf
	require.Equal(t, 401, stranger.do("GET", "status/status-messages", nil).status)
	stranger.sid = "4711"
	a = stranger.do("GET", "connection", nil)
	require.Equal(t, 401, a.status)
	require.EqualValues(t, 1, a.fields(t)["errorCode"])
	require.Equal(t, "This request requires a session ID!", a.fields(t)["message"])

	for path, want := range map[string]string{"people/users": "error.request.unsupported", "messaging/heartbeat": "error.request.unsupported"} {
		a = c.do("POST", path, nil)
		require.Equal(t, 404, a.status)
		require.Equal(t, want, a.fields(t)["errorId"])
	}
	a = c.do("DELETE", "status/status-messages", nil)
	require.Equal(t, 405, a.status)
	require.Equal(t, "GET", a.header.Get("Allow"))
	require.Equal(t, "error.request.accessDenied.httpMethodNotAllowed", a.fields(t)["errorId"])
}

func TestOpenResources(t *testing.T) {
	w := newWorld(t, 1, icwsserver.Options{Features: map[string]int{"messaging": 1, "queues": 0, "own": 3}})
	c := w.client(w.primary.URL)
	get := func(path string) answer { return c.request("GET", path, http.Header{}, nil) }
	require.JSONEq(t, `{"featureInfoList":[{"featureId":"connection","version":11},{"featureId":"messaging","version":1},{"featureId":"own","version":3}]}`,
		string(get("/icws/connection/features").body))
	require.JSONEq(t, `{"featureId":"messaging","version":1}`, string(get("/api/cic-a/icws/connection/features/messaging").body))
	require.Equal(t, 400, get("/icws/connection/features/none").status)
	require.Contains(t, get("/icws/connection/version").fields(t), "codebaseId")
	require.Contains(t, get("/icws/connection/server-time").fields(t), "serverUtcTime")
	require.Contains(t, get("/icws/connection/server-info").fields(t), "languages")
	for _, path := range []string{"/", "/icws", "/icws/", "/icws/%zz", "/icws//x", "/other/connection", "/icws/a/b/c/d/e/f/g"} {
		r, err := http.NewRequest("GET", w.primary.URL, nil)
		require.NoError(t, err)
		r.URL.Opaque = path
		resp, err := http.DefaultTransport.RoundTrip(r)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.GreaterOrEqual(t, resp.StatusCode, 400, path)
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
}

func TestIdleSessionsEnd(t *testing.T) {
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	cfg := icwsserver.Plain(1, 0)
	cfg.Now = func() time.Time { return now }
	cic, err := icwsserver.NewCIC(cfg)
	require.NoError(t, err)
	w := serve(t, cic, icwsserver.Options{IdleTimeout: time.Minute})
	c := w.dial()
	now = now.Add(59 * time.Second)
	require.Equal(t, 200, c.do("POST", "messaging/heartbeat", nil).status)
	now = now.Add(59 * time.Second)
	require.Equal(t, 200, c.do("GET", "connection", nil).status)
	now = now.Add(time.Minute)
	require.Equal(t, 401, c.do("GET", "connection", nil).status)
}

func TestOptionsAndConfigProblemsAreAllTold(t *testing.T) {
	cfg := icwsserver.Plain(2, 1)
	cfg.Users = append(cfg.Users, icwsserver.User{ID: "AGENT0001"}, icwsserver.User{}, icwsserver.User{ID: "x", Status: "none"})
	cfg.Workgroups = append(cfg.Workgroups, icwsserver.Workgroup{Name: "W", Members: []wfm.AgentID{"nobody"}})
	_, err := icwsserver.NewCIC(cfg)
	for _, part := range []string{"AGENT0001", "has no id", "none", "nobody"} {
		require.ErrorContains(t, err, part)
	}
	cic, err := icwsserver.NewCIC(icwsserver.Plain(1, 1))
	require.NoError(t, err)
	_, err = icwsserver.New(cic, icwsserver.Options{User: "u", QueueBound: -1, Ping: -1, IdleTimeout: -1})
	for _, part := range []string{"Password", "QueueBound", "Ping", "IdleTimeout"} {
		require.ErrorContains(t, err, part)
	}
}

// TestCoalescing runs in a bubble: no network, so the handler is called directly.
func TestCoalescing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cic, err := icwsserver.NewCIC(icwsserver.Plain(2, 1))
		require.NoError(t, err)
		pair, err := icwsserver.New(cic, icwsserver.Options{User: account, Password: wfm.NewSecret(password), PerSecond: true})
		require.NoError(t, err)
		defer pair.Close()
		c := newDirect(t, pair.Primary)
		c.put("messaging/subscriptions/status/user-statuses", `{"userIds":["agent0001","agent0002"]}`)
		require.Len(t, c.poll(), 1)
		require.NoError(t, cic.SetStatus("agent0001", "At lunch", time.Time{}))
		require.NoError(t, cic.SetStatus("agent0001", "In a meeting", time.Time{}))
		require.NoError(t, cic.LogOff("agent0001", time.Time{}))
		require.NoError(t, cic.SetOnPhone("agent0002", true, time.Time{}))
		require.Empty(t, c.poll())
		time.Sleep(time.Second)
		synctest.Wait()
		list := c.poll()
		require.Len(t, list, 2)
		require.Equal(t, "In a meeting", list[0].statuses(t)[0]["statusId"])
		require.Equal(t, false, list[0].statuses(t)[0]["loggedIn"])
		require.Equal(t, true, list[1].statuses(t)[0]["onPhone"])
	})
}
