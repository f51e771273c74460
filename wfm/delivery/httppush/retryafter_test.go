package httppush

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "0": 0, "30": 30 * time.Second, " 5 ": 5 * time.Second, "-1": 0, "1.5": 0, "soon": 0, "99999999999999999999": 0,
		"18446744073709551615": longestWait,
		"901":                  longestWait,
		now.Add(time.Minute).Format(http.TimeFormat):    time.Minute,
		now.Add(-time.Minute).Format(http.TimeFormat):   0,
		now.Add(24 * time.Hour).Format(http.TimeFormat): longestWait,
		now.Add(2 * time.Minute).Format(time.RFC850):    2 * time.Minute,
		now.Add(2 * time.Minute).Format(time.ANSIC):     2 * time.Minute,
		now.Add(2 * time.Minute).Format(time.RFC3339):   0,
	} {
		require.Equal(t, want, retryAfter(header, now), "%q", header)
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("30")
	f.Add("Mon, 02 Mar 2026 08:00:00 GMT")
	now := time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, header string) {
		wait := retryAfter(header, now)
		require.GreaterOrEqual(t, wait, time.Duration(0))
		require.LessOrEqual(t, wait, longestWait)
	})
}
