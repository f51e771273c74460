package wfm_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestErrorIsOneLine(t *testing.T) {
	w := wfm.Window{Start: utc(2018, 10, 28), End: utc(2018, 10, 28, 0, 15)}
	e := &wfm.Error{Op: "read IWrkgrpQueueStats", Feed: "sales", Interval: w, Kind: wfm.Unavailable, Remedy: "look\nafter it",
		Err: errors.New("line one\r\nline two\x00\x1b[31m\u2028three")}
	require.EqualError(t, e, `feed "sales": interval 2018-10-28T00:00:00Z/2018-10-28T00:15:00Z: read IWrkgrpQueueStats: line one line two [31m three; look after it`)
	require.EqualError(t, &wfm.Error{Op: "deliver", Kind: wfm.Conflict}, "deliver: conflict")
	require.EqualError(t, &wfm.Error{}, "error")
}

func TestProblemIsOneLine(t *testing.T) {
	p := wfm.Problem{Where: "feeds.yaml:\n3", Field: "interval", Value: "20m\n", Reason: "is\nwrong", Remedy: "use\r15m"}
	require.EqualError(t, p, `feeds.yaml: 3: interval "20m\n" is wrong; use 15m`)
	require.EqualError(t, wfm.Problem{Reason: "is missing"}, "is missing")
}

func TestKindOf(t *testing.T) {
	inner := &wfm.Error{Kind: wfm.NoPermission, Err: errors.New("403")}
	for _, c := range []struct {
		err   error
		kind  wfm.Kind
		retry bool
	}{
		{nil, wfm.Unclassified, false},
		{errors.New("x"), wfm.Unclassified, true},
		{fmt.Errorf("wrapped: %w", inner), wfm.NoPermission, false},
		{errors.Join(errors.New("x"), inner), wfm.NoPermission, false},
		{wfm.Problem{Field: "a"}, wfm.BadConfig, false},
		{&wfm.Error{Err: wfm.Problem{Field: "a"}}, wfm.BadConfig, false},
		{&wfm.Error{Retry: true, Err: errors.New("x")}, wfm.Unclassified, true},
		{context.Canceled, wfm.LossOfInterest, false},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), wfm.LossOfInterest, false},
	} {
		require.Equal(t, c.kind, wfm.KindOf(c.err), "%v", c.err)
		retry, after := wfm.ShouldRetry(c.err)
		require.Equal(t, c.retry, retry, "%v", c.err)
		require.Zero(t, after)
	}
	retry, after := wfm.ShouldRetry(fmt.Errorf("x: %w", &wfm.Error{Retry: true, After: time.Minute}))
	require.True(t, retry)
	require.Equal(t, time.Minute, after)
	require.ErrorIs(t, &wfm.Error{Err: context.Canceled}, context.Canceled)
}

func TestKindNames(t *testing.T) {
	seen := map[string]bool{}
	for k := wfm.Unclassified; k <= wfm.LossOfInterest; k++ {
		require.NotEmpty(t, k.String())
		require.False(t, seen[k.String()])
		seen[k.String()] = true
	}
	require.Equal(t, "kind 99", wfm.Kind(99).String())
}

func TestQuote(t *testing.T) {
	require.Equal(t, `"a\nb"`, wfm.Quote("a\nb"))
	require.Equal(t, strconv.Quote(strings.Repeat("ü", 80)), wfm.Quote(strings.Repeat("ü", 80)))
	require.Equal(t, strconv.Quote(strings.Repeat("ü", 80))+"… (162 bytes)", wfm.Quote(strings.Repeat("ü", 81)))
}

func FuzzQuote(f *testing.F) {
	f.Add("Sales\r\n[ERROR] forged")
	f.Add(strings.Repeat("\xff", 400))
	f.Add(strings.Repeat("\U0001F4DE", 100))
	f.Fuzz(func(t *testing.T, s string) {
		q := wfm.Quote(s)
		require.True(t, utf8.ValidString(q))
		require.LessOrEqual(t, len(q), 80*len(`\U0010ffff`)+60)
		for _, r := range q {
			require.True(t, strconv.IsPrint(r), "%q", q)
		}
		quoted, rest, cut := strings.Cut(q, "… (")
		if !cut || !strings.HasSuffix(rest, " bytes)") || utf8.RuneCountInString(s) <= 80 {
			back, err := strconv.Unquote(q)
			require.NoError(t, err)
			require.Equal(t, s, back)
			return
		}
		require.LessOrEqual(t, utf8.RuneCountInString(quoted), 80*len(`\U0010ffff`)+2)
		one := wfm.OneLine(s)
		require.NotContains(t, one, "\n")
		require.Equal(t, one, wfm.OneLine(one))
	})
}
