package realservers

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FolderVariable names the environment variable with the folder that .ci/servers filled.
const FolderVariable = "CICWFM_TEST_SERVERS"

// folder is where packages were unpacked; empty where they were not.
func folder() string { return os.Getenv(FolderVariable) }

// find returns the path of a program, or skips the test.
func find(t testing.TB, program string) string {
	t.Helper()
	for _, sub := range []string{"usr/sbin", "usr/bin"} {
		if folder() == "" {
			break
		}
		if path := filepath.Join(folder(), sub, program); exec.Command("test", "-x", path).Run() == nil {
			return path
		}
	}
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	// Debian keeps daemons where the search path of a normal user does not lead.
	if path, err := exec.LookPath("/usr/sbin/" + program); err == nil {
		return path
	}
	t.Skipf("%s is not installed: run .ci/servers FOLDER as root on Debian, and set %s to the folder", program, FolderVariable)
	return ""
}

// needRoot skips the test where this process is not root.
func needRoot(t testing.TB, program string) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skipf("%s changes to another user and needs root: run this test as root", program)
	}
}

// free returns a port on loopback that nobody uses at this moment.
func free(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// DataPorts returns the first and the last of so many ports that nobody uses at this moment, for FTP.FirstData and
// LastData. They lie below those that Linux gives to clients.
func DataPorts(t testing.TB, many int) (first, last int) {
	t.Helper()
	const lowest, highest = 12_000, 32_000
	for range 100 {
		first = lowest + rand.IntN(highest-lowest-many)
		last = first + many - 1
		if vacant(first, last) {
			return first, last
		}
	}
	t.Fatalf("there are no %d ports in a row that nobody uses", many)
	return 0, 0
}

func vacant(first, last int) bool {
	for port := first; port <= last; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil || l.Close() != nil {
			return false
		}
	}
	return true
}

// start runs a server until the test ends, and returns when it listens. command makes the command line for a port,
// which another program may take before the server does: then it is tried again.
func start(t testing.TB, command func(port int) *exec.Cmd) (address string) {
	t.Helper()
	var last error
	for range 3 {
		port := free(t)
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		cmd := command(port)
		var said output
		cmd.Stdout, cmd.Stderr = &said, &said
		// The processes that it starts for its sessions end with it.
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
		require.NoError(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		stop := func() {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-ended
		}
		if last = listening(address, ended); last == nil {
			t.Cleanup(stop)
			return address
		}
		stop()
		last = fmt.Errorf("%s: %w: %s", filepath.Base(cmd.Path), last, said.String())
	}
	require.NoError(t, last)
	return ""
}

// listening waits until a server takes connections. ended keeps its value where the process ended.
func listening(address string, ended chan error) error {
	for range 2400 { // a minute
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case err := <-ended:
			ended <- err
			return fmt.Errorf("it ended at once (%w)", errors.Join(err))
		case <-time.After(25 * time.Millisecond):
		}
	}
	return errors.New("it does not listen")
}

// output keeps what a server writes.
type output struct {
	mu   sync.Mutex
	text []byte
}

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text = append(o.text, b...)
	return len(b), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.text)
}
