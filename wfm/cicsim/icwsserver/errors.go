package icwsserver

import (
	"net/http"
)

// errorBody is what ICWS answers beside a status that is no success.
type errorBody struct {
	Type     string `json:"__type"`
	ID       string `json:"errorId,omitempty"`
	Code     int64  `json:"errorCode,omitempty"`
	Message  string `json:"message"`
	Property string `json:"propertyName,omitempty"`
}

// fault is a refusal.
type fault struct {
	status     int
	body       errorBody
	alternates []string // body of a 503 of a host that is not active
}

// Codes that live servers were seen to send.
const (
	idAuthentication = "error.request.connection.authenticationFailure"
	idUnsupported    = "error.request.unsupported"
	idMethod         = "error.request.accessDenied.httpMethodNotAllowed"
	idUnavailable    = "error.server.unavailable"
	idNotAccepting   = "error.server.notAcceptingConnections"

	codeBadPassword    = -2147221503
	codeDeadSession    = -2147221499
	codeNeedsSession   = 1
	codeNeedsCSRFToken = 2
)

func refuse(status int, id string, code int64, text string) *fault {
	return &fault{status: status, body: errorBody{Type: typePrefix + "common:error", ID: id, Code: code, Message: text}}
}

func badRequest(text string) *fault { return refuse(http.StatusBadRequest, "", 0, text) }

func notFound(text string) *fault { return refuse(http.StatusNotFound, "", 0, text) }

func forbidden() *fault {
	return refuse(http.StatusForbidden, "", 0, "The user does not have the rights to do this.")
}

// missing and invalid name a property of the request's body.
func missing(property string) *fault {
	f := badRequest("A required property is missing.")
	f.body.Type, f.body.Property = typePrefix+"common:missingPropertyError", property
	return f
}

func invalid(property string) *fault {
	f := badRequest("The value of a property is not valid.")
	f.body.Type, f.body.Property = typePrefix+"common:invalidPropertyError", property
	return f
}

func unauthorized(id string, code int64, text string) *fault {
	return refuse(http.StatusUnauthorized, id, code, text)
}

func notAccepting(alternates []string) *fault {
	return &fault{status: http.StatusServiceUnavailable, alternates: append([]string{}, alternates...)}
}

func (f *fault) write(w http.ResponseWriter) {
	switch f.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", `ICWS realm="ICWS" location="/ICWS/connection"`)
	case http.StatusServiceUnavailable:
		if f.alternates != nil {
			writeJSON(w, f.status, alternateHosts{ErrorID: idNotAccepting,
				Message: "This Session Manager is not currently accepting connections.", Alternates: f.alternates})
			return
		}
	}
	writeJSON(w, f.status, f.body)
}

// contentType is that of every reply with JSON, or with none. Requests have another letter case and a charset.
const contentType = "application/vnd.inin.icws+json"

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = w.Write(marshal(v)) // a client that is gone has nobody to tell
}
