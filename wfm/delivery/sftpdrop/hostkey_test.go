package sftpdrop_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
)

func pub(key ssh.Signer) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(key.PublicKey())))
}

func fingerprint(key ssh.Signer) string { return ssh.FingerprintSHA256(key.PublicKey()) }

func knownHosts(t *testing.T, lines ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "known_hosts")
	require.NoError(t, os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	return path
}

func TestHostKeys(t *testing.T) {
	rsaPrivate, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	rsaKey, err := ssh.NewSignerFromKey(rsaPrivate)
	require.NoError(t, err)
	ecPrivate, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ecKey, err := ssh.NewSignerFromKey(ecPrivate)
	require.NoError(t, err)
	edKey, other, authority := newKey(t), newKey(t), newKey(t)
	s := startServer(t, serverOptions{keys: []ssh.Signer{rsaKey, ecKey, edKey}})
	line := func(key ssh.Signer) string {
		return knownhosts.Line([]string{knownhosts.Normalize(s.address)}, key.PublicKey())
	}
	file := func(lines ...string) func(*sftpdrop.Options) {
		path := knownHosts(t, lines...)
		return func(o *sftpdrop.Options) { o.KnownHosts = path }
	}
	pins := func(p ...string) func(*sftpdrop.Options) {
		return func(o *sftpdrop.Options) { o.HostKeys = p }
	}
	for name, c := range map[string]struct {
		set  func(*sftpdrop.Options)
		want []string // none: it is accepted
	}{
		"fingerprint of the first kind":   {pins(fingerprint(edKey)), nil},
		"one of several fingerprints":     {pins(fingerprint(other), fingerprint(edKey)+"="), nil},
		"public key of another kind":      {pins(pub(rsaKey) + " operator@host"), nil},
		"two public keys":                 {pins(pub(other), pub(ecKey)), []string{fingerprint(edKey)}},
		"known, the last kind":            {file(line(rsaKey)), nil},
		"known, the middle kind":          {file("# comment", "", line(ecKey)), nil},
		"known, several":                  {file(line(rsaKey), line(ecKey), line(edKey)), nil},
		"known, hashed name":              {file(knownhosts.Line([]string{knownhosts.HashHostname(knownhosts.Normalize(s.address))}, edKey.PublicKey())), nil},
		"wrong fingerprint":               {pins(fingerprint(other)), []string{fingerprint(edKey), "none of those that are pinned", "ask the server's operator"}},
		"wrong key":                       {pins(pub(other)), []string{fingerprint(edKey), "pinned"}},
		"unknown host":                    {file(knownhosts.Line([]string{"other.example.com"}, edKey.PublicKey())), []string{fingerprint(edKey), "does not stand in", "ssh-keyscan"}},
		"empty file":                      {file(), []string{fingerprint(edKey), "does not stand in"}},
		"changed key":                     {file(line(other)), []string{fingerprint(edKey), fingerprint(other), "line 1", "someone may stand between"}},
		"revoked key":                     {file(line(edKey), "@revoked * "+pub(edKey)), []string{fingerprint(edKey), "is revoked in line 2"}},
		"authority, no certificate":       {file("@cert-authority * " + pub(authority)), []string{"does not stand in"}},
		"authority beside the known key":  {file("@cert-authority * "+pub(authority), line(edKey)), nil},
		"no file":                         {func(o *sftpdrop.Options) { o.KnownHosts = "none/known_hosts" }, []string{"read the known_hosts file", "correct the path"}},
		"garbled file":                    {file("nonsense"), []string{"known_hosts file"}},
		"a kind that the server has none": {pins(pub(mustECDSA(t, elliptic.P384()))), []string{"no key of the kind that is known"}},
	} {
		t.Run(name, func(t *testing.T) {
			before := s.logins.Load()
			o := s.options()
			o.HostKeys = nil
			c.set(&o)
			_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err), "%v", err)
			retry, _ := wfm.ShouldRetry(err)
			require.False(t, retry)
			require.NotContains(t, err.Error(), "\n")
			require.Equal(t, before, s.logins.Load(), "no password goes to a server that is not known")
		})
	}
}

func mustECDSA(t *testing.T, curve elliptic.Curve) ssh.Signer {
	t.Helper()
	private, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	key, err := ssh.NewSignerFromKey(private)
	require.NoError(t, err)
	return key
}

// TestHostCertificate: a server whose key an authority has signed.
func TestHostCertificate(t *testing.T) {
	authority, stranger, key := newKey(t), newKey(t), newKey(t)
	certificate := &ssh.Certificate{Key: key.PublicKey(), CertType: ssh.HostCert, KeyId: "test", ValidPrincipals: []string{"127.0.0.1"},
		ValidAfter: uint64(time.Now().Add(-time.Hour).Unix()), ValidBefore: uint64(time.Now().Add(time.Hour).Unix())}
	require.NoError(t, certificate.SignCert(rand.Reader, authority))
	certified, err := ssh.NewCertSigner(certificate, key)
	require.NoError(t, err)
	s := startServer(t, serverOptions{keys: []ssh.Signer{certified, key}})
	o := s.options()
	o.HostKeys, o.KnownHosts = nil, knownHosts(t, "@cert-authority "+knownhosts.Normalize(s.address)+" "+pub(authority))
	require.NoError(t, newDrop(t, o).Check(t.Context()))
	o.KnownHosts = knownHosts(t, "@cert-authority "+knownhosts.Normalize(s.address)+" "+pub(stranger))
	require.ErrorContains(t, newDrop(t, o).Check(t.Context()), "cannot be accepted")
	require.Zero(t, s.logins.Load()-1)
}

func FuzzHostKey(f *testing.F) {
	f.Add("SHA256:uNiVztksCsDhcc0u9e8BrrdUUOkTYYvkKJR/OQVtUZE")
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl comment")
	f.Add("MD5:16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := sftpdrop.New(sftpdrop.Options{Address: "host", User: "u", AgentSocket: "a", HostKeys: []string{text}})
		if err != nil {
			require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
			require.NotContains(t, err.Error(), "\n")
		}
	})
}
