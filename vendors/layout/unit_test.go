package layout

import (
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPatternProblems(t *testing.T) {
	for pattern, want := range map[string]string{
		"":              "holds no date or time",
		"--":            "holds no date or time",
		"QQ":            `unknown part "QQ"`,
		"YYYYY":         `unknown part "YYYYY"`,
		"hh:mm":         "needs both hh and tt",
		"HH:mm tt":      "needs both hh and tt",
		"HH:MM":         "minutes are mm",
		"DD/mm/YYYY":    "months are MM",
		"'open":         "quote that is not closed",
		"HH\nmm":        "control character",
		"YYYY-MM-DD at": `unknown part "a"`,
	} {
		_, err := compilePattern(pattern)
		require.ErrorContains(t, err, want, "pattern %q", pattern)
	}
}

func TestPatternWritesWhatItReads(t *testing.T) {
	zone := time.FixedZone("", -(3*3600 + 30*60))
	for pattern, want := range map[string]string{
		"YYYY-MM-DD HH:mm:ss": "2026-03-02 04:05:06",
		"D.M.YY H.m.s":        "2.3.26 4.5.6",
		"DD/MM/YYYY hh:mm tt": "02/03/2026 04:05 AM",
		"YYYYMMDDTHHmmssZ":    "20260302T040506-03:30",
		"YYYY-MM-DD HH:mm ZZ": "2026-03-02 04:05 -03:30",
		"YYYYMMDDHHmmssZZZ":   "20260302040506-0330",
		"'day' DD 'é' HH":     "day 02 é 04",
		"unix":                "1772436906",
		"unixms":              "1772436906000",
	} {
		p, err := compilePattern(pattern)
		require.NoError(t, err, pattern)
		at := time.Date(2026, 3, 2, 4, 5, 6, 0, zone)
		require.Equal(t, want, string(p.append(nil, at)))
		c, ok := p.parse(want)
		require.True(t, ok, pattern)
		got, ok := c.in(zone)
		require.True(t, ok)
		require.Equal(t, want, string(p.append(nil, got.In(zone))), "read %s and written again", pattern)
	}
	p, err := compilePattern("YYYY-MM-DD HH:mm")
	require.NoError(t, err)
	for _, bad := range []string{"", "2026-03-02 04:0", "2026-03-02 04:05 ", "2026-13-02 04:05", "2026-03-02 24:00", "x026-03-02 04:05"} {
		_, ok := p.parse(bad)
		require.False(t, ok, "%q", bad)
	}
	c, ok := p.parse("2026-02-30 04:05")
	require.True(t, ok)
	_, ok = c.in(time.UTC)
	require.False(t, ok, "30 February")
}

func TestPatternTwelveHours(t *testing.T) {
	p, err := compilePattern("h:mm tt")
	require.NoError(t, err)
	for hour, want := range map[int]string{0: "12:00 AM", 1: "1:00 AM", 11: "11:00 AM", 12: "12:00 PM", 13: "1:00 PM", 23: "11:00 PM"} {
		require.Equal(t, want, string(p.append(nil, time.Date(2026, 1, 1, hour, 0, 0, 0, time.UTC))))
		c, ok := p.parse(want)
		require.True(t, ok)
		got, ok := c.in(time.UTC)
		require.True(t, ok)
		require.Equal(t, hour, got.Hour())
	}
}

func TestDecimalRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.Int64Range(-math.MaxInt64, math.MaxInt64).Draw(t, "scaled")
		precision := rapid.IntRange(0, 9).Draw(t, "precision")
		mark := rapid.SampledFrom([]string{".", ","}).Draw(t, "mark")
		text := string(appendDecimal(nil, v, precision, mark))
		exact, ok := new(big.Rat).SetString(strings.Replace(text, ",", ".", 1))
		require.True(t, ok, text)
		pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)
		require.Zero(t, exact.Cmp(new(big.Rat).SetFrac(big.NewInt(v), pow)), text)
		got, ok := parseDecimal(text, precision, mark)
		require.True(t, ok, text)
		require.Equal(t, v, got)
	})
}

func TestParseDecimalRefuses(t *testing.T) {
	for _, s := range []string{"", "-", "x", "1.234", "1.-2", "+1", "1.+2", ".5", " 1", "1e3", "99999999999999999999"} {
		_, ok := parseDecimal(s, 2, ".")
		require.False(t, ok, "%q", s)
	}
}

