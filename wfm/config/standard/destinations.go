package standard

import (
	"crypto/tls"
	"io/fs"
	"net"
	"strconv"

	"github.com/cicwfm/cicwfm/wfm/config"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/filedrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/ftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/httppush"
	"github.com/cicwfm/cicwfm/wfm/delivery/sftpdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/smbdrop"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
	"github.com/cicwfm/cicwfm/wfm/delivery/udplink"
)

// Destinations returns the kinds of destinations.
func Destinations() map[string]config.DestinationKind {
	return map[string]config.DestinationKind{
		"folder":     {Files: folder},
		"ftp":        {Files: ftp},
		"sftp":       {Files: sftp},
		"smb":        {Files: smb},
		"http":       {Files: http},
		"tcp":        {Live: func(t config.Target) (delivery.Links, error) { return links(tcplink.Dial(t.Addresses, tcp(t))) }},
		"tcp-listen": {Live: func(t config.Target) (delivery.Links, error) { return links(tcplink.Listen(t.Listen, tcp(t))) }},
		"udp": {Live: func(t config.Target) (delivery.Links, error) {
			return links(udplink.New(t.Addresses, udplink.Options{MaxDatagram: t.MaxDatagram, Logger: t.Logger}))
		}},
		"http-push": {Live: push},
	}
}

// links and transport keep a nil pointer beside an error from becoming an interface that is not nil.
func links[T delivery.Links](l T, err error) (delivery.Links, error) {
	if err != nil {
		return nil, err
	}
	return l, nil
}

func transport[T delivery.Transport](t T, err error) (delivery.Transport, error) {
	if err != nil {
		return nil, err
	}
	return t, nil
}

func folder(t config.Target) (delivery.Transport, error) {
	mode, err := strconv.ParseUint("0"+t.Mode, 8, 32)
	if err != nil {
		return nil, err
	}
	return transport(filedrop.New(t.Path, filedrop.Options{NoSync: t.NoFlush, Mode: fs.FileMode(mode), Logger: t.Logger}))
}

// address is host:port, or the host alone where the transport knows the port.
func address(t config.Target) string {
	if t.Port == 0 {
		return t.Host
	}
	return net.JoinHostPort(t.Host, strconv.Itoa(t.Port))
}

func ftp(t config.Target) (delivery.Transport, error) {
	o := ftpdrop.Options{Address: address(t), Folder: t.Folder, User: t.User, Password: t.Password, TLS: t.TLS, NoEPSV: t.NoEPSV,
		Sessions: t.Sessions, Timeout: t.Timeout.D(), ReadBack: t.ReadBack, Logger: t.Logger}
	switch t.Security {
	case "implicit":
		o.Security = ftpdrop.Implicit
	case "none":
		o.Security = ftpdrop.Plain
	}
	if t.NewestTLS == "1.2" {
		o.MaxTLS = tls.VersionTLS12
	}
	return transport(ftpdrop.New(o))
}

func sftp(t config.Target) (delivery.Transport, error) {
	return transport(sftpdrop.New(sftpdrop.Options{Address: address(t), Folder: t.Folder, User: t.User, Password: t.Password, KeyFile: t.KeyFile,
		Passphrase: t.Passphrase, AgentSocket: t.AgentSocket, KnownHosts: t.KnownHosts, HostKeys: t.HostKeys,
		Sessions: t.Sessions, Timeout: t.Timeout.D(), ReadBack: t.ReadBack, Logger: t.Logger}))
}

func smb(t config.Target) (delivery.Transport, error) {
	return transport(smbdrop.New(smbdrop.Options{Host: t.Host, Port: t.Port, Share: t.Share, Folder: t.Folder, User: t.User, Domain: t.Domain,
		Password: t.Password, RequireEncryption: t.Encrypted, Sessions: t.Sessions, Timeout: t.Timeout.D(), ReadBack: t.ReadBack, Logger: t.Logger}))
}

// http sends each file as the body of a request.
func http(t config.Target) (delivery.Transport, error) {
	return transport(httppush.NewTransport(t.URL, httppush.Options{Token: t.Token, ContentType: t.ContentType, MaxBody: t.MaxBody, NameHeader: t.NameHeader, TLS: t.TLS,
		AllowHTTP: t.AllowHTTP, Timeout: t.Timeout.D(), Logger: t.Logger}))
}

func tcp(t config.Target) tcplink.Options {
	return tcplink.Options{TLS: t.TLS, KeepAlive: t.KeepAlive.D(), WriteTimeout: t.WriteTimeout.D(), MaxReceivers: t.MaxReceivers, Logger: t.Logger}
}

func push(t config.Target) (delivery.Links, error) {
	return links(httppush.New(t.URLs, httppush.Options{Token: t.Token, ContentType: t.ContentType, MaxBody: t.MaxBody, IdempotencyKey: t.IdempotencyKey, TLS: t.TLS,
		AllowHTTP: t.AllowHTTP, Timeout: t.Timeout.D(), SendTimeout: t.SendTimeout.D(), Logger: t.Logger}))
}
