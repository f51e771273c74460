package smbdrop

import (
	"context"
	"errors"
	"net"
	"os"
	"strconv"

	smb2 "github.com/cloudsoda/go-smb2"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// server opens sessions.
type server struct{ Options }

func (s *server) address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Where is the UNC path, with the port where it is not the usual one.
func (s *server) Where(name string) string {
	host := s.Host
	if s.Port != 445 {
		host = s.address()
	}
	where := `\\` + host + `\` + s.Share
	for _, part := range []string{s.Folder, name} {
		if part != "" {
			where += `\` + part
		}
	}
	return where
}

// Dial connects, logs in and enters the share.
func (s *server) Dial(ctx context.Context) (remotedrop.Session, error) {
	return remotedrop.Within(ctx, s.ConnectTimeout, os.ErrDeadlineExceeded, s.connect)
}

func (s *server) connect(ctx context.Context) (*session, error) {
	user, password, err := s.credentials(ctx)
	if err != nil {
		return nil, err
	}
	raw, err := s.Options.Dial(ctx, "tcp", s.address())
	if err != nil {
		return nil, err
	}
	conn := &listener{Conn: raw}
	var made *session
	err = remotedrop.Guard(ctx, conn, func() (err error) {
		made, err = s.open(ctx, conn, user, password)
		return err
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return made, nil
}

func (s *server) credentials(ctx context.Context) (user string, password wfm.Secret, err error) {
	if s.Credentials == nil {
		return s.User, s.Password, nil
	}
	if user, password, err = s.Credentials(ctx); err != nil {
		var decided *wfm.Error
		if !errors.As(err, &decided) && ctx.Err() == nil {
			err = &wfm.Error{Op: "get the credentials", Kind: wfm.NoPermission, Retry: true, Err: err,
				Remedy: "see to where the user and the password are kept"}
		}
		return "", password, err
	}
	return user, password, errors.Join(checkLogin(user, s.Domain, password)...)
}

func (s *server) open(ctx context.Context, conn *listener, user string, password wfm.Secret) (*session, error) {
	name, domain := splitUser(user, s.Domain)
	dialer := &smb2.Dialer{Negotiator: smb2.Negotiator{RequireMessageSigning: true},
		Initiator: &smb2.NTLMInitiator{User: name, Password: password.Reveal(), Domain: domain}}
	login, err := dialer.DialConn(ctx, conn, s.Host)
	if err != nil {
		return nil, during{loggingIn, conn.stop().refused, err}
	}
	share, err := login.WithContext(ctx).Mount(`\\` + s.Host + `\` + s.Share)
	if err != nil {
		return nil, during{entering, 0, err}
	}
	heard := conn.stop()
	switch {
	case heard.guest:
		return nil, &wfm.Error{Op: "log in to " + s.Where(""), Kind: wfm.NoPermission, Err: errors.New("the server does not know the user and took it for a guest"),
			Remedy: "check user, domain and password: what a guest sends cannot be protected"}
	case s.RequireEncryption && !heard.encrypted:
		return nil, &wfm.Error{Op: "enter " + s.Where(""), Kind: wfm.BadConfig, Err: errors.New("the server does not ask for encryption"),
			Remedy: "switch encryption on for the share or the server (Samba: smb encrypt = required; Windows: Set-SmbShare -EncryptData), or do without RequireEncryption"}
	}
	made := &session{conn: conn, login: login, share: share, folder: s.Folder}
	return made, made.enter(ctx)
}

// during is an error of one part of the log-in, where the same words of the server mean different things.
type during struct {
	part int
	code uint32 // the server's, where it was heard; else 0
	error
}

// The parts of the log-in.
const (
	loggingIn = 1 + iota
	entering
)

func (d during) Unwrap() error { return d.error }
