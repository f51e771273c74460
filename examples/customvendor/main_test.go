package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out))
	got := strings.ReplaceAll(out.String(), "\r\n", "\n")
	const file = "testdata/output.txt"
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(want), got)
}

// TestOneFile keeps the promise that an adapter is small.
func TestOneFile(t *testing.T) {
	source, err := os.ReadFile("acme/acme.go")
	require.NoError(t, err)
	require.Less(t, strings.Count(string(source), "\n"), 100)
}
