package icws_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/rta"
	"github.com/cicwfm/cicwfm/rta/icws"
	"github.com/cicwfm/cicwfm/wfm"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	password = "hunter2&secret"
	cookie   = "cookie-3f9a"
	csrf     = "csrf-77aa"
	sessions = "sid-1000"
)

// fake is a scripted ICWS server. What it does by itself can be overruled request by request.
type fake struct {
	*httptest.Server
	mu        sync.Mutex
	overrule  map[string]http.HandlerFunc // by "METHOD resource"
	seen      []string                    // "METHOD resource"
	bodies    map[string]string           // last body by "METHOD resource"
	features  string
	alternate []string
	members   map[string][]string
	extension map[string]string
	status    map[string]string // userStatus JSON by user
	live      bool
	count     int
	queue     [][]byte
	more      chan struct{}
	drop      chan struct{} // closed to end streams
}

const definitionList = `[{"statusId":"Available","messageText":"Available","groupTag":"Available","isAcdStatus":true,"isAfterCallWorkStatus":false,"isDoNotDisturbStatus":false},
{"statusId":"Do Not disturb","messageText":"DND","groupTag":"Unavailable","isDoNotDisturbStatus":true},
{"statusId":"Follow Up","messageText":"ACW","groupTag":"Followup","isAfterCallWorkStatus":true}]`

func newFake(t testing.TB, start func(http.Handler) *httptest.Server) *fake {
	f := &fake{overrule: map[string]http.HandlerFunc{}, bodies: map[string]string{}, more: make(chan struct{}), drop: make(chan struct{}),
		features:  `[{"featureId":"connection","version":11},{"featureId":"messaging","version":2},{"featureId":"queues","version":1}]`,
		members:   map[string][]string{"Sales": {"agent1", "agent2"}, "WFM RTA": {"agent2", "agent3"}, "Other": {"agent9"}},
		extension: map[string]string{"agent1": "8101", "agent2": "8102", "agent3": "8103"},
		status:    map[string]string{}}
	for i := 1; i <= 3; i++ {
		id := fmt.Sprintf("agent%d", i)
		f.status[id] = userJSON(id, "available", "20210706T193229Z", true)
	}
	if start == nil {
		start = httptest.NewServer
	}
	f.Server = start(http.HandlerFunc(f.serve))
	f.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelDebug)
	if t != nil {
		t.Cleanup(func() { f.CloseClientConnections(); f.Close() })
	}
	return f
}

func userJSON(id, status, changed string, loggedIn bool) string {
	return fmt.Sprintf(`{"userId":%q,"statusId":%q,"statusChanged":%q,"loggedIn":%t,"onPhone":false,"onPhoneChanged":"20210702T011636Z","stations":["st-%s"]}`, id, status, changed, loggedIn, id)
}

func (f *fake) on(what string, h http.HandlerFunc) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if h == nil {
		delete(f.overrule, what)
	} else {
		f.overrule[what] = h
	}
}

