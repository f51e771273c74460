package ftpdrop_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
)

// on answers one command with one text, each time.
func on(command, text string) script {
	return func(_ *fake, c, _ string) string {
		if c == command {
			return text
		}
		return ""
	}
}

// TestRefusalsHaveADecision: what a server answers becomes a kind, a word about trying again and a remedy.
func TestRefusalsHaveADecision(t *testing.T) {
	for name, c := range map[string]struct {
		command, answer string
		kind            wfm.Kind
		retry           bool
		remedy          string
	}{
		"bad login":             {"PASS", "530 Login incorrect: " + password, wfm.NoPermission, false, "check the user and the password"},
		"bad user":              {"USER", "530 who are you", wfm.NoPermission, false, "check the user and the password"},
		"account needed":        {"USER", "332 need account", wfm.Unavailable, true, ""},
		"too many":              {"greeting", "421 too many users", wfm.Unavailable, true, "use fewer"},
		"too many users":        {"PASS", "421 too many users", wfm.Unavailable, true, "use fewer"},
		"closing":               {"STOR", "421 closing", wfm.Unavailable, true, "turns connections away"},
		"wants TLS, vsftpd":     {"USER", "530 Non-anonymous sessions must use encryption.", wfm.BadConfig, false, "use Explicit"},
		"wants TLS, proftpd":    {"USER", "550 SSL/TLS required on the control channel", wfm.BadConfig, false, "use Explicit"},
		"wants TLS, pure-ftpd":  {"USER", "421 Sorry, cleartext sessions are not accepted on this server.", wfm.BadConfig, false, "use Explicit"},
		"no folder":             {"CWD", "550 no such folder", wfm.NotFound, true, "create the folder"},
		"not writable":          {"STOR", "550 Permission denied", wfm.NoPermission, false, "right to create"},
		"bad name":              {"STOR", "553 not that name", wfm.NoPermission, false, "right to create"},
		"busy":                  {"STOR", "450 busy", wfm.Unavailable, true, ""},
		"disk full":             {"STOR", "452 no space", wfm.Unavailable, true, "free space"},
		"quota":                 {"done STOR", "552 quota exceeded", wfm.Unavailable, true, "free space"},
		"cut off":               {"done STOR", "426 aborted", wfm.Unavailable, true, ""},
		"no data connection":    {"STOR", "425 no data connection", wfm.Unavailable, true, "NoEPSV"},
		"no passive mode":       {"PASV", "502 no", wfm.Unsupported, false, "does not know"},
		"no renaming":           {"RNTO", "550 denied", wfm.NoPermission, false, "right to create, read, rename"},
		"final, but unknown":    {"RNFR", "599 no", wfm.Unclassified, false, "log"},
		"hung up":               {"SIZE", hang, wfm.Unavailable, true, ""},
		"hung up at the start":  {"greeting", hang, wfm.Unavailable, true, ""},
		"not FTP":               {"greeting", "SSH-2.0-OpenSSH_9.2", wfm.BadData, true, "the right server"},
		"garbage":               {"STOR", "what?", wfm.BadData, true, "the right server"},
		"brackets":              {"PASV", "227 )10,0,0,1,1,1(", wfm.BadData, true, "the right server"},
		"endless line":          {"STOR", "550 " + strings.Repeat("x", 300_000), wfm.BadData, true, "the right server"},
		"endless answer":        {"STOR", "550-a" + strings.Repeat("\r\n550-b", 50_000), wfm.BadData, true, "the right server"},
		"steers a terminal":     {"STOR", "550 \x1b[2J\x07 \xff\r", wfm.NoPermission, false, "right to create"},
		"forges lines":          {"STOR", "550-one\r\n level=ERROR msg=forged\r\n550 three", wfm.NoPermission, false, "right to create"},
		"long":                  {"STOR", "550 " + strings.Repeat("long ", 5000), wfm.NoPermission, false, "right to create"},
		"password in a refusal": {"STOR", "550 " + password, wfm.NoPermission, false, "right to create"},
	} {
		t.Run(name, func(t *testing.T) {
			f, o := newFake(t, func(f *fake, command, argument string) string {
				if c.command == "PASV" && command == "EPSV" {
					return "502 no"
				}
				return on(c.command, c.answer)(f, command, argument)
			})
			log := &lockedText{}
			o.Logger, o.Folder = logTo(log), "in"
			_, err := open(t, o).Deliver(t.Context(), call("content"))
			require.Error(t, err)
			text := err.Error()
			require.Equal(t, c.kind, wfm.KindOf(err), text)
			retry, _ := wfm.ShouldRetry(err)
			require.Equal(t, c.retry, retry, text)
			require.Contains(t, text, c.remedy)
			require.Less(t, len(text), 700, text)
			require.NotContains(t, text+log.String(), password)
			require.NotContains(t, text, "\n")
			require.NotContains(t, text, "\x1b")
			for name := range f.names() {
				require.True(t, delivery.IsPartialName(name), name)
			}
		})
	}
}

func TestRefusedConnection(t *testing.T) {
	f, o := newFake(t, nil)
	_ = f.listener.Close()
	err := open(t, o).Check(t.Context())
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.ErrorContains(t, err, "firewall")
}

func TestSilentServer(t *testing.T) {
	_, o := newFake(t, on("greeting", stall))
	o.ConnectTimeout = 50 * time.Millisecond
	err := open(t, o).Check(t.Context())
	require.Equal(t, wfm.Unavailable, wfm.KindOf(err))
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)
	require.ErrorContains(t, err, "no answer in time")
}

func TestNoTLSThere(t *testing.T) {
	_, o := newFake(t, nil) // it answers AUTH TLS with 502
	o.Security = ftpdrop.Explicit
	err := open(t, o).Check(t.Context())
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.ErrorContains(t, err, "offers no TLS")
	o.Security = ftpdrop.Implicit
	err = open(t, o).Check(t.Context())
	require.Equal(t, wfm.BadConfig, wfm.KindOf(err))
	require.ErrorContains(t, err, "in the clear")
	require.ErrorContains(t, err, "use Explicit")
}

// TestCertificates: each thing that can be wrong with one is named, and nothing is sent.
func TestCertificates(t *testing.T) {
	o, _, server := serve(t, ftpdrop.Explicit, nil)
	other := newCertificates(t)
	for name, c := range map[string]struct {
		change func(*delivery.TLSOptions)
		want   string
	}{
		"unknown authority": {func(o *delivery.TLSOptions) { o.CAFile = other.ca }, "CAFile"},
		"wrong name":        {func(o *delivery.TLSOptions) { o.ServerName = "ftp.example.com" }, "ServerName"},
		"no such file":      {func(o *delivery.TLSOptions) { o.CAFile = "missing.pem" }, "missing.pem"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := o
			files := *o.TLS
			changed.TLS = &files
			c.change(&files)
			err := open(t, changed).Check(t.Context())
			require.ErrorContains(t, err, c.want)
			retry, _ := wfm.ShouldRetry(err)
			require.False(t, retry, err)
		})
	}
	require.Zero(t, server.countLogins())
	o.Password = wfm.NewSecret("wrong-one")
	err := open(t, o).Check(t.Context())
	require.Equal(t, wfm.NoPermission, wfm.KindOf(err))
	require.NotContains(t, err.Error(), "wrong-one")
}
