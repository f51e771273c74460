package sftpdrop

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Options of a drop. An address, a way to log in and a way to know the server's key are needed.
type Options struct {
	// Address is host or host:port; without a port it is 22.
	Address string
	// Folder is where the files go, with slashes. One that does not begin with a slash, or none, counts from where the
	// server puts the user. It must be there.
	Folder string

	// User is the account.
	User string
	// Password answers the server's methods password and keyboard-interactive; empty uses neither.
	Password wfm.Secret
	// KeyFile is a private key in the form of OpenSSH or PEM; it is read for each connection, so that a new one needs no
	// restart. Empty uses none.
	KeyFile string
	// Passphrase opens KeyFile; empty for a key without one.
	Passphrase wfm.Secret
	// AgentSocket is the path of an agent's socket, such as the value of SSH_AUTH_SOCK. Empty uses none.
	AgentSocket string
	// Credentials is asked for each connection, for secrets that are kept elsewhere and change. What it
	// returns goes before the fields above; what it leaves empty is taken from them. It may be called
	// concurrently. Nil asks nobody.
	Credentials func(ctx context.Context) (Credentials, error)

	// KnownHosts is a file in the form of OpenSSH's known_hosts; it is read for each connection.
	KnownHosts string
	// HostKeys are the server's keys: each a fingerprint as ssh-keygen -l shows it (SHA256:…), or a line as in a .pub file
	// (ssh-ed25519 AAAA…). Either these or KnownHosts is given.
	HostKeys []string

	// Mode is given to the files; it must let the owner read and write. 0 leaves it to the server.
	Mode fs.FileMode
	// Sessions is how many connections are open at the same time; 0 means 2. More deliveries wait.
	Sessions int
	// Idle is how long a connection is kept after its last use; 0 means 15 s, negative keeps none.
	Idle time.Duration
	// ConnectTimeout bounds connecting and logging in; 0 means 30 s.
	ConnectTimeout time.Duration
	// Timeout bounds each delivery and each other call, connecting included; 0 means 2 min.
	Timeout time.Duration
	// ReadBack compares the content and not only the size before the rename.
	ReadBack bool
	// Dial makes connections, for those that go through a proxy. Nil means net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger receives a line for each delivered or removed file, at debug level. Nil discards them.
	Logger *slog.Logger
	// OnStep is called before each step of a delivery, with one of the Step constants, from the
	// goroutine that called Deliver. A context that is cancelled in it ends the delivery at that step.
	OnStep func(step string)
}

// Credentials are what Options.Credentials returns.
type Credentials struct {
	User     string
	Password wfm.Secret
	// Key is the private key itself, in the form of OpenSSH or PEM, and Passphrase opens it.
	Key, Passphrase wfm.Secret
}

// The steps of a delivery, in their order.
const (
	StepConnect = remotedrop.StepConnect
	StepWrite   = remotedrop.StepWrite
	StepVerify  = remotedrop.StepVerify
	StepRename  = remotedrop.StepRename
)

// core has the methods of a drop.
type core = remotedrop.Drop

// Drop delivers files into one folder of an SFTP server. It is safe for concurrent use. Its methods are those of
// delivery.Transport, Prober, Checker, Cleaner and Fencer; Close ends the idle connections.
type Drop struct{ *core }

// New makes a drop. It does not connect and reads no file, so that a service starts while the server is away; Check
// tries it. The error joins every problem.
func New(o Options) (*Drop, error) {
	s, err := settle(o)
	if err != nil {
		return nil, err
	}
	return &Drop{remotedrop.New(s, remotedrop.Options{Sessions: s.Sessions, Idle: s.Idle, Timeout: s.Timeout,
		ReadBack: s.ReadBack, Logger: s.Logger, OnStep: s.OnStep})}, nil
}

// settle fills in defaults and finds all problems.
func settle(o Options) (*server, error) {
	s := &server{Options: o, keys: hostKeys{file: o.KnownHosts}}
	var problems []error
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Where: "SFTP", Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	var err error
	if s.address, err = address(o.Address); err != nil {
		problems = append(problems, err)
	}
	if !utf8.ValidString(o.Folder) || strings.ContainsFunc(o.Folder, unicode.IsControl) {
		bad("folder", o.Folder, "holds a control character or is not UTF-8", "write it with slashes, such as /in/wfm")
	}
	if o.User == "" && o.Credentials == nil {
		bad("user", "", "is missing", "name the account on the server")
	}
	if o.Password.IsZero() && o.KeyFile == "" && o.AgentSocket == "" && o.Credentials == nil {
		bad("login", "", "has neither a password nor a key nor an agent", "give one of them")
	}
	if !o.Passphrase.IsZero() && o.KeyFile == "" && o.Credentials == nil {
		bad("passphrase", "", "belongs to no key", "name the key file")
	}
	if o.Mode&^fs.ModePerm != 0 || (o.Mode != 0 && o.Mode&0o600 != 0o600) {
		bad("file mode", o.Mode.String(), "is more than permissions, or keeps the owner from reading or writing", "use a mode such as 0640")
	}
	problems = append(problems, remotedrop.CheckLimits("SFTP", o.Sessions, o.ConnectTimeout, o.Timeout)...)
	switch {
	case o.KnownHosts == "" && len(o.HostKeys) == 0:
		bad("host key", "", "is not known", "give a known_hosts file or the key's fingerprint, as the server's operator tells it")
	case o.KnownHosts != "" && len(o.HostKeys) > 0:
		bad("known_hosts", o.KnownHosts, "is given beside pinned host keys", "give one of the two")
	}
	for _, text := range o.HostKeys {
		p, err := parsePin(text)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		s.keys.pins = append(s.keys.pins, p)
	}
	s.ConnectTimeout = cmp.Or(s.ConnectTimeout, remotedrop.ConnectTimeout)
	if s.Logger == nil {
		s.Logger = slog.New(slog.DiscardHandler)
	}
	if s.Options.Dial == nil {
		s.Options.Dial = (&net.Dialer{}).DialContext
	}
	return s, errors.Join(problems...)
}

// address adds the port where there is none.
func address(given string) (string, error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(given, "["), "]")
	if given != "" && (!strings.Contains(given, ":") || net.ParseIP(bare) != nil) {
		given = net.JoinHostPort(bare, "22")
	}
	return links.CheckAddress(given, false)
}
