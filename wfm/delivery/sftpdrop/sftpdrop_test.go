package sftpdrop_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConforms(t *testing.T) {
	for name, o := range map[string]serverOptions{"with posix-rename": {}, "without posix-rename": {withoutReplace: true}} {
		t.Run(name, func(t *testing.T) {
			deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
				s := startServer(t, o)
				d, err := sftpdrop.New(s.options())
				return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(s.in("")),
					Strays: func(context.Context) (strays []string, err error) {
						list, err := os.ReadDir(s.disk.dir)
						for _, e := range list {
							if e.Name() != "in" {
								strays = append(strays, e.Name())
							}
						}
						return strays, err
					},
					Close: func() error { err := d.Close(); s.close(); return err }}, err
			})
		})
	}
}

func TestNewRefuses(t *testing.T) {
	_, err := sftpdrop.New(sftpdrop.Options{Address: "a b", Folder: "a\nb", Mode: 0o040, Sessions: -1, Timeout: -1, ConnectTimeout: -1,
		Passphrase: wfm.NewSecret("x"), HostKeys: []string{"SHA256:short", "aa:bb", "ssh-ed25519 nonsense"}, KnownHosts: "x"})
	for _, want := range []string{"address", "folder", "user is missing", "neither a password nor a key", "passphrase belongs to no key", "file mode",
		"sessions", "timeout", "connect timeout", "beside pinned", "SHA256:short", "aa:bb", "ssh-ed25519 nonsense"} {
		require.ErrorContains(t, err, want)
	}
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	_, err = sftpdrop.New(sftpdrop.Options{Address: "host", User: "u", AgentSocket: "x"})
	require.EqualError(t, err, "SFTP: host key is not known; give a known_hosts file or the key's fingerprint, as the server's operator tells it")
	_, err = sftpdrop.New(sftpdrop.Options{Address: "host", User: "u", AgentSocket: "x", HostKeys: []string{"MD5:00"}})
	require.ErrorContains(t, err, "can be forged")
}

func TestWhere(t *testing.T) {
	s := startServer(t, serverOptions{})
	for folder, want := range map[string]string{"/in": "/in/call.txt", "in/": "/~/in/call.txt", "/in/../in": "/in/call.txt"} {
		o := s.options()
		o.Folder = folder
		receipt, err := newDrop(t, o).Deliver(t.Context(), call("x"))
		require.NoError(t, err)
		require.Equal(t, delivery.Receipt{Where: "sftp://" + s.address + want, Bytes: 1}, receipt)
	}
}

func TestMode(t *testing.T) {
	s := startServer(t, serverOptions{})
	o := s.options()
	o.Mode = 0o660
	_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	info, err := os.Stat(s.in("call.txt"))
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o660), info.Mode())
}

// TestCancelledAtEachStep leaves the old file and no partial one.
func TestCancelledAtEachStep(t *testing.T) {
	s := startServer(t, serverOptions{})
	_, err := newDrop(t, s.options()).Deliver(t.Context(), call("old"))
	require.NoError(t, err)
	for _, at := range []string{sftpdrop.StepConnect, sftpdrop.StepWrite, sftpdrop.StepVerify, sftpdrop.StepRename} {
		ctx, cancel := context.WithCancel(t.Context())
		o := s.options()
		o.OnStep = func(step string) {
			if step == at {
				cancel()
			}
		}
		_, err := newDrop(t, o).Deliver(ctx, call("new"))
		require.ErrorIs(t, err, context.Canceled, at)
		require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
		require.Equal(t, map[string]string{"call.txt": "old"}, list(t, s.in("")))
	}
}

func list(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := deliverytest.FilesIn(dir)(t.Context())
	require.NoError(t, err)
	out := map[string]string{}
	for name, content := range files {
		out[name] = string(content)
	}
	return out
}

