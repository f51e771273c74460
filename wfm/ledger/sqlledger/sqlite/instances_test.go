//go:build unix

package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/ledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger"
	"github.com/cicwfm/cicwfm/wfm/ledger/sqlledger/sqlite"
)

// instanceVariable makes the test program an instance of a service, with the name that it holds. It
// runs the feed while it has the lease, and prints what it delivered and under which token.
const instanceVariable = "CICWFM_TEST_INSTANCE"

const (
	instanceKeys = 120 // at least; it goes on until a file with this ending stands beside the ledger
	enough       = ".enough"
	instanceTTL  = 150 * time.Millisecond
)

func instance(path string) bool {
	holder := os.Getenv(instanceVariable)
	if holder == "" {
		return false
	}
	ctx := context.Background()
	l, err := sqlite.Open(ctx, path, sqlite.Options{})
	for err == nil {
		var done bool
		_, missing := os.Stat(path + enough)
		if done, err = instanceStep(ctx, l, holder, missing == nil); done {
			return true
		}
		switch retry, _ := wfm.ShouldRetry(err); {
		case ledger.IsLost(err):
			fmt.Println("lost")
			err = nil
		case retry: // another process was stopped while it wrote
			err = nil
		}
	}
	fmt.Println("failed:", err)
	os.Exit(1)
	return true
}

// instanceStep delivers the next artifact, if this instance has the feed.
func instanceStep(ctx context.Context, l *sqlledger.Ledger, holder string, last bool) (done bool, err error) {
	lease, err := l.Acquire(ctx, "sales", holder, instanceTTL)
	if err != nil {
		return false, err
	}
	if lease.Holder != holder {
		time.Sleep(10 * time.Millisecond)
		return false, nil
	}
	f := l.Fenced(lease)
	mark, ok, err := f.Watermark(ctx, "sales")
	if err != nil {
		return false, err
	}
	n := 0
	if ok {
		n = int(mark.Sub(key(0).Period.Start) / (15 * time.Minute))
	}
	if last && n >= instanceKeys {
		return true, nil
	}
	e, err := f.Begin(ctx, key(n), digest)
	if err != nil {
		return false, err
	}
	if e.Status != ledger.Delivered {
		time.Sleep(2 * time.Millisecond) // here it is sent
		if err := f.Commit(ctx, key(n), delivery.Receipt{Where: holder}); err != nil {
			return false, err
		}
		fmt.Println("delivered", n, lease.Token)
	}
	return false, f.SetWatermark(ctx, "sales", key(n).Period.End)
}

// TestTwoInstancesThroughKillsAndPauses stops and kills whichever instance is at work: each artifact is
// delivered, none by two, and who wakes after its lease passed on changes nothing.
func TestTwoInstancesThroughKillsAndPauses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ledger.db")
	l := open(t, path)
	var mu sync.Mutex
	told := map[int][]string{}
	lost, starts := 0, 0
	var readers sync.WaitGroup
	launch := func() *exec.Cmd {
		c := start(t, path)
		holder := fmt.Sprint("process ", starts)
		starts++
		c.Env = append(c.Env, instanceVariable+"="+holder)
		out, err := c.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, c.Start())
		readers.Go(func() {
			for lines := bufio.NewScanner(out); lines.Scan(); {
				var n, token int
				mu.Lock()
				if _, err := fmt.Sscanf(lines.Text(), "delivered %d %d", &n, &token); err == nil {
					told[n] = append(told[n], fmt.Sprintf("%s token %d", holder, token))
				} else if lines.Text() == "lost" {
					lost++
				} else {
					told[-1] = append(told[-1], lines.Text())
				}
				mu.Unlock()
			}
		})
		return c
	}
	holderOf := func() string {
		list, err := l.Holders(t.Context())
		require.NoError(t, err)
		if len(list) == 0 {
			return ""
		}
		return list[0].Holder
	}
	running := map[string]*exec.Cmd{}
	for range 2 {
		running[fmt.Sprint("process ", starts)] = launch()
	}
	kills, pauses := 0, 0
	for round := 0; round < 8; {
		time.Sleep(60 * time.Millisecond)
		name := holderOf()
		c := running[name]
		if c == nil {
			continue
		}
		round++
		if round%2 == 0 {
			kills++
			require.NoError(t, c.Process.Kill())
			_ = c.Wait()
			delete(running, name)
			running[fmt.Sprint("process ", starts)] = launch()
		} else {
			pauses++
			require.NoError(t, c.Process.Signal(syscall.SIGSTOP))
			time.Sleep(2 * instanceTTL)
			require.NoError(t, c.Process.Signal(syscall.SIGCONT))
		}
	}
	require.NoError(t, os.WriteFile(path+enough, nil, 0o600))
	for _, c := range running {
		require.NoError(t, c.Wait())
	}
	readers.Wait()
	mark, _, err := l.Watermark(t.Context(), "sales")
	require.NoError(t, err)
	delivered := int(mark.Sub(key(0).Period.Start) / (15 * time.Minute))
	require.GreaterOrEqual(t, delivered, instanceKeys)
	require.Empty(t, told[-1])
	for n, by := range told {
		require.Len(t, by, 1, "artifact %d was delivered by %s", n, strings.Join(by, " and by "))
	}
	// One may stand beyond the watermark, begun or delivered: its holder lost the lease before it came to the watermark, and
	// who came then had no more to do.
	require.Contains(t, []int{delivered, delivered + 1}, count(t, l))
	for e, err := range l.Entries(t.Context(), "sales", wfm.Window{Start: time.Unix(0, 0), End: time.Unix(1<<40, 0)}) {
		require.NoError(t, err)
		if e.Key.Period.Start.Before(mark) {
			require.Equal(t, ledger.Delivered, e.Status)
		}
	}
	list, err := l.Holders(t.Context())
	require.NoError(t, err)
	t.Logf("%d artifacts through %d kills and %d pauses, under %d leases; a lost lease was met %d times",
		delivered, kills, pauses, list[0].Token, lost)
	require.Greater(t, list[0].Token, int64(3))
}
