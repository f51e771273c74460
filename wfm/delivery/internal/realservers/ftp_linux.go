package realservers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// FTP describes a server to start.
type FTP struct {
	// Server is vsftpd, proftpd or pure-ftpd.
	Server string
	// CertFile and KeyFile are those of the server; empty means that it speaks no TLS. With them it demands
	// TLS.
	CertFile, KeyFile string
	// Implicit is TLS from the first byte; pure-ftpd has none.
	Implicit bool
	// RequireReuse demands that data connections resume the TLS session of the control connection; pure-ftpd
	// cannot demand that.
	RequireReuse bool
	// NoOverwrite refuses uploads and renames over existing files; proftpd alone has such a setting.
	NoOverwrite bool
	// Hides makes lists leave out names that begin with a full stop, whatever options the client gives; for proftpd alone.
	Hides bool
	// FirstData and LastData are the ports for passive data connections; 0 leaves them to the server. DataPorts finds some.
	FirstData, LastData int
}

// Running is a server that listens.
type Running struct {
	Address        string // host:port
	Folder         string // in which the user may write
	Dir            string // the same on this disk
	User, Password string
}

const (
	user     = "wfm"
	password = "geheim %d 1"
	// hashed is the password as crypt(3) writes it.
	hashed = "$6$cicwfm$zBfV4wnnt36Q9x95PWGl7r2V.X5qebDLOnMvTS9B8VVSICQj0lncOAJoRsnKb1JGspmhQVDO.rwP4y18JKQp50"
	nobody = 65534 // Debian's nobody and nogroup
	daemon = 1     // Debian's daemon, which has a home; vsftpd wants that
)

// Start starts a server with an empty folder; it ends with the test. The test is skipped where the server is not there.
func (f FTP) Start(t testing.TB) Running {
	t.Helper()
	root := filepath.Join(folderForAll(t), "root")
	r := Running{Dir: filepath.Join(root, "drop"), Folder: "drop", User: user, Password: password}
	require.NoError(t, os.MkdirAll(r.Dir, 0o755))
	owner := nobody
	if f.Server == "vsftpd" {
		owner = daemon
	}
	if os.Getuid() == 0 {
		require.NoError(t, os.Chown(r.Dir, owner, owner))
	}
	switch f.Server {
	case "vsftpd":
		r.User = "anonymous" // others need accounts of this machine
		f.vsftpd(t, &r, root)
	case "proftpd":
		f.proftpd(t, &r, root)
	case "pure-ftpd":
		f.pureFTPd(t, &r, root)
	default:
		t.Fatalf("there is no server %q", f.Server)
	}
	return r
}

func (f FTP) tls() bool { return f.CertFile != "" }

