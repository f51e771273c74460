package layout

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

// jsonType is how a column is written in rows of kind json.
type jsonType string

const (
	jsonString  jsonType = "string"
	jsonNumber  jsonType = "number"
	jsonBoolean jsonType = "boolean"
)

// recordSeparator parts the records of a document.
const recordSeparator = ','

// jsonKeys makes what stands before each column and behind the last. Names with dots are keys of objects
// inside the record; columns of one object stand together.
func (c *compiler) jsonKeys(columns []columnSpec, what string) []string {
	keys := make([]string, 0, len(columns)+1)
	var open []string // the objects that are open
	closed := map[string]bool{}
	lead := "{"
	for _, col := range columns {
		path := strings.Split(col.name, ".")
		same := 0
		for same < len(open) && same < len(path)-1 && open[same] == path[same] {
			same++
		}
		for n := len(open); n > same; n-- {
			closed[strings.Join(open[:n], ".")] = true
			lead += "}"
		}
		open = open[:same]
		if len(keys) > 0 {
			lead += ","
		}
		for _, object := range path[same : len(path)-1] {
			open = append(open, object)
			if closed[strings.Join(open, ".")] {
				c.problem(col.node, what+".columns", col.name, "stands apart from the other columns of its object", "put them together")
			}
			lead += quoteJSON(object) + ":{"
		}
		if closed[col.name] {
			c.problem(col.node, what+".columns", col.name, "is an object already", "use another name")
		}
		keys = append(keys, lead+quoteJSON(path[len(path)-1])+":")
		lead = ""
	}
	if len(columns) == 0 {
		return append(keys, "{}")
	}
	return append(keys, strings.Repeat("}", len(open)+1))
}

func quoteJSON(s string) string { return string(appendJSON(nil, s)) }

// finishJSON makes the raw value at dst[mark:] a JSON value.
func finishJSON(dst []byte, mark int, c *column, s *scratch) ([]byte, error) {
	if c.max > 0 && len(dst)-mark > c.max && c.overflow != overflowShift && utf8.RuneCount(dst[mark:]) > c.max {
		if c.overflow == overflowRefuse {
			return dst, errTooLong
		}
		dst = cutRunes(dst, mark, c.max)
	}
	raw := dst[mark:]
	switch c.literal {
	case jsonNumber:
		if len(raw) == 0 {
			return append(dst, "null"...), nil
		}
		if !isJSONNumber(raw) {
			return dst, errors.New("is not a JSON number")
		}
		return dst, nil
	case jsonBoolean:
		if v := string(raw); v != "true" && v != "false" {
			return dst, errors.New("is neither true nor false")
		}
		return dst, nil
	}
	if n := len(raw); isPlainJSON(raw) {
		dst = append(dst, '"', '"')
		copy(dst[mark+1:], dst[mark:mark+n])
		dst[mark] = '"'
		return dst, nil
	}
	s.text = append(s.text[:0], raw...)
	return appendJSON(dst[:mark], s.text), nil
}

// isPlainJSON tells whether a text stands in a JSON string as it is, which most do.
func isPlainJSON[T string | []byte](text T) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// isJSONNumber tells whether a text is a whole or decimal number as JSON writes it.
func isJSONNumber(b []byte) bool {
	digits := bytes.TrimPrefix(b, []byte("-"))
	whole, fraction, hasFraction := bytes.Cut(digits, []byte("."))
	allDigits := func(b []byte) bool {
		for _, c := range b {
			if c < '0' || c > '9' {
				return false
			}
		}
		return len(b) > 0
	}
	return allDigits(whole) && (len(whole) == 1 || whole[0] != '0') && (!hasFraction || allDigits(fraction))
}

// appendJSON writes a JSON string (RFC 8259). Bytes that are no UTF-8 become the replacement character.
func appendJSON[T string | []byte](dst []byte, text T) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(text); {
		b := text[i]
		if b >= utf8.RuneSelf {
			r, n := decodeRune(text[i:])
			dst = utf8.AppendRune(dst, r)
			i += n
			continue
		}
		switch {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b == '\n':
			dst = append(dst, '\\', 'n')
		case b < ' ' || b == 0x7f:
			dst = append(dst, '\\', 'u', '0', '0', hex[b>>4], hex[b&15])
		default:
			dst = append(dst, b)
		}
		i++
	}
	return append(dst, '"')
}

func decodeRune[T string | []byte](s T) (rune, int) {
	var buf [utf8.UTFMax]byte
	return utf8.DecodeRune(buf[:copy(buf[:], s)])
}

// cutJSON reads the columns of one record from an object, whose other members are ignored.
func cutJSON(object string, columns []*column) (texts []string, reason string) {
	dec := json.NewDecoder(strings.NewReader(object))
	dec.UseNumber()
	var members map[string]any
	if err := dec.Decode(&members); err != nil || members == nil {
		return nil, "is not a JSON object"
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, "has text behind the JSON object"
	}
	for _, c := range columns {
		var v any = members
		for key := range strings.SplitSeq(c.name, ".") {
			inner, _ := v.(map[string]any) // of what is no object nil, which has no member
			var ok bool
			if v, ok = inner[key]; !ok {
				return nil, "has no member " + strconv.Quote(c.name)
			}
		}
		text, ok := jsonText(v, c.literal)
		if !ok {
			return nil, "member " + strconv.Quote(c.name) + " is not of the column's type"
		}
		texts = append(texts, text)
	}
	return texts, ""
}

func jsonText(v any, t jsonType) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, t == jsonString
	case json.Number:
		return v.String(), t == jsonNumber
	case bool:
		return strconv.FormatBool(v), t == jsonBoolean
	case nil:
		return "", t == jsonNumber
	}
	return "", false
}
