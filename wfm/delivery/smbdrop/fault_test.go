package smbdrop

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"testing"

	smb2 "github.com/cloudsoda/go-smb2"
	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
)

func TestFault(t *testing.T) {
	s, err := settle(Options{Host: "files.example.com", Share: "wfm", Folder: "in/x", User: "u", Password: wfm.NewSecret("p")})
	require.NoError(t, err)
	require.Equal(t, `\\files.example.com\wfm\in\x\call.txt`, s.Where("call.txt"))
	answer := func(code uint32) error {
		return &fs.PathError{Op: "open", Path: "x", Err: &smb2.ResponseError{Code: code}}
	}
	login := func(code uint32) error { return during{loggingIn, code, errors.New("some words")} }
	for name, c := range map[string]struct {
		err   error
		kind  wfm.Kind
		retry bool
		want  string
	}{
		"logon failure":      {login(0xC000006D), wfm.NoPermission, false, "check user, domain and password"},
		"locked":             {login(accountLocked), wfm.NoPermission, false, "ask the server's administrator"},
		"expired":            {login(passwordExpired), wfm.NoPermission, false, "change the account's password"},
		"NTLM refused":       {login(notSupported), wfm.Unsupported, false, "NTLMv2"},
		"no such share":      {during{entering, 0, answer(badNetworkName)}, wfm.NotFound, false, `\\files.example.com\wfm\in\x`},
		"share denied":       {during{entering, 0, fs.ErrPermission}, wfm.NoPermission, false, "access to the share"},
		"folder denied":      {&fs.PathError{Op: "open", Err: fs.ErrPermission}, wfm.NoPermission, false, "create, change and delete"},
		"write protected":    {answer(writeProtected), wfm.NoPermission, false, "can only be read"},
		"no folder":          {&fs.PathError{Op: "open", Err: fs.ErrNotExist}, wfm.NotFound, true, "correct the folder"},
		"a part is a file":   {answer(notAFolder), wfm.BadConfig, false, "is a file"},
		"DFS":                {answer(pathNotCovered), wfm.Unsupported, false, "DFS"},
		"disk full":          {answer(diskFull), wfm.Unavailable, true, "free space"},
		"quota":              {answer(quotaExceeded), wfm.Unavailable, true, "quota"},
		"other quota":        {answer(diskQuotaExceeded), wfm.Unavailable, true, "quota"},
		"sharing violation":  {answer(sharingViolation), wfm.Unavailable, true, "has the file open"},
		"lock":               {answer(fileLockConflict), wfm.Unavailable, true, "has the file open"},
		"delete pending":     {answer(deletePending), wfm.Unavailable, true, "has the file open"},
		"rename over in use": {&inUse{fs.ErrPermission}, wfm.Unavailable, true, "has the file open"},
		"session ended":      {answer(sessionDeleted), wfm.Unavailable, true, "ended the session"},
		"share taken away":   {answer(networkNameDeleted), wfm.Unavailable, true, "ended the session"},
		"too many":           {smb2.ErrRequestNotAccepted, wfm.Unavailable, true, "fewer sessions"},
		"other":              {answer(0xC0000001), wfm.Unavailable, true, "look up"},
		"connection":         {&smb2.TransportError{Err: errors.New("reset")}, wfm.Unavailable, true, "files.example.com:445: reset"},
	} {
		t.Run(name, func(t *testing.T) {
			err := s.Fault("deliver x", c.err)
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "deliver x")
			require.Equal(t, c.kind, wfm.KindOf(err), "%v", err)
			retry, _ := wfm.ShouldRetry(err)
			require.Equal(t, c.retry, retry)
		})
	}
	require.Equal(t, `\\[2001:db8::1]:1445\s`, (&server{Options{Host: "2001:db8::1", Port: 1445, Share: "s"}}).Where(""))
	_, err = (&server{Options{Credentials: func(ctx context.Context) (string, wfm.Secret, error) { return "", wfm.Secret{}, ctx.Err() }}}).connect(t.Context())
	require.Error(t, err)
}

// message makes an answer of a server.
func message(command uint16, status uint32, body ...byte) []byte {
	m := make([]byte, 64, 80)
	copy(m, "\xfeSMB")
	binary.LittleEndian.PutUint32(m[8:], status)
	binary.LittleEndian.PutUint16(m[12:], command)
	return append(m, append(body, make([]byte, 16)...)...)
}

func TestListener(t *testing.T) {
	for name, c := range map[string]struct {
		messages [][]byte
		want     heard
	}{
		"plain":           {[][]byte{message(0, 0), message(1, 0xC0000016, 9, 0), message(1, 0, 9, 0), message(3, 0, 16, 0, 1, 0)}, heard{}},
		"guest":           {[][]byte{message(1, 0, 9, 0, 1, 0)}, heard{guest: true}},
		"anonymous":       {[][]byte{message(1, 0, 9, 0, 2, 0)}, heard{guest: true}},
		"encrypted":       {[][]byte{message(1, 0, 9, 0, 4, 0)}, heard{encrypted: true}},
		"encrypted share": {[][]byte{message(1, 0, 9, 0, 0, 0), message(3, 0, 16, 0, 1, 0, 0, 0x80)}, heard{encrypted: true}},
		"refused":         {[][]byte{message(1, 0xC000006D)}, heard{refused: 0xC000006D}},
		"not for us":      {[][]byte{message(5, 0, 9, 0, 1, 0), message(3, 0xC0000022, 16, 0, 1, 0, 0, 0x80), []byte("\xfdSMB"), nil}, heard{}},
	} {
		t.Run(name, func(t *testing.T) {
			var stream []byte
			for _, m := range c.messages {
				stream = append(binary.BigEndian.AppendUint32(stream, uint32(len(m))), m...)
			}
			for _, chunk := range []int{1, 3, 64, len(stream)} {
				l := &listener{}
				for rest := stream; len(rest) > 0; {
					n := min(chunk, len(rest))
					l.take(rest[:n])
					rest = rest[n:]
				}
				require.Equal(t, c.want, l.stop(), "in pieces of %d", chunk)
			}
		})
	}
}

func FuzzListener(f *testing.F) {
	f.Add(append([]byte{0, 0, 0, 84}, message(1, 0, 9, 0, 1, 0)...))
	f.Fuzz(func(t *testing.T, stream []byte) {
		whole, pieces := &listener{}, &listener{}
		whole.take(stream)
		for _, b := range stream {
			if !pieces.done {
				pieces.take([]byte{b})
			}
		}
		require.LessOrEqual(t, len(whole.pending), len(stream))
		require.Equal(t, whole.stop(), pieces.stop())
	})
}
