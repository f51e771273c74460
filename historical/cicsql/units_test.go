package cicsql

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-15 10:00:00":                     "2026-01-15T10:00:00Z",
		"2026-01-15T10:00:00":                     "2026-01-15T10:00:00Z",
		"2026-01-15T10:00:59.9999999":             "2026-01-15T10:00:59Z",
		"2026-01-15 10:00:00,123":                 "2026-01-15T10:00:00Z",
		"2026-01-15 10:00":                        "2026-01-15T10:00:00Z",
		"2026-01-15":                              "2026-01-15T00:00:00Z",
		"2026-01-15T10:00:00Z":                    "2026-01-15T10:00:00Z",
		"2026-01-15T11:00:00+01:00":               "2026-01-15T10:00:00Z",
		"2026-01-15 05:30:00 -0430 VET":           "2026-01-15T10:00:00Z",
		"2026-01-15 12:00:00 +02":                 "2026-01-15T10:00:00Z",
		"2024-02-29 23:59:59":                     "2024-02-29T23:59:59Z",
		"1969-12-31 23:59:59":                     "1969-12-31T23:59:59Z",
		"0001-01-01 00:00:00":                     "0001-01-01T00:00:00Z",
		"2026-01-15 10:00:00.5 +0000 UTC m=+0.01": "2026-01-15T10:00:00Z",
	} {
		for _, cell := range []any{text, []byte(text)} {
			s, ok, err := parseTime(cell)
			require.NoError(t, err, text)
			require.True(t, ok)
			require.Equal(t, want, time.Unix(s.wall-s.offset, 0).UTC().Format(time.RFC3339), text)
		}
	}
	for _, text := range []string{"", "2026", "2026-13-01", "2026-02-29", "2026-01-15 24:00", "2026-01-15 10:60", "2026-01-15 10:00:60", "2026-01-15x10:00",
		"2026-01-15 10:00:00.", "2026-01-15 10:00:00 CET", "2026-01-15 10:00:00+1", "2026-01-15 10:00:00+99:00", "15.01.2026 10:00", "2026-01-15 10:00:", "2026-01-15 1a:00"} {
		_, ok, err := parseTime(text)
		require.Error(t, err, text)
		require.False(t, ok)
	}
	_, ok, err := parseTime(nil)
	require.NoError(t, err)
	require.False(t, ok)
	_, _, err = parseTime(3.5)
	require.Error(t, err)
	for text, want := range map[string]int64{"2026-01-15 10:00:00": 0, "2026-01-15 10:00:00.5": 500, "2026-01-15 10:00:00,04": 40, "2026-01-15T10:00:00.1239999Z": 123,
		"2026-01-15 10:00:00.001 +01:00": 1} {
		s, _, err := parseTime(text)
		require.NoError(t, err)
		require.Equal(t, want, s.milli, text)
	}
	before, _, err := parseTime("1969-12-31 23:59:59.250")
	require.NoError(t, err)
	require.Equal(t, "1969-12-31T23:59:59.25Z", before.utc().Format(time.RFC3339Nano))
	typed, _, err := parseTime(time.Date(1969, 12, 31, 20, 59, 59, 250e6, time.FixedZone("driver", -10800)))
	require.NoError(t, err)
	require.Equal(t, int64(250), typed.milli)
	require.Equal(t, "1969-12-31T20:59:59.25Z", typed.utc().Format(time.RFC3339Nano))
	// The fields of the clock count, not the zone that a driver puts on them.
	s, _, _ := parseTime(time.Date(2026, 7, 1, 12, 0, 0, 999, time.FixedZone("driver", 7200)))
	require.Equal(t, time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).Unix(), s.wall)
}

func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-01-15 10:00:00", "2026-01-15T10:00:00.123Z", "2026-01-15 10:00:00 +0100 CET", "2026-01-15"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := parseTimeText(s)
		if err != nil {
			return
		}
		// Whatever is accepted begins with the time as Go reads it.
		layout := time.DateTime
		text := strings.ReplaceAll(strings.ReplaceAll(s[:min(len(s), 19)], "T", " "), "t", " ")
		switch {
		case len(text) == 10:
			layout = time.DateOnly
		case len(text) < 19 || text[16] != ':':
			layout, text = "2006-01-02 15:04", text[:16]
		}
		want, err := time.Parse(layout, text)
		if err != nil || want.Unix() != got.wall {
			t.Fatalf("%q: %d, Go reads %v %v", s, got.wall, want, err)
		}
		var milli int64
		if layout == time.DateTime && len(s) > 19 && (s[19] == '.' || s[19] == ',') {
			digits := s[20:]
			if n := strings.IndexFunc(digits, func(r rune) bool { return r < '0' || r > '9' }); n >= 0 {
				digits = digits[:n]
			}
			part, err := time.Parse(time.DateTime, text[:19]+"."+digits[:min(len(digits), 9)])
			if err != nil {
				t.Fatalf("%q: Go reads %v", s, err)
			}
			milli = int64(part.Nanosecond() / 1e6)
		}
		if got.milli != milli {
			t.Fatalf("%q: %d milliseconds, Go reads %d", s, got.milli, milli)
		}
	})
}

