package conform_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/conform"
)

func TestCheckJoinsFailuresAndExplainsThem(t *testing.T) {
	boom := errors.New("boom")
	err := conform.Check(t.Context(), []conform.Case{
		{Name: "good", Rule: "r0", Run: func(context.Context) error { return nil }},
		{Name: "bad", Rule: "r1", Run: func(context.Context) error { return boom }},
		{Name: "none", Rule: "r2", Run: func(context.Context) error { return conform.Skip{Reason: "not for us"} }},
		{Name: "panics", Rule: "r3", Run: func(context.Context) error { panic("ouch") }},
	})
	require.ErrorIs(t, err, boom)
	require.EqualError(t, err, "bad: boom (rule: r1)\npanics: panic: ouch (rule: r3)")
}

func TestHangingCaseIsReported(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		err := conform.Check(t.Context(), []conform.Case{
			{Name: "stuck", Rule: "r", Run: func(context.Context) error { <-release; return nil }}})
		require.EqualError(t, err, "stuck: hung (rule: r)")
	})
}
