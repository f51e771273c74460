package sftpdrop_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
)

const passphrase = "open-sesame"

// keyFiles writes a key with and without a passphrase.
func keyFiles(t *testing.T) (plain, locked string, key ed25519.PrivateKey, public ssh.PublicKey) {
	t.Helper()
	_, key, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	signer, err := ssh.NewSignerFromKey(key)
	require.NoError(t, err)
	dir := t.TempDir()
	plain, locked = filepath.Join(dir, "plain"), filepath.Join(dir, "locked")
	block, err := ssh.MarshalPrivateKey(key, "test")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(plain, pem.EncodeToMemory(block), 0o600))
	block, err = ssh.MarshalPrivateKeyWithPassphrase(key, "test", []byte(passphrase))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(locked, pem.EncodeToMemory(block), 0o600))
	return plain, locked, key, signer.PublicKey()
}

// takes is a server's rule for one public key.
func takes(key ssh.PublicKey) func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, offered ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(offered.Marshal(), key.Marshal()) {
			return nil, errors.New("another key")
		}
		return nil, nil
	}
}

// asks is a server's dialogue; it counts its questions.
func asks(count *int, questions []string, shown []bool, answer string) func(ssh.ConnMetadata, ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
	return func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
		*count++
		if _, err := ask("", "a notice", nil, nil); err != nil {
			return nil, err
		}
		got, err := ask("", "", questions, shown)
		if err == nil && (len(got) != 1 || got[0] != answer) {
			err = errors.New("wrong")
		}
		return nil, err
	}
}

func TestLogin(t *testing.T) {
	plain, locked, key, public := keyFiles(t)
	socket := filepath.Join(t.TempDir(), "agent")
	serveAgent(t, socket, key)
	asked := 0
	wrong := func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { return nil, errors.New("wrong") }
	right := func(_ ssh.ConnMetadata, got []byte) (*ssh.Permissions, error) {
		if string(got) != password {
			return nil, errors.New("wrong")
		}
		return nil, nil
	}
	withKey := func(file string) func(*sftpdrop.Options) {
		return func(o *sftpdrop.Options) { o.Password, o.KeyFile = wfm.Secret{}, file }
	}
	for name, c := range map[string]struct {
		config ssh.ServerConfig
		set    func(*sftpdrop.Options)
		want   string
	}{
		"password":        {ssh.ServerConfig{PasswordCallback: right}, nil, ""},
		"wrong password":  {ssh.ServerConfig{PasswordCallback: wrong}, nil, "refused the login (tried: password)"},
		"interactive":     {ssh.ServerConfig{KeyboardInteractiveCallback: asks(&asked, []string{"Password: "}, []bool{false}, password)}, nil, ""},
		"one-time code":   {ssh.ServerConfig{KeyboardInteractiveCallback: asks(&asked, []string{"Code: "}, []bool{true}, password)}, nil, "asks for more than a password"},
		"two questions":   {ssh.ServerConfig{KeyboardInteractiveCallback: asks(&asked, []string{"a", "b"}, []bool{false, false}, "")}, nil, "asks for more than a password"},
		"key":             {ssh.ServerConfig{PublicKeyCallback: takes(public)}, withKey(plain), ""},
		"locked key":      {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { withKey(locked)(o); o.Passphrase = wfm.NewSecret(passphrase) }, ""},
		"needless":        {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { withKey(plain)(o); o.Passphrase = wfm.NewSecret(passphrase) }, ""},
		"no passphrase":   {ssh.ServerConfig{PublicKeyCallback: takes(public)}, withKey(locked), "needs a passphrase"},
		"wrong phrase":    {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { withKey(locked)(o); o.Passphrase = wfm.NewSecret("s3cr3t") }, "does not open with the passphrase"},
		"another key":     {ssh.ServerConfig{PublicKeyCallback: takes(newKey(t).PublicKey())}, withKey(plain), "refused the login (tried: publickey)"},
		"no key file":     {ssh.ServerConfig{PublicKeyCallback: takes(public)}, withKey("none/id"), "read the key file"},
		"no private key":  {ssh.ServerConfig{PublicKeyCallback: takes(public)}, withKey(knownHosts(t, "ssh-ed25519 AAAA")), "not the .pub file"},
		"agent":           {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { o.Password, o.AgentSocket = wfm.Secret{}, socket }, ""},
		"no agent":        {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { o.Password, o.AgentSocket = wfm.Secret{}, socket+"x" }, "agent's socket"},
		"agent and key":   {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) { withKey(plain)(o); o.AgentSocket = socket }, ""},
		"key or password": {ssh.ServerConfig{PublicKeyCallback: takes(newKey(t).PublicKey()), PasswordCallback: right}, func(o *sftpdrop.Options) { o.KeyFile = plain }, ""},
		"key and password": {ssh.ServerConfig{PublicKeyCallback: func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, &ssh.PartialSuccessError{Next: ssh.ServerAuthCallbacks{PasswordCallback: right}}
		}}, func(o *sftpdrop.Options) { o.KeyFile = plain }, ""},
		"callback": {ssh.ServerConfig{PasswordCallback: right}, func(o *sftpdrop.Options) {
			o.User, o.Password = "", wfm.Secret{}
			o.Credentials = func(context.Context) (sftpdrop.Credentials, error) {
				return sftpdrop.Credentials{User: "wfm", Password: wfm.NewSecret(password)}, nil
			}
		}, ""},
		"callback with a key": {ssh.ServerConfig{PublicKeyCallback: takes(public)}, func(o *sftpdrop.Options) {
			o.Password = wfm.Secret{}
			o.Credentials = func(context.Context) (sftpdrop.Credentials, error) {
				text, err := os.ReadFile(locked)
				return sftpdrop.Credentials{Key: wfm.NewSecret(string(text)), Passphrase: wfm.NewSecret(passphrase)}, err
			}
		}, ""},
		"callback fails": {ssh.ServerConfig{PasswordCallback: right}, func(o *sftpdrop.Options) {
			o.Credentials = func(context.Context) (sftpdrop.Credentials, error) {
				return sftpdrop.Credentials{}, errors.New("the vault is sealed")
			}
		}, "get the credentials: the vault is sealed"},
		"callback returns nothing": {ssh.ServerConfig{PasswordCallback: right}, func(o *sftpdrop.Options) {
			o.User, o.Password = "", wfm.Secret{}
			o.Credentials = func(context.Context) (sftpdrop.Credentials, error) { return sftpdrop.Credentials{}, nil }
		}, "user is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			s := startServer(t, serverOptions{config: &c.config})
			o := s.options()
			var log bytes.Buffer
			o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
			if c.set != nil {
				c.set(&o)
			}
			_, err := newDrop(t, o).Deliver(t.Context(), call("x"))
			all := fmt.Sprintf("%v %+v %#v %s", err, err, o, log.String())
			require.NotContains(t, all, "s3cr3t")
			require.NotContains(t, all, passphrase)
			if c.want == "" {
				require.NoError(t, err)
				require.Equal(t, map[string]string{"call.txt": "x"}, list(t, s.in("")))
				return
			}
			require.ErrorContains(t, err, c.want)
			require.NotContains(t, err.Error(), "\n")
			retry, _ := wfm.ShouldRetry(err)
			require.Equal(t, strings.Contains(c.want, "vault"), retry, "a login is not tried again before someone has acted: %v", err)
			require.Contains(t, []wfm.Kind{wfm.NoPermission, wfm.BadConfig}, wfm.KindOf(err))
		})
	}
	require.Equal(t, 3, asked)
}

