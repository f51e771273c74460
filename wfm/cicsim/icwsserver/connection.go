package icwsserver

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// logOn is POST /icws/connection.
func logOn(q *request) (reply, *fault) {
	if q.Header.Get("Accept-Language") == "" {
		return reply{}, badRequest("The header Accept-Language is required.")
	}
	s, c := q.server, q.cic()
	if f := s.standby(); f != nil { // before the credentials are looked at
		return reply{}, f
	}
	var in connectionRequest
	if f := q.decode(&in); f != nil {
		return reply{}, f
	}
	switch in.Type {
	case "":
		return reply{}, missing("__type")
	case typePrefix + "connection:icAuthConnectionRequestSettings":
	default: // single sign-on and tokens of other sessions are not simulated
		return reply{}, invalid("__type")
	}
	switch {
	case in.App == nil:
		return reply{}, missing("applicationName")
	case in.UserID == nil:
		return reply{}, missing("userID")
	case in.Password == nil:
		return reply{}, missing("password")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if !s.active { // switched over meanwhile
		return reply{}, notAccepting(s.alternates())
	}
	if !s.pair.allowed(*in.UserID, *in.Password) {
		s.pair.count.refused.Add(1)
		return reply{}, refuse(http.StatusBadRequest, idAuthentication, codeBadPassword, "The authentication process failed.")
	}
	s.pair.count.logOns.Add(1)
	sess := s.open(*in.UserID)
	s.pair.opt.Logger.Info("session opened", "host", s.name, "user", wfm.Quote(sess.user))
	h := q.w.Header()
	http.SetCookie(q.w, &http.Cookie{Name: cookieName(sess.id), Value: sess.cookie, Path: "/", HttpOnly: true, Secure: q.TLS != nil})
	h.Set("ININ-ICWS-CSRF-Token", sess.csrf)
	h.Set("ININ-ICWS-Session-ID", sess.id)
	h.Set("Location", "/icws/"+url.PathEscape(sess.id)+"/connection")
	return reply{status: http.StatusCreated, body: q.connected(sess)}, nil
}

// standby refuses where this host is not the active one.
func (s *Server) standby() *fault {
	s.cic.mu.Lock()
	defer s.cic.mu.Unlock()
	if s.active {
		return nil
	}
	return notAccepting(s.alternates())
}

// allowed checks a log-on. Called under CIC.mu.
func (p *Pair) allowed(id, password string) bool {
	if p.opt.User != "" && strings.EqualFold(id, p.opt.User) && password == p.opt.Password.Reveal() {
		return true
	}
	secret, known := p.cic.passwords[fold(id)]
	return known && !secret.IsZero() && password == secret.Reveal()
}

// connected is the answer to a log-on. Parts that depend on the version of the connection feature are
// there only if they were asked for.
func (q *request) connected(sess *session) connectionResponse {
	s := q.server
	out := connectionResponse{CSRFToken: sess.csrf, SessionID: sess.id, Alternates: s.alternates(), UserID: sess.user, DisplayName: sess.user,
		ICServer: s.name}
	version := s.pair.opt.Features["connection"]
	include := q.list("include")
	if version >= 3 && slices.Contains(include, "features") {
		out.Features = s.pair.features()
	}
	if version >= 3 && slices.Contains(include, "version") {
		v := serverVersion()
		out.Version = &v
	}
	if version >= 4 && slices.Contains(include, "server-time") {
		out.ServerTimeInfo = &serverTime{compactTime(s.cic.now())}
	}
	return out
}

func serverVersion() versionInfo {
	return versionInfo{Major: "20", Minor: "1", SU: "0", Build: "1", Product: "ininsys", Codebase: "main", Display: "2020 R1 (simulated)"}
}

func (p *Pair) features() []featureInfo {
	list := make([]featureInfo, 0, len(p.opt.Features))
	for id, version := range p.opt.Features {
		list = append(list, featureInfo{id, version})
	}
	slices.SortFunc(list, func(a, b featureInfo) int { return strings.Compare(a.ID, b.ID) })
	return list
}

func getVersion(*request) (reply, *fault) { return ok(serverVersion()) }

func getServerTime(q *request) (reply, *fault) { return ok(serverTime{compactTime(q.cic().now())}) }

func getServerInfo(*request) (reply, *fault) {
	type language struct {
		ID   string `json:"languageID"`
		Name string `json:"languageDisplayName"`
	}
	type authentication struct {
		Allowed bool `json:"allowIcAuth"`
	}
	return ok(struct {
		Languages      []language     `json:"languages"`
		AcceptLanguage string         `json:"acceptLanguage"`
		Authentication authentication `json:"authentication"`
	}{[]language{{"en-us", "English (United States)"}}, "en-us", authentication{true}})
}

func getFeatures(q *request) (reply, *fault) {
	return ok(struct {
		List []featureInfo `json:"featureInfoList"`
	}{q.server.pair.features()})
}

func getFeature(q *request) (reply, *fault) {
	version, known := q.options().Features[q.param(0)]
	if !known {
		return reply{}, refuse(http.StatusBadRequest, "", 0, "The feature is not supported.")
	}
	return ok(featureInfo{q.param(0), version})
}

// getConnection tells the state of a session, also of one that has just gone down.
func getConnection(q *request) (reply, *fault) {
	c := q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	return ok(connectionSettings{State: q.session.state, Reason: q.session.reason, ShouldReconnect: q.session.again})
}

func logOff(q *request) (reply, *fault) {
	q.server.finish(q.session)
	return done()
}

func getSwitchoverStatus(q *request) (reply, *fault) {
	s, c := q.server, q.cic()
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.pair.opt.Features["connection"] < 11 {
		return reply{}, refuse(http.StatusNotFound, idUnsupported, 0, "The requested resource is not supported.")
	}
	out := switchoverStatus{Active: s.pair.Backup != nil, Primary: s.address, Down: []string{}}
	for _, h := range s.pair.hosts() {
		if h != s {
			out.Backup = h.address
		}
	}
	return ok(out)
}
