package layout

import (
	"math"
	"slices"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"go.yaml.in/yaml/v3"
)

// realTimeSpec is the part of a layout of module rta that describes frames, as read.
type realTimeSpec struct {
	traits    vendors.Traits
	member    bool // the workgroup column holds the member workgroup, not the one handled
	agent     identitySpec
	extension limitSpec
	codes     codesSpec
	tell      map[string]string // events told as others
	frame     frameSpec
	head      *lineText
	foot      *lineText
	records   []recordSpec
}

// lineText is a template with its place in the file.
type lineText struct {
	node *yaml.Node
	text string
}

type identitySpec struct {
	node     *yaml.Node
	identify vendors.Identifier
	limit    limitSpec
	letters  letterCase
}

// limitSpec is the most characters of a name and what happens to a longer one.
type limitSpec struct {
	max  int // 0: any number
	long tooLong
}

type tooLong string

const (
	longReject   tooLong = "reject"
	longTruncate tooLong = "truncate"
	longBlank    tooLong = "blank"
)

type letterCase string

const (
	caseKeep  letterCase = "keep"
	caseLower letterCase = "lower"
	caseUpper letterCase = "upper"
)

type codesSpec struct {
	node                   *yaml.Node
	numeric, numericReason bool
	statuses               vendors.StatusMap
}

type framing string

const (
	framingTerminator framing = "terminator"
	framingLength     framing = "length-prefix"
	framingNone       framing = "none"
)

type batching string

const (
	batchSeparate batching = "separate" // a frame per record
	batchLines    batching = "lines"    // a frame per batch, whose lines are framed one by one
	batchDocument batching = "document" // a frame per batch, framed as a whole
)

type frameSpec struct {
	node        *yaml.Node
	encoding    string
	unmappable  strictness
	framing     framing
	terminator  string
	lengthBytes int
	big         bool
	countsAll   bool
	batch       batching
	max         int
}

type recordSpec struct {
	node    *yaml.Node
	name    string
	when    []string
	grain   grain
	columns []columnSpec
	left    bool // left out by its condition
}

// The events that records of agents and of the feed can name.
func agentEvents() []string {
	return []string{wfm.EventChange.String(), wfm.EventLogOn.String(), wfm.EventLogOff.String(), tellSnapshot,
		wfm.EventEntered.String(), wfm.EventLeft.String(), wfm.EventRegrouped.String()}
}

func feedEvents() []string {
	return []string{wfm.FeedNormal.String(), wfm.FeedUnavailable.String(), wfm.FeedShutdown.String(), tellHeartbeat}
}

// readRealTimeSpec reads a whole layout of module rta.
func (r *reader) readRealTimeSpec(n *yaml.Node) spec {
	s := spec{node: n, standard: true, evidence: vendors.SiteDefined, rows: rowSpec{with: "_"}, realTime: &realTimeSpec{
		traits:    vendors.Traits{FanOut: vendors.PerUser, Levels: []wfm.QueueLevel{wfm.LevelOff, wfm.LevelMinimal, wfm.LevelVerbose}},
		agent:     identitySpec{node: n, identify: vendors.IdentifyUser, limit: limitSpec{long: longReject}, letters: caseKeep},
		extension: limitSpec{long: longReject},
		codes:     codesSpec{node: n},
		tell:      map[string]string{},
		frame: frameSpec{node: n, encoding: "UTF-8", unmappable: replace, framing: framingTerminator, terminator: "\n",
			batch: batchSeparate, max: 1 << 16},
	}}
	rt := s.realTime
	known := r.commonFields(&s)
	for key, read := range (fields{
		"traits":    func(n *yaml.Node) { r.readTraits(n, rt) },
		"agent":     func(n *yaml.Node) { r.readIdentity(n, &rt.agent) },
		"extension": func(n *yaml.Node) { r.readLimit(n, "extension", &rt.extension) },
		"codes":     func(n *yaml.Node) { r.readCodes(n, &rt.codes) },
		"events":    func(n *yaml.Node) { r.readEvents(n, rt.tell) },
		"frame":     func(n *yaml.Node) { r.readFrame(n, &rt.frame) },
		"rows":      func(n *yaml.Node) { s.rows = r.readRows(n, "delimited", "fixed", "json") },
		"head":      func(n *yaml.Node) { rt.head = &lineText{node: n} },
		"foot":      func(n *yaml.Node) { rt.foot = &lineText{node: n} },
		"records": func(n *yaml.Node) {
			r.each(n, "records", func(n *yaml.Node, what string) { rt.records = append(rt.records, r.readRecord(n, what)) })
		},
	}) {
		known[key] = read
	}
	r.mapping(n, "layout file", known, "layout", "version", "module", "frame", "rows", "records")
	r.readFrameLine(rt.head, "head", s.rows.json)
	r.readFrameLine(rt.foot, "foot", s.rows.json)
	r.checkName(&s)
	return s
}

