package icws

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/cicwfm/cicwfm/wfm"
)

const messagesResource = "messaging/messages"

// touch notes that the server said something, or that we begin to listen.
func (m *monitor) touch() { m.raw.Store(time.Now().UnixNano()) }

// receive reads messages until ctx ends or the link is lost; its error is never nil.
func (m *monitor) receive(ctx context.Context) error {
	if m.sse.Load() {
		err := m.stream(ctx)
		if !errors.Is(err, errNoStream) {
			return err
		}
		m.sse.Store(false)
		m.c.opt.Logger.Debug("ICWS does not stream; polling", "host", m.s.at.name)
	}
	return m.poll(ctx)
}

var errNoStream = errors.New("the server does not stream")

// stream reads server-sent events. Each is one message, applied as soon as its blank line has come.
func (m *monitor) stream(ctx context.Context) error {
	q := &request{method: http.MethodGet, resource: messagesResource, accept: "text/event-stream"}
	r, err := m.s.build(ctx, q)
	if err != nil {
		return err
	}
	r.Header.Set("Cache-Control", "no-cache")
	m.touch()
	m.waits.Store(true)
	reply, err := m.s.http.Do(r)
	defer m.waits.Store(false)
	if err != nil {
		return networkError(ctx, m.s.at.name, q.label(), m.c.opt.SilenceTimeout, err, m.s.scrub)
	}
	defer reply.Body.Close()
	m.touch()
	if reply.StatusCode/100 != 2 {
		switch reply.StatusCode {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusBadRequest:
			return errNoStream
		}
		return m.s.refused(q, reply).classify()
	}
	if media, _, _ := mime.ParseMediaType(reply.Header.Get("Content-Type")); media != "text/event-stream" {
		// An older server, or a proxy, that answers as if polled. What it said is lost to nobody else.
		if strings.Contains(strings.ToLower(media), "json") {
			body, err := io.ReadAll(io.LimitReader(reply.Body, maxReply+1))
			m.waits.Store(false)
			switch {
			case err != nil:
				return networkError(ctx, m.s.at.name, q.label(), m.c.opt.SilenceTimeout, err, m.s.scrub)
			case len(body) > maxReply:
				return badData(m.s.at.name, q.label(), errors.New("a reply longer than is permitted"))
			}
			if err := m.pollBody(ctx, q, bytes.NewReader(body)); err != nil {
				return err
			}
			return errNoStream
		}
		return badData(m.s.at.name, q.label(), errors.New("something else than an event stream: "+wfm.Quote(m.s.scrub(media))))
	}
	events := &eventReader{r: reply.Body, limit: maxReply,
		before:  func() { m.touch(); m.waits.Store(true) },
		after:   func() { m.touch(); m.waits.Store(false) },
		comment: func() { m.pings.Store(true) }}
	for {
		data, err := events.next()
		switch {
		case errors.Is(err, errTooLong):
			return badData(m.s.at.name, q.label(), errors.New("an event longer than is permitted"))
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return &wfm.Error{Op: "ICWS " + q.label(), Kind: wfm.Unavailable, Retry: true, Err: errors.New(m.s.at.name + " ended the event stream")}
		case err != nil:
			return networkError(ctx, m.s.at.name, q.label(), m.c.opt.SilenceTimeout, err, m.s.scrub)
		}
		if err := m.apply(data); err != nil {
			return err
		}
	}
}

// poll asks for messages in intervals, one request after the other. Reading takes messages from the
// server, so a reply that did not arrive whole is lost, and the session with it.
func (m *monitor) poll(ctx context.Context) error {
	q := &request{method: http.MethodGet, resource: messagesResource}
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-wait.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		a, err := m.s.do(ctx, q)
		if err != nil {
			return err
		}
		if len(bytes.TrimSpace(a.body)) > 0 {
			if err := m.pollBody(ctx, q, bytes.NewReader(a.body)); err != nil {
				return err
			}
		}
		wait.Reset(m.c.opt.PollEvery)
	}
}

// pollBody applies the messages of a reply: a JSON array.
func (m *monitor) pollBody(ctx context.Context, q *request, body io.Reader) error {
	d := json.NewDecoder(io.LimitReader(body, maxReply))
	failed := func(err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			err = errors.New("JSON that is cut")
		}
		var syntax *json.SyntaxError
		if !errors.As(err, &syntax) && !strings.HasPrefix(err.Error(), "JSON ") {
			err = errors.New("something else than a list of messages")
		}
		return badData(m.s.at.name, q.label(), err)
	}
	if t, err := d.Token(); err != nil {
		return failed(err)
	} else if t != json.Delim('[') {
		return failed(errors.New("no list"))
	}
	for d.More() {
		var one json.RawMessage
		if err := d.Decode(&one); err != nil {
			return failed(err)
		}
		if err := m.apply(one); err != nil {
			return err
		}
	}
	if _, err := d.Token(); err != nil {
		return failed(err)
	}
	return nil
}
