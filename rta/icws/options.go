package icws

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

// Options describe one CIC server: a single one or a switchover pair. Only URLs, User and Password are required.
type Options struct {
	// URLs reach the server: http(s)://host:port[/prefix], to which /icws/… is added. CIC's own ports are 8018
	// for HTTP and 8019 for HTTPS. A URL that holds {host} is a template, as reverse proxies need
	// (https://proxy/api/{host}): Hosts and the alternates that the server names are put there. Of the
	// other URLs an alternate takes scheme, port and prefix.
	URLs []string
	// Hosts fill the templates among URLs.
	Hosts []string

	User     string
	Password wfm.Secret

	// CA holds PEM certificates that servers are verified against, instead of the system's.
	CA []byte
	// TLS holds client certificates and the like; nil means none. Verification cannot be switched off.
	TLS *tls.Config
	// Transport replaces the client's own HTTP transport, CA and TLS with it; nil means the own one.
	Transport http.RoundTripper

	// Application names us to the server; empty means "cicwfm".
	Application string
	// MarketPlaceName and MarketPlaceCode stand for the server's ICWS SDK licence where a site has them.
	MarketPlaceName string
	MarketPlaceCode wfm.Secret

	// Extension says where an agent's extension comes from; empty means ExtensionOfUser.
	Extension ExtensionFrom
	// Polling asks for messages in intervals even where the server can stream them.
	Polling bool
	// QueuesPerSubscription is how many agents' queues one subscription watches; 0 means 1. The server
	// does not say of which queue it tells, so more than one relies on the attribute Eic_UserName being the user id.
	QueuesPerSubscription int

	// PollEvery is the wait between two polls; 0 means 1 s.
	PollEvery time.Duration
	// RequestTimeout ends any request but the stream; 0 means 10 s.
	RequestTimeout time.Duration
	// SilenceTimeout is after how long without a byte a stream is doubted; 0 means 60 s.
	SilenceTimeout time.Duration
	// SyncTimeout is how long first contents are waited for before Synced is told without them; 0 means 30 s.
	SyncTimeout time.Duration
	// HeartbeatEvery is the time between heartbeats beside a stream; 0 means 30 s.
	HeartbeatEvery time.Duration
	// MembersEvery is the time between two complete readings of membership and statuses, beside the
	// server's change feed or instead of it; 0 means 5 min.
	MembersEvery time.Duration
	// RoundWait is the wait after no host accepted us, with up to half of it added by chance; 0 means 5 s.
	RoundWait time.Duration
	// RefusedWait is the wait after the account was refused, long so that it is not locked; 0 means 5 min. Until then no
	// call of the client logs on: it returns the refusal.
	RefusedWait time.Duration

	// Logger is told what happens; nil discards. Secrets are never among it.
	Logger *slog.Logger
}

// ExtensionFrom says where an agent's extension comes from.
type ExtensionFrom string

// The sources of extensions.
const (
	ExtensionOfUser    ExtensionFrom = "user"    // the extension of the configured user
	ExtensionOfStation ExtensionFrom = "station" // the first station that the agent is logged on to
)

// withDefaults fills in defaults and checks; the error joins every wfm.Problem.
func (o Options) withDefaults() (Options, error) {
	var problems []error
	bad := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	if o.User == "" {
		bad("user", "", "is missing", "give the CIC user id of an account for the integration")
	}
	if o.Password.IsZero() {
		bad("password", "", "is missing", "give the password of the CIC user")
	}
	switch o.Extension {
	case "":
		o.Extension = ExtensionOfUser
	case ExtensionOfUser, ExtensionOfStation:
	default:
		bad("extension", string(o.Extension), "is not a source of extensions", "use user or station")
	}
	if o.QueuesPerSubscription < 0 || o.QueuesPerSubscription > 500 {
		bad("queues per subscription", "", "must be between 1 and 500", "leave it out for 1")
	}
	o.QueuesPerSubscription = max(o.QueuesPerSubscription, 1)
	for _, d := range []struct {
		field    string
		value    *time.Duration
		standard time.Duration
	}{
		{"poll every", &o.PollEvery, time.Second},
		{"request timeout", &o.RequestTimeout, 10 * time.Second},
		{"silence timeout", &o.SilenceTimeout, time.Minute},
		{"sync timeout", &o.SyncTimeout, 30 * time.Second},
		{"heartbeat every", &o.HeartbeatEvery, 30 * time.Second},
		{"members every", &o.MembersEvery, 5 * time.Minute},
		{"round wait", &o.RoundWait, 5 * time.Second},
		{"refused wait", &o.RefusedWait, 5 * time.Minute},
	} {
		if *d.value < 0 {
			bad(d.field, d.value.String(), "is negative", "leave it out for "+d.standard.String())
		}
		if *d.value <= 0 {
			*d.value = d.standard
		}
	}
	if o.TLS != nil && o.TLS.InsecureSkipVerify {
		bad("TLS", "InsecureSkipVerify", "is not permitted", "give the certificate of the server's authority as CA")
	}
	if len(o.CA) > 0 && !x509.NewCertPool().AppendCertsFromPEM(o.CA) {
		bad("CA", "", "holds no PEM certificate", "give the file of the authority that signed the server's certificate")
	}
	if o.Application = strings.TrimSpace(o.Application); o.Application == "" {
		o.Application = "cicwfm"
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	return o, errors.Join(problems...)
}
