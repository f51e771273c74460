package layout

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/vendors"
	"go.yaml.in/yaml/v3"
)

// terminators are what ends frames in practice, the longest first.
func terminators() []string { return []string{"CRLF", "LF", "CR", "NUL", "ETX", "RS"} }

// frames compares what one connection carried.
func (p *proof) frames(sample []byte) {
	if p.wire.frame.framing != framingLength {
		if length, ok := lengthPrefix(sample); ok {
			p.lengthFraming(length)
			return
		}
	}
	if p.wire.frame.framing != framingTerminator || p.wire.frame.batch == batchDocument {
		p.detect(sample)
		p.read(sample)
		return
	}
	units := p.units(p.detect(sample))
	var rows []string
	for _, u := range units {
		if u.text != "" && !p.headOrFoot(u.text) {
			rows = append(rows, u.text)
		}
	}
	p.parting(rows)
	p.text = strings.Join(rows, "\n")
	for _, u := range units {
		u.fields, u.broken = strings.Split(u.text, p.rows.delimiter), ""
		if p.rows.quoting && !p.rows.fixed {
			d := &decoder{codec: &Codec{rows: p.rows}, rest: u.text, line: 1}
			if u.fields, u.broken = d.quotedRecord(); u.broken != "" {
				u.fields = strings.Split(u.text, p.rows.delimiter)
			}
		}
		p.unit(u)
	}
	p.judgeColumns()
}

// units parts the text at its terminator, and tells where that is not the layout's.
func (p *proof) units(text string) []sampleLine {
	own, found, most := p.wire.frame.terminator, "", 0
	for _, name := range terminators() {
		c, _ := controls(name)
		if n := strings.Count(text, c); n > most && !(n == strings.Count(text, found) && strings.Contains(found, c)) {
			found, most = c, n
		}
	}
	if n := strings.Count(text, own); n > 0 && (n >= most || strings.Contains(own, found)) && !(own != found && strings.Contains(found, own)) {
		found = own
	}
	if found == "" {
		p.found(Finding{Kind: FoundFraming, Text: "no frame ends in the layout's terminator, nor in another", Expected: controlNames(own)})
		found = own
	}
	if found != own {
		p.found(Finding{Kind: FoundFraming, Text: "frames end in another terminator", Expected: controlNames(own), Found: controlNames(found)})
		p.set(p.wire.frame.node, "terminator", controlNames(found), "frame.terminator")
	}
	var list []sampleLine
	parts := strings.Split(text, found)
	for i, part := range parts {
		switch {
		case i+1 < len(parts):
			list = append(list, sampleLine{number: i + 1, text: part})
		case part != "":
			p.found(Finding{Kind: FoundFraming, Remark: true, Text: "the sample ends inside a frame"}, i+1)
		}
	}
	return list
}

func controlNames(s string) string {
	for _, name := range append(terminators(), "STX", "EOT", "ETB", "FS", "GS", "US", "SOH", "ENQ", "ACK", "BEL", "TAB", "VT", "FF", "EM", "ESC") {
		if c, _ := controls(name); c == s {
			return name
		}
	}
	return strconv.Quote(s)
}

func (p *proof) headOrFoot(text string) bool {
	return p.wire.head != nil && p.wire.head.match(text) || p.wire.foot != nil && p.wire.foot.match(text)
}

// unit compares one frame with the record that it is most like.
func (p *proof) unit(u sampleLine) {
	if p.headOrFoot(u.text) {
		return
	}
	var best *table
	least := 1 << 30
	for _, t := range p.tables {
		texts, trailing, reason := p.cells(t, u)
		wrong := btoi(trailing != p.rows.trailing && !p.rows.fixed)
		if reason != "" {
			wrong = 1 << 20
		}
		for i, text := range texts {
			if reason == "" {
				_, ok := p.judge(t, t.section.columns[i], text)
				wrong += btoi(!ok)
			}
		}
		if wrong < least {
			best, least = t, wrong
		}
	}
	switch {
	case best == nil:
		p.found(Finding{Kind: FoundStructure, Text: "the layout has no records but lines around them", Found: u.text}, u.number)
	case least >= 1<<20 && p.wire.head != nil && u.number == 1 && len(strings.Fields(u.text)) == 1:
		p.head(u)
	default:
		p.row(best, u)
	}
}