// TestStalls: whatever the server does not answer, the call ends soon after its context, and within the time limits.
func TestStalls(t *testing.T) {
	for _, at := range []string{"Stat", "Put", "Write", "Lstat", "PosixRename"} {
		t.Run(at, func(t *testing.T) {
			s := startServer(t, serverOptions{})
			release := make(chan struct{})
			t.Cleanup(func() { close(release) })
			s.disk.before = func(r *sftp.Request) error {
				if r.Method == at || (at == "Put" && r.Method == "Open") {
					<-release
				}
				return nil
			}
			d := newDrop(t, s.options())
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			began := time.Now()
			_, err := d.Deliver(ctx, call(strings.Repeat("x", 200_000)))
			require.ErrorIs(t, err, context.DeadlineExceeded)
			// The removal of the partial file has its own, short time limit.
			require.Less(t, time.Since(began), time.Minute)

			o := s.options()
			o.Timeout = 100 * time.Millisecond
			_, err = newDrop(t, o).Deliver(t.Context(), call("x"))
			require.ErrorContains(t, err, "did not answer in 100ms")
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
		})
	}
}

func TestSilentServer(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	s := startServer(t, serverOptions{})
	o := s.options()
	o.Address, o.ConnectTimeout = silent.Addr().String(), 50*time.Millisecond
	_, err = newDrop(t, o).Deliver(t.Context(), call("x"))
	require.ErrorContains(t, err, "no answer in time")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
}

// TestConnectionLost is mended by the next attempt, also where the connection was idle.
func TestConnectionLost(t *testing.T) {
	s := startServer(t, serverOptions{})
	d := newDrop(t, s.options())
	_, err := d.Deliver(t.Context(), call("1"))
	require.NoError(t, err)
	s.cut()
	_, err = d.Deliver(t.Context(), call("2"))
	require.NoError(t, err, "a connection that was lost while it was idle is made again")
	lost := false
	s.disk.before = func(r *sftp.Request) error {
		if r.Method == "Write" && !lost {
			lost = true
			s.cut()
		}
		return nil
	}
	_, err = d.Deliver(t.Context(), call("3"))
	require.ErrorContains(t, err, "connection")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.Equal(t, "2", list(t, s.in(""))["call.txt"])
	_, err = d.Deliver(t.Context(), call("3"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"call.txt": "3"}, list(t, s.in("")))
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		at    string
		err   error
		kind  wfm.Kind
		retry bool
		want  string
	}{
		"no right":       {"Open", sftp.ErrSSHFxPermissionDenied, wfm.NoPermission, false, "give the account the right"},
		"no folder":      {"Open", sftp.ErrSSHFxNoSuchFile, wfm.NotFound, true, "correct the folder"},
		"disk full":      {"Write", errors.New("write: no space left on device"), wfm.Unavailable, true, "free space"},
		"quota":          {"Write", errors.New("Disk quota exceeded"), wfm.Unavailable, true, "quota"},
		"no reason":      {"Write", sftp.ErrSSHFxFailure, wfm.Unavailable, true, "look into its log"},
		"not supported":  {"PosixRename", sftp.ErrSSHFxOpUnsupported, wfm.Unsupported, false, "lacks a command"},
		"rename refused": {"PosixRename", sftp.ErrSSHFxPermissionDenied, wfm.NoPermission, false, "give the account the right"},
		"partial gone":   {"PosixRename", sftp.ErrSSHFxNoSuchFile, wfm.Unavailable, true, "another instance took over"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, serverOptions{})
			s.disk.before = func(r *sftp.Request) error {
				if r.Method == c.at || (c.at == "Open" && r.Method == "Put") {
					return c.err
				}
				return nil
			}
			_, err := newDrop(t, s.options()).Deliver(t.Context(), call("x"))
			require.ErrorContains(t, err, c.want)
			require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
			retry, _ := wfm.ShouldRetry(err)
			require.Equal(t, c.retry, retry, "%v", err)
			require.Empty(t, list(t, s.in("")))
		})
	}
	s := startServer(t, serverOptions{})
	o := s.options()
	for folder, want := range map[string]string{"/away": "create sftp://" + s.address + "/away", "/file": "it is not a folder"} {
		require.NoError(t, os.WriteFile(filepath.Join(s.disk.dir, "file"), nil, 0o600))
		o.Folder = folder
		require.ErrorContains(t, newDrop(t, o).Check(t.Context()), want)
	}
	none := startServer(t, serverOptions{noSFTP: true})
	require.ErrorContains(t, newDrop(t, none.options()).Check(t.Context()), "Subsystem sftp")
	none.close()
	err := newDrop(t, none.options()).Check(t.Context())
	require.ErrorContains(t, err, "refused")
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
}

