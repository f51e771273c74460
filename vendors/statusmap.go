package vendors

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// Code is what a product understands: a status code and, where the product has one, a reason code.
// Whether they must be numbers is the layout's matter.
type Code struct{ Code, Reason string }

// StatusMap maps statuses to codes. The first rule that fits decides:
//
//  1. ByActivity, where the activity comes from the log-in, the phone or the queue and not from the
//     status: logged off, alerting, acd talk, acd hold, non-acd talk, dialling. What an agent handles
//     would never show otherwise.
//  2. ByStatus.
//  3. ByGroup.
//  4. ByActivity for the activity that the status decides: available, unavailable or acw. It stands also for an agent who
//     handles something that has no code.
//  5. Unmapped.
//
// Logged off has a code of its own or none: the last status of an agent who logged off, often an available one, says
// nothing of what the agent does. Rules 2 and 3 do not apply to it, and where it has no code rule 5 does.
//
// Letter case of statuses and groups is ignored, as CIC ignores it.
type StatusMap struct {
	ByStatus   map[wfm.StatusKey]Code
	ByGroup    map[wfm.StatusGroup]Code
	ByActivity map[wfm.AgentActivity]Code
	// Unmapped is the rule for the rest; empty means RejectUnmapped.
	Unmapped UnmappedRule
	// Default is the code of UseDefault, and under UseKey that of agents who are logged off.
	Default Code
}

// UnmappedRule says what happens to a status without a code.
type UnmappedRule string

// The rules. A status that appears while the feed runs is skipped and counted under RejectUnmapped,
// since it cannot be rejected at the start any more.
const (
	RejectUnmapped UnmappedRule = "reject" // the feed is not started while the server has such a status
	UseDefault     UnmappedRule = "code"   // StatusMap.Default
	SkipUnmapped   UnmappedRule = "skip"   // not sent, and counted
	// UseKey makes the CIC status key itself the code, for products that map texts on their side. Agents who are
	// logged off have StatusMap.Default, where it is not empty.
	UseKey UnmappedRule = "status-key"
)

// StatusCodes is a compiled status map. It is immutable and safe for concurrent use.
type StatusCodes struct {
	statuses map[string]Code // folded
	groups   map[string]Code // folded
	activity [16]struct {
		code Code
		ok   bool
	}
	unmapped UnmappedRule
	standard Code
}

// NewStatusCodes compiles a map, whose rules come before those of the maps behind it: a layout's own, or the ready
// codes of an adapter. Unmapped and Default are together those of the first map whose Unmapped is not empty. The
// error joins every wfm.Problem; valid, if not nil, says why a code does not suit the product, and completes
// "… has the code …, which". The keys of UseKey are not shown to it: a product with numbers for codes refuses that rule.
func NewStatusCodes(valid func(Code) error, m ...StatusMap) (*StatusCodes, error) {
	c := &StatusCodes{statuses: map[string]Code{}, groups: map[string]Code{}}
	var problems []error
	check := func(field, value string, code Code) {
		if code.Code == "" {
			problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: "has an empty code", Remedy: "give a code, or remove the rule"})
			return
		}
		if valid == nil {
			return
		}
		if err := valid(code); err != nil {
			problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: "has the code " + wfm.Quote(code.Code) + ", which " + err.Error(),
				Remedy: "correct the status map"})
		}
	}
	for _, one := range slices.Backward(m) {
		seen := map[string]bool{}
		for _, key := range slices.Sorted(maps.Keys(one.ByStatus)) {
			f := fold(string(key))
			if seen[f] {
				problems = append(problems, wfm.Problem{Field: "status", Value: string(key), Reason: "is mapped twice; letter case does not tell statuses apart", Remedy: "remove one"})
			}
			seen[f] = true
			check("status", string(key), one.ByStatus[key])
			c.statuses[f] = one.ByStatus[key]
		}
		for _, group := range slices.Sorted(maps.Keys(one.ByGroup)) {
			f := "g:" + fold(string(group))
			if seen[f] {
				problems = append(problems, wfm.Problem{Field: "status group", Value: string(group), Reason: "is mapped twice; letter case does not tell groups apart", Remedy: "remove one"})
			}
			seen[f] = true
			check("status group", string(group), one.ByGroup[group])
			c.groups[f[2:]] = one.ByGroup[group]
		}
		for _, a := range slices.Sorted(maps.Keys(one.ByActivity)) {
			if int(a) >= len(c.activity) || a == wfm.AgentUnknown {
				problems = append(problems, wfm.Problem{Field: "activity", Value: a.String(), Reason: "cannot be mapped", Remedy: "remove it"})
				continue
			}
			check("activity", a.String(), one.ByActivity[a])
			c.activity[a].code, c.activity[a].ok = one.ByActivity[a], true
		}
		if one.Unmapped != "" {
			c.unmapped, c.standard = one.Unmapped, one.Default
		}
	}
	switch c.unmapped {
	case "":
		c.unmapped = RejectUnmapped
	case UseDefault:
		check("unmapped", "", c.standard)
	case UseKey:
		if c.standard != (Code{}) {
			check("unmapped", "", c.standard)
		}
	case RejectUnmapped, SkipUnmapped:
	default:
		problems = append(problems, wfm.Problem{Field: "unmapped", Value: string(c.unmapped), Reason: "is not a rule", Remedy: "use reject, code, skip or status-key"})
	}
	return c, errors.Join(problems...)
}

