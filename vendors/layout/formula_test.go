package layout

import (
	"fmt"
	"math"
	"math/big"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestFormulasGiveWhatTheMachineGives compares formulas in Go with the expression machine.
func TestFormulasGiveWhatTheMachineGives(t *testing.T) {
	whole := []string{"nEnteredAcd", "nAnsweredAcd", "tTalkAcd", "handleTime", "limit", "3", "-2"}
	float := []string{"aht", "abandonRate", "1.5", "nEnteredAcd / 7", "tTalkAcd / nAnsweredAcd"}
	texts := []string{"workgroup", "agent", "word", "'A'"}
	settings := []Setting{{Name: "limit", Number: true}, {Name: "word"}}
	ran := 0
	rapid.Check(t, func(t *rapid.T) {
		var draw func(kind string, depth int) string
		draw = func(kind string, depth int) string {
			pick := func(of ...string) string { return rapid.SampledFrom(of).Draw(t, kind) }
			number := func() string { return draw(pick("whole", "float"), depth-1) }
			if kind == "truth" && depth <= 0 {
				return pick("true", "false", "(nEnteredAcd > 2)", "(workgroup == agent)")
			}
			if depth <= 0 {
				return pick(map[string][]string{"whole": whole, "float": float, "text": texts}[kind]...)
			}
			if kind == "truth" {
				switch rapid.IntRange(0, 3).Draw(t, "truth") {
				case 0:
					return "(" + number() + pick(" == ", " != ", " < ", " <= ", " > ", " >= ") + number() + ")"
				case 1:
					return "(" + draw("text", depth-1) + pick(" == ", " != ", " < ", " >= ") + draw("text", depth-1) + ")"
				case 2:
					return "(" + draw("truth", depth-1) + pick(" and ", " || ", " == ", " != ") + draw("truth", depth-1) + ")"
				}
				return pick("not ", "!") + "(" + draw("truth", depth-1) + ")"
			}
			switch n := rapid.IntRange(0, 3).Draw(t, "node"); {
			case n == 0 || kind == "text":
				return "(" + draw("truth", depth-1) + " ? " + draw(kind, depth-1) + " : " + draw(kind, depth-1) + ")"
			case n == 1:
				return "(-" + draw(kind, depth-1) + ")"
			case kind == "whole":
				return "(" + draw(kind, depth-1) + pick(" + ", " - ", " * ") + draw(kind, depth-1) + ")"
			}
			return "(" + number() + pick(" + ", " - ", " * ", " / ") + draw("float", depth-1) + ")"
		}
		src := draw(rapid.SampledFrom([]string{"whole", "float", "text"}).Draw(t, "type"), rapid.IntRange(0, 4).Draw(t, "depth"))
		e, err := compileExpression(src, grainAgentQueue, settings, map[string]string{"limit": "9", "word": "A"}, time.UTC)
		if err != nil {
			require.ErrorContains(t, err, "2000 characters", src)
			t.Skip("the formula drawn is longer than a layout permits")
		}
		require.False(t, e.formula.whole == nil && e.formula.float == nil && e.formula.text == nil, src)
		quick, machine := *e, *e
		quick.exact, machine.exact, machine.formula = nil, nil, formula{}
		set := wfm.NewCounterSet(e.counters...)
		for range 5 {
			values := make([]int64, set.Len())
			for i := range values {
				values[i] = rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(-9, 1<<40), rapid.Just(wfm.Missing), rapid.Just(int64(math.MaxInt64))).Draw(t, "value")
			}
			r := &row{workgroup: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "workgroup"), agent: "A", counts: wfm.NewCounts(set, values)}
			var memory scratch
			if e.isText {
				got, gotErr := quick.text(&memory, r)
				want, wantErr := machine.text(&memory, r)
				require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(gotErr), src)
				require.Equal(t, want, got, src)
				continue
			}
			got, gotErr := quick.number(&memory, r)
			want, wantErr := machine.number(&memory, r)
			require.Equal(t, fmt.Sprint(wantErr), fmt.Sprint(gotErr), src)
			require.Equal(t, math.Float64bits(want.float), math.Float64bits(got.float), src)
			require.Equal(t, [2]any{want.ratio, want.isFloat}, [2]any{got.ratio, got.isFloat}, src)
			ran++
		}
	})
	require.NotZero(t, ran)
}

// TestFormulasForTheMachine shows which formulas are left to it.
func TestFormulasForTheMachine(t *testing.T) {
	for _, src := range []string{"max(nEnteredAcd, 2)", "workgroup + agent", "nEnteredAcd % 2", "upper(workgroup) == 'A' ? 1 : 2", "string(nEnteredAcd)"} {
		e, err := compileExpression(src, grainAgentQueue, nil, nil, time.UTC)
		require.NoError(t, err)
		require.Equal(t, []bool{true, true, true}, []bool{e.formula.whole == nil, e.formula.float == nil, e.formula.text == nil}, src)
	}
}

// TestSumsAreExact compares sums of counters with big numbers.
func TestSumsAreExact(t *testing.T) {
	counters := []wfm.Counter{wfm.NEnteredAcd, wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAcw}
	rapid.Check(t, func(t *rapid.T) {
		set := wfm.NewCounterSet(counters...)
		edge := rapid.SampledFrom([]int64{wfm.Missing, math.MinInt64 + 1, math.MaxInt64, 0, 1, -1})
		values := rapid.SliceOfN(rapid.OneOf(edge, rapid.Int64()), set.Len(), set.Len()).Draw(t, "values")
		r := &row{counts: wfm.NewCounts(set, values)}
		src, total, missing, fails := "", new(big.Int), false, false
		for i := range rapid.IntRange(2, 6).Draw(t, "terms") {
			c := rapid.SampledFrom(counters).Draw(t, "counter")
			minus := i > 0 && rapid.Bool().Draw(t, "minus")
			if i > 0 {
				src += map[bool]string{false: " + ", true: " - "}[minus]
			}
			src += c.String()
			if r.counts.Get(c) == wfm.Missing {
				missing = missing || !fails
			}
			v := big.NewInt(r.counts.Get(c))
			if minus {
				v.Neg(v)
			}
			total.Add(total, v)
			fails = fails || !missing && (!total.IsInt64() || total.Int64() == wfm.Missing)
		}
		e, err := compileExpression(src, grainQueue, nil, nil, time.UTC)
		require.NoError(t, err)
		got, ok := e.whole(r)
		switch {
		case fails:
			require.False(t, ok, src)
		case missing:
			require.True(t, ok, src)
			require.Equal(t, wfm.Missing, got, src)
		default:
			require.True(t, ok, src)
			require.Equal(t, total.Int64(), got, src)
		}
	})
}
