package sftpdrop_test

import (
	"context"
	"encoding/pem"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/realservers"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
)

// sshd is an OpenSSH server on loopback, for the account that runs the tests.
type sshd struct {
	realservers.Running
	hostKey ssh.Signer
	keyFile string // of the account
}

func startSSHD(t *testing.T, server realservers.OpenSSH) *sshd {
	t.Helper()
	if testing.Short() {
		t.Skip("a real server is not started in a short run")
	}
	keyFile, _, _, public := keyFiles(t)
	hostFile, _, hostKey, _ := keyFiles(t)
	signer, err := ssh.NewSignerFromKey(hostKey)
	require.NoError(t, err)
	server.HostKeyFile, server.AuthorizedKeys = hostFile, string(ssh.MarshalAuthorizedKey(public))
	return &sshd{server.Start(t), signer, keyFile}
}

// options deliver into a folder with the key.
func (s *sshd) options(folder string) sftpdrop.Options {
	return sftpdrop.Options{Address: s.Address, Folder: folder, User: s.User, KeyFile: s.keyFile, HostKeys: []string{fingerprint(s.hostKey)}}
}

// internal is the server that needs no program of its own.
func internal(options string, more ...string) realservers.OpenSSH {
	return realservers.OpenSSH{Config: append([]string{"Subsystem sftp internal-sftp" + options}, more...)}
}

func TestOpenSSH(t *testing.T) {
	s := startSSHD(t, internal(""))
	t.Run("conforms", func(t *testing.T) { deliverytest.Run(t, s.harness(t)) })
	t.Run("500 uploads", func(t *testing.T) {
		dir := t.TempDir()
		o := s.options(dir)
		o.Sessions = 4
		realservers.Uploads(t, newDrop(t, o), dir, 500)
	})
	t.Run("logins", func(t *testing.T) { opensshLogins(t, s) })
	t.Run("host keys", func(t *testing.T) { opensshHostKeys(t, s) })
	t.Run("faults", func(t *testing.T) {
		o := s.options(filepath.Join(t.TempDir(), "none"))
		err := newDrop(t, o).Check(t.Context())
		require.Equal(t, wfm.NotFound, wfm.KindOf(err), "%v", err)
		o.Folder = s.keyFile
		require.ErrorContains(t, newDrop(t, o).Check(t.Context()), "not a folder")
	})
}

func (s *sshd) harness(t *testing.T) deliverytest.Maker {
	return func(context.Context) (*deliverytest.Harness, error) {
		dir := t.TempDir()
		d, err := sftpdrop.New(s.options(dir))
		return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(dir), Close: d.Close}, err
	}
}

func opensshLogins(t *testing.T, s *sshd) {
	plain, locked, key, _ := keyFiles(t) // of a stranger
	text, err := os.ReadFile(s.keyFile)
	require.NoError(t, err)
	own, err := ssh.ParseRawPrivateKey(text)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKeyWithPassphrase(own, "", []byte(passphrase))
	require.NoError(t, err)
	ownLocked := filepath.Join(t.TempDir(), "locked")
	require.NoError(t, os.WriteFile(ownLocked, pem.EncodeToMemory(block), 0o600))
	try := func(set func(*sftpdrop.Options)) error {
		o := s.options(t.TempDir())
		set(&o)
		_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
		return err
	}
	require.NoError(t, try(func(o *sftpdrop.Options) { o.KeyFile, o.Passphrase = ownLocked, wfm.NewSecret(passphrase) }))
	err = try(func(o *sftpdrop.Options) { o.KeyFile = plain })
	require.ErrorContains(t, err, "refused the login (tried: publickey)")
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	require.ErrorContains(t, try(func(o *sftpdrop.Options) { o.KeyFile = locked }), "needs a passphrase")
	socket := filepath.Join(t.TempDir(), "agent")
	serveAgent(t, socket, key)
	require.ErrorContains(t, try(func(o *sftpdrop.Options) { o.KeyFile, o.AgentSocket = "", socket }), "refused the login")
	t.Run("ssh-agent", func(t *testing.T) { opensshAgent(t, s) })
	if s.Password == "" {
		t.Log("the password was not tried: that needs root")
		return
	}
	require.NoError(t, try(func(o *sftpdrop.Options) { o.KeyFile, o.Password = "", wfm.NewSecret(s.Password) }))
	require.NoError(t, try(func(o *sftpdrop.Options) { o.KeyFile, o.Password = plain, wfm.NewSecret(s.Password) }), "a key that is refused, then the password")
	err = try(func(o *sftpdrop.Options) { o.KeyFile, o.Password = "", wfm.NewSecret("wrong") })
	require.ErrorContains(t, err, "refused the login")
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
}

