package vendortest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
)

// A reading is one way in which a product may take a text apart. The kit does not know the format of an adapter;
// so it tries them all. Those that make sense of a text with plain names are candidates, and one of
// them must give the same structure whatever the names are.
type reading struct {
	name  string
	parse func(text string) ([][]string, error) // records and their fields
}

// readings are those that find the plain name in a record of several fields; where none does, by lines alone.
func readings(text, name string) []reading {
	if jsonShape(text) != "" {
		return []reading{{"JSON", func(text string) ([][]string, error) {
			shape := jsonShape(text)
			if shape == "" {
				return nil, errors.New("is no JSON any more")
			}
			return [][]string{strings.Split(shape, " ")}, nil
		}}}
	}
	var list []reading
	for _, d := range []string{",", ";", "|", "\t", "^", "~", " "} {
		ways := []reading{
			{"quoted fields parted by " + showDelimiter(d), func(text string) ([][]string, error) { return splitQuoted(text, d[0], false) }},
			{"quoted fields with backslashes parted by " + showDelimiter(d), func(text string) ([][]string, error) { return splitQuoted(text, d[0], true) }},
		}
		switch {
		case d != " ":
			ways = append(ways, reading{"fields parted by " + showDelimiter(d), func(text string) ([][]string, error) { return splitPlain(text, d), nil }})
		case !strings.Contains(text, `"`+name+`"`):
			continue // blanks fill fixed columns as well; they part fields only where names are quoted
		}
		for _, r := range ways {
			records, err := r.parse(text)
			if err == nil && slices.ContainsFunc(records, func(fields []string) bool {
				return len(fields) > 1 && (!strings.Contains(text, name) || slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(f, name) }))
			}) {
				list = append(list, r)
			}
		}
	}
	if len(list) == 0 {
		list = []reading{{"lines", func(text string) ([][]string, error) { return splitPlain(text, ""), nil }}}
	}
	return list
}

func showDelimiter(d string) string {
	switch d {
	case "\t":
		return "TAB"
	case " ":
		return "a blank"
	}
	return d
}

// splitPlain is how a product reads that knows no quotes. CR, LF and both together end a line.
func splitPlain(text, delimiter string) [][]string {
	var records [][]string
	for line := range strings.Lines(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")) {
		line = strings.TrimSuffix(line, "\n")
		if delimiter == "" {
			records = append(records, []string{line})
			continue
		}
		records = append(records, strings.Split(line, delimiter))
	}
	return records
}

var errQuotes = errors.New("has a quote where none may stand")

// splitQuoted is how a product reads that follows RFC 4180, to the letter, or one that has backslashes in
// quotes as programming languages have.
func splitQuoted(text string, delimiter byte, backslash bool) ([][]string, error) {
	var records [][]string
	var fields []string
	for i := 0; i < len(text); {
		var field string
		if text[i] == '"' {
			var b strings.Builder
		field:
			for i++; ; i++ {
				if i >= len(text) {
					return nil, errQuotes
				}
				switch {
				case backslash && text[i] == '\\' && i+1 < len(text), !backslash && strings.HasPrefix(text[i:], `""`):
					i++
				case text[i] == '"':
					break field
				}
				b.WriteByte(text[i])
			}
			i++
			field = b.String()
			if i < len(text) && text[i] != delimiter && text[i] != '\r' && text[i] != '\n' {
				return nil, errQuotes
			}
		} else {
			end := i
			for end < len(text) && text[end] != delimiter && text[end] != '\r' && text[end] != '\n' {
				if text[end] == '"' {
					return nil, errQuotes
				}
				end++
			}
			field, i = text[i:end], end
		}
		fields = append(fields, field)
		if i < len(text) && text[i] == delimiter {
			if i++; i == len(text) {
				fields = append(fields, "")
			}
			continue
		}
		if strings.HasPrefix(text[i:], "\r\n") {
			i++
		}
		i++
		records, fields = append(records, fields), nil
	}
	if fields != nil {
		records = append(records, fields)
	}
	return records, nil
}

// jsonShape is the structure of one or more JSON documents without their values; empty where the text is none.
func jsonShape(text string) string {
	if t := strings.TrimSpace(text); t == "" || t[0] != '{' && t[0] != '[' {
		return ""
	}
	var shape []string
	dec := json.NewDecoder(strings.NewReader(text))
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return ""
		}
		if d, ok := token.(json.Delim); ok {
			shape = append(shape, d.String())
		} else {
			shape = append(shape, "v")
		}
	}
	return strings.Join(shape, " ")
}

// sameStructure tells whether two texts have as many records with as many fields each.
func sameStructure(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(x, y []string) bool { return len(x) == len(y) })
}

// decodeText reads UTF-16 as such, by its byte-order mark or its many zero bytes, and anything else as it stands.
func decodeText(b []byte) string {
	order := byte(0) // which byte of a pair is the low one
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		b = b[2:]
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		b, order = b[2:], 1
	case len(b) < 2 || len(b)%2 != 0 || bytes.Count(b, []byte{0})*3 < len(b):
		return string(bytes.TrimPrefix(b, []byte("\xEF\xBB\xBF")))
	case b[0] == 0:
		order = 1
	}
	units := make([]uint16, 0, len(b)/2)
	for i := 0; i+1 < len(b); i += 2 {
		units = append(units, uint16(b[i+int(order)])|uint16(b[i+1-int(order)])<<8)
	}
	return string(utf16.Decode(units))
}
