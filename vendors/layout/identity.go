package layout

import (
	"strings"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// identityRule says what stands for an agent in the frames of a feed. It is immutable.
type identityRule struct {
	identitySpec
	names map[string]string // by user id in lower case
}

// identities are the identifiers of one session: made once per agent, and with a look at those that are the same as
// they are written. Two agents with one identifier would be one agent to the receiver, in two states.
type identities struct {
	rule   *identityRule
	wire   *wire
	known  map[wfm.AgentID]*identity
	taken  map[string]wfm.AgentID // by the identifier as it is written
	memory scratch
}

type identity struct{ extension, text, written, reason string }

func newIdentities(rule *identityRule, w *wire) *identities {
	return &identities{rule: rule, wire: w, known: map[wfm.AgentID]*identity{}, taken: map[string]wfm.AgentID{}}
}

// of returns the identifier of an agent, or why there is none.
func (d *identities) of(s *wfm.AgentState) (text, reason string) {
	id, ok := d.known[s.Agent]
	if !ok || id.extension != s.Extension {
		d.forget(s.Agent)
		id = &identity{extension: s.Extension}
		if id.text, id.reason = d.rule.make(s); id.reason == "" {
			id.written = d.wire.written(id.text, &d.memory)
			if other, taken := d.taken[id.written]; taken {
				// Not kept: the identifier is free again when the other agent leaves.
				return "", "its identifier " + wfm.Quote(id.text) + ", as it is written, is that of agent " + wfm.Quote(string(other)) + " too"
			}
			d.taken[id.written] = s.Agent
		}
		d.known[s.Agent] = id
	}
	return id.text, id.reason
}

// forget drops an agent who left.
func (d *identities) forget(a wfm.AgentID) {
	if id, ok := d.known[a]; ok {
		if d.taken[id.written] == a {
			delete(d.taken, id.written)
		}
		delete(d.known, a)
	}
}

func (r *identityRule) make(s *wfm.AgentState) (text, reason string) {
	switch r.identify {
	case vendors.IdentifyExtension:
		if text = s.Extension; text == "" {
			return "", "the agent has no extension to be identified by"
		}
	case vendors.IdentifyMapped:
		if text = r.names[strings.ToLower(string(s.Agent))]; text == "" {
			return "", "the agent is not in the feed's list of identifiers"
		}
	default:
		text = string(s.Agent)
	}
	switch r.letters {
	case caseLower:
		text = strings.ToLower(text)
	case caseUpper:
		text = strings.ToUpper(text)
	}
	return r.limit.apply(text, "its identifier")
}

// apply keeps a text within the limit, or says why it cannot be written.
func (l limitSpec) apply(text, what string) (kept, reason string) {
	if l.max == 0 || len(text) <= l.max || utf8.RuneCountInString(text) <= l.max {
		return text, ""
	}
	switch l.long {
	case longTruncate:
		kept, _ = takeRunes(text, l.max)
		return kept, ""
	case longBlank:
		return "", ""
	}
	return "", what + " " + wfm.Quote(text) + " is longer than the layout permits"
}
