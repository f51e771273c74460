package ftpdrop

import (
	"fmt"
	"net"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// core has the methods of a drop.
type core = remotedrop.Drop

// Drop delivers files into one folder of an FTP server. It is safe for concurrent use. Its methods are those of
// delivery.Transport, Prober, Checker, Cleaner and Fencer; Close ends the idle sessions.
type Drop struct {
	*core
	server *server
}

// The steps of a delivery, as Options.OnStep hears of them, in their order.
const (
	StepConnect = remotedrop.StepConnect
	StepWrite   = remotedrop.StepWrite
	StepVerify  = remotedrop.StepVerify
	StepRename  = remotedrop.StepRename
)

// New makes a drop. It does not connect; Check does. All problems of the options are joined.
func New(o Options) (*Drop, error) {
	s, err := settle(o)
	if err != nil {
		return nil, err
	}
	srv := &server{s}
	d := &Drop{server: srv, core: remotedrop.New(srv, remotedrop.Options{
		Sessions: s.Sessions, Idle: s.Idle, Timeout: s.Timeout, ReadBack: s.ReadBack, Logger: s.Logger, OnStep: s.OnStep,
		// Servers may hide files whose names begin with a full stop, so those of the last tokens are removed unseen.
		UnseenTokens: 8,
	})}
	for _, note := range d.Notes() {
		s.Logger.Warn(note, "where", srv.Where(""))
	}
	return d, nil
}

// Notes says what an administrator should know about the settings; mostly nothing.
func (d *Drop) Notes() []string {
	var notes []string
	if s := d.server; s.Security == Plain && !loopback(s.host) {
		notes = append(notes, fmt.Sprintf("FTP without encryption: everyone on the way to %s can read the password and the files; "+
			"use explicit TLS where the server can", wfm.Quote(s.host)))
	}
	return notes
}

// Where is the place of a file in words: the protocol, the server, the folder and the name.
func (s *server) Where(name string) string {
	scheme := "ftp"
	if s.Security == Implicit {
		scheme = "ftps"
	}
	folder := strings.Trim(s.Folder, "/")
	if folder != "" {
		folder += "/"
	}
	if strings.HasPrefix(s.Folder, "/") {
		folder = "/" + folder // a second one: from the server's root, not from where the log-in leads
	}
	return scheme + "://" + net.JoinHostPort(s.host, s.port) + "/" + folder + name
}
