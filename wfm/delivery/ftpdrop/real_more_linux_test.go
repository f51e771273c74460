package ftpdrop_test

import (
	"context"
	"crypto/tls"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/realservers"
)

// TestRealServersClean: partial files are found although vsftpd and pure-ftpd hide them, and their ages are right.
func TestRealServersClean(t *testing.T) {
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			o, dir := real{security: ftpdrop.Plain}.start(t, server)
			d := open(t, o)
			put := func(name string, age time.Duration) {
				path := filepath.Join(dir, name)
				require.NoError(t, os.WriteFile(path, []byte("x"), 0o644))
				require.NoError(t, os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age)))
			}
			a := wfm.Artifact{Name: "-o'neill ä.txt", Bytes: []byte("content")}
			other := wfm.DigestOf([]byte("other content"))
			put(delivery.PartialName("old.txt", other), 2*time.Hour)
			put(delivery.PartialName("fresh.txt", other), time.Minute)
			put(".foreign.part", 2*time.Hour)
			n, err := d.CleanPartials(t.Context(), time.Hour)
			require.NoError(t, err)
			require.Equal(t, 1, n)
			put(delivery.Fence{Token: 3}.PartialName(a.Name, other), 0)
			put(delivery.Fence{Token: 4}.PartialName(a.Name, a.Digest()), 0)
			put(delivery.Fence{Token: 5}.PartialName(a.Name, a.Digest()), 0)
			n, err = d.Expel(t.Context(), a, 5)
			require.NoError(t, err)
			require.Equal(t, 2, n)
			_, err = d.DeliverFenced(t.Context(), a, delivery.Fence{Token: 5})
			require.NoError(t, err)
			list, err := os.ReadDir(dir)
			require.NoError(t, err)
			var names []string
			for _, e := range list {
				names = append(names, e.Name())
			}
			require.ElementsMatch(t, []string{delivery.PartialName("fresh.txt", other), ".foreign.part", a.Name}, names)
		})
	}
}

// TestRealServerThatHides shows partial files in no list: they are found by their pattern, whatever their content.
func TestRealServerThatHides(t *testing.T) {
	running := realservers.FTP{Server: "proftpd", Hides: true}.Start(t)
	d := open(t, ftpdrop.Options{Address: running.Address, Folder: running.Folder, User: running.User, Password: wfm.NewSecret(running.Password), Security: ftpdrop.Plain})
	a, other := wfm.Artifact{Name: "call [1] {a,b}.txt", Bytes: []byte("content")}, wfm.DigestOf([]byte("other content"))
	put := func(name string) {
		path := filepath.Join(running.Dir, name)
		require.NoError(t, os.WriteFile(path, []byte("x"), 0o644))
		old := time.Now().Add(-2 * time.Hour)
		require.NoError(t, os.Chtimes(path, old, old))
	}
	put(delivery.Fence{Token: 3}.PartialName(a.Name, other))
	put(delivery.Fence{Token: 90}.PartialName(a.Name, a.Digest()))
	put(delivery.PartialName("another.txt", other))
	n, err := d.Expel(t.Context(), a, 99)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	n, err = d.CleanPartials(t.Context(), time.Hour)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	list, err := os.ReadDir(running.Dir)
	require.NoError(t, err)
	require.Empty(t, list)
}

// TestRealServersOddNames: what servers could take for options, home folders or patterns is a name.
func TestRealServersOddNames(t *testing.T) {
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			o, dir := real{security: ftpdrop.Plain}.start(t, server)
			d := open(t, o)
			for _, name := range []string{"-rf", "~", "~root", "~wfm.txt", "a  b", "#x", "'q'", "$(x)", "東京 ü.txt", "[a-z]", "{a,b}", "%s %d", "a;b", "!x", "\u00a0x", "-", "a\u2028b"} {
				a := wfm.Artifact{Name: name, Bytes: []byte("in " + name)}
				for range 2 {
					_, err := d.Deliver(t.Context(), a)
					require.NoError(t, err, name)
				}
				_, landed, err := d.Probe(t.Context(), a)
				require.NoError(t, err, name)
				require.True(t, landed, name)
				safe, err := delivery.SafeName(name)
				require.NoError(t, err)
				got, err := os.ReadFile(filepath.Join(dir, safe))
				require.NoError(t, err)
				require.Equal(t, string(a.Bytes), string(got))
			}
		})
	}
}

// TestRealServersRefuse: the decisions about what real servers say.
func TestRealServersRefuse(t *testing.T) {
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			way := real{security: ftpdrop.Explicit, version: tls.VersionTLS13}
			o, dir := way.start(t, server)
			check := func(change func(*ftpdrop.Options), kind wfm.Kind, retry bool, want string) {
				t.Helper()
				changed := o
				change(&changed)
				ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
				defer cancel()
				err := open(t, changed).Check(ctx)
				require.ErrorContains(t, err, want)
				require.Equal(t, kind, wfm.KindOf(err), err.Error())
				again, _ := wfm.ShouldRetry(err)
				require.Equal(t, retry, again, err.Error())
				require.NotContains(t, err.Error(), password)
			}
			if server != "vsftpd" { // it runs for anonymous users here
				check(func(o *ftpdrop.Options) { o.Password = wfm.NewSecret("wrong") }, wfm.NoPermission, false, "check the user and the password")
			}
			check(func(o *ftpdrop.Options) { o.Folder = "missing" }, wfm.NotFound, true, "create the folder")
			check(func(o *ftpdrop.Options) { o.Security, o.TLS, o.MinTLS, o.MaxTLS = ftpdrop.Plain, nil, 0, 0 }, wfm.BadConfig, false, "use Explicit or Implicit TLS")
			check(func(o *ftpdrop.Options) { o.Security = ftpdrop.Implicit }, wfm.BadConfig, false, "use Explicit on this port")
			check(func(o *ftpdrop.Options) { o.TLS = nil }, wfm.BadConfig, false, "CAFile")
			if os.Getuid() != 0 {
				t.Skip("a folder that the user may not write needs root, to give it another owner")
			}
			require.NoError(t, os.Chown(dir, 0, 0))
			check(func(*ftpdrop.Options) {}, wfm.NoPermission, false, "the right to create")
		})
	}
}

// TestRealServerWithoutOverwriting: proftpd's own default is to refuse uploads and renames over existing files.
func TestRealServerWithoutOverwriting(t *testing.T) {
	running := realservers.FTP{Server: "proftpd", NoOverwrite: true}.Start(t)
	d := open(t, ftpdrop.Options{Address: running.Address, Folder: running.Folder, User: running.User, Password: wfm.NewSecret(running.Password), Security: ftpdrop.Plain})
	require.NoError(t, d.Check(t.Context()))
	for _, content := range []string{"old", "newer", "newest"} {
		a := call(content)
		require.NoError(t, os.WriteFile(filepath.Join(running.Dir, delivery.PartialName("call.txt", a.Digest())), []byte("debris"), 0o644))
		_, err := d.Deliver(t.Context(), a)
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(running.Dir, "call.txt"))
		require.NoError(t, err)
		require.Equal(t, content, string(got))
	}
	list, err := os.ReadDir(running.Dir)
	require.NoError(t, err)
	require.Len(t, list, 1)
}