// opensshAgent logs in with the agent of OpenSSH.
func opensshAgent(t *testing.T, s *sshd) {
	for _, p := range []string{"ssh-agent", "ssh-add"} {
		if _, err := exec.LookPath(p); err != nil {
			t.Skip("there is no " + p + " here: apt-get install openssh-client")
		}
	}
	socket := filepath.Join(t.TempDir(), "agent")
	c := exec.Command("ssh-agent", "-D", "-a", socket)
	require.NoError(t, c.Start())
	defer func() { _ = c.Process.Kill(); _ = c.Wait() }()
	require.Eventually(t, func() bool {
		add := exec.Command("ssh-add", s.keyFile)
		add.Env = append(os.Environ(), "SSH_AUTH_SOCK="+socket)
		return add.Run() == nil
	}, time.Minute, 20*time.Millisecond)
	o := s.options(t.TempDir())
	o.KeyFile, o.AgentSocket = "", socket
	_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
	require.NoError(t, err)
}

func opensshHostKeys(t *testing.T, s *sshd) {
	o := s.options(t.TempDir())
	o.HostKeys, o.KnownHosts = nil, knownHosts(t, knownhosts.Line([]string{knownhosts.Normalize(s.Address)}, s.hostKey.PublicKey()))
	require.NoError(t, newDrop(t, o).Check(t.Context()))
	o.KnownHosts = knownHosts(t)
	err := newDrop(t, o).Check(t.Context())
	require.ErrorContains(t, err, fingerprint(s.hostKey)+" does not stand in")
	o.KnownHosts = knownHosts(t, knownhosts.Line([]string{knownhosts.Normalize(s.Address)}, newKey(t).PublicKey()))
	err = errors.Join(err, newDrop(t, o).Check(t.Context()))
	require.ErrorContains(t, err, "someone may stand between")
	o.KnownHosts, o.HostKeys = "", []string{fingerprint(newKey(t))}
	err = errors.Join(err, newDrop(t, o).Check(t.Context()))
	require.ErrorContains(t, err, "none of those that are pinned")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	if scan, lookErr := exec.LookPath("ssh-keyscan"); lookErr == nil {
		_, port, _ := net.SplitHostPort(s.Address)
		out, err := exec.Command(scan, "-p", port, "127.0.0.1").Output()
		require.NoError(t, err)
		o.HostKeys, o.KnownHosts = nil, knownHosts(t, string(out))
		require.NoError(t, newDrop(t, o).Check(t.Context()), "what ssh-keyscan writes is accepted")
	}
}

// TestOpenSSHWithoutPosixRename: a server that permits version 3 alone.
func TestOpenSSHWithoutPosixRename(t *testing.T) {
	s := startSSHD(t, internal(" -P posix-rename,fsync"))
	t.Run("conforms", func(t *testing.T) { deliverytest.Run(t, s.harness(t)) })
}

// TestOpenSSHBothFactors: a key and a password.
func TestOpenSSHBothFactors(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("the account's password is known in a namespace of root only")
	}
	s := startSSHD(t, internal("", "AuthenticationMethods publickey,password"))
	o := s.options(t.TempDir())
	o.Password = wfm.NewSecret(s.Password)
	_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	o.Password = wfm.Secret{}
	require.ErrorContains(t, newDrop(t, o).Check(t.Context()), "refused the login")
}

// TestOpenSSHChroot: an account that sees its folder alone, as operators set it up.
func TestOpenSSHChroot(t *testing.T) {
	jail := t.TempDir()
	require.NoError(t, os.Chmod(jail, 0o755))
	in := filepath.Join(jail, "in")
	require.NoError(t, os.Mkdir(in, 0o755))
	server := internal("", "ChrootDirectory /mnt", "ForceCommand internal-sftp -d /in", "AllowTcpForwarding no")
	server.Jail = jail
	s := startSSHD(t, server)
	for i, folder := range []string{"/in", "", "."} {
		o := s.options(folder)
		receipt, err := newDrop(t, o).Deliver(t.Context(), wfm.Artifact{Name: strconv.Itoa(i), Bytes: []byte("x")})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(receipt.Where, "sftp://"+s.Address+"/"), receipt.Where)
	}
	require.Equal(t, map[string]string{"0": "x", "1": "x", "2": "x"}, list(t, in))
}