func yes(b bool) string {
	if b {
		return "YES"
	}
	return "NO"
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func (f FTP) vsftpd(t testing.TB, r *Running, root string) {
	program := find(t, "vsftpd")
	needRoot(t, "vsftpd")
	work := folderForAll(t)
	empty := filepath.Join(work, "empty")
	require.NoError(t, os.Mkdir(empty, 0o755))
	r.Address = start(t, func(port int) *exec.Cmd {
		lines := []string{
			"listen=YES", "listen_address=127.0.0.1", fmt.Sprintf("listen_port=%d", port), "background=NO",
			"anonymous_enable=YES", "no_anon_password=NO", "ftp_username=daemon", "anon_root=" + root,
			"write_enable=YES", "anon_upload_enable=YES", "anon_other_write_enable=YES", "anon_mkdir_write_enable=YES",
			"anon_world_readable_only=NO", "anon_umask=022", "secure_chroot_dir=" + empty, "xferlog_enable=NO",
		}
		if f.FirstData != 0 {
			lines = append(lines, fmt.Sprintf("pasv_min_port=%d", f.FirstData), fmt.Sprintf("pasv_max_port=%d", f.LastData))
		}
		if f.tls() {
			lines = append(lines, "ssl_enable=YES", "allow_anon_ssl=YES", "force_anon_data_ssl=YES", "force_anon_logins_ssl=YES",
				"rsa_cert_file="+f.CertFile, "rsa_private_key_file="+f.KeyFile, "ssl_ciphers=HIGH", "ssl_tlsv1=YES",
				"require_ssl_reuse="+yes(f.RequireReuse), "implicit_ssl="+yes(f.Implicit))
		}
		return exec.Command(program, configuration(t, work, lines))
	})
}

func (f FTP) proftpd(t testing.TB, r *Running, root string) {
	program := find(t, "proftpd")
	work := folderForAll(t)
	uid, gid, account := os.Getuid(), os.Getgid(), ""
	if uid == 0 {
		uid, gid, account = nobody, nobody, "User nobody\nGroup nogroup\nDefaultRoot ~\n"
	}
	users := filepath.Join(work, "users")
	require.NoError(t, os.WriteFile(users, fmt.Appendf(nil, "%s:%s:%d:%d::%s:/bin/false\n", user, hashed, uid, gid, root), 0o600))
	r.Address = start(t, func(port int) *exec.Cmd {
		lines := []string{
			"ServerName test", "ServerType standalone", "DefaultServer on", "DefaultAddress 127.0.0.1", "SocketBindTight on", fmt.Sprintf("Port %d", port),
			"UseIPv6 off", "UseReverseDNS off", account, "PidFile " + work + "/pid", "ScoreboardFile " + work + "/scoreboard",
			"SystemLog " + work + "/log", "TransferLog none", "WtmpLog off", "DelayTable none",
			"AuthOrder mod_auth_file.c", "AuthUserFile " + users, "RequireValidShell off", "Umask 022",
			"AllowOverwrite " + onOff(!f.NoOverwrite),
		}
		if folder() != "" && strings.HasPrefix(program, folder()) {
			lines = append([]string{"ModulePath " + filepath.Join(folder(), "usr/lib/proftpd")}, lines...)
		}
		if f.FirstData != 0 {
			lines = append(lines, fmt.Sprintf("PassivePorts %d %d", f.FirstData, f.LastData))
		}
		if f.Hides {
			lines = append(lines, `ListOptions "-l" strict`)
		}
		if f.tls() {
			lines = append(lines, "LoadModule mod_tls.c", "TLSEngine on", "TLSRequired on", "TLSProtocol TLSv1.2 TLSv1.3", "TLSLog "+work+"/tls",
				"TLSECCertificateFile "+f.CertFile, "TLSECCertificateKeyFile "+f.KeyFile)
			var options string
			if !f.RequireReuse {
				options += " NoSessionReuseRequired"
			}
			if f.Implicit {
				options += " UseImplicitSSL"
			}
			if options != "" {
				lines = append(lines, "TLSOptions"+options)
			}
		}
		return exec.Command(program, "--nodaemon", "--config", configuration(t, work, lines))
	})
}

func (f FTP) pureFTPd(t testing.TB, r *Running, root string) {
	program, admin := find(t, "pure-ftpd"), find(t, "pure-pw")
	needRoot(t, "pure-ftpd")
	if f.Implicit || f.RequireReuse || f.NoOverwrite || f.Hides {
		t.Fatal("pure-ftpd has no such setting")
	}
	work := folderForAll(t)
	users, database := filepath.Join(work, "users"), filepath.Join(work, "users.pdb")
	// The line is written here: a password that pure-pw hashes costs seconds at each log-in.
	require.NoError(t, os.WriteFile(users, fmt.Appendf(nil, "%s:%s:%d:%d::%s/./::::::::::::\n", user, hashed, nobody, nobody, root), 0o600))
	said, err := exec.Command(admin, "mkdb", database, "-f", users).CombinedOutput()
	require.NoError(t, err, string(said))
	arguments := []string{"--login", "puredb:" + database, "--noanonymous", "--chrooteveryone", "--dontresolve", "--umask", "133:022",
		"--pidfile", filepath.Join(work, "pid")}
	if f.FirstData != 0 {
		arguments = append(arguments, "--passiveportrange", fmt.Sprintf("%d:%d", f.FirstData, f.LastData))
	}
	if f.tls() {
		both := filepath.Join(work, "both.pem")
		cert, err := os.ReadFile(f.CertFile)
		require.NoError(t, err)
		key, err := os.ReadFile(f.KeyFile)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(both, append(key, cert...), 0o600))
		arguments = append(arguments, "--certfile", both, "--tls", "3") // 3 demands TLS for data too
	}
	r.Address = start(t, func(port int) *exec.Cmd {
		return exec.Command(program, append(arguments, "--bind", fmt.Sprintf("127.0.0.1,%d", port))...)
	})
}

// folderForAll is a temporary folder that a server's other user can enter.
func folderForAll(t testing.TB) string {
	dir, err := os.MkdirTemp("", "realservers")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

func configuration(t testing.TB, work string, lines []string) string {
	path := filepath.Join(work, "conf")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}
