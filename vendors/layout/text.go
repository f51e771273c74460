package layout

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// unsafeRune tells whether a character could break a record or hide in it: a control character, a
// Unicode line or paragraph separator, or a byte-order mark.
func unsafeRune(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == '\uFEFF'
}

// byteClass sorts the bytes of a field, so that most fields are passed by one look per byte.
type byteClass uint8

const (
	plainByte byteClass = iota
	quoteByte           // the field must be quoted
	badByte             // unsafe in this format
	wideByte            // part of a character beyond ASCII: look closer
)

// fieldWriter finishes fields: it replaces or refuses what cannot be written, cuts, pads and
// quotes. It is immutable.
type fieldWriter struct {
	class   [256]byteClass
	quoting bool
	unsafe  strictness
	with    rune
	// formulas says what becomes of texts that a spreadsheet would run.
	formulas strictness
}

func newFieldWriter(s rowSpec) *fieldWriter {
	w := &fieldWriter{quoting: s.quoting, unsafe: s.unsafe, with: []rune(s.with)[0], formulas: s.formulas}
	for b := range 256 {
		switch {
		case b >= utf8.RuneSelf:
			w.class[b] = wideByte
		case unicode.IsControl(rune(b)):
			w.class[b] = badByte
		}
	}
	if s.quoting {
		w.class['"'], w.class['\r'], w.class['\n'], w.class['\t'] = quoteByte, quoteByte, quoteByte, plainByte
	}
	if s.blanks {
		w.class[' '] = badByte
	}
	if !s.fixed && s.delimiter != "" {
		// The first byte stands for a delimiter of several: quoting too often does no harm, and
		// replacing it keeps the delimiter from arising.
		c := badByte
		if s.quoting {
			c = quoteByte
		}
		w.class[s.delimiter[0]] = c
	}
	return w
}

var errFormula = errors.New("begins as a formula of a spreadsheet does, which the layout refuses")

var errUnsafe = errors.New("holds a character that this format cannot write")

// finish makes the raw value at dst[mark:] a field of the file.
func (w *fieldWriter) finish(dst []byte, mark int, c *column, s *scratch) ([]byte, error) {
	if w.formulas != keep && c.kind == TextField && len(dst) > mark && strings.IndexByte("=+-@\t\r", dst[mark]) >= 0 {
		if w.formulas == refuse {
			return dst, errFormula
		}
		s.text = append(s.text[:0], dst[mark+1:]...)
		dst = append(utf8.AppendRune(dst[:mark], w.with), s.text...)
	}
	worst, wide := plainByte, false
	for _, b := range dst[mark:] {
		switch w.class[b] {
		case wideByte:
			wide = true
		case badByte:
			worst = badByte
		case quoteByte:
			worst = max(worst, quoteByte)
		}
	}
	if worst == badByte || wide {
		var err error
		if dst, err = w.clean(dst, mark, s); err != nil {
			return dst, err
		}
	}
	if c.max > 0 && c.overflow != overflowShift && utf8.RuneCount(dst[mark:]) > c.max {
		if c.overflow == overflowRefuse {
			return dst, errTooLong
		}
		dst = cutRunes(dst, mark, c.max)
	}
	if c.width > 0 {
		var err error
		if dst, err = c.fit(dst, mark); err != nil {
			return dst, err
		}
	}
	if w.quoting && worst != plainByte {
		dst = w.quote(dst, mark, s)
	}
	return dst, nil
}

// clean replaces or refuses what the format cannot write.
func (w *fieldWriter) clean(dst []byte, mark int, s *scratch) ([]byte, error) {
	s.text = append(s.text[:0], dst[mark:]...)
	dst = dst[:mark]
	for rest := s.text; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		bad := r < utf8.RuneSelf && w.class[r] == badByte || r >= utf8.RuneSelf && unsafeRune(r) || r == utf8.RuneError && n == 1
		switch {
		case !bad:
			dst = append(dst, rest[:n]...)
		case w.unsafe == refuse:
			return append(dst[:mark], s.text...), errUnsafe
		default:
			dst = utf8.AppendRune(dst, w.with)
		}
		rest = rest[n:]
	}
	return dst, nil
}

func (w *fieldWriter) needsQuotes(field []byte) bool {
	for _, b := range field {
		if w.class[b] == quoteByte {
			return true
		}
	}
	return false
}

// quote encloses the field at dst[mark:] in quotes and doubles those inside.
func (w *fieldWriter) quote(dst []byte, mark int, s *scratch) []byte {
	if !w.needsQuotes(dst[mark:]) {
		return dst
	}
	s.text = append(s.text[:0], dst[mark:]...)
	dst = append(dst[:mark], '"')
	for _, b := range s.text {
		if b == '"' {
			dst = append(dst, '"')
		}
		dst = append(dst, b)
	}
	return append(dst, '"')
}

var errTooLong = errors.New("is longer than the layout permits")

// cutRunes keeps the first n characters of dst[mark:].
func cutRunes(dst []byte, mark, n int) []byte {
	end := mark
	for ; n > 0 && end < len(dst); n-- {
		_, size := utf8.DecodeRune(dst[end:])
		end += size
	}
	return dst[:end]
}

var errTooWide = errors.New("is wider than its column")

// fit cuts or pads the value at dst[mark:] to the column's width, counted in characters.
func (c *column) fit(dst []byte, mark int) ([]byte, error) {
	n := utf8.RuneCount(dst[mark:])
	if n > c.width {
		switch c.overflow {
		case overflowShift:
			return dst, nil
		case overflowNines:
			dst = dst[:mark]
			for range c.width {
				dst = append(dst, '9')
			}
			return dst, nil
		case overflowCut:
			return cutRunes(dst, mark, c.width), nil
		}
		return dst, errTooWide
	}
	missing := c.width - n
	if missing == 0 {
		return dst, nil
	}
	end := len(dst)
	for range missing {
		dst = append(dst, c.pad)
	}
	if c.right {
		if c.pad == '0' && end > mark && dst[mark] == '-' {
			mark++ // zeros stand behind the sign
		}
		copy(dst[mark+missing:], dst[mark:end])
		for i := range missing {
			dst[mark+i] = c.pad
		}
	}
	return dst, nil
}
