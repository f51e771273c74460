package tcplink_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/delivery/tcplink"
)

// firstFailure is a handler that stops the service at the first failure.
type firstFailure struct {
	stop context.CancelFunc
	once sync.Once
	err  error
	next time.Time
}

func (f *firstFailure) Handle(ctx context.Context, _ delivery.Link) error {
	<-ctx.Done()
	return ctx.Err()
}

func (f *firstFailure) Failed(_ string, err error, next time.Time) {
	f.once.Do(func() { f.err, f.next = err, next; f.stop() })
}

// fails serves links until the first failure.
func fails(t *testing.T, links delivery.Links) *firstFailure {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	f := &firstFailure{stop: stop}
	require.NoError(t, links.Serve(ctx, f))
	require.Error(t, f.err)
	return f
}

// serveTLS accepts connections and shows them a certificate.
func serveTLS(t *testing.T, config *tls.Config) string {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var wait sync.WaitGroup
	t.Cleanup(func() { _ = socket.Close(); wait.Wait() })
	wait.Go(func() {
		for {
			conn, err := socket.Accept()
			if err != nil {
				return
			}
			if config == nil {
				_, _ = conn.Write([]byte("+OK this is no TLS\r\n"))
				buf := make([]byte, 1)
				_, _ = conn.Read(buf)
			} else {
				_ = tls.Server(conn, config).Handshake()
			}
			_ = conn.Close()
		}
	})
	return socket.Addr().String()
}

func TestCertificateErrorsAreErrors(t *testing.T) {
	c := issue(t)
	pair := func(cert, key string) *tls.Config {
		p, err := tls.LoadX509KeyPair(cert, key)
		require.NoError(t, err)
		return &tls.Config{Certificates: []tls.Certificate{p}}
	}
	for name, test := range map[string]struct {
		server *tls.Config
		client tcplink.TLSOptions
		want   string
	}{
		"unknown authority": {pair(c.foreign, c.foreignKey), *c.clientTLS, "CAFile"},
		"expired":           {pair(c.expired, c.expiredKey), *c.clientTLS, "renew the other side's certificate"},
		"other name":        {pair(c.server, c.serverKey), tcplink.TLSOptions{CAFile: c.authority.CAFile, ServerName: "wfm.example.com"}, "set ServerName"},
		"no TLS":            {nil, *c.clientTLS, "does not speak TLS"},
		"client refused":    {c.config(t), tcplink.TLSOptions{CAFile: c.authority.CAFile, CertFile: c.foreign, KeyFile: c.foreignKey}, "refused TLS"},
		"no client's":       {c.config(t), tcplink.TLSOptions{CAFile: c.authority.CAFile}, "refused TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick()
			o.TLS, o.BackoffMax = &test.client, time.Hour
			d, err := tcplink.Dial([]string{serveTLS(t, test.server)}, o)
			require.NoError(t, err)
			f := fails(t, d)
			require.ErrorContains(t, f.err, test.want)
			require.NotContains(t, f.err.Error(), "\n")
			require.Equal(t, wfm.BadConfig, wfm.KindOf(f.err), f.err)
			require.Greater(t, time.Until(f.next), 59*time.Minute, "tried again at the longest wait: certificates are renewed")
		})
	}
}

func TestListenerRefusesStrangers(t *testing.T) {
	c := issue(t)
	foreign, err := tls.LoadX509KeyPair(c.foreign, c.foreignKey)
	require.NoError(t, err)
	ca := pool(t, c.authority.CAFile)
	for name, config := range map[string]*tls.Config{
		"foreign certificate": {RootCAs: ca, ServerName: "localhost", Certificates: []tls.Certificate{foreign}},
		"no certificate":      {RootCAs: ca, ServerName: "localhost"},
		"no TLS":              nil,
		"old TLS":             {RootCAs: ca, ServerName: "localhost", MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick()
			o.TLS = c.serverTLS
			var wait sync.WaitGroup
			defer wait.Wait()
			o.OnListen = func(a net.Addr) {
				wait.Go(func() {
					conn, err := net.Dial("tcp", a.String())
					if err != nil {
						return
					}
					defer conn.Close()
					if config == nil {
						_, _ = conn.Write([]byte("GET / HTTP/1.0\r\n\r\n"))
					} else {
						conn = tls.Client(conn, config)
					}
					_, _ = conn.Read(make([]byte, 1))
				})
			}
			l, err := tcplink.Listen("127.0.0.1:0", o)
			require.NoError(t, err)
			f := fails(t, l)
			require.ErrorContains(t, f.err, "accept receiver 127.0.0.1:")
			require.True(t, f.next.IsZero())
		})
	}
}

