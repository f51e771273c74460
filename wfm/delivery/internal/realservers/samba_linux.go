package realservers

import (
	"fmt"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Samba describes an SMB server for the account that runs the tests.
type Samba struct {
	// Global are further lines of the section [global].
	Global []string
	// Shares are the lines of shares beside that which can be written, by their names; all show the same folder.
	Shares map[string][]string
}

// SambaShare is the name of the share that can be written.
const SambaShare = "drop"

// Start starts the server; it ends with the test. The test is skipped where the server is not there. Running.Folder is
// empty, since the share's top is Running.Dir. Nothing on the machine itself is changed: all that the server keeps is
// in a temporary folder.
func (s Samba) Start(t testing.TB) Running {
	t.Helper()
	program, admin := find(t, "smbd"), find(t, "smbpasswd")
	needRoot(t, "samba")
	work := folderForAll(t)
	me, err := osuser.Current()
	require.NoError(t, err)
	r := Running{User: me.Username, Password: password, Dir: filepath.Join(work, "drop")}
	require.NoError(t, os.Mkdir(r.Dir, 0o755))
	lines := []string{"[global]", "server role = standalone server", "workgroup = TEST", "netbios name = TEST", "disable netbios = yes",
		"interfaces = 127.0.0.1/8", "bind interfaces only = yes", "load printers = no", "disable spoolss = yes", "obey pam restrictions = no",
		"passdb backend = tdbsam:" + work + "/passdb.tdb", "log file = " + work + "/log", "log level = 1"}
	for _, kind := range []string{"private dir", "lock directory", "state directory", "cache directory", "pid directory", "ncalrpc dir"} {
		folder := filepath.Join(work, strings.ReplaceAll(kind, " ", "-"))
		require.NoError(t, os.Mkdir(folder, 0o755))
		lines = append(lines, kind+" = "+folder)
	}
	lines = append(lines, s.Global...)
	shares := []string{"[" + SambaShare + "]", "path = " + r.Dir, "read only = no"}
	for name, more := range s.Shares {
		shares = append(append(shares, "["+name+"]", "path = "+r.Dir), more...)
	}
	settings := configuration(t, work, append(lines, shares...))
	add := exec.Command(admin, "-c", settings, "-s", "-a", r.User)
	add.Stdin = strings.NewReader(r.Password + "\n" + r.Password + "\n")
	said, err := add.CombinedOutput()
	require.NoError(t, err, string(said))
	r.Address = start(t, func(port int) *exec.Cmd {
		with := append(append(lines[:len(lines):len(lines)], fmt.Sprintf("smb ports = %d", port)), shares...)
		return exec.Command(program, "--foreground", "--no-process-group", "--configfile", configuration(t, work, with), "--log-basename", work)
	})
	return r
}