// Of returns the code of a state. It allocates nothing for keys and groups in ASCII of up to 64
// characters.
func (c *StatusCodes) Of(s *wfm.AgentState) (Code, bool) {
	if code, ok := c.mapped(&s.Status, s.Activity); ok {
		return code, true
	}
	if c.unmapped == UseKey && s.Activity != wfm.AgentLoggedOff {
		return Code{Code: string(s.Status.Key)}, s.Status.Key != ""
	}
	return c.standard, c.standardFits()
}

// LoggedOff tells whether agents who are logged off have a code.
func (c *StatusCodes) LoggedOff() bool {
	return c.activity[wfm.AgentLoggedOff].ok || c.standardFits()
}

// standardFits tells whether a state that nothing else maps has the default code.
func (c *StatusCodes) standardFits() bool {
	return c.unmapped == UseDefault || c.unmapped == UseKey && c.standard.Code != ""
}

// Unmapped returns the rule for statuses that no other rule maps.
func (c *StatusCodes) Unmapped() UnmappedRule { return c.unmapped }

func (c *StatusCodes) mapped(d *wfm.StatusDefinition, a wfm.AgentActivity) (Code, bool) {
	rule := &c.activity[int(a)%len(c.activity)]
	switch a {
	case wfm.AgentLoggedOff:
		return rule.code, rule.ok
	case wfm.AgentAlerting, wfm.AgentACDTalk, wfm.AgentACDHold, wfm.AgentNonACDTalk, wfm.AgentDialling:
		if rule.ok {
			return rule.code, true
		}
		if d.Key != "" {
			rule = &c.activity[decided(d)]
		}
	}
	if code, ok := lookup(c.statuses, string(d.Key)); ok {
		return code, true
	}
	if code, ok := lookup(c.groups, string(d.Group)); ok {
		return code, true
	}
	return rule.code, rule.ok
}

// decided is the activity of an agent in a status who handles nothing.
func decided(d *wfm.StatusDefinition) wfm.AgentActivity {
	switch {
	case d.ACW:
		return wfm.AgentAfterCall
	case d.ACD:
		return wfm.AgentAvailable
	}
	return wfm.AgentUnavailable
}

// lookup folds ASCII on the stack, so that it allocates nothing for usual names.
func lookup(m map[string]Code, name string) (Code, bool) {
	if len(m) == 0 {
		return Code{}, false
	}
	var buf [64]byte
	if len(name) <= len(buf) {
		b := buf[:0]
		for i := range len(name) {
			ch := name[i]
			if ch >= 0x80 {
				code, ok := m[fold(name)]
				return code, ok
			}
			if 'A' <= ch && ch <= 'Z' {
				ch += 'a' - 'A'
			}
			b = append(b, ch)
		}
		code, ok := m[string(b)]
		return code, ok
	}
	code, ok := m[fold(name)]
	return code, ok
}

func fold(s string) string { return strings.ToLower(s) }

// Check returns the statuses that no rule maps, in their order and each once, and a joined wfm.Problem for each of
// them where the rule is to reject. Under UseKey every status is mapped. What an agent in a status that is mapped does
// has a code too, but for logging off: see LoggedOff.
func (c *StatusCodes) Check(defs []wfm.StatusDefinition) (unmapped []wfm.StatusKey, err error) {
	if c.unmapped == UseKey {
		return nil, nil
	}
	var problems []error
	seen := map[string]bool{} // several servers have the same statuses
	for _, d := range defs {
		activity := decided(&d)
		if _, ok := c.mapped(&d, activity); ok || seen[fold(string(d.Key))] {
			continue
		}
		seen[fold(string(d.Key))] = true
		unmapped = append(unmapped, d.Key)
		if c.unmapped == RejectUnmapped {
			group := ""
			if d.Group != "" {
				group = ", its group " + wfm.Quote(string(d.Group))
			}
			problems = append(problems, wfm.Problem{Field: "status", Value: string(d.Key), Reason: "has no code",
				Remedy: "map it" + group + " or the activity " + activity.String() + ", or choose what becomes of unmapped statuses"})
		}
	}
	return unmapped, errors.Join(problems...)
}
