package wfm

import "strings"

// Site is the number of a CIC server in the reporting data (column SiteId). Several sites may
// share one database; a switchover pair is one site.
type Site int

// Workgroup is a CIC workgroup: the queue of planners. Spelled as in CIC; free text.
type Workgroup string

// AgentID is the CIC user id.
type AgentID string

// StatusKey is the key of a CIC status message, free text per site, such as "At lunch".
type StatusKey string

// StatusGroup is the group of a status. CIC predefines Available, Break, Followup, Training and
// Unavailable; sites may add their own.
type StatusGroup string

// MediaType is a kind of interaction, as the statistics views spell it. The empty type means
// all media together.
type MediaType string

// Media types as CIC spells them. Letter case differs between databases: compare with Is.
const (
	AllMedia MediaType = ""
	Call     MediaType = "Call"
	Chat     MediaType = "Chat"
	Email    MediaType = "Email Interaction"
)

// Is tells whether two media types are the same: letter case is ignored, and "Email" is another
// word for "Email Interaction".
func (m MediaType) Is(o MediaType) bool {
	return strings.EqualFold(string(m.canonical()), string(o.canonical()))
}

func (m MediaType) canonical() MediaType {
	if strings.EqualFold(string(m), "email") {
		return Email
	}
	return m
}
