package smbdrop

import (
	"errors"
	"io/fs"

	smb2 "github.com/cloudsoda/go-smb2"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// What servers answer (MS-ERREF 2.3.1).
const (
	sharingViolation   = 0xC0000043
	fileLockConflict   = 0xC0000054
	deletePending      = 0xC0000056
	accountRestriction = 0xC000006E
	logonHours         = 0xC000006F
	workstation        = 0xC0000070
	passwordExpired    = 0xC0000071
	accountDisabled    = 0xC0000072
	diskFull           = 0xC000007F
	writeProtected     = 0xC00000A2
	notSupported       = 0xC00000BB
	networkNameDeleted = 0xC00000C9
	badNetworkName     = 0xC00000CC
	logonType          = 0xC000015B
	accountExpired     = 0xC0000193
	sessionDeleted     = 0xC0000203
	mustChangePassword = 0xC0000224
	accountLocked      = 0xC0000234
	pathNotCovered     = 0xC0000257
	quotaExceeded      = 0xC0000044
	diskQuotaExceeded  = 0xC0000802
	notAFolder         = 0xC0000103
)

// Fault gives an error its decision.
func (s *server) Fault(op string, err error) error {
	e := &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err}
	final := func(kind wfm.Kind, remedy string) error {
		e.Kind, e.Retry, e.Remedy = kind, false, remedy
		return e
	}
	again := func(remedy string) error {
		e.Remedy = remedy
		return e
	}
	var part during
	errors.As(err, &part)
	var used *inUse
	var lost *smb2.TransportError
	code, coded := status(err)
	switch {
	case errors.As(err, &used), code == sharingViolation, code == fileLockConflict, code == deletePending:
		return again("another program has the file open; it is tried again")
	case coded && part.part == loggingIn:
		return s.refusedLogin(e, code)
	case code == badNetworkName:
		return final(wfm.NotFound, "correct the name of the share: "+s.Where(""))
	case code == diskFull, code == quotaExceeded, code == diskQuotaExceeded:
		return again("free space on the server's disk, or raise the quota")
	case code == writeProtected:
		return final(wfm.NoPermission, "the share can only be read: let the account write to it")
	case code == pathNotCovered:
		return final(wfm.Unsupported, "the path leads to another server (DFS): name the server that holds the share")
	case code == notAFolder:
		return final(wfm.BadConfig, "correct the folder: a part of it is a file")
	case code == networkNameDeleted, code == sessionDeleted:
		return again("the server ended the session; it is tried again")
	case errors.Is(err, smb2.ErrRequestNotAccepted):
		return again("the server turns connections away: raise its limit, or use fewer sessions")
	case part.part == entering && errors.Is(err, fs.ErrPermission):
		return final(wfm.NoPermission, "give the account access to the share "+s.Where(""))
	case errors.Is(err, fs.ErrPermission):
		return final(wfm.NoPermission, "give the account the right to create, change and delete files in "+s.Where("")+", in the share and in the folder")
	case errors.Is(err, fs.ErrNotExist):
		// A folder on a disk that is away looks the same, and may come back.
		e.Kind = wfm.NotFound
		return again("create " + s.Where("") + ", or correct the folder")
	case coded:
		return again("look up the server's answer, and its log")
	case errors.As(err, &lost):
		return links.Fault(op+" at "+s.address(), lost.Err)
	}
	return links.Fault(op+" at "+s.address(), err)
}

// refusedLogin decides a log-in that failed. None is tried again at once: servers lock accounts.
func (s *server) refusedLogin(e *wfm.Error, code uint32) error {
	e.Kind, e.Retry = wfm.NoPermission, false
	switch code {
	case accountLocked, accountDisabled, accountExpired, accountRestriction, logonHours, workstation, logonType:
		e.Remedy = "the account may not log in now, or not from here: ask the server's administrator"
	case passwordExpired, mustChangePassword:
		e.Remedy = "change the account's password, and let it not expire"
	case notSupported:
		e.Kind, e.Remedy = wfm.Unsupported, "the server does not take NTLMv2, or speaks no SMB 2: ask its administrator"
	default:
		e.Remedy = "check user, domain and password"
	}
	return e
}

// status returns the server's code.
func status(err error) (uint32, bool) {
	var part during
	if errors.As(err, &part) && part.code != 0 {
		return part.code, true
	}
	var answer *smb2.ResponseError
	if errors.As(err, &answer) {
		return answer.Code, true
	}
	return 0, false
}
