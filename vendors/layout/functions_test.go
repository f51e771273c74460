package layout

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/expr-lang/expr/builtin"
	"github.com/stretchr/testify/require"
)

// TestFunctions holds the documented list to what the compiler permits, and each example to its result.
func TestFunctions(t *testing.T) {
	var names []string
	for _, f := range Functions() {
		names = append(names, f.Name)
		require.NotEmpty(t, f.Meaning, f.Name)
		require.Contains(t, f.Usage, f.Name+"(")
		require.Contains(t, f.Example, f.Name+"(")
		e, err := compileExpression(f.Example, grainQueue, nil, nil, time.UTC)
		require.NoError(t, err, f.Name)
		v, state, err := e.run(new(scratch), &row{})
		require.NoError(t, err, f.Name)
		require.Equal(t, wfm.Defined, state, f.Name)
		require.Equal(t, f.Result, fmt.Sprint(v), f.Name)
	}
	require.ElementsMatch(t, builtins(), names)
	refused := 0
	for _, f := range builtin.Builtins {
		if slices.Contains(names, f.Name) {
			continue
		}
		for _, arguments := range []string{"", "1", `"a"`, "1, 2", `"a", "b"`, "[1]", "[1], 1", "[1], # > 0"} {
			_, err := compileExpression("string("+f.Name+"("+arguments+"))", grainQueue, nil, nil, time.UTC)
			require.Error(t, err, "%s(%s) is permitted and not documented", f.Name, arguments)
		}
		refused++
	}
	require.Greater(t, refused, 20)
}
