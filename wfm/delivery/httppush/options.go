package httppush

import (
	"errors"
	"log/slog"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Options of links and of a Transport. The zero value is right for a service without a token.
type Options struct {
	// Token is sent as "Authorization: Bearer …"; empty sends none.
	Token wfm.Secret
	// ContentType is that of the bodies; empty means application/json.
	ContentType string
	// IdempotencyKey adds the header Idempotency-Key: a random value for each body, the same for all its
	// attempts. A Transport always sends one, which is not random.
	IdempotencyKey bool
	// NameHeader is a header in which a Transport sends the file's name: as delivery.SafeName writes it, and what is not
	// ASCII escaped in the same way. Empty sends none; links have no use for it.
	NameHeader string
	// TLS names certificate files; nil means the system's authorities and no own certificate.
	TLS *TLSOptions
	// AllowHTTP permits addresses without TLS that are not loopback. Everyone on the way can then read the
	// token.
	AllowHTTP bool
	// MaxBody is the largest body in bytes; 0 means 8 MiB. A larger one is an error, before it is sent.
	MaxBody int
	// Timeout is for one attempt; 0 means 15 s, and 1 min in a Transport.
	Timeout time.Duration
	// SendTimeout is for all attempts of one body; 0 means 1 min. A feed whose
	// service is away waits as long and then starts anew with a snapshot. A Transport makes one attempt; this and what
	// follows up to the Logger is not for it.
	SendTimeout time.Duration
	// FarewellTimeout is how long a link can be used after the stop of the service; 0 means 2 s.
	FarewellTimeout time.Duration
	// BackoffMin and BackoffMax bound the waits between attempts; 0 means 0.5 s and 30 s.
	BackoffMin, BackoffMax time.Duration
	// Logger receives the beginning and the end of links at info level, and each attempt that failed at debug level.
	// Nil discards them.
	Logger *slog.Logger
}

// TLSOptions are those of all links.
type TLSOptions = delivery.TLSOptions

// settle fills in defaults and finds problems.
func (o *Options) settle() (tlsFiles links.TLSFiles, backoff links.Backoff, problems []error) {
	problem := func(field, value, reason, remedy string) {
		problems = append(problems, wfm.Problem{Field: field, Value: value, Reason: reason, Remedy: remedy})
	}
	for _, d := range []struct {
		name     string
		value    *time.Duration
		fallback time.Duration
	}{
		{"timeout", &o.Timeout, 15 * time.Second},
		{"send timeout", &o.SendTimeout, time.Minute},
		{"farewell timeout", &o.FarewellTimeout, links.Farewell},
	} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
		if *d.value < 0 {
			problem(d.name, d.value.String(), "is below zero", "use a time such as 15s")
		}
	}
	if o.MaxBody == 0 {
		o.MaxBody = 8 << 20
	}
	if o.MaxBody < 0 {
		problem("largest body", strconv.Itoa(o.MaxBody), "is below zero", "use a size in bytes")
	}
	if o.ContentType == "" {
		o.ContentType = "application/json"
	}
	if !isHeader(o.ContentType) {
		problem("content type", o.ContentType, "is not the value of a header", "use one such as application/json")
	}
	if o.NameHeader != "" && !isNameHeader(o.NameHeader) {
		problem("name header", o.NameHeader, "is not a header of one's own", "use one such as X-File-Name")
	}
	if !isHeader(o.Token.Reveal()) {
		problem("token", "", "holds a line end or a character outside of ASCII", "copy it again, without what stands around it")
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.TLS != nil {
		tlsFiles = links.TLSFiles(*o.TLS)
		problems = append(problems, tlsFiles.Check(false)...)
	}
	backoff, err := links.NewBackoff(o.BackoffMin, o.BackoffMax)
	if err != nil {
		problems = append(problems, err)
	}
	return tlsFiles, backoff, problems
}

func isHeader(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r < 0x20 || r > 0x7e }) < 0
}

// isNameHeader tells whether a header can carry a file's name: it has no other meaning to HTTP or to this package.
func isNameHeader(s string) bool {
	if strings.IndexFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}) >= 0 {
		return false
	}
	switch lower := strings.ToLower(s); lower {
	case "authorization", "connection", "cookie", "expect", "host", "idempotency-key", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "user-agent":
		return false
	default:
		return !strings.HasPrefix(lower, "proxy-") && (!strings.HasPrefix(lower, "content-") || lower == "content-location")
	}
}

// target is one address.
type target struct {
	url *url.URL
	// where shows the address without its query, which may hold a key.
	where string
	// query is what could be a key: the query, and its values as they stand and as they are meant.
	query []string
}

// shortestKey is how long the value of a query must be to be taken for a key.
const shortestKey = 4

// queryKeys returns what must not be shown of a query, longest first.
func queryKeys(u *url.URL) []string {
	keys := []string{u.RawQuery}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		if _, value, ok := strings.Cut(pair, "="); ok {
			keys = append(keys, value)
			if meant, err := url.QueryUnescape(value); err == nil {
				keys = append(keys, meant)
			}
		}
	}
	keys = slices.DeleteFunc(keys, func(k string) bool { return len(k) < shortestKey })
	slices.SortFunc(keys, func(a, b string) int { return len(b) - len(a) })
	return keys
}

// parse checks an address. Its errors show nothing of one that could hold a secret.
func parse(address string, allowHTTP bool) (target, error) {
	bad := func(shown, reason, remedy string) (target, error) {
		return target{}, wfm.Problem{Field: "URL", Value: shown, Reason: reason, Remedy: remedy}
	}
	const form = "write it as https://api.example.com/path"
	u, err := url.Parse(address)
	if err != nil {
		return bad("", "is not an address", form)
	}
	if u.User != nil {
		return bad("", "holds a user or a password", "leave it out and give a token")
	}
	shown := (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
	switch {
	case u.Scheme != "https" && u.Scheme != "http", u.Hostname() == "", u.Opaque != "":
		return bad(shown, "is not the address of a web service", form)
	case u.Fragment != "":
		return bad(shown, "has a fragment, which is never sent", "leave out what follows #")
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return bad(shown, "has no encryption", "use https, or set AllowHTTP in a network that is closed")
	}
	return target{u, shown, queryKeys(u)}, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || (ip != nil && ip.IsLoopback())
}

// targets checks all addresses.
func targets(urls []string, allowHTTP bool) (list []target, problems []error) {
	if len(urls) == 0 {
		problems = append(problems, wfm.Problem{Field: "URL", Reason: "is missing", Remedy: "give at least one"})
	}
	seen := map[string]bool{}
	for _, u := range urls {
		t, err := parse(u, allowHTTP)
		if err == nil && seen[t.url.String()] {
			err = wfm.Problem{Field: "URL", Value: t.where, Reason: "stands twice", Remedy: "name each destination once"}
		}
		if err != nil {
			problems = append(problems, err)
			continue
		}
		seen[t.url.String()] = true
		list = append(list, t)
	}
	return list, problems
}

func join(lists ...[]error) error {
	var all []error
	for _, l := range lists {
		all = append(all, l...)
	}
	return errors.Join(all...)
}
