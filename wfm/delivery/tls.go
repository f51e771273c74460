package delivery

import "crypto/tls"

// TLSOptions secure connections of links with certificates in PEM files. The files are read anew for each link, and so
// after a certificate was refused: a renewed one needs no restart. TLS is version 1.2 or newer and always verifies.
type TLSOptions struct {
	// CAFile holds the authorities that are trusted. Who connects trusts them for the certificate of the other side;
	// empty means the system's authorities. A self-signed certificate can be given itself. Who listens trusts them for
	// the certificates of those that connect, which they must then show; empty asks for none.
	CAFile string
	// CertFile and KeyFile are the own certificate, with its chain, and its key. Who listens needs them; who connects
	// needs them where the other side asks for a certificate.
	CertFile, KeyFile string
	// ServerName is the name in the other side's certificate where it is not the host of the address. Only who
	// connects has it.
	ServerName string
	// Config is the basis for all else, such as curves and cipher suites; nil means Go's defaults. It is not changed.
	// InsecureSkipVerify is refused.
	Config *tls.Config
}
