package ftpdrop

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jlaffaye/ftp"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// server opens sessions.
type server struct{ settled }

// Dial connects, logs in and enters the folder.
func (s *server) Dial(ctx context.Context) (remotedrop.Session, error) {
	late := &wfm.Error{Op: "log in to " + s.Where(""), Kind: wfm.Unavailable, Retry: true, Err: errSlowLogin, Remedy: s.silence()}
	return remotedrop.Within(ctx, s.ConnectTimeout, late, s.login)
}

var errSlowLogin = errors.New("no answer in time")

// silence says what to look after where a server says nothing.
func (s *server) silence() string {
	switch {
	case s.Security == Implicit:
		return "check that the server runs, and that the port is one of implicit TLS: one of explicit TLS is mostly 21"
	case s.port == "990":
		return "port 990 is mostly one of implicit TLS, where the server waits for TLS: use Implicit"
	}
	return "check that the server runs and that no firewall stands between"
}

func (s *server) login(ctx context.Context) (_ *session, err error) {
	user, password, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	var secure *tls.Config
	if s.Security != Plain {
		if secure, err = s.tlsConfig(); err != nil {
			return nil, err
		}
	}
	n := &session{server: s, password: password, began: time.Now()}
	last := &lastAnswer{}
	options := []ftp.DialOption{ftp.DialWithDialFunc(n.connector(secure, s.Security)), ftp.DialWithDisabledEPSV(s.NoEPSV),
		ftp.DialWithForceListHidden(true), ftp.DialWithDebugOutput(last)}
	switch s.Security {
	case Explicit:
		options = append(options, ftp.DialWithExplicitTLS(secure))
	case Implicit:
		options = append(options, ftp.DialWithTLS(secure))
	}
	err = n.run(ctx, "connect", func() (err error) {
		n.conn, err = ftp.Dial(net.JoinHostPort(s.host, s.port), options...)
		return err
	})
	if err == nil {
		err = n.run(ctx, "USER", func() error { return last.explain(n.conn.Login(user, password.Reveal())) })
	}
	if err == nil && s.Folder != "" {
		err = n.run(ctx, "CWD", func() error { return accepted(n.conn.ChangeDir(s.Folder)) })
	}
	last.stop()
	if err != nil {
		_ = n.Close()
		return nil, err
	}
	return n, nil
}

// credentials asks for the user and the password, and refuses what would end a command before its time.
func (s *server) credentials(ctx context.Context) (string, wfm.Secret, error) {
	if s.Credentials == nil {
		return s.User, s.Password, nil
	}
	user, password, err := s.Credentials(ctx)
	if err != nil {
		var decided *wfm.Error
		if errors.As(err, &decided) || ctx.Err() != nil {
			return "", password, err
		}
		return "", password, &wfm.Error{Op: "get the credentials for " + s.Where(""), Kind: wfm.NoPermission, Retry: true, Err: err,
			Remedy: "see to where the user and the password are kept"}
	}
	if user == "" {
		return "", password, wfm.Problem{Field: "user", Reason: "is missing", Remedy: "give the user that the server knows"}
	}
	return user, password, errors.Join(unfitLogin(user, password)...)
}

// tlsConfig reads the certificates anew, so that renewed ones need no restart. Each session has a cache of its own:
// servers that demand that data connections resume a TLS session mean that of their own control connection.
func (s *server) tlsConfig() (*tls.Config, error) {
	c, err := s.tls.Client(s.host)
	if err != nil {
		return nil, err
	}
	c.MinVersion = max(c.MinVersion, s.MinTLS)
	if s.MaxTLS != 0 {
		c.MaxVersion = s.MaxTLS
	}
	c.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	return c, nil
}

// connector is the dial function for the library: first for the control connection, then for those of data.
func (n *session) connector(secure *tls.Config, security Security) func(network, address string) (net.Conn, error) {
	return func(network, address string) (net.Conn, error) {
		first := n.wire.control == nil
		raw, err := n.wire.dial(network, address)
		if err != nil {
			if !first {
				err = &dataFault{err}
			}
			return nil, err
		}
		if first {
			control := &controlConn{Conn: raw, clear: security != Implicit}
			if security == Implicit {
				return tls.Client(control, secure), nil
			}
			return control, nil
		}
		if secure == nil {
			return &dataConn{Conn: raw, wire: &n.wire, most: n.mostData}, nil
		}
		// The handshake follows with the first byte: servers begin it after the command.
		c := tls.Client(raw, secure)
		return &dataConn{Conn: c, tls: c, wire: &n.wire, most: n.mostData}, nil
	}
}

// dataFault is a data connection that could not be opened.
type dataFault struct{ err error }

func (e *dataFault) Error() string { return "open the data connection: " + e.err.Error() }
func (e *dataFault) Unwrap() error { return e.err }

// lastAnswer remembers the last line that the server sent during the log-in: the library drops the code with which a
// server refuses a user.
type lastAnswer struct {
	mu      sync.Mutex
	line    []byte
	last    string
	stopped bool
}

// Write takes what is received, and what is sent: only lines that begin with a digit are kept.
func (l *lastAnswer) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return len(b), nil
	}
	for _, c := range b {
		switch {
		case c != '\n':
			if len(l.line) < 512 {
				l.line = append(l.line, c)
			}
			continue
		case len(l.line) > 3 && l.line[0] >= '1' && l.line[0] <= '5':
			l.last = string(l.line)
		}
		clear(l.line) // it may be the password
		l.line = l.line[:0]
	}
	return len(b), nil
}

func (l *lastAnswer) stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stopped, l.last = true, ""
	clear(l.line)
}

// explain gives an error of the log-in the code that it lacks, where it is a refusal.
func (l *lastAnswer) explain(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil || len(l.last) < 4 || l.last[0] < '4' {
		return err
	}
	if text := strings.TrimSpace(l.last[4:]); textual(err) != nil || !strings.HasSuffix(strings.TrimSpace(err.Error()), text) {
		return err
	}
	return protocolError(l.last)
}
