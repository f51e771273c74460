package faultnet

import (
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// link is one connection of a client, and ours to the server.
type link struct {
	proxy *Proxy
	done  chan struct{} // closed with the link

	// Under the proxy's lock:
	client, server *net.TCPConn // server is nil until it is connected
	fault          Fault
	closed         bool
}

// connected adds the server's side; false where the link was closed meanwhile.
func (l *link) connected(server *net.TCPConn) bool {
	l.proxy.mu.Lock()
	defer l.proxy.mu.Unlock()
	if l.closed {
		return false
	}
	l.server = server
	return true
}

// close ends both sides, under the proxy's lock, or before anybody else knows the link.
func (l *link) close(reset bool) {
	if l.closed {
		return
	}
	l.closed = true
	close(l.done)
	for _, c := range []*net.TCPConn{l.client, l.server} {
		if c == nil {
			continue
		}
		if reset {
			_ = c.SetLinger(0)
		} else {
			// An orderly end: a close with something unread would be a reset.
			_ = c.CloseWrite()
		}
		_ = c.Close()
	}
}

// verdict is what becomes of what passes, under the proxy's lock.
func (l *link) verdict(toServer bool) verdict {
	switch {
	case l.closed, l.fault == Stall:
		return hold
	case l.fault == Deaf && toServer, l.fault == Mute && !toServer:
		return swallow
	}
	return pass
}

// forward copies both ways until both ended, or the link is closed.
func (l *link) forward(framing Framing) {
	var both sync.WaitGroup
	both.Go(func() { l.pump(l.client, l.server, framing, true) })
	both.Go(func() { l.pump(l.server, l.client, framing, false) })
	both.Wait()
}

// pump copies one way.
func (l *link) pump(from, to *net.TCPConn, framing Framing, toServer bool) {
	units := newSplitter(from, framing)
	for {
		unit, err := units.next()
		if len(unit) > 0 && !l.carry(unit, to, framing, toServer) {
			return
		}
		if err == nil {
			continue
		}
		l.end(to, errors.Is(err, io.EOF), toServer)
		return
	}
}

// end passes an end on as the rest would pass: an orderly one as such, everything else as a reset.
func (l *link) end(to *net.TCPConn, orderly, toServer bool) {
	l.proxy.mu.Lock()
	fate := l.verdict(toServer)
	if fate == pass && orderly {
		_ = to.CloseWrite()
	} else if fate == pass {
		_ = to.SetLinger(0)
		_ = to.Close()
	}
	l.proxy.mu.Unlock()
	if fate != pass {
		<-l.done
	}
}

// carry forwards one unit; false where nothing follows.
func (l *link) carry(unit []byte, to *net.TCPConn, framing Framing, toServer bool) bool {
	fate, rate := l.proxy.step(l, toServer)
	switch fate {
	case swallow:
		return true
	case hold:
		<-l.done
		return false
	}
	if framing == FTP && !toServer {
		unit = l.proxy.redirect(unit)
	}
	if rate > 0 {
		defer l.wait(time.Duration(len(unit)) * time.Second / time.Duration(rate))
	}
	_, err := to.Write(unit)
	if err == nil {
		return true
	}
	l.proxy.mu.Lock()
	stuck := l.verdict(!toServer) != pass
	if !stuck {
		l.close(true)
	}
	l.proxy.mu.Unlock()
	if stuck { // who sends does not learn that the other is gone
		<-l.done
	}
	return false
}

// wait lets time pass, unless the link or the slowness ends.
func (l *link) wait(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.done:
	case <-l.proxy.relented:
	}
}
