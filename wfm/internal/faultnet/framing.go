package faultnet

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
)

// Framing divides what passes into units.
type Framing uint8

const (
	// Chunks are what arrives at once, at most 16 kB.
	Chunks Framing = iota
	// FTP is for control connections: lines, and TLS records once TLS has begun.
	FTP
	// Records are those of TLS.
	Records
	// Messages have four bytes of length before them, big-endian, of which the first is not part of it: SMB over TCP
	// (MS-SMB2 2.1).
	Messages
)

const (
	mostChunk = 16 << 10
	// mostUnit holds the longest record of TLS, line of FTP, and message of SMB; longer ones pass in parts.
	mostUnit = 1 << 20
)

// splitter reads units from a connection.
type splitter struct {
	r       *bufio.Reader
	framing Framing
	buffer  []byte
	rest    int // of a unit that is longer than mostUnit
}

func newSplitter(c net.Conn, f Framing) *splitter {
	return &splitter{r: bufio.NewReaderSize(c, mostChunk), framing: f, buffer: make([]byte, 0, mostChunk)}
}

// next returns the next unit, or what there is of it before the connection ended. It is good until the next call.
func (s *splitter) next() ([]byte, error) {
	s.buffer = s.buffer[:0]
	switch {
	case s.rest > 0:
		size := min(s.rest, mostUnit)
		s.rest -= size
		return s.read(size)
	case s.framing == Messages:
		return s.headed(4, func(h []byte) int { return int(binary.BigEndian.Uint32(h) & 0xffffff) })
	case s.framing == Records, s.framing == FTP && s.inTLS():
		return s.headed(5, func(h []byte) int { return int(binary.BigEndian.Uint16(h[3:])) })
	case s.framing == FTP:
		return s.line()
	}
	if _, err := s.r.Peek(1); err != nil {
		return nil, err
	}
	return s.read(s.r.Buffered())
}

// inTLS looks whether a record of TLS follows: their types are 20 to 23, which begin no line.
func (s *splitter) inTLS() bool {
	first, err := s.r.Peek(1)
	return err == nil && first[0] >= 20 && first[0] <= 23
}

func (s *splitter) line() ([]byte, error) {
	for len(s.buffer) < mostUnit {
		part, err := s.r.ReadSlice('\n')
		s.buffer = append(s.buffer, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return s.buffer, err
		}
	}
	return s.buffer, nil
}

// headed reads a header and as much as it says.
func (s *splitter) headed(size int, length func(header []byte) int) ([]byte, error) {
	header, err := s.read(size)
	if err != nil {
		return header, err
	}
	n := length(header)
	s.rest = max(n-mostUnit, 0)
	return s.read(n - s.rest)
}

// read adds so many bytes to the unit.
func (s *splitter) read(n int) ([]byte, error) {
	old := len(s.buffer)
	s.buffer = append(s.buffer, make([]byte, n)...)
	got, err := io.ReadFull(s.r, s.buffer[old:])
	s.buffer = s.buffer[:old+got]
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return s.buffer, err
}
