package layout

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
	"golang.org/x/text/encoding/charmap"
)

// charset writes and reads the bytes of a file. Inside the engine everything is UTF-8.
type charset struct {
	name       string
	single     *charmap.Charmap // of one byte per character
	wide       byteOrder        // of UTF-16; nil otherwise
	bom        bool
	unmappable strictness
}

// byteOrder writes and reads numbers of several bytes.
type byteOrder interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

func encodingNames() []string {
	return []string{"UTF-8", "UTF-16LE", "UTF-16BE", "ISO-8859-1", "ISO-8859-9", "Windows-1252"}
}

func newCharset(f fileSpec) charset {
	c := charset{name: f.encoding, bom: f.bom, unmappable: f.unmappable}
	switch f.encoding {
	case "UTF-16LE":
		c.wide = binary.LittleEndian
	case "UTF-16BE":
		c.wide = binary.BigEndian
	case "ISO-8859-1":
		c.single = charmap.ISO8859_1
	case "ISO-8859-9":
		c.single = charmap.ISO8859_9
	case "Windows-1252":
		c.single = charmap.Windows1252
	}
	return c
}

// encode turns the UTF-8 text at dst[from:] into the bytes of the file, in place where it can.
func (c *charset) encode(dst []byte, from int, s *scratch) ([]byte, error) {
	switch {
	case c.wide != nil:
		return c.encodeWide(dst, from, s), nil
	case c.single != nil:
		return c.encodeSingle(dst, from)
	case c.bom:
		s.text = append(s.text[:0], dst[from:]...)
		return append(append(dst[:from], utf8BOM...), s.text...), nil
	}
	return dst, nil
}

const utf8BOM = "\xEF\xBB\xBF"

func (c *charset) encodeWide(dst []byte, from int, s *scratch) []byte {
	s.text = append(s.text[:0], dst[from:]...)
	dst = dst[:from]
	if c.bom {
		dst = c.wide.AppendUint16(dst, 0xFEFF)
	}
	for rest := s.text; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		rest = rest[n:]
		if hi, lo := utf16.EncodeRune(r); hi != utf8.RuneError {
			dst = c.wide.AppendUint16(dst, uint16(hi))
			dst = c.wide.AppendUint16(dst, uint16(lo))
			continue
		}
		dst = c.wide.AppendUint16(dst, uint16(r))
	}
	return dst
}

// encodeSingle works in place: one byte never is more than the character was in UTF-8.
func (c *charset) encodeSingle(dst []byte, from int) ([]byte, error) {
	out := from + asciiPrefix(dst[from:])
	for in := out; in < len(dst); {
		if b := dst[in]; b < utf8.RuneSelf {
			dst[out] = b
			in, out = in+1, out+1
			continue
		}
		r, n := utf8.DecodeRune(dst[in:])
		b, ok := c.single.EncodeRune(r)
		if !ok {
			if c.unmappable == refuse {
				return dst, wfm.Problem{Where: "line " + strconv.Itoa(1+bytes.Count(dst[from:out], []byte{'\n'})), Field: "character",
					Value: string(r), Reason: "does not exist in " + c.name, Remedy: "rename it in CIC, or let the layout replace it or use UTF-8"}
			}
			b = '?'
		}
		dst[out] = b
		in, out = in+n, out+1
	}
	return dst[:out], nil
}

// asciiPrefix tells how many bytes at the start of a text need no look, because they are ASCII, as mostly all are.
func asciiPrefix(text []byte) (n int) {
	const beyond = 0x8080808080808080
	for len(text)-n >= 8 && binary.LittleEndian.Uint64(text[n:])&beyond == 0 {
		n += 8
	}
	for n < len(text) && text[n] < utf8.RuneSelf {
		n++
	}
	return n
}

var errBadText = errors.New("is not text in the layout's encoding")

// decode turns the bytes of a file into UTF-8. The error tells the line.
func (c *charset) decode(data []byte) (string, int, error) {
	var out []byte
	switch {
	case c.wide != nil:
		data = bytes.TrimPrefix(data, c.wide.AppendUint16(nil, 0xFEFF))
		for ; len(data) >= 2; data = data[2:] {
			r := rune(c.wide.Uint16(data))
			if utf16.IsSurrogate(r) {
				if len(data) >= 4 {
					r = utf16.DecodeRune(r, rune(c.wide.Uint16(data[2:])))
				}
				if len(data) < 4 || r == utf8.RuneError {
					return "", lines(out), errBadText
				}
				data = data[2:]
			}
			out = utf8.AppendRune(out, r)
		}
		if len(data) > 0 {
			return "", lines(out), errBadText
		}
	case c.single != nil:
		for _, b := range data {
			r := c.single.DecodeByte(b)
			if r == utf8.RuneError {
				return "", lines(out), errBadText
			}
			out = utf8.AppendRune(out, r)
		}
	default:
		data = bytes.TrimPrefix(data, []byte(utf8BOM))
		for i := 0; i < len(data); {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				return "", lines(data[:i]), errBadText
			}
			i += n
		}
		out = data
	}
	return string(out), 0, nil
}

func lines(b []byte) int { return 1 + bytes.Count(b, []byte{'\n'}) }
