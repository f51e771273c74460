package wfm

import "iter"

// Frames is a run of messages of a real-time feed in one buffer: what a vendor's session appends to
// and a link sends. A stream transport writes Bytes at once; UDP sends each frame by itself. It is
// reused, so that a change costs no allocation; it is not safe for concurrent use.
type Frames struct {
	// Bytes holds the frames one after another, terminators and length prefixes included.
	Bytes []byte
	// Ends holds where each frame ends in Bytes, in order.
	Ends []int
}

// End ends the frame that was appended to Bytes since the last End. An empty frame is none.
func (f *Frames) End() {
	if len(f.Bytes) > f.start() {
		f.Ends = append(f.Ends, len(f.Bytes))
	}
}

// Drop removes what was appended to Bytes since the last End.
func (f *Frames) Drop() { f.Bytes = f.Bytes[:f.start()] }

func (f *Frames) start() int {
	if n := len(f.Ends); n > 0 {
		return f.Ends[n-1]
	}
	return 0
}

// Len returns the number of frames.
func (f *Frames) Len() int { return len(f.Ends) }

// Reset empties the run and keeps its memory.
func (f *Frames) Reset() { f.Bytes, f.Ends = f.Bytes[:0], f.Ends[:0] }

// All returns the frames in order. They share the buffer.
func (f *Frames) All() iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		from := 0
		for _, end := range f.Ends {
			if !yield(f.Bytes[from:end:end]) {
				return
			}
			from = end
		}
	}
}
