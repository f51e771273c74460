package main

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
)

const (
	largestBody     = 32 << 20
	largestDatagram = 65535
	handshakeTime   = 10 * time.Second
	redialWait      = time.Second
)

// intake is where bytes go, whatever they came with.
type intake struct {
	decoder vendors.RTADecoder
	show    *show
}

// receive takes the feed until ctx ends.
func (c *config) receive(ctx context.Context, in *intake) error {
	config, err := c.secure()
	if err != nil {
		return err
	}
	if c.dial != "" {
		return in.dial(ctx, c.dial, config)
	}
	if c.protocol == "udp" {
		return in.datagrams(ctx, c.listen)
	}
	socket, err := (&net.ListenConfig{}).Listen(ctx, "tcp", c.listen)
	if err != nil {
		return err
	}
	if config != nil {
		socket = tls.NewListener(socket, config)
	}
	in.show.listening(socket.Addr())
	if c.protocol == "http" {
		return in.posts(ctx, socket)
	}
	return in.accept(ctx, socket)
}

// whole reads what is one frame by itself: a datagram, or the body of a POST.
func (in *intake) whole(from string, b []byte) {
	reader := in.decoder.NewFrameReader()
	err := reader.Read(b, func(d vendors.Decoded) { in.show.record(from, d) })
	in.over(from, reader, err)
}

// stream reads a connection until it ends.
func (in *intake) stream(ctx context.Context, conn net.Conn) {
	from := conn.RemoteAddr().String()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	if secured, ok := conn.(*tls.Conn); ok {
		limit, cancel := context.WithTimeout(ctx, handshakeTime)
		err := secured.HandshakeContext(limit)
		cancel()
		if err != nil {
			in.show.trouble(from, err)
			return
		}
	}
	in.show.connected(from)
	reader := in.decoder.NewFrameReader()
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
		if n > 0 {
			if bad := reader.Read(buf[:n], func(d vendors.Decoded) { in.show.record(from, d) }); bad != nil {
				in.over(from, reader, bad)
				return
			}
		}
		if err != nil {
			in.over(from, reader, nil)
			if !errors.Is(err, io.EOF) && ctx.Err() == nil {
				in.show.note(from, "connection lost: "+err.Error())
				return
			}
			in.show.note(from, "connection ended")
			return
		}
	}
}

// over tells what is left behind at the end.
func (in *intake) over(from string, reader vendors.FrameReader, err error) {
	if err == nil && reader.Pending() > 0 {
		err = errors.New(strconv.Itoa(reader.Pending()) + " bytes are no whole frame")
	}
	if err != nil {
		in.show.trouble(from, err)
	}
}

// accept takes any number of senders.
func (in *intake) accept(ctx context.Context, socket net.Listener) error {
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	defer socket.Close()
	var wait sync.WaitGroup
	defer wait.Wait()
	for {
		conn, err := socket.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = conn.Close()
			}
			return nil
		case err != nil:
			return err
		}
		wait.Go(func() { in.stream(ctx, conn) })
	}
}

// dial connects to a sender, again and again.
func (in *intake) dial(ctx context.Context, address string, config *tls.Config) error {
	for ctx.Err() == nil {
		conn, err := (&net.Dialer{Timeout: handshakeTime}).DialContext(ctx, "tcp", address)
		switch {
		case err == nil && config != nil:
			named := config.Clone()
			named.ServerName, _, _ = net.SplitHostPort(address) // parse has checked it
			in.stream(ctx, tls.Client(conn, named))
		case err == nil:
			in.stream(ctx, conn)
		case ctx.Err() == nil:
			in.show.note(address, "no connection: "+err.Error())
		}
		select {
		case <-ctx.Done():
		case <-time.After(redialWait):
		}
	}
	return nil
}

// datagrams takes one frame in each datagram.
func (in *intake) datagrams(ctx context.Context, address string) error {
	socket, err := (&net.ListenConfig{}).ListenPacket(ctx, "udp", address)
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = socket.Close() })
	defer stop()
	defer socket.Close()
	in.show.listening(socket.LocalAddr())
	buf := make([]byte, largestDatagram)
	known := map[string]bool{}
	for {
		n, from, err := socket.ReadFrom(buf)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if name := from.String(); !known[name] && len(known) < 1000 { // anyone can send from many addresses
			known[name] = true
			in.show.connected(name)
		}
		in.whole(from.String(), buf[:n])
	}
}

// posts takes one frame in each POST.
func (in *intake) posts(ctx context.Context, socket net.Listener) error {
	server := &http.Server{ReadHeaderTimeout: handshakeTime, ReadTimeout: time.Minute, MaxHeaderBytes: 64 << 10, ErrorLog: log.New(io.Discard, "", 0),
		ConnState: func(c net.Conn, s http.ConnState) {
			if s == http.StateNew {
				in.show.connected(c.RemoteAddr().String())
			}
		},
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodPost {
				http.Error(w, "send frames with POST", http.StatusMethodNotAllowed)
				return
			}
			body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, largestBody))
			if err != nil {
				in.show.trouble(r.RemoteAddr, err)
				http.Error(w, "the body is too large, or was cut", http.StatusRequestEntityTooLarge)
				return
			}
			in.whole(r.RemoteAddr, body)
		})}
	stopped := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(stopped)
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(limit) != nil {
			_ = server.Close()
		}
	})
	err := server.Serve(socket)
	if stop() {
		return err
	}
	<-stopped
	return nil
}
