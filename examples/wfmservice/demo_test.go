package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config/standard"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

func runDemo(t *testing.T, args ...string) (code int, out, errs string) {
	return runDemoUntil(t, func(string) bool { return false }, args...)
}

// runDemoUntil stops the demo as soon as a line of it is enough.
func runDemoUntil(t *testing.T, enough func(line string) bool, args ...string) (code int, out, errs string) {
	registries, err := standard.Registries()
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stdout, stderr := &lineReader{each: func(line string) {
		if enough(line) {
			stop()
		}
	}}, &bytes.Buffer{}
	a := &app{out: stdout, err: stderr, in: strings.NewReader(""), registries: registries, env: os.LookupEnv}
	code = a.run(ctx, append([]string{"run", "-demo"}, args...))
	return code, stdout.text.String(), stderr.String()
}

// lineReader keeps what is written, and shows it line by line.
type lineReader struct {
	text bytes.Buffer
	seen int
	each func(line string)
}

func (l *lineReader) Write(p []byte) (int, error) {
	l.text.Write(p)
	for {
		line, _, whole := bytes.Cut(l.text.Bytes()[l.seen:], []byte("\n"))
		if !whole {
			return len(p), nil
		}
		l.seen += len(line) + 1
		l.each(string(line))
	}
}

var progressOf = regexp.MustCompile(`  (\d{4}-\d\d-\d\d \d\d:\d\d)Z  intervals .*changes (\d+)`)

// worked tells whether a line of the demo shows that its centre lived for two hours, and its agents changed. What is closed by then is
// delivered before the demo ends.
func worked(line string) bool {
	m := progressOf.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	at, err := time.Parse("2006-01-02 15:04", m[1])
	changes, _ := strconv.Atoi(m[2])
	return err == nil && at.Sub(demoStart()) >= 2*time.Hour && changes > 100
}

// TestDemo: everything of both modules works until there is something to find, and everything is found in the end.
func TestDemo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "demo")
	code, out, errs := runDemoUntil(t, worked, "-dir", dir, "-for", "5m", "-every", "500ms", "-speed", "5000", "-rate", "300", "-agents", "40", "-listen", "off", "-json")
	require.Zero(t, code, "%s\n%s", out, errs)
	require.Contains(t, out, "Everything arrived, and nothing twice.")
	var summary struct {
		SimulatedDays             float64
		Intervals, Files, Changes int64
		Live                      []liveResult
		Samples                   []sample
		Problems                  []string
	}
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "{") {
			require.NoError(t, json.Unmarshal([]byte(line), &summary))
		}
	}
	require.Greater(t, summary.SimulatedDays, 0.05)
	require.GreaterOrEqual(t, summary.Intervals, int64(15), "of five feeds")
	require.Greater(t, summary.Files, summary.Intervals)
	require.Greater(t, summary.Changes, int64(100))
	require.Len(t, summary.Live, 6)
	for _, l := range summary.Live {
		require.Equal(t, l.Sent, l.Decoded, l.Feed)
		require.GreaterOrEqual(t, l.Sent+l.Merged, summary.Changes, l.Feed)
	}
	require.Len(t, summary.Samples, 3)
	require.Empty(t, summary.Problems)

	// The same folder again, and one that is somebody else's.
	require.NoError(t, os.WriteFile(filepath.Join(dir, "left.txt"), nil, 0o600))
	require.NoError(t, makeDemoFolder(dir))
	require.NoFileExists(t, filepath.Join(dir, "left.txt"))
	other := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(other, "mine.txt"), nil, 0o600))
	code, _, errs = runDemo(t, "-dir", other)
	require.Equal(t, exitWrong, code)
	require.Contains(t, errs, "-dir")
	require.FileExists(t, filepath.Join(other, "mine.txt"))
}

func TestDemoSettings(t *testing.T) {
	code, _, errs := runDemo(t, "-speed", "0", "-rate", "-1", "-agents", "0", "-for", "-1s", "-every", "1ms", "-config", "x.yaml")
	require.Equal(t, exitWrong, code)
	for _, name := range []string{"-speed", "-rate", "-agents", "-for", "-every", "-config"} {
		require.Contains(t, errs, name)
	}
}

// TestDemoClock: it goes faster, waits at its ceiling, and does not jump afterwards.
func TestDemoClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := demoStart()
		c := newDemoClock(start, 60)
		time.Sleep(time.Minute)
		require.Equal(t, start, c.Now(), "nothing is allowed yet")
		c.allow(start.Add(2 * time.Hour))
		time.Sleep(time.Minute)
		require.Equal(t, start.Add(time.Hour), c.Now())
		time.Sleep(time.Hour)
		require.Equal(t, start.Add(2*time.Hour), c.Now())
		c.allow(start.Add(24 * time.Hour))
		time.Sleep(time.Minute)
		require.Equal(t, start.Add(3*time.Hour), c.Now())
		began := time.Now()
		c.Sleep(context.Background(), time.Hour)
		require.Equal(t, time.Minute, time.Since(began))
		c.stop()
		time.Sleep(time.Hour)
		require.Equal(t, start.Add(4*time.Hour), c.Now())
		began = time.Now()
		c.Sleep(context.Background(), time.Hour)
		require.Less(t, time.Since(began), time.Second, "a clock that stands is looked at now and then")
	})
}

// TestTallyFinds: each thing that can go wrong with files is found.
func TestTallyFinds(t *testing.T) {
	start := demoStart()
	out := func(n int, kind string, a integration.Action) integration.Outcome {
		from := start.Add(time.Duration(n) * 30 * time.Minute)
		return integration.Outcome{Feed: "f", Action: a, Artifact: wfm.Artifact{Kind: kind, Name: kind, Interval: wfm.Window{Start: from, End: from.Add(30 * time.Minute)}}}
	}
	for name, c := range map[string]struct {
		list []integration.Outcome
		want string
	}{
		"in order":        {[]integration.Outcome{out(0, "a", integration.Delivered), out(0, "b", integration.Delivered), out(1, "a", integration.Delivered), out(0, "a", integration.Skipped)}, ""},
		"a kind is quiet": {[]integration.Outcome{out(0, "a", integration.Delivered), out(0, "b", integration.Delivered), out(1, "b", integration.Delivered), out(2, "a", integration.Delivered)}, ""},
		"twice":           {[]integration.Outcome{out(0, "a", integration.Delivered), out(1, "a", integration.Delivered), out(0, "a", integration.Delivered)}, "again"},
		"a hole":          {[]integration.Outcome{out(0, "a", integration.Delivered), out(2, "a", integration.Delivered)}, "missing"},
		"no beginning":    {[]integration.Outcome{out(1, "a", integration.Delivered)}, "missing"},
		"restated":        {[]integration.Outcome{out(0, "a", integration.Delivered), out(0, "a", integration.Restated)}, "was restated"},
	} {
		tally := newTally(start, map[string]string{"f": t.TempDir()})
		for _, o := range c.list {
			tally.observe(o)
		}
		if c.want == "" {
			require.Empty(t, tally.problems, name)
			continue
		}
		require.Len(t, tally.problems, 1, name)
		require.Contains(t, tally.problems[0], c.want)
	}
}

func TestSamples(t *testing.T) {
	var l samples
	require.Empty(t, l.three())
	for i := range 1001 {
		l.add(sample{Seconds: float64(i)})
	}
	require.Less(t, len(l.list), maxSamples)
	three := l.three()
	require.Zero(t, three[0].Seconds)
	require.InDelta(t, 500, three[1].Seconds, 32)
	require.EqualValues(t, 1000, three[2].Seconds)
}
