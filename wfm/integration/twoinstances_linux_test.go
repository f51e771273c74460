package integration_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// member is one instance as the test sees it.
type member struct {
	dir, name string
	cmd       *exec.Cmd
}

func (m *member) start(t *testing.T) {
	m.cmd = exec.CommandContext(t.Context(), os.Args[0])
	m.cmd.Env = append(os.Environ(), instanceDir+"="+m.dir, instanceName+"="+m.name)
	m.cmd.Stderr = os.Stderr
	require.NoError(t, m.cmd.Start())
}

func (m *member) signal(t *testing.T, s os.Signal) { require.NoError(t, m.cmd.Process.Signal(s)) }

// TestTwoInstancesThroughKillsAndPauses: no interval is missing, none is delivered by both.
func TestTwoInstancesThroughKillsAndPauses(t *testing.T) {
	events := 12
	if text := os.Getenv(killsVariable); text != "" {
		var err error
		events, err = strconv.Atoi(text)
		require.NoError(t, err)
	} else if testing.Short() {
		t.Skip("kills and pauses take a while; they run without -short")
	}
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	require.NoError(t, os.Mkdir(out, 0o755))
	appeared := watchFolder(t, out)
	began := time.Now()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "began"), []byte(strconv.FormatInt(began.UnixNano(), 10)), 0o600))
	members := []*member{{dir: dir, name: "a"}, {dir: dir, name: "b"}}
	for _, m := range members {
		m.start(t)
	}
	kills, pauses := 0, 0
	for range events {
		time.Sleep(rand.N(800 * time.Millisecond))
		m := members[rand.IntN(2)]
		if rand.IntN(2) == 0 {
			kills++
			m.signal(t, syscall.SIGKILL)
			_ = m.cmd.Wait()
			m.start(t)
			continue
		}
		pauses++
		m.signal(t, syscall.SIGSTOP)
		time.Sleep(rand.N(instanceLease * 2)) // shorter and longer than the lease
		m.signal(t, syscall.SIGCONT)
	}
	files := int(fastClock{began}.Now().Add(-integration.DefaultDelay).Sub(epoch) / (15 * time.Minute))
	require.Eventually(t, func() bool { // after a take-over, and what was missed
		got := folder(t, out)
		for n := range files {
			if _, there := got[fileOf(n)]; !there {
				return false
			}
		}
		return true
	}, time.Minute, 50*time.Millisecond, "an interval is missing")
	for _, m := range members {
		require.Eventually(t, func() bool {
			text, err := os.ReadFile(readyFile(dir, m.name))
			return err == nil && string(text) == strconv.Itoa(m.cmd.Process.Pid)
		}, time.Minute, 10*time.Millisecond, "an instance that was started anew can be interrupted")
		m.signal(t, os.Interrupt)
		require.NoError(t, m.cmd.Wait(), "instance %s", m.name)
	}
	got := folder(t, out)
	expected := 0
	for ; ; expected++ {
		name := fileOf(expected)
		if text, ok := got[name]; !ok {
			break
		} else {
			require.Equal(t, figure(int64(expected+1)), text, name)
			delete(got, name)
		}
	}
	require.GreaterOrEqual(t, expected, files, "an interval is missing")
	for name := range got { // a killed process leaves its partial files
		require.True(t, delivery.IsPartialName(name), "%s is there although an interval before it is missing", name)
	}
	twice := 0
	counts := appeared()
	for name, n := range counts {
		if n > 1 {
			twice++
			t.Errorf("%s was delivered %d times", name, n)
		}
	}
	t.Logf("%d kills, %d pauses, %d intervals expected, %d delivered, %d delivered more than once, %d partial files left",
		kills, pauses, files, len(counts), twice, len(got))
}

// fileOf is the name of the file of an interval.
func fileOf(n int) string {
	return epoch.Add(time.Duration(n)*15*time.Minute).Format("20060102_1504") + ".json"
}

// watchFolder counts from outside how often each file appears under its final name. It returns what ends the
// watch and gives the counts.
func watchFolder(t *testing.T, dir string) func() map[string]int {
	fd, err := syscall.InotifyInit1(syscall.IN_CLOEXEC)
	require.NoError(t, err)
	_, err = syscall.InotifyAddWatch(fd, dir, syscall.IN_MOVED_TO)
	require.NoError(t, err)
	counts := map[string]int{}
	done := make(chan error, 1)
	stopFile := ".end of the watch"
	go func() {
		buf := make([]byte, 1<<16)
		for {
			n, err := syscall.Read(fd, buf)
			if err == syscall.EINTR {
				continue
			}
			if err != nil {
				done <- err
				return
			}
			for rest := buf[:n]; len(rest) >= syscall.SizeofInotifyEvent; {
				mask, size := binary.NativeEndian.Uint32(rest[4:]), binary.NativeEndian.Uint32(rest[12:])
				name := string(bytes.TrimRight(rest[syscall.SizeofInotifyEvent:syscall.SizeofInotifyEvent+size], "\x00"))
				rest = rest[syscall.SizeofInotifyEvent+size:]
				switch {
				case mask&syscall.IN_Q_OVERFLOW != 0:
					done <- fmt.Errorf("the watch lost events")
					return
				case name == stopFile:
					done <- nil
					return
				case !strings.HasPrefix(name, "."):
					counts[name]++
				}
			}
		}
	}()
	return func() map[string]int {
		from := filepath.Join(filepath.Dir(dir), "end")
		require.NoError(t, os.WriteFile(from, nil, 0o600))
		require.NoError(t, os.Rename(from, filepath.Join(dir, stopFile)))
		require.NoError(t, <-done)
		require.NoError(t, syscall.Close(fd))
		return counts
	}
}
