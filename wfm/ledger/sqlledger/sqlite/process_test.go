package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// childVariable makes the test program a second process that works on the ledger it names: it
// begins and commits one entry after the other and prints the number of each, up to childKeys, or with
// endlessVariable until it is killed.
const (
	childVariable   = "CICWFM_TEST_LEDGER"
	endlessVariable = "CICWFM_TEST_LEDGER_ENDLESS"
	childKeys       = 300
)

func child() bool {
	path := os.Getenv(childVariable)
	if path == "" {
		return false
	}
	if instance(path) {
		return true
	}
	ctx := context.Background()
	l, err := sqlite.Open(ctx, path, sqlite.Options{})
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer l.Close()
	for n := 0; n < childKeys || os.Getenv(endlessVariable) != ""; n++ {
		if _, err := l.Begin(ctx, key(n), digest); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("begun", n)
		if err := l.Commit(ctx, key(n), delivery.Receipt{Where: "there"}); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("delivered", n)
	}
	return true
}

func start(t *testing.T, path string) *exec.Cmd {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), program)
	c.Env = append(os.Environ(), childVariable+"="+path)
	return c
}

// TestKilledProcessLosesNothing kills a process in full work: whatever it said that it had begun or
// delivered is in the ledger.
func TestKilledProcessLosesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	told := map[int]ledger.Status{}
	for round := 1; round <= 3; round++ {
		c := start(t, path)
		c.Env = append(c.Env, endlessVariable+"=1")
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		lines := bufio.NewScanner(out)
		for said := 0; lines.Scan(); {
			var what string
			var n int
			_, err := fmt.Sscanf(lines.Text(), "%s %d", &what, &n)
			require.NoError(t, err, lines.Text())
			if what == "delivered" {
				told[n] = ledger.Delivered
			} else if told[n] == 0 {
				told[n] = ledger.Begun
			}
			if said++; said == 37*round {
				require.NoError(t, c.Process.Kill())
			}
		}
		require.Error(t, c.Wait(), "the process must have been killed")

		l := open(t, path)
		for n, status := range told {
			e, err := l.Begin(t.Context(), key(n), digest)
			require.NoError(t, err)
			require.GreaterOrEqual(t, e.Status, status, "entry %d", n)
		}
	}
}

// TestTwoProcessesShareALedger lets two processes and this one do the same work at the same time.
func TestTwoProcessesShareALedger(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	errs := conform.Parallel(3, func(i int) error {
		if i < 2 {
			out, err := start(t, path).CombinedOutput()
			if err != nil {
				return fmt.Errorf("%w: %s", err, out)
			}
			return nil
		}
		for n := range childKeys {
			if _, err := l.Begin(t.Context(), key(n), digest); err != nil {
				return err
			}
			if err := l.Commit(t.Context(), key(n), delivery.Receipt{Where: "here"}); err != nil {
				return err
			}
		}
		return nil
	})
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Equal(t, childKeys, count(t, l))
}
