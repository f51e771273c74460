package icwsserver

import (
	"io"
	"net/http"
	"strings"
	"time"
)

// getMessages is a poll, or an event stream where the client accepts one and the server can. Both read the
// same queue, and what they read is gone from it.
func getMessages(q *request) (reply, *fault) {
	p, sess := q.server.pair, q.session
	r, replaced, alive := sess.read()
	if !alive {
		return reply{}, unauthorized(idAuthentication, codeDeadSession, "The session is no longer valid.")
	}
	defer sess.stopReading(r)
	if replaced {
		p.count.overlaps.Add(1)
	}
	if p.opt.Features["messaging"] >= 2 && strings.Contains(q.Header.Get("Accept"), "text/event-stream") {
		p.count.streams.Add(1)
		q.stream(r)
	} else {
		p.count.polls.Add(1)
		q.poll(r)
	}
	return reply{written: true}, nil
}

func (q *request) poll(r *reader) {
	sess := q.session
	select {
	case <-r.gone:
		if r.dropped {
			panic(http.ErrAbortHandler)
		}
	default:
	}
	list, last := sess.take(r, nil)
	q.server.pair.count.messages.Add(int64(len(list)))
	body := []byte{'['}
	cut := false
	for i, m := range list {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, m.json...)
		cut = cut || m.cut
	}
	body = append(body, ']')
	if cut {
		body = body[:len(body)/2]
	}
	if last {
		q.server.finish(sess)
	}
	q.w.Header().Set("Content-Type", contentType)
	_, _ = q.w.Write(body) // a client that is gone has lost the messages, as with CIC
}

// stream writes each message as an event, at once.
func (q *request) stream(r *reader) {
	w, sess, p := q.w, q.session, q.server.pair
	control := http.NewResponseController(w)
	defer func() { _ = control.SetWriteDeadline(time.Time{}) }() // not supported by every writer, nor needed there
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	w.WriteHeader(http.StatusOK)
	_ = control.Flush()
	ping := time.NewTicker(p.opt.Ping)
	defer ping.Stop()
	out := &eventWriter{w: w, control: control}
	var list []message
	var last, idle bool
	for {
		if !p.faults.hold(q.Context(), r.gone) && q.Context().Err() != nil {
			return
		}
		select {
		case <-r.gone:
			if r.dropped {
				q.breakOff(out)
			}
			return
		default:
		}
		list, last = sess.take(r, list[:0])
		p.count.messages.Add(int64(len(list)))
		switch {
		case len(list) > 0 && p.faults.slowness() > 0:
			for _, m := range list {
				out.event(m)
				if out.flush() != nil || !sleep(q.Context(), r.gone, p.faults.slowness()) {
					break
				}
			}
		case len(list) > 0:
			for _, m := range list {
				out.event(m)
			}
		case idle:
			out.comment()
		}
		if out.flush() != nil {
			return
		}
		if last {
			q.server.finish(sess)
			return
		}
		idle = false
		select {
		case <-sess.wake:
		case <-ping.C:
			idle = true
		case <-r.gone:
		case <-q.Context().Done():
			return
		}
	}
}

// breakOff ends the connection in the middle of an event.
func (q *request) breakOff(out *eventWriter) {
	list, _ := q.session.take(nil, nil) // there is no reader, unless the client has a new one already
	half := []byte(`{"__type":"urn:inin.com:status:userStatusMessage","isDe`)
	if len(list) > 0 {
		half = list[0].json[:len(list[0].json)/2]
	}
	out.buf = append(append(out.buf, "data: "...), half...)
	_ = out.flush() // it is to break anyway
	panic(http.ErrAbortHandler)
}

// eventWriter collects events and sends them together.
type eventWriter struct {
	w       io.Writer
	control *http.ResponseController
	buf     []byte
	err     error
}

func (e *eventWriter) event(m message) {
	data := m.json
	if m.cut {
		data = data[:len(data)/2]
	}
	e.buf = append(e.buf, "data: "...)
	e.buf = append(e.buf, data...) // JSON of this package has no line ends
	e.buf = append(e.buf, "\n\n"...)
	if len(e.buf) > 1<<18 {
		_ = e.flush() // kept in e.err
	}
}

func (e *eventWriter) comment() { e.buf = append(e.buf, ":ping\n\n"...) }

func (e *eventWriter) flush() error {
	if len(e.buf) == 0 || e.err != nil {
		return e.err
	}
	_ = e.control.SetWriteDeadline(time.Now().Add(writeTimeout)) // not supported by every writer
	if _, e.err = e.w.Write(e.buf); e.err == nil {
		e.err = e.control.Flush()
	}
	if e.buf = e.buf[:0]; cap(e.buf) > 1<<20 {
		e.buf = nil
	}
	return e.err
}

// heartbeat keeps a session alive; authenticate has done that.
func heartbeat(q *request) (reply, *fault) {
	if q.options().NoHeartbeat {
		return reply{}, refuse(http.StatusNotFound, idUnsupported, 0, "The requested resource is not supported.")
	}
	return done()
}
