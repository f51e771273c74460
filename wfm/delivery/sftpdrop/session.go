package sftpdrop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// session is one connection.
type session struct {
	conn   net.Conn
	client *ssh.Client
	files  *sftp.Client
	folder string
	mode   fs.FileMode
	log    *slog.Logger
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
		size, err = remotedrop.RegularSize(s.files.Lstat(s.in(name)))
		return err
	})
	return size, err
}

func (s *session) Read(ctx context.Context, name string, most int64) (content []byte, err error) {
	err = s.guard(ctx, func() error {
		f, err := s.files.Open(s.in(name))
		if err != nil {
			return err
		}
		content, err = remotedrop.ReadMost(f, most)
		return err
	})
	return content, err
}

// Rename replaces the file to in one step where the server offers that.
func (s *session) Rename(ctx context.Context, from, to string) error {
	if !s.atomicRename {
		return remotedrop.Replace(ctx, s, s.log, from, to)
	}
	err := s.guard(ctx, func() error { return s.files.PosixRename(s.in(from), s.in(to)) })
	if errors.Is(err, fs.ErrNotExist) {
		return remotedrop.Gone(from)
	}
	return err
}

// Move is the rename of version 3, which mostly does not replace.
func (s *session) Move(ctx context.Context, from, to string) error {
	return s.guard(ctx, func() error { return s.files.Rename(s.in(from), s.in(to)) })
}

// Refused tells whether an error is an answer of the server. Some come as those of package fs.
func (s *session) Refused(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) || errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission)
}

func (s *session) Remove(ctx context.Context, name string) error {
	err := s.guard(ctx, func() error { return s.files.Remove(s.in(name)) })
	if err != nil && s.Refused(err) && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %w", remotedrop.ErrHeld, err)
	}
	return err
}

func (s *session) List(ctx context.Context) (list []remotedrop.File, err error) {
	err = s.guard(ctx, func() error {
		infos, err := s.files.ReadDir(s.folder)
		list = remotedrop.Files(infos)
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
