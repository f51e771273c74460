package main

import (
	"crypto/tls"
	"crypto/x509"
	"os"

	"github.com/cicwfm/cicwfm/examples/internal/cli"
	"github.com/cicwfm/cicwfm/wfm"
)

// secure reads the certificates; nil without TLS.
func (c *config) secure() (*tls.Config, error) {
	if !c.tls {
		return nil, nil
	}
	t := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.cert != "" {
		pair, err := tls.LoadX509KeyPair(c.cert, c.key)
		if err != nil {
			return nil, wfm.Problem{Field: "-cert", Value: c.cert, Reason: "cannot be used with its key: " + cli.Reason(err), Remedy: "give PEM files of a certificate and its own key"}
		}
		t.Certificates = []tls.Certificate{pair}
	}
	if c.ca != "" {
		pem, err := os.ReadFile(c.ca)
		if err != nil {
			return nil, wfm.Problem{Field: "-ca", Value: c.ca, Reason: "cannot be read: " + cli.Reason(err), Remedy: "give the path of a PEM file"}
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, wfm.Problem{Field: "-ca", Value: c.ca, Reason: "holds no certificate", Remedy: "give a PEM file"}
		}
		t.RootCAs, t.ClientCAs, t.ClientAuth = pool, pool, tls.RequireAndVerifyClientCert
	}
	return t, nil
}
