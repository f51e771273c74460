package sftpdrop

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path"
	"strings"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// server opens sessions.
type server struct {
	Options
	address string // host:port
	keys    hostKeys
}

// Where is an address as curl writes it: ~ stands for where the server puts the user.
func (s *server) Where(name string) string {
	folder := path.Clean(s.Folder)
	if !strings.HasPrefix(folder, "/") {
		folder = path.Join("/~", folder)
	}
	return "sftp://" + s.address + path.Join(folder, name)
}

// Dial connects, verifies the server, logs in and enters the folder.
func (s *server) Dial(ctx context.Context) (remotedrop.Session, error) {
	return remotedrop.Within(ctx, s.ConnectTimeout, os.ErrDeadlineExceeded, s.connect)
}

func (s *server) connect(ctx context.Context) (*session, error) {
	who, err := s.login(ctx)
	if err != nil {
		return nil, err
	}
	defer who.Close()
	conn, err := s.Options.Dial(ctx, "tcp", s.address)
	if err != nil {
		return nil, err
	}
	var made *session
	err = remotedrop.Guard(ctx, both{conn, who}, func() (err error) {
		made, err = s.open(conn, who)
		return err
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return made, nil
}

// both are closed together.
type both [2]io.Closer

func (b both) Close() error { return errors.Join(b[0].Close(), b[1].Close()) }

func (s *server) open(conn net.Conn, who *login) (_ *session, err error) {
	judge, algorithms, err := s.keys.verifier(s.address, conn.RemoteAddr())
	if err != nil {
		return nil, err
	}
	verified := false
	link, channels, requests, err := ssh.NewClientConn(conn, s.address, &ssh.ClientConfig{
		User: who.user, Auth: who.methods, HostKeyAlgorithms: algorithms, ClientVersion: "SSH-2.0-cicwfm",
		HostKeyCallback: func(address string, remote net.Addr, key ssh.PublicKey) error {
			err := judge(address, remote, key)
			verified = err == nil
			return err
		}})
	if err != nil && verified && !isNetwork(err) {
		return nil, &refusal{err}
	}
	if err != nil {
		return nil, err
	}
	client := ssh.NewClient(link, channels, requests)
	defer func() {
		if err != nil {
			_ = client.Close()
		}
	}()
	// Each chunk is written at its place, so their order does not matter; an error of any is an error of the file.
	files, err := sftp.NewClient(client, sftp.UseConcurrentWrites(true))
	if err != nil {
		return nil, noSubsystem(err)
	}
	folder := s.Folder
	if folder == "" {
		folder = "."
	}
	if folder, err = files.RealPath(folder); err != nil {
		return nil, err
	}
	info, err := files.Stat(folder)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, &wfm.Error{Op: "enter " + s.Where(""), Kind: wfm.BadConfig, Err: errors.New("it is not a folder"),
			Remedy: "name the folder, not a file in it"}
	}
	_, atomic := files.HasExtension("posix-rename@openssh.com")
	flush, _ := files.HasExtension("fsync@openssh.com")
	return &session{conn: conn, client: client, files: files, folder: folder, mode: s.Mode, log: s.Logger, atomicRename: atomic, canFlush: flush == "1"}, nil
}

func noSubsystem(err error) error {
	if !strings.Contains(err.Error(), "subsystem request failed") {
		return err
	}
	return &wfm.Error{Op: "begin SFTP", Kind: wfm.BadConfig, Err: errors.New("the server takes the login and offers no SFTP"),
		Remedy: "ask the server's operator to switch it on for this account (Subsystem sftp)"}
}
