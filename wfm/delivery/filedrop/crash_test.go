package filedrop_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
)

// crashVariable makes the test program a process that delivers into the folder it names and is
// killed at a step: "folder|step|which time".
const crashVariable = "CICWFM_TEST_CRASH"

var crashContent = strings.Repeat("0123456789abcde\n", 40_000) // three writes

func child() bool {
	folder, rest, found := strings.Cut(os.Getenv(crashVariable), "|")
	if !found {
		return false
	}
	step, which, _ := strings.Cut(rest, "|")
	times, err := strconv.Atoi(which)
	if err != nil {
		panic(err)
	}
	d, err := filedrop.New(folder, filedrop.Options{OnStep: func(s string) {
		if s != step {
			return
		}
		if times--; times == 0 {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			if err == nil {
				select {} // until the kill arrives
			}
			panic(err)
		}
	}})
	if err == nil {
		_, err = d.Deliver(context.Background(), call(crashContent))
	}
	fmt.Println(err)
	return true
}

// TestKilledAtEachStep: whenever the process dies, a reader finds the old file or the new one, and a
// retry leaves the new one and nothing else.
func TestKilledAtEachStep(t *testing.T) {
	program, err := os.Executable()
	require.NoError(t, err)
	for _, at := range []string{"open|1", "write|1", "write|2", "write|3", "sync|1", "verify|1", "rename|1", "sync dir|1"} {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			d := newDrop(t, dir, filedrop.Options{})
			_, err := d.Deliver(t.Context(), call("old"))
			require.NoError(t, err)

			c := exec.CommandContext(t.Context(), program)
			c.Env = append(os.Environ(), crashVariable+"="+dir+"|"+at)
			out, err := c.CombinedOutput()
			require.Error(t, err, "the process must have been killed: %s", out)

			landed := at == "sync dir|1"
			content, err := os.ReadFile(filepath.Join(dir, "call.txt"))
			require.NoError(t, err)
			if landed {
				require.Equal(t, crashContent, string(content))
			} else {
				require.Equal(t, "old", string(content))
			}
			for name := range list(t, dir) {
				require.True(t, name == "call.txt" || delivery.IsPartialName(name), name)
			}
			_, probed, err := d.Probe(t.Context(), call(crashContent))
			require.NoError(t, err)
			require.Equal(t, landed, probed)

			_, err = d.Deliver(t.Context(), call(crashContent))
			require.NoError(t, err)
			require.Equal(t, map[string]string{"call.txt": crashContent}, list(t, dir))
		})
	}
}