func TestProblemsAreAllNamed(t *testing.T) {
	bad := tcplink.Options{WriteTimeout: -1, ConnectTimeout: -1, FarewellTimeout: -1, SendBuffer: -1, MaxReceivers: -1, BackoffMin: time.Hour, BackoffMax: time.Minute,
		TLS: &tcplink.TLSOptions{CertFile: "x", ServerName: "y", Config: &tls.Config{InsecureSkipVerify: true}}}
	_, err := tcplink.Dial([]string{"a", "b:0", ":7", "c:99999", "tcp://user:geheim@host:1", "d:1", "D:1"}, bad)
	for _, want := range []string{`"a"`, `"b:0"`, `":7"`, `"c:99999"`, `"D:1" stands twice`, "write timeout", "connect timeout", "farewell timeout", "send buffer",
		"most receivers", "backoff", "has no key", "InsecureSkipVerify"} {
		require.ErrorContains(t, err, want)
	}
	require.NotContains(t, err.Error(), "geheim")
	_, err = tcplink.Listen("0.0.0.0", bad)
	for _, want := range []string{"host:port", "server name", "has no key"} {
		require.ErrorContains(t, err, want)
	}
	_, err = tcplink.Dial(nil, tcplink.Options{})
	require.ErrorContains(t, err, "address is missing")
	_, err = tcplink.Listen(":0", tcplink.Options{TLS: &tcplink.TLSOptions{}})
	require.ErrorContains(t, err, "certificate is missing")
}

func TestServeSaysWhatCanNeverWork(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	l, err := tcplink.Listen(taken.Addr().String(), quick())
	require.NoError(t, err)
	err = l.Serve(t.Context(), nil)
	require.ErrorContains(t, err, "listen at tcp "+taken.Addr().String())
	retry, _ := wfm.ShouldRetry(err)
	require.True(t, retry)

	none := filepath.Join(t.TempDir(), "none.pem")
	o := quick()
	o.TLS = &tcplink.TLSOptions{CAFile: none, CertFile: none, KeyFile: none}
	l, err = tcplink.Listen(":0", o)
	require.NoError(t, err)
	d, err := tcplink.Dial([]string{"localhost:1"}, o)
	require.NoError(t, err)
	for _, links := range []delivery.Links{l, d} {
		err = links.Serve(t.Context(), nil)
		for _, want := range []string{"CA file", "certificate file", "key file"} {
			require.ErrorContains(t, err, want)
		}
		retry, _ = wfm.ShouldRetry(err)
		require.False(t, retry)
		require.Equal(t, wfm.NotFound, wfm.KindOf(err))
	}
	c := issue(t)
	o.TLS = &tcplink.TLSOptions{CAFile: c.serverKey, CertFile: c.server, KeyFile: c.clientKey}
	d, err = tcplink.Dial([]string{"localhost:1"}, o)
	require.NoError(t, err)
	err = d.Serve(t.Context(), nil)
	require.ErrorContains(t, err, "holds no certificate")
	require.ErrorContains(t, err, "its own key")
}

func TestLogHoldsTheStory(t *testing.T) {
	var log bytes.Buffer
	o := quick()
	o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.OnListen = func(a net.Addr) {
		go func() {
			if conn, err := net.Dial("tcp", a.String()); err == nil {
				_, _ = fmt.Fprint(conn, "ACK\r\n")
				_ = conn.Close()
			}
		}()
	}
	l, err := tcplink.Listen("127.0.0.1:0", o)
	require.NoError(t, err)
	fails(t, l)
	for _, want := range []string{"listening", "connected", "sends data, which is not understood", "disconnected", "the receiver closed it"} {
		require.Contains(t, log.String(), want)
	}
}
