package wfm_test

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/wfm"
)

// reference computes floor(2·num·10^decimals/den + 1) / 2, that is half up, with big integers.
func reference(num, den int64, decimals int) *big.Int {
	n := new(big.Int).Mul(big.NewInt(num), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(decimals)), nil))
	d := big.NewInt(den)
	if d.Sign() < 0 {
		n.Neg(n)
		d.Neg(d)
	}
	n.Add(n.Lsh(n, 1), d)
	return n.Div(n, d.Lsh(d, 1)) // Euclidean division, which is floor for a positive divisor
}

func TestScaledIsExact(t *testing.T) {
	edge := []int64{0, 1, -1, 2, -2, 3, 5, 7, 10, 999, math.MaxInt64, math.MaxInt64 - 1, -math.MaxInt64, 1 << 62, -(1 << 62)}
	value := rapid.OneOf(rapid.Int64Range(-math.MaxInt64, math.MaxInt64), rapid.Int64Range(-1000, 1000), rapid.SampledFrom(edge))
	rapid.Check(t, func(t *rapid.T) {
		r := wfm.Ratio{Num: value.Draw(t, "num"), Den: value.Draw(t, "den")}
		decimals := rapid.IntRange(0, 18).Draw(t, "decimals")
		got, ok := r.Scaled(decimals)
		if r.Den == 0 {
			if ok || r.State() != wfm.Undefined {
				t.Fatalf("%+v is defined", r)
			}
			return
		}
		want := reference(r.Num, r.Den, decimals)
		// The most negative number stands for Missing and is never a result.
		fits := want.IsInt64() && want.Int64() != wfm.Missing
		if !ok && fits && new(big.Int).Abs(want).Cmp(big.NewInt(math.MaxInt64)) < 0 {
			t.Fatalf("%+v to %d decimals was refused, it is %s", r, decimals, want)
		}
		if ok && (!fits || want.Int64() != got) {
			t.Fatalf("%+v to %d decimals is %s, got %d", r, decimals, want, got)
		}
	})
}

func TestScaledHalfUp(t *testing.T) {
	for _, c := range []struct {
		num, den int64
		decimals int
		want     int64
	}{
		{1, 2, 0, 1}, {-1, 2, 0, 0}, {1, -2, 0, 0}, {-3, 2, 0, -1}, {3, 2, 0, 2}, {5, 2, 0, 3}, {-5, 2, 0, -2}, {1, 3, 2, 33},
		{2, 3, 2, 67}, {-2, 3, 2, -67}, {100, 8, 1, 125}, {1, 8, 2, 13}, {-1, 8, 2, -12}, {0, 7, 3, 0}, {math.MaxInt64, 1, 0, math.MaxInt64},
	} {
		got, ok := wfm.Ratio{Num: c.num, Den: c.den}.Scaled(c.decimals)
		require.True(t, ok, "%+v", c)
		require.Equal(t, c.want, got, "%+v", c)
	}
}

// TestScaledDoesNotWrap looks at quotients whose rounding would carry beyond 64 bits.
func TestScaledDoesNotWrap(t *testing.T) {
	found := 0
	limit := new(big.Int).Lsh(big.NewInt(1), 64)
	for den := int64(1); den < 5000; den++ {
		// The largest numerator whose quotient stays below 2^64.
		num := new(big.Int).Mul(limit, big.NewInt(den))
		num.Div(num.Sub(num, big.NewInt(1)), big.NewInt(10_000))
		if !num.IsInt64() || reference(num.Int64(), den, 4).Cmp(limit) < 0 {
			continue
		}
		found++
		got, ok := wfm.Ratio{Num: num.Int64(), Den: den}.Scaled(4)
		require.False(t, ok, "%d/%d gave %d", num, den, got)
	}
	require.Positive(t, found, "the search must find such quotients")
}

func TestRatioStates(t *testing.T) {
	for _, r := range []wfm.Ratio{{Num: wfm.Missing, Den: 1}, {Num: 1, Den: wfm.Missing}, {Num: wfm.Missing, Den: 0}} {
		require.Equal(t, wfm.Absent, r.State())
		_, ok := r.Scaled(0)
		require.False(t, ok)
		_, ok = r.Float()
		require.False(t, ok)
	}
	_, ok := wfm.Ratio{Num: 1}.Float()
	require.False(t, ok)
	f, ok := wfm.Ratio{Num: 1, Den: 4}.Float()
	require.True(t, ok)
	require.InDelta(t, 0.25, f, 0)
	for _, decimals := range []int{-1, 19} {
		_, ok := wfm.Ratio{Num: 1, Den: 1}.Scaled(decimals)
		require.False(t, ok)
	}
}