// readFrameLine reads a head or foot when the kind of the rows is known: in JSON the values of settings stand inside
// strings, and no character of theirs may end one.
func (r *reader) readFrameLine(l *lineText, what string, inJSON bool) {
	if l == nil {
		return
	}
	values := r.values
	if inJSON {
		values = map[string]string{}
		for name, v := range r.values {
			quoted := quoteJSON(v)
			values[name] = quoted[1 : len(quoted)-1]
		}
	}
	text, _ := r.raw(l.node, what)
	l.text = substitute(text, values)
}

func (r *reader) readTraits(n *yaml.Node, rt *realTimeSpec) {
	t, snapshot, field := &rt.traits, true, "handled"
	r.mapping(n, "traits", fields{
		"fan-out":          oneOf(r, &t.FanOut, "traits.fan-out", vendors.PerUser, vendors.PerWorkgroup),
		"workgroup-field":  oneOf(r, &field, "traits.workgroup-field", "handled", "member"),
		"update-frequency": r.duration(&t.UpdateFrequency, "traits.update-frequency"),
		"refresh":          r.duration(&t.Refresh, "traits.refresh"),
		"heartbeat":        r.duration(&t.Heartbeat, "traits.heartbeat"),
		"snapshot":         r.boolean(&snapshot, "traits.snapshot"),
		"master-workgroup": r.boolean(&t.MasterWorkgroup, "traits.master-workgroup"),
		"levels": func(n *yaml.Node) {
			var names []string
			r.texts(&names, "traits.levels")(n)
			t.Levels = nil
			for _, name := range names {
				level, err := wfm.ParseQueueLevel(name)
				if err != nil {
					r.problem(n, "traits.levels", name, "is not a queue-state level", "use off, minimal, verbose")
				}
				t.Levels = append(t.Levels, level)
			}
			if len(names) == 0 {
				r.problem(n, "traits.levels", "", "is empty", "name at least off")
			}
		},
	})
	t.SkipSnapshot, rt.member = !snapshot, field == "member"
}

// duration reads a duration such as 10s; 0s means never.
func (r *reader) duration(dst *time.Duration, what string) func(*yaml.Node) {
	return func(n *yaml.Node) {
		s, ok := r.scalar(n, what)
		if !ok {
			return
		}
		d, err := time.ParseDuration(s)
		if err != nil || d < 0 {
			r.problem(n, what, s, "is not a duration", "write it like 10s or 2m; 0s means none")
			return
		}
		*dst = d
	}
}

func (r *reader) readIdentity(n *yaml.Node, id *identitySpec) {
	id.node = n
	r.mapping(n, "agent", fields{
		"identify": oneOf(r, &id.identify, "agent.identify", vendors.IdentifyUser, vendors.IdentifyExtension, vendors.IdentifyMapped),
		"max":      r.integer(&id.limit.max, "agent.max", 1, 4096),
		"too-long": oneOf(r, &id.limit.long, "agent.too-long", longReject, longTruncate),
		"case":     oneOf(r, &id.letters, "agent.case", caseKeep, caseLower, caseUpper),
	})
}

func (r *reader) readLimit(n *yaml.Node, what string, l *limitSpec) {
	r.mapping(n, what, fields{
		"max":      r.integer(&l.max, what+".max", 1, 4096),
		"too-long": oneOf(r, &l.long, what+".too-long", longReject, longTruncate, longBlank),
	}, "max")
}

