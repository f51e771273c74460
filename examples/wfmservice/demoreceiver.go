package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/cicwfm/cicwfm/vendors"
	"github.com/cicwfm/cicwfm/wfm"
	"github.com/cicwfm/cicwfm/wfm/cicsim/icwsserver"
)

// demoReceiver stands in for a WFM product: it takes the messages of a feed, decodes and counts them, and keeps the last code of each agent.
type demoReceiver struct {
	vendor   string
	listener net.Listener
	server   *http.Server // over HTTP
	wg       sync.WaitGroup

	mu          sync.Mutex
	decoder     vendors.RTADecoder
	conns       map[net.Conn]bool
	connections int   // so far
	decoded     int64 // states of agents, of the last connection; over HTTP of all requests
	total       int64 // of all connections
	bad         error // the first message that could not be read
	last        map[string]string
}

// openDemoReceiver listens. Use tells it how to read before anything connects.
func openDemoReceiver(vendor string) (*demoReceiver, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &demoReceiver{vendor: vendor, listener: listener, conns: map[net.Conn]bool{}, last: map[string]string{}}
	if overHTTP(vendor) {
		r.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			r.read(http.MaxBytesReader(w, req.Body, 64<<20))
		})}
		r.wg.Go(func() { _ = r.server.Serve(listener) }) // ends when closed
		return r, nil
	}
	r.wg.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			r.wg.Go(func() { r.take(c) })
		}
	})
	return r, nil
}

func (r *demoReceiver) address() string { return r.listener.Addr().String() }

func (r *demoReceiver) use(encoder vendors.RTAEncoder) error {
	decoder, ok := vendors.Find[vendors.RTADecoder](encoder)
	if !ok {
		return fmt.Errorf("%s cannot read what it writes", r.vendor)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.decoder = decoder
	return nil
}

func (r *demoReceiver) take(c net.Conn) {
	defer c.Close()
	r.mu.Lock()
	r.conns[c] = true
	r.connections++
	r.decoded = 0
	r.mu.Unlock()
	r.read(c)
	r.mu.Lock()
	delete(r.conns, c)
	r.mu.Unlock()
}

// close ends the receiver and its connections.
func (r *demoReceiver) close() {
	if r.server != nil {
		_ = r.server.Close()
	}
	_ = r.listener.Close()
	r.mu.Lock()
	for c := range r.conns {
		_ = c.Close()
	}
	r.mu.Unlock()
	r.wg.Wait()
}

// read decodes a connection, or the body of a request.
func (r *demoReceiver) read(from io.Reader) {
	r.mu.Lock()
	decoder := r.decoder
	r.mu.Unlock()
	if decoder == nil {
		return
	}
	frames := decoder.NewFrameReader()
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if n > 0 {
			r.mu.Lock()
			e := frames.Read(buf[:n], r.note)
			if e != nil && r.bad == nil {
				r.bad = e
			}
			r.mu.Unlock()
			if e != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (r *demoReceiver) note(d vendors.Decoded) {
	switch {
	case d.Err != nil:
		if r.bad == nil {
			r.bad = d.Err
		}
	case d.Agent != "": // else it is about the feed itself
		r.decoded++
		r.total++
		r.last[d.Agent] = d.Code
	}
}

// counts returns the states decoded of the last connection, and of all.
func (r *demoReceiver) counts() (last, total int64, connections int, bad error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.decoded, r.total, r.connections, r.bad
}

// differs compares the last code of each agent with the truth. What identifier and code an agent has in the feed is found by encoding it.
func (r *demoReceiver) differs(encoder vendors.RTAEncoder, truth []icwsserver.AgentView) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	statuses := icwsserver.DefaultStatuses()
	session := encoder.NewSession()
	var frames wfm.Frames
	var states []wfm.AgentState
	for _, a := range truth {
		s := wfm.AgentState{Agent: a.ID, LoggedIn: a.LoggedIn, Since: a.StatusChanged, Extension: a.Extension, Workgroups: []wfm.Workgroup{icwsserver.MasterWorkgroup}}
		if i := slices.IndexFunc(statuses, func(d wfm.StatusDefinition) bool { return d.Key == a.Status }); i >= 0 {
			s.Status = statuses[i]
		}
		switch {
		case !s.LoggedIn:
			s.Activity = wfm.AgentLoggedOff
		case s.Status.ACW:
			s.Activity = wfm.AgentAfterCall
		case s.Status.ACD:
			s.Activity = wfm.AgentAvailable
		default:
			s.Activity = wfm.AgentUnavailable
		}
		states = append(states, s)
	}
	if err := session.AppendSnapshot(&frames, time.Now(), states); err != nil {
		return err
	}
	compared := 0
	var wrong []error
	err := r.decoder.NewFrameReader().Read(frames.Bytes, func(d vendors.Decoded) {
		if d.Agent == "" {
			return
		}
		compared++
		if r.last[d.Agent] != d.Code && len(wrong) < 5 {
			wrong = append(wrong, fmt.Errorf("%s: agent %s is %q and was told as %q", r.vendor, d.Agent, d.Code, r.last[d.Agent]))
		}
	})
	if err == nil && compared < len(truth) {
		err = fmt.Errorf("%s: %d agents of %d could be compared", r.vendor, compared, len(truth))
	}
	return errors.Join(append(wrong, err)...)
}
