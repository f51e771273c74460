package config

import (
	"net"
	"strconv"
	"strings"
)

// splitHost parts a host of ICWS from the port behind it, which is 0 where there is none.
func splitHost(h string) (host string, port int, ok bool) {
	if strings.ContainsAny(h, "/@ {}") {
		return h, 0, false
	}
	if !strings.Contains(h, ":") || net.ParseIP(h) != nil {
		return h, 0, h != ""
	}
	host, text, err := net.SplitHostPort(h)
	n, notNumber := strconv.ParseUint(text, 10, 16)
	ok = err == nil && notNumber == nil && n > 0 && host != "" && (!strings.Contains(host, ":") || net.ParseIP(host) != nil)
	return host, int(n), ok
}

// HostNames are the hosts without ports.
func (i *ICWS) HostNames() []string {
	names := make([]string, len(i.Hosts))
	for n, h := range i.Hosts {
		names[n], _, _ = splitHost(h)
	}
	return names
}
