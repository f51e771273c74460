package vendortest

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
)

// read reads frames in parts with the encoder's own reader; ok is false where it has none.
func read(enc vendors.RTAEncoder, b []byte, part int) (list []vendors.Decoded, ok bool, err error) {
	dec, ok := vendors.Find[vendors.RTADecoder](enc)
	if !ok {
		return nil, false, nil
	}
	r := dec.NewFrameReader()
	for len(b) > 0 {
		n := min(max(part, 1), len(b))
		if err := r.Read(b[:n], func(d vendors.Decoded) { list = append(list, d) }); err != nil {
			return nil, true, fmt.Errorf("the reader gives the connection up: %w", err)
		}
		b = b[n:]
	}
	for _, d := range list {
		if d.Err != nil {
			return nil, true, fmt.Errorf("the reader does not understand %s: %w", wfm.Quote(d.Raw), d.Err)
		}
	}
	if n := r.Pending(); n != 0 {
		return nil, true, fmt.Errorf("%d bytes wait for the end of a frame after all were read", n)
	}
	return list, true, nil
}

// appended writes each step behind frames that stand there, and compares it with what is written into empty ones.
func (k *kit) appended(_ context.Context, enc vendors.RTAEncoder) error {
	const earlier = "an earlier frame that is not the session's"
	all := sampleStates(3)
	alone, behind := enc.NewSession(), enc.NewSession()
	for _, step := range lifeOf(all) {
		want, err := write(func(f *wfm.Frames) error { return step.call(alone, f) })
		if err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
		f := wfm.Frames{Bytes: []byte(earlier)}
		f.End()
		_, other := vendors.SkippedIn(step.call(behind, &f))
		if other != nil {
			return fmt.Errorf("%s: %w", step.name, other)
		}
		if len(f.Bytes) < len(earlier) || string(f.Bytes[:len(earlier)]) != earlier || len(f.Ends) == 0 || f.Ends[0] != len(earlier) {
			return fmt.Errorf("%s: the frame that stood before is not there any more", step.name)
		}
		got := wfm.Frames{Bytes: f.Bytes[len(earlier):]}
		for _, end := range f.Ends[1:] {
			got.Ends = append(got.Ends, end-len(earlier))
		}
		if err := errors.Join(wholeFrames(&f, len(earlier)), sameFrames(want.Frames, got)); err != nil {
			return fmt.Errorf("%s, behind an earlier frame: %w", step.name, err)
		}
	}
	return nil
}

func (k *kit) delimited(_ context.Context, enc vendors.RTAEncoder) error {
	f, _, err := k.life(enc.NewSession(), sampleStates(5))
	if err != nil {
		return err
	}
	if f.Len() == 0 {
		return errors.New("no frame at all; give RTASettings a status map")
	}
	whole, ok, err := read(enc, f.Bytes, len(f.Bytes))
	if err != nil {
		return err
	}
	if !ok {
		return delimits(f)
	}
	for _, part := range []int{1, 2, 7, 1000} {
		list, _, err := read(enc, f.Bytes, part)
		if err != nil {
			return fmt.Errorf("read in parts of %d bytes: %w", part, err)
		}
		if !reflect.DeepEqual(whole, list) {
			return fmt.Errorf("read in parts of %d bytes there are other records than at once", part)
		}
	}
	dec, _ := vendors.Find[vendors.RTADecoder](enc)
	r := dec.NewFrameReader()
	var list []vendors.Decoded
	n := 0
	for frame := range f.All() {
		n++
		before := len(list)
		if err := r.Read(bytes.Clone(frame), func(d vendors.Decoded) { list = append(list, d) }); err != nil {
			return err
		}
		if r.Pending() != 0 || len(list) == before {
			return fmt.Errorf("frame %d is only understood with what comes behind it", n)
		}
	}
	if !reflect.DeepEqual(whole, list) {
		return errors.New("read frame by frame there are other records than at once")
	}
	return nil
}

// delimits tells whether frames of an adapter without a reader can be told apart: by what ends each and stands nowhere
// else, by their length before them, by one length of all, or because each is a JSON document.
func delimits(f wfm.Frames) error {
	ends := func(most int) bool {
		var terminator []byte
		for frame := range f.All() {
			if terminator == nil && len(frame) >= most {
				terminator = frame[len(frame)-most:]
			}
			if terminator == nil || bytes.Count(frame, terminator) != 1 || !bytes.HasSuffix(frame, terminator) {
				return false
			}
		}
		return true
	}
	every := func(fits func(frame []byte) bool) bool {
		for frame := range f.All() {
			if !fits(frame) {
				return false
			}
		}
		return true
	}
	prefixed := func(bytes int, order binary.ByteOrder) bool {
		for _, extra := range []int{0, bytes} { // whether the length counts itself
			if every(func(frame []byte) bool {
				if len(frame) < bytes {
					return false
				}
				n := int(order.Uint16(frame))
				if bytes == 4 {
					n = int(order.Uint32(frame))
				}
				return n == len(frame)-bytes+extra
			}) {
				return true
			}
		}
		return false
	}
	length := f.Ends[0]
	switch {
	case ends(1), ends(2), ends(4),
		every(json.Valid),
		f.Len() > 1 && every(func(frame []byte) bool { return len(frame) == length }),
		prefixed(2, binary.BigEndian), prefixed(2, binary.LittleEndian), prefixed(4, binary.BigEndian), prefixed(4, binary.LittleEndian):
		return nil
	}
	return errors.New("frames cannot be told apart: they have no common end that stands nowhere else, no length before them and are no JSON; " +
		"where a receiver can tell them, implement vendors.RTADecoder")
}
