package links

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io/fs"
	"os"

	"github.com/cicwfm/cicwfm/wfm"
)

// TLSFiles says where certificates are: delivery.TLSOptions, which this package cannot import, with what is done with
// them.
type TLSFiles struct {
	CAFile, CertFile, KeyFile string
	ServerName                string
	Config                    *tls.Config
}

// Check finds what is wrong without touching the disk.
func (f TLSFiles) Check(server bool) []error {
	var list []error
	if (f.CertFile == "") != (f.KeyFile == "") {
		list = append(list, wfm.Problem{Field: "TLS certificate", Reason: "has no key, or the key has no certificate",
			Remedy: "give both files, CertFile and KeyFile"})
	}
	own := f.CertFile != "" || (f.Config != nil && (len(f.Config.Certificates) > 0 || f.Config.GetCertificate != nil || f.Config.GetConfigForClient != nil))
	if server && !own {
		list = append(list, wfm.Problem{Field: "TLS certificate", Reason: "is missing",
			Remedy: "give CertFile and KeyFile: a listener must show a certificate"})
	}
	if server && f.ServerName != "" {
		list = append(list, wfm.Problem{Field: "TLS server name", Value: f.ServerName, Reason: "has no meaning for a listener", Remedy: "leave it out"})
	}
	if f.Config != nil && f.Config.InsecureSkipVerify {
		list = append(list, wfm.Problem{Field: "TLS InsecureSkipVerify", Reason: "is not permitted",
			Remedy: "give the certificate authority, or the self-signed certificate itself, as CAFile"})
	}
	return list
}

// Client reads the files for the side that connects; host is the name that the certificate of the
// other side must carry, unless ServerName says else.
func (f TLSFiles) Client(host string) (*tls.Config, error) {
	c, pool, err := f.read()
	if err != nil {
		return nil, err
	}
	if pool != nil {
		c.RootCAs = pool
	}
	if f.ServerName != "" {
		c.ServerName = f.ServerName
	}
	if c.ServerName == "" {
		c.ServerName = host
	}
	return c, nil
}

// Server reads the files for the side that listens. With a CA, who connects must show a certificate
// that it signed.
func (f TLSFiles) Server() (*tls.Config, error) {
	c, pool, err := f.read()
	if err != nil {
		return nil, err
	}
	if pool != nil {
		c.ClientCAs, c.ClientAuth = pool, tls.RequireAndVerifyClientCert
	}
	return c, nil
}

func (f TLSFiles) read() (*tls.Config, *x509.CertPool, error) {
	c := &tls.Config{}
	if f.Config != nil {
		c = f.Config.Clone()
	}
	c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
	var problems []error
	var pool *x509.CertPool
	if f.CAFile != "" {
		pem, err := os.ReadFile(f.CAFile)
		pool = x509.NewCertPool()
		switch {
		case err != nil:
			problems = append(problems, unreadable("CA file", f.CAFile, err))
		case !pool.AppendCertsFromPEM(pem):
			problems = append(problems, &wfm.Error{Op: "read the CA file " + wfm.Quote(f.CAFile), Kind: wfm.BadConfig,
				Err: errors.New("it holds no certificate in PEM form"), Remedy: "give a PEM file with the certificate authority"})
		}
	}
	if f.CertFile != "" {
		cert, err := pair(f.CertFile, f.KeyFile)
		if err != nil {
			problems = append(problems, err)
		}
		c.Certificates = []tls.Certificate{cert}
	}
	return c, pool, errors.Join(problems...)
}

// pair does what tls.LoadX509KeyPair does, and says which of the two files is wrong.
func pair(certFile, keyFile string) (tls.Certificate, error) {
	cert, err1 := os.ReadFile(certFile)
	if err1 != nil {
		err1 = unreadable("certificate file", certFile, err1)
	}
	key, err2 := os.ReadFile(keyFile)
	if err2 != nil {
		err2 = unreadable("key file", keyFile, err2)
	}
	if err := errors.Join(err1, err2); err != nil {
		return tls.Certificate{}, err
	}
	p, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return p, &wfm.Error{Op: "use the certificate " + wfm.Quote(certFile) + " with the key " + wfm.Quote(keyFile), Kind: wfm.BadConfig,
			Err: err, Remedy: "give PEM files of one certificate and its own key, without a passphrase"}
	}
	return p, nil
}

func unreadable(what, path string, err error) error {
	e := &wfm.Error{Op: "read the " + what + " " + wfm.Quote(path), Kind: wfm.BadConfig, Err: err, Remedy: "give the path of a file that the service may read"}
	var p *fs.PathError
	if errors.As(err, &p) {
		e.Err = p.Err // the path stands in Op
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Kind = wfm.NotFound
	case errors.Is(err, fs.ErrPermission):
		e.Kind = wfm.NoPermission
	}
	return e
}
