package sftpdrop

import (
	"errors"
	"io"
	"io/fs"
	"net"
	"strings"

	"github.com/pkg/sftp"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Codes of later versions of the protocol, which some servers send (draft-ietf-secsh-filexfer-13, section 9.1).
const (
	codeNoSpace = 14
	codeQuota   = 15
)

// Fault gives an error its decision.
func (s *server) Fault(op string, err error) error {
	e := &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err}
	var login *refusal
	var status *sftp.StatusError
	isStatus := errors.As(err, &status)
	text := strings.ToLower(err.Error())
	switch {
	case errors.Is(err, errQuestion):
		e.Kind, e.Retry = wfm.NoPermission, false
		e.Err = errQuestion
		e.Remedy = "use a key, or have the account freed from the second question"
	case errors.As(err, &login):
		// Not tried again: some servers lock the account after a few attempts.
		e.Kind, e.Retry, e.Err = wfm.NoPermission, false, login
		e.Remedy = "check user, password and key, and that the server's operator has put the public key in place"
	case strings.Contains(text, "no common algorithm"):
		e.Kind, e.Retry = wfm.BadConfig, false
		e.Remedy = "the server has no key of the kind that is known here, or its software is too old: ask its operator for its present keys"
	case isStatus && (status.Code == codeNoSpace || status.Code == codeQuota), strings.Contains(text, "no space"), strings.Contains(text, "quota"):
		e.Remedy = "free space on the server, or have the quota raised"
	case isStatus && status.FxCode() == sftp.ErrSSHFxOpUnsupported:
		e.Kind, e.Retry = wfm.Unsupported, false
		e.Remedy = "the server lacks a command that is needed: ask its operator"
	case errors.Is(err, fs.ErrPermission):
		e.Kind, e.Retry = wfm.NoPermission, false
		e.Remedy = "give the account the right to create, change and delete files in " + s.Where("")
	case errors.Is(err, fs.ErrNotExist):
		// A folder on a disk that is not mounted looks the same, and may come back.
		e.Kind = wfm.NotFound
		e.Remedy = "create " + s.Where("") + ", or correct the folder"
	case isStatus:
		e.Remedy = "the server does not say why: look into its log, also for a full disk"
	case errors.Is(err, sftp.ErrSSHFxConnectionLost):
		e.Err = errors.New("the connection was lost")
		e.Remedy = "it is tried again"
	default:
		return links.Fault(op+" at "+s.address, err)
	}
	return e
}

// refusal is an error of the library after the server's key was verified and before it let us in.
type refusal struct{ error }

func (r *refusal) Unwrap() error { return r.error }

// Error says what the server said, as far as it is of use: mostly it ends with the last method that was tried.
func (r *refusal) Error() string {
	const refused = "the server refused the login"
	text := r.error.Error()
	if _, list, ok := strings.Cut(text, "attempted methods ["); ok {
		list, _, _ = strings.Cut(list, "]")
		return refused + " (tried: " + strings.Join(strings.Fields(strings.TrimPrefix(list, "none")), ", ") + ")"
	}
	if errors.Is(r.error, errPasswordSent) || strings.Contains(text, "unexpected message type 51") { // SSH_MSG_USERAUTH_FAILURE
		return refused
	}
	return refused + ": " + strings.TrimPrefix(text, "ssh: handshake failed: ")
}

// isNetwork tells whether the connection was lost.
func isNetwork(err error) bool {
	var network net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}
