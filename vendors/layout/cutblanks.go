package layout

import "strings"

// cutByBlanks cuts a shifted row at its blanks. It is sure of the result only where writing the fields gives the
// same row again, which no field that is empty or holds a blank survives.
func cutByBlanks(row string, columns []*column, gap string) ([]string, bool) {
	texts := strings.FieldsFunc(row, func(c rune) bool { return c == ' ' })
	if gap == "" || len(texts) != len(columns) {
		return nil, false
	}
	again := make([]byte, 0, len(row))
	for i, c := range columns {
		if i > 0 {
			again = append(again, gap...)
		}
		mark := len(again)
		var err error
		if again, err = c.fit(append(again, texts[i]...), mark); err != nil {
			return nil, false
		}
		texts[i] = c.trim(texts[i])
	}
	return texts, string(again) == row
}
