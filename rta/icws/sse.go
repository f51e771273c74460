package icws

import (
	"bytes"
	"errors"
	"io"
)

var errTooLong = errors.New("longer than is permitted")

// eventReader reads server-sent events. Memory is bounded by limit per event, whatever the server sends.
type eventReader struct {
	r       io.Reader
	limit   int
	before  func() // called before each read, since it may wait
	after   func() // called when bytes came
	comment func() // called at each comment: the server's keep-alive

	buf        []byte // bytes of r not yet consumed are buf[from:to]
	from, to   int
	searched   int // buf[from:searched] holds no line end
	skipLF     bool
	started    bool
	data       []byte
	hasData    bool
	otherEvent bool
}

const eventBuffer = 64 << 10

// next returns the data of the next event of the default type. It is valid until the next call.
func (e *eventReader) next() ([]byte, error) {
	if cap(e.data) > 1<<20 { // a full update; usual events are small
		e.data = nil
	}
	e.data, e.hasData, e.otherEvent = e.data[:0], false, false
	for {
		line, err := e.line()
		if err != nil {
			return nil, err
		}
		if len(line) == 0 {
			if e.hasData && !e.otherEvent {
				return e.data, nil
			}
			e.data, e.hasData, e.otherEvent = e.data[:0], false, false
			continue
		}
		if line[0] == ':' {
			e.comment()
			continue
		}
		name, value, _ := bytes.Cut(line, []byte{':'})
		value = bytes.TrimPrefix(value, []byte{' '})
		switch string(name) {
		case "data":
			if len(e.data)+len(value)+1 > e.limit {
				return nil, errTooLong
			}
			if e.hasData {
				e.data = append(e.data, '\n')
			}
			e.data, e.hasData = append(e.data, value...), true
		case "event":
			e.otherEvent = len(value) > 0 && string(value) != "message"
		}
	}
}

// line returns the next line without its end: LF, CR or CR LF.
func (e *eventReader) line() ([]byte, error) {
	for {
		if e.skipLF && e.from < e.to {
			if e.buf[e.from] == '\n' {
				e.from++
			}
			e.skipLF, e.searched = false, e.from
		}
		e.searched = max(e.searched, e.from)
		rest := e.buf[e.searched:e.to]
		end := bytes.IndexByte(rest, '\n')
		if end >= 0 {
			rest = rest[:end]
		}
		if cr := bytes.IndexByte(rest, '\r'); cr >= 0 {
			end = cr
		}
		if end >= 0 {
			line := e.buf[e.from : e.searched+end]
			e.skipLF = e.buf[e.searched+end] == '\r'
			e.from = e.searched + end + 1
			e.searched = e.from
			if !e.started {
				e.started = true
				line = bytes.TrimPrefix(line, []byte("\uFEFF"))
			}
			return line, nil
		}
		e.searched = e.to
		if err := e.fill(); err != nil {
			return nil, err
		}
	}
}

// fill reads more bytes behind those that are there.
func (e *eventReader) fill() error {
	if e.from > 0 {
		copy(e.buf, e.buf[e.from:e.to])
		e.to, e.searched, e.from = e.to-e.from, e.searched-e.from, 0
	}
	switch {
	case e.buf == nil:
		e.buf = make([]byte, eventBuffer)
	case len(e.buf) > 1<<20 && e.to == 0:
		e.buf = make([]byte, eventBuffer)
	case e.to == len(e.buf):
		if len(e.buf) > e.limit+eventBuffer {
			return errTooLong
		}
		e.buf = append(e.buf, make([]byte, len(e.buf))...)
	}
	for range 100 {
		e.before()
		n, err := e.r.Read(e.buf[e.to:])
		if n > 0 {
			e.to += n
			e.after()
			return nil
		}
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}
