package ftpdrop

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"net/textproto"
	"regexp"
	"strconv"
	"strings"

	"github.com/jlaffaye/ftp"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// answer is a server's refusal of a command.
type answer struct {
	command string
	code    int
	text    string // one line, cut, without the password
}

func (a *answer) Error() string {
	return "the server answered " + a.command + " with " + strconv.Itoa(a.code) + " " + wfm.Quote(a.text)
}

// unknown tells whether the server does not know the command.
func (a *answer) unknown() bool { return a.code/10 == 50 }

// garbled is an error that quotes what the server sent.
type garbled struct {
	text  string
	cause error
}

func (e *garbled) Error() string { return e.text }
func (e *garbled) Unwrap() error { return e.cause }

// told makes an error of the library one of this package: its text is one line, cut, and without the password, which a
// server might repeat.
func (n *session) told(command string, err error) error {
	if p := textual(err); p != nil {
		return &answer{command: command, code: p.Code, text: n.server.shown(p.Msg, n.password)}
	}
	var a *answer
	var decided *wfm.Error
	var data *dataFault
	if errors.As(err, &a) || errors.As(err, &decided) || errors.As(err, &data) {
		return err
	}
	text := err.Error()
	if shown := n.server.shown(text, n.password); shown != text {
		return &garbled{shown, err}
	}
	return err
}

// shown makes foreign text fit for a message.
func (s *server) shown(text string, password wfm.Secret) string {
	if p := password.Reveal(); p != "" {
		text = strings.ReplaceAll(text, p, wfm.Secret{}.String())
	}
	const most = 200
	text = strings.ToValidUTF8(wfm.OneLine(text[:min(len(text), 4*most)]), "\uFFFD")
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}

// textual returns the server's answer in an error of the library; of several errors that of the server says most.
func textual(err error) *textproto.Error {
	var p *textproto.Error
	if errors.As(err, &p) && (p.Code >= 400 || sole(err) == error(p)) {
		return p
	}
	return nil
}

// sole unwraps joined errors as long as there is but one.
func sole(err error) error {
	for {
		joined, ok := err.(interface{ Unwrap() []error })
		if !ok || len(joined.Unwrap()) != 1 {
			return err
		}
		err = joined.Unwrap()[0]
	}
}

// accepted takes every success for one: some servers answer 250 where 226 is due, and the library wants exactly that.
func accepted(err error) error {
	if p, ok := sole(err).(*textproto.Error); ok && p.Code/100 == 2 {
		return nil
	}
	return err
}

// protocolError is the server's answer as the library makes it.
func protocolError(line string) error {
	code, err := strconv.Atoi(line[:3])
	if err != nil {
		return textproto.ProtocolError("malformed response: " + line)
	}
	return &textproto.Error{Code: code, Msg: strings.TrimSpace(line[4:])}
}

// answered tells whether an error of a session is what the server said, and not that it said nothing.
func answered(err error) bool {
	var a *answer
	return errors.As(err, &a) || errors.Is(err, fs.ErrNotExist)
}

// refusedPath tells whether the server refused a command because of the file that it names.
func refusedPath(err error) bool {
	var a *answer
	if !errors.As(err, &a) {
		return false
	}
	switch a.code {
	case ftp.StatusFileActionIgnored, ftp.StatusFileUnavailable, ftp.StatusBadFileName, 521: // 450, 550, 553; 521 is RFC 1123's
		return true
	}
	return false
}

