package smbdrop

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery/internal/remotedrop"
)

// Options of a drop. Host, Share and a user with a password are needed.
type Options struct {
	// Host is the server's name or address; ParseUNC fills Host, Share and Folder from \\server\share\folder.
	Host string
	// Port is 445 where it is 0.
	Port int
	// Share is the name of the share.
	Share string
	// Folder is a path within the share, with backslashes or slashes; empty is the share's top. It must be there.
	Folder string

	// User and Password log in. The user may be written DOMAIN\user in place of Domain.
	User     string
	Domain   string
	Password wfm.Secret
	// Credentials is asked at each log-in, in place of User and Password, for a vault or for a file that changes.
	// It may be called concurrently.
	Credentials func(ctx context.Context) (user string, password wfm.Secret, err error)

	// RequireEncryption refuses a server that does not ask for encryption: what is signed can still be read on the way.
	RequireEncryption bool
	// Sessions is how many are open at the same time; 0 means 2. More deliveries wait.
	Sessions int
	// Idle is how long a session is kept after its last use; 0 means 15 s, negative keeps none.
	Idle time.Duration
	// ConnectTimeout bounds connecting and logging in; 0 means 30 s.
	ConnectTimeout time.Duration
	// Timeout bounds each delivery and each other call, connecting included; 0 means 2 min.
	Timeout time.Duration
	// ReadBack compares the content and not only the size before the rename.
	ReadBack bool
	// Dial makes connections, for those that go another way. Nil means net.Dialer.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Logger receives a line for each delivered or removed file, at debug level. Nil discards them.
	Logger *slog.Logger
	// OnStep is called before each step of a delivery, with one of the Step constants, from the
	// goroutine that called Deliver. A context that is cancelled in it ends the delivery at that step.
	OnStep func(step string)
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

// Drop delivers files into one folder of a share. It is safe for concurrent use. Its methods are those of
// delivery.Transport, Prober, Checker, Cleaner and Fencer; Close ends the idle sessions.
type Drop struct{ *core }

// New makes a drop. It does not connect, so that a service starts while the server is away; Check tries it. The error
// joins every problem.
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
	problems := o.checkPlace()
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Where: "SMB", Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if o.Port < 0 || o.Port > 65535 {
		bad("port", strconv.Itoa(o.Port), "is not from 1 to 65535", "leave it out for 445")
	}
	switch {
	case o.Credentials != nil && (o.User != "" || !o.Password.IsZero()):
		bad("user", o.User, "is given twice", "give either User and Password or Credentials")
	case o.Credentials == nil:
		problems = append(problems, checkLogin(o.User, o.Domain, o.Password)...)
	}
	problems = append(problems, remotedrop.CheckLimits("SMB", o.Sessions, o.ConnectTimeout, o.Timeout)...)
	o.Port = cmp.Or(o.Port, 445)
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, remotedrop.ConnectTimeout)
	o.Folder = cleanFolder(o.Folder)
	if o.Dial == nil {
		o.Dial = (&net.Dialer{}).DialContext
	}
	return &server{o}, errors.Join(problems...)
}

// checkLogin checks who logs in. Without a user or a password the server would let in a guest, or nobody.
func checkLogin(user, domain string, password wfm.Secret) (problems []error) {
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Where: "SMB", Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	name, in := splitUser(user, domain)
	if name == "" || strings.ContainsFunc(user+domain, unicode.IsControl) {
		bad("user", user, "is missing or holds a control character", `name the account, such as DOMAIN\user`)
	}
	if domain != "" && in != domain {
		bad("domain", domain, "is given twice", "leave it out of one")
	}
	if password.IsZero() {
		bad("password", "", "is missing", "give it by file, by environment or by Credentials")
	}
	return problems
}

// splitUser takes the domain out of DOMAIN\user.
func splitUser(user, domain string) (name, in string) {
	if before, after, ok := strings.Cut(user, `\`); ok {
		return after, before
	}
	return user, domain
}
