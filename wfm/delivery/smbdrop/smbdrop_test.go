package smbdrop_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/smbdrop"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newDrop(t testing.TB, o smbdrop.Options) *smbdrop.Drop {
	t.Helper()
	d, err := smbdrop.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func call(content string) wfm.Artifact {
	return wfm.Artifact{Kind: "call", Name: "call.txt", Revision: 1, Bytes: []byte(content)}
}

func TestNewRefuses(t *testing.T) {
	_, err := smbdrop.New(smbdrop.Options{Host: "a b", Port: 70000, Share: `x\y`, Folder: "a/../b", Domain: "A", User: `B\u`, Sessions: -1,
		Timeout: -1, ConnectTimeout: -1})
	for _, want := range []string{`host "a b"`, `port "70000"`, "share", "folder", "domain", "password is missing", "sessions", "timeout", "connect timeout"} {
		require.ErrorContains(t, err, want)
	}
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	good := smbdrop.Options{Host: "h", Share: "s", User: "u", Password: wfm.NewSecret("p")}
	for want, spoil := range map[string]func(*smbdrop.Options){
		"user is missing":     func(o *smbdrop.Options) { o.User = "" },
		"user \"D\\\\\"":      func(o *smbdrop.Options) { o.User = `D\` },
		"password is missing": func(o *smbdrop.Options) { o.Password = wfm.Secret{} },
		"is given twice": func(o *smbdrop.Options) {
			o.Credentials = func(context.Context) (string, wfm.Secret, error) { return "", wfm.Secret{}, nil }
		},
	} {
		o := good
		spoil(&o)
		_, err := smbdrop.New(o)
		require.ErrorContains(t, err, want)
	}
	for _, folder := range []string{"", `\in\wfm\`, "/in//wfm/", "München 1"} {
		o := good
		o.Folder = folder
		_, err := smbdrop.New(o)
		require.NoError(t, err, folder)
	}
	for _, folder := range []string{"..", "in/.", "C:", "a*b", "in\x00", "blank ", "stop.", "\xff"} {
		o := good
		o.Folder = folder
		_, err := smbdrop.New(o)
		require.ErrorContains(t, err, "folder", folder)
	}
}

func TestParseUNC(t *testing.T) {
	for path, want := range map[string]smbdrop.Options{
		`\\server\share`:                      {Host: "server", Share: "share"},
		`\\server\share\`:                     {Host: "server", Share: "share"},
		`\\server\share\in\wfm`:               {Host: "server", Share: "share", Folder: `in\wfm`},
		"//files.example.com/wfm$/in/München": {Host: "files.example.com", Share: "wfm$", Folder: `in\München`},
		`\\192.0.2.1\share`:                   {Host: "192.0.2.1", Share: "share"},
		`\\2001:db8::1\share`:                 {Host: "2001:db8::1", Share: "share"},
	} {
		got, err := smbdrop.ParseUNC(path)
		require.NoError(t, err, path)
		require.Equal(t, want.Host+"|"+want.Share+"|"+want.Folder, got.Host+"|"+got.Share+"|"+got.Folder)
	}
	for _, path := range []string{"", `C:\x`, `\\`, `\\server`, `\\server\`, `\\\share`, `\\?\C:\x`, `\\?\UNC\server\share`, `\\.\pipe\x`, `\server\share`,
		`\\server@SSL\share`, `\\ser ver\share`, `\\server\sh*re`, `\\server\share\..\x`, `\\server\share\a:b`, "smb://server/share"} {
		_, err := smbdrop.ParseUNC(path)
		require.Error(t, err, path)
		require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
		require.NotContains(t, err.Error(), "\n")
	}
}

func FuzzParseUNC(f *testing.F) {
	f.Add(`\\server\share\in\wfm`)
	f.Add("//192.0.2.1/wfm$/a b/c")
	f.Fuzz(func(t *testing.T, path string) {
		o, err := smbdrop.ParseUNC(path)
		if err != nil {
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
			return
		}
		again, err := smbdrop.ParseUNC(strings.TrimSuffix(`\\`+o.Host+`\`+o.Share+`\`+o.Folder, `\`))
		require.NoError(t, err)
		require.Equal(t, o, again)
		o.User, o.Password = "u", wfm.NewSecret("p")
		_, err = smbdrop.New(o)
		require.NoError(t, err)
	})
}

// strangers are servers that speak no SMB.
func TestStrangers(t *testing.T) {
	for name, c := range map[string]struct {
		say  string
		hang bool
		want string
	}{
		"silent":        {hang: true, want: "no answer in time"},
		"closes":        {want: "closed the connection"},
		"web server":    {say: "HTTP/1.1 400 Bad Request\r\n\r\n", want: "invalid transport format"},
		"wrong message": {say: "\x00\x00\x00\x44\xffSMB" + strings.Repeat("x", 64), hang: true, want: "no answer in time"},
		"huge message":  {say: "\x00\xff\xff\xff\xfeSMB", hang: true, want: "no answer in time"},
	} {
		t.Run(name, func(t *testing.T) {
			client, server := net.Pipe()
			go func() {
				buffer := make([]byte, 1<<10)
				_, _ = server.Read(buffer[:4])
				_, _ = server.Read(buffer)
				_, _ = server.Write([]byte(c.say))
				for c.hang {
					if _, err := server.Read(buffer); err != nil {
						break
					}
				}
				_ = server.Close()
			}()
			o := smbdrop.Options{Host: "files.example.com", Share: "wfm", User: "u", Password: wfm.NewSecret("s3cr3t"), ConnectTimeout: time.Minute,
				Dial: func(context.Context, string, string) (net.Conn, error) { return client, nil }}
			if c.hang {
				o.ConnectTimeout = 100 * time.Millisecond
			}
			began := time.Now()
			err := newDrop(t, o).Check(t.Context())
			require.ErrorContains(t, err, c.want)
			require.Less(t, time.Since(began), 50*time.Second)
			retry, _ := wfm.ShouldRetry(err)
			require.True(t, retry)
			require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
			require.NotContains(t, err.Error(), "s3cr3t")
		})
	}
}

// TestCancelled: a call ends soon after its context, whatever the server does.
func TestCancelled(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer silent.Close()
	o := smbdrop.Options{Host: "127.0.0.1", Port: silent.Addr().(*net.TCPAddr).Port, Share: "wfm", User: "u", Password: wfm.NewSecret("p")}
	d := newDrop(t, o)
	for name, use := range map[string]func(context.Context) error{
		"deliver": func(ctx context.Context) error { _, err := d.Deliver(ctx, call("x")); return err },
		"probe":   func(ctx context.Context) error { _, _, err := d.Probe(ctx, call("x")); return err },
		"check":   d.Check,
		"clean":   func(ctx context.Context) error { _, err := d.CleanPartials(ctx, 0); return err },
		"expel":   func(ctx context.Context) error { _, err := d.Expel(ctx, call("x"), 1); return err },
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		began := time.Now()
		err := use(ctx)
		cancel()
		require.ErrorIs(t, err, context.DeadlineExceeded, name)
		require.Equal(t, wfm.LossOfInterest, wfm.KindOf(err))
		require.Less(t, time.Since(began), 20*time.Second, "%s: less than the time limit of the log-in", name)
	}
}

func TestCredentialsFail(t *testing.T) {
	o := smbdrop.Options{Host: "h", Share: "s", Credentials: func(context.Context) (string, wfm.Secret, error) {
		return "", wfm.Secret{}, errors.New("the vault is sealed")
	}}
	err := newDrop(t, o).Check(t.Context())
	require.ErrorContains(t, err, "get the credentials: the vault is sealed")
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	o.Credentials = func(context.Context) (string, wfm.Secret, error) { return "", wfm.NewSecret("x"), nil }
	err = newDrop(t, o).Check(t.Context())
	require.ErrorContains(t, err, "user")
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
}

func ExampleParseUNC() {
	o, err := smbdrop.ParseUNC(`\\files.example.com\wfm\in`)
	if err != nil {
		fmt.Println(err)
		return
	}
	o.User, o.Password = `EXAMPLE\cic`, wfm.NewSecret("…")
	_, err = smbdrop.New(o)
	fmt.Println(o.Host, o.Share, o.Folder, err)
	_, err = smbdrop.ParseUNC(`D:\wfm\in`)
	fmt.Println(err)
	// Output:
	// files.example.com wfm in <nil>
	// SMB: UNC path "D:\\wfm\\in" does not begin with two backslashes; write it as \\server\share\folder
}
