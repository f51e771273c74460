package remotedrop_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errServer = errors.New("the server says no")

// fake is a server in memory whose every method a test can make fail, stall or lie.
type fake struct {
	// before is called first in each method; its error is the method's. It may change the files.
	before func(ctx context.Context, method, name string) error

	mu                   sync.Mutex
	files                map[string]remotedrop.File
	contents             map[string][]byte
	hidden               bool // List shows no partial files
	open, most           int  // sessions now, and at the same time
	dialled, usedAfter   int  // usedAfter counts uses of a session after an error or after Close
	closes, doubleCloses int
}

func newFake() *fake {
	return &fake{files: map[string]remotedrop.File{}, contents: map[string][]byte{}}
}

func (f *fake) put(name, content string, age time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.files[name] = remotedrop.File{Name: name, Modified: time.Now().Add(-age), Regular: true}
	f.contents[name] = []byte(content)
}

func (f *fake) list() map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := map[string]string{}
	for name, c := range f.contents {
		out[name] = string(c)
	}
	return out
}

func (f *fake) Where(name string) string { return "fake://" + name }

func (f *fake) Fault(op string, err error) error {
	return &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err, Remedy: "from the server's Fault"}
}

func (f *fake) ask(ctx context.Context, method, name string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if f.before == nil {
		return nil
	}
	return f.before(ctx, method, name)
}

func (f *fake) Dial(ctx context.Context) (remotedrop.Session, error) {
	f.mu.Lock()
	f.open++
	f.dialled++
	f.most = max(f.most, f.open)
	f.mu.Unlock()
	if err := f.ask(ctx, "dial", ""); err != nil {
		f.mu.Lock()
		f.open--
		f.mu.Unlock()
		return nil, err
	}
	return &session{f: f}, nil
}

type session struct {
	f              *fake
	failed, closed bool
}

// use is the beginning of each method.
func (s *session) use(ctx context.Context, method, name string) error {
	s.f.mu.Lock()
	if s.failed || s.closed {
		s.f.usedAfter++
	}
	s.f.mu.Unlock()
	err := s.f.ask(ctx, method, name)
	s.failed = s.failed || err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, remotedrop.ErrHeld)
	return err
}

func (s *session) Write(ctx context.Context, name string, content []byte) error {
	s.f.put(name, "", 0) // it begins empty
	if err := s.use(ctx, "write", name); err != nil {
		return err
	}
	s.f.put(name, string(content), 0)
	return s.use(ctx, "written", name)
}

func (s *session) content(name string) ([]byte, error) {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	c, ok := s.f.contents[name]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return bytes.Clone(c), nil
}

func (s *session) Size(ctx context.Context, name string) (int64, error) {
	if err := s.use(ctx, "size", name); err != nil {
		return 0, err
	}
	c, err := s.content(name)
	return int64(len(c)), err
}

func (s *session) Read(ctx context.Context, name string, most int64) ([]byte, error) {
	if err := s.use(ctx, "read", name); err != nil {
		return nil, err
	}
	c, err := s.content(name)
	return c[:min(int64(len(c)), most)], err
}

func (s *session) Rename(ctx context.Context, from, to string) error {
	if err := s.use(ctx, "rename", from); err != nil {
		return err
	}
	c, err := s.content(from)
	if err != nil {
		s.failed = true
		return errServer
	}
	s.f.put(to, string(c), 0)
	s.f.remove(from)
	return s.use(ctx, "renamed", to)
}

func (f *fake) remove(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.files, name)
	delete(f.contents, name)
}

func (s *session) Remove(ctx context.Context, name string) error {
	if err := s.use(ctx, "remove", name); err != nil {
		return err
	}
	if _, err := s.content(name); err != nil {
		return err
	}
	s.f.remove(name)
	return nil
}

func (s *session) List(ctx context.Context) ([]remotedrop.File, error) {
	if err := s.use(ctx, "list", ""); err != nil {
		return nil, err
	}
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	var list []remotedrop.File
	for name, file := range s.f.files {
		if !s.f.hidden || !delivery.IsPartialName(name) {
			list = append(list, file)
		}
	}
	return list, nil
}

func (s *session) Ping(ctx context.Context) error { return s.use(ctx, "ping", "") }

func (s *session) Close() error {
	s.f.mu.Lock()
	defer s.f.mu.Unlock()
	if s.closed {
		s.f.doubleCloses++
		return nil
	}
	s.closed = true
	s.f.closes++
	s.f.open--
	return nil
}
