package icwsserver_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	account  = "svc_rta"
	password = "s3cret words"
)

// world is a pair over real HTTP.
type world struct {
	t       *testing.T
	cic     *icwsserver.CIC
	pair    *icwsserver.Pair
	primary *httptest.Server
	backup  *httptest.Server
}

func newWorld(t *testing.T, users int, opt icwsserver.Options) *world {
	t.Helper()
	cic, err := icwsserver.NewCIC(icwsserver.Plain(users, 3))
	require.NoError(t, err)
	return serve(t, cic, opt)
}

func serve(t *testing.T, cic *icwsserver.CIC, opt icwsserver.Options) *world {
	t.Helper()
	opt.User, opt.Password = account, wfm.NewSecret(password)
	pair, err := icwsserver.NewPair(cic, opt)
	require.NoError(t, err)
	w := &world{t: t, cic: cic, pair: pair, primary: httptest.NewServer(pair.Primary), backup: httptest.NewServer(pair.Backup)}
	pair.Primary.SetAddress(w.primary.Listener.Addr().String())
	pair.Backup.SetAddress(w.backup.Listener.Addr().String())
	t.Cleanup(func() {
		pair.Close()
		w.primary.Close()
		w.backup.Close()
	})
	return w
}

// client is an ICWS client that knows nothing of the server but the wire.
type client struct {
	t    *testing.T
	http *http.Client
	base string
	sid  string
	csrf string
}

func (w *world) client(base string) *client {
	jar, err := cookiejar.New(nil)
	require.NoError(w.t, err)
	transport := &http.Transport{}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &client{t: w.t, http: &http.Client{Jar: jar, Transport: transport}, base: base}
}

// dial logs on at the primary.
func (w *world) dial() *client {
	w.t.Helper()
	c := w.client(w.primary.URL)
	require.Equal(w.t, http.StatusCreated, c.logOn(account, password).status)
	return c
}

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), "%s", a.body)
}

// fields reads a JSON object.
func (a answer) fields(t *testing.T) (m map[string]any) {
	t.Helper()
	a.into(t, &m)
	return m
}

func (c *client) logOn(user, secret string) answer {
	c.t.Helper()
	a := c.request("POST", "/icws/connection?include=features,version,server-time", http.Header{"Accept-Language": {"en-us"}},
		map[string]string{"__type": "urn:inin.com:connection:icAuthConnectionRequestSettings", "applicationName": "test", "userID": user, "password": secret})
	c.sid, c.csrf = a.header.Get("ININ-ICWS-Session-ID"), a.header.Get("ININ-ICWS-CSRF-Token")
	return a
}

func (c *client) do(method, path string, body any) answer {
	c.t.Helper()
	return c.request(method, "/icws/"+c.sid+"/"+path, http.Header{}, body)
}

func (c *client) request(method, path string, header http.Header, body any) answer {
	c.t.Helper()
	a, err := c.try(method, path, header, body)
	require.NoError(c.t, err)
	return a
}

func (c *client) try(method, path string, header http.Header, body any) (answer, error) {
	text := ""
	switch b := body.(type) {
	case nil:
	case string:
		text = b
	default:
		data, err := json.Marshal(b)
		require.NoError(c.t, err)
		text = string(data)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.base+path, strings.NewReader(text))
	require.NoError(c.t, err)
	r.Header = header.Clone()
	r.Header.Set("Content-Type", "application/vnd.inin.icws+JSON;charset=utf-8")
	if c.csrf != "" {
		r.Header.Set("ININ-ICWS-CSRF-Token", c.csrf)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, data}, err
}

func (c *client) watch(users []string, props ...string) {
	c.t.Helper()
	a := c.do("PUT", "messaging/subscriptions/status/user-statuses", map[string]any{"userIds": users, "userStatusProperties": props})
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	require.Empty(c.t, a.body)
	require.Contains(c.t, a.header.Get("Content-Type"), "application/vnd.inin.icws+json")
}

