package sftpdrop_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
)

const password = "s3cr3t-passw0rd"

// newKey makes a key.
func newKey(t testing.TB) ssh.Signer {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	key, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return key
}

// disk is a folder as a server shows it, with the renames of OpenSSH: the plain one fails over an existing file.
type disk struct {
	dir string
	// before is asked before each request and can refuse it; nil refuses nothing.
	before func(r *sftp.Request) error
}

func (d *disk) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

func (d *disk) ask(r *sftp.Request) error {
	if d.before == nil {
		return nil
	}
	return d.before(r)
}

func (d *disk) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	if err := d.ask(r); err != nil {
		return nil, err
	}
	return os.Open(d.path(r.Filepath))
}

func (d *disk) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	if err := d.ask(r); err != nil {
		return nil, err
	}
	flags := os.O_WRONLY | os.O_CREATE
	if f := r.Pflags(); f.Excl {
		flags |= os.O_EXCL
	} else if f.Trunc {
		flags |= os.O_TRUNC
	}
	f, err := os.OpenFile(d.path(r.Filepath), flags, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, errors.New("Failure")
	}
	return &upload{f, r, d}, err
}

// upload asks before each chunk.
type upload struct {
	*os.File
	r *sftp.Request
	d *disk
}

func (u *upload) WriteAt(b []byte, off int64) (int, error) {
	if err := u.d.ask(&sftp.Request{Method: "Write", Filepath: u.r.Filepath}); err != nil {
		return 0, err
	}
	return u.File.WriteAt(b, off)
}

func (d *disk) Filecmd(r *sftp.Request) error {
	if err := d.ask(r); err != nil {
		return err
	}
	switch r.Method {
	case "Rename":
		if _, err := os.Lstat(d.path(r.Target)); err == nil {
			return errors.New("Failure")
		}
		return os.Rename(d.path(r.Filepath), d.path(r.Target))
	case "Remove":
		return os.Remove(d.path(r.Filepath))
	case "Setstat":
		return os.Chmod(d.path(r.Filepath), r.Attributes().FileMode().Perm())
	}
	return sftp.ErrSSHFxOpUnsupported
}

func (d *disk) PosixRename(r *sftp.Request) error {
	if err := d.ask(r); err != nil {
		return err
	}
	return os.Rename(d.path(r.Filepath), d.path(r.Target))
}

type infos []fs.FileInfo

func (l infos) ListAt(to []fs.FileInfo, at int64) (int, error) {
	n := copy(to, l[min(at, int64(len(l))):])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}

func (d *disk) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	if err := d.ask(r); err != nil {
		return nil, err
	}
	info, err := os.Lstat(d.path(r.Filepath))
	return infos{info}, err
}

func (d *disk) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if err := d.ask(r); err != nil {
		return nil, err
	}
	if r.Method == "Stat" {
		info, err := os.Stat(d.path(r.Filepath))
		return infos{info}, err
	}
	entries, err := os.ReadDir(d.path(r.Filepath))
	var list infos
	for _, e := range entries {
		if info, err := e.Info(); err == nil {
			list = append(list, info)
		}
	}
	return list, err
}

// server is an SSH server on loopback.
type server struct {
	address string
	disk    *disk
	keys    []ssh.Signer
	// logins counts the attempts to log in with a password.
	logins   atomic.Int32
	listener net.Listener
	wait     sync.WaitGroup
	mu       sync.Mutex
	conns    []net.Conn
}

// serverOptions change what is usual.
type serverOptions struct {
	keys           []ssh.Signer // host keys
	config         *ssh.ServerConfig
	noSFTP         bool
	withoutReplace bool // no posix-rename
}

func startServer(t testing.TB, o serverOptions) *server {
	t.Helper()
	extensions := []string{"posix-rename@openssh.com", "statvfs@openssh.com"}
	if o.withoutReplace {
		extensions = extensions[1:]
	}
	require.NoError(t, sftp.SetSFTPExtensions(extensions...))
	if o.keys == nil {
		o.keys = []ssh.Signer{newKey(t)}
	}
	s := &server{disk: &disk{dir: t.TempDir()}, keys: o.keys}
	require.NoError(t, os.Mkdir(filepath.Join(s.disk.dir, "in"), 0o755))
	config := o.config
	if config == nil {
		config = &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, got []byte) (*ssh.Permissions, error) {
			s.logins.Add(1)
			if string(got) != password {
				return nil, errors.New("wrong")
			}
			return nil, nil
		}}
	}
	for _, k := range o.keys {
		config.AddHostKey(k)
	}
	var err error
	s.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s.address = s.listener.Addr().String()
	s.wait.Go(func() {
		for {
			conn, err := s.listener.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			s.wait.Go(func() { s.serve(conn, config, !o.noSFTP) })
		}
	})
	t.Cleanup(s.close)
	return s
}

func (s *server) close() {
	_ = s.listener.Close()
	s.cut()
	s.wait.Wait()
}

// cut ends all connections.
func (s *server) cut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		_ = c.Close()
	}
	s.conns = nil
}

func (s *server) serve(conn net.Conn, config *ssh.ServerConfig, offersSFTP bool) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	s.wait.Go(func() { ssh.DiscardRequests(requests) })
	for c := range channels {
		if c.ChannelType() != "session" {
			_ = c.Reject(ssh.UnknownChannelType, "no")
			continue
		}
		channel, asked, err := c.Accept()
		if err != nil {
			return
		}
		s.wait.Go(func() {
			for r := range asked {
				ok := offersSFTP && r.Type == "subsystem" && strings.HasSuffix(string(r.Payload), "sftp")
				_ = r.Reply(ok, nil)
				if ok {
					s.wait.Go(func() {
						h := sftp.Handlers{FileGet: s.disk, FilePut: s.disk, FileCmd: s.disk, FileList: s.disk}
						_ = sftp.NewRequestServer(channel, h).Serve()
						_ = channel.Close()
					})
				}
			}
		})
	}
}

// options reach the server.
func (s *server) options() sftpdrop.Options {
	return sftpdrop.Options{Address: s.address, Folder: "/in", User: "wfm", Password: wfm.NewSecret(password),
		HostKeys: []string{ssh.FingerprintSHA256(s.keys[0].PublicKey())}}
}

func (s *server) in(name string) string { return filepath.Join(s.disk.dir, "in", name) }

func newDrop(t testing.TB, o sftpdrop.Options) *sftpdrop.Drop {
	t.Helper()
	d, err := sftpdrop.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func call(content string) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: "call.txt", Revision: 1, Bytes: []byte(content)}
}