// Fault gives an error its decision.
func (s *server) Fault(op string, err error) error {
	var decided *wfm.Error
	if !strings.Contains(op, s.Where("")) {
		op += " at " + s.Where("")
	}
	var a *answer
	if errors.As(err, &a) {
		return a.fault(op, err, s.Security)
	}
	e := links.Fault(op, err)
	var data *dataFault
	if errors.As(err, &data) && errors.As(e, &decided) && decided.Retry {
		decided.Remedy = "open the server's passive ports in the firewalls between, or try NoEPSV"
	}
	var header tls.RecordHeaderError
	if errors.As(err, &header) && header.RecordHeader[0] >= '1' && header.RecordHeader[0] <= '5' {
		// Where a record of TLS should begin, an answer in the clear does: of a server that begins in the clear, or of
		// vsftpd, which writes so what it did not foresee.
		errors.As(e, &decided)
		decided.Err = errors.New("the server answered in the clear: " + wfm.Quote(string(header.RecordHeader[:])+"…"))
		decided.Remedy = "see the server's log"
		if s.Security == Implicit {
			decided.Remedy = "use Explicit on this port, or the port of implicit TLS; else see the server's log"
		}
	}
	var protocol textproto.ProtocolError
	if errors.Is(err, errNotFTP) || errors.Is(err, errLongAnswer) || errors.Is(err, errLongData) || errors.Is(err, errUnreadable) || errors.As(err, &protocol) {
		errors.As(e, &decided)
		decided.Kind, decided.Remedy = wfm.BadData, "check that this is the right server, and what it sends"
	}
	return e
}

const rights = "give the user the right to create, read, rename and delete files in the folder"

// wantsTLS finds what servers write to a client that logs in without encryption.
var wantsTLS = regexp.MustCompile(`(?i)\b(ssl|tls|encrypt\w*|cleartext)\b`)

// fault decides what a refusal means. The codes are those of RFC 959, RFC 2228 and RFC 4217; the texts differ from
// server to server and only tell a demand for encryption.
func (a *answer) fault(op string, err error, security Security) error {
	e := &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err}
	final := func(kind wfm.Kind, remedy string) { e.Kind, e.Retry, e.Remedy = kind, false, remedy }
	entering := a.command == "connect" || a.command == "USER"
	switch {
	case entering && security == Plain && a.code >= 400 && wantsTLS.MatchString(a.text):
		final(wfm.BadConfig, "the server demands encryption: use Explicit or Implicit TLS")
	case a.command == "connect" && a.code >= 500:
		final(wfm.BadConfig, "the server offers no TLS here: use the right port, or Implicit, or Plain where that is permitted")
	case a.code == ftp.StatusNotAvailable: // 421
		e.Remedy = "the server turns connections away: raise its limit of sessions, or use fewer"
	case a.code == ftp.StatusNotLoggedIn, a.code == ftp.StatusStorNeedAccount: // 530, 532
		final(wfm.NoPermission, "check the user and the password, and that the server lets this host in")
	case a.command == "USER" && a.code >= 500:
		final(wfm.NoPermission, "check the user and the password, and see the server's log")
	case a.command == "CWD" && a.code >= 500:
		// A folder that is not mounted looks like one that does not exist, and may come back.
		e.Kind, e.Remedy = wfm.NotFound, "create the folder, correct its path, or let the user enter it"
	case a.code == 522, a.code == 425 && security != Plain:
		e.Remedy = "open the server's passive ports; where it demands that TLS sessions are reused, try TLS 1.2 at most, or switch the demand off"
	case a.code == ftp.StatusCanNotOpenDataConnection: // 425
		e.Remedy = "open the server's passive ports in the firewalls between, or try NoEPSV"
	case a.code == 452 || a.code == ftp.StatusExceededStorage: // 552
		e.Remedy = "free space on the server's disk, or raise the user's quota"
	case a.code == ftp.StatusFileUnavailable && a.command == "RETR":
		final(wfm.NoPermission, "let the user read what it wrote: else nobody can tell whether a delivery that was cut off did arrive")
	case a.code == ftp.StatusFileUnavailable || a.code == ftp.StatusBadFileName || a.code == 521: // 550, 553
		final(wfm.NoPermission, rights)
	case a.unknown():
		final(wfm.Unsupported, "the server does not know a command that is needed: update it, or deliver another way")
	case a.code >= 500:
		final(wfm.Unclassified, "see the server's log")
	}
	return e
}