func (r *reader) readCodes(n *yaml.Node, c *codesSpec) {
	c.node = n
	m := &c.statuses
	r.mapping(n, "codes", fields{
		"numeric":        r.boolean(&c.numeric, "codes.numeric"),
		"numeric-reason": r.boolean(&c.numericReason, "codes.numeric-reason"),
		"unmapped": oneOf(r, &m.Unmapped, "codes.unmapped", vendors.RejectUnmapped, vendors.UseDefault, vendors.SkipUnmapped,
			vendors.UseKey),
		"default": func(n *yaml.Node) { m.Default = r.readCode(n, "codes.default") },
		"statuses": func(n *yaml.Node) {
			m.ByStatus = map[wfm.StatusKey]vendors.Code{}
			r.eachCode(n, "codes.statuses", func(_ *yaml.Node, key string, code vendors.Code) { m.ByStatus[wfm.StatusKey(key)] = code })
		},
		"groups": func(n *yaml.Node) {
			m.ByGroup = map[wfm.StatusGroup]vendors.Code{}
			r.eachCode(n, "codes.groups", func(_ *yaml.Node, key string, code vendors.Code) { m.ByGroup[wfm.StatusGroup(key)] = code })
		},
		"activities": func(n *yaml.Node) {
			m.ByActivity = map[wfm.AgentActivity]vendors.Code{}
			r.eachCode(n, "codes.activities", func(n *yaml.Node, key string, code vendors.Code) {
				a, ok := wfm.ParseAgentActivity(key)
				if !ok {
					r.problem(n, "codes.activities."+key, "", "is not an activity", "use one such as available, acd talk or logged off")
				}
				m.ByActivity[a] = code
			})
		},
	})
}

func (r *reader) eachCode(n *yaml.Node, what string, set func(n *yaml.Node, key string, code vendors.Code)) {
	if n.Kind != yaml.MappingNode {
		r.problem(n, what, "", "is not a group of keys", "write each pair as name: code")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, _ := r.raw(n.Content[i], what)
		if seen[key] {
			r.problem(n.Content[i], what+"."+key, "", "stands twice", "remove one of them")
		}
		seen[key] = true
		set(n.Content[i], key, r.readCode(n.Content[i+1], what+"."+key))
	}
}

// readCode reads a code, or {code: …, reason: …}.
func (r *reader) readCode(n *yaml.Node, what string) (c vendors.Code) {
	if n.Kind == yaml.MappingNode {
		r.mapping(n, what, fields{"code": r.text(&c.Code, what+".code"), "reason": r.text(&c.Reason, what+".reason")}, "code")
		return c
	}
	c.Code, _ = r.scalar(n, what)
	return c
}

// tellable is what each event may be told as, beside itself.
func tellable() map[string][]string {
	return map[string][]string{
		"change": {tellNone}, "log-on": {"change", tellNone}, "log-off": {"change", tellNone},
		tellSnapshot: {"change", "log-on", tellNone}, "entered": {"change", "log-on", tellSnapshot, tellNone},
		"left": {"change", "log-off", tellNone}, "regrouped": {"change", tellNone}, tellHeartbeat: {tellHealth, tellNone},
	}
}

// readEvents reads what events are told as. What each may become is limited to what makes sense.
func (r *reader) readEvents(n *yaml.Node, tell map[string]string) {
	known := fields{}
	for event, others := range tellable() {
		known[event] = func(n *yaml.Node) {
			to := event
			oneOf(r, &to, "events."+event, append(others, event)...)(n)
			tell[event] = to
		}
	}
	r.mapping(n, "events", known)
}