// TestDerivedTable checks the table against itself: definitions, names and units.
func TestDerivedTable(t *testing.T) {
	names := map[string]bool{}
	for d, info := range wfm.DerivedValues() {
		require.NotEmpty(t, info.Name)
		require.NotEmpty(t, info.Definition)
		require.NotEmpty(t, info.Num)
		require.False(t, names[info.Name], info.Name)
		names[info.Name] = true
		require.Equal(t, info.Name, d.String())
		require.Equal(t, info, d.Info())
		require.Len(t, d.Needs(), len(info.Num)+len(info.Den))
		for _, c := range d.Needs() {
			if !strings.Contains(info.Definition, "…") { // a row of buckets
				require.Contains(t, info.Definition, c.String(), "the definition of %s in words leaves out a counter", info.Name)
			}
		}
		if info.Unit == wfm.Share {
			require.NotEmpty(t, info.Den, info.Name)
		}
		found, ok := wfm.DerivedByName(d.String())
		require.True(t, ok)
		require.Equal(t, d, found)
	}
	_, ok := wfm.DerivedByName("no such value")
	require.False(t, ok)
	require.Equal(t, "no derived value", wfm.Derived(200).String())
}

func TestDerivedValuesOfAnInterval(t *testing.T) {
	values := map[wfm.Counter]int64{wfm.NEnteredAcd: 20, wfm.NAnsweredAcd: 16, wfm.NAbandonedAcd: 3, wfm.NFlowOutAcd: 1,
		wfm.NAnsweredAcdSvcLvl1: 9, wfm.NAnsweredAcdSvcLvl2: 4, wfm.TTalkAcd: 3200, wfm.TAcw: 480, wfm.TAnsweredAcd: 200,
		wfm.TAgentTalk: 3680, wfm.TAgentAcdLoggedIn: 1320, wfm.THoldAcd: 80}
	var counters []wfm.Counter
	for c := range values {
		counters = append(counters, c)
	}
	set := wfm.NewCounterSet(counters...)
	list := make([]int64, set.Len())
	for i := range list {
		list[i] = values[set.At(i)]
	}
	counts := wfm.NewCounts(set, list)
	for d, want := range map[wfm.Derived]wfm.Ratio{
		wfm.Offered: {Num: 20, Den: 1}, wfm.Handled: {Num: 16, Den: 1}, wfm.Abandoned: {Num: 3, Den: 1},
		wfm.AHT: {Num: 3680, Den: 16}, wfm.ASA: {Num: 200, Den: 16}, wfm.AverageHold: {Num: 80, Den: 16},
		wfm.ServiceLevel1: {Num: 9, Den: 20}, wfm.ServiceLevel2: {Num: 13, Den: 20}, wfm.AbandonRate: {Num: 3, Den: 20},
		wfm.Occupancy: {Num: 3680, Den: 5000}, wfm.HandleTime: {Num: 3680, Den: 1},
	} {
		require.Equal(t, want, d.Of(counts), d)
	}
	require.Equal(t, wfm.Absent, wfm.ServiceLevel3.Of(counts).State(), "a counter of its definition is missing")
	require.Equal(t, wfm.Absent, wfm.AHT.Of(wfm.Counts{}).State())
	require.Zero(t, testing.AllocsPerRun(100, func() { wfm.AHT.Of(counts) }))
}

func ExampleDerived() {
	set := wfm.NewCounterSet(wfm.AHT.Needs()...)
	counts := wfm.NewCounts(set, make([]int64, set.Len()))
	for i := range set.Len() {
		counts.Values()[i] = map[wfm.Counter]int64{wfm.NAnsweredAcd: 16, wfm.TTalkAcd: 3200, wfm.TAcw: 481}[set.At(i)]
	}
	aht := wfm.AHT.Of(counts)
	seconds, _ := aht.Scaled(0)
	tenths, _ := aht.Scaled(1)
	fmt.Println(wfm.AHT.Info().Definition)
	fmt.Println(aht, seconds, tenths)
	// Output:
	// (tTalkAcd + tAcw) / nAnsweredAcd
	// {3681 16} 230 2301
}

func BenchmarkScaled(b *testing.B) {
	r := wfm.Ratio{Num: 3681, Den: 16}
	for b.Loop() {
		r.Scaled(2)
	}
}
