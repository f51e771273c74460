package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
)

// destinationTasks tries each destination once, however many feeds use it.
func (k *checker) destinationTasks() (tasks []task) {
	for i := range k.c.Destinations {
		d := &k.c.Destinations[i]
		target, made := k.t.Targets[d.Name]
		if !made {
			continue // what is wrong with it was said
		}
		item := d.Name
		switch d.Kind {
		case "tcp", "http-push":
			for _, r := range receiversOf(target) {
				tasks = append(tasks, task{group: inDestinations, item: item, do: func(ctx context.Context) []row { return k.receiver(ctx, item, target, r) }})
			}
		case "udp":
			tasks = append(tasks, task{group: inDestinations, item: item, do: func(ctx context.Context) []row { return k.datagrams(ctx, item, target) }})
		case "tcp-listen":
			tasks = append(tasks, task{group: inDestinations, item: item, do: func(ctx context.Context) []row { return k.listener(ctx, item, target.Listen, "listen") }})
		default:
			tasks = append(tasks, task{group: inDestinations, item: item, do: func(ctx context.Context) []row { return k.files(ctx, item, target) }})
		}
	}
	return tasks
}

// files writes, renames and removes a file where files go.
func (k *checker) files(ctx context.Context, item string, t config.Target) []row {
	host := t.Host
	if u, err := url.Parse(t.URL); err == nil && host == "" {
		host = u.Hostname()
	}
	if rows, _ := k.hosts(ctx, inDestinations, item, markFail, host); len(rows) > 0 {
		return rows
	}
	checker, ok := k.t.Files[t.Name].(delivery.Checker)
	if !ok {
		return []row{newRow(inDestinations, item, markNote, t.Kind+" destinations cannot be tried without delivering", "")}
	}
	if err := checker.Check(ctx); err != nil {
		return failures(inDestinations, item, markFail, err)
	}
	text := t.Kind + ": a file was written, renamed and removed"
	if t.Kind == "http" {
		text = "http: the service answers"
	}
	rows := []row{newRow(inDestinations, item, markOK, text, "")}
	if t.Kind == "folder" {
		rows = append(rows, diskRow(inDestinations, item, t.Path)...)
	}
	return rows
}

// peer is the other side of a connection.
type peer struct {
	address string // host:port
	tls     bool
}

func receiversOf(t config.Target) (list []peer) {
	for _, a := range t.Addresses {
		list = append(list, peer{a, t.TLS != nil})
	}
	for _, text := range t.URLs {
		u, err := url.Parse(text)
		if err != nil {
			continue // said already
		}
		port := u.Port()
		if port == "" {
			port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
		}
		list = append(list, peer{net.JoinHostPort(u.Hostname(), port), u.Scheme == "https"})
	}
	return list
}

// receiver connects to a real-time receiver, agrees upon TLS where that is configured, says nothing and goes.
func (k *checker) receiver(ctx context.Context, item string, t config.Target, p peer) []row {
	host, _, err := net.SplitHostPort(p.address)
	if err != nil {
		return failures(inDestinations, item, markFail, err)
	}
	if rows, _ := k.hosts(ctx, inDestinations, item, markFail, host); len(rows) > 0 {
		return rows
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.address)
	if err != nil {
		return []row{newRow(inDestinations, item, markFail, "cannot connect to "+p.address+": "+netReason(err),
			"see whether the receiver runs, and whether a firewall lets this host through")}
	}
	defer conn.Close()
	if !p.tls {
		return []row{newRow(inDestinations, item, markOK, "connected to "+p.address, "")}
	}
	c, err := clientTLS(t.TLS, host)
	if err != nil {
		return failures(inDestinations, item, markFail, err)
	}
	secure := tls.Client(conn, c)
	if err := secure.HandshakeContext(ctx); err != nil {
		return []row{newRow(inDestinations, item, markFail, "no TLS with "+p.address+": "+err.Error(), tlsRemedy(err))}
	}
	_ = secure.Close() // nothing was sent that could be lost
	rows := []row{newRow(inDestinations, item, markOK, "connected to "+p.address+" with "+tls.VersionName(secure.ConnectionState().Version), "")}
	if certs := secure.ConnectionState().PeerCertificates; len(certs) > 0 {
		rows = append(rows, k.expiry(inDestinations, item, "the certificate of "+p.address, certs[0])...)
	}
	return rows
}

// clientTLS is how a link connects, for a trial.
func clientTLS(o *delivery.TLSOptions, host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if o == nil {
		return c, nil
	}
	if o.ServerName != "" {
		c.ServerName = o.ServerName
	}
	if o.CAFile != "" {
		text, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, wfm.Problem{Field: "ca-file", Value: o.CAFile, Reason: "cannot be read: " + cli.Reason(err), Remedy: "check the path and the rights"}
		}
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AppendCertsFromPEM(text)
	}
	if o.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, wfm.Problem{Field: "cert-file", Value: o.CertFile, Reason: "does not do: " + cli.Reason(err), Remedy: "give a certificate and its key in PEM form"}
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func tlsRemedy(err error) string {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	switch {
	case errors.As(err, &unknown):
		return "give the authority of the receiver's certificate as tls.ca-file"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "have the receiver's certificate renewed"
	case errors.As(err, &name):
		return "connect to a name that is in the certificate, or give it as tls.server-name"
	}
	return "see whether the receiver speaks TLS at this port"
}

// netReason is what an error of the network says, without addresses.
func netReason(err error) string {
	var o *net.OpError
	if errors.As(err, &o) {
		var call *os.SyscallError
		if errors.As(o.Err, &call) {
			return call.Err.Error()
		}
		return o.Err.Error()
	}
	return err.Error()
}

// datagrams resolves the receivers: nothing can be known about whether anybody listens.
func (k *checker) datagrams(ctx context.Context, item string, t config.Target) (rows []row) {
	for _, a := range t.Addresses {
		host, _, _ := net.SplitHostPort(a)
		more, _ := k.hosts(ctx, inDestinations, item, markFail, host)
		rows = append(rows, more...)
	}
	if len(rows) > 0 {
		return rows
	}
	return []row{newRow(inDestinations, item, markOK, fmt.Sprintf("udp: %d receivers are known by name; nobody can tell whether they listen", len(t.Addresses)), "")}
}

// listener takes a port for a moment.
func (k *checker) listener(ctx context.Context, item, address, key string) []row {
	g := inDestinations
	if key == "service.listen" {
		g = inHost
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err == nil {
		text := "the port of " + l.Addr().String() + " is free"
		if err := l.Close(); err != nil {
			return failures(g, item, markFail, err)
		}
		return []row{newRow(g, item, markOK, text, "")}
	}
	if serviceRuns(ctx, k.t.Service.Listen) {
		return []row{newRow(g, item, markNote, "the port of "+address+" is taken, and this service seems to be running", "stop the service to try the port")}
	}
	return []row{newRow(g, item, markFail, "cannot listen at "+address+": "+netReason(err),
		"stop what has the port, or choose another "+key)}
}

// dirOf is the folder that a file stands in.
func dirOf(path string) string { return filepath.Dir(path) }