// TestOneWrongPasswordCountsOnce, also where the server offers two ways to send it.
func TestOneWrongPasswordCountsOnce(t *testing.T) {
	count := 0
	config := &ssh.ServerConfig{
		PasswordCallback:            func(ssh.ConnMetadata, []byte) (*ssh.Permissions, error) { count++; return nil, errors.New("wrong") },
		KeyboardInteractiveCallback: asks(new(int), []string{"Password: "}, []bool{false}, ""),
	}
	s := startServer(t, serverOptions{config: config})
	_, err := newDrop(t, s.options()).Deliver(t.Context(), call("x"))
	require.ErrorContains(t, err, "refused the login")
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	s.close()
	// The removal of a partial file is not tried with credentials that were refused.
	require.Equal(t, 1, count)
}

func serveAgent(t *testing.T, socket string, key ed25519.PrivateKey) {
	t.Helper()
	ring := agent.NewKeyring()
	require.NoError(t, ring.Add(agent.AddedKey{PrivateKey: &key}))
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = agent.ServeAgent(ring, conn)
			_ = conn.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
}

// TestSilentAgent does not hold up a delivery beyond its context.
func TestSilentAgent(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "agent")
	l, err := net.Listen("unix", socket)
	require.NoError(t, err)
	defer l.Close()
	s := startServer(t, serverOptions{config: &ssh.ServerConfig{PublicKeyCallback: takes(newKey(t).PublicKey())}})
	o := s.options()
	o.Password, o.AgentSocket = wfm.Secret{}, socket
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err = newDrop(t, o).Deliver(ctx, call("x"))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(began), 20*time.Second)
}
