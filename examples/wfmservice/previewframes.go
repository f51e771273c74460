package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/delivery"
	"github.com/cicwfm/cicwfm/wfm/integration"
)

// watched is the one receiver of a real-time feed that is shown.
type watched struct {
	mu     sync.Mutex
	out    io.Writer
	reader vendors.FrameReader // nil where the product has none
	frames int
	first  chan struct{} // closed with the first frames
}

// Serve is one connection that lasts until the end.
func (w *watched) Serve(ctx context.Context, h delivery.LinkHandler) error {
	err := h.Handle(ctx, w)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

func (w *watched) Where() string { return "preview" }

// Send prints frames instead of sending them.
func (w *watched) Send(_ context.Context, f *wfm.Frames) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.Len() == 0 {
		return nil
	}
	if w.frames == 0 {
		close(w.first)
	}
	w.frames += f.Len()
	if w.reader == nil {
		for frame := range f.All() {
			printLines(w.out, frame, 20)
		}
		return nil
	}
	return w.reader.Read(f.Bytes, func(d vendors.Decoded) { fmt.Fprintln(w.out, decoded(d)) })
}

// decoded is a record as a receiver reads it.
func decoded(d vendors.Decoded) string {
	if d.Err != nil {
		return fmt.Sprintf("not understood: %s: %s", wfm.OneLine(d.Err.Error()), wfm.Quote(d.Raw))
	}
	var b strings.Builder
	for _, part := range []struct{ name, text string }{{"", d.Record}, {"event", d.Event}, {"agent", d.Agent}, {"extension", d.Extension},
		{"workgroup", d.Workgroup}, {"code", d.Code}, {"reason", d.Reason}} {
		switch {
		case part.text == "":
		case part.name == "":
			fmt.Fprintf(&b, "%-10s", plain(part.text))
		default:
			fmt.Fprintf(&b, " %s=%s", part.name, plain(part.text))
		}
	}
	if !d.Time.IsZero() {
		b.WriteString(" time=" + d.Time.UTC().Format(time.RFC3339))
	}
	if d.Agent == "" && d.Event == "" { // a line around the records says nothing else
		for _, f := range d.Fields {
			fmt.Fprintf(&b, " %s=%s", plain(f.Name), plain(f.Value))
		}
	}
	return b.String()
}

// frames shows what a receiver would get: from the connection to some seconds after the first frames.
func (p *previewer) frames(ctx context.Context, f integration.RealTimeFeed) error {
	fmt.Fprintf(p.app.out, "=== feed %s, the next %s\n", f.Name, p.length)
	w := &watched{out: p.app.out, first: make(chan struct{})}
	if d, ok := vendors.Find[vendors.RTADecoder](f.Encoder); ok {
		w.reader = d.NewFrameReader()
	}
	f.Links = w
	s, err := integration.New(integration.Options{RealTime: []integration.RealTimeFeed{f}, Licence: p.t.Options.Licence,
		RealTimeServers: slices.DeleteFunc(slices.Clone(p.t.Options.RealTimeServers), func(s integration.RealTimeServer) bool {
			return f.Servers != nil && !slices.Contains(f.Servers, s.Name)
		})})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	const patience = 15 * time.Second // after ten a receiver would be told that no server is there
	var ran error
	select {
	case <-w.first:
		select {
		case <-time.After(p.length):
		case <-ctx.Done():
		}
	case <-time.After(patience):
	case ran = <-done:
		done <- nil
	case <-ctx.Done():
	}
	status := s.Status()
	cancel()
	if err := errors.Join(ran, <-done); err != nil {
		return err
	}
	if w.frames > 0 {
		return nil
	}
	reason := "no agent was told in time"
	for _, one := range status.RealTime {
		if one.LastError != "" {
			reason = one.LastError
		}
	}
	for _, server := range status.Servers {
		if server.Reason != "" {
			reason += "; " + server.Server + ": " + server.Reason
		}
	}
	return &wfm.Error{Op: "preview", Kind: wfm.Unavailable, Feed: f.Name, Err: errors.New(reason), Remedy: "see wfmservice check"}
}

// lineEnds tells how lines end.
func lineEnds(b []byte) string {
	switch {
	case bytes.Contains(b, []byte("\r\n")):
		return "lines end in CRLF"
	case bytes.IndexByte(b, '\n') >= 0:
		return "lines end in LF"
	}
	return "no line ends"
}

// printLines prints the first lines of a text, and anything else quoted.
func printLines(out io.Writer, b []byte, most int) {
	n := bytes.Count(b, []byte("\n"))
	shown := 0
	for line := range bytes.Lines(b) {
		if shown++; shown > most {
			fmt.Fprintf(out, "… and %d lines more\n", n-most)
			return
		}
		fmt.Fprintln(out, plain(strings.TrimRight(string(line), "\r\n")))
	}
}

// plain is a text that cannot steer a terminal: quoted where it could.
func plain(text string) string {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(c rune) bool { return unicode.IsControl(c) && c != '\t' || unicode.Is(unicode.Cf, c) }) {
		return wfm.Quote(text)
	}
	return text
}
