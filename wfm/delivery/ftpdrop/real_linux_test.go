package ftpdrop_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/conform"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/deliverytest"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/realservers"
)

// real is one way to run a server and to reach it.
type real struct {
	security     ftpdrop.Security
	version      uint16 // of TLS
	requireReuse bool
	noEPSV       bool
}

func (r real) String() string {
	name := "plain"
	if r.security != ftpdrop.Plain {
		name = map[ftpdrop.Security]string{ftpdrop.Explicit: "explicit ", ftpdrop.Implicit: "implicit "}[r.security] + tls.VersionName(r.version)
	}
	if r.requireReuse {
		name += ", reuse required"
	}
	if r.noEPSV {
		return name + ", PASV"
	}
	return name + ", EPSV"
}

// reals are the ways that each server can go.
func reals(server string) (list []real) {
	for _, noEPSV := range []bool{false, true} {
		list = append(list, real{security: ftpdrop.Plain, noEPSV: noEPSV})
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			list = append(list, real{ftpdrop.Explicit, version, false, noEPSV})
			if server == "pure-ftpd" {
				continue // it neither demands reuse nor speaks implicit TLS
			}
			list = append(list, real{ftpdrop.Explicit, version, true, noEPSV}, real{ftpdrop.Implicit, version, true, noEPSV})
		}
	}
	return list
}

// start starts a server and returns options that reach it, and its folder.
func (r real) start(t testing.TB, server string) (ftpdrop.Options, string) {
	t.Helper()
	f := realservers.FTP{Server: server, Implicit: r.security == ftpdrop.Implicit, RequireReuse: r.requireReuse}
	o := ftpdrop.Options{Security: r.security, NoEPSV: r.noEPSV}
	if r.security != ftpdrop.Plain {
		c := newCertificates(t)
		f.CertFile, f.KeyFile = c.cert, c.key
		o.TLS, o.MinTLS, o.MaxTLS = &delivery.TLSOptions{CAFile: c.ca}, r.version, r.version
	}
	running := f.Start(t)
	o.Address, o.Folder, o.User, o.Password = running.Address, running.Folder, running.User, wfm.NewSecret(running.Password)
	return o, running.Dir
}

var servers = []string{"vsftpd", "proftpd", "pure-ftpd"}

// TestRealServers uploads at least 500 files to each server, spread over all ways to reach it, and compares each with
// the server's disk.
func TestRealServers(t *testing.T) {
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			began := time.Now()
			ways := reals(server)
			each := 520/len(ways) + 1
			done := 0
			for _, way := range ways {
				t.Run(way.String(), func(t *testing.T) {
					o, dir := way.start(t, server)
					upload(t, o, dir, each)
					done += each
				})
			}
			if done == 0 {
				t.Skip("every configuration was skipped, for the reason that it prints")
			}
			require.GreaterOrEqual(t, done, 500)
			t.Logf("%s: %d uploads in %d configurations, all byte-identical, in %s", server, done, len(ways), time.Since(began).Round(time.Millisecond))
		})
	}
}

func upload(t *testing.T, o ftpdrop.Options, dir string, many int) {
	t.Helper()
	d := open(t, o)
	require.NoError(t, d.Check(t.Context()))
	want := make([][]byte, many)
	random := rand.New(rand.NewPCG(1, 2))
	for i := range want {
		size := random.IntN(64 << 10)
		switch i % 8 {
		case 0:
			size = 0
		case 1:
			size = 1 + random.IntN(100)
		case 2:
			size = 200<<10 + random.IntN(300<<10)
		}
		want[i] = make([]byte, size)
		for j := range want[i] {
			want[i][j] = byte(random.Uint32())
		}
	}
	name := func(i int) string { return fmt.Sprintf("call %03d.txt", i) }
	for i, err := range conform.Parallel(2, func(half int) error {
		for i := half; i < many; i += 2 {
			if _, err := d.Deliver(t.Context(), wfm.Artifact{Name: name(i), Bytes: want[i]}); err != nil {
				return fmt.Errorf("upload %d of %d bytes: %w", i, len(want[i]), err)
			}
		}
		return nil
	}) {
		require.NoError(t, err, i)
	}
	for i := range want {
		got, err := os.ReadFile(filepath.Join(dir, name(i)))
		require.NoError(t, err)
		require.True(t, string(want[i]) == string(got), "file %d has %d bytes, want %d", i, len(got), len(want[i]))
	}
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, list, many, "nothing else is left")
}

// TestRealServersConform runs the whole kit.
func TestRealServersConform(t *testing.T) {
	for _, server := range servers {
		t.Run(server, func(t *testing.T) {
			way := real{security: ftpdrop.Explicit, version: tls.VersionTLS13, requireReuse: server != "pure-ftpd"}
			o, dir := way.start(t, server)
			used := 0
			deliverytest.Run(t, func(context.Context) (*deliverytest.Harness, error) {
				// A folder of its own for each case, on one server.
				used++
				mine := fmt.Sprintf("case %d ä", used)
				if err := os.Mkdir(filepath.Join(dir, mine), 0o755); err != nil {
					return nil, err
				}
				if err := os.Chmod(filepath.Join(dir, mine), 0o777); err != nil {
					return nil, err
				}
				options := o
				options.Folder += "/" + mine
				d, err := ftpdrop.New(options)
				if err != nil {
					return nil, err
				}
				return &deliverytest.Harness{Transport: d, Files: deliverytest.FilesIn(filepath.Join(dir, mine)), Close: d.Close}, nil
			})
		})
	}
}
