package main

import (
	"net"
	"sync"
)

// maxClients is how many connections the page has at a time. More wait in the system's queue: a program that opens thousands must not use
// up the file handles that deliveries need.
const maxClients = 100

// limited accepts no more connections at a time than a number.
func limited(l net.Listener, most int) net.Listener {
	return &limitedListener{Listener: l, free: make(chan struct{}, most), done: make(chan struct{})}
}

type limitedListener struct {
	net.Listener
	free chan struct{} // holds one for each open connection
	done chan struct{}
	once sync.Once
}

func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case l.free <- struct{}{}:
	case <-l.done:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		<-l.free
		return nil, err
	}
	return &limitedConn{Conn: c, left: func() { <-l.free }}, nil
}

func (l *limitedListener) Close() error {
	l.once.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// limitedConn makes room when it is closed.
type limitedConn struct {
	net.Conn
	once sync.Once
	left func()
}

func (c *limitedConn) Close() error {
	c.once.Do(c.left)
	return c.Conn.Close()
}
