package sftpdrop

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// session is one connection.
type session struct {
	conn   net.Conn
	client *ssh.Client
	files  *sftp.Client
	folder string
	mode   fs.FileMode
	// what the server offers beyond version 3
	atomicRename, canFlush bool
	closing                sync.Once
}

func (s *session) in(name string) string { return path.Join(s.folder, name) }

// guard runs work and closes the connection when ctx ends.
func (s *session) guard(ctx context.Context, work func() error) error {
	return remotedrop.Guard(ctx, s.conn, work)
}

func (s *session) Write(ctx context.Context, name string, content []byte) error {
	return s.guard(ctx, func() error {
		f, err := s.create(s.in(name))
		if err != nil {
			return err
		}
		return cmp.Or(s.fill(f, content), f.Close())
	})
}

// create makes a new file. Debris under its name is removed and not opened: it could be a symbolic link, or belong to
// another account.
func (s *session) create(name string) (*sftp.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := s.files.OpenFile(name, flags)
	var status *sftp.StatusError
	if !errors.As(err, &status) && !errors.Is(err, fs.ErrExist) {
		return f, err
	}
	// Version 3 has no word for a file that exists.
	if removeErr := s.files.Remove(name); errors.Is(removeErr, sftp.ErrSSHFxConnectionLost) {
		return nil, removeErr
	} else if removeErr != nil {
		return nil, err
	}
	return s.files.OpenFile(name, flags)
}

func (s *session) fill(f *sftp.File, content []byte) error {
	if s.mode != 0 {
		if err := f.Chmod(s.mode); err != nil {
			return err
		}
	}
	if _, err := f.Write(content); err != nil {
		return err
	}
	if s.canFlush {
		return f.Sync()
	}
	return nil
}

func (s *session) Size(ctx context.Context, name string) (size int64, err error) {
	err = s.guard(ctx, func() error {
		info, err := s.files.Lstat(s.in(name))
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
		}
		size = info.Size()
		return nil
	})
	return size, err
}

func (s *session) Read(ctx context.Context, name string, most int64) (content []byte, err error) {
	err = s.guard(ctx, func() error {
		f, err := s.files.Open(s.in(name))
		if err != nil {
			return err
		}
		content = make([]byte, most)
		n, err := io.ReadFull(f, content)
		content = content[:n]
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = nil
		}
		return cmp.Or(err, f.Close())
	})
	return content, err
}

func (s *session) Rename(ctx context.Context, from, to string) error {
	return s.guard(ctx, func() error {
		var err error
		if s.atomicRename {
			err = s.files.PosixRename(s.in(from), s.in(to))
		} else {
			err = s.renameOver(from, to)
		}
		if errors.Is(err, fs.ErrNotExist) {
			return gone()
		}
		return err
	})
}

// gone: what was written is no longer there.
func gone() error {
	return &wfm.Error{Op: "rename the upload", Kind: wfm.Unavailable, Retry: true,
		Err:    errors.New("the partial file is gone: another instance took over, or someone cleaned the folder"),
		Remedy: "it is tried again where this instance still runs the feed"}
}

// renameOver renames where the server does not offer to replace. A file that exists is moved aside, and not removed: a
// process that lost its partial file meanwhile must not take away what the other delivered.
func (s *session) renameOver(from, to string) error {
	failed := s.files.Rename(s.in(from), s.in(to))
	if failed == nil {
		return nil
	}
	if _, err := s.files.Lstat(s.in(from)); err != nil {
		return err
	}
	if _, err := s.files.Lstat(s.in(to)); err != nil { // the name is free: it failed for another reason
		return failed
	}
	aside := delivery.PartialName(to, wfm.DigestOf([]byte(rand.Text())))
	if err := s.files.Rename(s.in(to), s.in(aside)); err != nil {
		return err
	}
	if err := s.files.Rename(s.in(from), s.in(to)); err != nil {
		return errors.Join(err, s.files.Rename(s.in(aside), s.in(to)))
	}
	return s.files.Remove(s.in(aside))
}

func (s *session) Remove(ctx context.Context, name string) error {
	return s.guard(ctx, func() error { return s.files.Remove(s.in(name)) })
}

func (s *session) List(ctx context.Context) (list []remotedrop.File, err error) {
	err = s.guard(ctx, func() error {
		infos, err := s.files.ReadDir(s.folder)
		for _, i := range infos {
			list = append(list, remotedrop.File{Name: i.Name(), Modified: i.ModTime(), Regular: i.Mode().IsRegular()})
		}
		return err
	})
	return list, err
}

// pingTimeout is how long an idle connection may take to answer.
const pingTimeout = 2 * time.Second

func (s *session) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return s.guard(ctx, func() error {
		_, err := s.files.RealPath(".")
		return err
	})
}

// Close ends the connection; there is nothing that the server still has to say.
func (s *session) Close() error {
	s.closing.Do(func() {
		_ = s.conn.Close()
		_ = s.client.Close()
		_ = s.files.Close()
	})
	return nil
}
