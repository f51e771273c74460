package layout

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCutByBlanks cuts rows in which two texts may have moved the rest, and leaves those alone that can be read in two ways.
func TestCutByBlanks(t *testing.T) {
	columns := []*column{
		{name: "a", kind: TextField, width: 4, right: true, pad: ' ', overflow: overflowShift},
		{name: "b", kind: TextField, width: 4, right: true, pad: ' ', overflow: overflowShift},
		{name: "n", kind: NumberField, width: 3, right: true, pad: '0', overflow: overflowShift},
	}
	for row, want := range map[string][]string{
		"   x  yyyyyy  007":    {"x", "yyyyyy", "7"},
		"xxxxxx     y  123456": {"xxxxxx", "y", "123456"},
		"xxxxxx  yyyyyy  000":  {"xxxxxx", "yyyyyy", "0"},
		"xxx xx        000":    nil, // a name with a blank and an empty one
		"xxxxx y  yyyyy  000":  nil,
		"xxxxxx yyyyyy  000":   nil, // one blank is no gap
		"xxxxxx  y  000  9":    nil,
	} {
		texts, reason := cutFixed(row, columns, rowSpec{fixed: true, delimiter: "  "})
		if want == nil {
			require.Equal(t, tooShifted, reason, row)
			continue
		}
		require.Empty(t, reason, row)
		require.Equal(t, want, texts, row)
	}
}
