package icws

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"
)

// The types of fields that tell null, absent and present apart and cost no allocation for texts of the usual length.

var errWrongType = errors.New("a value has another type than documented")

// text is a JSON string, copied because the decoder's bytes may not be kept.
type text struct {
	long  []byte
	n     uint8
	set   bool // present; null is present and empty
	short [46]byte
}

func (t *text) bytes() []byte {
	if t.long != nil {
		return t.long
	}
	return t.short[:t.n]
}

func (t *text) String() string { return string(t.bytes()) }

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = text{set: true}
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	if len(b) < 2 || b[0] != '"' {
		return errWrongType
	}
	in := b[1 : len(b)-1]
	if bytes.IndexByte(in, '\\') >= 0 || !utf8.Valid(in) {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		in = []byte(s)
	}
	if len(in) <= len(t.short) {
		t.n = uint8(copy(t.short[:], in))
	} else {
		t.long = bytes.Clone(in)
	}
	return nil
}

// truth is a JSON boolean.
type truth struct{ set, on bool }

// UnmarshalJSON implements json.Unmarshaler.
func (f *truth) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case "true":
		*f = truth{set: true, on: true}
	case "false":
		*f = truth{set: true}
	case "null":
		*f = truth{}
	default:
		return errWrongType
	}
	return nil
}

// moment is a DateTime. One that cannot be read counts as not told, rather than ending the session.
type moment struct {
	t          time.Time
	set, zoned bool
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(b []byte) error {
	*m = moment{}
	if len(b) > 2 && b[0] == '"' {
		m.t, m.zoned, m.set = parseTime(b[1 : len(b)-1])
		m.set = m.set && !m.t.IsZero()
	}
	return nil
}

// firstOf is the first of a list of strings.
type firstOf struct {
	set   bool
	first text
}

// UnmarshalJSON implements json.Unmarshaler.
func (f *firstOf) UnmarshalJSON(b []byte) error {
	*f = firstOf{set: true}
	if len(b) == 2 || b[0] == 'n' { // [] or null
		return nil
	}
	var list []text
	if err := json.Unmarshal(b, &list); err != nil {
		return errWrongType
	}
	if len(list) > 0 {
		f.first = list[0]
	}
	return nil
}
