package tcplink

import (
	"errors"
	"log/slog"
	"net"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/internal/links"
)

// Options of a link. The zero value is right.
type Options struct {
	// TLS secures the connections; nil means plain TCP.
	TLS *TLSOptions
	// KeepAlive is after how long an other end that has vanished without a word is noticed. 0 means 30 s,
	// below zero switches it off.
	KeepAlive time.Duration
	// WriteTimeout is how long a receiver may take to accept frames; 0 means 10 s.
	WriteTimeout time.Duration
	// ConnectTimeout is for connecting, and for the TLS handshake in both roles; 0 means 10 s.
	ConnectTimeout time.Duration
	// FarewellTimeout is how long a link can be written after the stop of the service; 0 means 2 s.
	FarewellTimeout time.Duration
	// BackoffMin and BackoffMax bound the wait between two attempts to connect, or to accept; 0 means 0.5 s and
	// 30 s.
	BackoffMin, BackoffMax time.Duration
	// SendBuffer is the size in bytes of the system's buffer for unsent frames; 0 leaves it to the
	// system. What stands in it is old when a slow receiver reads it.
	SendBuffer int
	// MaxReceivers is how many receivers a listener serves at once; more are turned away. 0 means 256.
	MaxReceivers int
	// OnListen is called by a listener's Serve as soon as receivers can connect; nil does nothing.
	OnListen func(net.Addr)
	// Logger receives connects and losses at info level and details at debug level. Nil discards them.
	Logger *slog.Logger
}

// TLSOptions are those of all links.
type TLSOptions = delivery.TLSOptions

// settings are the options with defaults filled in.
type settings struct {
	Options
	backoff links.Backoff
	tls     *links.TLSFiles
	log     *slog.Logger
}

func (o Options) settle(listen bool) (settings, []error) {
	s := settings{Options: o, log: o.Logger}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	var problems []error
	for _, d := range []struct {
		name     string
		value    *time.Duration
		fallback time.Duration
		off      bool
	}{
		{"keep-alive", &s.KeepAlive, 30 * time.Second, true},
		{"write timeout", &s.WriteTimeout, 10 * time.Second, false},
		{"connect timeout", &s.ConnectTimeout, 10 * time.Second, false},
		{"farewell timeout", &s.FarewellTimeout, links.Farewell, false},
	} {
		if *d.value == 0 {
			*d.value = d.fallback
		}
		if *d.value < 0 && !d.off {
			problems = append(problems, wfm.Problem{Field: d.name, Value: d.value.String(), Reason: "is below zero", Remedy: "use a time such as 10s"})
		}
	}
	if s.SendBuffer < 0 {
		problems = append(problems, wfm.Problem{Field: "send buffer", Reason: "is below zero", Remedy: "use a size in bytes, or 0"})
	}
	if s.MaxReceivers == 0 {
		s.MaxReceivers = 256
	}
	if s.MaxReceivers < 0 {
		problems = append(problems, wfm.Problem{Field: "most receivers", Reason: "is below zero", Remedy: "use a number from 1"})
	}
	var err error
	if s.backoff, err = links.NewBackoff(o.BackoffMin, o.BackoffMax); err != nil {
		problems = append(problems, err)
	}
	if o.TLS != nil {
		files := links.TLSFiles(*o.TLS)
		s.tls = &files
		problems = append(problems, files.Check(listen)...)
	}
	return s, problems
}

// protocol is the first word of addresses in messages.
func (s *settings) protocol() string {
	if s.tls != nil {
		return "tls "
	}
	return "tcp "
}

// keepAlive spreads the time in which a vanished peer is noticed: half of it quiet, then three
// probes.
func (s *settings) keepAlive() net.KeepAliveConfig {
	if s.KeepAlive < 0 {
		return net.KeepAliveConfig{}
	}
	return net.KeepAliveConfig{Enable: true, Idle: max(s.KeepAlive/2, time.Second), Interval: max(s.KeepAlive/6, time.Second), Count: 3}
}

// tune sets what neither the dialler nor the listener of package net can.
func (s *settings) tune(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok && s.SendBuffer > 0 {
		if err := tcp.SetWriteBuffer(s.SendBuffer); err != nil {
			s.log.Debug("the size of the send buffer cannot be set", "error", err)
		}
	}
}

func join(problems []error) error { return errors.Join(problems...) }
