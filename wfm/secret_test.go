package wfm_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestSecretNeverShows(t *testing.T) {
	const value = "hunter2"
	s := wfm.NewSecret(value)
	type account struct {
		User     string
		Password wfm.Secret
		hidden   wfm.Secret
	}
	a := account{"wfm", s, s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%c", "%08.3f"} {
		for _, thing := range []any{s, &s, a, &a, []wfm.Secret{s}, map[string]wfm.Secret{"p": s}, a.hidden} {
			out := fmt.Sprintf(verb, thing)
			require.NotContains(t, out, value, "%s of %T", verb, thing)
			require.NotContains(t, out, fmt.Sprintf("%x", value), "%s of %T", verb, thing)
			require.NotContains(t, out, fmt.Sprintf("%X", value), "%s of %T", verb, thing)
		}
	}
	out, err := json.Marshal(a)
	require.NoError(t, err)
	require.JSONEq(t, `{"User":"wfm","Password":"<secret>"}`, string(out))
	var log bytes.Buffer
	for _, logger := range []*slog.Logger{slog.New(slog.NewTextHandler(&log, nil)), slog.New(slog.NewJSONHandler(&log, nil))} {
		logger.Info("connect", "password", s, "account", a, "pointer", &a)
	}
	require.Contains(t, log.String(), "<secret>")
	require.NotContains(t, log.String(), value)
	require.NotContains(t, fmt.Errorf("login with %v: %w", s, fmt.Errorf("%s", s)).Error(), value)
}

func TestSecretValue(t *testing.T) {
	require.True(t, wfm.Secret{}.IsZero())
	require.Empty(t, wfm.Secret{}.Reveal())
	require.Equal(t, "<secret>", wfm.Secret{}.String())
	require.True(t, wfm.NewSecret("").IsZero())
	var s wfm.Secret
	require.NoError(t, json.Unmarshal([]byte(`"p\u00e4ss"`), &s))
	require.False(t, s.IsZero())
	require.Equal(t, "p\u00e4ss", s.Reveal())
}
