package faulttest_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/realservers"
	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/smbdrop"
	"github.com/cicwfm/cicwfm/wfm/internal/faultnet"
)

// drop is a transport under test.
type drop interface {
	delivery.Transport
	delivery.Prober
	delivery.Cleaner
	delivery.Fencer
	io.Closer
}

// reach is how a transport reaches a server, in a form that another process can be told.
type reach struct {
	Protocol              string // ftp, sftp or smb
	Address, Folder       string
	User, Password        string
	CAFile                string // ftp: explicit TLS; empty is plain
	NoEPSV                bool
	KeyFile, HostKey      string // sftp
	Timeout               time.Duration
	FirstData, LastData   int // ftp: the ports of the server for data
	FolderSeparator, Root string
}

// open makes the transport.
func (r reach) open(onStep func(string)) (drop, error) {
	host, port, err := net.SplitHostPort(r.Address)
	if err != nil {
		return nil, err
	}
	switch r.Protocol {
	case "ftp":
		o := ftpdrop.Options{Address: r.Address, Folder: r.Folder, User: r.User, Password: wfm.NewSecret(r.Password), Security: ftpdrop.Plain,
			NoEPSV: r.NoEPSV, Timeout: r.Timeout, ConnectTimeout: r.Timeout, OnStep: onStep}
		if r.CAFile != "" {
			// The proxy's addresses are not in the certificate.
			o.Security, o.TLS = ftpdrop.Explicit, &delivery.TLSOptions{CAFile: r.CAFile, ServerName: "localhost"}
		}
		return ftpdrop.New(o)
	case "sftp":
		return sftpdrop.New(sftpdrop.Options{Address: r.Address, Folder: r.Folder, User: r.User, KeyFile: r.KeyFile, HostKeys: []string{r.HostKey},
			Timeout: r.Timeout, ConnectTimeout: r.Timeout, OnStep: onStep})
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	return smbdrop.New(smbdrop.Options{Host: host, Port: number, Share: realservers.SambaShare, Folder: r.Folder, User: r.User,
		Password: wfm.NewSecret(r.Password), Timeout: r.Timeout, ConnectTimeout: r.Timeout, OnStep: onStep})
}

// at is the same server by another address and with another folder.
func (r reach) at(address, folder string) reach {
	r.Address, r.Folder = address, folder
	return r
}

// site is a kind of server to try.
type site struct {
	name  string
	start func(testing.TB) (reach, string) // and the folder on this disk
	// setsAside tells that the server does not rename over a file, so that there is none for a moment.
	setsAside bool
}

func sites() []site {
	return []site{
		{name: "vsftpd, plain", start: ftp(realservers.FTP{Server: "vsftpd"}, false, false)},
		{name: "vsftpd, TLS", start: ftp(realservers.FTP{Server: "vsftpd", RequireReuse: true}, true, false)},
		{name: "proftpd, plain", start: ftp(realservers.FTP{Server: "proftpd"}, false, false)},
		{name: "proftpd, TLS", start: ftp(realservers.FTP{Server: "proftpd", RequireReuse: true}, true, false)},
		{name: "proftpd, no overwriting", start: ftp(realservers.FTP{Server: "proftpd", NoOverwrite: true}, false, false), setsAside: true},
		{name: "pure-ftpd, plain, PASV", start: ftp(realservers.FTP{Server: "pure-ftpd"}, false, true)},
		{name: "pure-ftpd, TLS", start: ftp(realservers.FTP{Server: "pure-ftpd"}, true, false)},
		{name: "OpenSSH", start: openSSH},
		{name: "Samba", start: samba},
	}
}

// timeout bounds each call of a transport, so that stalls end.
const timeout = 2 * time.Second

func ftp(f realservers.FTP, secure, noEPSV bool) func(testing.TB) (reach, string) {
	return func(t testing.TB) (reach, string) {
		f, r := f, reach{Protocol: "ftp", NoEPSV: noEPSV, Timeout: timeout}
		if secure {
			authority, err := linktest.NewAuthority(t.TempDir())
			require.NoError(t, err)
			f.CertFile, f.KeyFile, err = authority.Issue("server", time.Now().Add(time.Hour))
			require.NoError(t, err)
			f.FirstData, f.LastData = realservers.DataPorts(t, 64)
			r.CAFile, r.FirstData, r.LastData = authority.CAFile, f.FirstData, f.LastData
		}
		running := f.Start(t)
		r.Address, r.Root, r.FolderSeparator, r.User, r.Password = running.Address, running.Folder, "/", running.User, running.Password
		return r, running.Dir
	}
}

func openSSH(t testing.TB) (reach, string) {
	keyFile, public := newKey(t, "user")
	hostFile, host := newKey(t, "host")
	running := realservers.OpenSSH{HostKeyFile: hostFile, AuthorizedKeys: string(ssh.MarshalAuthorizedKey(public)),
		Config: []string{"Subsystem sftp internal-sftp"}}.Start(t)
	return reach{Protocol: "sftp", Address: running.Address, User: running.User, KeyFile: keyFile, HostKey: ssh.FingerprintSHA256(host),
		Timeout: timeout, Root: running.Dir, FolderSeparator: "/"}, running.Dir
}

func newKey(t testing.TB, name string) (file string, public ssh.PublicKey) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	block, err := ssh.MarshalPrivateKey(key, "test")
	require.NoError(t, err)
	file = filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, pem.EncodeToMemory(block), 0o600))
	signer, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	return file, signer.PublicKey()
}

func samba(t testing.TB) (reach, string) {
	running := realservers.Samba{}.Start(t)
	return reach{Protocol: "smb", Address: running.Address, User: running.User, Password: running.Password,
		// For a file that is open elsewhere Samba waits a second before it refuses.
		Timeout: 3 * timeout / 2}, running.Dir
}

// proxy stands before the server, with an address of its own where encrypted control connections demand it.
func (r reach) proxy(number int) (*faultnet.Proxy, error) {
	o := faultnet.Options{Target: r.Address, FirstData: r.FirstData, LastData: r.LastData}
	switch r.Protocol {
	case "ftp":
		o.Framing = faultnet.FTP
	case "smb":
		o.Framing = faultnet.Messages
	}
	if r.FirstData != 0 {
		// All of 127/8 is this host. Processes that run at the same time mostly have another second byte.
		o.Host = fmt.Sprintf("127.%d.%d.%d", 64+os.Getpid()%64, number/250%250, 1+number%250)
	}
	return faultnet.New(o)
}