func TestDebrisIsReplacedAndLinksNotFollowed(t *testing.T) {
	s := startServer(t, serverOptions{})
	d := newDrop(t, s.options())
	a := call("new")
	victim := filepath.Join(s.disk.dir, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	for _, name := range []string{"call.txt", delivery.PartialName("call.txt", a.Digest())} {
		require.NoError(t, os.Symlink("../victim", s.in(name)))
	}
	_, landed, err := d.Probe(t.Context(), call("precious"))
	require.NoError(t, err)
	require.False(t, landed)
	_, err = d.Deliver(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"call.txt": "new"}, list(t, s.in("")))
	content, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "precious", string(content))
}

// TestReplaceWithoutPosixRename: where the second of the two renames fails, the old file returns.
func TestReplaceWithoutPosixRename(t *testing.T) {
	s := startServer(t, serverOptions{withoutReplace: true})
	d := newDrop(t, s.options())
	_, err := d.Deliver(t.Context(), call("old"))
	require.NoError(t, err)
	renames := 0
	s.disk.before = func(r *sftp.Request) error {
		if r.Method == "Rename" {
			if renames++; renames == 3 {
				return sftp.ErrSSHFxFailure
			}
		}
		return nil
	}
	_, err = d.Deliver(t.Context(), call("new"))
	require.Error(t, err)
	require.Equal(t, 4, renames)
	require.Equal(t, map[string]string{"call.txt": "old"}, list(t, s.in("")))
	s.disk.before = nil
	_, err = d.Deliver(t.Context(), call("new"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"call.txt": "new"}, list(t, s.in("")))
}

func TestCleanPartials(t *testing.T) {
	s := startServer(t, serverOptions{})
	d := newDrop(t, s.options())
	old := time.Now().Add(-2 * time.Hour)
	for name, at := range map[string]time.Time{delivery.PartialName("old", wfm.Digest{}): old, delivery.PartialName("young", wfm.Digest{}): time.Now(), "call.txt": old} {
		require.NoError(t, os.WriteFile(s.in(name), nil, 0o600))
		require.NoError(t, os.Chtimes(s.in(name), at, at))
	}
	n, err := d.CleanPartials(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Len(t, list(t, s.in("")), 2)
}

func BenchmarkDeliver(b *testing.B) {
	s := startServer(b, serverOptions{})
	d := newDrop(b, s.options())
	a := call(strings.Repeat("Sales;12;34;56\r\n", 2000))
	b.SetBytes(int64(len(a.Bytes)))
	for b.Loop() {
		_, err := d.Deliver(b.Context(), a)
		require.NoError(b, err)
	}
}

func ExampleNew() {
	_, err := sftpdrop.New(sftpdrop.Options{
		Address: "sftp.example.com",
		Folder:  "/in/wfm",
		User:    "cic",
		KeyFile: "/etc/cicwfm/id_ed25519",
		// As ssh-keygen -l shows it, and as the server's operator confirms it.
		HostKeys: []string{"SHA256:uNiVztksCsDhcc0u9e8BrrdUUOkTYYvkKJR/OQVtUZE"},
	})
	fmt.Println(err)
	_, err = sftpdrop.New(sftpdrop.Options{Address: "sftp.example.com", User: "cic", KeyFile: "/etc/cicwfm/id_ed25519"})
	fmt.Println(err)
	// Output:
	// <nil>
	// SFTP: host key is not known; give a known_hosts file or the key's fingerprint, as the server's operator tells it
}
