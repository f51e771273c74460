package smbdrop

import (
	"encoding/binary"
	"net"
	"sync"
)

// listener is a connection that overhears the log-in: the library does not tell whether the server took the user for a
// guest, whose requests are not signed, and whether it asks for encryption.
type listener struct {
	net.Conn

	mu      sync.Mutex
	done    bool
	pending []byte // of the message that is being received
	heard   heard
}

// heard is what the server said about the session.
type heard struct {
	guest, encrypted bool
	refused          uint32 // with which code the log-in was refused; 0 where it was not
}

// stop ends the listening and returns what was heard.
func (l *listener) stop() heard {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.done, l.pending = true, nil
	return l.heard
}

func (l *listener) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.done {
		l.take(b[:n])
	}
	return n, err
}

// mostHeard bounds what is kept: answers to a log-in are short.
const mostHeard = 256 << 10

// take collects messages: four bytes of length, big-endian, and the message (MS-SMB2 2.1).
func (l *listener) take(b []byte) {
	l.pending = append(l.pending, b...)
	for len(l.pending) >= 4 {
		size := int(binary.BigEndian.Uint32(l.pending) & 0xffffff)
		if size > mostHeard {
			l.done, l.pending = true, nil // no answer to a log-in; the library decides what it is
			return
		}
		if len(l.pending) < 4+size {
			return
		}
		l.heard.listen(l.pending[4 : 4+size])
		l.pending = l.pending[4+size:]
	}
}

// listen reads one message. Layout of the header: MS-SMB2 2.2.1.2, of the answers 2.2.6 and 2.2.10.
func (h *heard) listen(message []byte) {
	const (
		header           = 64
		success          = 0
		moreToCome       = 0xC0000016 // STATUS_MORE_PROCESSING_REQUIRED
		sessionSetup     = 1
		treeConnect      = 3
		guestOrAnonymous = 0x0001 | 0x0002
		encryptSession   = 0x0004
		encryptShare     = 0x00008000
	)
	if len(message) < header+8 || string(message[:4]) != "\xfeSMB" { // encrypted messages begin otherwise
		return
	}
	body, command := message[header:], binary.LittleEndian.Uint16(message[12:])
	if status := binary.LittleEndian.Uint32(message[8:]); status != success {
		if command == sessionSetup && status != moreToCome {
			h.refused = status
		}
		return
	}
	switch command {
	case sessionSetup:
		flags := binary.LittleEndian.Uint16(body[2:])
		h.guest = h.guest || flags&guestOrAnonymous != 0
		h.encrypted = h.encrypted || flags&encryptSession != 0
	case treeConnect:
		h.encrypted = h.encrypted || binary.LittleEndian.Uint32(body[4:])&encryptShare != 0
	}
}
