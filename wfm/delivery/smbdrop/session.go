package smbdrop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
	"time"

	smb2 "github.com/cloudsoda/go-smb2"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// session is one connection.
type session struct {
	conn    *listener
	login   *smb2.Session
	share   *smb2.Share
	folder  string
	closing sync.Once
}

func (s *session) in(name string) string {
	if s.folder == "" || name == "" {
		return s.folder + name
	}
	return s.folder + `\` + name
}

// guard runs work on the share and closes the connection when ctx ends. The library gets the context too: without
// one a request could wait for credits that never come.
func (s *session) guard(ctx context.Context, work func(*smb2.Share) error) error {
	return remotedrop.Guard(ctx, s.conn, func() error { return work(s.share.WithContext(ctx)) })
}

// enter looks whether the folder is there.
func (s *session) enter(ctx context.Context) error {
	info, err := s.share.WithContext(ctx).Stat(s.folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return &wfm.Error{Op: "enter the folder " + wfm.Quote(s.folder), Kind: wfm.BadConfig, Err: errors.New("it is not a folder"),
			Remedy: "name the folder, not a file in it"}
	}
	return nil
}

func (s *session) Write(ctx context.Context, name string, content []byte) error {
	return s.guard(ctx, func(share *smb2.Share) error {
		f, err := create(share, s.in(name))
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		if err == nil {
			err = f.Sync()
		}
		return cmp.Or(err, f.Close())
	})
}

// create makes a new file. Debris under its name is removed and not opened: it could be a link, or belong to another
// account.
func create(share *smb2.Share, name string) (*smb2.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := share.OpenFile(name, flags, 0o666)
	if !errors.Is(err, fs.ErrExist) {
		return f, held(err)
	}
	if err := share.Remove(name); err != nil {
		return nil, held(err)
	}
	f, err = share.OpenFile(name, flags, 0o666)
	return f, held(err)
}

// held marks an error that says that another connection has the file open. A server keeps the files of a connection
// that died without a word open until it notices: for minutes, or for hours. Such a file cannot be removed, or it was
// and is not gone before the last one closes it.
func held(err error) error {
	if code, said := status(err); said && (code == sharingViolation || code == deletePending) {
		return fmt.Errorf("%w: %w", remotedrop.ErrHeld, err)
	}
	return err
}

func (s *session) Size(ctx context.Context, name string) (size int64, err error) {
	err = s.guard(ctx, func(share *smb2.Share) error {
		size, err = remotedrop.RegularSize(share.Lstat(s.in(name)))
		return err
	})
	return size, err
}

func (s *session) Read(ctx context.Context, name string, most int64) (content []byte, err error) {
	err = s.guard(ctx, func(share *smb2.Share) error {
		f, err := share.Open(s.in(name))
		if err != nil {
			return err
		}
		content, err = remotedrop.ReadMost(f, most)
		return err
	})
	return content, err
}

func (s *session) Rename(ctx context.Context, from, to string) error {
	return s.guard(ctx, func(share *smb2.Share) error {
		err := share.Rename(s.in(from), s.in(to))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return remotedrop.Gone(from)
		case errors.Is(err, fs.ErrPermission):
			_, there := share.Lstat(s.in(to))
			if there == nil {
				return &inUse{err}
			}
			if _, said := status(there); !said {
				return there // the connection was lost: whether it is a matter of rights is not known
			}
		}
		return err
	})
}

// inUse is a rename over an existing file that the server refused although the account may write into the folder.
type inUse struct{ error }

func (e *inUse) Unwrap() error { return e.error }

func (s *session) Remove(ctx context.Context, name string) error {
	err := s.guard(ctx, func(share *smb2.Share) error { return held(share.Remove(s.in(name))) })
	if errors.Is(err, fs.ErrPermission) && !errors.Is(err, remotedrop.ErrHeld) {
		return fmt.Errorf("%w: %w", remotedrop.ErrHeld, err)
	}
	return err
}

func (s *session) List(ctx context.Context) (list []remotedrop.File, err error) {
	err = s.guard(ctx, func(share *smb2.Share) error {
		infos, err := share.ReadDir(s.folder)
		list = remotedrop.Files(infos)
		return err
	})
	return list, err
}

// pingTimeout is how long an idle session may take to answer.
const pingTimeout = 2 * time.Second

func (s *session) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	return remotedrop.Guard(ctx, s.conn, s.login.WithContext(ctx).Echo)
}

// Close ends the connection, and with it the session and its open files on the server.
func (s *session) Close() error {
	s.closing.Do(func() { _ = s.conn.Close() })
	return nil
}