// TestFloatRounding compares with the same rounding in rational numbers.
func TestFloatRounding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(-1e9, 1e9).Draw(t, "f")
		precision := rapid.IntRange(0, 6).Draw(t, "precision")
		got, err := scaledFloat(f, scale{0, 1}, precision)
		require.NoError(t, err)
		// got - 1/2 <= f*10^p < got + 1/2
		x := new(big.Rat).SetFloat64(f)
		x.Mul(x, new(big.Rat).SetInt(new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision)), nil)))
		half := big.NewRat(1, 2)
		low := new(big.Rat).Sub(new(big.Rat).SetInt64(got), half)
		high := new(big.Rat).Add(new(big.Rat).SetInt64(got), half)
		require.True(t, low.Cmp(x) <= 0 && x.Cmp(high) < 0, "%v at %d gives %d", f, precision, got)
	})
	_, err := scaledFloat(1e300, scale{0, 1}, 0)
	require.Error(t, err)
}

func testRow(values map[wfm.Counter]int64) *row {
	var list []wfm.Counter
	for c := range values {
		list = append(list, c)
	}
	set := wfm.NewCounterSet(list...)
	counts := make([]int64, set.Len())
	for i := range counts {
		counts[i] = values[set.At(i)]
	}
	return &row{counts: wfm.NewCounts(set, counts), workgroup: "W"}
}

func TestExpressions(t *testing.T) {
	r := testRow(map[wfm.Counter]int64{wfm.NEnteredAcd: 7, wfm.NAnsweredAcd: 2, wfm.NAbandonedAcd: 0, wfm.TAcw: wfm.Missing,
		wfm.TTalkAcd: math.MaxInt64, wfm.NFlowOutAcd: 0})
	for src, want := range map[string]struct {
		exact bool
		value wfm.Ratio
		err   string
	}{
		"nEnteredAcd + nAnsweredAcd * 3 - 1":          {true, wfm.Ratio{Num: 12, Den: 1}, ""},
		"-(nEnteredAcd - 10)":                         {true, wfm.Ratio{Num: 3, Den: 1}, ""},
		"+nEnteredAcd":                                {true, wfm.Ratio{Num: 7, Den: 1}, ""},
		"offered + offeredByOutcome":                  {true, wfm.Ratio{Num: 9, Den: 1}, ""},
		"nEnteredAcd / nAnsweredAcd":                  {true, wfm.Ratio{Num: 7, Den: 2}, ""},
		"nEnteredAcd / nAbandonedAcd":                 {true, wfm.Ratio{Num: 7, Den: 0}, ""},
		"tAcw + 1":                                    {true, wfm.Ratio{Num: wfm.Missing, Den: 1}, ""},
		"tTalkAcd + 1":                                {true, wfm.Ratio{}, "overflows"},
		"tTalkAcd * 2":                                {true, wfm.Ratio{}, "overflows"},
		"0 - tTalkAcd - 2":                            {true, wfm.Ratio{}, "overflows"},
		"nEnteredAcd > 3 ? nEnteredAcd : 0":           {false, wfm.Ratio{Num: 7, Den: 1}, ""},
		"max(nEnteredAcd, nAnsweredAcd)":              {false, wfm.Ratio{Num: 7, Den: 1}, ""},
		"nEnteredAcd % 4":                             {false, wfm.Ratio{Num: 3, Den: 1}, ""},
		"true ? tAcw : 0":                             {false, wfm.Ratio{Num: wfm.Missing, Den: 1}, ""},
		"nEnteredAcd % nAbandonedAcd":                 {false, wfm.Ratio{}, "formula fails"},
		"workgroup == 'W' ? bucket * 2 : nEnteredAcd": {true, wfm.Ratio{Num: 6, Den: 1}, ""},
	} {
		e, err := compileExpression(src, grainQueue, []Setting{{Name: "bucket", Number: true}}, map[string]string{"bucket": "3"}, time.UTC)
		require.NoError(t, err, src)
		require.Equal(t, want.exact, e.exact != nil, "%s compiles to exact arithmetic", src)
		n, err := e.number(new(scratch), r)
		if want.err != "" {
			require.ErrorContains(t, err, want.err, src)
			continue
		}
		require.NoError(t, err, src)
		require.Equal(t, want.value, n.ratio, src)
	}
}

func TestExpressionUndefined(t *testing.T) {
	r := testRow(map[wfm.Counter]int64{wfm.NAnsweredAcd: 0, wfm.TTalkAcd: 5, wfm.TAcw: 0, wfm.NEnteredAcd: 3})
	for _, src := range []string{"aht + 1.0", "1.0 * tTalkAcd / nAnsweredAcd", "0.0 * tAcw / nAnsweredAcd"} {
		e, err := compileExpression(src, grainQueue, nil, nil, time.UTC)
		require.NoError(t, err, src)
		n, err := e.number(new(scratch), r)
		require.NoError(t, err, src)
		require.Equal(t, wfm.Undefined, n.state(), src)
	}
}

