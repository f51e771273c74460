package sqlconntest

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

// within is how late an operation may return after its context ended, on a loaded machine.
const within = 30 * time.Second

// Ends runs an operation against a server that will not answer, once until a deadline and once until the
// caller loses interest, and requires that it returns soon with the context's own error and
// nothing else. The password of the DSN must be "geheim".
func Ends(t *testing.T, operation func(context.Context) error) {
	t.Helper()
	check := func(ctx context.Context, want error) {
		t.Helper()
		done := make(chan error, 1)
		go func() { done <- operation(ctx) }()
		<-ctx.Done()
		select {
		case err := <-done:
			require.ErrorIs(t, err, want)
			require.NotContains(t, err.Error(), "geheim")
		case <-time.After(within):
			t.Fatal("the operation outlived its context")
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	check(ctx, context.DeadlineExceeded)
	ctx, stop := context.WithCancel(t.Context())
	defer time.AfterFunc(200*time.Millisecond, stop).Stop()
	check(ctx, context.Canceled)
}

// EndsClassed is Ends for an operation whose errors carry a decision: there is nobody left to tell.
func EndsClassed(t *testing.T, operation func(context.Context) error) {
	t.Helper()
	Ends(t, func(ctx context.Context) error {
		err := operation(ctx)
		if ctx.Err() != nil {
			require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err), "%v", err)
		}
		return err
	})
}

// Limited requires the error of a log-on that took too long, although nobody lost interest.
func Limited(t *testing.T, err error) {
	t.Helper()
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err), "%v", err)
	retry, after := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.Positive(t, after)
	require.ErrorContains(t, err, "log-on")
	require.ErrorContains(t, err, "check that host and port")
	require.NotContains(t, err.Error(), "geheim")
}