func (c *client) poll() []msg {
	c.t.Helper()
	a := c.do("GET", "messaging/messages", nil)
	require.Equal(c.t, http.StatusOK, a.status, "%s", a.body)
	var list []msg
	a.into(c.t, &list)
	return list
}

// msg is any message.
type msg struct {
	Type         string           `json:"__type"`
	Delta        *bool            `json:"isDelta"`
	Users        any              `json:"userStatusList"`
	Subscription string           `json:"subscriptionId"`
	Added        []map[string]any `json:"added"`
	Changed      []map[string]any `json:"changed"`
	Removed      []string         `json:"removed"`
	IAdded       []map[string]any `json:"interactionsAdded"`
	IChanged     []map[string]any `json:"interactionsChanged"`
	IRemoved     []string         `json:"interactionsRemoved"`
	Activations  map[string]bool  `json:"activationsChanged"`
	New          int              `json:"newConnectionState"`
	Again        *bool            `json:"shouldReconnect"`
	SAdded       []map[string]any `json:"statusMessagesAdded"`
	SChanged     []map[string]any `json:"statusMessagesChanged"`
	SRemoved     []string         `json:"statusMessagesRemoved"`
	Request      string           `json:"requestId"`
	Error        map[string]any   `json:"error"`
	Licences     []map[string]any `json:"licenseAssignedStatusList"`
	State        int              `json:"state"`
	Rest         map[string]any   `json:"neverHeardOf"`
}

func (m msg) kind() string { return strings.TrimPrefix(m.Type, "urn:inin.com:") }

func (m msg) statuses(t *testing.T) []map[string]any {
	t.Helper()
	require.Equal(t, "status:userStatusMessage", m.kind())
	list := []map[string]any{}
	for _, u := range m.Users.([]any) {
		list = append(list, u.(map[string]any))
	}
	return list
}

// stream is an open event stream; events come as their data, comments as ":…".
type stream struct {
	t      *testing.T
	lines  chan string
	ended  chan error
	cancel context.CancelFunc
}

func (c *client) stream() *stream {
	c.t.Helper()
	ctx, cancel := context.WithCancel(c.t.Context())
	r, err := http.NewRequestWithContext(ctx, "GET", c.base+"/icws/"+c.sid+"/messaging/messages", nil)
	require.NoError(c.t, err)
	r.Header.Set("Accept", "text/event-stream")
	resp, err := c.http.Do(r)
	require.NoError(c.t, err)
	require.Equal(c.t, http.StatusOK, resp.StatusCode)
	require.Equal(c.t, "text/event-stream", resp.Header.Get("Content-Type"))
	s := &stream{t: c.t, lines: make(chan string, 100_000), ended: make(chan error, 1), cancel: cancel}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer resp.Body.Close()
		in := bufio.NewReaderSize(resp.Body, 1<<16)
		for {
			line, err := in.ReadString('\n')
			if line = strings.TrimSpace(line); line != "" {
				s.lines <- line
			}
			if err != nil {
				s.ended <- err
				return
			}
		}
	}()
	c.t.Cleanup(func() { cancel(); <-done })
	return s
}

func (s *stream) line() string {
	s.t.Helper()
	select {
	case line := <-s.lines:
		return line
	case <-time.After(10 * time.Second):
		require.FailNow(s.t, "no line came")
		return ""
	}
}

func (s *stream) next() msg {
	s.t.Helper()
	for {
		line := s.line()
		if data, is := strings.CutPrefix(line, "data: "); is {
			var m msg
			require.NoError(s.t, json.Unmarshal([]byte(data), &m), "%s", data)
			return m
		}
	}
}

func (s *stream) quiet(d time.Duration) {
	s.t.Helper()
	select {
	case line := <-s.lines:
		require.FailNow(s.t, "a line came: "+line)
	case err := <-s.ended:
		require.FailNow(s.t, "the stream ended: "+fmt.Sprint(err))
	case <-time.After(d):
	}
}

func (s *stream) end() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(10 * time.Second):
		require.FailNow(s.t, "the stream did not end")
		return nil
	}
}
