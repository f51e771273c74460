package ftpdrop_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	ftpserver "github.com/fclairamb/ftpserverlib"
	"github.com/spf13/afero"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "geheim %d 1"

// inProcess is an FTP server in the test's process: its files are in Dir, under the folder "drop".
type inProcess struct {
	settings ftpserver.Settings
	tls      *tls.Config
	fs       afero.Fs
	server   *ftpserver.FtpServer

	mu     sync.Mutex
	logins int
}

func (d *inProcess) GetSettings() (*ftpserver.Settings, error)               { return &d.settings, nil }
func (d *inProcess) ClientConnected(ftpserver.ClientContext) (string, error) { return "ready", nil }
func (d *inProcess) ClientDisconnected(ftpserver.ClientContext)              {}
func (d *inProcess) GetTLSConfig() (*tls.Config, error)                      { return d.tls, nil }

func (d *inProcess) AuthUser(_ ftpserver.ClientContext, user, pass string) (ftpserver.ClientDriver, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.logins++
	if user != "wfm user" || pass != password {
		return nil, errors.New("wrong password " + pass) // as a careless server might say
	}
	return d.fs, nil
}

func (d *inProcess) countLogins() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.logins
}

// certificates of one authority for a test.
type certificates struct{ ca, cert, key string }

func newCertificates(t testing.TB) certificates {
	t.Helper()
	authority, err := linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	cert, key, err := authority.Issue("server", time.Now().Add(time.Hour))
	require.NoError(t, err)
	return certificates{authority.CAFile, cert, key}
}

// serve starts a server in this process and returns options that reach it, and its folder.
func serve(t testing.TB, security ftpdrop.Security, change func(*inProcess)) (ftpdrop.Options, string, *inProcess) {
	t.Helper()
	root := t.TempDir()
	dir := filepath.Join(root, "drop")
	require.NoError(t, os.Mkdir(dir, 0o755))
	d := &inProcess{fs: afero.NewBasePathFs(afero.NewOsFs(), root)}
	d.settings = ftpserver.Settings{ListenAddr: "127.0.0.1:0", PublicHost: "127.0.0.1", DefaultTransferType: ftpserver.TransferTypeBinary}
	o := ftpdrop.Options{Folder: "drop", User: "wfm user", Password: wfm.NewSecret(password), Security: security}
	if security != ftpdrop.Plain {
		c := newCertificates(t)
		pair, err := tls.LoadX509KeyPair(c.cert, c.key)
		require.NoError(t, err)
		d.tls = &tls.Config{Certificates: []tls.Certificate{pair}}
		o.TLS = &delivery.TLSOptions{CAFile: c.ca}
		d.settings.TLSRequired = ftpserver.MandatoryEncryption
		if security == ftpdrop.Implicit {
			d.settings.TLSRequired = ftpserver.ImplicitEncryption
		}
	}
	if change != nil {
		change(d)
	}
	d.server = ftpserver.NewFtpServer(d)
	require.NoError(t, d.server.Listen())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = d.server.Serve()
	}()
	t.Cleanup(func() {
		_ = d.server.Stop()
		<-ended
	})
	o.Address = d.server.Addr()
	return o, dir, d
}

func open(t testing.TB, o ftpdrop.Options) *ftpdrop.Drop {
	t.Helper()
	d, err := ftpdrop.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func call(content string) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: "call.txt", Revision: 1, Bytes: []byte(content)}
}

// logTo returns a logger that writes all levels to the text.
func logTo(text *lockedText) *slog.Logger {
	return slog.New(slog.NewTextHandler(text, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type lockedText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lockedText) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// blocked is a file system whose files take nothing until the test ends.
type blocked struct {
	afero.Fs
	until context.Context
}

func (b blocked) OpenFile(name string, flag int, perm os.FileMode) (afero.File, error) {
	f, err := b.Fs.OpenFile(name, flag, perm)
	return blockedFile{f, b.until}, err
}

type blockedFile struct {
	afero.File
	until context.Context
}

func (b blockedFile) wait() error {
	select {
	case <-b.until.Done():
	case <-time.After(time.Minute):
	}
	return errors.New("blocked")
}

func (b blockedFile) Write([]byte) (int, error)         { return 0, b.wait() }
func (b blockedFile) ReadFrom(io.Reader) (int64, error) { return 0, b.wait() }
func (b blockedFile) WriteString(string) (int, error)   { return 0, b.wait() }
