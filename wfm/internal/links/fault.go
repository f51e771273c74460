package links

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"

	"github.com/cicwfm/cicwfm/wfm"
)

// Fault makes an *wfm.Error of what the network says, with a decision and a remedy. Where a
// certificate is wrong, someone must act: such errors are not to be retried soon. What is a
// *wfm.Error already stays as it is.
func Fault(op string, err error) error {
	var known *wfm.Error
	if errors.As(err, &known) {
		return err
	}
	e := &wfm.Error{Op: op, Kind: wfm.Unavailable, Retry: true, Err: err,
		Remedy: "check that the receiver runs and that no firewall stands between"}
	var opErr *net.OpError
	refused := false
	if errors.As(err, &opErr) {
		// What the other side's TLS says comes with this operation; the address stands in op already.
		refused = opErr.Op == "remote error"
		e.Err = opErr.Err
	}
	var dns *net.DNSError
	var header tls.RecordHeaderError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &verify), isCertificate(err):
		e.Kind, e.Retry, e.Remedy = wfm.BadConfig, false, certificateRemedy(err)
	case refused:
		e.Kind, e.Retry, e.Remedy = wfm.BadConfig, false, "the other side refused TLS: check the certificate that it is shown, and the authority that it trusts"
	case errors.As(err, &header):
		e.Kind, e.Retry, e.Remedy = wfm.BadConfig, false, "the other side does not speak TLS here: use the right port, or switch TLS on or off on both sides"
		e.Err = errors.New(header.Msg) // without the connection that it holds
	case errors.As(err, &dns):
		e.Err = errors.New(dns.Err + ": " + wfm.Quote(dns.Name))
		e.Remedy = "check the host's name"
		if dns.IsNotFound {
			e.Kind = wfm.NotFound
		}
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.Err = errors.New("no answer in time")
	case errors.Is(err, io.EOF):
		e.Err = errors.New("the other side closed the connection")
	case errors.Is(err, net.ErrClosed):
		e.Err = errors.New("the connection is closed")
	}
	return e
}

func isCertificate(err error) bool {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}

func certificateRemedy(err error) string {
	var host x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &host):
		return "use a name that stands in the certificate, or set ServerName to it"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "renew the other side's certificate, and check the clocks of both"
	case errors.As(err, &authority):
		return "give the authority that signed the other side's certificate as CAFile"
	}
	return "the other side's certificate is not acceptable: have it issued anew"
}
