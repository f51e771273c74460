package faulttest_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// watcher hears of every change in the folders of a server, from outside, as a pick-up might.
type watcher struct {
	file  *os.File
	ended chan struct{}

	mu      sync.Mutex
	folders map[int32]*watched
	err     error
}

// watched is a folder.
type watched struct {
	dir       string
	setsAside bool
	whole     map[string][][]byte // the contents that may stand under a final name

	// under the watcher's lock
	moved  map[string]int // how often a file was renamed into place
	broken []error
	marks  map[string]chan struct{}
}

const watchedChanges = syscall.IN_CREATE | syscall.IN_MODIFY | syscall.IN_CLOSE_WRITE | syscall.IN_MOVED_TO | syscall.IN_MOVED_FROM | syscall.IN_DELETE

func newWatcher() (*watcher, error) {
	fd, err := syscall.InotifyInit1(syscall.IN_NONBLOCK | syscall.IN_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("inotify_init1", err)
	}
	w := &watcher{file: os.NewFile(uintptr(fd), "inotify"), ended: make(chan struct{}), folders: map[int32]*watched{}}
	go w.listen()
	return w, nil
}

func (w *watcher) close() error {
	err := w.file.Close()
	<-w.ended
	w.mu.Lock()
	defer w.mu.Unlock()
	return errors.Join(err, w.err)
}

// watch begins. The folder stays watched until it is removed.
func (w *watcher) watch(f *watched) error {
	f.moved, f.marks = map[string]int{}, map[string]chan struct{}{}
	raw, err := w.file.SyscallConn()
	if err != nil {
		return err
	}
	// An event must not come before the folder is known.
	w.mu.Lock()
	defer w.mu.Unlock()
	var watchErr error
	err = raw.Control(func(fd uintptr) {
		var number int
		number, watchErr = syscall.InotifyAddWatch(int(fd), f.dir, watchedChanges)
		w.folders[int32(number)] = f
	})
	return errors.Join(err, watchErr)
}

func (w *watcher) listen() {
	defer close(w.ended)
	buffer := make([]byte, 64<<10)
	for {
		n, err := w.file.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrClosed) {
				w.mu.Lock()
				w.err = err
				w.mu.Unlock()
			}
			return
		}
		w.mu.Lock()
		for b := buffer[:n]; len(b) >= syscall.SizeofInotifyEvent; {
			number, mask := int32(binary.NativeEndian.Uint32(b)), binary.NativeEndian.Uint32(b[4:])
			end := syscall.SizeofInotifyEvent + int(binary.NativeEndian.Uint32(b[12:]))
			name, _, _ := strings.Cut(string(b[syscall.SizeofInotifyEvent:end]), "\x00")
			b = b[end:]
			switch f := w.folders[number]; {
			case mask&syscall.IN_Q_OVERFLOW != 0:
				w.err = errors.New("changes came faster than they were looked at")
			case mask&syscall.IN_IGNORED != 0:
				delete(w.folders, number)
			case f != nil:
				f.changed(name, mask)
			}
		}
		w.mu.Unlock()
	}
}

// changed judges one change.
func (f *watched) changed(name string, mask uint32) {
	if mark := f.marks[name]; mark != nil && mask&syscall.IN_CREATE != 0 {
		close(mark)
		delete(f.marks, name)
	}
	whole, final := f.whole[name]
	switch {
	case !final && !delivery.IsPartialName(name) && !strings.HasPrefix(name, markPrefix) && !strings.HasPrefix(name, ".pureftpd-rename."):
		f.broken = append(f.broken, fmt.Errorf("a stranger in the folder: %s", name))
	case !final:
	case mask&syscall.IN_CREATE != 0:
		f.broken = append(f.broken, fmt.Errorf("%s was created under its final name", name))
	case mask&syscall.IN_MODIFY != 0:
		f.broken = append(f.broken, fmt.Errorf("%s was changed under its final name", name))
	case mask&(syscall.IN_MOVED_FROM) != 0 && !f.setsAside, mask&syscall.IN_DELETE != 0:
		f.broken = append(f.broken, fmt.Errorf("%s was taken away", name))
	case mask&syscall.IN_MOVED_TO != 0:
		f.moved[name]++
		fallthrough
	case mask&syscall.IN_CLOSE_WRITE != 0:
		content, err := os.ReadFile(filepath.Join(f.dir, name))
		if err == nil && !among(content, whole) {
			f.broken = append(f.broken, fmt.Errorf("%s had %d bytes under its final name", name, len(content)))
		}
	}
}

func among(content []byte, whole [][]byte) bool {
	for _, w := range whole {
		if bytes.Equal(content, w) {
			return true
		}
	}
	return false
}

const markPrefix = "mark"

// verdict waits until every change so far was judged, and returns what was wrong and how many files were renamed into
// place more than once.
func (w *watcher) verdict(f *watched) (twice int, err error) {
	name := fmt.Sprintf("%s%d", markPrefix, time.Now().UnixNano())
	mark := make(chan struct{})
	w.mu.Lock()
	f.marks[name] = mark
	w.mu.Unlock()
	path := filepath.Join(f.dir, name)
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		return 0, err
	}
	select {
	case <-mark:
	case <-time.After(20 * time.Second):
		return 0, errors.New("no word of a change for 20 s")
	}
	if err := os.Remove(path); err != nil {
		return 0, err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, n := range f.moved {
		if n > 1 {
			twice++
		}
	}
	err = errors.Join(f.broken...)
	f.broken = nil
	return twice, err
}
