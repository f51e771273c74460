package icws

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTimes(t *testing.T) {
	at := time.Date(2021, 7, 6, 19, 32, 29, 0, time.UTC)
	for _, c := range []struct {
		text  string
		want  time.Time
		zoned bool
		ok    bool
	}{
		{"20210706T193229Z", at, true, true},
		{"20210706T193229", at, false, true},
		{"2021-07-06T19:32Z", at.Truncate(time.Minute), true, true},
		{"2021-07-06T19:32:29Z", at, true, true},
		{"2021-07-06T19:32:29.250Z", at.Add(250 * time.Millisecond), true, true},
		{"2021-07-06T21:32:29+02:00", at, true, true},
		{"2021-07-06T19:32:29", at, false, true},
		{"2021-07-06T19:32", at.Truncate(time.Minute), false, true},
		{"00010101T000000Z", time.Time{}, true, true},
		{"20210230T193229Z", time.Time{}, false, false},
		{"20211306T193229Z", time.Time{}, false, false},
		{"20210706T246060Z", time.Time{}, false, false},
		{"2021070T1193229Z", time.Time{}, false, false},
		{"2021/07/06", time.Time{}, false, false},
		{"", time.Time{}, false, false},
	} {
		got, zoned, ok := parseTime([]byte(c.text))
		require.Equal(t, c.ok, ok, c.text)
		require.Equal(t, c.zoned, zoned, c.text)
		require.True(t, got.Equal(c.want), "%s: %s", c.text, got)
	}
}

func TestSkew(t *testing.T) {
	at := time.Date(2021, 7, 6, 19, 32, 29, 0, time.UTC)
	for _, ahead := range []time.Duration{0, 999 * time.Millisecond, 1500 * time.Millisecond, time.Hour, -time.Hour} {
		for trip := range 5 {
			for phase := range 10 {
				sent := at.Add(time.Duration(phase) * 97 * time.Millisecond)
				got := sent.Add(time.Duration(trip) * 20 * time.Millisecond)
				told := sent.Add(time.Duration(trip)*10*time.Millisecond + ahead).Truncate(time.Second)
				require.InDelta(t, ahead.Seconds(), skewOf(told, time.Second, sent, got).Seconds(), 1.05, "never further off than the resolution")
				if ahead == 0 {
					require.Zero(t, skewOf(told, time.Second, sent, got), "clocks that agree are told to")
				}
			}
		}
	}
}