func TestToInt(t *testing.T) {
	for _, c := range []struct {
		cell  any
		want  int64
		state number
	}{
		{int64(5), 5, isNumber}, {nil, wfm.Missing, isNull}, {5.0, 5, isNumber}, {5.5, wfm.Missing, notNumber},
		{1e19, wfm.Missing, notNumber}, {float64(1<<53 + 2), wfm.Missing, notNumber}, {math.NaN(), wfm.Missing, notNumber}, {math.Inf(1), wfm.Missing, notNumber},
		{"42", 42, isNumber}, {[]byte("-42"), -42, isNumber}, {" 7 ", 7, isNumber}, {"7.000", 7, isNumber}, {"7.5", wfm.Missing, notNumber},
		{"1.5E+3", 1500, isNumber}, {"15e-1", wfm.Missing, notNumber}, {"150e-1", 15, isNumber}, {"0e999", 0, isNumber}, {"1e999", wfm.Missing, notNumber},
		{"9223372036854775807", math.MaxInt64, isNumber}, {"9223372036854775808", wfm.Missing, notNumber}, {"-9223372036854775807", -math.MaxInt64, isNumber},
		{"99999999999999999999", wfm.Missing, notNumber}, {"", wfm.Missing, notNumber}, {"-", wfm.Missing, notNumber}, {".", wfm.Missing, notNumber}, {"1e", wfm.Missing, notNumber},
		{"0x10", wfm.Missing, notNumber}, {true, 1, isNumber}, {false, 0, isNumber}, {int64(math.MinInt64), wfm.Missing, notNumber}, {time.Time{}, wfm.Missing, notNumber},
	} {
		got, state := toInt(c.cell)
		require.Equal(t, c.state, state, "%v", c.cell)
		require.Equal(t, c.want, got, "%v", c.cell)
	}
}

func FuzzParseInt(f *testing.F) {
	for _, s := range []string{"1", "-1.0", "12e3", "9223372036854775807", "1e-2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, state := parseInt(s)
		trimmed := strings.TrimSpace(s)
		if state == isNumber {
			want, ok := new(big.Rat).SetString(trimmed)
			if !ok || !want.IsInt() || want.Num().Cmp(big.NewInt(got)) != 0 {
				t.Fatalf("%q: %d, exactly %v", s, got, want)
			}
			return
		}
		if n, err := strconv.ParseInt(trimmed, 10, 64); err == nil && n != wfm.Missing {
			t.Fatalf("%q was refused", s)
		}
	})
}

func TestToFlag(t *testing.T) {
	for _, c := range []struct {
		cell  any
		want  bool
		state number
	}{{int64(1), true, isNumber}, {int64(0), false, isNumber}, {true, true, isNumber}, {"Y", true, isNumber}, {"n", false, isNumber}, {"1", true, isNumber},
		{[]byte("N"), false, isNumber}, {nil, false, isNull}, {"maybe", false, notNumber}, {"TRUE", true, isNumber}} {
		got, state := toFlag(c.cell)
		require.Equal(t, c.want, got, "%v", c.cell)
		require.Equal(t, c.state, state, "%v", c.cell)
	}
}

// Every choice of levels is a level that exists, fits the grain, and is the coarsest that does.
func TestChoiceOfLevels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := hierarchy{media: rapid.SampledFrom([]int{-1, 1, 2}).Draw(t, "media")}
		for _, m := range rapid.SliceOfN(rapid.Uint8Range(0, 7), 1, 8).Draw(t, "masks") {
			h.masks = append(h.masks, mask(m))
		}
		h.sort()
		g := rapid.SampledFrom(statsGrains[:]).Draw(t, "grain")
		l, err := h.choose(g, wfm.Columns{Counters: wfm.NewCounterSet(wfm.NAnsweredAcd), Media: []wfm.MediaType{"", "Call"}})
		if err != nil {
			return
		}
		for _, chosen := range []mask{l.total, l.media} {
			require.Contains(t, h.masks, chosen)
			if g == wfm.GrainAgentQueue {
				require.False(t, chosen.star(0))
			}
		}
		require.False(t, l.media.star(h.media))
		// Rows of the two levels are told apart by the media column, or are the same rows.
		require.True(t, l.shared() || l.total.star(h.media), "%v %v", l.total, l.media)
	})
}

func TestInternerIsBounded(t *testing.T) {
	decided := 0
	in := newInterner(func(e *interned) { decided++; e.keep = e.name != "no" })
	for i := range maxInterned + 10 {
		require.Equal(t, strconv.Itoa(i), in.get(strconv.Itoa(i)).name)
	}
	require.LessOrEqual(t, len(in.entries), maxInterned)
	require.Same(t, in.get([]byte("no")), in.get("no"))
	require.False(t, in.get("no").keep)
	require.Equal(t, "", in.get(nil).name)
	require.Nil(t, in.get(7))
	n := decided
	require.Zero(t, testing.AllocsPerRun(100, func() { in.get("no"); in.get("maxed"[:0]) }))
	require.Equal(t, n, decided)
}

func TestEditDistance(t *testing.T) {
	require.Equal(t, 0, editDistance("störung", "störung"))
	require.Equal(t, 1, editDistance("sales", "sale"))
	require.Equal(t, 3, editDistance("kitten", "sitting"))
	require.Equal(t, 5, editDistance("", "sales"))
}
