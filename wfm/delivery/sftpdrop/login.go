package sftpdrop

import (
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/cicwfm/cicwfm/wfm"
)

// login is who logs in, and with what. Closing it ends the connection to the agent.
type login struct {
	user    string
	methods []ssh.AuthMethod
	io.Closer
}

// login collects the keys and the password.
func (o *Options) login(ctx context.Context) (*login, error) {
	var asked Credentials
	if o.Credentials != nil {
		var err error
		if asked, err = o.Credentials(ctx); err != nil {
			return nil, noCredentials(ctx, err)
		}
	}
	l := &login{user: cmp.Or(asked.User, o.User), Closer: nothing{}}
	if l.user == "" {
		return nil, wfm.Problem{Where: "SFTP", Field: "user", Reason: "is missing", Remedy: "name the account on the server"}
	}
	own, err := o.ownKeys(asked)
	if err != nil {
		return nil, err
	}
	agentKeys := func() ([]ssh.Signer, error) { return nil, nil }
	if o.AgentSocket != "" {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", o.AgentSocket)
		if err != nil {
			return nil, unreadable("agent's socket", o.AgentSocket, err)
		}
		l.Closer, agentKeys = conn, agent.NewClient(conn).Signers
	}
	if len(own) > 0 || o.AgentSocket != "" {
		l.methods = append(l.methods, ssh.PublicKeysCallback(func() ([]ssh.Signer, error) {
			list, err := agentKeys()
			if err != nil && len(own) == 0 {
				return nil, unreadable("agent's socket", o.AgentSocket, err)
			}
			return append(list, own...), nil
		}))
	}
	password := o.Password
	if !asked.Password.IsZero() {
		password = asked.Password
	}
	if !password.IsZero() {
		l.methods = append(l.methods, passwordMethods(password)...)
	}
	if len(l.methods) == 0 {
		return nil, wfm.Problem{Where: "SFTP", Field: "login", Reason: "has neither a password nor a key nor an agent", Remedy: "give one of them"}
	}
	return l, nil
}

// noCredentials decides an error of the callback, unless it says itself what to do.
func noCredentials(ctx context.Context, err error) error {
	var decided *wfm.Error
	if errors.As(err, &decided) || ctx.Err() != nil {
		return err
	}
	return &wfm.Error{Op: "get the credentials", Kind: wfm.NoPermission, Retry: true, Err: err,
		Remedy: "see to where the user and the password are kept"}
}

type nothing struct{}

func (nothing) Close() error { return nil }

// ownKeys opens the private keys that are given.
func (o *Options) ownKeys(asked Credentials) (list []ssh.Signer, err error) {
	add := func(what, value string, pem []byte, passphrase wfm.Secret) error {
		key, err := parseKey(pem, passphrase.Reveal())
		if err != nil {
			return badKey(what, value, err)
		}
		list = append(list, key)
		return nil
	}
	if !asked.Key.IsZero() {
		if err := add("private key", "", []byte(asked.Key.Reveal()), asked.Passphrase); err != nil {
			return nil, err
		}
	}
	if o.KeyFile == "" {
		return list, nil
	}
	pem, err := os.ReadFile(o.KeyFile)
	if err != nil {
		return nil, unreadable("key file", o.KeyFile, err)
	}
	passphrase := o.Passphrase
	if passphrase.IsZero() {
		passphrase = asked.Passphrase
	}
	return list, add("key file", o.KeyFile, pem, passphrase)
}

func parseKey(pem []byte, passphrase string) (ssh.Signer, error) {
	key, err := ssh.ParsePrivateKey(pem)
	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) && passphrase != "" {
		return ssh.ParsePrivateKeyWithPassphrase(pem, []byte(passphrase))
	}
	return key, err
}

// badKey says what is wrong with a key, and nothing of it.
func badKey(what, value string, err error) error {
	p := wfm.Problem{Where: "SFTP", Field: what, Value: value, Reason: "is not a private key that can be read",
		Remedy: "give the private key, not the .pub file, in the form of OpenSSH or PEM"}
	var missing *ssh.PassphraseMissingError
	switch {
	case errors.As(err, &missing):
		p.Reason, p.Remedy = "needs a passphrase", "give the passphrase, or a key without one"
	case errors.Is(err, x509.IncorrectPasswordError):
		p.Reason, p.Remedy = "does not open with the passphrase", "correct the passphrase"
	}
	return p
}

// passwordMethods answer with the password once, whichever way the server asks: what it refused one way it would refuse
// the other way, and would count twice.
func passwordMethods(password wfm.Secret) []ssh.AuthMethod {
	sent := false
	return []ssh.AuthMethod{
		ssh.PasswordCallback(func() (string, error) {
			if sent {
				return "", errPasswordSent
			}
			sent = true
			return password.Reveal(), nil
		}),
		ssh.KeyboardInteractive(func(_, _ string, questions []string, shown []bool) ([]string, error) {
			switch {
			case len(questions) == 0: // a notice
				return nil, nil
			case sent:
				return nil, errPasswordSent
			case len(questions) != 1 || shown[0]:
				return nil, errQuestion
			}
			sent = true
			return []string{password.Reveal()}, nil
		}),
	}
}

var (
	errPasswordSent = errors.New("the password was refused")
	errQuestion     = errors.New("the server asks for more than a password")
)

// unreadable is a file or socket of this machine that cannot be used.
func unreadable(what, path string, err error) error {
	var at *os.PathError
	if errors.As(err, &at) {
		err = at.Err // the path stands before it
	}
	return &wfm.Error{Op: "read the " + what + " " + wfm.Quote(path), Kind: wfm.BadConfig, Err: err,
		Remedy: "correct the path, and let the service's account read it"}
}