// head tells that the line before a batch reads otherwise.
func (p *proof) head(u sampleLine) {
	p.found(Finding{Kind: FoundHeader, Text: "the head of the batch reads otherwise", Expected: unquoted(p.wire.head.sample()), Found: u.text}, u.number)
	from, to := strings.IndexAny(u.text, "0123456789"), strings.LastIndexAny(u.text, "0123456789")+1
	for _, part := range p.wire.head.parts {
		if part.pattern != nil && from >= 0 {
			if _, ok := part.pattern.parse(u.text[from:to]); ok {
				p.set(p.layout.node, "head", braces(u.text[:from])+"{now:"+part.pattern.source+"}"+braces(u.text[to:]), "head")
			}
		}
	}
}

// read compares with the reader that receivers use: frames of a known length, or documents.
func (p *proof) read(sample []byte) {
	reader := &frameReader{wire: p.wire}
	n := 0
	err := reader.Read(sample, func(d vendors.Decoded) {
		n++
		if d.Record == headRecord || d.Record == footRecord {
			return
		}
		p.report.Records++
		if d.Err == nil {
			p.report.Fitting++
			return
		}
		p.found(Finding{Kind: FoundStructure, Text: d.Err.Error(), Found: d.Raw}, n)
	})
	if err != nil {
		p.found(Finding{Kind: FoundFraming, Text: err.Error()})
	}
	if reader.Pending() > 0 {
		p.found(Finding{Kind: FoundFraming, Text: "the sample ends inside a frame, or frames end otherwise", Remark: n > 0})
	}
}

// prefix is how frames begin with their length.
type prefix struct {
	bytes         int
	order, counts string
}

// lengthPrefix tells whether the whole sample is made of at least two frames that begin with their length.
func lengthPrefix(b []byte) (prefix, bool) {
	for _, p := range []prefix{{4, "big", "payload"}, {4, "little", "payload"}, {2, "big", "payload"}, {2, "little", "payload"},
		{4, "big", "all"}, {4, "little", "all"}, {2, "big", "all"}, {2, "little", "all"}} {
		frames, rest := 0, b
		for len(rest) > p.bytes {
			var order binary.ByteOrder = binary.BigEndian
			if p.order == "little" {
				order = binary.LittleEndian
			}
			n := int64(order.Uint16(rest))
			if p.bytes == 4 {
				n = int64(order.Uint32(rest))
			}
			if p.counts == "payload" {
				n += int64(p.bytes)
			}
			if n <= int64(p.bytes) || n > int64(len(rest)) {
				break
			}
			rest = rest[n:]
			frames++
		}
		if frames >= 2 && len(rest) == 0 {
			return p, true
		}
	}
	return prefix{}, false
}

// lengthFraming tells that frames begin with their length, which the layout does not say.
func (p *proof) lengthFraming(length prefix) {
	found := "length-prefix, " + strconv.Itoa(length.bytes) + " bytes, " + length.order + " endian, of " + length.counts
	p.found(Finding{Kind: FoundFraming, Text: "frames begin with their length", Expected: string(p.wire.frame.framing), Found: found})
	node := p.wire.frame.node
	p.edits = append(p.edits, edit{words: "frame.framing becomes " + found, apply: func(c *nodeCopy) {
		frame := c.of[node]
		setKey(frame, "framing", "length-prefix")
		dropKey(frame, "terminator")
		dropKey(frame, "length")
		of := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		setKey(of, "bytes", strconv.Itoa(length.bytes))
		setKey(of, "order", length.order)
		setKey(of, "counts", length.counts)
		frame.Content = append(frame.Content, scalarNode("length"), of)
	}})
}
