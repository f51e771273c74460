package layout

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// frameReader cuts the bytes of a connection into units and decodes them. It implements
// [vendors.FrameReader]. It keeps at most one unit that is not complete.
type frameReader struct {
	wire *wire
	rest []byte // begins with a unit
	seen int    // of rest, without the end of the unit
	json jsonScan
	err  error
}

// Pending implements [vendors.FrameReader].
func (d *frameReader) Pending() int { return len(d.rest) }

// Read implements [vendors.FrameReader].
func (d *frameReader) Read(b []byte, yield func(vendors.Decoded)) error {
	if d.err != nil {
		return d.err
	}
	d.rest = append(d.rest, b...)
	from := 0
	for d.err == nil {
		unit, n, err := d.next(d.rest[from:])
		if err != nil {
			d.err = &wfm.Error{Op: "read frames of layout " + d.wire.layout.Name(), Kind: wfm.BadData, Err: err,
				Remedy: "check that the sender uses this layout and these settings"}
			break
		}
		if n == 0 {
			break
		}
		from += n
		d.seen, d.json = 0, jsonScan{}
		d.wire.decodeUnit(unit, yield)
	}
	if d.err != nil {
		d.rest = nil
		return d.err
	}
	d.rest = append(d.rest[:0], d.rest[from:]...)
	if cap(d.rest) > 4*d.wire.frame.max && len(d.rest) <= d.wire.frame.max {
		d.rest = bytes.Clone(d.rest) // a large chunk leaves no large buffer
	}
	return nil
}

var (
	errLongFrame = errors.New("a frame is longer than the layout permits")
	errNoJSON    = errors.New("what comes is no JSON document")
)

// next finds the unit at the start of b and how many bytes it takes with its framing; 0 where it is not complete.
func (d *frameReader) next(b []byte) (unit []byte, n int, err error) {
	most := d.wire.frame.max
	switch {
	case d.wire.frame.framing == framingTerminator:
		unit, n = d.terminated(b)
	case d.wire.frame.framing == framingLength:
		head := d.wire.frame.lengthBytes
		if len(b) < head {
			return nil, 0, nil
		}
		length := d.wire.payloadLength(b)
		if length < 0 || length > int64(most-head) {
			return nil, 0, fmt.Errorf("a frame says that it has %d bytes, and the layout permits %d", length, most-head)
		}
		if n = head + int(length); len(b) < n {
			return nil, 0, nil
		}
		return b[head:n], n, nil
	case d.wire.codec.rows.json:
		skip := 0
		for d.json == (jsonScan{}) && skip < len(b) && isSpace(b[skip]) {
			skip++
		}
		if skip > 0 {
			return nil, skip, nil // blanks between documents are no unit
		}
		if n, err = scanJSON(&d.json, b); n > 0 {
			unit = b[:n]
		}
	default:
		unit, n, err = d.wire.nextFixed(b)
	}
	if err == nil && (n > most || n == 0 && len(b) > most) {
		err = errLongFrame
	}
	return unit, n, err
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// terminated looks for the terminator, at whole code units of the encoding.
func (d *frameReader) terminated(b []byte) (unit []byte, n int) {
	step := 1
	if d.wire.codec.charset.wide != nil {
		step = 2
	}
	end := d.wire.terminator
	for from := d.seen; ; {
		i := bytes.Index(b[from:], end)
		if i < 0 {
			break
		}
		if (from+i)%step == 0 {
			return b[:from+i], from + i + len(end)
		}
		from += i + 1
	}
	d.seen = max(0, len(b)-len(end)+1)
	return nil, 0
}

// jsonScan looks for the end of a JSON document that may come in parts.
type jsonScan struct {
	at, depth      int
	inText, escape bool
}

// scanJSON returns where the object or array at the start of b ends; 0 where it does not yet.
func scanJSON[T string | []byte](s *jsonScan, b T) (int, error) {
	for ; s.at < len(b); s.at++ {
		c := b[s.at]
		switch {
		case s.escape:
			s.escape = false
		case s.inText:
			s.escape, s.inText = c == '\\', c != '"'
		case c == '"':
			s.inText = true
		case c == '{' || c == '[':
			s.depth++
		case c == '}' || c == ']':
			if s.depth--; s.depth == 0 {
				return s.at + 1, nil
			}
		}
		if s.depth <= 0 {
			return 0, errNoJSON
		}
	}
	return 0, nil
}

// nextFixed cuts a head, a foot or a record, which are told apart by how they begin.
func (w *wire) nextFixed(b []byte) (unit []byte, n int, err error) {
	for _, line := range []*template{w.head, w.foot} {
		if line == nil {
			continue
		}
		n, whole := w.codec.charset.take(b, headChars(line))
		text, _, err := w.codec.charset.decode(b[:n])
		if err == nil && whole && line.match(text) {
			return b[:n], n, nil
		}
		if err == nil && !whole && line.mayBegin(text) {
			return nil, 0, nil
		}
	}
	n, whole := w.codec.charset.take(b, w.recordChars())
	if !whole {
		return nil, 0, nil
	}
	return b[:n], n, nil
}

func (w *wire) recordChars() int {
	for _, r := range w.records {
		if len(r.section.columns) > 0 {
			return r.chars
		}
	}
	return 1 // a layout of heads alone
}

// take returns how many bytes the first n characters have; whole is false where b has fewer.
func (c *charset) take(b []byte, n int) (size int, whole bool) {
	for range n {
		rest := b[size:]
		switch {
		case len(rest) == 0:
			return size, false
		case c.wide != nil:
			step := 2
			if len(rest) >= 2 && c.wide.Uint16(rest)&0xFC00 == 0xD800 {
				step = 4
			}
			if len(rest) < step {
				return size, false
			}
			size += step
		case c.single != nil:
			size++
		default:
			if !utf8.FullRune(rest) {
				return size, false
			}
			_, width := utf8.DecodeRune(rest)
			size += width
		}
	}
	return size, true
}

// mayBegin tells whether the start of a text could be what the template makes.
func (t *template) mayBegin(s string) bool {
	if len(t.parts) == 0 || t.parts[0].pattern != nil {
		return true
	}
	first := t.parts[0].literal
	n := min(len(first), len(s))
	return first[:n] == s[:n]
}
