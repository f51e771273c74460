package layout

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// sampleLine is a line of a sample: a row, or a line of the head or foot. A quoted row may span several lines of the file.
type sampleLine struct {
	number int // from 1
	text   string
	fields []string // of delimited rows, with quotes taken off
	broken string   // why the quotes of the line cannot be right
}

// detect finds the encoding of a sample and tells what differs. It returns the text.
func (p *proof) detect(sample []byte) string {
	found, mark := sniff(sample, p.file.encoding)
	c := newCharset(fileSpec{encoding: found})
	text, _, err := c.decode(sample)
	if err != nil { // the encoding is that of most of the sample
		text = strings.ToValidUTF8(string(sample), "\uFFFD")
		p.found(Finding{Kind: FoundEncoding, Text: "some bytes are no text in any encoding of this language", Expected: p.file.encoding})
	}
	if found != p.file.encoding {
		p.found(Finding{Kind: FoundEncoding, Text: "the sample is text in another encoding", Expected: p.file.encoding, Found: found})
		p.set(p.file.node, "encoding", found, p.place()+".encoding")
	}
	if p.wire == nil && mark != p.file.bom && (mark || found == p.file.encoding) {
		expected := map[bool]string{true: "a byte-order mark", false: "none"}
		p.found(Finding{Kind: FoundBOM, Text: "the first bytes differ: some products refuse a mark that they do not expect",
			Expected: expected[p.file.bom], Found: expected[mark]})
		p.set(p.file.node, "bom", fmt.Sprint(mark), "file.bom")
	} else if p.wire == nil && p.file.bom && !mark {
		p.set(p.file.node, "bom", "false", "file.bom")
	}
	return strings.TrimPrefix(text, "\uFEFF")
}

func (p *proof) place() string {
	if p.wire != nil {
		return "frame"
	}
	return "file"
}

// sniff tells the encoding of a sample, which is the expected one where the bytes permit it.
func sniff(b []byte, expected string) (encoding string, mark bool) {
	switch {
	case bytes.HasPrefix(b, []byte(utf8BOM)):
		return "UTF-8", true
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return "UTF-16LE", true
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return "UTF-16BE", true
	}
	head := b[:min(len(b), 4096)]
	even, odd := 0, 0
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch most := len(head) / 2 / 3; {
	case odd > most && odd > 2*even:
		return "UTF-16LE", false
	case even > most && even > 2*odd:
		return "UTF-16BE", false
	}
	single := newCharset(fileSpec{encoding: expected}).single != nil
	ascii := bytes.IndexFunc(b, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
	switch {
	case ascii && (single || expected == "UTF-8"):
		return expected, false
	case utf8.Valid(b):
		return "UTF-8", false
	case single:
		return expected, false
	case slices.ContainsFunc(b, func(c byte) bool { return c >= 0x80 && c <= 0x9F }):
		return "Windows-1252", false
	}
	return "ISO-8859-1", false
}

// lineEnds looks at how lines end and returns the text with plain line feeds.
func (p *proof) lineEnds(text string) string {
	crlf := strings.Count(text, "\r\n")
	lf := strings.Count(text, "\n") - crlf
	cr := strings.Count(text, "\r") - crlf
	names := map[string]string{"\n": "LF", "\r\n": "CRLF"}
	found := p.file.lineEnd
	switch {
	case crlf > 0 && crlf >= lf:
		found = "\r\n"
	case lf > 0:
		found = "\n"
	case cr > 0:
		p.found(Finding{Kind: FoundLineEnd, Text: "lines end in CR alone, which this language does not write", Expected: names[p.file.lineEnd], Found: "CR"})
		return strings.ReplaceAll(text, "\r", "\n")
	}
	if found != p.file.lineEnd {
		p.found(Finding{Kind: FoundLineEnd, Text: "lines end otherwise", Expected: names[p.file.lineEnd], Found: names[found]})
		p.set(p.file.node, "line-end", names[found], "file.line-end")
	}
	if crlf > 0 && lf > 0 && !p.rows.quoting {
		other := map[string]string{"\n": "CRLF", "\r\n": "LF"}[found]
		f := Finding{Kind: FoundLineEnd, Text: "some lines end otherwise than most", Expected: names[found], Found: other, Remark: true}
		for i, line := range strings.SplitAfter(text, "\n") {
			if strings.HasSuffix(line, "\n") && strings.HasSuffix(line, "\r\n") != (found == "\r\n") {
				p.found(f, i+1)
			}
		}
	}
	if !strings.HasSuffix(text, "\n") {
		p.found(Finding{Kind: FoundLineEnd, Remark: true, Text: "the last line has no end; some products do not read such a line"})
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// split parts the text into lines, each with its fields. The quotes of a row may hold line ends.
func (p *proof) split(text string) []sampleLine {
	var list []sampleLine
	d := &decoder{codec: &Codec{rows: p.rows}, rest: text, line: 1}
	broken := 0 // each costs a look at the whole rest
	for d.rest != "" {
		line := sampleLine{number: d.line}
		before := d.rest
		switch {
		case p.rows.fixed || p.rows.json:
			d.next()
		case p.rows.quoting && strings.HasPrefix(d.rest, "\n"):
			d.next()
			line.fields = []string{""}
		case p.rows.quoting && broken < mostFindings:
			if line.fields, line.broken = d.quotedRecord(); line.broken != "" {
				broken++
				d.rest, d.line = before, line.number
				line.fields = strings.Split(d.next(), p.rows.delimiter)
			}
		default:
			line.fields = strings.Split(d.next(), p.rows.delimiter)
		}
		line.text = strings.TrimSuffix(before[:len(before)-len(d.rest)], "\n")
		list = append(list, line)
	}
	return list
}
