package links

import (
	"net"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// CheckAddress checks host:port. A listener may leave the host out and use port 0; it then gets
// loopback, and a free port.
func CheckAddress(address string, listen bool) (string, error) {
	bad := func(reason, remedy string) (string, error) {
		shown := address
		if strings.Contains(address, "@") {
			shown = "" // it could hold a password
		}
		return "", wfm.Problem{Field: "address", Value: shown, Reason: reason, Remedy: remedy}
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil || strings.ContainsAny(address, "/@ \t\r\n") {
		return bad("is not host:port", "write host:port, such as wfm.example.com:7001, and an IPv6 address in brackets")
	}
	least := uint64(1)
	if listen {
		least = 0
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n < least {
		return bad("has no port number", "use a number from 1 to 65535")
	}
	if host == "" && !listen {
		return bad("has no host", "name the receiver's host")
	}
	if host == "" {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port), nil
}

// CheckAddresses checks the destinations of a link: at least one, and none twice.
func CheckAddresses(addresses []string) (clean []string, problems []error) {
	if len(addresses) == 0 {
		problems = append(problems, wfm.Problem{Field: "address", Reason: "is missing", Remedy: "give at least one destination"})
	}
	seen := map[string]bool{}
	for _, a := range addresses {
		c, err := CheckAddress(a, false)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if key := strings.ToLower(c); seen[key] {
			problems = append(problems, wfm.Problem{Field: "address", Value: a, Reason: "stands twice", Remedy: "name each destination once"})
		} else {
			seen[key] = true
		}
		clean = append(clean, c)
	}
	return clean, problems
}

// Busy is what a second Serve at the same time returns.
func Busy(what string) error {
	return &wfm.Error{Op: "serve " + what, Kind: wfm.BadConfig, Err: wfm.Problem{Field: "links", Reason: "are being served already",
		Remedy: "make links of its own for each feed"}}
}
