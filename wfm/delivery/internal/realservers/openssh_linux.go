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

// OpenSSH describes an SFTP server for the account that runs the tests.
type OpenSSH struct {
	// HostKeyFile is the server's private key.
	HostKeyFile string
	// AuthorizedKeys are the public keys that log in, one a line.
	AuthorizedKeys string
	// Jail is a folder of this machine that the server finds as /mnt; empty gives it none. It needs root.
	Jail string
	// Config are further lines of sshd_config.
	Config []string
}

// Start starts the server; it ends with the test. The test is skipped where the server is not there. As root, the server
// runs in a mount namespace of its own in which the account has a password: Running.Password. For others it is
// empty, since nothing on the machine itself is changed. Running.Folder and Dir are a new folder.
func (s OpenSSH) Start(t testing.TB) Running {
	t.Helper()
	program := find(t, "sshd")
	work := folderForAll(t)
	me, err := osuser.Current()
	require.NoError(t, err)
	r := Running{User: me.Username, Dir: filepath.Join(work, "drop")}
	r.Folder = r.Dir
	require.NoError(t, os.Mkdir(r.Dir, 0o755))
	write := func(name, content string) string {
		path := filepath.Join(work, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	keys := write("authorized_keys", s.AuthorizedKeys)
	// "$@" is the server. Its own folder in /run exists on machines where the service runs.
	script := `exec "$@"`
	if os.Getuid() == 0 {
		if said, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
			t.Skipf("sshd as root needs a mount namespace of its own: %v %s", err, said)
		}
		r.Password = password
		shadow := write("shadow", r.User+":"+hashed+":19000:0:99999:7:::\nsshd:!:19000::::::\n")
		script = "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && mount --bind " + shadow + " /etc/shadow && " + script
		if s.Jail != "" {
			script = "mount --bind " + s.Jail + " /mnt && " + script
		}
	} else if s.Jail != "" {
		needRoot(t, "sshd with a chroot")
	}
	r.Address = start(t, func(port int) *exec.Cmd {
		lines := append([]string{"ListenAddress 127.0.0.1", fmt.Sprintf("Port %d", port), "HostKey " + s.HostKeyFile, "PidFile none",
			"UsePAM no", "StrictModes no", "PermitRootLogin yes", "MaxStartups 100", "AuthorizedKeysFile " + keys}, s.Config...)
		path := write("sshd_config", strings.Join(lines, "\n")+"\n")
		args := []string{"-ec", script, "sh", program, "-D", "-e", "-f", path}
		if os.Getuid() != 0 {
			return exec.Command("sh", args...)
		}
		return exec.Command("unshare", append([]string{"--mount", "--propagation", "private", "sh"}, args...)...)
	})
	return r
}
