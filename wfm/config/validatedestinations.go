package config

import (
	"fmt"
	"net"
	"strconv"
	"strings"
)

func (c *Config) validateDestinations(f *findings) {
	listeners := map[string]string{}
	if l := filled(c.Service).Listen; l != "off" {
		listeners[listenKey(l)] = "service.listen"
	}
	for i := range c.Destinations {
		d, at := &c.Destinations[i], fmt.Sprintf("destinations[%d]", i)
		switch d.Kind {
		case "folder":
			if d.Mode != "" {
				if m, err := strconv.ParseUint(d.Mode, 8, 32); err != nil || m > 0o777 || m&0o600 != 0o600 {
					f.bad(at+".mode", d.Mode, "is not a mode that lets the owner read and write", "use octal digits such as \"0640\"")
				}
			}
		case "ftp":
			f.host(at, d.Host)
			if d.Security == "none" {
				f.note(at+".security", d.Security, "sends password and files readable for anyone on the way", "use explicit or implicit where the server can")
				if d.TLS != nil {
					f.bad(at+".tls", "", "has no meaning with security: none", "remove it")
				}
			}
		case "sftp":
			f.host(at, d.Host)
			f.sftp(at, d)
		case "smb":
			f.host(at, d.Host)
			if strings.ContainsAny(d.Share, `/\`) {
				f.bad(at+".share", d.Share, "is not the name of a share", "give the name alone; host and folder have keys of their own")
			}
		case "http":
			if d.URL != "" {
				f.url(at+".url", d.URL, d.AllowHTTP)
			}
		case "http-push":
			f.repeated(at+".urls", d.URLs, false)
			for n, u := range d.URLs {
				f.url(fmt.Sprintf("%s.urls[%d]", at, n), u, d.AllowHTTP)
			}
		case "tcp", "udp":
			f.repeated(at+".addresses", d.Addresses, true)
			for n, a := range d.Addresses {
				f.address(fmt.Sprintf("%s.addresses[%d]", at, n), a, false)
			}
		case "tcp-listen":
			if d.Listen == "" || !f.address(at+".listen", d.Listen, true) {
				break
			}
			key := listenKey(d.Listen)
			if other := listeners[key]; other != "" && !strings.HasSuffix(key, ":0") {
				f.bad(at+".listen", d.Listen, "is the port of "+other+" too", "give each listener a port of its own")
			}
			listeners[key] = at + ".listen"
		}
		if d.TLS != nil {
			f.tls(at+".tls", d)
		}
	}
}

// listenKey is the port that a listener takes; two listeners of one port collide on most addresses.
func listenKey(address string) string {
	_, port, _ := net.SplitHostPort(address)
	return ":" + port
}

func (f *findings) host(at, host string) {
	if host != "" && (strings.ContainsAny(host, "/\\@ ") || strings.Contains(host, ":") && net.ParseIP(host) == nil) {
		f.bad(at+".host", hostShown(host), "is not a host name", "give the name alone; port, user and folder have keys of their own")
	}
}

func (f *findings) sftp(at string, d *Destination) {
	if d.Password.IsZero() && d.KeyFile == "" && !d.Agent {
		f.bad(at, d.Name, "has no way to log on", "give password, key-file or agent: true")
	}
	if d.KeyFile == "" && !d.Passphrase.IsZero() {
		f.bad(at+".passphrase", "", "has no meaning without key-file", "add key-file, or remove it")
	}
	switch {
	case d.KnownHosts == "" && len(d.HostKeys) == 0:
		f.bad(at+".known-hosts", "", missing, "give known-hosts or host-keys: a server whose key nobody checks may be anyone")
	case d.KnownHosts != "" && len(d.HostKeys) > 0:
		f.bad(at+".host-keys", "", "stands beside known-hosts", "keep one of the two")
	}
	for n, k := range d.HostKeys {
		if !strings.HasPrefix(k, "SHA256:") || len(k) != len("SHA256:")+43 {
			f.bad(fmt.Sprintf("%s.host-keys[%d]", at, n), k, "is not a fingerprint", "write it as ssh-keygen -l prints it, SHA256: and 43 characters")
		}
	}
}

// address checks host:port.
func (f *findings) address(at, address string, listen bool) bool {
	host, port, err := net.SplitHostPort(address)
	free := listen && port == "0"
	switch {
	case err != nil || strings.ContainsAny(address, "/@ ") || !isPort(port) && !free:
		f.bad(at, hostShown(address), "is not host:port", "write host:port, such as wfm.example.com:7001, and an IPv6 address in brackets")
	case host == "" && !listen:
		f.bad(at, address, "has no host", "name the receiver's host")
	default:
		return true
	}
	return false
}

func (f *findings) tls(at string, d *Destination) {
	t := d.TLS
	if (t.CertFile == "") != (t.KeyFile == "") {
		f.bad(at, "", "has a certificate without its key, or a key without its certificate", "give both cert-file and key-file")
	}
	if d.Kind == "tcp-listen" {
		if t.CertFile == "" && t.KeyFile == "" {
			f.bad(at+".cert-file", "", missing, "a listener must show a certificate: give cert-file and key-file")
		}
		if t.ServerName != "" {
			f.bad(at+".server-name", t.ServerName, "has no meaning for a listener", "remove it")
		}
	}
}
