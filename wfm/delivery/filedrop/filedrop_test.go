package filedrop_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
)

func TestMain(m *testing.M) {
	if child() {
		return
	}
	goleak.VerifyTestMain(m)
}

func newDrop(t testing.TB, dir string, o filedrop.Options) *filedrop.Drop {
	t.Helper()
	d, err := filedrop.New(dir, o)
	require.NoError(t, err)
	return d
}

func call(content string) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: "call.txt", Revision: 1, Bytes: []byte(content)}
}

// harness delivers into a folder within another one, in which nothing else may appear.
func harness(t *testing.T, o filedrop.Options, link bool) deliverytest.Maker {
	return func(context.Context) (*deliverytest.Harness, error) {
		outside := t.TempDir()
		dir := filepath.Join(outside, "drop")
		allowed := 1
		if err := os.Mkdir(dir, 0o755); err != nil {
			return nil, err
		}
		to := dir
		if link {
			to, allowed = filepath.Join(outside, "link"), 2
			if err := os.Symlink(dir, to); err != nil {
				return nil, err
			}
		}
		d, err := filedrop.New(to, o)
		return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(dir),
			Strays: func(context.Context) (strays []string, err error) {
				list, err := os.ReadDir(outside)
				for _, e := range list[allowed:] {
					strays = append(strays, e.Name())
				}
				return strays, err
			}}, err
	}
}

func TestConforms(t *testing.T) {
	t.Run("default", func(t *testing.T) { deliverytest.Run(t, harness(t, filedrop.Options{}, false)) })
	t.Run("without sync", func(t *testing.T) { deliverytest.Run(t, harness(t, filedrop.Options{NoSync: true}, false)) })
	t.Run("through a link", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("symbolic links need a right on Windows that tests do not have")
		}
		deliverytest.Run(t, harness(t, filedrop.Options{NoSync: true}, true))
	})
}

func TestNewRefuses(t *testing.T) {
	_, err := filedrop.New("", filedrop.Options{Mode: 0o040})
	require.ErrorContains(t, err, "folder is empty")
	require.ErrorContains(t, err, "file mode")
	_, err = filedrop.New("a\x00b", filedrop.Options{})
	require.ErrorContains(t, err, "NUL")
	_, err = filedrop.New("a", filedrop.Options{Mode: os.ModeDir | 0o700})
	require.ErrorContains(t, err, "file mode")
}

func TestStepsAreAnnouncedInOrder(t *testing.T) {
	var steps []string
	d := newDrop(t, t.TempDir(), filedrop.Options{OnStep: func(s string) { steps = append(steps, s) }})
	_, err := d.Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	require.Equal(t, filedrop.Steps(), steps)
	steps = nil
	_, err = d.Deliver(t.Context(), wfm.Artifact{Name: "b", Bytes: make([]byte, 600<<10)})
	require.NoError(t, err)
	require.Equal(t, "open write write write sync verify rename sync dir", strings.Join(steps, " "))
	steps = nil
	d = newDrop(t, t.TempDir(), filedrop.Options{NoSync: true, OnStep: func(s string) { steps = append(steps, s) }})
	_, err = d.Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	require.Equal(t, []string{"open", "write", "verify", "rename"}, steps)
}

