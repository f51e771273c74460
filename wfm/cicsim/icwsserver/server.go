package icwsserver

import (
	"crypto/rand"
	"fmt"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Server is one host: an http.Handler for everything under /icws/, also behind a prefix such as /api/<server>/.
type Server struct {
	pair   *Pair
	cic    *CIC
	name   string
	routes []route

	// Guarded by CIC.mu.
	address  string
	active   bool
	dead     bool
	sessions map[string]*session
	past     []string // ids of sessions that ended, the last ones
}

func newServer(p *Pair, name, address string) *Server {
	return &Server{pair: p, cic: p.cic, name: name, address: address, routes: routes(), sessions: make(map[string]*session)}
}

// SetAddress says how clients reach this host, as the other one tells it in alternateHostList.
func (s *Server) SetAddress(address string) {
	s.cic.mu.Lock()
	defer s.cic.mu.Unlock()
	s.address = address
}

// alternates are the hosts to try instead of this one. Called under CIC.mu.
func (s *Server) alternates() []string {
	if s.pair.opt.Alternates != nil {
		return s.pair.opt.Alternates
	}
	list := []string{}
	for _, h := range s.pair.hosts() {
		if h != s && h.address != "" {
			list = append(list, h.address)
		}
	}
	return list
}

// ServeHTTP answers one request, or breaks it off where the host is dead.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.pair.count.requests.Add(1)
	s.abortIfDead()
	if !s.pair.faults.hold(r.Context(), nil) {
		panic(http.ErrAbortHandler)
	}
	s.abortIfDead()
	segments, ok := split(r.URL)
	if !ok {
		refuse(http.StatusNotFound, idUnsupported, 0, "The requested resource is not supported.").write(w)
		return
	}
	if left(&s.pair.faults.refused) > 0 {
		s.refuseAll(segments, r).write(w)
		return
	}
	s.route(w, r, segments)
}

func (s *Server) abortIfDead() {
	s.cic.mu.Lock()
	dead := s.dead
	s.cic.mu.Unlock()
	if dead {
		panic(http.ErrAbortHandler)
	}
}

func (s *Server) refuseAll(segments []string, r *http.Request) *fault {
	if len(segments) == 1 && r.Method == http.MethodPost {
		s.cic.mu.Lock()
		defer s.cic.mu.Unlock()
		return notAccepting(s.alternates())
	}
	return refuse(http.StatusServiceUnavailable, idUnavailable, 0, "The server is not available.")
}

// split returns the parts of the path after /icws/, unescaped one by one, since ids may hold slashes.
func split(u *url.URL) ([]string, bool) {
	_, rest, ok := strings.Cut(u.EscapedPath(), "/icws/")
	if !ok {
		return nil, false
	}
	segments := strings.Split(strings.TrimSuffix(rest, "/"), "/")
	for i, part := range segments {
		text, err := url.PathUnescape(part)
		if err != nil || text == "" {
			return nil, false
		}
		segments[i] = text
	}
	return segments, true
}

// route finds the resource, checks the session where it needs one, and answers.
func (s *Server) route(w http.ResponseWriter, r *http.Request, segments []string) {
	var allowed []string
	for i := range s.routes {
		rt := &s.routes[i]
		params, ok := rt.match(segments)
		if !ok {
			continue
		}
		if rt.method != r.Method {
			allowed = append(allowed, rt.method)
			continue
		}
		q := &request{Request: r, server: s, w: w, params: params}
		if !rt.open {
			sess, f := s.authenticate(r, segments[0], rt)
			if f != nil {
				f.write(w)
				return
			}
			q.session = sess
		}
		reply, f := rt.serve(q)
		switch {
		case f != nil:
			f.write(w)
		case reply.written:
		case reply.body == nil: // some successes have a content type and no content
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Length", "0")
			w.WriteHeader(reply.status)
		default:
			writeJSON(w, reply.status, reply.body)
		}
		return
	}
	if allowed != nil {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		refuse(http.StatusMethodNotAllowed, idMethod, 0, "The method is not allowed for this resource.").write(w)
		return
	}
	refuse(http.StatusNotFound, idUnsupported, 0, "The requested resource is not supported.").write(w)
}

// authenticate checks session id, cookie and CSRF token.
func (s *Server) authenticate(r *http.Request, id string, rt *route) (*session, *fault) {
	s.cic.mu.Lock()
	defer s.cic.mu.Unlock()
	s.sweep()
	sess := s.sessions[id]
	if sess == nil {
		if slices.Contains(s.past, id) {
			return nil, unauthorized(idAuthentication, codeDeadSession, "The session is no longer valid.")
		}
		return nil, unauthorized("", codeNeedsSession, "This request requires a session ID!")
	}
	if cookie, err := r.Cookie(cookieName(id)); err != nil || cookie.Value != sess.cookie {
		return nil, unauthorized(idAuthentication, codeDeadSession, "The session cookie is missing or not valid.")
	}
	if !rt.noToken && r.Header.Get("ININ-ICWS-CSRF-Token") != sess.csrf {
		return nil, unauthorized("", codeNeedsCSRFToken, "An authentication token was expected in the request, but not found.")
	}
	if sess.state == stateDown && !rt.whenDown {
		return nil, unauthorized(idAuthentication, codeDeadSession, "The session is no longer valid.")
	}
	sess.seen = s.cic.now()
	return sess, nil
}

// The name of the cookie is not documented; clients must send back whatever they got.
func cookieName(id string) string { return "icws_" + id }

// sweep ends the sessions that were idle for too long.
func (s *Server) sweep() {
	now := s.cic.now()
	for _, sess := range s.sessions {
		if now.Sub(sess.seen) < s.pair.opt.IdleTimeout {
			continue
		}
		sess.mu.Lock()
		reading := sess.reader != nil
		sess.mu.Unlock()
		if reading {
			sess.seen = now
			continue
		}
		sess.end()
	}
}

// remember keeps the ids of the last sessions, to tell an expired one from an invented one.
func (s *Server) remember(id string) {
	const most = 1000
	if s.past = append(s.past, id); len(s.past) > most {
		s.past = slices.Clone(s.past[most/2:])
	}
}

func (s *Server) sortedSessions() []*session {
	list := make([]*session, 0, len(s.sessions))
	for _, sess := range s.sessions {
		list = append(list, sess)
	}
	slices.SortFunc(list, func(a, b *session) int { return strings.Compare(a.id, b.id) })
	return list
}

// open starts a session. Called under CIC.mu.
func (s *Server) open(userID string) *session {
	s.sweep()
	var id string
	for id == "" || s.sessions[id] != nil {
		n, _ := rand.Int(rand.Reader, big.NewInt(9_000_000_000)) // never fails
		id = fmt.Sprint(n.Int64() + 1_000_000_000)
	}
	sess := &session{server: s, id: id, cookie: token(), csrf: token(), user: userID, subs: make(map[string]subscription), state: stateUp,
		seen: s.cic.now(), wake: make(chan struct{}, 1)}
	s.sessions[id] = sess
	return sess
}

// finish ends a session from outside the lock.
func (s *Server) finish(sess *session) {
	s.cic.mu.Lock()
	defer s.cic.mu.Unlock()
	sess.end()
}

// writeTimeout is how long a client may take to accept what is written.
const writeTimeout = 30 * time.Second
