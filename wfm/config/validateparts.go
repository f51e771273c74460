package config

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cicwfm/cicwfm/license"
	"github.com/cicwfm/cicwfm/wfm"
)

func (c *Config) validateService(f *findings) {
	if l := c.Service.Listen; l != "" && l != "off" {
		host, port, err := net.SplitHostPort(l)
		ip := net.ParseIP(host)
		switch {
		case err != nil || !isPort(port):
			f.bad("service.listen", l, "is not host:port", "use an address such as 127.0.0.1:9464, or off")
		case host != "localhost" && (ip == nil || !ip.IsLoopback()):
			f.bad("service.listen", l, "is no loopback address", "use 127.0.0.1 or [::1]; the page has no log-on")
		}
	}
	if !c.Instance.Shared {
		if len(c.Instance.Prefers) > 0 {
			f.bad("instance.prefers", "", "has no meaning without shared: true", "remove it")
		}
		return
	}
	switch {
	case c.Ledger == nil:
		f.bad("ledger", "", missing, "instances that share need a ledger in a database that both reach")
	case c.Ledger.Kind == "memory":
		f.bad("ledger.kind", c.Ledger.Kind, "cannot be shared by instances", "use sqlserver or oracle")
	case c.Ledger.Kind == "sqlite":
		f.note("ledger.kind", c.Ledger.Kind, "serves instances on this machine only; on a network share it breaks", "use sqlserver or oracle for two machines")
	}
	for i, name := range c.Instance.Prefers {
		if !c.hasFeed(name) {
			f.bad(fmt.Sprintf("instance.prefers[%d]", i), name, "is no feed", meant(name, c.feeds(), "name a feed"))
		}
	}
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

// feeds lists the names of all feeds.
func (c *Config) feeds() []string {
	return append(names(c.Historical, func(h *HistoricalFeed) string { return h.Name }),
		names(c.RealTime, func(r *RealTimeFeed) string { return r.Name })...)
}

func (c *Config) hasFeed(name string) bool {
	for _, n := range c.feeds() {
		if n == name {
			return true
		}
	}
	return false
}

func (c *Config) validateServers(f *findings) {
	for i := range c.Servers {
		s, at := &c.Servers[i], fmt.Sprintf("servers[%d]", i)
		f.features(at+".features", s.Features)
		if s.Database == nil && s.ICWS == nil {
			f.bad(at, s.Name, "has neither database nor icws", "add a database for historical feeds, icws for real-time feeds")
		}
		if s.Database != nil {
			f.connection(at+".database", s.Database.Kind, &s.Database.Connection)
		}
		if s.ICWS != nil {
			f.icws(at+".icws", s.ICWS)
		}
	}
	f.features("licences.features", c.Licences.Features)
	if c.Licences.RealTimeFeature != "" {
		f.features("licences.real-time-feature", []string{c.Licences.RealTimeFeature})
	}
}

// features checks names of licence features.
func (f *findings) features(at string, list []string) {
	for i, name := range list {
		one := at
		if len(list) > 1 || strings.HasSuffix(at, "features") {
			one = at + "[" + strconv.Itoa(i) + "]"
		}
		parsed, err := license.ParseFeatures(name)
		if name != "" && (err != nil || len(parsed) != 1) {
			f.bad(one, name, "is not the name of a licence feature", "write one such as "+string(license.FeatureHistorical))
		}
	}
}

// connection checks what the tags cannot say: keys that need or exclude each other.
func (f *findings) connection(at, kind string, c *Connection) {
	if kind != "sqlserver" && kind != "oracle" {
		return
	}
	single := c.Host != "" || c.Port != 0 || c.Instance != "" || c.Database != "" || c.Service != "" || c.SID != "" || c.User != "" ||
		!c.Password.IsZero() || c.Encrypt != "" || c.CAFile != "" || c.HostInCertificate != "" || c.TLS || c.Wallet != ""
	if !c.DSN.IsZero() {
		if single {
			f.bad(at+".dsn", "", "stands beside keys that it replaces", "keep either dsn, or host and what follows it")
		}
		return
	}
	if c.Host == "" {
		f.bad(at+".host", "", missing, "name the host of the database, or give dsn")
	} else if strings.ContainsAny(c.Host, ":/\\@ ") && net.ParseIP(c.Host) == nil {
		f.bad(at+".host", hostShown(c.Host), "is not a host name", "give the name alone; port and instance have keys of their own")
	}
	if kind == "sqlserver" && c.Database == "" {
		f.bad(at+".database", "", missing, "name the database, such as I3_IC")
	}
	if kind == "oracle" {
		switch {
		case c.Service == "" && c.SID == "":
			f.bad(at+".service", "", missing, "give the service name, or sid")
		case c.Service != "" && c.SID != "":
			f.bad(at+".sid", c.SID, "stands beside service", "keep one of the two")
		}
		if c.Wallet != "" && !c.TLS {
			f.bad(at+".wallet", string(c.Wallet), "has no meaning without tls", "add tls: true")
		}
		if c.User == "" {
			f.bad(at+".user", "", missing, "name the account")
		}
	}
	switch {
	case c.User != "" && c.Password.IsZero():
		f.bad(at+".password", "", missing, secretForm)
	case c.User == "" && !c.Password.IsZero():
		f.bad(at+".user", "", missing, "name the account of the password")
	}
}

// hostShown is a host for a message: nothing of what could hold a password.
func hostShown(host string) string {
	if strings.Contains(host, "@") {
		return ""
	}
	return host
}

func (f *findings) icws(at string, i *ICWS) {
	f.repeated(at+".hosts", i.Hosts, true)
	for n, h := range i.Hosts {
		if h == "" {
			continue // said already
		}
		path := fmt.Sprintf("%s.hosts[%d]", at, n)
		switch _, port, ok := splitHost(h); {
		case !ok:
			f.bad(path, hostShown(h), "is not a host", "write cic1.example.com, or cic1.example.com:8019; an IPv6 address with a port in brackets")
		case port != 0 && i.URL != "":
			f.bad(path, h, "has a port beside url", "remove the port: the address says it")
		}
	}
	if len(i.Hosts) > 2 {
		f.note(at+".hosts", "", "names more than two hosts", "a server is one CIC server or a switchover pair; other CIC servers are servers of their own")
	}
	if i.NoTLS && i.URL == "" && slices.ContainsFunc(i.HostNames(), func(h string) bool { return !loopback(h) }) {
		f.note(at+".no-tls", "", "sends the password readable for anyone on the way", "use it in a network that is closed only")
	}
	if i.URL == "" {
		return
	}
	if i.Port != 0 || i.NoTLS {
		f.bad(at+".url", "", "stands beside port or no-tls", "keep one: the address says both")
	}
	f.url(at+".url", strings.ReplaceAll(i.URL, "{host}", "host"), true)
	if !strings.Contains(i.URL, "{host}") {
		f.bad(at+".url", "", "has no place for the host", "put {host} where the host name stands")
	}
}

// url checks an address. It shows nothing of one that could hold a password.
func (f *findings) url(at, text string, plain bool) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		f.bad(at, "", "is not the address of a web service", "write https://host/path")
	case u.User != nil:
		f.bad(at, "", "holds a user or a password", "remove it; secrets have keys of their own")
	case u.Scheme == "http" && !plain && !loopback(u.Hostname()):
		f.bad(at, (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String(), "has no encryption", "use https, or allow-http: true in a network that is closed")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

func (c *Config) validateStatusMaps(f *findings) {
	for i := range c.StatusMaps {
		at := fmt.Sprintf("status-maps[%d]", i)
		if c.StatusMaps[i].Name == "" {
			f.bad(at+".name", "", missing, "name the map; feeds refer to it")
		}
		f.statusMap(at, &c.StatusMaps[i])
	}
}

func (f *findings) statusMap(at string, m *StatusMap) {
	own := len(m.Statuses)+len(m.Groups)+len(m.Activities) > 0 || m.Unmapped != "" || m.Default != Code{}
	switch {
	case m.File != "" && own:
		f.bad(join(at, "file"), string(m.File), "stands beside codes", "keep the file, or the codes")
	case m.File == "" && !own:
		f.bad(at, m.Name, "maps nothing", "give file, or statuses, groups, activities, unmapped")
	}
	for _, name := range slices.Sorted(maps.Keys(m.Activities)) { // problems of one line stay in order
		if a, ok := wfm.ParseAgentActivity(name); !ok || a == wfm.AgentUnknown {
			f.bad(join(join(at, "activities"), name), "", "is not an activity", meant(name, activities(), ""))
		}
	}
	if m.Unmapped == "code" && m.Default == (Code{}) {
		f.bad(join(at, "default"), "", missing, "give the code of statuses without one, or choose another rule for unmapped")
	}
	if m.Default != (Code{}) && m.Unmapped != "code" && m.Unmapped != "status-key" {
		f.bad(join(at, "default"), m.Default.Code, "has no meaning with this rule for unmapped", "set unmapped: code, or remove it")
	}
}

func activities() (list []string) {
	for a := wfm.AgentLoggedOff; a <= wfm.AgentDialling; a++ {
		list = append(list, a.String())
	}
	return list
}
