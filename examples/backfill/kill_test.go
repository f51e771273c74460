package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/cicsim"
)

// simulated is a database of a small centre, and the flags that read a part of its day.
func simulated(t testing.TB) []string {
	t.Helper()
	centre, err := cicsim.New(cicsim.Config{Seed: 7, Start: time.Date(2025, 6, 10, 0, 0, 0, 0, time.UTC), Contacts: 600, Agents: 12, Workgroups: 4,
		Sites: []cicsim.SiteConfig{{ID: 1, Zone: "Europe/Berlin", Interval: 15 * time.Minute}}})
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "cic.db")
	db, err := sql.Open("sqlite", path)
	require.NoError(t, err)
	_, err = centre.WriteDB(t.Context(), db)
	require.NoError(t, errors.Join(err, db.Close()))
	return []string{"-driver", "sqlite", "-dsn", path, "-license", "I3_FEATURE_WFM_HISTORICAL", "-vendor", "verint", "-interval", "15m",
		"-tz", "Europe/Berlin", "-from", "2025-06-10T09:00", "-to", "2025-06-10T15:00", "-workgroups", "*"}
}

// built compiles a program as its user does.
func built(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// actions reads standard output; a line that a kill cut off does not count.
func actions(t testing.TB, stdout string) map[string]string {
	t.Helper()
	m := map[string]string{}
	for line := range strings.Lines(stdout) {
		if !strings.HasSuffix(line, "\n") {
			break
		}
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		require.Len(t, fields, 5, line)
		m[fields[0]] = fields[4]
	}
	return m
}

// TestKill kills the program with SIGKILL at random moments and gives the same command again, until it
// may end. Then the folder must be what an undisturbed run leaves, byte for byte and with no partial
// file; what was reported as delivered must be skipped ever after; and one more run delivers nothing.
func TestKill(t *testing.T) {
	program, args := built(t), simulated(t)
	base := t.TempDir()
	// start runs the program and kills it after a time; zero lets it end.
	start := func(out string, after time.Duration) (stdout, stderr string, killed bool) {
		ctx := t.Context()
		if after > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, after)
			defer cancel()
		}
		cmd := exec.CommandContext(ctx, program, append([]string{"-out", out}, args...)...)
		var o, e bytes.Buffer
		cmd.Stdout, cmd.Stderr = &o, &e
		err := cmd.Run()
		killed = ctx.Err() != nil && err != nil
		if !killed {
			require.NoError(t, err, e.String())
		}
		return o.String(), e.String(), killed
	}
	whole := filepath.Join(base, "whole")
	began := time.Now()
	stdout, _, _ := start(whole, 0)
	undisturbed := time.Since(began)
	want := folder(t, whole)
	require.Len(t, want, 6*4*4, "six hours of quarters, four files each")
	checkStdout(t, stdout, want, "1", "delivered")

	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	const seed = 42 // the moments vary with the machine all the same
	r := rand.New(rand.NewPCG(seed, seed))
	kills, halfway := 0, 0
	for round := range rounds {
		out := filepath.Join(base, fmt.Sprint(round))
		delivered := map[string]bool{}
		run := func(after time.Duration) bool {
			stdout, stderr, killed := start(out, after)
			for name, action := range actions(t, stdout) {
				if delivered[name] {
					require.Equal(t, "skipped", action, "round %d: %s was delivered before", round, name)
				}
				delivered[name] = true
			}
			if !killed {
				require.Len(t, actions(t, stdout), len(want), stderr)
			}
			return killed
		}
		for range 3 {
			if run(time.Duration(r.Int64N(int64(undisturbed)))) {
				kills++
			}
			if n := len(delivered); n > 0 && n < len(want) {
				halfway++
			}
		}
		require.False(t, run(0))
		require.Equal(t, want, folder(t, out), "round %d", round)
		stdout, stderr, _ := start(out, 0)
		checkStdout(t, stdout, want, "1", "skipped")
		require.Contains(t, stderr, fmt.Sprintf(" 0 delivered, %d skipped, 0 restated", len(want)))
		require.Equal(t, want, folder(t, out))
	}
	require.Positive(t, kills)
	if !testing.Short() {
		require.Positive(t, halfway, "no kill met a delivery")
	}
	t.Logf("%d kills, %d in the middle of the deliveries; an undisturbed run takes %s", kills, halfway, undisturbed.Round(time.Millisecond))
}
