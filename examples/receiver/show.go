package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// mostAgents bounds the memory for counting agents: a hostile sender can make up any number.
const mostAgents = 100_000

// mostHex is how many bytes of a frame are shown.
const mostHex = 1024

// show prints what is received. It is safe for concurrent use.
type show struct {
	mu     sync.Mutex
	out    io.Writer
	json   *json.Encoder // nil for lines to read
	header bool
	count  counts
	agents map[string]struct{}
}

// counts are the summary.
type counts struct {
	Connections int `json:"connections"`
	Records     int `json:"records"` // understood
	Bad         int `json:"bad"`     // not understood: frames, and connections that had to be given up
	Agents      int `json:"agents"`
}

// line is one line with -json.
type line struct {
	Receiver  string            `json:"receiver"`
	Time      string            `json:"time,omitempty"`
	Record    string            `json:"record,omitempty"`
	Event     string            `json:"event,omitempty"`
	Agent     string            `json:"agent,omitempty"`
	Extension string            `json:"extension,omitempty"`
	Workgroup string            `json:"workgroup,omitempty"`
	Code      string            `json:"code,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	Fields    map[string]string `json:"fields,omitempty"`
	Error     string            `json:"error,omitempty"`
	Raw       string            `json:"raw,omitempty"`
	Hex       string            `json:"hex,omitempty"`
	Bytes     int               `json:"bytes,omitempty"` // of the frame, where Hex shows its beginning
	Note      string            `json:"note,omitempty"`
}

func newShow(out io.Writer, asJSON bool) *show {
	s := &show{out: out, agents: map[string]struct{}{}}
	if asJSON {
		s.json = json.NewEncoder(out)
		s.json.SetEscapeHTML(false)
	}
	return s
}

// print writes one object, or one line. What is not written is lost: nobody reads any more.
func (s *show) print(object any, format string, args ...any) {
	if s.json != nil {
		_ = s.json.Encode(object)
		return
	}
	_, _ = fmt.Fprintf(s.out, format+"\n", args...)
}

func (s *show) listening(a net.Addr) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.print(map[string]string{"listening": a.String()}, "listening at %s", a)
}

func (s *show) connected(from string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count.Connections++
	s.print(line{Receiver: from, Note: "connected"}, "%-21s connected", from)
}

func (s *show) note(from, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text = wfm.OneLine(text)
	s.print(line{Receiver: from, Note: text}, "%-21s %s", from, text)
}

// trouble is told of a connection or a frame that is of no use.
func (s *show) trouble(from string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count.Bad++
	text := wfm.OneLine(err.Error())
	s.print(line{Receiver: from, Error: text}, "%-21s NOT UNDERSTOOD %s", from, text)
}

// record is told of each record of a frame.
func (s *show) record(from string, d vendors.Decoded) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := line{Receiver: from, Record: d.Record, Event: d.Event, Agent: d.Agent, Extension: d.Extension, Workgroup: d.Workgroup, Code: d.Code, Reason: d.Reason}
	if !d.Time.IsZero() {
		l.Time = d.Time.UTC().Format(time.RFC3339Nano)
	}
	if d.Err != nil {
		s.count.Bad++
		l.Error = wfm.OneLine(d.Err.Error())
		shown := wfm.Quote(d.Raw)
		if isText(d.Raw) {
			l.Raw = d.Raw
		} else { // a text would hide what the bytes are
			l.Hex = hex.EncodeToString([]byte(d.Raw[:min(len(d.Raw), mostHex)]))
			if len(d.Raw) > mostHex {
				l.Bytes = len(d.Raw)
			}
			shown += " hex " + l.Hex
		}
		s.print(l, "%-21s NOT UNDERSTOOD %s: %s", from, shown, l.Error)
		return
	}
	s.count.Records++
	if d.Agent != "" && len(s.agents) < mostAgents {
		s.agents[d.Agent] = struct{}{}
	}
	if s.json == nil {
		s.row(l, d.Fields)
		return
	}
	l.Fields = make(map[string]string, len(d.Fields))
	for _, f := range d.Fields {
		l.Fields[f.Name] = f.Value
	}
	s.print(l, "")
}

// columns of the table: wide enough for most, and longer values move what follows.
const columns = "%-21s %-20s %-10s %-10s %-16s %-9s %-14s %-5s %-6s %s"

func (s *show) row(l line, fields []vendors.DecodedField) {
	if !s.header {
		s.header = true
		s.print(nil, columns, "FROM", "TIME", "RECORD", "EVENT", "AGENT", "EXTENSION", "WORKGROUP", "CODE", "REASON", "FIELDS")
	}
	var all strings.Builder
	for i, f := range fields {
		if i > 0 {
			all.WriteByte(' ')
		}
		all.WriteString(plain(f.Name) + "=" + plain(f.Value))
	}
	s.print(nil, columns, l.Receiver, dash(l.Time), dash(l.Record), dash(l.Event), dash(l.Agent), dash(l.Extension), dash(l.Workgroup), dash(l.Code), dash(l.Reason), all.String())
}

func dash(s string) string {
	if s == "" {
		return "-"
	}
	return plain(s)
}

// plain quotes what could be mistaken, or would steer the terminal.
func plain(s string) string {
	if s == "" || !readable(s) || strings.TrimSpace(s) != s || strings.ContainsAny(s, `"=`) {
		return strconv.Quote(s)
	}
	return s
}

// readable tells whether a text consists of what can be printed.
func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return !strconv.IsPrint(r) || r == utf8.RuneError })
}

// isText tells whether bytes are shown well enough as a text. UTF-16 is not: it is full of zeros.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\r' && r != '\n'
	})
}

// summary prints the counts, and tells whether anything was not understood.
func (s *show) summary() (bad bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count.Agents = len(s.agents)
	s.print(map[string]counts{"summary": s.count}, "%d connections: %d records of %d agents understood, %d not understood",
		s.count.Connections, s.count.Records, s.count.Agents, s.count.Bad)
	return s.count.Bad > 0
}