func (r *reader) readFrame(n *yaml.Node, f *frameSpec) {
	f.node = n
	terminator, hasTerminator := "LF", false
	order, counts := "big", "payload"
	r.mapping(n, "frame", fields{
		"encoding":   oneOf(r, &f.encoding, "frame.encoding", encodingNames()...),
		"unmappable": oneOf(r, &f.unmappable, "frame.unmappable", replace, refuse),
		"framing":    oneOf(r, &f.framing, "frame.framing", framingTerminator, framingLength, framingNone),
		"terminator": func(n *yaml.Node) { hasTerminator = true; r.text(&terminator, "frame.terminator")(n) },
		"length": func(n *yaml.Node) {
			r.mapping(n, "frame.length", fields{
				"bytes":  r.integer(&f.lengthBytes, "frame.length.bytes", 2, 4),
				"order":  oneOf(r, &order, "frame.length.order", "big", "little"),
				"counts": oneOf(r, &counts, "frame.length.counts", "payload", "all"),
			}, "bytes")
		},
		"batch": oneOf(r, &f.batch, "frame.batch", batchSeparate, batchLines, batchDocument),
		"max":   r.integer(&f.max, "frame.max", 64, 1<<24),
	}, "framing")
	f.big, f.countsAll = order == "big", counts == "all"
	var err error
	if f.terminator, err = controls(terminator); err != nil {
		r.problem(n, "frame.terminator", terminator, err.Error(), "use LF, CRLF, CR, NUL, ETX or others of them, parted by blanks")
		f.terminator = "\n"
	}
	switch {
	case f.framing == framingLength && f.lengthBytes != 2 && f.lengthBytes != 4:
		r.problem(n, "frame.length.bytes", "", "is neither 2 nor 4", "say how the length is written")
		f.lengthBytes = 4
	case f.framing != framingLength && f.lengthBytes != 0:
		r.problem(n, "frame.length", "", "needs the framing length-prefix", "remove it or change the framing")
	case f.framing != framingTerminator && hasTerminator:
		r.problem(n, "frame.terminator", terminator, "needs the framing terminator", "remove it or change the framing")
	}
	if f.lengthBytes == 2 { // batches are split before their length cannot be said
		most := math.MaxUint16
		if !f.countsAll {
			most += f.lengthBytes
		}
		f.max = min(f.max, most)
	}
}

// controls reads the names of control characters, parted by blanks.
func controls(s string) (string, error) {
	names := map[string]string{"NUL": "\x00", "SOH": "\x01", "STX": "\x02", "ETX": "\x03", "EOT": "\x04", "ENQ": "\x05", "ACK": "\x06",
		"BEL": "\a", "TAB": "\t", "LF": "\n", "VT": "\v", "FF": "\f", "CR": "\r", "CRLF": "\r\n", "ETB": "\x17", "EM": "\x19",
		"ESC": "\x1b", "FS": "\x1c", "GS": "\x1d", "RS": "\x1e", "US": "\x1f"}
	var b strings.Builder
	for _, name := range strings.Fields(s) {
		c, ok := names[strings.ToUpper(name)]
		if !ok {
			return "", errNoControl
		}
		b.WriteString(c)
	}
	if b.Len() == 0 {
		return "", errNoControl
	}
	return b.String(), nil
}

func (r *reader) readRecord(n *yaml.Node, what string) recordSpec {
	s := recordSpec{node: n}
	defaults := columnSpec{overflow: overflowRefuse, zone: feedZone, zero: rule{kind: ruleWrite}, mapElse: rule{kind: ruleRefuse}, pad: " ", mark: "."}
	r.mapping(n, what, fields{
		"name": r.text(&s.name, what+".name"),
		"when": r.texts(&s.when, what+".when"),
		"if":   func(n *yaml.Node) { s.left = !r.holds(n, what+".if") },
		"columns": func(n *yaml.Node) {
			r.each(n, what+".columns", func(n *yaml.Node, what string) { s.columns = append(s.columns, r.readColumn(n, what, defaults)) })
		},
	}, "name", "when", "columns")
	s.grain = grainChange
	feed := 0
	for _, event := range s.when {
		switch {
		case slices.Contains(feedEvents(), event):
			feed++
			s.grain = grainFeed
		case !slices.Contains(agentEvents(), event):
			r.problem(n, what+".when", event, "is not an event", "use one of "+strings.Join(append(agentEvents(), feedEvents()...), ", "))
		}
	}
	if len(s.when) == 0 {
		r.problem(n, what+".when", "", "is empty", "name the events that make the record")
	}
	if feed > 0 && feed < len(s.when) {
		r.problem(n, what+".when", strings.Join(s.when, ", "), "mixes events of agents with those of the feed", "use a record for each")
	}
	return s
}

// holds reads a condition: settings, each with the values under which the record or section exists.
func (r *reader) holds(n *yaml.Node, what string) bool {
	if n.Kind != yaml.MappingNode {
		r.problem(n, what, "", "is not a group of keys", "write it as setting: [values]")
		return true
	}
	ok := true
	for i := 0; i+1 < len(n.Content); i += 2 {
		name := n.Content[i].Value
		value, known := r.values[name]
		if !known {
			r.problem(n.Content[i], what+"."+name, "", "is not a setting of this layout", "name one of its settings")
			continue
		}
		var values []string
		r.texts(&values, what+"."+name)(n.Content[i+1])
		ok = ok && slices.Contains(values, value)
	}
	return ok
}