func reply(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/vnd.inin.icws+json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// push queues messages for the session.
func (f *fake) push(messages ...string) {
	f.mu.Lock()
	for _, m := range messages {
		f.queue = append(f.queue, []byte(strings.ReplaceAll(m, "\n", " ")))
	}
	close(f.more)
	f.more = make(chan struct{})
	f.mu.Unlock()
}

func (f *fake) dropStreams() {
	f.mu.Lock()
	defer f.mu.Unlock()
	close(f.drop)
	f.drop = make(chan struct{})
}

// requests tells how often something was asked for.
func (f *fake) requests(what string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := 0
	for _, s := range f.seen {
		if s == what {
			n++
		}
	}
	return n
}

func (f *fake) body(what string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.bodies[what]
}

func users(delta bool, list ...string) string {
	return fmt.Sprintf(`{"__type":"urn:inin.com:status:userStatusMessage","isDelta":%t,"userStatusList":[%s]}`, delta, strings.Join(list, ","))
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	resource := strings.TrimPrefix(r.URL.Path, "/icws/")
	f.mu.Lock()
	sid := fmt.Sprintf("%s%d", sessions, f.count)
	inside := strings.HasPrefix(resource, sessions)
	valid := f.live && strings.HasPrefix(resource, sid+"/")
	if inside {
		_, resource, _ = strings.Cut(resource, "/")
	}
	what := r.Method + " " + resource
	f.seen = append(f.seen, what)
	f.bodies[what] = string(body)
	h := f.overrule[what]
	f.mu.Unlock()
	if h != nil {
		h(w, r)
		return
	}
	if inside {
		c, err := r.Cookie("icws_session")
		if !valid || err != nil || c.Value != cookie || r.Header.Get("ININ-ICWS-CSRF-Token") != csrf {
			reply(401, `{"errorId":"error.request.connection.authenticationFailure","errorCode":-2147221499,"message":"session invalid"}`)(w, r)
			return
		}
	}
	f.answer(w, r, what, body)
}

func (f *fake) answer(w http.ResponseWriter, r *http.Request, what string, body []byte) {
	ok := func(v string) { reply(200, v)(w, r) }
	resource := what[strings.IndexByte(what, ' ')+1:]
	f.mu.Lock()
	locked := true
	unlock := func() {
		if locked {
			f.mu.Unlock()
			locked = false
		}
	}
	defer unlock()
	switch {
	case what == "POST connection":
		f.count++
		f.live, f.queue = true, nil
		sid := fmt.Sprintf("%s%d", sessions, f.count)
		w.Header().Set("Set-Cookie", "icws_session="+cookie+"; Path=/icws/; HttpOnly")
		alternates, _ := json.Marshal(f.alternate)
		reply(201, fmt.Sprintf(`{"sessionId":%q,"csrfToken":%q,"alternateHostList":%s,"features":%s,"version":{"productReleaseDisplayString":"2020 R1"}}`, sid, csrf, alternates, f.features))(w, r)
	case what == "DELETE connection":
		f.live = false
		ok("")
	case what == "GET connection":
		ok(`{"connectionState":1}`)
	case what == "GET connection/server-time":
		ok(`{"serverUtcTime":"` + time.Now().UTC().Format("20060102T150405Z") + `"}`)
	case what == "GET status/status-messages":
		ok(`{"statusMessageList":` + definitionList + `}`)
	case what == "PUT messaging/subscriptions/status/user-statuses":
		var in struct {
			IDs []string `json:"userIds"`
		}
		if err := json.Unmarshal(body, &in); err != nil {
			reply(400, `{"message":"malformed"}`)(w, r)
			return
		}
		var list []string
		for _, id := range in.IDs {
			if s := f.status[id]; s != "" {
				list = append(list, s)
			}
		}
		unlock()
		f.push(users(false, list...))
		ok("")
	case strings.HasPrefix(what, "GET status/user-statuses/"):
		if s := f.status[resource[strings.LastIndexByte(resource, '/')+1:]]; s != "" {
			ok(s)
			return
		}
		reply(404, `{"errorId":"error.request.notFound","message":"no such user"}`)(w, r)
	case what == "PUT messaging/subscriptions/status/status-messages":
		unlock()
		f.push(`{"__type":"urn:inin.com:status:statusMessagesMessage","isDelta":false,"statusMessagesAdded":` + definitionList + `}`)
		ok("")
	case strings.HasPrefix(what, "PUT messaging/subscriptions/queues/"):
		id := resource[strings.LastIndexByte(resource, '/')+1:]
		unlock()
		f.push(fmt.Sprintf(`{"__type":"urn:inin.com:queues:queueContentsMessage","isDelta":false,"subscriptionId":%q}`, id))
		ok("")
	case strings.HasPrefix(what, "PUT "), strings.HasPrefix(what, "DELETE "):
		ok("") // JSON type and no body
	case what == "POST messaging/heartbeat":
		w.WriteHeader(204)
	case what == "GET configuration/workgroups":
		var items []string
		for id := range f.members {
			items = append(items, fmt.Sprintf(`{"configurationId":{"id":%q}}`, id))
		}
		slices.Sort(items)
		f.page(w, r, items)
	case strings.HasPrefix(what, "GET configuration/workgroups/"):
		id := resource[strings.LastIndexByte(resource, '/')+1:]
		var refs []string
		for _, m := range f.members[id] {
			refs = append(refs, fmt.Sprintf(`{"id":%q,"displayName":"x"}`, m))
		}
		ok(fmt.Sprintf(`{"configurationId":{"id":%q},"members":[%s]}`, id, strings.Join(refs, ",")))
	case what == "GET configuration/users":
		var items []string
		for id, e := range f.extension {
			items = append(items, fmt.Sprintf(`{"configurationId":{"id":%q},"extension":%q}`, id, e))
		}
		slices.Sort(items)
		f.page(w, r, items)
	case strings.HasPrefix(what, "GET configuration/users/"):
		id := resource[strings.LastIndexByte(resource, '/')+1:]
		ok(fmt.Sprintf(`{"configurationId":{"id":%q},"extension":%q}`, id, f.extension[id]))
	case what == "GET configuration/feature-licenses":
		ok(`{"items":[{"configurationId":{"id":"I3_FEATURE_X"}},{"configurationId":{"id":"I3_FEATURE_ICWS_SDK"}}]}`)
	case what == "GET messaging/messages":
		unlock()
		if r.Header.Get("Accept") == "text/event-stream" {
			f.stream(w, r)
			return
		}
		f.mu.Lock()
		q := f.queue
		f.queue = nil
		f.mu.Unlock()
		ok("[" + string(bytes.Join(q, []byte(","))) + "]")
	default:
		reply(404, `{"errorId":"error.request.unsupported","message":"no such resource"}`)(w, r)
	}
}

func (f *fake) page(w http.ResponseWriter, r *http.Request, items []string) {
	if r.URL.Query().Get("rightsFilter") != "view" {
		reply(403, `{"message":"admin"}`)(w, r)
		return
	}
	var from, to int
	if n, _ := fmt.Sscanf(r.Header.Get("Range"), "items=%d-%d", &from, &to); n == 2 {
		to = min(to, len(items)-1)
		w.Header().Set("Content-Range", fmt.Sprintf("items %d-%d/%d", from, to, len(items)))
		items = items[from : to+1]
	}
	reply(200, `{"items":[`+strings.Join(items, ",")+`]}`)(w, r)
}

func (f *fake) stream(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	_, _ = io.WriteString(w, ":ping\n\n")
	_ = out.Flush()
	f.mu.Lock()
	drop, mine := f.drop, f.count
	f.mu.Unlock()
	for {
		f.mu.Lock()
		if f.count != mine || r.Context().Err() != nil {
			f.mu.Unlock()
			return
		}
		q, more := f.queue, f.more
		f.queue = nil
		f.mu.Unlock()
		for i, m := range q {
			_, _ = fmt.Fprintf(w, "id: %d\ndata: %s\n\n", i, m)
		}
		if len(q) > 0 {
			_ = out.Flush()
		}
		select {
		case <-more:
		case <-drop:
			panic(http.ErrAbortHandler)
		case <-r.Context().Done():
			return
		}
	}
}

// watching is a Run in the background whose events can be waited for.
type watching struct {
	t      testing.TB
	events chan string
	done   chan error
	cancel context.CancelFunc
	mu     sync.Mutex
	all    []string
	agents map[wfm.AgentID]rta.Facts
}

func options(urls ...string) icws.Options {
	return icws.Options{URLs: urls, User: "svc_rta", Password: wfm.NewSecret(password), RequestTimeout: 3 * time.Second,
		PollEvery: 20 * time.Millisecond, RoundWait: 40 * time.Millisecond}
}

func newClient(t testing.TB, o icws.Options) *icws.Client {
	c, err := icws.New(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// show prints an event in a form that tests compare.
func show(e rta.Event) string {
	switch e.Kind {
	case rta.Connected:
		return "connected"
	case rta.Statuses:
		return fmt.Sprintf("statuses %d", len(e.Statuses))
	case rta.Agent:
		f := e.Facts
		s := fmt.Sprintf("agent %s %s %q %s login=%t acd=%t", f.Agent, f.Extension, f.Status.Key, f.StatusSince.Format("15:04:05"), f.LoggedIn, f.Status.ACD)
		if f.Interactions != nil {
			s += " queue="
			for _, i := range f.Interactions {
				s += fmt.Sprintf("[%s %d %s]", i.ID, i.State, i.Workgroup)
			}
		}
		return s
	case rta.AgentGone:
		return "gone " + string(e.Facts.Agent)
	case rta.Synced:
		return "synced"
	case rta.Remark:
		return "remark " + e.Text
	}
	return "?"
}

func watch(t testing.TB, c *icws.Client, q rta.Query) *watching {
	ctx, cancel := context.WithCancel(context.Background())
	w := &watching{t: t, events: make(chan string, 10000), done: make(chan error, 1), cancel: cancel, agents: map[wfm.AgentID]rta.Facts{}}
	go func() {
		w.done <- c.Run(ctx, q, func(e rta.Event) error {
			s := show(e)
			w.mu.Lock()
			w.all = append(w.all, s)
			if e.Kind == rta.Agent {
				w.agents[e.Facts.Agent] = *e.Facts
			}
			w.mu.Unlock()
			w.events <- s
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-w.done:
			w.done <- err
		case <-time.After(time.Minute):
			t.Error("Run does not end")
		}
	})
	return w
}

// until waits for an event that contains text, and returns all up to it.
func (w *watching) until(text string) (events []string) {
	w.t.Helper()
	timeout := time.After(time.Minute)
	for {
		select {
		case e := <-w.events:
			events = append(events, e)
			if strings.Contains(e, text) {
				return events
			}
		case err := <-w.done:
			w.done <- err
			require.FailNow(w.t, "Run ended", "%v; before %q; events %q", err, text, events)
		case <-timeout:
			require.FailNow(w.t, "no such event", "%q in %q", text, events)
		}
	}
}

// ends waits for Run's error.
func (w *watching) ends() error {
	w.t.Helper()
	select {
	case err := <-w.done:
		w.done <- err
		return err
	case <-time.After(time.Minute):
		require.FailNow(w.t, "Run does not end")
	}
	return nil
}

func (w *watching) quiet(d time.Duration) {
	w.t.Helper()
	select {
	case e := <-w.events:
		require.FailNow(w.t, "an event", e)
	case <-time.After(d):
	}
}

var errStop = errors.New("stop")

var sales = rta.Query{Workgroups: []wfm.Workgroup{"SALES", "WFM RTA"}}
