package icws

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

func readEvents(r io.Reader, limit int) (events []string, comments int, err error) {
	e := &eventReader{r: r, limit: limit, before: func() {}, after: func() {}, comment: func() { comments++ }}
	for {
		data, err := e.next()
		if err != nil {
			return events, comments, err
		}
		events = append(events, string(data))
	}
}

func TestEvents(t *testing.T) {
	const in = "\uFEFF:ping\r\n\r\ndata: one\n\ndata:two\ndata: three\nid: 7\nretry: 5\n\nevent: other\ndata: no\n\nevent: message\rdata: four\r\rdata\n\nnonsense\n\ndata: cut"
	for _, r := range []io.Reader{strings.NewReader(in), iotest.OneByteReader(strings.NewReader(in)), iotest.HalfReader(strings.NewReader(in)), iotest.DataErrReader(strings.NewReader(in))} {
		events, comments, err := readEvents(r, 1000)
		require.Equal(t, io.EOF, err)
		require.Equal(t, []string{"one", "two\nthree", "four", ""}, events)
		require.Equal(t, 1, comments)
	}
}

// An event is given out as soon as its blank line is there, though the server says nothing more.
func TestEventsAreNotHeldBack(t *testing.T) {
	r, w := io.Pipe()
	defer r.Close()
	go func() { _, _ = io.WriteString(w, "data: x\r\n\r\n") }()
	e := &eventReader{r: r, limit: 100, before: func() {}, after: func() {}, comment: func() {}}
	data, err := e.next()
	require.NoError(t, err)
	require.Equal(t, "x", string(data))
	go func() { _, _ = io.WriteString(w, "data: y\r\n\r\n") }()
	data, err = e.next()
	require.NoError(t, err)
	require.Equal(t, "y", string(data))
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestEventsAreBounded(t *testing.T) {
	_, _, err := readEvents(zeros{}, 100_000)
	require.Equal(t, errTooLong, err)
	_, _, err = readEvents(strings.NewReader(strings.Repeat("data: 0123456789\n", 100_000)), 100_000)
	require.Equal(t, errTooLong, err)
	long := strings.Repeat("x", 300_000)
	events, _, err := readEvents(strings.NewReader("data: "+long+"\n\ndata: y\n\n"), 400_000)
	require.Equal(t, io.EOF, err)
	require.Equal(t, []string{long, "y"}, events)
	_, _, err = readEvents(iotest.ErrReader(errors.New("broken")), 10)
	require.ErrorContains(t, err, "broken")
}
