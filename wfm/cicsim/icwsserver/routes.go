package icwsserver

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// route is one resource with one method. Its pattern begins after /icws/ where open, else after the session id.
type route struct {
	method   string
	pattern  []string // {x} matches any segment
	serve    func(*request) (reply, *fault)
	open     bool // needs no session
	noToken  bool // needs no CSRF token
	whenDown bool // also answered by a session that is down
}

type reply struct {
	status  int
	body    any
	written bool
}

func ok(body any) (reply, *fault) { return reply{status: http.StatusOK, body: body}, nil }

func done() (reply, *fault) { return reply{status: http.StatusOK}, nil }

func routes() []route {
	var list []route
	add := func(method, pattern string, serve func(*request) (reply, *fault)) *route {
		list = append(list, route{method: method, pattern: strings.Split(pattern, "/"), serve: serve})
		return &list[len(list)-1]
	}
	add("POST", "connection", logOn).open = true
	add("GET", "connection/version", getVersion).open = true
	add("GET", "connection/server-time", getServerTime).open = true
	add("GET", "connection/server-info", getServerInfo).open = true
	add("GET", "connection/features", getFeatures).open = true
	add("GET", "connection/features/{id}", getFeature).open = true
	add("GET", "connection", getConnection).whenDown = true
	add("DELETE", "connection", logOff).whenDown = true
	add("GET", "connection/switchover-status", getSwitchoverStatus)

	messages := add("GET", "messaging/messages", getMessages)
	messages.noToken, messages.whenDown = true, true
	add("POST", "messaging/heartbeat", heartbeat)

	add("GET", "status/status-messages", getStatusMessages)
	add("GET", "status/user-statuses/{user}", getUserStatus)
	add("PUT", "status/user-statuses/{user}", putUserStatus)
	add("GET", "status/status-messages-user-access/{user}", getStatusAccess)
	add("GET", "activations/users", getUserActivations)
	add("GET", "activations/workgroups", getWorkgroupActivations)
	add("GET", "activations/users/{id}", getUserActivation)
	add("GET", "activations/workgroups/{id}", getWorkgroupActivation)
	add("PUT", "activations/users/{id}", putUserActivation)
	add("PUT", "activations/workgroups/{id}", putWorkgroupActivation)
	for _, kind := range []string{kindUsers, kindWorkgroups} {
		add("GET", "configuration/"+kind, func(q *request) (reply, *fault) { return getConfiguration(q, kind) })
		add("GET", "configuration/"+kind+"/{id}", func(q *request) (reply, *fault) { return getConfigured(q, kind) })
	}
	add("GET", "configuration/status-messages", func(q *request) (reply, *fault) { return getConfiguration(q, kindStatuses) })
	add("GET", "configuration/feature-licenses", func(q *request) (reply, *fault) { return getLicences(q, kindFeatures) })
	add("GET", "configuration/license-allocations", func(q *request) (reply, *fault) { return getLicences(q, kindAllocations) })
	add("POST", "licenses", acquireLicences)
	add("PUT", "licenses", acquireLicences)
	add("DELETE", "licenses", func(*request) (reply, *fault) { return done() })
	add("GET", "interactions/{id}", getInteraction)

	const subscriptions = "messaging/subscriptions/"
	for pattern, subscribe := range map[string]func(*request) (subscription, *fault){
		"status/status-messages":        subscribeStatusMessages,
		"status/user-statuses":          subscribeUserStatuses,
		"queues/{id}":                   subscribeQueues,
		"activations/users/{id}":        subscribeUserActivations,
		"activations/workgroups/{id}":   subscribeWorkgroupActivations,
		"configuration/users/{id}":      func(q *request) (subscription, *fault) { return subscribeConfiguration(q, kindUsers) },
		"configuration/workgroups/{id}": func(q *request) (subscription, *fault) { return subscribeConfiguration(q, kindWorkgroups) },
		"licenses":                      subscribeLicences,
	} {
		add("PUT", subscriptions+pattern, func(q *request) (reply, *fault) { return putSubscription(q, subscribe) })
		add("DELETE", subscriptions+pattern, deleteSubscription)
	}
	return list
}

// match compares a path with the pattern and returns what stands in place of {x}.
func (r *route) match(segments []string) (params []string, ok bool) {
	if !r.open {
		segments = segments[1:]
	}
	if len(segments) != len(r.pattern) {
		return nil, false
	}
	for i, p := range r.pattern {
		switch {
		case p[0] == '{':
			params = append(params, segments[i])
		case p != segments[i]:
			return nil, false
		}
	}
	return params, true
}

// request is a request on its way through a handler.
type request struct {
	*http.Request
	server  *Server
	session *session
	w       http.ResponseWriter
	params  []string
	data    []byte // the body, once it is read
}

func (q *request) cic() *CIC { return q.server.cic }

func (q *request) options() *Options { return &q.server.pair.opt }

// param is the n-th {x} of the path, or empty.
func (q *request) param(n int) string {
	if n < len(q.params) {
		return q.params[n]
	}
	return ""
}

// list reads a comma-separated query parameter; nil when it is absent.
func (q *request) list(name string) []string {
	values, there := q.URL.Query()[name]
	if !there {
		return nil
	}
	list := []string{}
	for part := range strings.SplitSeq(strings.Join(values, ","), ",") {
		if part = strings.TrimSpace(part); part != "" {
			list = append(list, part)
		}
	}
	return list
}

// maxBody bounds what a client may send.
const maxBody = 8 << 20

// decode reads a JSON object. Properties of a wrong type are named.
func (q *request) decode(v any) *fault {
	if f := q.read(); f != nil {
		return f
	}
	err := json.Unmarshal(q.data, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong) && wrong.Field != "":
		return invalid(wrong.Field)
	case err != nil:
		return badRequest("The body is not a JSON object.")
	}
	return nil
}

// read reads the body, which must not be done under a lock, since a client may take its time.
func (q *request) read() *fault {
	if q.data != nil {
		return nil
	}
	data, err := io.ReadAll(http.MaxBytesReader(q.w, q.Body, maxBody))
	if err != nil {
		return badRequest("The body could not be read, or is too long.")
	}
	q.data = data
	return nil
}

// putSubscription subscribes and answers with an empty body, as seen at live servers; the first message is queued
// before the answer is sent, and before any delta. subscribe is called under CIC.mu.
func putSubscription(q *request, subscribe func(*request) (subscription, *fault)) (reply, *fault) {
	if f := q.read(); f != nil {
		return reply{}, f
	}
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	if q.server.sessions[q.session.id] != q.session || q.session.state == stateDown {
		return reply{}, unauthorized(idAuthentication, codeDeadSession, "The session is no longer valid.")
	}
	sub, f := subscribe(q)
	if f != nil {
		return reply{}, f
	}
	q.session.subscribe(q.path(), sub)
	c.endDoomed()
	return done()
}

// path names a subscription within its session.
func (q *request) path() string {
	segments, _ := split(q.URL)
	return strings.Join(segments[3:], "/")
}

func deleteSubscription(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	q.session.unsubscribe(q.path())
	return done()
}
