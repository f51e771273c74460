package config_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
)

// TestCases runs every folder of testdata/cases. A broken case has problems.txt, what Build says; a good one has options.txt, what
// Build makes. A case needs no Go: make the folder with config.yaml and run the test with -update. Those whose name begins with unix- hold
// messages of the system.
func TestCases(t *testing.T) {
	folders, err := filepath.Glob("testdata/cases/*")
	require.NoError(t, err)
	r := registries(t)
	good, broken := 0, 0
	for _, folder := range folders {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			if runtime.GOOS == "windows" && strings.HasPrefix(filepath.Base(folder), "unix-") {
				t.Skip("the messages of the system are others on Windows")
			}
			text, err := os.ReadFile(filepath.Join(folder, "config.yaml"))
			require.NoError(t, err)
			c, parseErr := config.Parse(filepath.Join(folder, "config.yaml"), text)
			if c == nil {
				broken++
				compare(t, folder, "problems.txt", problems(parseErr))
				return
			}
			built, err := r.Build(context.Background(), c, config.BuildOptions{Env: environment, Ledger: ledger.NewMemory(nil)})
			if err != nil {
				broken++
				compare(t, folder, "problems.txt", problems(err))
				sameProblems(t, err, parseErr)
				return
			}
			good++
			require.NoError(t, parseErr)
			_, err = integration.New(built.Options)
			require.NoError(t, err)
			compare(t, folder, "options.txt", describe(c, built))
			require.NoError(t, built.Close())
			roundTrip(t, c)
		})
	}
	require.GreaterOrEqual(t, broken, 40)
	require.GreaterOrEqual(t, good, 10)
}

func compare(t *testing.T, folder, name, got string) {
	t.Helper()
	file := filepath.Join(folder, name)
	if *update {
		for _, n := range []string{"problems.txt", "options.txt"} {
			_ = os.Remove(filepath.Join(folder, n))
		}
		require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err, "the case gave:\n%s", got)
	require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
	require.NotContains(t, got, "geheim", "a secret is shown")
}

// flat lists joined errors.
func flat(err error) (list []error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, flat(e)...)
		}
		return list
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// problems is an error as lines, the same on every machine.
func problems(err error) string {
	var b strings.Builder
	here, _ := filepath.Abs(".")
	for _, e := range flat(err) {
		text := strings.ReplaceAll(e.Error(), filepath.ToSlash(here)+"/", "")
		text = strings.ReplaceAll(text, "testdata/cases/", "")
		b.WriteString(text + "\n")
	}
	return b.String()
}

// sameProblems requires that Build says again what Parse said, and that each is a Problem with a place.
func sameProblems(t *testing.T, built, parsed error) {
	t.Helper()
	text := problems(built)
	for _, e := range flat(parsed) {
		require.Contains(t, text, problems(e))
	}
	for _, e := range flat(built) {
		var p wfm.Problem
		var whole *wfm.Error
		require.True(t, errors.As(e, &p) || errors.As(e, &whole), "%T", e)
		require.Contains(t, e.Error(), "config.yaml", "without a place")
	}
}

// describe is what was built, in words.
func describe(c *config.Config, b *config.Built) string {
	var out strings.Builder
	o := b.Options
	for i, f := range o.Historical {
		info, needs := f.Encoder.Info(), f.Encoder.Needs()
		fmt.Fprintf(&out, "historical %s: %s, interval %s in %s, workgroups %v, delay %s, look-back %s, split %v, partial %v, whole days %v\n", f.Name, info.Name,
			f.Grid.Length, f.Grid.Location, f.Workgroups, f.Delay, f.Lookback, f.Split, f.DeliverPartial, needs.WholeDays)
		if !f.Start.IsZero() {
			fmt.Fprintf(&out, "  start %s\n", f.Start)
		}
		for _, s := range f.Servers {
			fmt.Fprintf(&out, "  server %s %T\n", s.Name, s.Source)
		}
		for _, d := range f.Destinations {
			fmt.Fprintf(&out, "  destination %s %T\n", d.Name, d.Transport)
		}
		if len(c.Historical[i].Settings) > 0 {
			fmt.Fprintf(&out, "  settings %v\n", c.Historical[i].Settings)
		}
	}
	for _, f := range o.RealTime {
		tr := f.Encoder.Traits()
		fmt.Fprintf(&out, "real-time %s: %s, servers %v, workgroups %v, level %s, fan-out %s, every %s, refresh %s, heartbeat %s, master %v, %T\n", f.Name, f.Encoder.Info().Name,
			f.Servers, f.Workgroups, tr.Level, tr.FanOut, tr.UpdateFrequency, tr.Refresh, tr.Heartbeat, tr.MasterWorkgroup, f.Links)
		if m, ok := vendors.Find[vendors.Mapper](f.Encoder); ok {
			unmapped, err := m.CheckStatuses([]wfm.StatusDefinition{{Key: "Available", ACD: true}, {Key: "At Lunch", Group: "Break"}})
			fmt.Fprintf(&out, "  unmapped %v, refused %v\n", unmapped, err != nil)
		}
	}
	for _, s := range o.RealTimeServers {
		fmt.Fprintf(&out, "session with %s\n", s.Name)
	}
	in, _ := json.Marshal(o.Instance)
	fmt.Fprintf(&out, "instance %s, listen %s, stop %s, log %s %s, retention %s\n", in, b.Service.Listen, b.Service.StopDeadline, b.Service.Log.Level, b.Service.Log.Format, config.Duration(b.Retention))
	for _, n := range b.Notes {
		out.WriteString("note " + problems(n))
	}
	return out.String()
}

// roundTrip writes the configuration and reads it back, both ways.
func roundTrip(t *testing.T, c *config.Config) {
	t.Helper()
	for _, text := range [][]byte{c.YAML(), c.Commented()} {
		again, err := config.Parse("again.yaml", text)
		require.NoError(t, err, "%s", text)
		require.Equal(t, string(c.YAML()), string(again.YAML()))
		require.False(t, bytes.Contains(text, []byte("geheim")))
	}
}

// TestBrokenCasesNameTheirLine: every problem stands at the line of its key.
func TestBrokenCasesNameTheirLine(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*/problems.txt")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		with := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.Contains(l, "config.yaml:") })
		name := filepath.Base(filepath.Dir(file))
		if slices.Contains([]string{"large", "empty"}, name) {
			continue // about the whole file
		}
		require.NotEmpty(t, with, name)
	}
}
