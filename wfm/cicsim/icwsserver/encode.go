package icwsserver

import (
	"encoding/json"
	"strings"
	"time"
)

// properties are those of a userStatus, as bits.
type properties uint16

const (
	propStatusID properties = 1 << iota
	propStatusChanged
	propLoggedIn
	propOnPhone
	propOnPhoneChanged
	propStations
	propServers
	propNotes
	propForward
	propUntil
	allProperties = 1<<iota - 1
)

// required properties are in every message, asked for or not.
const required = propStatusID

// property finds the bit of a name; 0 for names without one.
func property(name string) properties {
	switch strings.ToLower(name) {
	case "statusid":
		return propStatusID
	case "statuschanged":
		return propStatusChanged
	case "loggedin":
		return propLoggedIn
	case "onphone":
		return propOnPhone
	case "onphonechanged":
		return propOnPhoneChanged
	case "stations":
		return propStations
	case "icservers":
		return propServers
	case "notes":
		return propNotes
	case "forwardnumber":
		return propForward
	case "until":
		return propUntil
	}
	return 0
}

// appendUserStatus writes a userStatus. In a delta, cleared texts are empty and a cleared until is null;
// otherwise what is not set is left out.
func appendUserStatus(b []byte, u *user, p properties, delta bool) []byte {
	b = append(b, `{"userId":`...)
	b = append(b, u.quoted...)
	b = append(b, `,"statusId":`...)
	b = append(b, u.status.quoted...)
	if p&propStatusChanged != 0 {
		b = append(b, `,"statusChanged":`...)
		b = appendTime(b, u.statusChanged)
	}
	if p&propServers != 0 && !delta {
		b = append(b, `,"icServers":[]`...) // as a single site was seen to answer
	}
	if p&propStations != 0 {
		b = append(b, `,"stations":[`...)
		if u.loggedIn && u.Station != "" {
			b = appendString(b, u.Station)
		}
		b = append(b, ']')
	}
	if p&propLoggedIn != 0 {
		b = appendBool(append(b, `,"loggedIn":`...), u.loggedIn)
	}
	if p&propOnPhone != 0 {
		b = appendBool(append(b, `,"onPhone":`...), u.onPhone)
	}
	if p&propOnPhoneChanged != 0 {
		b = appendTime(append(b, `,"onPhoneChanged":`...), u.onPhoneChanged)
	}
	if p&propNotes != 0 && (delta || u.notes != "") {
		b = appendString(append(b, `,"notes":`...), u.notes)
	}
	if p&propForward != 0 && (delta || u.forward != "") {
		b = appendString(append(b, `,"forwardNumber":`...), u.forward)
	}
	if p&propUntil != 0 && (delta || u.until != nil) {
		b = append(b, `,"until":`...)
		b = append(b, marshal(u.until)...)
	}
	return append(b, '}')
}

// compact is how ICWS writes times: UTC, whole seconds.
const compact = "20060102T150405Z"

func appendTime(b []byte, t time.Time) []byte {
	b = append(b, '"')
	b = t.UTC().AppendFormat(b, compact)
	return append(b, '"')
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, "true"...)
	}
	return append(b, "false"...)
}

// appendString writes a JSON string; plain ASCII, the usual case, without reflection.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return append(b, marshal(s)...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func quote(s string) string { return string(appendString(nil, s)) }

// marshal encodes values of this package's own types, which cannot fail.
func marshal(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// parseDateTime reads the forms of a time that clients may send: the compact one, and those that the vendor's own
// parser takes, yyyy-MM-ddTHH:mm[:ss[.fff]]Z.
func parseDateTime(text string) (time.Time, bool) {
	for _, layout := range []string{compact, "2006-01-02T15:04:05Z", "2006-01-02T15:04Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

func compactTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(compact)
}
