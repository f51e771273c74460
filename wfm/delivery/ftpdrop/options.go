package ftpdrop

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Security is how connections are protected.
type Security uint8

const (
	// Explicit begins in the clear and turns to TLS before the log-in (AUTH TLS), mostly on port 21. It never
	// falls back to the clear.
	Explicit Security = iota
	// Implicit is TLS from the first byte, mostly on port 990.
	Implicit
	// Plain is FTP without encryption: everyone on the way can read the password and the files.
	Plain
)

// Options of a drop. Address and User, or Address and Credentials, must be given.
type Options struct {
	// Address is host or host:port; without a port it is 21, with Implicit 990.
	Address string
	// Folder is entered after the log-in (CWD), in the server's way of writing; empty stays where the log-in leads.
	Folder string
	// User and Password log in.
	User     string
	Password wfm.Secret
	// Credentials are asked at each log-in, in place of User and Password: for a vault, or for a file that changes.
	// It may be called concurrently.
	Credentials func(ctx context.Context) (user string, password wfm.Secret, err error)

	// Security is Explicit unless said otherwise.
	Security Security
	// TLS names certificate files and the name in the server's certificate; nil means the system's authorities and the
	// host of the address. Verification cannot be switched off.
	TLS *delivery.TLSOptions
	// MinTLS and MaxTLS are tls.VersionTLS12 or tls.VersionTLS13; 0 means 1.2, and the newest. MaxTLS 1.2 is for
	// servers that still lose uploads or refuse data connections under TLS 1.3.
	MinTLS, MaxTLS uint16
	// NoEPSV opens data connections with PASV alone: for firewalls that do not know EPSV. Without it PASV is used where
	// the server refuses EPSV. The address in a PASV answer is never used, only the port.
	NoEPSV bool

	// Sessions is how many are open at the same time; 0 means 2. More deliveries wait.
	Sessions int
	// Idle is how long a session is kept after its last use; 0 means 15 s, negative keeps none.
	Idle time.Duration
	// ConnectTimeout bounds connecting and logging in; 0 means 30 s.
	ConnectTimeout time.Duration
	// Timeout bounds each delivery and each other call, connecting included; 0 means 2 min.
	Timeout time.Duration
	// ReadBack reads each upload back and compares it before the rename, besides its size.
	ReadBack bool
	// Logger receives warnings about the settings once, and each delivered or removed file at debug level. Nil
	// discards them.
	Logger *slog.Logger
	// OnStep is called before each step of a delivery from its goroutine, for tests that interrupt one; nil ignores
	// them.
	OnStep func(step string)
}

// settled is what New makes of the options.
type settled struct {
	Options
	host, port string
	tls        links.TLSFiles
}

// settle fills in defaults and finds all problems.
func settle(o Options) (settled, error) {
	s := settled{Options: o}
	var problems []error
	problem := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if o.Security > Plain {
		problem("security", "", "is not known", "use Explicit, Implicit or Plain")
	}
	var err error
	if s.host, s.port, err = address(o.Address, o.Security); err != nil {
		problems = append(problems, err)
	}
	if reason := unfit(o.Folder); reason != "" {
		problem("folder", o.Folder, reason, "write it as the server does, without control characters")
	}
	if strings.HasPrefix(o.Folder, " ") || strings.HasSuffix(o.Folder, " ") {
		problem("folder", o.Folder, "begins or ends with a blank", "leave the blank out")
	}
	switch {
	case o.Credentials != nil && (o.User != "" || !o.Password.IsZero()):
		problem("user", o.User, "is given twice", "give either User and Password or Credentials")
	case o.Credentials == nil && o.User == "":
		problem("user", "", "is missing", "give the user that the server knows")
	}
	problems = append(problems, unfitLogin(o.User, o.Password)...)
	problems = append(problems, remotedrop.CheckLimits("", o.Sessions, o.ConnectTimeout, o.Timeout)...)
	s.ConnectTimeout = cmp.Or(o.ConnectTimeout, remotedrop.ConnectTimeout)
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	problems = append(problems, s.settleTLS()...)
	return s, errors.Join(problems...)
}

func (s *settled) settleTLS() (problems []error) {
	problem := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if s.Security == Plain {
		if s.TLS != nil || s.MinTLS != 0 || s.MaxTLS != 0 {
			problem("TLS", "", "has no meaning for plain FTP", "use Explicit or Implicit, or leave the TLS settings out")
		}
		return problems
	}
	for _, v := range []struct {
		name  string
		value uint16
	}{{"least TLS version", s.MinTLS}, {"newest TLS version", s.MaxTLS}} {
		if v.value != 0 && v.value != tls.VersionTLS12 && v.value != tls.VersionTLS13 {
			problem(v.name, tls.VersionName(v.value), "is not permitted", "use TLS 1.2 or 1.3")
		}
	}
	if s.MaxTLS != 0 && s.MinTLS > s.MaxTLS {
		problem("least TLS version", tls.VersionName(s.MinTLS), "is above the newest", "exchange them, or leave one out")
	}
	if s.TLS != nil {
		s.tls = links.TLSFiles(*s.TLS)
		problems = append(problems, s.tls.Check(false)...)
	}
	return problems
}

// address splits host and port and checks them.
func address(given string, security Security) (host, port string, err error) {
	full := given
	bare := strings.TrimSuffix(strings.TrimPrefix(given, "["), "]")
	if given != "" && (!strings.Contains(given, ":") || net.ParseIP(bare) != nil) {
		port = "21"
		if security == Implicit {
			port = "990"
		}
		full = net.JoinHostPort(bare, port)
	}
	clean, err := links.CheckAddress(full, false)
	if err != nil {
		return "", "", err
	}
	host, port, err = net.SplitHostPort(clean)
	return host, port, err
}

// unfit tells why a text cannot stand in a command, which ends with its line.
func unfit(s string) string {
	switch {
	case !utf8.ValidString(s):
		return "is not valid UTF-8"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "contains a control character"
	case len(s) > 1000:
		return "is longer than 1000 bytes"
	}
	return ""
}

func unfitLogin(user string, password wfm.Secret) (problems []error) {
	if reason := unfit(user); reason != "" {
		problems = append(problems, wfm.Problem{Field: "user", Value: user, Reason: reason, Remedy: "give the user that the server knows"})
	}
	if reason := unfit(password.Reveal()); reason != "" {
		problems = append(problems, wfm.Problem{Field: "password", Reason: reason, Remedy: "copy it again, without a line end"})
	}
	return problems
}

// loopback tells whether what is sent to the host stays on this one.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}
