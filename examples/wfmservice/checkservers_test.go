package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/vendors/all"
)

// serve accepts connections until the test ends, and gives the port.
func serve(t *testing.T, handle func(net.Conn)) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan struct{})
	t.Cleanup(func() { _ = l.Close(); <-done })
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(10 * time.Second))
			handle(c)
			_ = c.Close()
		}
	}()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// silence is a server that accepts connections and says nothing.
func silence(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() }) // the kernel accepts; nobody reads
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}

// refusingFTP refuses every password.
func refusingFTP(t *testing.T) string {
	return serve(t, func(c net.Conn) {
		fmt.Fprint(c, "220 ready\r\n")
		for lines := bufio.NewScanner(c); lines.Scan(); {
			switch word, _, _ := strings.Cut(lines.Text(), " "); strings.ToUpper(word) {
			case "USER":
				fmt.Fprint(c, "331 password please\r\n")
			case "PASS":
				fmt.Fprint(c, "530 not logged in\r\n")
			case "QUIT":
				fmt.Fprint(c, "221 bye\r\n")
				return
			default:
				fmt.Fprint(c, "500 unknown\r\n")
			}
		}
	})
}

// sshServer has a host key that nobody knows.
func sshServer(t *testing.T) string {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	config := &ssh.ServerConfig{PasswordCallback: func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, nil }}
	config.AddHostKey(signer)
	return serve(t, func(c net.Conn) { _, _, _, _ = ssh.NewServerConn(c, config) })
}

// certificate writes name.pem and name-key.pem for 127.0.0.1, signed by itself.
func certificate(t *testing.T, s *checkSite, name string, from, to time.Time) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "127.0.0.1"}, NotBefore: from, NotAfter: to,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	s.write(name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	s.write(name+"-key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})))
}

// tlsServer shows a certificate that certificate wrote.
func tlsServer(t *testing.T, s *checkSite, name string) string {
	pair, err := tls.LoadX509KeyPair(s.path(name+".pem"), s.path(name+"-key.pem"))
	require.NoError(t, err)
	return serve(t, func(c net.Conn) {
		_ = tls.Server(c, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}).Handshake()
	})
}

// masterVendor is a product that wants one master workgroup, and takes the codes of the site's map.
func masterVendor(t *testing.T) string {
	registry, err := all.Registry()
	require.NoError(t, err)
	for _, name := range registry.RealTimeNames() {
		e, err := registry.RealTime(name, vendors.RTASettings{Statuses: vendors.StatusMap{Unmapped: vendors.UseDefault, Default: vendors.Code{Code: "99"}}})
		if err == nil && e.Traits().MasterWorkgroup {
			return name
		}
	}
	require.Fail(t, "no product wants a master workgroup")
	return os.DevNull
}

// TestPairOnOneHost: the two of a switchover pair may differ in the port alone; one that is away is no failure.
func TestPairOnOneHost(t *testing.T) {
	s := newCheckSite(t, nil)
	s.replace("hosts: [127.0.0.1], port: "+s.port, "hosts: ['127.0.0.1:"+freePort(t)+"', '127.0.0.1:"+s.port+"']")
	code, out, errs := s.run("check")
	require.Zero(t, code, out+errs)
	require.Contains(t, out, "logged on to 127.0.0.1:"+s.port)
}
