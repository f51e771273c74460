package icws

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/cicwfm/cicwfm/wfm"
)

// endpoint is one way to reach one host.
type endpoint struct {
	base string // scheme://host[:port][/prefix]/icws
	name string // for people
	form *form
}

// form turns a host name into an endpoint: a template, or what an alternate takes over of the URL that named it.
type form struct {
	url    *url.URL
	inHost bool // {host}, or the host itself, is in the authority
}

const (
	placeholder = "{host}"
	standIn     = "host-placeholder.invalid" // what url.Parse accepts in the place of {host}
	maxHosts    = 64
)

// endpointsOf turns the configured URLs into endpoints, in order. Problems go to bad.
func endpointsOf(urls, hosts []string, bad func(value, reason, remedy string)) (list []endpoint) {
	if len(urls) == 0 {
		bad("", "is missing", "give at least one URL such as https://cic.example.com:8019")
	}
	template := false
	for _, text := range urls {
		u, err := url.Parse(strings.ReplaceAll(strings.TrimSpace(text), placeholder, standIn))
		switch {
		case err != nil:
			bad("", "is not a URL", "give it as https://host:port")
			continue
		case u.User != nil:
			bad(u.Redacted(), "holds an account", "give user and password as settings of their own")
			continue
		case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.RawQuery != "", u.Fragment != "":
			bad(text, "is not a URL of a CIC server", "give it as https://host:port, with a path only where a proxy needs one")
			continue
		}
		u.Path, u.RawPath = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/icws"), ""
		switch n := strings.Count(text, placeholder); {
		case n == 0:
			f := &form{url: u, inHost: true}
			list = append(list, f.endpoint(u.Host))
		case n > 1:
			bad(text, "holds {host} more than once", "put it once")
		default:
			template = true
			f := &form{url: u, inHost: u.Hostname() == standIn}
			if !f.inHost && !strings.Contains(u.Path, standIn) {
				bad(text, "holds {host} beside other text of the host name", "make {host} the whole host name or a part of the path")
				continue
			}
			if len(hosts) == 0 {
				bad(text, "is a template, but no host is given", "give the names of the CIC servers as hosts")
			}
			for _, h := range hosts {
				if !validHost(h) {
					bad(h, "is not a host name", "give names without scheme and path")
					continue
				}
				list = append(list, f.endpoint(bracketed(h)))
			}
		}
	}
	if len(hosts) > 0 && !template {
		bad(strings.Join(hosts, ", "), "are hosts without a template", "put {host} into a URL, or give each host a URL")
	}
	return unique(list)
}

// endpoint puts a host (a name, or name:port) into the form.
func (f *form) endpoint(host string) endpoint {
	u := *f.url
	if f.inHost {
		u.Host = host
		if port := f.url.Port(); port != "" && !hasPort(host) {
			u.Host = net.JoinHostPort(strings.Trim(host, "[]"), port)
		}
	} else {
		u.Path = strings.Replace(u.Path, standIn, host, 1)
	}
	u.Host = strings.ToLower(u.Host)
	return endpoint{base: u.String() + "/icws", name: host, form: f}
}

func hasPort(host string) bool {
	_, _, err := net.SplitHostPort(host)
	return err == nil
}

// validHost tells whether a name that a server gave may become part of a URL.
func validHost(h string) bool {
	if h == "" || len(h) > 260 {
		return false
	}
	for _, r := range h {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune(".-_:[]", r):
		default:
			return false
		}
	}
	u, err := url.Parse("http://" + bracketed(h))
	return err == nil && u.Hostname() != "" && strings.Trim(u.Hostname(), ".") != ""
}

// bracketed puts a bare IPv6 address into brackets.
func bracketed(h string) string {
	if strings.Count(h, ":") > 1 && !strings.HasPrefix(h, "[") {
		return "[" + h + "]"
	}
	return h
}

// alternates are the endpoints that a server at e names. They keep its scheme, so that a name never
// leads from TLS to plain text.
func (e endpoint) alternates(hosts []string) (list []endpoint) {
	for _, h := range hosts[:min(len(hosts), maxHosts)] {
		if h = strings.TrimSpace(h); validHost(h) {
			list = append(list, e.form.endpoint(bracketed(h)))
		}
	}
	return list
}

// unique keeps the first of endpoints with the same URL, and bounds them.
func unique(list []endpoint) []endpoint {
	var kept []endpoint
	for _, e := range list {
		if len(kept) < maxHosts && !slices.ContainsFunc(kept, func(k endpoint) bool { return k.base == e.base }) {
			kept = append(kept, e)
		}
	}
	return kept
}

// problemsOf collects the problems of the URL settings.
func problemsOf(list *[]error) func(value, reason, remedy string) {
	return func(value, reason, remedy string) {
		*list = append(*list, wfm.Problem{Field: "url", Value: value, Reason: reason, Remedy: remedy})
	}
}
