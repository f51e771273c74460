package tcplink_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/cicwfm/cicwfm/wfm/delivery/linktest"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// quick are options for tests.
func quick() tcplink.Options {
	// The time limits are none that a busy machine meets; the kit waits for none of them.
	const most = 30 * time.Second
	return tcplink.Options{WriteTimeout: most, ConnectTimeout: most, FarewellTimeout: most, BackoffMin: time.Millisecond, BackoffMax: 20 * time.Millisecond}
}

// receiver is a plain socket.
type receiver struct{ net.Conn }

func (r receiver) Next(ctx context.Context) ([]byte, error) {
	stop := context.AfterFunc(ctx, func() { _ = r.SetReadDeadline(time.Now()) })
	defer stop()
	buf := make([]byte, 16<<10)
	n, err := r.Read(buf)
	return buf[:n], err
}

// certificates are made once for all tests.
type certificates struct {
	authority, stranger  *linktest.Authority
	server, serverKey    string
	client, clientKey    string
	foreign, foreignKey  string
	expired, expiredKey  string
	serverTLS, clientTLS *tcplink.TLSOptions
}

func issue(t *testing.T) *certificates {
	t.Helper()
	var c certificates
	var err error
	c.authority, err = linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	c.stranger, err = linktest.NewAuthority(t.TempDir())
	require.NoError(t, err)
	soon := time.Now().Add(time.Hour)
	c.server, c.serverKey, err = c.authority.Issue("server", soon)
	require.NoError(t, err)
	c.client, c.clientKey, err = c.authority.Issue("client", soon)
	require.NoError(t, err)
	c.foreign, c.foreignKey, err = c.stranger.Issue("foreign", soon)
	require.NoError(t, err)
	c.expired, c.expiredKey, err = c.authority.Issue("expired", time.Now().Add(-time.Hour))
	require.NoError(t, err)
	c.serverTLS = &tcplink.TLSOptions{CAFile: c.authority.CAFile, CertFile: c.server, KeyFile: c.serverKey}
	c.clientTLS = &tcplink.TLSOptions{CAFile: c.authority.CAFile, CertFile: c.client, KeyFile: c.clientKey}
	return &c
}

// config is the receiver's side of TLS.
func (c *certificates) config(t *testing.T) *tls.Config {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(c.server, c.serverKey)
	require.NoError(t, err)
	pool := pool(t, c.authority.CAFile)
	return &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, RootCAs: pool, ServerName: "localhost", ClientAuth: tls.RequireAndVerifyClientCert}
}

// dialled makes a harness of two receivers that are dialled.
func dialled(o tcplink.Options, config *tls.Config) (*linktest.Harness, error) {
	var sockets []net.Listener
	var addresses []string
	for range 2 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		addresses = append(addresses, l.Addr().String())
		sockets = append(sockets, l)
	}
	d, err := tcplink.Dial(addresses, o)
	return &linktest.Harness{
		Links: d,
		Connect: func(_ context.Context, i int) (linktest.Receiver, error) {
			conn, err := sockets[i].Accept()
			if err == nil && config != nil {
				secured := tls.Server(conn, config)
				conn, err = secured, secured.Handshake()
			}
			return receiver{conn}, err
		},
		Close: func() error { return errors.Join(sockets[0].Close(), sockets[1].Close()) },
	}, err
}

// listening makes a harness of two receivers that dial.
func listening(o tcplink.Options, config *tls.Config) (*linktest.Harness, error) {
	l, err := tcplink.Listen("127.0.0.1:0", o)
	return &linktest.Harness{
		Links: l,
		Connect: func(ctx context.Context, _ int) (linktest.Receiver, error) {
			for l.Addr() == nil {
				time.Sleep(time.Millisecond)
			}
			var dialer interface {
				DialContext(context.Context, string, string) (net.Conn, error)
			} = &net.Dialer{}
			if config != nil {
				dialer = &tls.Dialer{Config: config}
			}
			conn, err := dialer.DialContext(ctx, "tcp", l.Addr().String())
			return receiver{conn}, err
		},
	}, err
}

func TestDialConforms(t *testing.T) {
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) { return dialled(quick(), nil) })
}

func TestListenConforms(t *testing.T) {
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) { return listening(quick(), nil) })
}

func TestDialConformsWithTLS(t *testing.T) {
	c := issue(t)
	o := quick()
	o.TLS = c.clientTLS
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) { return dialled(o, c.config(t)) })
}

func TestListenConformsWithTLS(t *testing.T) {
	c := issue(t)
	o := quick()
	o.TLS = c.serverTLS
	linktest.Run(t, func(context.Context) (*linktest.Harness, error) { return listening(o, c.config(t)) })
}
