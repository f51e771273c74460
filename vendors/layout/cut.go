package layout

import (
	"strings"
	"unicode/utf8"
)

// cutFixed cuts a row of fixed columns. A row as long as its columns is cut by position. A longer
// row was shifted by a value wider than its column: numbers are then read from both ends, where
// blanks part them, and what is left is the one text that can have shifted the row. Where several can have, a row
// without empty fields or blanks inside them is cut at its blanks.
func cutFixed(row string, columns []*column, rows rowSpec) (texts []string, reason string) {
	gap := rows.delimiter
	total := (len(columns) - 1) * len(gap)
	for _, c := range columns {
		total += c.width
	}
	if rows.trailing {
		var ok bool
		if row, ok = strings.CutSuffix(row, gap); !ok {
			return nil, "does not end in the delimiter"
		}
	}
	switch n := utf8.RuneCountInString(row); {
	case n == total:
		return cutByPosition(row, columns, gap)
	case n < total:
		return nil, "is shorter than its columns"
	}
	if texts, reason = cutShifted(row, columns, gap); reason == tooShifted {
		if apart, ok := cutByBlanks(row, columns, gap); ok {
			return apart, ""
		}
	}
	return texts, reason
}

// takeRunes cuts the first n characters off.
func takeRunes(s string, n int) (head, rest string) {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return s[:i], s[i:]
}

func cutByPosition(row string, columns []*column, gap string) ([]string, string) {
	texts := make([]string, len(columns))
	for i, c := range columns {
		var field string
		if i > 0 {
			if !strings.HasPrefix(row, gap) {
				return nil, "has no blank before column " + c.name
			}
			row = row[len(gap):]
		}
		field, row = takeRunes(row, c.width)
		texts[i] = c.trim(field)
	}
	return texts, ""
}

const tooShifted = "is longer than its columns, and which value shifted it cannot be told"

func cutShifted(row string, columns []*column, gap string) ([]string, string) {
	if gap == "" {
		return nil, tooShifted
	}
	texts := make([]string, len(columns))
	left, right := 0, len(columns)
	// From the left: columns that cannot have shifted the row stand at their place; numbers end at
	// a blank.
	for ; left < right; left++ {
		c := columns[left]
		if c.shifts(TextField) {
			break
		}
		field, rest := takeRunes(row, c.width)
		if c.shifts(NumberField) {
			more, _, _ := strings.Cut(rest, " ")
			field, rest = field+more, rest[len(more):]
		}
		texts[left] = c.trim(field)
		if row = strings.TrimPrefix(rest, gap); len(row) == len(rest) && left+1 < len(columns) {
			return nil, tooShifted
		}
	}
	// From the right, the same backwards.
	for right > left+1 {
		c := columns[right-1]
		if c.shifts(TextField) {
			return nil, tooShifted
		}
		at := len(row)
		for range c.width {
			_, size := utf8.DecodeLastRuneInString(row[:at])
			at -= size
		}
		if c.shifts(NumberField) {
			at = strings.LastIndexByte(row[:at], ' ') + 1
		}
		texts[right-1] = c.trim(row[at:])
		var ok bool
		if row, ok = strings.CutSuffix(row[:at], gap); !ok {
			return nil, tooShifted
		}
		right--
	}
	if left == len(columns) && row != "" {
		return nil, tooShifted
	}
	if left < len(columns) {
		texts[left] = columns[left].trim(row)
	}
	return texts, ""
}

// shifts tells whether a value of the given kind may be wider than its column. Times are as wide as
// their pattern.
func (c *column) shifts(kind Kind) bool { return c.overflow == overflowShift && c.kind == kind }

// trim takes the padding off a field.
func (c *column) trim(s string) string {
	if c.width == 0 {
		return s
	}
	if !c.right {
		return strings.TrimRight(s, string(c.pad))
	}
	if c.pad == '0' {
		digits := strings.TrimPrefix(s, "-")
		sign := s[:len(s)-len(digits)]
		kept := strings.TrimLeft(digits, "0")
		if kept == "" || kept[0] < '0' || kept[0] > '9' {
			kept = digits[max(0, len(digits)-len(kept)-1):]
		}
		return sign + kept
	}
	return strings.TrimLeft(s, string(c.pad))
}

// decode reads the text of a field; reason says what is wrong with it.
func (c *column) decode(text string) (f Field, reason string) {
	f = Field{Name: c.name, Kind: c.kind, Text: text}
	switch c.kind {
	case NumberField:
		if text == "" || c.undef.kind == ruleText && text == c.undef.text || c.absent.kind == ruleText && text == c.absent.text {
			f.Absent = text != "" || c.zero.kind != ruleBlank || c.undef.kind == ruleBlank || c.absent.kind == ruleBlank
			f.Decimals = c.precision
			return f, ""
		}
		if c.zero.kind == ruleText && text == c.zero.text {
			f.Decimals = c.precision
			return f, ""
		}
		v, ok := parseDecimal(text, c.precision, c.mark)
		if !ok {
			return f, "is not a number of the column's precision"
		}
		f.Number, f.Decimals = v, c.precision
	case TimeField:
		if f.Absent = c.open && text == ""; f.Absent {
			return f, ""
		}
		civil, ok := c.pattern.parse(text)
		if ok {
			f.Time, ok = civil.in(c.loc)
		}
		if !ok {
			return f, "is not a time like " + c.pattern.source
		}
	}
	return f, ""
}
