package layout

import (
	"errors"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// number is a value before it is rounded: an exact quotient, or the float of a free expression.
type number struct {
	ratio   wfm.Ratio
	float   float64
	isFloat bool
}

// scale is how a unit changes a value: times 10^pow10, divided by div.
type scale struct {
	pow10 int
	div   int64
}

// scaleFor checks that a unit suits what the source counts. Expressions have no unit of their
// own: they take any.
func scaleFor(u unit, of wfm.Unit, free bool) (scale, bool) {
	if of == milliseconds {
		div, ok := map[unit]int64{unitMilliseconds: 1, unitSeconds: 1000, unitMinutes: 60_000, unitHours: 3_600_000}[u]
		return scale{0, max(div, 1)}, ok
	}
	time, share := free || of == wfm.Seconds, free || of == wfm.Share
	switch u {
	case unitNone:
		return scale{0, 1}, free || of != wfm.Share // a share must say how it is written
	case unitSeconds:
		return scale{0, 1}, time
	case unitMilliseconds:
		return scale{3, 1}, time
	case unitMinutes:
		return scale{0, 60}, time
	case unitHours:
		return scale{0, 3600}, time
	case unitShare:
		return scale{0, 1}, share
	case unitPercent:
		return scale{2, 1}, share
	}
	return scale{}, false
}

func (n number) state() wfm.State {
	if n.isFloat {
		if math.IsNaN(n.float) || math.IsInf(n.float, 0) {
			return wfm.Undefined
		}
		return wfm.Defined
	}
	return n.ratio.State()
}

func (n number) isZero() bool {
	if n.isFloat {
		return n.float == 0
	}
	return n.ratio.Num == 0
}

var errTooLarge = errors.New("is too large to write")

// scaled returns the value in the unit times 10^precision, rounded half up, once.
func (n number) scaled(by scale, precision int) (int64, error) {
	if n.isFloat {
		return scaledFloat(n.float, by, precision)
	}
	if by.div != 1 && (n.ratio.Den > math.MaxInt64/by.div || n.ratio.Den < -math.MaxInt64/by.div) {
		return 0, errTooLarge
	}
	v, ok := wfm.Ratio{Num: n.ratio.Num, Den: n.ratio.Den * by.div}.Scaled(precision + by.pow10)
	if !ok {
		return 0, errTooLarge
	}
	return v, nil
}

// scaledFloat rounds the exact value of the float, so that 10^precision adds no error of its own.
func scaledFloat(f float64, by scale, precision int) (int64, error) {
	if v, ok := smallFloat(f, by, precision); ok {
		return v, nil
	}
	if math.Abs(f) > math.MaxInt64 {
		return 0, errTooLarge
	}
	x := new(big.Rat).SetFloat64(f)
	pow := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(precision+by.pow10)), nil)
	num := new(big.Int).Mul(x.Num(), pow)
	den := new(big.Int).Mul(x.Denom(), big.NewInt(by.div))
	num.Add(num.Lsh(num, 1), den) // floor((2·num + den) / (2·den)) rounds half up
	q := num.Div(num, den.Lsh(den, 1))
	if !q.IsInt64() {
		return 0, errTooLarge
	}
	return q.Int64(), nil
}

// smallFloat is scaledFloat in 128 bits instead of big numbers, for what statistics give: of 10^-18 to 10^15, not negative. Of
// the float m / 2^k it is floor(m·10^p / (div·2^k) + 1/2), computed as floor((2·m·10^p + div·2^k) / 2^(k+1) / div).
func smallFloat(f float64, by scale, precision int) (int64, bool) {
	fraction, exponent := math.Frexp(f)
	m, k := int64(math.Ldexp(fraction, 53)), 53-exponent
	if m < 0 || k < 0 || k > 110 || precision+by.pow10 > 12 || by.div > 3600 {
		return 0, false
	}
	pow, div := uint64(1), uint64(by.div)
	for range precision + by.pow10 {
		pow *= 10
	}
	hi, lo := bits.Mul64(uint64(m), 2*pow)
	high, low := div>>(64-min(k, 64)), div<<k // of div·2^k
	if k >= 64 {
		high = div << (k - 64)
	}
	lo, carry := bits.Add64(lo, low, 0)
	hi, _ = bits.Add64(hi, high, carry)
	if k++; k < 64 {
		hi, lo = hi>>k, lo>>k|hi<<(64-k)
	} else {
		hi, lo = 0, hi>>(k-64)
	}
	if hi >= div {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, div)
	return int64(q), q <= math.MaxInt64
}

// appendDecimal writes scaled / 10^precision.
func appendDecimal(dst []byte, scaled int64, precision int, mark string) []byte {
	if precision == 0 {
		return appendWhole(dst, scaled)
	}
	magnitude := uint64(scaled)
	if scaled < 0 {
		dst = append(dst, '-')
		magnitude = -magnitude
	}
	var buf [40]byte
	at := len(buf)
	for i := 0; i <= precision || magnitude > 0; i++ {
		if i == precision {
			at--
			buf[at] = mark[0]
		}
		at--
		buf[at] = '0' + byte(magnitude%10)
		magnitude /= 10
	}
	return append(dst, buf[at:]...)
}

// parseDecimal reads what appendDecimal writes, at most as precise as the column.
func parseDecimal(s string, precision int, mark string) (int64, bool) {
	whole, fraction, _ := strings.Cut(s, mark)
	if len(fraction) > precision || strings.HasPrefix(fraction, "-") || strings.HasPrefix(fraction, "+") || strings.HasPrefix(whole, "+") {
		return 0, false
	}
	v, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", precision-len(fraction)), 10, 64)
	return v, err == nil && whole != "" && whole != "-"
}

// appendNumber writes the value of a number column, or what its rules say instead.
func (c *column) appendNumber(dst []byte, n number) ([]byte, error) {
	which := rule{kind: ruleWrite}
	switch state := n.state(); {
	case state == wfm.Absent:
		which = c.absent
	case state == wfm.Undefined:
		which = c.undef
	case n.isZero():
		which = c.zero
	}
	switch which.kind {
	case ruleBlank:
		return dst, nil
	case ruleText:
		return append(dst, which.text...), nil
	case ruleZero:
		return appendDecimal(dst, 0, c.precision, c.mark), nil
	case ruleRefuse:
		return dst, errors.New("has " + describe(n) + ", which the layout refuses")
	}
	v, err := n.scaled(c.scale, c.precision)
	if err != nil {
		return dst, err
	}
	return appendDecimal(dst, v, c.precision, c.mark), nil
}

func describe(n number) string {
	switch n.state() {
	case wfm.Absent:
		return "a value that is missing in the database"
	case wfm.Undefined:
		return "a denominator of zero"
	}
	return "the value zero"
}
