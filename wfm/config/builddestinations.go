package config

import (
	"io"
	"os"
	"strconv"

	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// transport makes the transport of a historical feed's destination.
func (b *builder) transport(name string) delivery.Transport {
	d, at := b.destination(name)
	if d == nil || b.registries.Destinations[d.Kind].Files == nil || !b.clean(at) {
		return nil
	}
	target := b.target(at, d)
	if !b.clean(at) {
		return nil
	}
	t, err := b.registries.Destinations[d.Kind].Files(target)
	if err != nil {
		b.adopt(at, err)
		return nil
	}
	if c, ok := t.(io.Closer); ok {
		b.closer(c.Close)
	}
	return t
}

// links makes the links of a real-time feed.
func (b *builder) links(name string) delivery.Links {
	d, at := b.destination(name)
	if d == nil || b.registries.Destinations[d.Kind].Live == nil || !b.clean(at) {
		return nil
	}
	target := b.target(at, d)
	if !b.clean(at) {
		return nil
	}
	l, err := b.registries.Destinations[d.Kind].Live(target)
	if err != nil {
		b.adopt(at, err)
		return nil
	}
	return l
}

func (b *builder) destination(name string) (*Destination, string) {
	for i := range b.c.Destinations {
		if b.c.Destinations[i].Name == name {
			return &b.c.Destinations[i], "destinations[" + strconv.Itoa(i) + "]"
		}
	}
	return nil, ""
}

func (b *builder) target(at string, d *Destination) Target {
	t := Target{Destination: filled(*d), Path: b.whole(at+".path", d.Path), KeyFile: b.whole(at+".key-file", d.KeyFile),
		KnownHosts: b.whole(at+".known-hosts", d.KnownHosts), Password: b.secret(at+".password", d.Password),
		Passphrase: b.secret(at+".passphrase", d.Passphrase), Token: b.secret(at+".token", d.Token),
		Logger: b.log.With("destination", d.Name)}
	if d.Agent {
		if t.AgentSocket, _ = b.options.Env("SSH_AUTH_SOCK"); t.AgentSocket == "" {
			b.bad(at+".agent", "true", "finds no agent: SSH_AUTH_SOCK is not set", "start the service with an agent, or use key-file")
		}
	}
	if d.TLS != nil {
		t.TLS = &delivery.TLSOptions{CAFile: b.whole(at+".tls.ca-file", d.TLS.CAFile), CertFile: b.whole(at+".tls.cert-file", d.TLS.CertFile),
			KeyFile: b.whole(at+".tls.key-file", d.TLS.KeyFile), ServerName: d.TLS.ServerName}
		for _, file := range []struct{ key, path string }{{"ca-file", t.TLS.CAFile}, {"cert-file", t.TLS.CertFile}, {"key-file", t.TLS.KeyFile}} {
			b.exists(at+".tls."+file.key, file.path)
		}
	}
	b.exists(at+".key-file", t.KeyFile)
	b.exists(at+".known-hosts", t.KnownHosts)
	return t
}

// exists reports a file that is not there, and remembers one that is; empty is none.
func (b *builder) exists(at, path string) {
	if path == "" {
		return
	}
	if info, err := os.Stat(path); err != nil {
		b.bad(at, path, "cannot be read: "+reasonOf(err), "check the path and the rights of the service's account")
	} else if info.IsDir() {
		b.bad(at, path, "is a folder", "name a file")
	} else {
		b.remember(path)
	}
}

// remember takes the contents of files into the fingerprints, as far as they can be read.
func (b *builder) remember(paths ...string) {
	for _, p := range paths {
		if p == "" {
			continue
		}
		if text, err := readFile(p); err == nil {
			b.files[p] = text
		}
	}
}
