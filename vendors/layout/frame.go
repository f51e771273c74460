package layout

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// beginUnit appends the room for a length prefix. A unit is what the framing is about: a record, a head or foot
// line, or a document.
func (w *wire) beginUnit(dst []byte) []byte {
	for range w.frame.lengthBytes {
		dst = append(dst, 0)
	}
	return dst
}

// endUnit encodes the UTF-8 text of the unit that starts at start, and frames it. On an error the unit is removed.
func (w *wire) endUnit(dst []byte, start int, s *scratch) ([]byte, error) {
	text := start + w.frame.lengthBytes
	dst, err := w.codec.charset.encode(dst, text, s)
	if err != nil {
		return dst[:start], err
	}
	if w.frame.framing == framingTerminator {
		dst = append(dst, w.terminator...)
	}
	if len(dst)-start > w.frame.max {
		return dst[:start], fmt.Errorf("makes a frame of %d bytes, more than %d", len(dst)-start, w.frame.max)
	}
	if w.frame.framing != framingLength {
		return dst, nil
	}
	length := len(dst) - text
	if w.frame.countsAll {
		length += w.frame.lengthBytes
	}
	switch {
	case w.frame.lengthBytes == 2 && length > math.MaxUint16:
		return dst[:start], errors.New("is longer than its length can say")
	case w.frame.lengthBytes == 2 && w.frame.big:
		binary.BigEndian.PutUint16(dst[start:], uint16(length))
	case w.frame.lengthBytes == 2:
		binary.LittleEndian.PutUint16(dst[start:], uint16(length))
	case w.frame.big:
		binary.BigEndian.PutUint32(dst[start:], uint32(length))
	default:
		binary.LittleEndian.PutUint32(dst[start:], uint32(length))
	}
	return dst, nil
}

// payloadLength reads a length prefix; it may be anything.
func (w *wire) payloadLength(b []byte) int64 {
	var n int64
	switch {
	case w.frame.lengthBytes == 2 && w.frame.big:
		n = int64(binary.BigEndian.Uint16(b))
	case w.frame.lengthBytes == 2:
		n = int64(binary.LittleEndian.Uint16(b))
	case w.frame.big:
		n = int64(binary.BigEndian.Uint32(b))
	default:
		n = int64(binary.LittleEndian.Uint32(b))
	}
	if w.frame.countsAll {
		n -= int64(w.frame.lengthBytes)
	}
	return n
}

// lineSize is how long a head or foot is in the frame; 0 where there is none.
func (w *wire) lineSize(t *template, r *row) int {
	if t == nil {
		return 0
	}
	b := t.append(w.beginUnit(nil), r)
	b, err := w.codec.charset.encode(b, w.frame.lengthBytes, new(scratch))
	if err != nil {
		return 0 // told when it is written
	}
	return len(b) + len(w.terminator)
}