func TestExpressionNeeds(t *testing.T) {
	e, err := compileExpression("handled > 0 ? aht : tTalkAcd / 2", grainQueue, nil, nil, time.UTC)
	require.NoError(t, err)
	require.Equal(t, []wfm.Counter{wfm.NAnsweredAcd, wfm.TTalkAcd, wfm.TAcw}, wfm.NewCounterSet(e.counters...).List())
	_, err = compileExpression(strings.Repeat("1+", 1001)+"1", grainQueue, nil, nil, time.UTC)
	require.ErrorContains(t, err, "2000 characters")
	_, err = compileExpression("agent + '!'", grainQueue, nil, nil, time.UTC)
	require.ErrorContains(t, err, "unknown name agent")
}

func TestTemplate(t *testing.T) {
	scope := templateScope{kind: "k", loc: time.UTC, inName: true, media: "Call"}
	tpl, err := compileTemplate("{{a}} {kind}-{media}{repeat} {start:HH:mm}-{end.utc:HH:mm}.txt", scope)
	require.NoError(t, err)
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	r := row{interval: wfm.Window{Start: at, End: at.Add(time.Hour)}, repeat: "_2"}
	got := string(tpl.append(nil, &r))
	require.Equal(t, "{a} k-Call_2 03:00-04:00.txt", got)
	scope.inName = false
	line, err := compileTemplate("{kind} of {media}, {start:HH:mm}-{end:HH:mm}", scope)
	require.NoError(t, err)
	require.True(t, line.match("k of Call, 03:00-04:00"))
	for _, other := range []string{"k of Call, 03:00-04:00x", "j of Call, 03:00-04:00", "k of Call, 3:00-04:00", ""} {
		require.False(t, line.match(other), other)
	}
	for src, want := range map[string]string{
		"{": "without its partner", "a}": "without its partner", "{start}": "no pattern", "{start:QQ}": "unknown part",
		"{colour}": "unknown placeholder {colour}", "a\x00": "control character", "{workgroup}": "unknown placeholder",
	} {
		_, err := compileTemplate(src, scope)
		require.ErrorContains(t, err, want, src)
	}
}

func TestSubstitute(t *testing.T) {
	values := map[string]string{"a": "1", "b": "{a}"}
	for in, want := range map[string]string{"{a}": "1", "x{a}y{c}": "x1y{c}", "{{a}}": "{{a}}", "{b}": "{a}", "{a": "{a", "": ""} {
		require.Equal(t, want, substitute(in, values), in)
	}
}

func TestZeroPadding(t *testing.T) {
	c := &column{width: 6, right: true, pad: '0', kind: NumberField, precision: 1, mark: ".", overflow: overflowRefuse}
	for in, want := range map[string]string{"1.5": "0001.5", "-1.5": "-001.5", "0.0": "0000.0"} {
		got, err := c.fit([]byte(in), 0)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
		require.Equal(t, in, c.trim(want))
	}
	_, err := c.fit([]byte("1234567"), 0)
	require.ErrorIs(t, err, errTooWide)
}

func TestEndOfInterval(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	hour := func(start string) wfm.Window {
		at, err := time.Parse(time.RFC3339, start)
		require.NoError(t, err)
		return wfm.Window{Start: at, End: at.Add(time.Hour)}
	}
	for start, want := range map[string]string{
		"2026-10-25T00:00:00Z": "03:00", // the first 02:00, before the clock is put back
		"2026-10-25T01:00:00Z": "03:00", // the second
		"2026-03-29T00:00:00Z": "02:00", // before the clock is put forward
	} {
		require.Equal(t, want, endIn(hour(start), berlin).Format("15:04"), start)
	}
	day := wfm.Grid{Length: wfm.Day, Location: berlin}.Slot(time.Date(2026, 10, 25, 12, 0, 0, 0, time.UTC))
	require.Equal(t, "2026-10-26 00:00", endIn(day, berlin).Format("2006-01-02 15:04"))
}

func TestInsertBeforeExtension(t *testing.T) {
	for in, want := range map[string]string{"a.txt": "a_2.txt", "a": "a_2", ".txt": ".txt_2", "a.b/c": "a.b/c_2", "1.2.3": "1.2_2.3"} {
		require.Equal(t, want, insertBeforeExtension(in, "_2"))
	}
}
