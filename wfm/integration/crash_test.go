package integration_test

import (
	"context"
	"fmt"
	"iter"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/historical/historicaltest"
	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/integration"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	ledgerfile "github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// The crash test runs this test binary again as a child that kills itself at a given step.
const (
	crashDir  = "CICWFM_TEST_CRASH_DIR"
	crashStep = "CICWFM_TEST_CRASH_STEP"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(crashDir); dir != "" {
		if err := crashingBackfill(dir, os.Getenv(crashStep)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	if dir := os.Getenv(instanceDir); dir != "" {
		if err := runInstance(dir, os.Getenv(instanceName)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// crasher counts steps and kills the process, as kill -9 does, when one is reached.
type crasher struct {
	at, n   int
	journal *os.File
}

func (c *crasher) step(name string) {
	if c.n++; c.n == c.at {
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {} // until the signal arrives
	}
	fmt.Fprintln(c.journal, name)
}

// watched is a ledger with a step before and after each change.
type watched struct {
	ledger.Ledger
	c *crasher
}

func (w watched) Begin(ctx context.Context, k ledger.Key, d wfm.Digest) (ledger.Entry, error) {
	w.c.step("before begin " + k.Name)
	e, err := w.Ledger.Begin(ctx, k, d)
	w.c.step("after begin " + k.Name)
	return e, err
}

func (w watched) Commit(ctx context.Context, k ledger.Key, r delivery.Receipt) error {
	w.c.step("before commit " + k.Name)
	err := w.Ledger.Commit(ctx, k, r)
	w.c.step("after commit " + k.Name)
	return err
}

func (w watched) Entries(ctx context.Context, feed string, win wfm.Window) iter.Seq2[ledger.Entry, error] {
	w.c.step("look up")
	return w.Ledger.Entries(ctx, feed, win)
}

// crashingBackfill delivers four intervals from a source in memory to a folder, over a ledger file.
func crashingBackfill(dir, at string) error {
	c := &crasher{}
	if _, err := fmt.Sscan(at, &c.at); err != nil {
		return err
	}
	var err error
	if c.journal, err = os.OpenFile(filepath.Join(dir, "journal"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644); err != nil {
		return err
	}
	l, err := ledgerfile.Open(context.Background(), filepath.Join(dir, "ledger.db"), ledgerfile.Options{})
	if err != nil {
		return err
	}
	drop, err := filedrop.New(filepath.Join(dir, "out"), filedrop.Options{OnStep: func(step string) { c.step("drop " + step) }})
	if err != nil {
		return err
	}
	m := &historicaltest.Memory{}
	fill(m, epoch, 4)
	s, err := integration.New(integration.Options{Ledger: watched{l, c},
		Licence:    license.NewGate(license.Declared{All: []license.Feature{license.FeatureHistorical}}, license.Options{}),
		Historical: []integration.HistoricalFeed{feedOf(m, drop, plain{})}})
	if err != nil {
		return err
	}
	_, err = s.Backfill(context.Background(), "history", wfm.Window{Start: epoch, End: epoch.Add(time.Hour)}, integration.BackfillOptions{})
	return err
}

func runCrashing(t *testing.T, dir string, at int) error {
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), crashDir+"="+dir, fmt.Sprintf("%s=%d", crashStep, at))
	cmd.Stderr = os.Stderr
	return cmd.Run()
}

func folder(t *testing.T, dir string) map[string]string {
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		files[e.Name()] = string(b)
	}
	return files
}

// TestKillAtEveryStep kills a backfill at each step of the delivery in turn and runs it again. The
// folder must end byte-identical to an undisturbed run, with no partial file, and no file may have
// been renamed into place twice.
func TestKillAtEveryStep(t *testing.T) {
	base := t.TempDir()
	fresh := func(name string) string {
		dir := filepath.Join(base, name)
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "out"), 0o755))
		return dir
	}
	whole := fresh("whole")
	require.NoError(t, runCrashing(t, whole, 0))
	want := folder(t, filepath.Join(whole, "out"))
	require.Len(t, want, 4)
	journal, err := os.ReadFile(filepath.Join(whole, "journal"))
	require.NoError(t, err)
	steps := strings.Count(string(journal), "\n")
	require.Greater(t, steps, 4*8)
	if testing.Short() {
		steps = steps/4 + 1 // the steps of one file, and the first of the next
	}
	for at := 1; at <= steps; at++ {
		dir := fresh(fmt.Sprint(at))
		require.Error(t, runCrashing(t, dir, at), "step %d", at)
		require.NoError(t, runCrashing(t, dir, 0), "step %d", at)
		require.Equal(t, want, folder(t, filepath.Join(dir, "out")), "step %d", at)
		journal, err := os.ReadFile(filepath.Join(dir, "journal"))
		require.NoError(t, err)
		require.LessOrEqual(t, strings.Count(string(journal), "drop rename\n"), 4, "step %d: a file was delivered twice", at)
	}
}