// TestCancelledAtEachStep leaves the old file and no partial one.
func TestCancelledAtEachStep(t *testing.T) {
	for _, at := range filedrop.Steps() {
		t.Run(at, func(t *testing.T) {
			dir := t.TempDir()
			_, err := newDrop(t, dir, filedrop.Options{}).Deliver(t.Context(), call("old"))
			require.NoError(t, err)
			ctx, cancel := context.WithCancel(t.Context())
			d := newDrop(t, dir, filedrop.Options{OnStep: func(s string) {
				if s == at {
					cancel()
				}
			}})
			_, err = d.Deliver(ctx, call("new"))
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
			want := "old"
			if at == filedrop.StepSyncDir {
				want = "new" // it landed, unconfirmed: Probe tells
			}
			require.Equal(t, map[string]string{"call.txt": want}, list(t, dir))
		})
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

func TestVerifyFindsWhatTheDiskLost(t *testing.T) {
	dir := t.TempDir()
	a := call("0123456789")
	partial := filepath.Join(dir, delivery.PartialName("call.txt", a.Digest()))
	for name, spoil := range map[string]func() error{
		"shorter": func() error { return os.Truncate(partial, 5) },
		"longer":  func() error { return os.WriteFile(partial, []byte("0123456789x"), 0o600) },
		"other":   func() error { return os.WriteFile(partial, []byte("012345678x"), 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDrop(t, dir, filedrop.Options{OnStep: func(s string) {
				if s == filedrop.StepVerify {
					require.NoError(t, spoil())
				}
			}})
			_, err := d.Deliver(t.Context(), a)
			require.ErrorContains(t, err, "does not hold what was written")
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
			require.Empty(t, list(t, dir))
		})
	}
}

func TestDebrisIsWrittenOver(t *testing.T) {
	for _, debris := range []string{"", "old", "much longer than the file is going to be"} {
		dir := t.TempDir()
		a := call("new content")
		require.NoError(t, os.WriteFile(filepath.Join(dir, delivery.PartialName("call.txt", a.Digest())), []byte(debris), 0o600))
		_, err := newDrop(t, dir, filedrop.Options{}).Deliver(t.Context(), a)
		require.NoError(t, err)
		require.Equal(t, map[string]string{"call.txt": "new content"}, list(t, dir))
	}
}

// TestSameNameAtOnce: many deliver two revisions of one name, and a reader sees only whole ones.
func TestSameNameAtOnce(t *testing.T) {
	dir := t.TempDir()
	contents := [2]string{strings.Repeat("a", 700_000), strings.Repeat("b", 500_000)}
	done := make(chan struct{})
	parts := make(chan int, 1)
	go func() {
		defer close(parts)
		for {
			select {
			case <-done:
				return
			default:
			}
			if got, err := os.ReadFile(filepath.Join(dir, "call.txt")); err == nil && string(got) != contents[0] && string(got) != contents[1] {
				parts <- len(got)
				return
			}
		}
	}()
	d := newDrop(t, dir, filedrop.Options{NoSync: true})
	errs := conform.Parallel(16, func(i int) error {
		for range 5 {
			if _, err := d.Deliver(t.Context(), call(contents[i%2])); err != nil {
				return err
			}
		}
		return nil
	})
	close(done)
	for n := range parts {
		t.Errorf("a reader found %d bytes", n)
	}
	for _, err := range errs {
		require.NoError(t, err)
	}
	require.Contains(t, contents, list(t, dir)["call.txt"])
}

// TestWaitingForTheTurnEndsWithTheContext cancels a delivery that waits for another of its name.
func TestWaitingForTheTurnEndsWithTheContext(t *testing.T) {
	writing, release := make(chan struct{}), make(chan struct{})
	d := newDrop(t, t.TempDir(), filedrop.Options{OnStep: func(s string) {
		if s == filedrop.StepOpen {
			close(writing)
			<-release
		}
	}})
	done := make(chan error)
	go func() {
		_, err := d.Deliver(t.Context(), call("first"))
		done <- err
	}()
	<-writing
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := d.Deliver(ctx, call("second"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(release)
	require.NoError(t, <-done)
}

func TestLinksInsideTheFolderAreNotFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("symbolic links need a right on Windows that tests do not have")
	}
	outside := t.TempDir()
	dir := filepath.Join(outside, "drop")
	require.NoError(t, os.Mkdir(dir, 0o755))
	victim := filepath.Join(outside, "victim")
	require.NoError(t, os.WriteFile(victim, []byte("precious"), 0o600))
	a := call("new")
	for _, name := range []string{"call.txt", delivery.PartialName("call.txt", a.Digest())} {
		require.NoError(t, os.Symlink("../victim", filepath.Join(dir, name)))
	}
	d := newDrop(t, dir, filedrop.Options{})
	_, landed, err := d.Probe(t.Context(), call("precious"))
	require.NoError(t, err)
	require.False(t, landed)
	_, err = d.Deliver(t.Context(), a)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"call.txt": "new"}, list(t, dir))
	content, err := os.ReadFile(victim)
	require.NoError(t, err)
	require.Equal(t, "precious", string(content))
}

func TestFolderUnderTheName(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "call.txt"), 0o755))
	d := newDrop(t, dir, filedrop.Options{})
	_, err := d.Deliver(t.Context(), call("x"))
	require.Error(t, err)
	_, landed, err := d.Probe(t.Context(), call("x"))
	require.NoError(t, err)
	require.False(t, landed)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no partial file is left")
}

func TestMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no file modes")
	}
	dir := t.TempDir()
	_, err := newDrop(t, dir, filedrop.Options{Mode: 0o666}).Deliver(t.Context(), call("x"))
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "call.txt"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o666), info.Mode(), "whatever the umask")
}

func TestCleanPartials(t *testing.T) {
	dir := t.TempDir()
	old := time.Now().Add(-2 * time.Hour)
	write := func(name string, at time.Time) {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
		require.NoError(t, os.Chtimes(path, at, at))
	}
	digest := wfm.DigestOf(nil)
	write(delivery.PartialName("old.txt", digest), old)
	write(delivery.PartialName("running.txt", digest), time.Now())
	for _, foreign := range []string{"call.txt", ".upload.part", ".old.txt.e3b0c442.00000000.part", "old.part"} {
		write(foreign, old)
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, delivery.PartialName("folder", digest)), 0o755))
	var log strings.Builder
	d := newDrop(t, dir, filedrop.Options{Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	n, err := d.CleanPartials(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Contains(t, log.String(), "removed a partial file")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 6)
}

func BenchmarkDeliver(b *testing.B) {
	for _, o := range []filedrop.Options{{}, {NoSync: true}} {
		b.Run(fmt.Sprintf("NoSync=%t", o.NoSync), func(b *testing.B) {
			d := newDrop(b, b.TempDir(), o)
			a := call(strings.Repeat("Sales;12;34;56\r\n", 2000))
			b.SetBytes(int64(len(a.Bytes)))
			for b.Loop() {
				_, err := d.Deliver(b.Context(), a)
				require.NoError(b, err)
			}
		})
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "wfm")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	drop, err := filedrop.New(dir, filedrop.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	file := wfm.Artifact{Kind: "call", Name: "Sales/Support.txt", Bytes: []byte("12;34\r\n")}
	receipt, err := drop.Deliver(ctx, file)
	fmt.Println(filepath.Base(receipt.Where), receipt.Bytes, err)
	_, landed, err := drop.Probe(ctx, file)
	fmt.Println(landed, err)
	// Output:
	// Sales%2FSupport.txt 7 <nil>
	// true <nil>
}

func TestPathsOfWindowsElsewhere(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("on Windows these paths are right")
	}
	for _, dir := range []string{`\\files\wfm`, `C:\wfm`, "d:/wfm"} {
		_, err := filedrop.New(dir, filedrop.Options{})
		require.ErrorContains(t, err, "is a path of Windows", dir)
		require.ErrorContains(t, err, "smbdrop", dir)
	}
	_, err := filedrop.New("c:relative", filedrop.Options{})
	require.NoError(t, err)
}
