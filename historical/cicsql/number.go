package cicsql

import (
	"math"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// number says what became of a cell.
type number uint8

const (
	isNumber number = iota
	isNull
	notNumber // no number, not whole, or out of range
)

// toInt reads a whole number as drivers give it, exactly: integers, floats without a fraction, and
// decimal text as Oracle's NUMBER. NULL is wfm.Missing.
func toInt(cell any) (int64, number) {
	switch c := cell.(type) {
	case int64:
		if c == wfm.Missing {
			return c, notNumber
		}
		return c, isNumber
	case nil:
		return wfm.Missing, isNull
	case float64:
		// Beyond 2^53 a float no longer says which integer was meant.
		if c != math.Trunc(c) || math.Abs(c) > 1<<53 {
			return wfm.Missing, notNumber
		}
		return int64(c), isNumber
	case string:
		return parseInt(c)
	case []byte:
		return parseInt(string(c))
	case bool:
		if c {
			return 1, isNumber
		}
		return 0, isNumber
	}
	return wfm.Missing, notNumber
}

// parseInt reads decimal text with an optional fraction and exponent, and refuses what is not whole.
func parseInt(t string) (int64, number) {
	t = strings.TrimSpace(t)
	negative := false
	if t != "" && (t[0] == '-' || t[0] == '+') {
		negative, t = t[0] == '-', t[1:]
	}
	mantissa, exponent := t, 0
	if i := strings.IndexAny(t, "eE"); i >= 0 {
		var ok bool
		if exponent, ok = parseExponent(t[i+1:]); !ok {
			return wfm.Missing, notNumber
		}
		mantissa = t[:i]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	all := whole + fraction
	if all == "" || strings.Trim(all, "0123456789") != "" {
		return wfm.Missing, notNumber
	}
	// The value is all × 10^shift.
	all = strings.TrimLeft(all, "0")
	shift := exponent - len(fraction)
	if all == "" {
		return 0, isNumber
	}
	for shift < 0 && strings.HasSuffix(all, "0") {
		all, shift = all[:len(all)-1], shift+1
	}
	if shift < 0 || len(all)+shift > 19 {
		return wfm.Missing, notNumber
	}
	var n uint64
	for i := range len(all) + shift {
		n *= 10
		if i < len(all) {
			n += uint64(all[i] - '0')
		}
	}
	if n > math.MaxInt64 {
		return wfm.Missing, notNumber
	}
	if negative {
		return -int64(n), isNumber
	}
	return int64(n), isNumber
}

func parseExponent(t string) (int, bool) {
	negative := false
	if t != "" && (t[0] == '-' || t[0] == '+') {
		negative, t = t[0] == '-', t[1:]
	}
	if t == "" || len(t) > 3 {
		return 0, false
	}
	n, ok := digits(t)
	if negative {
		n = -n
	}
	return n, ok
}

// toFlag reads a flag: 0 or 1 as any number, a bool, or the text Y, N, true, false.
func toFlag(cell any) (bool, number) {
	if n, state := toInt(cell); state != notNumber {
		return n != 0 && state == isNumber, state
	}
	var t string
	switch c := cell.(type) {
	case string:
		t = c
	case []byte:
		t = string(c)
	}
	switch strings.ToLower(strings.TrimSpace(t)) {
	case "y", "yes", "t", "true":
		return true, isNumber
	case "n", "no", "f", "false":
		return false, isNumber
	}
	return false, notNumber
}

// toText reads a name; NULL is empty, as on Oracle.
func toText(cell any) (string, bool) {
	switch c := cell.(type) {
	case string:
		return c, true
	case []byte:
		return string(c), true
	case nil:
		return "", true
	}
	return "", false
}
