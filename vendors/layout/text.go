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

// byteClass sorts the bytes of a field, so that most fields are passed by one look per byte. The classes of the
// bytes of a field are joined by or.
type byteClass uint8

const (
	quoteByte byteClass = 1 << iota // the field must be quoted
	badByte                         // unsafe in this format
	wideByte                        // part of a character beyond ASCII: look closer

	plainByte byteClass = 0
)

// fieldWriter finishes fields: it replaces or refuses what cannot be written, cuts, pads and
// quotes. It is immutable.
type fieldWriter struct {
	class   [256]byteClass
	quoting bool
	unsafe  strictness
	with    rune
	swap    byte // with, where it and what it replaces need no more than that; 0 otherwise
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
	if w.unsafe == replace && w.with < utf8.RuneSelf && w.class[w.with] == plainByte {
		w.swap = byte(w.with)
	}
	return w
}

var errFormula = errors.New("begins as a formula of a spreadsheet does, which the layout refuses")

// isFormula tells whether a spreadsheet would run a text.
func isFormula[T string | []byte](text T) bool {
	return len(text) > 0 && strings.IndexByte("=+-@\t\r", text[0]) >= 0
}

var errUnsafe = errors.New("holds a character that this format cannot write")

// finish makes the raw value at dst[mark:] a field of the file.
func (w *fieldWriter) finish(dst []byte, mark int, c *column, s *scratch) ([]byte, error) {
	if w.formulas != keep && c.kind == TextField && isFormula(dst[mark:]) {
		if w.formulas == refuse {
			return dst, errFormula
		}
		s.text = append(s.text[:0], dst[mark+1:]...)
		dst = append(utf8.AppendRune(dst[:mark], w.with), s.text...)
	}
	has := plainByte
	if !c.plain {
		for _, b := range dst[mark:] {
			has |= w.class[b]
		}
	}
	if has&badByte != 0 || has&wideByte != 0 && !harmless(dst[mark:]) {
		var err error
		if dst, err = w.clean(dst, mark, s); err != nil {
			return dst, err
		}
	}
	if c.max > 0 && len(dst)-mark > c.max && c.overflow != overflowShift && utf8.RuneCount(dst[mark:]) > c.max {
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
	if w.quoting && has&(quoteByte|badByte) != 0 {
		dst = w.quote(dst, mark, s)
	}
	return dst, nil
}

// harmless tells whether all characters beyond ASCII can be written.
func harmless(field []byte) bool {
	for len(field) > 0 {
		if field[0] < utf8.RuneSelf {
			field = field[1:]
			continue
		}
		r, n := utf8.DecodeRune(field)
		if r == utf8.RuneError && n == 1 || unsafeRune(r) {
			return false
		}
		field = field[n:]
	}
	return true
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
	if c.pad == ' ' {
		dst = appendBlanks(dst, missing)
	} else {
		for range missing {
			dst = append(dst, c.pad)
		}
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
