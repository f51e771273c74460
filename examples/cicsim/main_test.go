package main

import (
	"bytes"
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
)

// try runs the program with a small centre.
func try(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	args = append([]string{"-contacts", "150", "-agents", "6", "-workgroups", "3"}, args...)
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestWritesAndRefusesToOverwrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "centre ü?%.db")
	code, out, errs := try(t, "-db", path)
	require.Equal(t, cli.OK, code, errs)
	for _, part := range []string{path, "site 1: Europe/Berlin", "3 workgroups, 6 agents", "IWrkgrpQueueStats", "AgentActivityLog"} {
		require.Contains(t, out, part)
	}
	first, err := os.ReadFile(path)
	require.NoError(t, err)
	code, _, errs = try(t, "-db", path, "-seed", "2")
	require.Equal(t, cli.Failed, code)
	require.Contains(t, errs, "-force")
	untouched, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, untouched))
	code, _, errs = try(t, "-db", path, "-force")
	require.Equal(t, cli.OK, code, errs)
	again, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(first, again), "the same flags give the same file")
	left, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, left, 1, "nothing lies about")
}

func TestAsOfAndRows(t *testing.T) {
	dir := t.TempDir()
	count := func(name string, args ...string) (n int) {
		path := filepath.Join(dir, name)
		code, _, errs := try(t, append(args, "-db", path)...)
		require.Equal(t, cli.OK, code, errs)
		db, err := sql.Open("sqlite", path)
		require.NoError(t, err)
		defer db.Close()
		require.NoError(t, db.QueryRow("SELECT (SELECT count(*) FROM IWrkgrpQueueStats) + (SELECT count(*) FROM IAgentQueueStats)").Scan(&n))
		return n
	}
	whole := count("whole")
	require.Less(t, count("noon", "-as-of", "2026-03-02T12:00:00+01:00"), whole)
	require.Equal(t, 2500, count("bulk", "-rows", "2500"))
	require.NotZero(t, count("odd", "-odd", "all", "-levels", "cube", "-hierarchy", "media", "-utc", "null", "-fractions",
		"-zones", "Europe/Berlin,America/New_York", "-interval", "30m,15m", "-zero-rows", "-logged-off-rows", "-master", "All"))
	require.NotZero(t, count("legacy", "-edition", "legacy", "-upper"))
}

func TestWrongCommandLines(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	for _, c := range []struct {
		args []string
		want []string
	}{
		{nil, []string{"-db is missing"}},
		{[]string{"-bogus"}, []string{"-bogus"}},
		{[]string{"-db", path, "-zones", "Mars", "-interval", "7m"}, []string{"Mars", "7m0s"}},
		{[]string{"-db", path, "-interval", "x", "-levels", "y", "-odd", "z,q", "-start", "s", "-as-of", "a", "-rows", "-1", "extra"},
			[]string{`"x"`, `"y"`, `"z"`, `"q"`, `"s"`, `"a"`, `"-1"`, `"extra"`}},
	} {
		code, _, errs := try(t, c.args...)
		require.Equal(t, cli.Usage, code)
		for _, part := range c.want {
			require.Contains(t, errs, part)
		}
	}
	code, _, errs := try(t, "-help")
	require.Equal(t, cli.OK, code)
	require.Contains(t, errs, "Usage:")
	require.NoFileExists(t, path)
}

func TestFailureLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	require.Equal(t, cli.Failed, run(ctx, []string{"-db", filepath.Join(dir, "x.db"), "-contacts", "10"}, &out, &errs))
	require.Contains(t, errs.String(), "canceled")
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	require.Equal(t, cli.Failed, run(t.Context(), []string{"-db", filepath.Join(dir, "no", "such", "x.db"), "-contacts", "10"}, &out, &errs))
}
